/**
 * Foresight: every rate the pump will run at if nobody intervenes, worked out ahead.
 *
 * Limits are about the future: a bolus may be within them now and beyond them an hour later, when a bolus of the
 * pattern joins it.
 */
import { positionAt } from '#firmware-sim/delivery'
import { changesAt, factorAt, withoutLeft } from '#firmware-sim/line'
import type { PumpModel } from '#firmware-sim/model'
import { askedRate } from '#firmware-sim/motion'
import type { PumpState } from '#firmware-sim/state'
import { started } from '#firmware-sim/therapy/bolus'
import { isExemptFromLeastRate, nextStart } from '#firmware-sim/therapy/therapies'
import { as, DAY_us, type Time_us, type VolumeRate_uL_per_us } from '#units/quantity'
import { add, compare, divide, isZero, multiply, type Rational, subtract } from '#units/rational'

/** A stretch of the future with one rate. */
export interface Foreseen {
  readonly from_us: Time_us
  readonly to_us: Time_us
  /** What therapy and boluses ask for. */
  readonly asked: VolumeRate_uL_per_us
  /** What the motor gives: as asked, multiplied by a bridge, or that of a prime. */
  readonly given: VolumeRate_uL_per_us
  /** Whether a prime masks everything. */
  readonly masked: boolean
  /** Whether the least rate of the pump does not bind. */
  readonly exempt: boolean
}

/** Stretches after which a pattern is too dense to be looked at. */
const MOST_STRETCHES = 20_000

type Ahead = Pick<
  PumpState,
  'now_us' | 'therapy' | 'contents' | 'boluses' | 'next' | 'prime' | 'plugs' | 'covered' | 'began_us' | 'clock'
> & { readonly position: Rational }

/** The stretches from the state's present to an instant, in order of time; null where they are too many to look at. */
export function foresee(model: PumpModel, state: PumpState, until_us: Time_us): readonly Foreseen[] | null {
  const stretches: Foreseen[] = []
  let ahead = settled(present(state))
  while (compare(ahead.now_us, until_us) < 0) {
    if (stretches.length >= MOST_STRETCHES) return null
    const stretch = stretchOf(model, ahead, until_us)
    stretches.push(stretch)
    ahead = after(model, ahead, stretch)
  }
  return stretches
}

/**
 * When prime and bridge are over if nobody intervenes: the state's present where none runs, or where one never ends
 * because nothing flows; null where that is too far to look at.
 */
export function clearedAt(model: PumpModel, state: PumpState): Time_us | null {
  let ahead = settled(present(state))
  for (let looked = 0; looked < MOST_STRETCHES; looked += 1) {
    if (ahead.prime === null && ahead.covered === null) return ahead.now_us
    const stretch = stretchOf(model, ahead, as(add(ahead.now_us, DAY_us)))
    if (isZero(stretch.given) && ahead.next === null && ahead.boluses.length === 0) return state.now_us
    ahead = after(model, ahead, stretch)
  }
  return null
}

/** What of the state the future follows from. */
function present(state: PumpState): Ahead {
  const { now_us, therapy, contents, boluses, next, prime, plugs, covered, began_us, clock } = state
  const position = positionAt(state.delivery, now_us)
  return { now_us, therapy, contents, boluses, next, prime, plugs, covered, began_us, clock, position }
}

function after(model: PumpModel, ahead: Ahead, { given, from_us, to_us }: Foreseen): Ahead {
  const moved = divide(multiply(given, subtract(to_us, from_us)), model.step_uL)
  return settled({ ...ahead, now_us: to_us, position: add(ahead.position, moved) })
}

function stretchOf(model: PumpModel, ahead: Ahead, until_us: Time_us): Foreseen {
  const { now_us, therapy, contents, boluses, prime, position, next } = ahead
  const asked = askedRate(model, ahead, boluses)
  const bridged = ahead.covered === null ? asked : multiply(asked, factorAt(ahead, contents, position))
  const given = as<VolumeRate_uL_per_us>(prime === null ? bridged : model.rateMax_uL_per_us)
  let to_us: Rational = until_us
  const end = (at_us: Rational) => {
    if (compare(at_us, to_us) < 0) to_us = at_us
  }
  for (const { end_us } of boluses) end(end_us)
  if (next !== null) end(next.at_us)
  for (const reached of [prime, changesAt(ahead)]) {
    if (reached !== null && !isZero(given)) {
      end(add(now_us, divide(multiply(subtract(reached, position), model.step_uL), given)))
    }
  }
  const exempt = boluses.length === 0 && isExemptFromLeastRate(therapy)
  return { from_us: now_us, to_us: as(to_us), asked, given, masked: prime !== null, exempt }
}

/** What holds once everything that falls on the present instant has happened. */
function settled(ahead: Ahead): Ahead {
  const { now_us, position, prime, therapy, began_us, clock } = ahead
  let { next, boluses } = ahead
  boluses = boluses.filter(({ end_us }) => compare(end_us, now_us) > 0)
  while (next !== null && compare(next.at_us, now_us) <= 0) {
    boluses = [...boluses, started(next, next.at_us)].filter(({ end_us }) => compare(end_us, now_us) > 0)
    next = nextStart(therapy, { began_us, clock, from_us: now_us, after: next.index })
  }
  return {
    ...ahead,
    next,
    boluses,
    prime: prime !== null && compare(prime, position) <= 0 ? null : prime,
    ...withoutLeft(ahead, position),
  }
}
