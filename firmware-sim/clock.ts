/**
 * The pump's own clock, by which daily patterns run.
 *
 * It is local time without zones and can be set. What it has passed is remembered, so that a bolus whose time comes
 * twice is given once.
 */
import type { Weekday } from '#firmware-sim/messages'
import { as, DAY_us, type Time_us } from '#units/quantity'
import { add, compare, divide, floor, larger, magnitude, subtract, toSafeInteger, whole } from '#units/rational'

export interface PumpClock {
  /** What it showed at an instant; local microseconds since 1970-01-01T00:00. */
  readonly reading_us: Time_us
  readonly at_us: Time_us
  /** Patterns have been followed for every reading below this one. */
  readonly passed_us: Time_us
}

/** A jump by more than this is a change of therapy. */
const LARGEST_SHIFT_us: Time_us = as(whole(7_200_000_000))

/** 1970-01-01 was a Thursday. */
const WEEKDAY_OF_DAY: readonly Weekday[] = ['thu', 'fri', 'sat', 'sun', 'mon', 'tue', 'wed']

export function started(reading_us: Time_us, at_us: Time_us): PumpClock {
  return { reading_us, at_us, passed_us: reading_us }
}

export function readingAt(clock: PumpClock, at_us: Time_us): Time_us {
  return as(add(clock.reading_us, subtract(at_us, clock.at_us)))
}

/** When the clock shows the reading if nobody sets it. */
export function instantOf(clock: PumpClock, reading_us: Time_us): Time_us {
  return as(add(clock.at_us, subtract(reading_us, clock.reading_us)))
}

/** The first reading from the instant on that patterns have not been followed for. */
export function firstDue(clock: PumpClock, at_us: Time_us): Time_us {
  return as(larger(readingAt(clock, at_us), clock.passed_us))
}

/** Whether setting the clock at the instant moves it so far that the pattern begins anew. */
export function isJump(clock: PumpClock, at_us: Time_us, to_us: Time_us): boolean {
  return compare(magnitude(subtract(to_us, readingAt(clock, at_us))), LARGEST_SHIFT_us) > 0
}

/** The clock set to a reading; what it has passed stays passed, unless it jumps. */
export function set(clock: PumpClock, at_us: Time_us, to_us: Time_us): PumpClock {
  const passed_us = isJump(clock, at_us, to_us) ? to_us : firstDue(clock, at_us)
  return { reading_us: to_us, at_us, passed_us }
}

/** The clock after a change of therapy: patterns begin with its present reading. */
export function begunAnew(clock: PumpClock, at_us: Time_us): PumpClock {
  return { ...clock, passed_us: readingAt(clock, at_us) }
}

/** The clock after it stood still from one instant to another. */
export function stoodStill(clock: PumpClock, from_us: Time_us, to_us: Time_us): PumpClock {
  return { ...clock, reading_us: readingAt(clock, from_us), at_us: to_us }
}

/** The days since 1970-01-01 that a reading falls on. */
export function dayOf(reading_us: Time_us): number {
  return toSafeInteger(floor(divide(reading_us, DAY_us)))
}

export function weekdayOf(day: number): Weekday {
  return WEEKDAY_OF_DAY[((day % 7) + 7) % 7] ?? 'thu'
}
