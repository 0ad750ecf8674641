/** A frame survives the wire unchanged or not at all. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Direction } from '#protocol/catalogue'
import { decodeFrame, encodeFrame, LONGEST } from '#protocol/frame'
import type { Frame, ToRig } from '#protocol/message'
import { Splitter } from '#protocol/splitter'
import { anyFrame, samples } from './messages.ts'

/** The frames that a receiver finds. */
function framesIn(direction: Direction, ...chunks: readonly Uint8Array[]): Frame[] {
  const splitter = new Splitter(direction)
  const pieces = chunks.flatMap((chunk) => splitter.push(chunk))
  return pieces.flatMap((piece) => (piece.kind === 'frame' ? [piece.frame] : []))
}

const NEWLINE = Uint8Array.of(0x0a)

/** Whether a receiver of damaged bytes, then of a newline, finds nothing or the very frame. */
function harmless(direction: Direction, damaged: Uint8Array, frame: Frame): boolean {
  const found = framesIn(direction, damaged, NEWLINE)
  if (found.length === 0) return true
  expect(found).toEqual([frame])
  return true
}

describe.each(['to-rig', 'to-host'] as const)('a frame %s', (direction) => {
  it('is decoded as it was encoded, and fits', () => {
    fc.assert(
      fc.property(anyFrame(direction), (frame) => {
        const bytes = encodeFrame(frame.sequence, frame.message)
        expect(bytes.length).toBeLessThanOrEqual(LONGEST[direction])
        expect(decodeFrame(direction, bytes, 0, bytes.length - 1)).toEqual(frame)
        expect(framesIn(direction, bytes)).toEqual([frame])
      }),
      { seed: 1, numRuns: 1500 },
    )
  })

  it('has one spelling: what decodes is encoded to the same bytes', () => {
    fc.assert(
      fc.property(anyFrame(direction), fc.nat(), fc.nat({ max: 255 }), ({ sequence, message }, where, byte) => {
        const bytes = encodeFrame(sequence, message).slice()
        bytes[where % bytes.length] = byte
        const decoded = decodeFrame(direction, bytes, 0, bytes.length - 1)
        if (typeof decoded !== 'string') {
          expect([...encodeFrame(decoded.sequence, decoded.message)].slice(0, -1)).toEqual([...bytes].slice(0, -1))
        }
      }),
      { seed: 2, numRuns: 1500 },
    )
  })
})

describe.each(samples(1))('damage to $frame.message.type', ({ direction, frame }) => {
  const bytes = encodeFrame(frame.sequence, frame.message)

  it('of any one or two bits leaves no other frame', () => {
    const damaged = Uint8Array.from([...bytes, 0x0a])
    const bits = 8 * bytes.length
    // After the added newline the splitter starts afresh, so one serves for all.
    const splitter = new Splitter(direction)
    const flip = (bit: number) => {
      damaged[bit >> 3]! ^= 1 << (bit & 7)
    }
    const survives = () => splitter.push(damaged).some((piece) => piece.kind === 'frame')
    const survivors: number[][] = []
    for (let first = 0; first < bits; first += 1) {
      flip(first)
      if (survives()) survivors.push([first])
      // Every pair of a short frame; of a long one as many, spread over all distances.
      const stride = 1 + Math.floor(bits / 400)
      for (let second = first + 1 + (first % stride); second < bits; second += stride) {
        flip(second)
        if (survives()) survivors.push([first, second])
        flip(second)
      }
      flip(first)
    }
    expect(survivors).toEqual([])
  })

  it('by the loss of 1 to 8 bytes in a row leaves no other frame, nor harms the next', () => {
    const next: Frame<ToRig> = { sequence: 0, message: { type: 'HELLO', nonce: 7 } }
    for (let lost = 1; lost <= 8; lost += 1) {
      for (let at = 0; at + lost <= bytes.length; at += 1) {
        const damaged = Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + lost)])
        harmless(direction, damaged, frame)
        if (direction === 'to-host') continue
        const found = framesIn(direction, damaged, encodeFrame(next.sequence, next.message))
        expect(found.at(-1)).toEqual(next)
        expect(found.length === 1 || found.length === 2).toBe(true)
        if (found.length === 2) expect(found[0]).toEqual(frame)
      }
    }
  })

  it('by the loss of up to 8 bytes anywhere leaves no other frame', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: bytes.length - 1 }), { minLength: 1, maxLength: 8 }), (lost) =>
        harmless(
          direction,
          bytes.filter((_, at) => !lost.includes(at)),
          frame,
        ),
      ),
      { seed: 3, numRuns: 150 },
    )
  })
})

describe('the encoder', () => {
  it('refuses what the catalogue does not allow, and names it', () => {
    const seg = { type: 'CLEAR', token: 1, halts: 65_536 } as const
    expect(() => encodeFrame(0, seg)).toThrow('the field halts cannot hold 65536')
    expect(() => encodeFrame(0, { ...seg, halts: 0.5 })).toThrow('halts')
    expect(() => encodeFrame(0, { ...seg, halts: -1 })).toThrow('halts')
    expect(() => encodeFrame(0, { ...seg, halts: Number.NaN })).toThrow('halts')
    expect(() => encodeFrame(0, { type: 'BEAT', token: 0 })).toThrow('token')
    expect(() => encodeFrame(0, { type: 'NAME', token: 1, serial: '' })).toThrow('serial')
    expect(() => encodeFrame(0, { type: 'NAME', token: 1, serial: 'a,b' })).toThrow('serial')
    expect(() => encodeFrame(0, { type: 'NAME', token: 1, serial: '12345678901234567' })).toThrow('serial')
    expect(() => encodeFrame(0, { type: 'BOOT', boot: 'abcdef01', cause: 'POWER' })).toThrow('boot')
  })

  it('refuses a sequence number where there is none, and one above 255', () => {
    expect(() => encodeFrame(1, { type: 'BEAT', token: 1 })).toThrow('BEAT cannot have the sequence number 1')
    expect(() => encodeFrame(256, { type: 'STAT', token: 1 })).toThrow('256')
    expect(() => encodeFrame(-1, { type: 'STAT', token: 1 })).toThrow('-1')
  })

  it('leaves the frames before it alone', () => {
    const frames = Array.from({ length: 2000 }, (_, i) => encodeFrame(i % 256, { type: 'STAT', token: i + 1 }))
    for (const [i, bytes] of frames.entries()) {
      expect(decodeFrame('to-rig', bytes, 0, bytes.length - 1)).toMatchObject({ message: { token: i + 1 } })
    }
  })
})
