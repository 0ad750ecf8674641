/** Machine code that is almost right is the worst kind: everything that can be wrong with a HEX file is refused. */
import { readdirSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseHex } from '#hil/rig/avr/hex'
import { PROGRAMS, program } from './support/machine.ts'

const SIZE = 1024
const END = ':00000001FF'

function record(type: number, address: number, data: readonly number[]): string {
  const bytes = [data.length, address >> 8, address & 0xff, type, ...data]
  const checksum = -bytes.reduce((sum, byte) => sum + byte, 0) & 0xff
  return `:${[...bytes, checksum].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`
}

function problemsOf(...lines: readonly string[]): readonly string[] {
  const image = parseHex(`${lines.join('\n')}\n`, SIZE)
  return image.ok ? [] : image.problems.map(({ line, problem }) => `${line}: ${problem}`)
}

describe('an Intel HEX file', () => {
  it('is read with its addresses; the rest is erased', () => {
    const image = parseHex(
      [':0300300002337A1E', record(2, 0, [0x00, 0x10]), record(0, 0x0010, [9]), END, ''].join('\r\n'),
      SIZE,
    )
    if (!image.ok) throw new Error(JSON.stringify(image.problems))
    expect([...image.bytes.subarray(0x2f, 0x34)]).toEqual([0xff, 0x02, 0x33, 0x7a, 0xff])
    expect(image.bytes[0x110]).toBe(9)
    expect(image.bytes).toHaveLength(SIZE)
  })

  it.each(readdirSync(PROGRAMS).filter((name) => name.endsWith('.hex')))('%s is read', (name) => {
    expect(program(name.slice(0, -4)).some((byte) => byte !== 0xff)).toBe(true)
  })

  it('gives back any bytes it is made of', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: SIZE }),
        fc.integer({ min: 1, max: 255 }),
        (bytes, width) => {
          const lines: string[] = []
          for (let at = 0; at < bytes.length; at += width)
            lines.push(record(0, at, [...bytes.subarray(at, at + width)]))
          const image = parseHex([...lines, END].join('\n'), SIZE)
          expect(image.ok && image.bytes.subarray(0, bytes.length)).toEqual(bytes)
        },
      ),
    )
  })

  it('is refused when one character is changed', () => {
    const text = `${record(0, 0, [1, 2, 3, 4])}\n${record(0, 4, [5, 6, 7, 8])}\n${END}\n`
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.constantFrom(...'0123456789ABCDEF:; \n'), (at, character) => {
        fc.pre(text[at]?.toUpperCase() !== character && !(text[at] === '\n' && at === text.length - 1))
        expect(parseHex(text.slice(0, at) + character + text.slice(at + 1), SIZE).ok).toBe(false)
      }),
      { numRuns: 500 },
    )
  })

  it('says what is wrong and where, everything at once', () => {
    expect(problemsOf('hello', ':0300300002337A1F', ':0300300002337A', END)).toEqual([
      '1: is not a record: a colon and whole bytes in hexadecimal',
      '2: has a wrong checksum',
      '3: says 3 data bytes and has 2',
    ])
    expect(problemsOf(record(0, 0, [1]))).toEqual(['1: there is no end record'])
    expect(problemsOf('')).toEqual([
      '1: is not a record: a colon and whole bytes in hexadecimal',
      '1: there is no end record',
    ])
    expect(problemsOf(END, record(0, 0, [1]))).toEqual(['2: stands after the end record'])
    expect(problemsOf(record(0, 8, [1, 2]), record(0, 9, [3]), END)).toEqual(['2: gives byte 9 a second time'])
    expect(problemsOf(record(0, SIZE - 1, [1, 2]), END)).toEqual([
      `1: reaches to byte ${SIZE + 1} of a memory of ${SIZE}`,
    ])
    expect(problemsOf(record(7, 0, [1]), END)).toEqual(['1: is of the unknown type 7'])
    expect(problemsOf(record(4, 0, [1]), END)).toEqual(['1: is of type 4 and cannot have 1 data bytes'])
  })
})
