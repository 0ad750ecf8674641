/** Any bytes in any chunks: frames, log lines and a count, in bounded memory and linear time. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Direction, LIMITS } from '#protocol/catalogue'
import { encodeFrame } from '#protocol/frame'
import { type Piece, Splitter } from '#protocol/splitter'
import { anyFrame } from './messages.ts'

function split(direction: Direction, bytes: Uint8Array, cuts: readonly number[]) {
  const splitter = new Splitter(direction)
  const pieces: Piece<Direction>[] = []
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b)
  let from = 0
  for (const to of ends) {
    pieces.push(...splitter.push(bytes.subarray(from, to)))
    expect(splitter.held).toBeLessThanOrEqual(LIMITS.log_line)
    from = to
  }
  return { pieces, discarded: splitter.discarded, held: splitter.held }
}

/** Streams in which frames, pieces of frames, text, newlines, HALT bytes and noise follow each other. */
function anyStream(direction: Direction): fc.Arbitrary<Uint8Array> {
  const frame = anyFrame(direction).map(({ sequence, message }) => encodeFrame(sequence, message))
  const part = fc.tuple(frame, fc.nat(), fc.nat()).map(([bytes, a, b]) => bytes.slice(a % 40, b % bytes.length))
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 20 }),
    fc.constantFrom('\n', '\r\n', '$', '\x9b\x9b', '\x9b', 'log line').map((text) => Buffer.from(text, 'latin1')),
    fc.integer({ min: 1, max: 700 }).map((length) => new Uint8Array(length).fill(0x41)),
  )
  return fc.array(fc.oneof(frame, part, bytes), { maxLength: 30 }).map((parts) => Uint8Array.from(Buffer.concat(parts)))
}

describe.each(['to-rig', 'to-host'] as const)('the splitter %s', (direction) => {
  it('yields the same for any chunks, and never throws', () => {
    fc.assert(
      fc.property(anyStream(direction), fc.array(fc.nat(), { maxLength: 40 }), (bytes, cuts) => {
        const whole = split(direction, bytes, [])
        expect(split(direction, bytes, cuts)).toEqual(whole)
        expect(split(direction, bytes, [...bytes.keys()])).toEqual(whole)
      }),
      { seed: 4, numRuns: 300 },
    )
  })

  it('counts each byte once: in a frame, in a log line, as discarded, as held, or as the end of a line', () => {
    fc.assert(
      fc.property(anyStream(direction), (bytes) => {
        const { pieces, discarded, held } = split(direction, bytes, [])
        const taken = pieces.map((piece) => {
          if (piece.kind === 'frame') return encodeFrame(piece.frame.sequence, piece.frame.message).length - 1
          if (piece.kind === 'log') return piece.text.length
          return piece.kind === 'halt' ? 2 : 0
        })
        const newlines = bytes.filter((byte) => byte === 0x0a).length
        const accounted = taken.reduce((sum, length) => sum + length, discarded + held + newlines)
        // To the host, the carriage return before a newline counts nowhere.
        const returns = Buffer.from(bytes).toString('latin1').split('\r\n').length - 1
        expect(accounted).toBeLessThanOrEqual(bytes.length)
        expect(accounted).toBeGreaterThanOrEqual(bytes.length - (direction === 'to-host' ? returns : 0))
      }),
      { seed: 5, numRuns: 300 },
    )
  })

  it('finds the frame after any noise that ends in a newline or not', () => {
    const frame = encodeFrame(
      0,
      direction === 'to-rig' ? { type: 'BEAT', token: 5 } : { type: 'ACK', token: 5, tick: 0 },
    )
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 900 }), (noise) => {
        const { pieces } = split(direction, Uint8Array.from([...noise, ...frame]), [])
        const last = pieces.at(-1)
        expect(last?.kind === 'frame' && 'token' in last.frame.message && last.frame.message.token).toBe(5)
      }),
      { seed: 6, numRuns: 300 },
    )
  })

  it('takes 5 MB without a newline in chunks of 64 bytes in linear time, holding one line', () => {
    const chunk = new Uint8Array(64).fill(0x41)
    const spent = (bytes: number, start: string) => {
      const splitter = new Splitter(direction)
      const began = process.cpuUsage().user
      splitter.push(Buffer.from(start))
      let mostHeld = 0
      for (let i = 0; i < bytes; i += 64) {
        splitter.push(chunk)
        mostHeld = Math.max(mostHeld, splitter.held)
      }
      expect(mostHeld).toBeLessThanOrEqual(LIMITS.log_line)
      expect(splitter.discarded + splitter.held).toBe(Math.ceil(bytes / 64) * 64 + start.length)
      return process.cpuUsage().user - began
    }
    // A quadratic splitter takes half a minute for this; the bound is generous because machines differ.
    expect(spent(5_000_000, '') + spent(5_000_000, '$')).toBeLessThan(5_000_000)
  })
})
