/** Frames and values of the pump's wire at their bounds and beyond: each flaw by its name, and each refusal in words. */
import { describe, expect, it } from 'vitest'
import { crc32, hex8Text } from '#protocol/crc32'
import { exact, text } from '#protocol/pump/field'
import { spelled, unspelled } from '#protocol/pump/field-text'
import { decodePumpLine, encodePumpMessage, PumpMessageReader } from '#protocol/pump/frame'
import { PUMP_LIMITS } from '#protocol/pump/limits'
import type { ToBench, ToPump } from '#protocol/pump/message'
import { ratio, whole } from '#units/rational'

/** A frame of these characters, with the length and the sum that belong to them. */
function framed(counted: string): string {
  const summed = `${counted.length.toString(16).toUpperCase().padStart(2, '0')}${counted}`
  return `$${summed}*${hex8Text(crc32(Buffer.from(summed, 'latin1')))}`
}

const decoded = (line: string) => decodePumpLine('to-pump', Buffer.from(line, 'latin1'))

describe('a line to the pump', () => {
  const good = framed('05CANS')

  it('is a frame with its number, its text and no part', () => {
    expect(decoded(good)).toEqual({ sequence: 5, text: 'CANS', part: null })
    expect(decoded(framed('FF+001CANS'))).toEqual({ sequence: 255, text: 'CANS', part: { begins: true, left: 1 } })
    expect(decoded(framed('00-FFFCANS'))).toEqual({ sequence: 0, text: 'CANS', part: { begins: false, left: 4095 } })
  })

  it.each([
    ['nothing', '', 'length'],
    ['no dollar', good.slice(1), 'length'],
    ['a length that is not its own', good.replace('$06', '$07'), 'length'],
    ['a length in lower case', framed('05CANSCANS0').replace('$0B', '$0b'), 'length'],
    ['no star', good.replace('*', '+'), 'length'],
    ['another sum', `${good.slice(0, -1)}${good.endsWith('0') ? '1' : '0'}`, 'crc'],
    ['a sum in lower case', `${good.slice(0, -8)}${good.slice(-8).toLowerCase()}`, 'length'],
    ['characters before it', `x${good}`, 'length'],
    ['characters behind it', `${good}x`, 'length'],
  ])('with %s is none', (_, line, flaw) => {
    expect(decoded(line)).toBe(flaw)
  })

  it('is as long as it may be, and no byte longer', () => {
    // `$LLSS` and `*CCCCCCCC\n` are 15 of the 128.
    expect(decoded(framed(`00${'A'.repeat(113)}`))).toMatchObject({ text: 'A'.repeat(113) })
    expect(decoded(framed(`00${'A'.repeat(114)}`))).toBe('too-long')
    const toBench = (length: number) => decodePumpLine('to-bench', Buffer.from(framed(`00${'A'.repeat(length)}`)))
    expect(toBench(253)).toMatchObject({ sequence: 0 })
    expect(toBench(254)).toBe('too-long')
  })
})

describe('a reader of messages', () => {
  const read = (...lines: readonly string[]) => {
    const reader = new PumpMessageReader('to-pump')
    return lines.map((line) => {
      const frame = decoded(framed(line))
      if (typeof frame === 'string') throw new Error(frame)
      return reader.take(frame)
    })
  }

  it.each([
    ['of no type that there is', '00WHAT', 'type'],
    ['of a type that every object has', '00toString', 'type'],
    ['with a field too many', '05CANS,1', 'field-count'],
    ['with a field too few', '05ADVANCE', 'field-count'],
    ['with a value that is none', '05ADVANCE,x', 'field'],
    ['of a session with a number', '05HELLO,1', 'sequence'],
  ])('takes none %s', (_, line, flaw) => {
    expect(read(line)).toEqual([flaw])
  })

  it('takes a message of a session without a number, and another with any', () => {
    expect(read('00HELLO,1')).toMatchObject([{ sequence: 0, message: { type: 'HELLO', nonce: 1 } }])
    expect(read('FFADVANCE,7')).toMatchObject([{ sequence: 255, text: 'ADVANCE,7' }])
  })

  it.each([
    ['its first part', ['05-000CE,7'], ['missing']],
    ['a part in between', ['05+002ADV', '05-000CE,7'], [null, 'missing']],
    ['its own number', ['05+001ADVAN', '06-000CE,7'], [null, 'missing']],
    ['its beginning, for it began again', ['05+001XX', '05+001ADVAN', '05-000CE,7'], [null, null, 'ADVANCE,7']],
  ])('of one that lost %s', (_, lines, outcome) => {
    const found = read(...lines).map((one) => (one !== null && typeof one === 'object' ? one.text : one))
    expect(found).toEqual(outcome)
  })

  it('takes a message as long as may be, and none that is longer', () => {
    const long = (characters: number) => {
      const reader = new PumpMessageReader('to-bench')
      const share = 200
      const parts = Math.ceil(characters / share)
      const outcomes = Array.from({ length: parts }, (_, part) => {
        const text = 'A'.repeat(Math.min(share, characters - part * share))
        return reader.take({ sequence: 1, text, part: { begins: part === 0, left: parts - 1 - part } })
      })
      return outcomes.at(-1)
    }
    expect(long(PUMP_LIMITS.message)).toBe('type')
    expect(long(PUMP_LIMITS.message + 1)).toBe('too-long')
  })
})

describe('an encoder', () => {
  const advance = (to: bigint): ToPump => ({ type: 'ADVANCE', to: whole(to) })

  it.each([-1, 256, 1.5, Number.NaN])('refuses the number %s', (sequence) => {
    expect(() => encodePumpMessage('to-pump', sequence, advance(1n))).toThrow(
      `ADVANCE cannot have the sequence number ${sequence}`,
    )
  })

  it('refuses a message that there is not, and one that is too long, with how long', () => {
    const strange = { type: 'WHAT' } as unknown as ToPump
    expect(() => encodePumpMessage('to-pump', 1, strange)).toThrow('there is no message WHAT')
  })

  it('cuts a message when it no longer fits, and not before', () => {
    const frames = (detail: string) => {
      const message: ToBench = { type: 'NAK', reason: 'RANGE', detail }
      return (
        Buffer.from(encodePumpMessage('to-bench', 1, message))
          .toString('latin1')
          .split('\n').length - 1
      )
    }
    // Each of these takes three characters; `NAK,RANGE,` takes ten of 253.
    expect(frames('%'.repeat(81))).toBe(1)
    expect(() => frames('%'.repeat(300))).toThrow('the field detail cannot hold')
  })
})

describe('an exact number', () => {
  const field = exact('any', 'pL', 'a number', 'auto')
  const digits = (count: number) => '9'.repeat(count)

  it.each([
    ['as many digits as may be', digits(PUMP_LIMITS.digits)],
    ['as many in its denominator', `1/1${'0'.repeat(PUMP_LIMITS.digits - 1)}`],
    ['a sign', `-${digits(PUMP_LIMITS.digits)}`],
  ])('has %s', (_, written) => {
    expect(spelled(field, unspelled(field, written), 'n')).toBe(written)
  })

  it.each([
    ['a digit too many', digits(PUMP_LIMITS.digits + 1)],
    ['a digit too many in its denominator', `1/1${'0'.repeat(PUMP_LIMITS.digits)}`],
    ['another word', 'never'],
  ])('has not %s', (_, written) => {
    expect(unspelled(field, written)).toBeUndefined()
  })

  it.each([
    ['a number', 5],
    ['a word of another field', 'never'],
    ['no lowest terms', { n: 2n, d: 4n }],
    ['half a fraction', { n: 2n }],
    ['a fraction of numbers', { n: 1, d: 2 }],
    ['nothing', null],
    ['a digit too many', whole(BigInt(digits(PUMP_LIMITS.digits + 1)))],
  ])('cannot be %s', (_, value) => {
    expect(() => spelled(field, value, 'amount')).toThrow('the field amount cannot hold')
  })

  it('keeps to its sign', () => {
    const least = exact('not-negative', 'pL', 'a volume')
    expect([unspelled(least, '0'), unspelled(least, '-1')]).toEqual([whole(0), undefined])
    expect(() => spelled(least, ratio(-1n, 2n), 'volume')).toThrow('the field volume cannot hold -1/2')
  })
})

describe('a text', () => {
  const field = text(4, 'a name')

  it.each([
    ['as long as may be', 'abcd', 'abcd'],
    ['nothing', '', ''],
    ['what frames are made of', '$*,+', '%24%2A%2C%2B'],
    ['the escape', '%', '%25'],
    ['a control character', '\u0001', '%01'],
    ['two bytes of one character', 'µµ', '%C2%B5%C2%B5'],
  ])('of %s is spelled and read back', (_, value, written) => {
    expect([spelled(field, value, 'name'), unspelled(field, written)]).toEqual([written, value])
  })

  it.each([
    ['a byte too many', 'abcde'],
    ['an escape with more before or behind', '%x2A'],
  ])('of %s is none', (_, written) => {
    expect(unspelled(field, written)).toBeUndefined()
  })

  it.each([[5], [null], ['abcde'], ['µµµ']])('cannot be %j', (value) => {
    expect(() => spelled(field, value, 'name')).toThrow(`the field name cannot hold ${JSON.stringify(value)}`)
  })
})
