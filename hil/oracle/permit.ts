/**
 * Whether the limits permit one more bolus, as both the prescriber and the pump understand them: hard limits only.
 *
 * The range: until the boluses now under way have ended, this one among them, the total rate must stay within what the
 * pump can do, boluses that a pattern starts by then and a bridge included. The daily dose: no 24 hours that end now or
 * later, what was given before and what the therapy will give for ever included, may hold more than the limit.
 */
import { basalOf, type Course } from '#hil/oracle/course'
import { largestGrowth, type Measure, steadyDailyDose } from '#hil/oracle/daily-dose'
import { massRate, volumeRate } from '#hil/oracle/flow'
import type { Bolus, Dose, Scenario, Therapy } from '#hil/scenario/types'
import { DAY_us } from '#units/quantity'
import { add, compare, isPositive, isZero, larger, type Rational, subtract, ZERO } from '#units/rational'

export type LimitBroken =
  | 'the rate would exceed the highest rate'
  | 'the rate would fall below the lowest rate'
  | 'the daily dose would exceed the hard limit'

/** What the limits depend on. */
export interface Limited {
  readonly pump: Pick<Scenario['pump'], 'rateMin_uL_per_us' | 'rateMax_uL_per_us' | 'minimumRate_uL_per_us'>
  readonly limits: Scenario['limits']
}

/** Keeps the daily dose of the therapy at hand, so that it is found once and not at every request. */
export class Permit {
  readonly #scenario: Limited
  #steady: { readonly therapy: Therapy; readonly concentration: Rational; readonly dose: Rational } | undefined

  constructor(scenario: Limited) {
    this.#scenario = scenario
  }

  /** Which limit a bolus that starts at the open instant `at_us` would break; undefined when none. */
  broken(course: Course, at_us: Rational, bolus: Bolus): LimitBroken | undefined {
    const { hard } = this.#scenario.limits.dailyDose
    const future = course.fork(hard === null ? at_us : subtract(at_us, DAY_us))
    future.give(at_us, bolus)
    const end_us = future.lastEnd_us ?? at_us
    future.close(at_us)
    return this.#outOfRange(future, end_us) ?? (hard === null ? undefined : this.#overdose(future, at_us, hard))
  }

  /** Minimum rate and nothing else never is the rate here, because a bolus is under way. */
  #outOfRange(future: Course, end_us: Rational): LimitBroken | undefined {
    const { rateMin_uL_per_us: least, rateMax_uL_per_us: most } = this.#scenario.pump
    for (;;) {
      if (compare(future.rate, most) > 0) return 'the rate would exceed the highest rate'
      if (compare(future.rate, least) < 0 && !isZero(future.rate)) return 'the rate would fall below the lowest rate'
      const next = future.next_us
      if (next === undefined || compare(next, end_us) >= 0) return undefined
      future.pass(next)
    }
  }

  #overdose(future: Course, at_us: Rational, hard: Dose): LimitBroken | undefined {
    const limit = hard.by === 'mass' ? hard.mass_ug : hard.volume_uL
    const largest = this.largestDose(future, at_us, hard.by)
    return compare(largest, limit) > 0 ? 'the daily dose would exceed the hard limit' : undefined
  }

  /**
   * The largest dose of any 24 h that end at `at_us` or later, if the course goes on as it is; it is played on.
   *
   * Once what is under way has ended, the therapy gives no more than when it has gone on for long, and some day as much;
   * so the lines are looked at for a window beyond that end, and the therapy itself for all that comes later.
   */
  largestDose(future: Course, at_us: Rational, by: Dose['by']): Rational {
    const steady = this.#steadyDose(future, by)
    let settled_us = future.lastEnd_us ?? at_us
    future.playTo(settled_us)
    const clears = () => isPositive(steady) && isPositive(future.factor)
    while (future.isPriming || (by === 'volume' && future.isBridging && clears())) {
      const next = future.next_us
      if (next === undefined) break
      future.pass(next)
      settled_us = larger(settled_us, next)
    }
    const to_us = add(settled_us, DAY_us)
    future.playTo(to_us)
    const line = by === 'mass' ? future.massOf(future.drug) : future.volume
    const later = by === 'volume' && future.isBridging ? ZERO : steady
    return larger(later, largestGrowth(line, DAY_us, { from_us: at_us, to_us }))
  }

  #steadyDose({ therapy, concentration }: Course, by: Dose['by']): Rational {
    const known = this.#steady
    if (known?.therapy === therapy && known.concentration === concentration) return known.dose
    const measure: Measure = (flow) => (by === 'mass' ? massRate : volumeRate)(flow, concentration)
    const dose = steadyDailyDose(therapy, basalOf(therapy, this.#scenario.pump), measure)
    this.#steady = { therapy, concentration, dose }
    return dose
  }
}
