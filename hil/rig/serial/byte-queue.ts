/**
 * Bytes that have come in and not been read: what a binding that is not the system's reads from.
 *
 * A read waits until there is a byte, as the rules of bindings have it, and fails once the queue has ended. What comes
 * beyond the bound is refused, and whoever feeds the queue has to hold it back or give up.
 */
interface Reader {
  readonly buffer: Buffer
  readonly offset: number
  readonly length: number
  readonly done: (bytesRead: number) => void
  readonly failed: (error: Error) => void
}

/** How a binding says that a read or write ended because the port was closed from here. */
class Canceled extends Error {
  readonly canceled = true
}

export class ByteQueue {
  readonly #most: number
  #chunks: Uint8Array[] = []
  #waiting = 0
  #reader: Reader | undefined
  #end: Error | undefined

  /** Holds at most so many bytes. */
  constructor(most: number) {
    this.#most = most
  }

  get waiting(): number {
    return this.#waiting
  }

  /** Whether there was room for the bytes; none are taken when there was not, or after the end. */
  push(bytes: Uint8Array): boolean {
    if (this.#end !== undefined || this.#waiting + bytes.length > this.#most) return false
    if (bytes.length === 0) return true
    this.#chunks.push(bytes)
    this.#waiting += bytes.length
    this.#serve()
    return true
  }

  read(buffer: Buffer, offset: number, length: number): Promise<{ buffer: Buffer; bytesRead: number }> {
    return new Promise((resolve, reject) => {
      this.#reader = { buffer, offset, length, done: (bytesRead) => resolve({ buffer, bytesRead }), failed: reject }
      this.#serve()
    })
  }

  /** Nothing more comes; reads fail from when all is read, which counts as the loss of the connection. */
  end(reason: string): void {
    this.#end ??= new Error(reason)
    this.#serve()
  }

  /** Nothing more is wanted: a read that waits is canceled. */
  cancel(): void {
    this.#end ??= new Canceled('the port was closed')
    this.#chunks = []
    this.#waiting = 0
    this.#serve()
  }

  #serve(): void {
    const reader = this.#reader
    if (reader === undefined) return
    const [chunk] = this.#chunks
    if (chunk === undefined) {
      if (this.#end === undefined) return
      this.#reader = undefined
      reader.failed(this.#end)
      return
    }
    const bytesRead = Math.min(chunk.length, reader.length)
    reader.buffer.set(chunk.subarray(0, bytesRead), reader.offset)
    if (bytesRead === chunk.length) this.#chunks.shift()
    else this.#chunks[0] = chunk.subarray(bytesRead)
    this.#waiting -= bytesRead
    this.#reader = undefined
    reader.done(bytesRead)
  }
}
