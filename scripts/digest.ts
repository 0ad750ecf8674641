/** The size and the SHA-256 of a file, read piece by piece: a trace may be larger than the memory. */
import { createHash } from 'node:crypto'
import { closeSync, openSync, readSync } from 'node:fs'

const PIECE = 1 << 20

/** Size in bytes, and SHA-256 in hexadecimal. */
export interface Digest {
  readonly size: number
  readonly sha256: string
}

/** Throws what the file system throws. */
export function digestOf(path: string): Digest {
  const file = openSync(path, 'r')
  try {
    return digestOfOpen(file)
  } finally {
    closeSync(file)
  }
}

/** The digest of what is left of an open file. */
export function digestOfOpen(file: number): Digest {
  const hash = createHash('sha256')
  const piece = Buffer.alloc(PIECE)
  let size = 0
  for (;;) {
    const count = readSync(file, piece, 0, piece.length, null)
    if (count === 0) return { size, sha256: hash.digest('hex') }
    hash.update(piece.subarray(0, count))
    size += count
  }
}
