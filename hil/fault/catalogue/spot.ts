/**
 * Where in a scenario a fault is put: a third of the run, if the motor then moves, and else where a third of what is
 * programmed has been given. Lengths follow from how much of the run is left and from how fast steps come.
 */
import { type Line, lastAtOrBelow, valueAt } from '#hil/oracle/line'
import { prescribe } from '#hil/oracle/prescribed'
import type { Scenario } from '#hil/scenario/types'
import { as, type Time_us } from '#units/quantity'
import {
  add,
  ceil,
  compare,
  divide,
  floor,
  multiply,
  type Rational,
  ratio,
  smaller,
  subtract,
  times,
  whole,
} from '#units/rational'

const THIRD = ratio(1n, 3n)
const QUARTER = ratio(1n, 4n)
/** A fault has to meet at least so many motor steps, or it says nothing of a pump. */
const LEAST_STEPS = 8
/** A spot where steps come no faster than this share of the run each is no place for a fault of the motor. */
const LONGEST_WAIT = ratio(1n, 12n)
const MINUTE_us = whole(60_000_000)

export const HOUR_us: Time_us = as(whole(3_600_000_000))

/** An instant at which the motor moves, and how soon it has made so many steps; null where it never does in this run. */
export interface Spot {
  readonly at_us: Time_us
  readonly left_us: Time_us
  /** Rounded up to a whole microsecond. */
  readonly stepsLast: (steps: number) => Time_us | null
}

/** A third of the run. */
export function third({ duration_us }: Scenario): Time_us {
  return rounded(multiply(duration_us, THIRD))
}

/** Whole minutes where that is an instant of its own, else whole microseconds. */
function rounded(at_us: Rational): Time_us {
  const minutes = floor(divide(at_us, MINUTE_us))
  return minutes > 0n ? as(times(MINUTE_us, minutes)) : as(whole(floor(at_us)))
}

/** What is programmed, as volume over time; the same scenario is asked by every entry. */
const PROGRAMMED = new WeakMap<Scenario, Line>()

function programmed(scenario: Scenario): Line {
  let line = PROGRAMMED.get(scenario)
  if (line === undefined) {
    line = prescribe({ ...scenario, prescription: scenario.programming }).volume
    PROGRAMMED.set(scenario, line)
  }
  return line
}

/** Where the motor moves; null where a run gives less than a few steps in all. */
export function movingSpot(scenario: Scenario): Spot | null {
  const line = programmed(scenario)
  const { duration_us, pump } = scenario
  const total_uL = valueAt(line, duration_us)
  const here = spotAt(line, scenario, third(scenario))
  const soon_us = here.stepsLast(LEAST_STEPS)
  if (soon_us !== null && compare(soon_us, multiply(duration_us, LONGEST_WAIT)) <= 0) return here
  if (compare(total_uL, times(pump.step_uL, 3 * LEAST_STEPS)) < 0) return null
  const there_us = lastAtOrBelow(line, multiply(total_uL, THIRD))
  return there_us === undefined ? null : spotAt(line, scenario, rounded(there_us))
}

function spotAt(line: Line, { duration_us, pump }: Scenario, at_us: Time_us): Spot {
  const from_uL = valueAt(line, at_us)
  return {
    at_us,
    left_us: as(subtract(duration_us, at_us)),
    stepsLast: (steps) => {
      const reached_us = lastAtOrBelow(line, add(from_uL, times(pump.step_uL, steps)))
      if (reached_us === undefined || compare(reached_us, duration_us) > 0) return null
      return as(whole(ceil(subtract(reached_us, at_us))))
    },
  }
}

/** A span of the wished length, but no more than `part` of what is left of the run after an instant. */
export function within(wish_us: Time_us, { left_us }: Pick<Spot, 'left_us'>, part: Rational): Time_us {
  return rounded(smaller(wish_us, multiply(left_us, part)))
}

/** An hour, or a quarter of what is left of the run after an instant. */
export function aWhile({ duration_us }: Scenario, at_us: Time_us): Time_us {
  return within(HOUR_us, { left_us: as(subtract(duration_us, at_us)) }, QUARTER)
}
