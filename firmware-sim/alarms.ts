/**
 * Alarms: what each means, how urgent it is, and what ends it.
 *
 * Priorities follow what is published of implanted pumps: low-battery reset and end of service are critical, elective
 * replacement is not (HSA safety notice of 25 May 2017), a motor stall sounds the critical tone (the maker's MRI
 * guidelines). The ranks are published nowhere; here the alarm that leaves the patient with the least drug and the
 * fewest ways to get it comes first.
 */
import type { AlarmPriority, PumpAlarm } from '#firmware-sim/messages'

/** What ends an alarm: nothing but the named event does. */
export type ClearedBy = 'refill' | 'motion' | 'restart' | 'programming' | 'never'

export interface AlarmKind {
  readonly priority: AlarmPriority
  /** Place among all alarms: 1 is the most urgent. No two are equal, and every critical one is before the others. */
  readonly rank: number
  /** The condition, as a report states it. */
  readonly cause: string
  readonly clearedBy: ClearedBy
}

export const ALARMS: Readonly<Record<PumpAlarm, AlarmKind>> = {
  'end-of-service': {
    priority: 'critical',
    rank: 1,
    cause: 'the time from elective replacement to end of service has passed; delivery stops for good',
    clearedBy: 'never',
  },
  'motor-stall': {
    priority: 'critical',
    rank: 2,
    cause: 'steps were ordered and the rotor did not move; cleared when it moves again',
    clearedBy: 'motion',
  },
  'empty-reservoir': {
    priority: 'critical',
    rank: 3,
    cause: 'believed reservoir used up; delivery stops; cleared by a refill',
    clearedBy: 'refill',
  },
  'memory-error': {
    priority: 'critical',
    rank: 4,
    cause: 'both copies of the stored record are bad; safe state; cleared by programming',
    clearedBy: 'programming',
  },
  'low-battery-reset': {
    priority: 'critical',
    rank: 5,
    cause: 'the supply fell below what the pump runs on and it started anew; safe state; cleared by programming',
    clearedBy: 'programming',
  },
  'stopped-pump': {
    priority: 'critical',
    rank: 6,
    cause: 'stopped for longer than the tube can bear, or by itself after a refill; cleared by a restart',
    clearedBy: 'restart',
  },
  'low-reservoir': {
    priority: 'non-critical',
    rank: 7,
    cause: 'believed reservoir at or below its low level; cleared by a refill',
    clearedBy: 'refill',
  },
  'elective-replacement': {
    priority: 'non-critical',
    rank: 8,
    cause: 'the cell, the age of the pump or the wear of its tube set calls for replacement',
    clearedBy: 'never',
  },
  'tube-set-end-of-life': {
    priority: 'non-critical',
    rank: 9,
    cause: 'the volume that wears out the tube set has passed through it',
    clearedBy: 'never',
  },
}
