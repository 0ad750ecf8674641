/**
 * Refill reconciliation: what was drawn from the reservoir against what the pump believed was left.
 *
 * The pump has no volume sensor, so this is the only look at what it truly gave. Its error grows with what it
 * dispensed, hence the difference is judged against that and never against the residual. A difference must not pass
 * unseen: after 23 mL were drawn where 20 mL were expected, a refill ended in a total spinal (case report, ASRA 2018).
 */
import type { PumpModel } from '#firmware-sim/model'
import { decimal } from '#units/format'
import { as, type Volume_uL } from '#units/quantity'
import { compare, isPositive, larger, magnitude, multiply, subtract } from '#units/rational'

/** What is known when the reservoir has been emptied. */
export interface Residual {
  /** What the pump believed was left. */
  readonly expected_uL: Volume_uL
  /** What was drawn. */
  readonly measured_uL: Volume_uL
  /** What the pump believes it gave since the fill before. */
  readonly dispensed_uL: Volume_uL
}

export interface Reconciliation {
  readonly agrees: boolean
  /** Measured less expected: above zero where the pump gave less than it believes. */
  readonly difference_uL: Volume_uL
  /** The largest difference, either way, that still agrees. */
  readonly allowed_uL: Volume_uL
  /** The figures, and what to do where they disagree. */
  readonly text: string
}

/** What a difference beyond the allowed one can mean, by its direction. */
const MORE_LEFT = 'less was given than the pump believes, or what was drawn is not from the reservoir'
const LESS_LEFT = 'more was given than the pump believes, or drug left the reservoir another way'
const REMEDY = 'watch the patient, and check needle place, last fill, pump and catheter before relying on this fill'

/** Whether the residual is what it should be, to within the larger of the pump's two tolerances. */
export function reconcile(
  model: Pick<PumpModel, 'tolerance' | 'residualTolerance_uL'>,
  { expected_uL, measured_uL, dispensed_uL }: Residual,
): Reconciliation {
  const difference_uL = as<Volume_uL>(subtract(measured_uL, expected_uL))
  const allowed_uL = as<Volume_uL>(larger(multiply(model.tolerance, dispensed_uL), model.residualTolerance_uL))
  const agrees = compare(magnitude(difference_uL), allowed_uL) <= 0
  const figures = `drawn ${decimal(measured_uL)} uL, expected ${decimal(expected_uL)} uL after ${decimal(dispensed_uL)} uL dispensed`
  const allowance = `${decimal(magnitude(difference_uL))} uL ${agrees ? 'is within' : 'is beyond'} the ${decimal(allowed_uL)} uL allowed`
  const advice = `: ${isPositive(difference_uL) ? MORE_LEFT : LESS_LEFT}; ${REMEDY}`
  return { agrees, difference_uL, allowed_uL, text: `${figures}; a difference of ${allowance}${agrees ? '' : advice}` }
}
