/**
 * Flex: a basal rate, and boluses that come back at the same times of the pump's clock.
 *
 * A bolus adds to the basal. Up to 13 changes a day are what pumps of this class accept (maker's programming guidance).
 */
import { dayOf, firstDue, instantOf, weekdayOf } from '#firmware-sim/clock'
import type { DailyBolus, Therapy } from '#firmware-sim/messages'
import { bolusText, unfitBolus } from '#firmware-sim/therapy/bolus'
import { doseRateText, volumeRate } from '#firmware-sim/therapy/dose'
import type { PatternPlace, PatternStart, TherapyKind } from '#firmware-sim/therapy/kind'
import { as, DAY_us, type Time_us } from '#units/quantity'
import {
  add,
  ceil,
  compare,
  divide,
  isNegative,
  larger,
  subtract,
  sum,
  times,
  toText,
  whole,
  ZERO,
} from '#units/rational'

type Flex = Extract<Therapy, { mode: 'flex' }>

/** Most boluses of a day. */
const MOST_DAILY_BOLUSES = 13
/** Most boluses of the pattern that may overlap. */
const MOST_OVERLAPPING = 16
/** Days after which every weekday has come. */
const WEEK = 7

export const flex: TherapyKind<'flex'> = {
  basal: (therapy, contents) => volumeRate(therapy.basal, contents),
  nextStart,
  isDosed: true,
  horizon: (therapy) => {
    const longest = therapy.boluses.reduce((most, { over_us }) => larger(most, over_us), ZERO)
    return as(add(times(DAY_us, therapy.days.length === WEEK ? 2 : WEEK + 2), longest))
  },
  unfit: (therapy) => {
    const { length } = therapy.boluses
    if (length > MOST_DAILY_BOLUSES) {
      return `${length} boluses a day are more than the ${MOST_DAILY_BOLUSES} of a flex pattern; give fewer, larger ones`
    }
    for (const bolus of therapy.boluses) {
      const { at_us } = bolus
      if (isNegative(at_us) || compare(at_us, DAY_us) >= 0) return 'a bolus of a day starts between 00:00 and 24:00'
      const unfit = unfitBolus(bolus)
      if (unfit !== null) return unfit
    }
    const atOnce = sum(therapy.boluses.map(({ over_us }) => whole(ceil(divide(over_us, DAY_us)))))
    return compare(atOnce, whole(MOST_OVERLAPPING)) > 0
      ? `more than ${MOST_OVERLAPPING} boluses would overlap; give each over a shorter time`
      : null
  },
  exemptFromLeastRate: false,
  text: ({ basal, boluses, days }) =>
    [
      doseRateText(basal),
      ...boluses.map((bolus) => `at ${toText(bolus.at_us)} us ${bolusText(bolus)}`),
      `on ${days.join(' ')}`,
    ].join(', '),
}

/** Boluses of a day in order of time. */
function inOrder(therapy: Flex): readonly DailyBolus[] {
  const known = ORDERED.get(therapy)
  if (known !== undefined) return known
  const ordered = therapy.boluses.toSorted((a, b) => compare(a.at_us, b.at_us))
  ORDERED.set(therapy, ordered)
  return ordered
}

/** Sorted once for each therapy; only a saving of time. */
const ORDERED = new WeakMap<Flex, readonly DailyBolus[]>()

/** The index of a start is its day times the boluses of a day, plus its place in the day. */
function nextStart(therapy: Flex, place: PatternPlace): PatternStart | null {
  const boluses = inOrder(therapy)
  if (boluses.length === 0) return null
  const first = place.after === null ? firstIndex(boluses, place) : place.after + 1
  const day = Math.floor(first / boluses.length)
  for (let later = 0; later < WEEK; later += 1) {
    if (!therapy.days.includes(weekdayOf(day + later))) continue
    const index = later === 0 ? first : (day + later) * boluses.length
    const bolus = boluses[index - (day + later) * boluses.length]
    if (bolus === undefined) return null
    const reading_us = as<Time_us>(add(times(DAY_us, day + later), bolus.at_us))
    return { at_us: instantOf(place.clock, reading_us), dose: bolus.dose, over_us: bolus.over_us, index }
  }
  return null
}

/** Index of the first bolus that the clock has still to come to, whatever its weekday. */
function firstIndex(boluses: readonly DailyBolus[], { clock, from_us }: PatternPlace): number {
  const due_us = firstDue(clock, from_us)
  const day = dayOf(due_us)
  const time_us = subtract(due_us, times(DAY_us, day))
  const place = boluses.findIndex(({ at_us }) => compare(at_us, time_us) >= 0)
  return day * boluses.length + (place === -1 ? boluses.length : place)
}
