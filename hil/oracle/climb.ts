/**
 * A climb visits the instants of a staircase one after the other, in plain integers and without a list of them.
 *
 * Each rise is a multiple of a common unit. The position is exact: times are whole microseconds below 2^53.
 */
import type { Arithmetic } from '#hil/oracle/arithmetic'
import { multipleOf } from '#hil/oracle/common-unit'
import type { Flight, Staircase } from '#hil/oracle/staircase'
import type { Rational } from '#units/rational'

export class Climb<N> {
  /** The instant at hand, in us from the start of the run; infinite once the last one is passed. */
  at_us = Number.POSITIVE_INFINITY
  /** How much the quantity rises there, in units. */
  rise: N

  readonly #staircase: Staircase
  readonly #unit: Rational
  readonly #math: Arithmetic<N>
  #next = 0
  #left = 0
  #gap_us = 0
  #tick_us = 0
  #remainder = 0
  #divisor = 1
  /** How far the exact instant lies beyond the tick before, less one tick, in 1/divisor of a tick: at most 0. */
  #ahead = 0

  /** Starts at the first instant. Flights must hold at least one instant each. */
  constructor(staircase: Staircase, unit: Rational, math: Arithmetic<N>) {
    this.#staircase = staircase
    this.#unit = unit
    this.#math = math
    this.rise = math.zero
    this.#enter(staircase[0])
  }

  /** Goes on to the next instant, which may be at the same time when it belongs to the next flight. */
  advance(): void {
    if (this.#left === 0) {
      this.#enter(this.#staircase[this.#next])
      return
    }
    this.#left -= 1
    this.at_us += this.#gap_us
    this.#ahead += this.#remainder
    if (this.#ahead > 0) {
      this.#ahead -= this.#divisor
      this.at_us += this.#tick_us
    }
  }

  #enter(flight: Flight | undefined): void {
    if (flight === undefined) {
      this.at_us = Number.POSITIVE_INFINITY
      return
    }
    const { cadence, tick_us, rise } = flight
    this.rise = this.#math.of(multipleOf(this.#unit, rise))
    this.at_us = cadence.first * tick_us
    this.#next += 1
    this.#left = cadence.count - 1
    this.#gap_us = cadence.quotient * tick_us
    this.#tick_us = tick_us
    this.#remainder = cadence.remainder
    this.#divisor = cadence.divisor
    this.#ahead = -cadence.phase
  }
}
