/**
 * Transport: what has to move through tube and catheter before the tip gives what the pump delivers.
 *
 * A prime fills them at the highest rate. A bridge keeps the dose right while an earlier concentration is still in
 * them: it lasts until exactly that volume has been displaced, through stops, resets and changes of mode.
 */
import { positionAt } from '#firmware-sim/delivery'
import type { Plug } from '#firmware-sim/kept'
import type { PumpModel } from '#firmware-sim/model'
import type { PumpState } from '#firmware-sim/state'
import type { Volume_uL } from '#units/quantity'
import { add, compare, divide, type Rational } from '#units/rational'

/** The state with a prime that begins now; a prime under way goes on for as much longer. */
export function primedBy(
  model: PumpModel,
  state: PumpState,
  volume: 'auto' | Volume_uL,
): Pick<PumpState, 'prime' | 'primed'> {
  const auto = state.primed ? state.catheter_uL : add(model.tube_uL, state.catheter_uL)
  const from = state.prime ?? positionAt(state.delivery, state.now_us)
  return { prime: add(from, inSteps(model, volume === 'auto' ? auto : volume)), primed: true }
}

/** Why there is nothing to bridge, or null when there is. */
export function bridgeRefusal(state: PumpState): string | null {
  if (state.formerConcentration_ug_per_uL !== null) return null
  return 'no refill changed the concentration of the drug in the pump, so there is nothing to bridge; leave the bridge out'
}

/**
 * What the line holds of earlier concentrations once a bridge begins: what is left of a bridge under way, nearer to the
 * tip, and behind it the concentration before the last refill.
 */
export function bridged(model: PumpModel, state: PumpState, volume: 'auto' | Volume_uL): readonly Plug[] {
  const { plugs, formerConcentration_ug_per_uL, delivery, now_us } = state
  if (formerConcentration_ug_per_uL === null) return plugs
  const line = volume === 'auto' ? add(model.tube_uL, state.catheter_uL) : volume
  const until = add(positionAt(delivery, now_us), inSteps(model, line))
  const last = plugs.at(-1)
  if (last !== undefined && compare(last.until, until) >= 0) return plugs
  return [...plugs, { until, began_us: now_us, concentration_ug_per_uL: formerConcentration_ug_per_uL }]
}

function inSteps(model: PumpModel, volume: Rational): Rational {
  return divide(volume, model.step_uL)
}
