/**
 * A clock that drifts: true time against the time that the pump's crystal counts, in straight stretches.
 *
 * While a drift lasts the crystal counts 1 + drift microseconds in each true one; drifts that overlap add up. What has
 * been gained or lost by then stays. Both ways are exact.
 */
import { endOf, type FaultOf } from '#hil/fault/fault'
import type { Fault } from '#hil/scenario/types'
import { as, type Time_us } from '#units/quantity'
import {
  add,
  compare,
  divide,
  isPositive,
  multiply,
  ONE,
  type Rational,
  subtract,
  sum,
  toText,
  ZERO,
} from '#units/rational'

export type ClockDrift = FaultOf<'clock-drift'>

export function isClockDrift(fault: Fault): fault is ClockDrift {
  return fault.fault === 'clock-drift'
}

/** From its beginning, on both clocks, the crystal counts at this rate. */
export interface Stretch {
  readonly true_us: Rational
  readonly local_us: Rational
  readonly rate: Rational
}

export class LocalClock {
  /** In order; the first begins at zero on both clocks, the last never ends. */
  readonly stretches: readonly [Stretch, ...Stretch[]]

  /** Throws RangeError for a drift that would stop the clock or turn it back. */
  constructor(drifts: readonly ClockDrift[]) {
    const changes = drifts.flatMap((fault): Rational[] => [fault.at_us, endOf(fault) ?? fault.at_us])
    const instants = [...new Map(changes.map((at_us) => [toText(at_us), at_us])).values()]
      .filter(isPositive)
      .sort(compare)
    const first: Stretch = { true_us: ZERO, local_us: ZERO, rate: rateAt(drifts, ZERO) }
    const stretches: [Stretch, ...Stretch[]] = [first]
    let last = first
    for (const true_us of instants) {
      const local_us = add(last.local_us, multiply(subtract(true_us, last.true_us), last.rate))
      last = { true_us, local_us, rate: rateAt(drifts, true_us) }
      stretches.push(last)
    }
    this.stretches = stretches
  }

  /** What the crystal has counted at a true instant. */
  local(true_us: Time_us): Time_us {
    const stretch = this.stretches.findLast((one) => compare(one.true_us, true_us) <= 0) ?? this.stretches[0]
    return as(add(stretch.local_us, multiply(subtract(true_us, stretch.true_us), stretch.rate)))
  }

  /** The true instant at which the crystal has counted so much. */
  true(local_us: Time_us): Time_us {
    return trueIn(this.#at(local_us), local_us)
  }

  #at(local_us: Time_us): Stretch {
    return this.stretches.findLast((one) => compare(one.local_us, local_us) <= 0) ?? this.stretches[0]
  }
}

/** A local instant of the stretch, or of its very end, in true time. */
export function trueIn(stretch: Stretch, local_us: Rational): Time_us {
  return as(add(stretch.true_us, divide(subtract(local_us, stretch.local_us), stretch.rate)))
}

function rateAt(drifts: readonly ClockDrift[], at_us: Rational): Rational {
  const lasts = (fault: ClockDrift) => {
    const end_us = endOf(fault)
    return compare(fault.at_us, at_us) <= 0 && (end_us === null || compare(at_us, end_us) < 0)
  }
  const rate = add(ONE, sum(drifts.filter(lasts).map(({ drift }) => drift)))
  if (!isPositive(rate)) {
    throw new RangeError(
      `drifts of ${toText(subtract(rate, ONE))} in all would stop the pump's clock; make them smaller`,
    )
  }
  return rate
}
