/**
 * Progress of a long run: one line that is written over on a terminal, and plain lines elsewhere.
 *
 * It also hands control back now and then, so that Ctrl-C is heard in the middle of a computation.
 */
import { duration } from '#units/format'

/** How often a terminal line is renewed and other work let in. */
const PERIOD_ms = 100

export class Progress {
  readonly #stream: NodeJS.WriteStream
  readonly #silent: boolean
  #last_ms = performance.now()
  #shown = false

  constructor(stream: NodeJS.WriteStream, silent: boolean) {
    this.#stream = stream
    this.#silent = silent
  }

  /** Announces a run. */
  begin(name: string, index: number, count: number, length_us: number): void {
    if (this.#silent) return
    if (this.#stream.isTTY) {
      this.#show(`${index + 1} of ${count}: ${name} 0 %`)
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
      this.#show(`${index + 1} of ${count}: ${name} ${Math.floor(100 * Math.min(1, part))} %`)
    }
    await new Promise((resolve) => setImmediate(resolve))
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
