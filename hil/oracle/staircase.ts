/**
 * A quantity that grows in steps: volume at the rotor, drug out of the tip, volume a pump believes it has delivered.
 *
 * A staircase is a list of flights in order of time; the instants of a flight form a cadence on a clock of `tick_us`
 * microseconds, and the quantity rises by the same amount at each. A run of ten years is a few thousand flights.
 */
import { type Cadence, countThrough, lastTick, slice } from '#units/cadence'
import { floor, isPositive, type Rational, toSafeInteger } from '#units/rational'

export interface Flight {
  /** Microseconds in one tick of the cadence: 64 for a rig, 1 for a pump's own accounting. A whole number. */
  readonly tick_us: number
  readonly cadence: Cadence
  /** How much the quantity rises at each instant; never negative. */
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
