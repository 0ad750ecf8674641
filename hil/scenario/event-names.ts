/**
 * Names of events that a check may ask for. What nobody ever says is a mistake in the file: with `expect: fail` a check
 * of it would be met for ever.
 */
import { PUMP_EVENTS } from '#firmware-sim/messages'

/** Every event that the bench tells of by itself. */
const BENCH_EVENTS = [
  'programmed',
  'programming-refused',
  'never-committed',
  'warning-confirmed',
  'refilled',
  'overfilled',
  'pocket-filled',
  'septum-leaked',
  'injected',
  'request-bolus-refused',
  'stop-refused',
  'silence-refused',
  'read-log-refused',
  'clear-refused',
  'log-read',
  'answer-lost',
  'tone',
  'power',
  'surge',
  'fault-begun',
  'fault-fired',
  'fault-ended',
] as const

/** What the bench tells of a pump that turns its own motor while a rig looks on. */
export const ONLOOKER_EVENTS = [
  'step-lost',
  'step-unasked',
  'line-illegal',
  'line-glitch',
  'encoder-skipped',
  'alarm-line-on',
  'alarm-line-off',
] as const

export type BenchEvent = (typeof BENCH_EVENTS)[number] | (typeof ONLOOKER_EVENTS)[number]

/** Every event with a meaning of its own: those of the pump, then those of the bench. */
export const EVENT_NAMES: readonly string[] = [...PUMP_EVENTS, ...BENCH_EVENTS, ...ONLOOKER_EVENTS]

/** How the name of an event begins that only a pump of one's own says. */
export const OWN_EVENT = 'x-'

/** Whether the pump, the bench or a pump of one's own may say an event of the name. */
export function isEventName(name: string): boolean {
  return name.startsWith(OWN_EVENT) || EVENT_NAMES.includes(name)
}
