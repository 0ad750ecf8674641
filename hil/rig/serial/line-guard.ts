/**
 * A bound before a line parser that has none: of a line that is too long only its beginning passes, and its newline.
 *
 * The parser of serialport keeps whatever comes until a newline does, and searches all of it again with each chunk; noise on
 * an open cable would fill the memory.
 */
import { Transform, type TransformCallback } from 'node:stream'

const NEWLINE = 0x0a

/** `cap` is one more than the longest line that is wanted, so that whoever reads it can tell that it was longer. */
export class LineGuard extends Transform {
  readonly #cap: number
  #held = 0

  constructor(cap: number) {
    super()
    this.#cap = cap
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    const passed = Buffer.alloc(chunk.length)
    let length = 0
    for (const byte of chunk) {
      if (byte !== NEWLINE && this.#held >= this.#cap) continue
      this.#held = byte === NEWLINE ? 0 : this.#held + 1
      passed[length] = byte
      length += 1
    }
    done(null, passed.subarray(0, length))
  }
}
