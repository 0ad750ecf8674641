/** The grammar of quantities: what is read, and what is refused in which words. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Dimension, offeredUnits, parseMeasure } from '#units/measure'
import { toText } from '#units/rational'
import { fromReference, reference } from './arbitraries.ts'

/** The value in base units, as text; the problem where there is one. */
function read(input: unknown, ...accepted: Dimension[]): string {
  const parsed = parseMeasure(input, accepted)
  return parsed.ok ? toText(parsed.measure.value) : `problem: ${parsed.problem}`
}

/** Every unit with what one of it is in the base unit. */
const ONE: Readonly<Record<Dimension, readonly (readonly [unit: string, base: string])[]>> = {
  volume: [
    ['nL', '1/1000'],
    ['uL', '1'],
    ['µL', '1'],
    ['μL', '1'],
    ['mL', '1000'],
  ],
  mass: [
    ['ng', '1/1000'],
    ['ug', '1'],
    ['mcg', '1'],
    ['µg', '1'],
    ['μg', '1'],
    ['mg', '1000'],
  ],
  duration: [
    ['us', '1'],
    ['µs', '1'],
    ['μs', '1'],
    ['ms', '1000'],
    ['s', '1000000'],
    ['min', '60000000'],
    ['h', '3600000000'],
    ['d', '86400000000'],
    ['w', '604800000000'],
  ],
  'volume rate': [
    ['mL/d', '1/86400000'],
    ['uL/h', '1/3600000000'],
    ['nL/min', '1/60000000000'],
    ['µL/s', '1/1000000'],
    ['mL/w', '1/604800000'],
  ],
  'mass rate': [
    ['ug/d', '1/86400000000'],
    ['mcg/d', '1/86400000000'],
    ['mg/d', '1/86400000'],
    ['ng/h', '1/3600000000000'],
    ['mg/us', '1000'],
  ],
  concentration: [
    ['ug/mL', '1/1000'],
    ['mcg/mL', '1/1000'],
    ['μg/mL', '1/1000'],
    ['mg/mL', '1'],
    ['ng/nL', '1'],
    ['mg/uL', '1000'],
  ],
  length: [
    ['mm', '1/10'],
    ['cm', '1'],
  ],
  'volume per length': [
    ['uL/cm', '1'],
    ['uL/mm', '10'],
    ['mL/cm', '1000'],
  ],
  percentage: [['%', '1/100']],
  steps: [
    ['step', '1'],
    ['steps', '1'],
  ],
  charge: [
    ['nC', '1000'],
    ['uC', '1000000'],
    ['µC', '1000000'],
    ['mAh', '3600000000000'],
  ],
  current: [
    ['nA', '1/1000'],
    ['uA', '1'],
    ['mA', '1000'],
  ],
  voltage: [
    ['mV', '1'],
    ['V', '1000'],
  ],
  resistance: [
    ['ohm', '1'],
    ['kohm', '1000'],
  ],
  drift: [['ppm', '1/1000000']],
  deviation: [['%', '1/100']],
  temperature: [['degC', '1']],
  'temperature coefficient': [['%/degC', '1/100']],
}
const SIGNED: readonly Dimension[] = ['drift', 'deviation', 'temperature', 'temperature coefficient']
const UNITS = Object.entries(ONE).flatMap(([dimension, units]) =>
  units.map(([unit, base]) => ({ dimension: dimension as Dimension, unit, base })),
)

describe('a number and a unit', () => {
  it.each(UNITS)('1 $unit of $dimension', ({ dimension, unit, base }) => {
    expect(parseMeasure(`1 ${unit}`, [dimension])).toMatchObject({ ok: true, measure: { dimension } })
    expect(read(`1 ${unit}`, dimension)).toBe(base)
    expect(read(`1${unit}`, dimension)).toBe(base)
    expect(read(` \t1  ${unit}\n`, dimension)).toBe(base)
  })

  it.each([
    ['0 ug/d', 'mass rate', '0'],
    ['0.5 uL', 'volume', '1/2'],
    ['350/3 ug', 'mass', '350/3'],
    ['2/4 uL', 'volume', '1/2'],
    ['007 uL', 'volume', '7'],
    ['14.50 %', 'percentage', '29/200'],
    ['0.1 mL/d', 'volume rate', '1/864000000'],
    ['1000/3 ug/mL', 'concentration', '1/3'],
    ['0.000000000000000000001 uL', 'volume', '1/1000000000000000000000'],
    ['999999999999999999999999 uL', 'volume', '999999999999999999999999'],
    ['1/1000000 uL', 'volume', '1/1000000'],
  ] as const)('%s', (text, dimension, value) => {
    expect(read(text, dimension)).toBe(value)
  })

  it('are read exactly, decimals and fractions alike', () => {
    const decimals = fc.tuple(fc.bigInt({ min: 0n, max: 10n ** 20n }), fc.stringMatching(/^\d{1,20}$/))
    fc.assert(
      fc.property(decimals, ([before, after]) => {
        const exact = fromReference(reference({ n: BigInt(before + after), d: 10n ** BigInt(after.length) }))
        expect(read(`${before}.${after} uL`, 'volume')).toBe(toText(exact))
      }),
    )
    const fractions = fc.tuple(fc.bigInt({ min: 0n, max: 10n ** 20n }), fc.bigInt({ min: 1n, max: 10n ** 6n }))
    fc.assert(
      fc.property(fractions, ([n, d]) => {
        expect(read(`${n}/${d} uL`, 'volume')).toBe(toText(fromReference(reference({ n, d }))))
      }),
    )
  })

  it.each([
    ['-5 degC', 'temperature', '-5'],
    ['+37.5 degC', 'temperature', '75/2'],
    ['-50 ppm', 'drift', '-1/20000'],
    ['+1/3 ppm', 'drift', '1/3000000'],
    ['-0 ppm', 'drift', '0'],
    ['-2.5 %', 'deviation', '-1/40'],
    ['-0.2 %/degC', 'temperature coefficient', '-1/500'],
  ] as const)('%s, which may have a sign', (text, dimension, value) => {
    expect(read(text, dimension)).toBe(value)
  })

  it('say of which of several dimensions they are', () => {
    expect(parseMeasure('5 ug', ['mass', 'volume'])).toMatchObject({ ok: true, measure: { dimension: 'mass' } })
    expect(parseMeasure('5 uL', ['mass', 'volume'])).toMatchObject({ ok: true, measure: { dimension: 'volume' } })
  })
})

describe('a sum of durations', () => {
  it.each([
    ['3 d 1 h', 262_800_000_000],
    ['3d1h', 262_800_000_000],
    ['3 d1 h', 262_800_000_000],
    ['  3 d   1 h  ', 262_800_000_000],
    ['1 h 3 d', 262_800_000_000],
    ['1 h 1 h', 7_200_000_000],
    ['1 w 1 d 1 h 1 min 1 s 1 ms 1 us', 694_861_001_001],
    ['1/2 h 0.5 min', 1_830_000_000],
    ['0 s 1 us', 1],
  ])('%s', (text, value_us) => {
    expect(read(text, 'duration')).toBe(String(value_us))
  })

  it('adds up exactly, in any order', () => {
    const terms = fc.array(fc.tuple(fc.nat(9999), fc.constantFrom(...ONE.duration)), { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(terms, (list) => {
        const total = list.reduce((sum, [count, [, base]]) => sum + BigInt(count) * BigInt(base), 0n)
        expect(read(list.map(([count, [unit]]) => `${count} ${unit}`).join(' '), 'duration')).toBe(String(total))
      }),
    )
  })

  it.each([
    ['1 uL 1 uL', ['volume']],
    ['1 cm 5 mm', ['length']],
    ['1 d 1 step', ['duration', 'steps']],
    ['1 step 1 d', ['duration', 'steps']],
    ['5 uL 3 d', ['volume', 'duration']],
    ['1 % 1 %', ['percentage']],
  ] as const)('%s is none and is refused', (text, accepted) => {
    expect(read(text, ...accepted)).toBe(`problem: "${text}": only durations may be summed`)
  })
})

describe('what is refused, and in which words', () => {
  it.each([
    [5, '5 has no unit; write a mass rate with one of the units ug/d, mg/d'],
    [0, '0 has no unit; write a mass rate with one of the units ug/d, mg/d'],
    [5n, '5 has no unit; write a mass rate with one of the units ug/d, mg/d'],
    [Number.NaN, 'NaN has no unit; write a mass rate with one of the units ug/d, mg/d'],
    [Number.POSITIVE_INFINITY, 'Infinity has no unit; write a mass rate with one of the units ug/d, mg/d'],
    [undefined, 'expected a mass rate such as "5 mg/d", with one of the units ug/d, mg/d'],
    [null, 'expected a mass rate such as "5 mg/d", with one of the units ug/d, mg/d'],
    [{ dose: '5 ug/d' }, 'expected a mass rate such as "5 mg/d", with one of the units ug/d, mg/d'],
    [['5 ug/d'], 'expected a mass rate such as "5 mg/d", with one of the units ug/d, mg/d'],
    ['5', '"5" has no unit; write one of the units ug/d, mg/d'],
    [' 0.5 ', '" 0.5 " has no unit; write one of the units ug/d, mg/d'],
    ['350/3', '"350/3" has no unit; write one of the units ug/d, mg/d'],
    ['-5', '"-5" has no unit; write one of the units ug/d, mg/d'],
    ['1/0', '"1/0" has no unit; write one of the units ug/d, mg/d'],
    ['-5 ug/d', '"-5 ug/d" is negative; a mass rate is zero or more'],
    ['1/0 ug/d', '"1/0 ug/d" divides by zero'],
    ['0/0 ug/d', '"0/0 ug/d" divides by zero'],
    ['5 mL', '"5 mL": "mL" is a unit of volume; a mass rate takes one of the units ug/d, mg/d'],
    ['5 uL/d', '"5 uL/d": "uL/d" is a unit of volume rate; a mass rate takes one of the units ug/d, mg/d'],
    ['5 ug', '"5 ug": "ug" is a unit of mass; a mass rate takes one of the units ug/d, mg/d'],
    ['5 µg', '"5 µg": "µg" is a unit of mass; a mass rate takes one of the units ug/d, mg/d'],
    ['5 %', '"5 %": "%" is a unit of percentage; a mass rate takes one of the units ug/d, mg/d'],
    ['5 UG/D', '"5 UG/D": the unit "UG/D" is written "ug/d"'],
    ['5 Mg/d', '"5 Mg/d": the unit "Mg/d" is written "mg/d"'],
    ['5 Μg/d', '"5 Μg/d" is not a mass rate; write a decimal or a fraction and one of the units ug/d, mg/d'],
    ['5 furlongs', '"5 furlongs": the unit "furlongs" is not known; a mass rate takes one of the units ug/d, mg/d'],
    ['5 ug/d/d', '"5 ug/d/d": the unit "ug/d/d" is not known; a mass rate takes one of the units ug/d, mg/d'],
    ['5 ug/', '"5 ug/": the unit "ug/" is not known; a mass rate takes one of the units ug/d, mg/d'],
    ['5 /d', '"5 /d" is not a mass rate; write a decimal or a fraction and one of the units ug/d, mg/d'],
    ['1e3 ug/d', '"1e3 ug/d": the unit "e" is not known; a mass rate takes one of the units ug/d, mg/d'],
    ['1e309', '"1e309": the unit "e" is not known; a mass rate takes one of the units ug/d, mg/d'],
    ['1e309 ug/d', '"1e309 ug/d": the unit "e" is not known; a mass rate takes one of the units ug/d, mg/d'],
    ['', '"" is not a mass rate; write a decimal or a fraction and one of the units ug/d, mg/d'],
    ['   ', '"   " is not a mass rate; write a decimal or a fraction and one of the units ug/d, mg/d'],
    ['ug/d', '"ug/d" is not a mass rate; write a decimal or a fraction and one of the units ug/d, mg/d'],
    ['ug/d 5', '"ug/d 5" is not a mass rate; write a decimal or a fraction and one of the units ug/d, mg/d'],
    ['NaN ug/d', '"NaN ug/d" is not a mass rate; write a decimal or a fraction and one of the units ug/d, mg/d'],
    ['+5 ug/d', '"+5 ug/d" is not a mass rate; write a decimal or a fraction and one of the units ug/d, mg/d'],
    ['.5 ug/d', '".5 ug/d" is not a mass rate; write a decimal or a fraction and one of the units ug/d, mg/d'],
    ['5. ug/d', '"5. ug/d" is not a mass rate; write a decimal or a fraction and one of the units ug/d, mg/d'],
    ['1,5 ug/d', '"1,5 ug/d" is not a mass rate; write a decimal or a fraction and one of the units ug/d, mg/d'],
    ['1_000 ug/d', '"1_000 ug/d" is not a mass rate; write a decimal or a fraction and one of the units ug/d, mg/d'],
    ['1/2/3 ug/d', '"1/2/3 ug/d" is not a mass rate; write a decimal or a fraction and one of the units ug/d, mg/d'],
    ['1.5/2 ug/d', '"1.5/2 ug/d" is not a mass rate; write a decimal or a fraction and one of the units ug/d, mg/d'],
    ['1/2.5 ug/d', '"1/2.5 ug/d" is not a mass rate; write a decimal or a fraction and one of the units ug/d, mg/d'],
    ['٣ ug/d', '"٣ ug/d" is not a mass rate; write a decimal or a fraction and one of the units ug/d, mg/d'],
    ['5 ug/d!', '"5 ug/d!" is not a mass rate; write a decimal or a fraction and one of the units ug/d, mg/d'],
  ])('%o', (input, problem) => {
    expect(parseMeasure(input, ['mass rate'])).toEqual({ ok: false, problem })
  })

  it.each([
    ['-5 ppm', ['percentage'], '"-5 ppm" is negative; a percentage is zero or more'],
    ['-5 %', ['drift', 'percentage'], '"-5 %": a percentage is written without a sign'],
    ['+5 %', ['drift', 'percentage'], '"+5 %": a percentage is written without a sign'],
    ['--5 ppm', ['drift'], '"--5 ppm" is not a drift; write a decimal or a fraction and one of the units ppm'],
    ['-5', ['drift'], '"-5" has no unit; write one of the units ppm'],
    ['-5 ppm -5 ppm', ['drift'], '"-5 ppm -5 ppm": only durations may be summed'],
  ] as const)('a sign where there is none: %s', (text, accepted, problem) => {
    expect(read(text, ...accepted)).toBe(`problem: ${problem}`)
  })

  it('a wrong case, as the unit that was meant, for every unit', () => {
    for (const { dimension, unit } of UNITS) {
      const plain = unit.replaceAll(/[µμ]/g, 'u')
      const loud = plain.toUpperCase()
      if (loud === plain) continue
      expect(read(`1 ${loud}`, dimension)).toBe(`problem: "1 ${loud}": the unit "${loud}" is written "${plain}"`)
    }
  })

  it('a unit of another dimension, for every pair of dimensions', () => {
    for (const { unit } of UNITS) {
      // A part and a deviation are both written with %, and the first of them is named.
      const dimension = UNITS.find((known) => known.unit === unit)?.dimension
      for (const wanted of Object.keys(ONE) as Dimension[]) {
        if (ONE[wanted].some(([shared]) => shared === unit)) continue
        expect(read(`1 ${unit}`, wanted)).toMatch(
          `problem: "1 ${unit}": "${unit}" is a unit of ${dimension}; a ${wanted} takes one of the units `,
        )
      }
    }
  })

  it('a month, which is not a unit: write 30 d', () => {
    expect(read('1 month', 'duration')).toMatch('the unit "month" is not known')
  })

  it('a text longer than any quantity, before it is looked at', () => {
    const longest = `1 uL${' '.repeat(76)}`
    expect(longest).toHaveLength(80)
    expect(read(longest, 'volume')).toBe('1')
    expect(read(`${longest} `, 'volume')).toBe('problem: a volume of 81 characters is too long; at most 80 are read')
    expect(read('9'.repeat(1_000_000), 'volume')).toMatch('a volume of 1000000 characters is too long')
  })

  it.each([`0.${'0'.repeat(24)}1 uL`, `1${'0'.repeat(24)} uL`, '1/1000001 uL'])(
    '%s, which nothing can measure',
    (text) => {
      expect(read(text, 'volume')).toContain('is finer or larger than anything that is measured')
    },
  )

  it('something of none of several dimensions, naming them all', () => {
    expect(read(5, 'mass', 'volume')).toBe(
      'problem: 5 has no unit; write a mass or volume with one of the units ng, ug, mg, nL, uL, mL',
    )
    expect(read('-5 ug', 'mass', 'volume')).toBe('problem: "-5 ug" is negative; a mass or volume is zero or more')
  })
})

describe('the units that messages offer', () => {
  it.each(Object.keys(ONE) as Dimension[])('are all read: %s', (dimension) => {
    for (const unit of offeredUnits([dimension]).split(', ')) {
      expect(parseMeasure(`2 ${unit}`, [dimension])).toMatchObject({ ok: true })
    }
  })
})

describe('any input at all', () => {
  const dimensions = fc.subarray(Object.keys(ONE) as Dimension[], { minLength: 1 })
  const fragments = fc
    .array(
      fc.constantFrom(
        ...[
          '1',
          '0',
          '9.5',
          '-',
          '+',
          'ppm',
          'degC',
          '/',
          '.',
          ' ',
          'e',
          'ug',
          'mL',
          'd',
          'h',
          '%',
          'µ',
          'step',
          '\n',
          '\0',
          '1/0',
          '💊',
        ],
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join(''))

  it('is read or refused with a reason, and never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.string({ unit: 'binary' }), fragments), dimensions, (input, accepted) => {
        const parsed = parseMeasure(input, accepted)
        if (parsed.ok) {
          expect(accepted).toContain(parsed.measure.dimension)
          expect(parsed.measure.value.n >= 0n || SIGNED.includes(parsed.measure.dimension)).toBe(true)
          expect(parsed.measure.value.d > 0n).toBe(true)
        } else {
          expect(parsed.problem.length).toBeGreaterThan(10)
        }
      }),
      { numRuns: 3000 },
    )
  })
})
