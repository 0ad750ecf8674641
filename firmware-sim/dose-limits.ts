/**
 * The dose of any 24 h against a limit of the clinic: what was given, and a full window of what is still to come.
 *
 * By mass counts what the programs mean to give; what a prime displaces is no drug that anybody meant. By volume counts
 * what flows.
 */
import { largestDailyDose } from '#firmware-sim/daily-dose'
import { massLine, volumeLine } from '#firmware-sim/dose-history'
import { clearedAt, type Foreseen, foresee } from '#firmware-sim/foresight'
import type { Dose } from '#firmware-sim/messages'
import type { PumpModel } from '#firmware-sim/model'
import { changed, type PumpState } from '#firmware-sim/state'
import { horizonOf } from '#firmware-sim/therapy/therapies'
import { decimal, decimalBeside } from '#units/format'
import { as, type Time_us } from '#units/quantity'
import { add, compare, multiply, type Rational, ZERO } from '#units/rational'

const TOO_DENSE = 'so many boluses that their dose in 24 h cannot be looked at may be more than the limit'

/** What is given in the fullest 24 h that end now or later, where that is more than a dose. */
export function beyondDose(model: PumpModel, state: PumpState, limit: Dose): string | null {
  const most = largestDose(model, state, limit)
  return most === null ? TOO_DENSE : beyondBound(most, limit)
}

/** The same where a program makes it more than it would be without. */
export function beyondBy(model: PumpModel, before: PumpState, after: PumpState, limit: Dose): string | null {
  const most = largestDose(model, after, limit)
  if (most === null) return TOO_DENSE
  const found = beyondBound(most, limit)
  if (found === null) return null
  const without = largestDose(model, before, limit)
  return without !== null && compare(most, without) <= 0 ? null : found
}

/** A dose of 24 h where it is more than the limit. */
export function beyondBound(most: Rational, limit: Dose): string | null {
  const bound = limit.by === 'mass' ? limit.mass_ug : limit.volume_uL
  const unit = limit.by === 'mass' ? 'ug' : 'uL'
  return compare(most, bound) > 0
    ? `${decimalBeside(most, bound)} ${unit} in 24 h are more than ${decimal(bound)} ${unit}`
    : null
}

/** The dose of the fullest 24 h that end now or later, counted as the limit is; null where it cannot be looked at. */
function largestDose(model: PumpModel, state: PumpState, limit: Dose): Rational | null {
  const { now_us, therapy, contents, history } = state
  const byMass = limit.by === 'mass'
  // Behind a prime or a bridge less may flow than when it is over; of a bridge, the mass is the same.
  const cleared_us = clearedAt(model, byMass ? changed(state, { covered: null }) : state)
  const rateOf = ({ asked, given, masked }: Foreseen) => {
    if (!byMass) return given
    return masked ? ZERO : multiply(asked, contents.concentration_ug_per_uL)
  }
  const until_us = as<Time_us>(add(cleared_us ?? now_us, horizonOf(therapy)))
  const stretches = cleared_us === null ? null : foresee(model, state, until_us)
  if (stretches === null) return null
  const pieces = stretches.map((stretch) => ({ from_us: stretch.from_us, rate: rateOf(stretch) }))
  const past = byMass ? massLine(history, contents.drug) : volumeLine(history)
  return largestDailyDose(past, now_us, { pieces, until_us })
}
