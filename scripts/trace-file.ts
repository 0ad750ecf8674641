/**
 * A trace on disk, written as it grows.
 *
 * Only whole lines go to the file, so that a run killed at any moment leaves every record up to shortly before. A disk
 * that fails does not end the run, whose verdicts need no file; the loss is told at the end.
 */
import { closeSync, openSync, writeSync } from 'node:fs'
import { resolve } from 'node:path'
import { writing } from '#scripts/outputs'

/** Held back at most this long and this much. */
const PERIOD_ms = 200
const LARGEST_BATCH = 65_536

export class TraceFile {
  readonly #path: string
  #file: number | null = null
  #problem: string | null
  #batch: string[] = []
  #size = 0
  #written_ms = performance.now()
  #timer: NodeJS.Timeout | null = null

  constructor(path: string) {
    this.#path = path
    this.#problem = writing(() => {
      this.#file = openSync(resolve(path), 'w')
    })
  }

  write(line: string): void {
    this.#batch.push(line)
    this.#size += line.length
    if (this.#size >= LARGEST_BATCH || performance.now() - this.#written_ms >= PERIOD_ms) this.#flush()
    // On a rig with a real clock hours can pass before the next line.
    else this.#timer ??= setTimeout(() => this.#flush(), PERIOD_ms).unref()
  }

  /** Writes what is left. What the file lacks, or null when it is whole. */
  close(): string | null {
    this.#flush()
    const file = this.#file
    this.#file = null
    const problem = file === null ? null : writing(() => closeSync(file))
    this.#problem ??= problem
    return this.#problem === null ? null : `--trace ${this.#path}: the trace is not whole; it ${this.#problem}`
  }

  #flush(): void {
    const file = this.#file
    const bytes = Buffer.from(this.#batch.join(''))
    this.#batch = []
    this.#size = 0
    this.#written_ms = performance.now()
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    if (file === null || this.#problem !== null) return
    this.#problem = writing(() => {
      for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done)
    })
  }
}
