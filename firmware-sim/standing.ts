/**
 * Standing: how long the pump has been stopped on command.
 *
 * A pump stopped by mistake goes unnoticed for days, so it says so early, once; a rotor that rests for more than 48 h
 * harms its tube (HSA safety notice of 8 Nov 2016), so it alarms then. Both times come from the pump model.
 */
import type { PumpModel } from '#firmware-sim/model'
import { as, type Time_us } from '#units/quantity'
import { add, compare } from '#units/rational'

export interface Standing {
  /** Since when the pump stands; null while it runs. */
  readonly since_us: Time_us | null
  /** Steps due by then: with the next one it stands no longer. */
  readonly steps: number
  /** Whether this stop was warned of, and alarmed. */
  readonly warned: boolean
  readonly alarmed: boolean
}

/** A pump that runs, and one whose stop has ended. */
export const RUNNING: Standing = { since_us: null, steps: 0, warned: false, alarmed: false }

/**
 * The standing of a pump whose rotor rests at `at_us`, when so many steps are due: one that stands already does so since it
 * was stopped first, unless it has made a step in between.
 */
export function stopped(standing: Standing, at_us: Time_us, steps: number): Standing {
  return stillStands(standing, steps) ? standing : { since_us: at_us, steps, warned: false, alarmed: false }
}

/** Whether a pump has made no step since it was stopped: a rate alone, such as that of a tiny bolus, turns no rotor. */
export function stillStands({ since_us, steps: then }: Standing, steps: number): boolean {
  return since_us !== null && steps <= then
}

/** When the pump warns that it stands; null when it runs or has warned. */
export function warningAt(model: PumpModel, standing: Standing): Time_us | null {
  return standing.since_us === null || standing.warned
    ? null
    : as<Time_us>(add(standing.since_us, model.stoppedWarning_us))
}

/** When the pump alarms because it stands; null when it runs or has alarmed. */
export function alarmAt(model: PumpModel, standing: Standing): Time_us | null {
  return standing.since_us === null || standing.alarmed
    ? null
    : as<Time_us>(add(standing.since_us, model.stoppedAlarm_us))
}

/** What is due at an instant, each once a stop, and the standing that remembers it. */
export interface Notice {
  readonly standing: Standing
  readonly warns: boolean
  readonly alarms: boolean
}

/** What a pump that still stands says at `at_us`: whatever fell due then or before. */
export function noticed(model: PumpModel, standing: Standing, at_us: Time_us): Notice {
  const warns = isDue(warningAt(model, standing), at_us)
  const alarms = isDue(alarmAt(model, standing), at_us)
  if (!warns && !alarms) return { standing, warns, alarms }
  const { warned, alarmed } = standing
  return { standing: { ...standing, warned: warned || warns, alarmed: alarmed || alarms }, warns, alarms }
}

function isDue(due_us: Time_us | null, at_us: Time_us): boolean {
  return due_us !== null && compare(due_us, at_us) <= 0
}
