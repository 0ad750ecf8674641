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
  /** What it showed at an instant of the clock outside, and how many of its microseconds are one of that since then. */
  #shown_us = 0
  #since_us: number
  #rate = 1
  #looked_us: number

  /** It is zero now. */
  constructor(options: OwnClockOptions) {
    this.#options = options
    this.#since_us = options.clock()
    this.#looked_us = this.#since_us
  }

  /** Looks at it. */
  now_us(): number {
    return Math.floor(this.#shownAt(this.#look()))
  }

  /** From now on it is so many times as fast as the clock outside. */
  run(rate: number): void {
    const here_us = this.#look()
    this.#shown_us = this.#shownAt(here_us)
    this.#since_us = here_us
    this.#rate = rate
  }

  #shownAt(here_us: number): number {
    return this.#shown_us + (here_us - this.#since_us) * this.#rate
  }

  /** The clock outside, less what is beyond a gap that counts. */
  #look(): number {
    const { clock, onStood } = this.#options
    const here_us = clock()
    const counted_us = this.#looked_us + MOST_GAP_us
    this.#looked_us = here_us
    if (here_us > counted_us) {
      this.#shown_us = this.#shownAt(counted_us)
      this.#since_us = here_us
      onStood(here_us - counted_us)
    }
    return here_us
  }
}
