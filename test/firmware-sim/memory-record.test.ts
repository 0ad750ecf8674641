/** The text of a record: exact both ways, one text a value, and nothing else is a record. */
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DEPTH_LIMIT, recordOf, recordText } from '#firmware-sim/memory/record'
import { formatted, PAYLOAD_LIMIT_bytes, payloadOf } from '#firmware-sim/memory/store'
import { rationals } from '../units/arbitraries.ts'

const strings = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('#', '##', '#5', '##5', '#5/3', '# 5', '\ud800', '"', '\\'),
)
const keys = fc.oneof(fc.string({ maxLength: 4 }), fc.constantFrom('n', 'd', '1', '10', '2', 'toString', 'constructor'))

/** Plain values of every kind. */
const { value: values } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(null, true, false),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer(),
    fc.bigInt(),
    strings,
    rationals,
    fc.record({ n: fc.bigInt(), d: fc.bigInt() }, { requiredKeys: [] }).map((pair) => ({ ...pair })),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.array(fc.tuple(keys, tie('value')), { maxLength: 5 }).map((entries) => Object.fromEntries(entries)),
  ),
}))

function nested(levels: number): unknown {
  let value: unknown = 1
  for (let level = 0; level < levels; level += 1) value = level % 2 === 0 ? [value] : { a: value }
  return value
}

describe('a value', () => {
  it('comes back from its text exactly', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(isDeepStrictEqual(recordOf(recordText(value)), value)).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })

  it('is written the documented way', () => {
    const state = {
      rate: { n: 350n, d: 3n },
      steps: 12,
      due: -5n,
      drug: '#5',
      idle: null,
      boluses: [true, { b: 0, a: -0 }],
    }
    expect(recordText(state)).toBe(
      '{"boluses":[true,{"a":-0,"b":0}],"drug":"##5","due":"#-5","idle":null,"rate":"#350/3","steps":12}',
    )
  })

  it('keeps fractions just as they are, also beyond lowest terms, and pairs that are no fraction', () => {
    for (const pair of [
      { n: 2n, d: 4n },
      { n: 0n, d: 0n },
      { n: -1n, d: -3n },
      { n: 1n },
      { d: 1n, n: 1 },
      { n: 1n, d: 2n, e: 3n },
      { n: 1n, d: '2' },
      { n: '1', d: 2n },
    ]) {
      expect(recordOf(recordText(pair))).toStrictEqual(pair)
    }
    const huge = { n: 3n ** 2000n, d: 2n ** 3000n }
    expect(recordOf(recordText(huge))).toStrictEqual(huge)
  })

  it('has one text, in whatever order its keys were made', () => {
    const shuffled = fc
      .uniqueArray(fc.tuple(keys, values), { selector: ([key]) => key, maxLength: 8 })
      .chain((entries) => fc.tuple(fc.constant(entries), fc.shuffledSubarray(entries, { minLength: entries.length })))
    fc.assert(
      fc.property(shuffled, ([entries, reordered]) => {
        expect(recordText(Object.fromEntries(reordered))).toBe(recordText(Object.fromEntries(entries)))
      }),
    )
  })

  it('has a text that the memory holds', () => {
    fc.assert(
      fc.property(values, (value) => {
        const text = recordText(value)
        expect(payloadOf(formatted(text))).toBe(text)
      }),
    )
  })

  it.each([
    ['undefined', { a: [0, undefined] }, /at a\.1: undefined cannot be kept/],
    ['undefined after other parts', { a: { b: 1 }, c: [1], d: undefined }, /at d: undefined/],
    ['a hole', new Array(1), /at 0: undefined/],
    ['a number that is none', { rate: Number.NaN }, /at rate: NaN/],
    ['infinity', Number.POSITIVE_INFINITY, /at the value itself: Infinity/],
    ['a function', { a: { b: () => 0 } }, /at a\.b: function/],
    ['a symbol', [Symbol('s')], /at 0: symbol/],
    ['a symbol for a key', { [Symbol('s')]: 1 }, /symbol for a key/],
    ['a map', { a: new Map() }, /at a: an object of a class/],
    ['a date', new Date(0), /object of a class/],
    ['an object without a prototype', Object.create(null), /object of a class/],
  ])('is not %s', (_, value, reason) => {
    expect(() => recordText(value)).toThrow(RangeError)
    expect(() => recordText(value)).toThrow(reason)
  })
})

function causeOf(attempt: () => unknown): unknown {
  try {
    attempt()
  } catch (error) {
    return error instanceof Error ? error.cause : undefined
  }
  return undefined
}

describe('a text that no value is written as', () => {
  it.each([
    '',
    'nil',
    '{"a":1',
    ' 1',
    '1.0',
    '1e3',
    '1e999',
    '[1, 2]',
    '{"b":1,"a":2}',
    '{"a":1,"a":1}',
    '"\\u0061"',
    '"\ud800"',
    '"#"',
    '"#x"',
    '"#1.5"',
    '"#01"',
    '"#-0"',
    '"#1/"',
    '"#1/02"',
    '"#1/2/3"',
    '"#0x10"',
    '"#1\\n"',
    '{"d":"#3","n":"#1"}',
    '{"__proto__":{"a":1}}',
    '[{"a":{"__proto__":null}}]',
  ])('is refused: %s', (text) => {
    expect(() => recordOf(text)).toThrow(RangeError)
  })

  it('is refused, and every other text is that of its value', () => {
    const edits = fc.tuple(
      values,
      fc.nat(),
      fc.nat(3),
      fc.oneof(fc.string({ maxLength: 2 }), fc.constantFrom('#', '"', '0', '-')),
    )
    const texts = fc.oneof(
      fc.json(),
      edits.map(([value, at, gone, put]) => {
        const text = recordText(value)
        const from = at % text.length
        return text.slice(0, from) + put + text.slice(from + gone)
      }),
    )
    fc.assert(
      fc.property(texts, (text) => {
        let value: unknown
        try {
          value = recordOf(text)
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError)
          return
        }
        expect(recordText(value)).toBe(text)
      }),
      { numRuns: 2000 },
    )
  })

  it('is refused for a # that begins no number', () => {
    for (const text of ['"#"', '"#1x"', '"#1/"', '"#1/2/3"']) {
      expect(() => recordOf(text)).toThrow(/a string that begins with # is a whole number or two/)
    }
    for (const text of ['"#x#1"', '"#1#"']) expect(() => recordOf(text)).toThrow(/whole number or two, n\/d$/)
    expect(recordOf('"x#1"')).toBe('x#1')
    expect(['"##5"', '"##"', '"####"', '"#5"'].map(recordOf)).toEqual(['#5', '#', '###', 5n])
  })

  it('is quoted by its beginning', () => {
    expect(() => recordOf(`[${'7 ,'.repeat(100)}7]`)).toThrow(/^"\[7 ,7 ,.{20,40}\.\.\." is no record: /)
    const whole = 'x'.repeat(40)
    expect(() => recordOf(whole)).toThrow(`"${whole}" is no record: it must be JSON`)
    expect(() => recordOf(`${whole}y`)).toThrow(`"${whole}..." is no record: it must be JSON`)
    expect(causeOf(() => recordOf(whole))).toBeInstanceOf(SyntaxError)
    expect(() => recordOf(' 1')).toThrow('" 1" is no record: keys must be sorted and each there once, without spaces,')
  })

  it('says where, and what a record is', () => {
    expect(() => recordText({ a: [0, { b: undefined }] })).toThrow(
      /^at a\.1\.b: undefined cannot be kept; a record is null, booleans, finite numbers, bigints, strings, arrays and/,
    )
    expect(() => recordText(JSON.parse('{"a":{"__proto__":1}}'))).toThrow(
      /^at a\.__proto__: a key with a meaning of its/,
    )
    expect(() => recordText(nested(DEPTH_LIMIT + 1))).toThrow(/^at [\w.]+: nested deeper than 32; a record is flat/)
    expect(() => recordOf(`${'{"a":'.repeat(33)}1${'}'.repeat(33)}`)).toThrow(/^the record is nested deeper than 32$/)
    expect(() => recordOf('['.repeat(33) + ']'.repeat(33))).toThrow(/^the record is nested deeper than 32$/)
  })
})

describe('a key __proto__', () => {
  it('is refused both ways, and no object gets another prototype', () => {
    const hostile: unknown = JSON.parse('{"a":{"__proto__":{"polluted":true}}}')
    expect(() => recordText(hostile)).toThrow(/at a\.__proto__/)
    expect(() => recordOf('{"__proto__":{"polluted":true}}')).toThrow(RangeError)
    expect(Object.keys(Object.prototype)).toEqual([])
    expect('polluted' in {}).toBe(false)
  })
})

describe('the bounds of a record', () => {
  it('are 32 levels of nesting', () => {
    const deepest = nested(DEPTH_LIMIT)
    expect(recordOf(recordText(deepest))).toStrictEqual(deepest)
    expect(() => recordText(nested(DEPTH_LIMIT + 1))).toThrow(/nested deeper than 32/)
    expect(() => recordOf('['.repeat(33) + ']'.repeat(33))).toThrow(/nested deeper than 32/)
    expect(() => recordOf('['.repeat(30_000) + ']'.repeat(30_000))).toThrow(/nested deeper than 32/)
    const siblings = Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? { a: i } : [i]))
    expect(recordOf(recordText(siblings))).toStrictEqual(siblings)
    const cycle: unknown[] = []
    cycle.push(cycle)
    expect(() => recordText(cycle)).toThrow(/without cycles/)
  })

  it('are 65,536 bytes, not characters', () => {
    for (const longest of ['x'.repeat(PAYLOAD_LIMIT_bytes - 2), 'é'.repeat(PAYLOAD_LIMIT_bytes / 2 - 1)]) {
      const text = recordText(longest)
      expect(Buffer.byteLength(text)).toBe(PAYLOAD_LIMIT_bytes)
      expect(recordOf(text)).toBe(longest)
      expect(() => recordText(`${longest}x`)).toThrow(/beyond the 65536/)
      expect(() => recordOf(`"${longest}x"`)).toThrow(/beyond the 65536/)
      expect(() => recordOf(`${text} `)).toThrow(/beyond the 65536/)
    }
  })

  it('end the work on a value that shares its parts, too', () => {
    let shared: unknown = 0
    for (let level = 0; level < DEPTH_LIMIT; level += 1) shared = [shared, shared]
    expect(() => recordText(shared)).toThrow(/beyond the 65536/)
  })
})
