/**
 * Sound: which alarm is heard, and how long it may be silenced.
 *
 * One alarm sounds at a time, the most urgent of those active; when it is cleared the next is heard, so none is lost
 * (as in external pumps: CADD-Solis manual, p. 56). A critical alarm is two tones of 3 s, a non-critical one a single
 * tone of 1 s (the maker's product advisories, 2011). Silence ends by itself, cannot be asked for in advance, and is not
 * prolonged by asking again, so no alarm can be silenced for good.
 */
import { ALARMS } from '#firmware-sim/alarms'
import type { AlarmPriority, PumpAlarm } from '#firmware-sim/messages'
import type { PumpModel } from '#firmware-sim/model'
import { duration } from '#units/format'
import { as, type Time_us } from '#units/quantity'
import { add, compare } from '#units/rational'

export interface Silence {
  /** The first instant at which alarms are heard again. */
  readonly until_us: Time_us
  /** The alarms that were active when silence was asked for, without those cleared since. */
  readonly covered: readonly PumpAlarm[]
}

export interface Sound {
  /** The alarm that is heard. */
  readonly sounding: PumpAlarm | null
  /** When this is set, silence holds until the instant that its field `until_us` names, which is a boundary. */
  readonly silence: Silence | null
}

/** No alarm is heard, and none is kept from being heard. */
export const QUIET: Sound = { sounding: null, silence: null }

const TONES: Readonly<Record<AlarmPriority, string>> = {
  critical: 'two tones, 3 s',
  'non-critical': 'single tone, 1 s',
}

/** The most urgent of the active alarms; null when there is none. */
export function soundOf(active: readonly PumpAlarm[]): PumpAlarm | null {
  let most: PumpAlarm | null = null
  for (const alarm of active) {
    if (most === null || outranks(alarm, most)) most = alarm
  }
  return most
}

/** What is heard of an alarm and how often, in words; `silent` for none. */
export function patternText(model: PumpModel, alarm: PumpAlarm | null): string {
  if (alarm === null) return 'silent'
  const { priority } = ALARMS[alarm]
  const interval_us = priority === 'critical' ? model.criticalInterval_us : model.noncriticalInterval_us
  return `${TONES[priority]}, every ${duration(interval_us)}`
}

/**
 * The sound from `at_us` on with the given alarms active. To be asked once at the end of an operation, and of silence: in
 * which order an operation raises and clears makes no difference. Returns the very sound it was given where nothing changes.
 */
export function soundedWith(sound: Sound, active: readonly PumpAlarm[], at_us: Time_us): Sound {
  const silence = stillSilent(sound.silence, active, at_us)
  const sounding = silence === null ? soundOf(active) : null
  return sounding === sound.sounding && silence === sound.silence ? sound : { sounding, silence }
}

/** The silence without an alarm that is cleared: it does not cover the same alarm raised anew, be it within one operation. */
export function uncovered(silence: Silence | null, alarm: PumpAlarm): Silence | null {
  if (silence === null || !silence.covered.includes(alarm)) return silence
  return { ...silence, covered: silence.covered.filter((other) => other !== alarm) }
}

/** The sound once silence was asked for at `at_us`: nothing changes where no alarm is active, or silence holds already. */
export function silenced(model: PumpModel, sound: Sound, active: readonly PumpAlarm[], at_us: Time_us): Sound {
  const present = soundedWith(sound, active, at_us)
  if (present.sounding === null) return present
  return { sounding: null, silence: { until_us: as<Time_us>(add(at_us, model.silence_us)), covered: active } }
}

function outranks(alarm: PumpAlarm, other: PumpAlarm): boolean {
  return ALARMS[alarm].rank < ALARMS[other].rank
}

/** What is left of a silence: it ends at its time, with the last alarm it covers, or by a more urgent alarm. */
function stillSilent(silence: Silence | null, active: readonly PumpAlarm[], at_us: Time_us): Silence | null {
  if (silence === null || compare(at_us, silence.until_us) >= 0) return null
  const covered = silence.covered.filter((alarm) => active.includes(alarm))
  const broken = active.some((alarm) => !covered.includes(alarm) && covered.every((other) => outranks(alarm, other)))
  if (covered.length === 0 || broken) return null
  return covered.length === silence.covered.length ? silence : { ...silence, covered }
}
