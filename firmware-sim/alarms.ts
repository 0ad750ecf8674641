/**
 * Alarms: what each means, how urgent it is, and what ends it.
 *
 * Tones and repeat intervals follow with the rest of the alarms; the priorities are those of implanted pumps: a
 * critical alarm sounds two tones, a non-critical one a single tone (Medtronic product advisories, 2011).
 */
import type { AlarmPriority, PumpAlarm } from '#firmware-sim/messages'

export interface AlarmKind {
  readonly priority: AlarmPriority
  /** The condition, as a report states it. */
  readonly cause: string
}

export const ALARMS: Readonly<Record<PumpAlarm, AlarmKind>> = {
  'low-reservoir': {
    priority: 'non-critical',
    cause: 'believed reservoir at or below its low level; cleared by a refill',
  },
  'empty-reservoir': { priority: 'critical', cause: 'believed reservoir used up; delivery stops; cleared by a refill' },
}
