/**
 * The recorder: turns records into lines, keeps their digest, and hands each line on as it is written.
 *
 * A line is complete or absent; whoever keeps the lines can lose at most the last one.
 */
import { createHash } from 'node:crypto'
import type { Trace, TraceRecord } from '#hil/run/trace'

/** One record as one line. Keys keep the order in which records are made, so equal runs give equal bytes. */
export function traceLine(record: TraceRecord): string {
  return `${JSON.stringify(record)}\n`
}

export class Recorder {
  readonly #records: TraceRecord[] = []
  readonly #hash = createHash('sha256')
  readonly #keep: boolean
  #lines = 0
  readonly #onLine: ((line: string) => void) | undefined

  constructor(keep: boolean, onLine?: (line: string) => void) {
    this.#keep = keep
    this.#onLine = onLine
  }

  /** The last record: whoever reads the lines can tell whether they are all there, unchanged and in order. */
  end(t_us: number, complete: boolean, reason: string): void {
    const sha256 = this.#hash.copy().digest('hex')
    this.record({ kind: 'end', t_us, complete, reason, lines: this.#lines, sha256 })
  }

  record(record: TraceRecord): void {
    this.#lines += 1
    const line = traceLine(record)
    if (this.#keep) this.#records.push(record)
    this.#hash.update(line)
    this.#onLine?.(line)
  }

  /** The trace so far. */
  trace(): Trace {
    return { records: this.#records, sha256: this.#hash.copy().digest('hex') }
  }
}
