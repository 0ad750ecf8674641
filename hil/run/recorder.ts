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
  readonly #onLine: ((line: string) => void) | undefined

  constructor(onLine?: (line: string) => void) {
    this.#onLine = onLine
  }

  record(record: TraceRecord): void {
    const line = traceLine(record)
    this.#records.push(record)
    this.#hash.update(line)
    this.#onLine?.(line)
  }

  /** The trace so far. */
  trace(): Trace {
    return { records: this.#records, sha256: this.#hash.copy().digest('hex') }
  }
}
