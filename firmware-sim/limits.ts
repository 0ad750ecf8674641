/**
 * What the pump refuses: a rate it cannot deliver, or a refill its reservoir cannot hold.
 *
 * Nothing is rounded to fit. The rate at any instant is zero or within the range of the pump; only minimum rate, running
 * alone, may lie below it. A refusal names the value, the limit and the remedy.
 */
import type { Contents, Program, Refill } from '#firmware-sim/messages'
import type { PumpModel } from '#firmware-sim/model'
import { refilled, residual } from '#firmware-sim/reservoir'
import type { PumpState } from '#firmware-sim/state'
import { bolusRate, type RunningBolus, started } from '#firmware-sim/therapy/bolus'
import { isExemptFromLeastRate, therapyRate } from '#firmware-sim/therapy/therapies'
import { decimal } from '#units/format'
import { DAY_us, type Time_us } from '#units/quantity'
import { add, compare, isPositive, isZero, multiply, type Rational, sum } from '#units/rational'

/** Why the pump cannot take the program at this instant, or null when it can. */
export function refusal(
  model: PumpModel,
  state: PumpState,
  at_us: Time_us,
  program: Program,
  steps: number,
): string | null {
  const meaningless = meaninglessFigure(program)
  if (meaningless !== null) return meaningless
  switch (program.kind) {
    case 'therapy':
      return rateRefusal(
        model,
        therapyRate(program.therapy, state.contents, model),
        isExemptFromLeastRate(program.therapy),
      )
    case 'bolus':
      return bolusesRefusal(model, state, at_us, state.contents, [...state.boluses, started(program.bolus, at_us)])
    case 'refill':
      return refillRefusal(model, state, at_us, program.refill, steps)
  }
}

/** A figure that nothing can be divided by. */
function meaninglessFigure(program: Program): string | null {
  if (program.kind === 'bolus' && !isPositive(program.bolus.over_us)) return 'a bolus must last longer than nothing'
  if (program.kind === 'refill' && !isPositive(program.refill.contents.concentration_ug_per_uL)) {
    return 'the concentration of a fill must be above zero'
  }
  return null
}

function rateRefusal(model: PumpModel, rate: Rational, exempt: boolean): string | null {
  if (isZero(rate)) return null
  const daily = `${decimal(multiply(rate, DAY_us))} uL/d`
  if (compare(rate, model.rateMax_uL_per_us) > 0) {
    const most = decimal(multiply(model.rateMax_uL_per_us, DAY_us))
    return `${daily} is above the highest rate of ${most} uL/d; lower the dose, or give it over a longer time`
  }
  if (!exempt && compare(rate, model.rateMin_uL_per_us) < 0) {
    const least = decimal(multiply(model.rateMin_uL_per_us, DAY_us))
    return `${daily} is below the least rate of ${least} uL/d; use a lower concentration, or minimum-rate`
  }
  return null
}

/** Single boluses that may run at once: a second one is rare, and each makes the next change costlier to work out. */
const MOST_BOLUSES = 16

/** Checks the rate on every stretch between the ends of the boluses, from `at_us` on. */
function bolusesRefusal(
  model: PumpModel,
  state: PumpState,
  at_us: Time_us,
  contents: Contents,
  boluses: readonly RunningBolus[],
): string | null {
  if (boluses.length > MOST_BOLUSES) {
    return `${MOST_BOLUSES} boluses are running; wait until one of them has ended`
  }
  const base = therapyRate(state.therapy, contents, model)
  const starts: readonly Time_us[] = [at_us, ...boluses.map((bolus) => bolus.end_us)]
  for (const start of starts) {
    const running = boluses.filter((bolus) => compare(bolus.end_us, start) > 0)
    const rate = add(base, sum(running.map((bolus) => bolusRate(bolus, contents))))
    const refused = rateRefusal(model, rate, running.length === 0 && isExemptFromLeastRate(state.therapy))
    if (refused !== null) return refused
  }
  return null
}

function refillRefusal(
  model: PumpModel,
  state: PumpState,
  at_us: Time_us,
  refill: Refill,
  steps: number,
): string | null {
  const left = residual(state.reservoir, steps, model.step_uL, refill.withdrawn)
  const after = refilled(state.reservoir, steps, model.step_uL, refill.withdrawn, refill.volume_uL)
  if (compare(after.volume_uL, model.reservoir_uL) > 0) {
    const [had, room] = [decimal(left), decimal(model.reservoir_uL)]
    return `${decimal(refill.volume_uL)} uL on top of ${had} uL believed left is more than the reservoir of ${room} uL; draw out more first`
  }
  const suspended = state.operating === 'empty'
  return suspended ? null : bolusesRefusal(model, state, at_us, refill.contents, state.boluses)
}
