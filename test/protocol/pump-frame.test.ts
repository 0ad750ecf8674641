/** Messages between bench and pump: every one there is crosses the wire unchanged, and nothing that is none gets through. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { crc32, hex8Text } from '#protocol/crc32'
import { LineSplitter } from '#protocol/line-splitter'
import { PUMP_CATALOGUE, type PumpDirection, pumpRows } from '#protocol/pump/catalogue'
import { exact, type PumpField, text } from '#protocol/pump/field'
import { spelled, unspelled } from '#protocol/pump/field-text'
import {
  decodePumpLine,
  encodePumpMessage,
  LONGEST_PUMP_FRAME,
  messageText,
  PumpMessageReader,
  readMessage,
} from '#protocol/pump/frame'
import type { PumpMessageIn } from '#protocol/pump/message'
import { programSum } from '#protocol/pump/program-sum'
import { ratio, whole } from '#units/rational'

const DIRECTIONS: readonly PumpDirection[] = ['to-pump', 'to-bench']

/** Any value that the field can hold. */
function valueIn(field: PumpField): fc.Arbitrary<unknown> {
  switch (field.kind) {
    case 'integer':
      return fc.integer({ min: field.min, max: field.max })
    case 'token':
      return fc.stringMatching(/^[A-Za-z0-9._-]+$/, { size: 'small' }).map((word) => word.slice(0, field.longest))
    case 'hex8':
      return fc.stringMatching(/^[0-9A-F]{8}$/)
    case 'choice':
      return fc.constantFrom(...field.of)
    case 'text':
      return fc.string({ unit: 'grapheme', maxLength: 60 }).map((value) => shortened(value, field.longest))
    case 'exact': {
      const least = field.sign === 'any' ? undefined : field.sign === 'positive' ? 1n : 0n
      const numerator = fc.bigInt({ ...(least === undefined ? {} : { min: least }), max: 10n ** 300n })
      const number = fc.tuple(numerator, fc.bigInt({ min: 1n, max: 10n ** 300n })).map(([n, d]) => ratio(n, d))
      const plain = numerator.map((n) => whole(n))
      return field.words.length === 0
        ? fc.oneof(number, plain)
        : fc.oneof(number, plain, fc.constantFrom(...field.words))
    }
  }
}

/** As much of a text as fits, without half of a character. */
function shortened(value: string, longest: number): string {
  let kept = ''
  for (const character of value) {
    if (Buffer.byteLength(kept + character) > longest) break
    kept += character
  }
  return kept
}

/** Any message of a direction with its sequence number. */
function messageIn<D extends PumpDirection>(
  direction: D,
): fc.Arbitrary<{ sequence: number; message: PumpMessageIn[D] }> {
  const rows = pumpRows().filter((row) => row.direction === direction)
  return fc.constantFrom(...rows).chain(({ name, kind, fields }) => {
    const values = Object.fromEntries(Object.entries(fields).map(([field, type]) => [field, valueIn(type)]))
    const sequence = kind === 'session' ? fc.constant(0) : fc.integer({ min: 0, max: 255 })
    return fc.record({ sequence, message: fc.record({ type: fc.constant(name), ...values }) }) as fc.Arbitrary<never>
  })
}

/** What a receiver makes of bytes. */
function received<D extends PumpDirection>(direction: D, chunks: readonly Uint8Array[]) {
  const splitter = new LineSplitter({
    longestFrame: LONGEST_PUMP_FRAME[direction],
    longestLog: 512,
    halts: false,
    decode: (line, start, end) => decodePumpLine(direction, line, start, end),
  })
  const reader = new PumpMessageReader(direction)
  const messages: unknown[] = []
  for (const chunk of chunks) {
    for (const piece of splitter.push(chunk)) {
      if (piece.kind !== 'frame') {
        reader.forget()
        continue
      }
      const read = reader.take(piece.frame)
      if (read !== null && typeof read !== 'string') messages.push({ sequence: read.sequence, message: read.message })
    }
  }
  return messages
}

describe.each(DIRECTIONS)('messages %s', (direction) => {
  it('cross the wire as they are, however the bytes are cut, in frames that are short enough', () => {
    fc.assert(
      fc.property(fc.array(messageIn(direction), { maxLength: 4 }), fc.integer({ min: 1, max: 90 }), (sent, chunk) => {
        const bytes = Buffer.concat(
          sent.map(({ sequence, message }) => encodePumpMessage(direction, sequence, message)),
        )
        for (const line of bytes.toString('latin1').split('\n').slice(0, -1)) {
          expect(line.length + 1).toBeLessThanOrEqual(LONGEST_PUMP_FRAME[direction])
          expect(line).toMatch(/^\$[ -~]*$/)
        }
        const chunks = []
        for (let i = 0; i < bytes.length; i += chunk) chunks.push(bytes.subarray(i, i + chunk))
        expect(received(direction, chunks)).toEqual(sent)
      }),
    )
  })

  it('have one spelling each', () => {
    fc.assert(
      fc.property(messageIn(direction), ({ message }) => {
        const text = messageText(direction, message)
        const read = readMessage(direction, text)
        expect(typeof read === 'string' ? read : messageText(direction, read)).toBe(text)
      }),
    )
  })

  it('are lost, and nothing else is taken for one, where a byte of a frame is another', () => {
    fc.assert(
      fc.property(
        messageIn(direction),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        ({ sequence, message }, where, by) => {
          const bytes = Uint8Array.from(encodePumpMessage(direction, sequence, message))
          const at = where % bytes.length
          bytes[at] = (bytes[at] ?? 0) ^ by
          expect(received(direction, [bytes])).toStrictEqual([])
        },
      ),
    )
  })

  it('of several frames are lost, and nothing else is taken for one, where any of the frames are missing, twice or not in order', () => {
    const long = fc.bigInt({ min: 10n ** 700n, max: 10n ** 800n })
    const message = long.map(
      (n): Uint8Array =>
        direction === 'to-pump'
          ? encodePumpMessage('to-pump', 7, { type: 'ADVANCE', to: { n, d: 1n } } as never)
          : encodePumpMessage('to-bench', 7, { type: 'DONE', outputs: 0, at: { n, d: 1n }, wake: 'never' } as never),
    )
    fc.assert(
      fc.property(message, fc.array(fc.nat({ max: 3 }), { maxLength: 8 }), (bytes, order) => {
        const frames = Buffer.from(bytes).toString('latin1').split('\n').slice(0, -1)
        fc.pre(frames.length > 2)
        const sent = order.map((place) => frames[place % frames.length] ?? '')
        const whole = sent.join('\n').includes(frames.join('\n'))
        const got = received(direction, [Buffer.from(sent.map((frame) => `${frame}\n`).join(''), 'latin1')])
        expect(got.length > 0).toBe(whole)
        expect(received(direction, [bytes])).toHaveLength(1)
      }),
    )
  })

  it('never make a receiver throw, whatever arrives', () => {
    const noise = fc.oneof(
      fc.uint8Array({ maxLength: 600 }),
      fc.string({ maxLength: 300 }).map((value) => {
        const summed = `${(value.length + 2).toString(16).toUpperCase().padStart(2, '0')}00${value}`
        return new Uint8Array(Buffer.from(`$${summed}*${hex8Text(crc32(Buffer.from(summed, 'latin1')))}\n`, 'latin1'))
      }),
      messageIn(direction).map(({ sequence, message }) => encodePumpMessage(direction, sequence, message).subarray(3)),
    )
    fc.assert(fc.property(fc.array(noise, { maxLength: 5 }), (chunks) => void received(direction, chunks)))
  })
})

describe('exact numbers', () => {
  const field = exact('any', 'pL', 'a volume', 'all')

  it.each([
    '007',
    '+7',
    '-0',
    '7.0',
    '',
    '7/1',
    '4/2',
    '7/0',
    '7/-2',
    ' 7',
    '1e3',
    'ALL',
    '1/2/3',
    `1${'0'.repeat(4000)}`,
  ])('are not spelled %j', (spelling) => {
    expect(unspelled(field, spelling)).toBeUndefined()
  })

  it('are spelled in lowest terms, or by a word', () => {
    expect(unspelled(field, '-7/2')).toStrictEqual(ratio(-7n, 2n))
    expect(unspelled(field, 'all')).toBe('all')
    expect(spelled(field, whole(-12), 'volume')).toBe('-12')
    expect(() => spelled(field, { n: 4n, d: 2n }, 'volume')).toThrow('the field volume cannot hold 4/2')
    expect(() => spelled(exact('not-negative', 'pL', ''), whole(-1), 'volume')).toThrow('cannot hold -1/1')
    expect(() => spelled(exact('positive', 'us', ''), whole(0), 'interval')).toThrow('cannot hold 0/1')
  })
})

describe('texts', () => {
  const field = text(12, 'a name')

  it('escape what frames are made of, and nothing that needs no escape', () => {
    expect(spelled(field, 'a,b*$%+ µ', 'name')).toBe('a%2Cb%2A%24%25%2B %C2%B5')
    expect(unspelled(field, 'a%2Cb')).toBe('a,b')
    expect(unspelled(field, '')).toBe('')
    for (const wrong of ['%41', '%2c', '%', '%2', 'a+b', 'µ', '%FF', '%C3', '0123456789abc'])
      expect(unspelled(field, wrong)).toBeUndefined()
    expect(() => spelled(field, '0123456789abc', 'name')).toThrow('the field name cannot hold')
  })
})

describe('a message of several frames', () => {
  const long = { type: 'REFUSED', at: whole(0), reason: 'too much, '.repeat(80) } as const

  it('is lost whole where one of its frames is', () => {
    const lines = Buffer.from(encodePumpMessage('to-bench', 7, long))
      .toString('latin1')
      .split('\n')
      .slice(0, -1)
    expect(lines.length).toBeGreaterThan(3)
    for (const missing of lines.keys()) {
      const rest = lines.filter((_, index) => index !== missing)
      expect(received('to-bench', [Buffer.from(`${rest.join('\n')}\n`)])).not.toContainEqual({
        sequence: 7,
        message: long,
      })
    }
  })

  it('is not continued by a frame with another number', () => {
    const lines = Buffer.from(encodePumpMessage('to-bench', 7, long))
      .toString('latin1')
      .split('\n')
      .slice(0, -1)
    const done = encodePumpMessage('to-bench', 8, { type: 'DONE', outputs: 0, at: whole(0), wake: 'never' })
    const bytes = Buffer.concat([Buffer.from(`${lines.slice(0, 2).join('\n')}\n`), done])
    expect(received('to-bench', [bytes])).toStrictEqual([
      { sequence: 8, message: { type: 'DONE', outputs: 0, at: whole(0), wake: 'never' } },
    ])
  })
})

describe('the sum over a program', () => {
  it('is the CRC-32 of its lines, and another one for another order', () => {
    const texts = ['BEGIN,bolus', 'DOSE,mass,25000000,600000000']
    expect(programSum(texts)).toBe(hex8Text(crc32(Buffer.from('BEGIN,bolus\nDOSE,mass,25000000,600000000\n'))))
    expect(programSum(texts)).not.toBe(programSum(texts.toReversed()))
    expect(programSum(['AB', 'C'])).not.toBe(programSum(['A', 'BC']))
  })
})

describe('what a program is made of', () => {
  it('is read back with the very messages that were sent', () => {
    for (const [name, { fields }] of Object.entries(PUMP_CATALOGUE['to-pump'])) {
      if (!Object.hasOwn(PUMP_CATALOGUE['to-bench'], name)) continue
      expect(Object.entries(PUMP_CATALOGUE['to-bench']).find(([other]) => other === name)?.[1].fields).toStrictEqual(
        fields,
      )
    }
  })
})
