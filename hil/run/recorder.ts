/**
 * The recorder: turns records into lines, keeps their digest, and hands each line on as it is written.
 *
 * A line is complete or absent; whoever keeps the lines can lose at most the last one.
 */
import { createHash } from 'node:crypto'
import type { Trace, TraceRecord } from '#hil/run/trace'
import { traceLine } from '#hil/run/trace-line'

/** Characters that are digested at once: many lines together cost little more than one. */
const DIGESTED_AT_ONCE = 65_536

export class Recorder {
  readonly #records: TraceRecord[] = []
  readonly #hash = createHash('sha256')
  readonly #keep: boolean
  /** Lines that are not digested yet. */
  #fresh = ''
  #lines = 0
  readonly #onLine: ((line: string) => void) | undefined

  constructor(keep: boolean, onLine?: (line: string) => void) {
    this.#keep = keep
    this.#onLine = onLine
  }

  /** The last record: whoever reads the lines can tell whether they are all there, unchanged and in order. */
  end(t_us: number, complete: boolean, reason: string): void {
    const sha256 = this.#digest()
    this.record({ kind: 'end', t_us, complete, reason, lines: this.#lines, sha256 })
  }

  record(record: TraceRecord): void {
    this.#lines += 1
    const line = traceLine(record)
    if (this.#keep) this.#records.push(record)
    this.#fresh += line
    if (this.#fresh.length >= DIGESTED_AT_ONCE) this.#digestFresh()
    this.#onLine?.(line)
  }

  /** The trace so far. */
  trace(): Trace {
    return { records: this.#records, sha256: this.#digest() }
  }

  #digest(): string {
    this.#digestFresh()
    return this.#hash.copy().digest('hex')
  }

  #digestFresh(): void {
    this.#hash.update(this.#fresh)
    this.#fresh = ''
  }
}
