/**
 * The clock of a pump that runs by itself: whole microseconds since it was switched on, by a clock outside that never goes back.
 *
 * Whoever holds it looks at it often. Where nobody has for a long time, the process was suspended or the machine asleep, and
 * then only the first minute of that counts: a pump that made up for a night at once would give all of its dose at once.
 */

/** So much of a gap between two looks counts: a minute. */
export const MOST_GAP_us = 60_000_000

export interface OwnClockOptions {
  /** Microseconds that never go back, since any instant. */
  readonly clock: () => number
  /** Told that the clock of the pump stood still, for so long. */
  readonly onStood: (stood_us: number) => void
}

export class OwnClock {
  readonly #options: OwnClockOptions
  readonly #start_us: number
  #looked_us: number
  #stood_us = 0

  /** It is zero now. */
  constructor(options: OwnClockOptions) {
    this.#options = options
    this.#start_us = options.clock()
    this.#looked_us = this.#start_us
  }

  /** Looks at it. */
  now_us(): number {
    const { clock, onStood } = this.#options
    const here_us = clock()
    const beyond_us = here_us - this.#looked_us - MOST_GAP_us
    this.#looked_us = here_us
    if (beyond_us > 0) {
      this.#stood_us += beyond_us
      onStood(beyond_us)
    }
    return Math.floor(here_us - this.#start_us - this.#stood_us)
  }
}
