/**
 * Instants: when things happen in a generated scenario.
 *
 * Much goes wrong only where two things coincide, so many instants are those of something else, or shortly after it, or lie
 * on the round hours at which boluses begin. Others are odd milliseconds, and fractions that no clock holds.
 */
import type { Dice } from '#hil/explore/dice'
import { as, type Time_us } from '#units/quantity'
import { add, compare, multiply, ratio, toText, whole, ZERO } from '#units/rational'

/** A time as a file writes it, and what it is. */
export interface Instant {
  readonly text: string
  readonly at_us: Time_us
}

const SECOND_us = whole(1_000_000)
const HOUR_us = whole(3_600_000_000)
const DAY_s = 86_400
/** Many times, by the run and by the clock, lie on multiples of this. */
export const WATCH_s = 3 * 3600

/** Seconds after something else: its answer is still on its way, its program still waits for a commit, or it is over. */
const SOON_s = [1, 3, 5, 60, 299, 600, 3600] as const

export const START: Instant = { text: '0 s', at_us: as(ZERO) }

export function seconds(count: number): Instant {
  return { text: `${count} s`, at_us: as(multiply(whole(count), SECOND_us)) }
}

/** Draws instants of a run of so many days. */
export class Instants {
  readonly #dice: Dice
  readonly #days: number
  readonly #drawn: Instant[] = [START]

  constructor(dice: Dice, days: number) {
    this.#dice = dice
    this.#days = days
  }

  /** Any instant of the run before its end. */
  any(): Instant {
    const instant = this.#fresh()
    this.#drawn.push(instant)
    return instant
  }

  /** An instant that none of the others that were `taken` has; undefined where chance does not find one. */
  apart(taken: Set<string>): Instant | undefined {
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const instant = this.any()
      const key = toText(instant.at_us)
      if (taken.has(key)) continue
      taken.add(key)
      return instant
    }
    return undefined
  }

  #fresh(): Instant {
    const dice = this.#dice
    switch (
      dice.weighted([
        [3, 'watch'],
        [2, 'half hour'],
        [2, 'odd'],
        [1, 'fraction'],
        [2, 'same'],
        [2, 'soon'],
      ])
    ) {
      case 'watch':
        return seconds(dice.integer(0, this.#days * 8 - 1) * WATCH_s)
      case 'half hour':
        return seconds(dice.integer(0, this.#days * 48 - 1) * 1800)
      case 'odd': {
        const ms = dice.integer(0, this.#days * DAY_s * 1000 - 1)
        return { text: `${ms} ms`, at_us: as(multiply(ratio(BigInt(ms), 1000n), SECOND_us)) }
      }
      case 'fraction': {
        const d = dice.pick([7, 11, 13])
        const n = dice.integer(0, this.#days * 24 * d - 1)
        return { text: `${n}/${d} h`, at_us: as(multiply(ratio(BigInt(n), BigInt(d)), HOUR_us)) }
      }
      case 'same':
        return this.#earlier()
      case 'soon':
        return this.#after(this.#earlier(), dice.pick(SOON_s))
    }
  }

  #earlier(): Instant {
    return this.#drawn[this.#dice.integer(0, this.#drawn.length - 1)] ?? START
  }

  /** So long after, where that is still within the run; fractions of an hour are not added to. */
  #after(instant: Instant, later_s: number): Instant {
    const at_us = as<Time_us>(add(instant.at_us, multiply(whole(later_s), SECOND_us)))
    if (instant.text.includes('/') || compare(at_us, multiply(whole(this.#days * DAY_s), SECOND_us)) >= 0)
      return instant
    return { text: summed(instant.text, later_s), at_us }
  }
}

/** `90 s` and 5 s is `95 s`, `17 ms` and 5 s is `5 s 17 ms`. */
function summed(text: string, later_s: number): string {
  const [, count, rest = ''] = /^(\d+) s(.*)$/.exec(text) ?? []
  return count === undefined ? `${later_s} s ${text}` : `${Number(count) + later_s} s${rest}`
}
