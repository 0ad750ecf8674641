/** Refills: what the pump is told it holds from now on, and whether what was drawn is what it expected. */
import { believedSteps, openRun, withRun } from '#firmware-sim/accounting'
import { atRate } from '#firmware-sim/delivery'
import { rangeRefusal } from '#firmware-sim/limits'
import type { Refill } from '#firmware-sim/messages'
import type { PumpModel } from '#firmware-sim/model'
import { reconcile } from '#firmware-sim/reconciliation'
import { believedVolume, refilled } from '#firmware-sim/reservoir'
import { changed, type PumpState, type Unfit } from '#firmware-sim/state'
import { refilledLine } from '#firmware-sim/transport'
import { change, note, raise, say, type Turn } from '#firmware-sim/turn'
import { decimal } from '#units/format'
import { as, type Volume_uL } from '#units/quantity'
import { compare, equal, times } from '#units/rational'

/**
 * Takes the refill into account; what was delivered before it is booked as what the pump held then. The fluid is in, so
 * the account follows it even where what runs cannot be given any more: that then has to make way.
 */
export function accountRefill(turn: Turn, refill: Refill): void {
  const { model, state } = turn
  const { withdrawn, volume_uL, contents } = refill
  const { now_us } = state
  const steps = believedSteps(state, now_us)
  const run = openRun(model, state, steps + state.lost)
  if (run !== null) say(turn, { kind: 'booked', run })
  turn.state = changed(state, {
    delivery: atRate(state.delivery, now_us, state.delivery.rate),
    masses: withRun(state.masses, run),
    reservoir: refilled(state.reservoir, steps, model.step_uL, withdrawn, volume_uL),
    residual:
      withdrawn === 'all'
        ? {
            expected_uL: believedVolume(state.reservoir, steps, model.step_uL),
            dispensed_uL: as<Volume_uL>(times(model.step_uL, steps - state.reservoir.steps)),
          }
        : null,
    former: formerOf(state, withdrawn === 'all'),
    contents,
    ...refilledLine(model, state, contents),
  })
  change(turn, { unfit: unfitness(model, turn.state) })
  note(turn, 'reservoir-accounted', `${decimal(turn.state.reservoir.volume_uL)} uL of ${contents.drug}`)
}

/** What was held up to now; what a refill of this very instant put in was never there for a step. */
function formerOf({ contents, former, now_us }: PumpState, drained: boolean): PumpState['former'] {
  if (former === null || !equal(former.until_us, now_us)) return { contents, until_us: now_us, drained }
  return { ...former, drained: former.drained || drained }
}

/** What of all that runs cannot be given with what the pump holds: boluses only where the therapy could go on alone. */
function unfitness(model: PumpModel, state: PumpState): Unfit | null {
  const reason = rangeRefusal(model, state)
  if (reason === null) return null
  const what = rangeRefusal(model, changed(state, { boluses: [] })) === null ? 'boluses' : 'therapy'
  return { at_us: state.now_us, reason, what }
}

/** Holds what was drawn against what the pump expected; a difference beyond the tolerance is said and logged. */
export function reconcileResidual(turn: Turn, measured_uL: Volume_uL): void {
  const { residual } = turn.state
  if (residual === null) return
  const { agrees, text } = reconcile(turn.model, { ...residual, measured_uL })
  change(turn, { residual: null })
  note(turn, agrees ? 'residual-agrees' : 'residual-differs', text)
}

/** Says why the pump gives up by itself what it was told to give. */
export function noteUnfit(turn: Turn): void {
  const { unfit } = turn.state
  if (unfit === null) return
  if (unfit.what === 'boluses') note(turn, 'boluses-ended', `${unfit.reason}; the therapy goes on without them`)
  else note(turn, 'therapy-suspended', `${unfit.reason}; program a therapy that fits what the pump holds`)
}

/** Raises the alarm when the believed volume is at or below its level. */
export function raiseIfLow(turn: Turn): void {
  const { model, state } = turn
  const left = believedVolume(state.reservoir, believedSteps(state, state.now_us), model.step_uL)
  if (compare(left, model.lowReservoir_uL) <= 0) raise(turn, 'low-reservoir')
}
