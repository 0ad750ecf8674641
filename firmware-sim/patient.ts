/**
 * The patient's own boluses: granted within what the clinic permitted, and every request answered and logged.
 *
 * The lockout runs from the start of one grant to the start of the next.
 */

import type { Patient } from '#firmware-sim/kept'
import { grantRefusal } from '#firmware-sim/limits'
import type { PatientBolus } from '#firmware-sim/messages'
import { changed, type PumpState } from '#firmware-sim/state'
import { started } from '#firmware-sim/therapy/bolus'
import { note, type Turn } from '#firmware-sim/turn'
import { duration } from '#units/format'
import { as, DAY_us, type Time_us } from '#units/quantity'
import { add, compare, larger, subtract } from '#units/rational'

/** Grants or denies a request made now. */
export function answerRequest(turn: Turn): void {
  const { state } = turn
  const { permission } = state.patient
  if (permission === null) {
    denyRequest(turn, 'no patient bolus is permitted')
    return
  }
  const after = granted(state, permission)
  const reason = notYet(state.patient, permission, state.now_us) ?? grantRefusal(turn.model, after)
  if (reason !== null) {
    denyRequest(turn, reason)
    return
  }
  turn.state = after
  note(turn, 'patient-bolus-granted', `the next one is possible after ${duration(permission.lockout_us)}`)
}

export function denyRequest(turn: Turn, reason: string): void {
  note(turn, 'patient-bolus-denied', reason)
}

function notYet({ grants_us }: Patient, { lockout_us, maxPerDay }: PatientBolus, now_us: Time_us): string | null {
  const last_us = grants_us.at(-1)
  if (last_us !== undefined && compare(subtract(now_us, last_us), lockout_us) < 0) {
    return `locked for another ${duration(subtract(add(last_us, lockout_us), now_us))}`
  }
  const dayAgo_us = subtract(now_us, DAY_us)
  const today = grants_us.filter((at_us) => compare(at_us, dayAgo_us) > 0).length
  return today < maxPerDay ? null : `${today} of ${maxPerDay} boluses were granted in the past 24 h`
}

function granted(state: PumpState, permission: PatientBolus): PumpState {
  const { now_us, patient, boluses } = state
  // A grant matters for a day, or for the lockout when that is longer.
  const remembered_us = subtract(now_us, larger(DAY_us, permission.lockout_us))
  const grants_us = [...patient.grants_us.filter((at_us) => compare(at_us, remembered_us) > 0), as<Time_us>(now_us)]
  return changed(state, { patient: { ...patient, grants_us }, boluses: [...boluses, started(permission, now_us)] })
}
