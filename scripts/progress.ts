/**
 * Progress of a long run: one line that is written over on a terminal, and plain lines elsewhere.
 *
 * It also hands control back now and then, so that Ctrl-C is heard in the middle of a computation.
 */
import type { Standing } from '#scripts/campaign/jobs'
import { duration } from '#units/format'

/** How often a terminal line is renewed and other work let in. */
const PERIOD_ms = 100

/** How often a plain line says how far a campaign is. */
const PLAIN_PERIOD_ms = 15_000

export class Progress {
  readonly #stream: NodeJS.WriteStream
  readonly #silent: boolean
  #last_ms = performance.now()
  #plain_ms = performance.now()
  #shown = false
  /** What is said of the campaign as a whole behind what is said of a run. */
  #rest = ''

  constructor(stream: NodeJS.WriteStream, silent: boolean) {
    this.#stream = stream
    this.#silent = silent
  }

  /** Announces a run. */
  begin(name: string, index: number, count: number, length_us: number): void {
    if (this.#silent) return
    if (this.#stream.isTTY) {
      this.#show(`${index + 1} of ${count}: ${name} 0 %${this.#rest}`)
      return
    }
    this.#stream.write(`running ${index + 1} of ${count}: ${name}, ${duration(length_us)}\n`)
  }

  /** Notes how far a run has come; returns when whoever waits for the process has had a turn. */
  async reached(name: string, index: number, count: number, part: number): Promise<void> {
    const now_ms = performance.now()
    if (now_ms - this.#last_ms < PERIOD_ms) return
    this.#last_ms = now_ms
    if (!this.#silent && this.#stream.isTTY) {
      this.#show(`${index + 1} of ${count}: ${name} ${Math.floor(100 * Math.min(1, part))} %${this.#rest}`)
    }
    await new Promise((resolve) => setImmediate(resolve))
  }

  /** Notes how far the whole campaign is: behind every line on a terminal, as a line of its own now and then elsewhere. */
  stands(standing: Standing): void {
    const { over, total, left_s } = standing
    this.#rest = left_s === null ? '' : `, ${timeLeft(left_s)}`
    const now_ms = performance.now()
    if (this.#silent || this.#stream.isTTY || now_ms - this.#plain_ms < PLAIN_PERIOD_ms || over === total) return
    this.#plain_ms = now_ms
    this.#stream.write(`${over}${total === null ? '' : ` of ${total}`} over${this.#rest}\n`)
  }

  #show(line: string): void {
    this.#stream.write(`\r\u001b[2K${line.slice(0, (this.#stream.columns || 80) - 1)}`)
    this.#shown = true
  }

  /** Clears the line. */
  end(): void {
    if (this.#shown) this.#stream.write('\r\u001b[2K')
    this.#shown = false
  }
}

/** A time to wait for, to about a tenth of it. */
function timeLeft(left_s: number): string {
  if (left_s < 60) return `${Math.ceil(left_s)} s left`
  if (left_s < 3600) return `${Math.ceil(left_s / 60)} min left`
  return `${(left_s / 3600).toFixed(1)} h left`
}
