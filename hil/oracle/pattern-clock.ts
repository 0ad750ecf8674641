/**
 * The pattern clock: the local time of day that a daily pattern follows.
 *
 * It has no zones. A summer hour comes and goes because someone sets the clock, here at an instant the scenario states.
 * Readings are microseconds since 1970-01-01T00:00 local; midnight and weekday follow from them.
 */
import { DAY_us } from '#units/quantity'
import { add, compare, divide, floor, magnitude, type Rational, subtract, times, whole } from '#units/rational'

export interface PatternClock {
  /** What the clock reads less the time since the start of the run. */
  readonly ahead_us: Rational
}

/** The clock that reads `to_us` at `at_us` and goes on from there. */
export function clockSet(at_us: Rational, to_us: Rational): PatternClock {
  return { ahead_us: subtract(to_us, at_us) }
}

export function readingAt(clock: PatternClock, at_us: Rational): Rational {
  return add(at_us, clock.ahead_us)
}

/** When the clock reads `reading_us`, if nobody sets it. */
export function instantOf(clock: PatternClock, reading_us: Rational): Rational {
  return subtract(reading_us, clock.ahead_us)
}

/** Any larger jump of the clock is a change of therapy: two hours, room for a summer hour set twice. */
const LARGEST_CORRECTION_us = whole(7_200_000_000)

/** Whether setting the clock only corrects it; a larger jump begins the therapy anew. */
export function isCorrection(from_us: Rational, to_us: Rational): boolean {
  return compare(magnitude(subtract(to_us, from_us)), LARGEST_CORRECTION_us) <= 0
}

/** Days since 1970-01-01 at a reading. */
export function dayOf(reading_us: Rational): number {
  return Number(floor(divide(reading_us, DAY_us)))
}

/** The reading at the midnight that opens a day. */
export function midnightOf(day: number): Rational {
  return times(DAY_us, day)
}

/** 1970-01-01 was a Thursday. */
const WEEKDAY_OF_DAY_0 = 3

/** 0 for a Monday to 6 for a Sunday. */
export function weekdayOf(day: number): number {
  return (((day + WEEKDAY_OF_DAY_0) % 7) + 7) % 7
}
