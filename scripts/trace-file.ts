/**
 * A trace on disk, written as it grows.
 *
 * Only whole lines go to the file, so that a run killed at any moment leaves every record up to shortly before.
 */
import { closeSync, openSync, writeSync } from 'node:fs'

/** Held back at most this long and this much. */
const PERIOD_ms = 200
const LARGEST_BATCH = 65_536

export class TraceFile {
  readonly #file: number
  #batch: string[] = []
  #size = 0
  #written_ms = performance.now()

  constructor(path: string) {
    this.#file = openSync(path, 'w')
  }

  write(line: string): void {
    this.#batch.push(line)
    this.#size += line.length
    if (this.#size >= LARGEST_BATCH || performance.now() - this.#written_ms >= PERIOD_ms) this.#flush()
  }

  close(): void {
    this.#flush()
    closeSync(this.#file)
  }

  #flush(): void {
    const bytes = Buffer.from(this.#batch.join(''))
    for (let done = 0; done < bytes.length; ) done += writeSync(this.#file, bytes, done)
    this.#batch = []
    this.#size = 0
    this.#written_ms = performance.now()
  }
}
