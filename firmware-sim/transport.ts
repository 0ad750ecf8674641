/**
 * Transport: what has to move through tube and catheter before the tip gives what the pump delivers.
 *
 * A prime fills them at the highest rate. A bridge keeps the dose right while earlier concentrations are still in them,
 * and no longer, however much of them has left before it began.
 */
import { positionAt } from '#firmware-sim/delivery'
import { bridgedFrom, type Here, type Line, needsBridge, putBehind, withoutLeft } from '#firmware-sim/line'
import type { Contents } from '#firmware-sim/messages'
import type { PumpModel } from '#firmware-sim/model'
import type { PumpState } from '#firmware-sim/state'
import { decimal } from '#units/format'
import type { Volume_uL } from '#units/quantity'
import { add, divide, isNegative, isZero, multiply, type Rational, subtract, times } from '#units/rational'

/** The state with a prime that begins now; a prime under way goes on for as much longer. */
export function primedBy(
  model: PumpModel,
  state: PumpState,
  volume: 'auto' | Volume_uL,
): Pick<PumpState, 'prime' | 'primed'> {
  const auto = state.primed ? state.catheter_uL : lineVolume(model, state)
  const from = state.prime ?? positionAt(state.delivery, state.now_us)
  return { prime: add(from, inSteps(model, volume === 'auto' ? auto : volume)), primed: true }
}

/** Why there is nothing to bridge, or null when there is. */
export function bridgeRefusal(model: PumpModel, state: PumpState): string | null {
  const { contents } = state
  const { plugs } = lineNow(state)
  if (plugs.some((plug) => needsBridge(plug, contents))) return null
  if (plugs.some(({ concentration_ug_per_uL }) => isZero(concentration_ug_per_uL))) {
    return 'there is nothing to bridge: what is left in the line has no drug, and no rate makes a dose of it; prime the line'
  }
  return `there is nothing to bridge: the line holds no ${contents.drug} of another concentration than the reservoir${sinceLeft(model, state)}; leave the bridge out`
}

/** How far back it is that the last plug left, where the pump remembers one. */
function sinceLeft({ step_uL }: PumpModel, { plugs, delivery, now_us }: PumpState): string {
  const last = plugs.at(-1)
  if (last === undefined) return ''
  const ago_uL = multiply(subtract(positionAt(delivery, now_us), last.until), step_uL)
  if (isNegative(ago_uL)) return ''
  return `, and the last of ${decimal(times(last.concentration_ug_per_uL, 1000))} ug/mL left it ${decimal(ago_uL)} uL ago`
}

/** The line with a bridge that begins now. */
export function bridgedBy(model: PumpModel, state: PumpState, volume: 'auto' | Volume_uL): Line {
  return bridgedFrom(state, here(state), volume === 'auto' ? volume : inSteps(model, volume))
}

/** The line as a refill leaves it that puts these contents behind it. */
export function refilledLine(model: PumpModel, state: PumpState, contents: Contents): Line {
  return putBehind(state, here(state), inSteps(model, lineVolume(model, state)), state.contents, contents)
}

/** What the line holds, and what of it is bridged, at the state's present. */
export function lineNow({ plugs, covered, delivery, now_us }: PumpState): Line {
  return plugs.length === 0 ? { plugs, covered } : withoutLeft({ plugs, covered }, positionAt(delivery, now_us))
}

function here({ delivery, now_us }: PumpState): Here {
  return { position: positionAt(delivery, now_us), now_us }
}

function lineVolume({ tube_uL }: PumpModel, { catheter_uL }: PumpState): Rational {
  return add(tube_uL, catheter_uL)
}

function inSteps({ step_uL }: PumpModel, volume: Rational): Rational {
  return divide(volume, step_uL)
}
