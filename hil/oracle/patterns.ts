/**
 * When a therapy starts its boluses: daily at times of the pattern clock, or at even intervals from its own start.
 *
 * A daily pattern passes every reading of its clock once. Starts that a clock set forward jumps over are lost, and hours
 * that a clock set back repeats start nothing, because the pattern only ever goes on to the start after its last one.
 */
import { type Flow, spread } from '#hil/oracle/flow'
import { dayOf, instantOf, midnightOf, type PatternClock, readingAt, weekdayOf } from '#hil/oracle/pattern-clock'
import { type Therapy, WEEKDAYS } from '#hil/scenario/types'
import { add, compare, type Rational } from '#units/rational'

/** A bolus of a pattern as a flow and how long that lasts. */
export interface PatternBolus {
  readonly flow: Flow
  readonly over_us: Rational
}

interface DailyStart extends PatternBolus {
  /** Since midnight. */
  readonly at_us: Rational
}

/** A pattern and its next start, which has not happened yet; `start_us` is true time. */
export type Pattern =
  | {
      readonly kind: 'daily'
      readonly starts: readonly DailyStart[]
      /** From Monday to Sunday. */
      readonly days: readonly boolean[]
      readonly day: number
      readonly index: number
      readonly next: PatternBolus
      readonly reading_us: Rational
      readonly start_us: Rational
    }
  | { readonly kind: 'periodic'; readonly every_us: Rational; readonly next: PatternBolus; readonly start_us: Rational }

/** The pattern of a therapy that begins at `at_us`, no start lying before it; undefined for one without boluses. */
export function patternFrom(therapy: Therapy, clock: PatternClock, at_us: Rational): Pattern | undefined {
  switch (therapy.mode) {
    case 'stopped':
    case 'minimum-rate':
    case 'simple-continuous':
      return undefined
    case 'periodic-bolus': {
      const next = { flow: spread(therapy.dose, therapy.over_us), over_us: therapy.over_us }
      return { kind: 'periodic', every_us: therapy.every_us, next, start_us: at_us }
    }
    case 'flex': {
      const starts = therapy.boluses
        .map(({ at_us: time_us, dose, over_us }) => ({ at_us: time_us, flow: spread(dose, over_us), over_us }))
        .toSorted((a, b) => compare(a.at_us, b.at_us))
      const days = WEEKDAYS.map((day) => therapy.days.includes(day))
      return firstFrom({ starts, days }, clock, readingAt(clock, at_us))
    }
  }
}

/** The pattern once its next start has happened. */
export function afterStart(pattern: Pattern, clock: PatternClock): Pattern | undefined {
  return pattern.kind === 'periodic'
    ? { ...pattern, start_us: add(pattern.start_us, pattern.every_us) }
    : placed(pattern, clock, pattern.day, pattern.index + 1)
}

/** The pattern once its clock was corrected to read `to_us`. */
export function afterCorrection(pattern: Pattern, clock: PatternClock, to_us: Rational): Pattern | undefined {
  if (pattern.kind === 'periodic') return pattern
  if (compare(pattern.reading_us, to_us) < 0) return firstFrom(pattern, clock, to_us)
  return { ...pattern, start_us: instantOf(clock, pattern.reading_us) }
}

type Daily = Pick<Extract<Pattern, { kind: 'daily' }>, 'starts' | 'days'>

function firstFrom(daily: Daily, clock: PatternClock, reading_us: Rational): Pattern | undefined {
  const day = dayOf(reading_us)
  const midnight_us = midnightOf(day)
  const index = daily.starts.findIndex(({ at_us }) => compare(add(midnight_us, at_us), reading_us) >= 0)
  return placed(daily, clock, day, index < 0 ? daily.starts.length : index)
}

/** The first start at or after the given place; a week holds one if any day does. */
function placed(daily: Daily, clock: PatternClock, day: number, index: number): Pattern | undefined {
  const { starts, days } = daily
  const last = day + 7
  let [on, from] = [day, index]
  while (on <= last) {
    const next = starts[from]
    if (next !== undefined && days[weekdayOf(on)] === true) {
      const reading_us = add(midnightOf(on), next.at_us)
      const start_us = instantOf(clock, reading_us)
      return { kind: 'daily', starts, days, day: on, index: from, next, reading_us, start_us }
    }
    on += 1
    from = 0
  }
  return undefined
}
