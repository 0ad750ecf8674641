/** The golden vectors: what the bytes of each mean, whole and in single bytes. The rig firmware runs the same file. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Direction } from '#protocol/catalogue'
import { encodeFrame } from '#protocol/frame'
import type { Frame } from '#protocol/message'
import { type Piece, Splitter } from '#protocol/splitter'

interface Vector {
  readonly name: string
  readonly direction: Direction
  readonly hex: string
  readonly frames: readonly Frame[]
  readonly logs: readonly string[]
  readonly flaws: readonly string[]
  readonly halts: number
  readonly discarded: number
}

const file = readFileSync(new URL('vectors.json', import.meta.url), 'utf8')
const { vectors } = JSON.parse(file) as { readonly vectors: readonly Vector[] }

function bytesOf(vector: Vector): Uint8Array {
  return Uint8Array.from(Buffer.from(vector.hex, 'hex'))
}

/** What a receiver makes of the bytes in chunks of `size`, in the form of a vector. */
function meaning(direction: Direction, bytes: Uint8Array, size: number) {
  const splitter = new Splitter(direction)
  const pieces: Piece<Direction>[] = []
  for (let i = 0; i < bytes.length; i += size) pieces.push(...splitter.push(bytes.subarray(i, i + size)))
  return {
    frames: pieces.flatMap((piece) => (piece.kind === 'frame' ? [piece.frame] : [])),
    logs: pieces.flatMap((piece) => (piece.kind === 'log' ? [piece.text] : [])),
    flaws: pieces.flatMap((piece) => (piece.kind === 'flawed' ? [piece.flaw] : [])),
    halts: pieces.filter(({ kind }) => kind === 'halt').length,
    discarded: splitter.discarded,
  }
}

describe('the golden vectors', () => {
  it('are at least sixty, each with a name of its own', () => {
    expect(new Set(vectors.map(({ name }) => name)).size).toBe(vectors.length)
    expect(vectors.length).toBeGreaterThanOrEqual(60)
  })

  it.each(vectors)('$direction: $name', (vector) => {
    const { frames, logs, flaws, halts, discarded } = vector
    const bytes = bytesOf(vector)
    for (const size of [bytes.length, 7, 1]) {
      expect(meaning(vector.direction, bytes, size)).toEqual({ frames, logs, flaws, halts, discarded })
    }
  })

  const alone = vectors.filter(({ frames, hex }) => frames.length === 1 && hex.startsWith('24'))

  it.each(alone.filter(({ discarded }) => discarded === 0))('$name is encoded like this', (vector) => {
    for (const { sequence, message } of vector.frames) {
      expect(Buffer.from(encodeFrame(sequence, message)).toString('hex')).toBe(vector.hex)
    }
  })
})
