/** What a therapy gives from now on, by the clock rather than by the pump's place in the pattern. */
import { type PumpClock, started } from '#firmware-sim/clock'
import { type Measure, type Plan, therapyPlan } from '#firmware-sim/daily-dose'
import type { Therapy } from '#firmware-sim/messages'
import { as, DAY_us, type Time_us } from '#units/quantity'
import { add, ceil, divide, type Rational, subtract, times, toSafeInteger } from '#units/rational'

type Flex = Extract<Therapy, { mode: 'flex' }>
type Periodic = Extract<Therapy, { mode: 'periodic-bolus' }>

/**
 * Flex when the clock shows a reading and patterns have been followed for all readings below the high-water mark. A
 * start exactly now is still to come.
 */
export function flexPlan(
  now_us: Time_us,
  clockReading_us: Time_us,
  highWater_us: Time_us,
  therapy: Flex,
  measure: Measure,
): Plan {
  const clock: PumpClock = { reading_us: clockReading_us, at_us: now_us, passed_us: highWater_us }
  return therapyPlan(now_us, therapy, { began_us: now_us, clock, from_us: now_us, after: null }, measure)
}

/** A periodic therapy that began at `start_us`. A start exactly now is still to come. */
export function periodicPlan(now_us: Time_us, start_us: Time_us, therapy: Periodic, measure: Measure): Plan {
  const begun = toSafeInteger(ceil(divide(subtract(now_us, start_us), therapy.every_us)))
  const after = begun > 0 ? begun - 1 : null
  const place = { began_us: start_us, clock: started(now_us, now_us), from_us: now_us, after }
  return therapyPlan(now_us, therapy, place, measure)
}

/** One rate from now on. */
export function constantPlan(now_us: Time_us, rate: Rational): Plan {
  return { pieces: [{ from_us: now_us, rate }], until_us: as(add(now_us, times(DAY_us, 2))) }
}
