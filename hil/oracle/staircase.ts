/**
 * A quantity that grows in steps: volume at the rotor, drug out of the tip, volume a pump believes it has delivered.
 *
 * A staircase is a list of flights in order of time; the instants of a flight form a cadence on a clock of `tick_us`
 * microseconds, and the quantity rises by the same amount at each. A run of ten years is a few thousand flights.
 *
 * What has moved never moves back, so most staircases only rise. What a pump believes may fall: when it learns that steps
 * were lost it withdraws them, which is a flight of negative rise.
 */
import { type Cadence, countThrough, lastTick, slice, tickOf } from '#units/cadence'
import { floor, isNegative, isPositive, type Rational, toSafeInteger } from '#units/rational'

export interface Flight {
  /** Microseconds in one tick of the cadence: 64 for a rig, 1 for a pump's own accounting. A whole number. */
  readonly tick_us: number
  readonly cadence: Cadence
  /** How much the quantity rises at each instant; negative where something believed is withdrawn. */
  readonly rise: Rational
}

/** Flights whose instants never go back in time. */
export type Staircase = readonly Flight[]

/**
 * A part of a run, 0 <= from_us <= to_us. It holds the instants after `from_us` and up to `to_us`, so that parts laid
 * end to end share none; a part that starts at 0 also holds those at 0, so that the whole run leaves none out.
 */
export interface Span {
  readonly from_us: Rational
  readonly to_us: Rational
}

/** The instants of a staircase that lie in the span. */
export function during(staircase: Staircase, span: Span): Staircase {
  const before_us = isPositive(span.from_us) ? toSafeInteger(floor(span.from_us)) : -1
  const last_us = toSafeInteger(floor(span.to_us))
  const kept: Flight[] = []
  for (const flight of staircase) {
    const { cadence, tick_us } = flight
    if (cadence.first * tick_us > before_us && lastTick(cadence) * tick_us <= last_us) kept.push(flight)
    else {
      const from = countThrough(cadence, Math.floor(before_us / tick_us))
      const to = countThrough(cadence, Math.floor(last_us / tick_us))
      if (from < to) kept.push({ ...flight, cadence: slice(cadence, from, to) })
    }
  }
  return kept
}

/**
 * One staircase with the instants of both, at whatever times these lie; those of equal time come in any order. A flight is
 * cut wherever the other staircase has instants between its own, so this suits two of which one has few.
 */
export function merged(a: Staircase, b: Staircase): Staircase {
  const flights: Flight[] = []
  const [left, right] = [new Rest(a), new Rest(b)]
  for (;;) {
    const [from, until_us] = left.first_us <= right.first_us ? [left, right.first_us] : [right, left.first_us]
    const flight = from.takeThrough(until_us)
    if (flight === undefined) return flights
    flights.push(flight)
  }
}

/** What of a staircase is not yet merged. */
class Rest {
  /** The first instant left; infinite when there is none. */
  first_us: number
  readonly #staircase: Staircase
  #index = 0
  /** Instants of the flight at hand that are gone. */
  #gone = 0

  constructor(staircase: Staircase) {
    this.#staircase = staircase
    this.first_us = this.#first()
  }

  /** Takes the instants of the flight at hand up to a time that is not before the first of them. */
  takeThrough(until_us: number): Flight | undefined {
    const flight = this.#staircase[this.#index]
    if (flight === undefined) return undefined
    const { cadence, tick_us } = flight
    const from = this.#gone
    const to =
      until_us === Number.POSITIVE_INFINITY ? cadence.count : countThrough(cadence, Math.floor(until_us / tick_us))
    this.#gone = to
    if (to === cadence.count) [this.#index, this.#gone] = [this.#index + 1, 0]
    this.first_us = this.#first()
    return from === 0 && to === cadence.count ? flight : { ...flight, cadence: slice(cadence, from, to) }
  }

  #first(): number {
    const flight = this.#staircase[this.#index]
    return flight === undefined ? Number.POSITIVE_INFINITY : tickOf(flight.cadence, this.#gone) * flight.tick_us
  }
}

/** Throws RangeError for a staircase that falls anywhere; for questions that are about what has moved. */
export function mustRise(staircase: Staircase): void {
  const fall = staircase.find(({ rise }) => isNegative(rise))
  if (fall === undefined) return
  const at_us = fall.cadence.first * fall.tick_us
  throw new RangeError(`a staircase falls at ${at_us} us; ask this of what has moved, which only rises`)
}
