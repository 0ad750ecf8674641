/**
 * Motion: from what is in force to the rate of the motor, and the orders that make it.
 *
 * Therapy and boluses add up. A bridge multiplies the sum while an earlier concentration is in the line; a prime takes
 * the place of everything.
 */
import { openRun, withoutStep, withRun } from '#firmware-sim/accounting'
import { drawing } from '#firmware-sim/battery'
import { lastStepOfStretch } from '#firmware-sim/boundaries'
import { atRate, dueOf, positionAt } from '#firmware-sim/delivery'
import { type Giving, noted } from '#firmware-sim/dose-history'
import { factorAt, withoutStep as lineWithoutStep } from '#firmware-sim/line'
import type { Contents, DoseRate, PumpAlarm, Therapy } from '#firmware-sim/messages'
import type { PumpModel } from '#firmware-sim/model'
import type { Reservoir } from '#firmware-sim/reservoir'
import { RUNNING, stillStands, stopped } from '#firmware-sim/standing'
import { changed, copied, type PumpState } from '#firmware-sim/state'
import { bolusRate, type RunningBolus } from '#firmware-sim/therapy/bolus'
import { massRate, volumeRate } from '#firmware-sim/therapy/dose'
import { basalRate } from '#firmware-sim/therapy/therapies'
import { lineNow } from '#firmware-sim/transport'
import { clear, say, type Turn } from '#firmware-sim/turn'
import { as, type Time_us, type VolumeRate_uL_per_us } from '#units/quantity'
import { add, compare, divide, isZero, multiply, type Rational, sum, ZERO } from '#units/rational'
import { rememberedOfTwo } from '#units/remembered'

/** What therapy and boluses ask for together, as if no bridge or prime ran. */
export function askedRate(
  model: PumpModel,
  state: Pick<PumpState, 'therapy' | 'contents'>,
  boluses: readonly RunningBolus[],
): VolumeRate_uL_per_us {
  const rates = ratesWith(model, state.contents)
  const [first, second] = boluses
  if (second === undefined) return rates(state.therapy, first?.dose ?? null)
  return as(add(rates(state.therapy, null), sum(boluses.map((bolus) => bolusRate(bolus, state.contents)))))
}

/** The rates asked for with what the pump holds, by a therapy and the bolus on top of it, if there is one. */
const ratesWith = rememberedOfTwo((model: PumpModel, contents: Contents) =>
  rememberedOfTwo((therapy: Therapy, bolus: DoseRate | null): VolumeRate_uL_per_us => {
    const basal = basalRate(therapy, contents, model)
    return bolus === null ? basal : as(add(basal, volumeRate(bolus, contents)))
  }),
)

/** A rate in steps. */
const inSteps = rememberedOfTwo(divide)

/** The rate of the motor in volume. */
function motorRate(model: PumpModel, state: PumpState): Rational {
  if (state.operating === 'off') return ZERO
  if (state.prime !== null) return model.rateMax_uL_per_us
  if (state.unfit !== null) return ZERO
  const asked = askedRate(model, state, state.boluses)
  if (state.covered === null) return asked
  return multiply(asked, factorAt(state, state.contents, positionAt(state.delivery, state.now_us)))
}

/** Closes the run at the old rate, and orders the motion of the stretch that begins now. */
export function setRate(turn: Turn): void {
  const { model, state } = turn
  const { now_us } = state
  const rate = inSteps(motorRate(model, state), model.step_uL)
  const delivery = atRate(state.delivery, now_us, rate)
  const run = openRun(model, state, delivery.steps)
  if (run !== null) turn.outputs.push({ at_us: now_us, kind: 'booked', run })
  if (state.ordered > delivery.steps) say(turn, { kind: 'cancel', after_us: now_us })
  const off = state.operating === 'off'
  const battery = drawing(state.battery, model.cell, now_us, off ? null : { rate, carrier: state.carrier })
  // Only being stopped on command counts as standing: the other states have an alarm of their own.
  const isStopped = state.operating === 'stopped'
  const stands = isStopped && (isZero(rate) || stillStands(state.standing, delivery.steps))
  const standing = stands ? stopped(state.standing, now_us, delivery.steps) : off ? state.standing : RUNNING
  const next = copied(state)
  next.delivery = delivery
  next.battery = battery
  next.standing = standing
  next.masses = withRun(state.masses, run)
  next.ordered = delivery.steps
  if (limitsDose(state)) next.history = noted(state.history, now_us, giving(model, state))
  turn.state = next
  if (standing === RUNNING) clear(turn, STOPPED)
  order(turn)
}

/** The alarm of a pump that stands. */
const STOPPED = ['stopped-pump'] as const satisfies readonly PumpAlarm[]

/** Orders what of the present stretch is not ordered yet. */
function order(turn: Turn): void {
  const { model, state } = turn
  const { ordered, delivery } = state
  const { interval_us } = delivery
  const first_us = dueOf(delivery, ordered + 1)
  if (first_us === null || interval_us === null) return
  const last = lastStepOfStretch(model, state)
  if (last <= ordered) return
  turn.outputs.push({ at_us: state.now_us, kind: 'order', first_us, interval_us, count: last - ordered })
  const next = copied(state)
  next.ordered = last
  turn.state = next
}

/** Whether anybody asks what was given: without a limit of dose the past need not be kept. */
function limitsDose({ limits }: PumpState): boolean {
  return limits.dailyDose.soft !== null || limits.dailyDose.hard !== null
}

/** What the programs in force give: no drug is meant while a prime masks them, though fluid flows. */
function giving(model: PumpModel, state: PumpState): Giving {
  const { contents, boluses, operating, prime } = state
  const masked = operating === 'off' || prime !== null
  const asked = masked ? as<VolumeRate_uL_per_us>(ZERO) : askedRate(model, state, boluses)
  return {
    drug: contents.drug,
    mass_ug_per_us: massRate({ by: 'volume', rate_uL_per_us: asked }, contents),
    volume_uL_per_us: as(motorRate(model, state)),
  }
}

/** The account of the reservoir: a step of before it was emptied and filled is no part of what it holds now. */
function reservoirWithout({ reservoir, former }: PumpState, due_us: Time_us): Reservoir {
  const before = former?.drained === true && compare(due_us, former.until_us) <= 0
  return before ? { ...reservoir, steps: reservoir.steps - 1 } : reservoir
}

/** Believes a step no longer that was due at the instant and did not move the rotor. */
export function withdrawStep(turn: Turn, due_us: Time_us): void {
  const { model, state } = turn
  const { run, masses } = withoutStep(model, state, due_us)
  say(turn, { kind: 'withdrawn', run })
  turn.state = changed(state, {
    masses,
    lost: state.lost + 1,
    missedInARow: state.missedInARow + 1,
    ...lineWithoutStep(lineNow(state), due_us),
    reservoir: reservoirWithout(state, due_us),
  })
  order(turn)
}
