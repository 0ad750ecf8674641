/** Fields as characters: each value has one spelling, and what a field cannot hold is never written. */
import { describe, expect, it } from 'vitest'
import { LIMITS } from '#protocol/catalogue'
import { crc32, hex8Text } from '#protocol/crc32'
import { type Field, hex8, i32, token, u16, u32 } from '#protocol/field'
import { readField, writeField } from '#protocol/field-text'
import { LONGEST } from '#protocol/frame'
import { Splitter } from '#protocol/splitter'

function written(field: Field, value: number | string | undefined): string {
  const bytes = new Uint8Array(64)
  return Buffer.from(bytes.subarray(0, writeField(bytes, 0, field, value, 'x'))).toString('latin1')
}

const read = (field: Field, text: string) => readField(Buffer.from(text, 'latin1'), 0, text.length, field)

describe('a number', () => {
  const edges = [0, 1, 9, 10, 99, 100, 999, 1000, 9999, 10_000, 99_999, 100_000, 100_001, 999_999_999, 1_000_000_000]

  it.each([...edges, 2_147_483_647, 2_147_483_648, 4_294_967_295])('is written and read as people do: %d', (value) => {
    expect(written(u32(''), value)).toBe(String(value))
    expect(read(u32(''), String(value))).toBe(value)
  })

  it.each([-1, -9, -10, -10_000, -100_000, -2_147_483_648])(
    'may be below zero where the field says so: %d',
    (value) => {
      expect(written(i32(''), value)).toBe(String(value))
      expect(read(i32(''), String(value))).toBe(value)
      expect(read(u32(''), String(value))).toBeUndefined()
    },
  )

  it.each([65_536, -1, 1.5, Number.NaN, '7', undefined])('that the field cannot hold is not written: %j', (value) => {
    expect(() => written(u16(''), value)).toThrow(RangeError)
  })

  it.each(['', '-', '00', '007', '+7', '-0', '7.0', '7 ', ':', '/', '65536', '4294967295', '12345678901234567890'])(
    'is none that is spelled %j',
    (text) => {
      expect(read(u16(''), text)).toBeUndefined()
    },
  )
})

describe('a word', () => {
  it.each(['a', 'Z9', '0.1-rc_2', 'abcdefgh'])('of letters, digits and three marks is written and read: %s', (text) => {
    expect(written(token(8, ''), text)).toBe(text)
    expect(read(token(8, ''), text)).toBe(text)
  })

  it.each(['', 'abcdefghi', 'a b', 'é', 'a*', ','])('is none, written or read: %j', (text) => {
    expect(() => written(token(8, ''), text)).toThrow(RangeError)
    expect(read(token(8, ''), text)).toBeUndefined()
  })

  it.each([5, undefined])('is not %j', (value) => {
    expect(() => written(token(9, ''), value)).toThrow(RangeError)
  })
})

describe('eight hex digits', () => {
  it('are upper case, with every leading zero', () => {
    expect([0, 10, 0xdeadbeef, -1, 2 ** 31].map(hex8Text)).toEqual([
      ...['00000000', '0000000A', 'DEADBEEF', 'FFFFFFFF', '80000000'],
    ])
    expect(written(hex8(''), '0BADC0DE')).toBe('0BADC0DE')
    expect(read(hex8(''), '0BADC0DE')).toBe('0BADC0DE')
  })

  it.each(['0BADC0D', '00BADC0DE', '0BADC0DE0', '0badc0de', '0BADC0DG', ''])('are not %j', (text) => {
    expect(() => written(hex8(''), text)).toThrow(RangeError)
    expect(read(hex8(''), text)).toBeUndefined()
  })

  it('are not a number that looks like them', () => {
    expect(() => written(hex8(''), 12_345_678)).toThrow(RangeError)
  })
})

describe('the sum', () => {
  it.each([
    ['', 0],
    ['a', 0xe8b7be43],
    ['123456789', 0xcbf43926],
    ['12345678', 0x9ae0daaf],
  ])('of %j is the published one', (text, sum) => {
    expect(crc32(Buffer.from(text))).toBe(sum)
    expect(crc32(Buffer.from(`xx${text}yyyy`), 2, 2 + text.length)).toBe(sum)
  })
})

describe('a line that is too long', () => {
  it.each(['to-rig', 'to-host'] as const)('by one byte is told from one that is just wrong (%s)', (direction) => {
    const line = (bytes: number) => Buffer.from(`$${'x'.repeat(bytes - 2)}\n`)
    const flaws = (bytes: number) =>
      new Splitter(direction).push(line(bytes)).map((piece) => 'flaw' in piece && piece.flaw)
    expect(flaws(LONGEST[direction])).not.toEqual(['too-long'])
    expect(flaws(LONGEST[direction] + 1)).toEqual(['too-long'])
  })

  it('is kept as a log line up to its longest', () => {
    const log = (bytes: number) => new Splitter('to-host').push(Buffer.from(`${'x'.repeat(bytes)}\n`))
    expect(log(LIMITS.log_line)).toMatchObject([{ kind: 'log', text: 'x'.repeat(LIMITS.log_line) }])
    expect(log(0)).toEqual([])
  })
})
