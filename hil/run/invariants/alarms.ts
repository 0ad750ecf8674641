/**
 * Alarms: none is lost, none comes without its cause, none is cleared by anything but what clears it, and the most urgent is
 * heard. Priorities, ranks and what clears each are those that docs/PUMP.md promises.
 */

import { PLAYOUT_us, TICK_us } from '#hil/rig/rig'
import { fromExact } from '#hil/run/exact'
import { type Breach, type Evidence, isWithin, rotorIn, type Spell } from '#hil/run/invariants/evidence'
import { recordsOf } from '#hil/run/ledgers'
import type { AlarmName } from '#hil/scenario/types'
import { duration } from '#units/format'
import { add, ceil, compare, equal, isPositive, type Rational, subtract, whole } from '#units/rational'

/** From the most urgent to the least. */
const RANKS = [
  'end-of-service',
  'motor-stall',
  'empty-reservoir',
  'memory-error',
  'low-battery-reset',
  'stopped-pump',
  'low-reservoir',
  'elective-replacement',
  'tube-set-end-of-life',
] as const satisfies readonly AlarmName[]

const CRITICAL: ReadonlySet<string> = new Set(RANKS.slice(0, RANKS.indexOf('low-reservoir')))
/** What is never cleared. */
export const FOREVER: ReadonlySet<string> = new Set(['end-of-service', 'elective-replacement', 'tube-set-end-of-life'])
const BY_REFILL: ReadonlySet<string> = new Set(['low-reservoir', 'empty-reservoir'])
const BY_PROGRAM: ReadonlySet<string> = new Set(['memory-error', 'low-battery-reset'])

const MICROSECOND = whole(1)

/** Each alarm is raised and cleared by turns, with its priority, and cleared only by what may clear it. */
export function alarmGrammar(evidence: Evidence): Breach | null {
  const on = new Set<string>()
  for (const record of evidence.alarms) {
    const { alarm, state, priority, t_us } = record
    const at_us = whole(t_us)
    const wrong = (why: string): Breach => ({
      invariant: 'alarm-grammar',
      at_us,
      detail: `${alarm} was ${state} at ${duration(at_us)}, ${why}`,
    })
    if (on.has(alarm) === (state === 'raised')) return wrong('which it was already')
    if ((priority === 'critical') !== CRITICAL.has(alarm)) return wrong(`as ${priority}, which it is not`)
    if (state === 'raised') on.add(alarm)
    else if (on.delete(alarm) && !isClearedBy(evidence, alarm, at_us)) return wrong('by nothing that clears it')
  }
  return null
}

function isClearedBy(evidence: Evidence, alarm: string, at_us: Rational): boolean {
  const { applied, off } = evidence
  // What a pump finds in its memory when it has power again may differ from what it said before.
  if (off.some(({ to_us }) => equal(to_us, at_us))) return true
  const now = applied.filter(({ when_us, t_us }) => equal(whole(ceil(when_us)), at_us) || equal(whole(t_us), at_us))
  if (FOREVER.has(alarm)) return false
  if (BY_REFILL.has(alarm)) return now.some(({ readback }) => readback.kind === 'refill')
  if (BY_PROGRAM.has(alarm)) return now.some(({ readback, text }) => readback.kind === 'therapy' && text !== 'stop')
  const around: Spell = { from_us: subtract(at_us, whole(2 * TICK_us)), to_us: add(at_us, whole(2 * TICK_us)) }
  if (alarm === 'motor-stall') {
    const due_us = subtract(at_us, whole(2 * PLAYOUT_us))
    // A rotor that was pulled back makes its next step without moving anything anew.
    if (evidence.releases.some((end_us) => compare(end_us, at_us) <= 0)) return true
    return isPositive(rotorIn(evidence, { from_us: subtract(due_us, MICROSECOND), to_us: add(due_us, whole(TICK_us)) }))
  }
  // A stopped pump no longer stands when it makes a step, lost or not, or is in another state.
  const steps = recordsOf(evidence.records, 'booked').some((run) => isWithin(around, fromExact(run.first_us)))
  const states = evidence.alarms.some(({ state, t_us }) => state === 'raised' && equal(whole(t_us), at_us))
  return (
    now.some(({ readback }) => readback.kind === 'therapy') || steps || states || isPositive(rotorIn(evidence, around))
  )
}

/** Of all alarms that are on, the most urgent is heard, unless alarms are silenced or the pump has no power. */
export function sounding(evidence: Evidence): Breach | null {
  const { records, scenario } = evidence
  if (scenario.faults.some(({ fault }) => fault === 'clock-drift')) return null
  const on = new Set<string>()
  let [heard, powered]: [string | null, boolean] = [null, true]
  let silence: { readonly until_us: Rational; covered: Set<string> } | null = null
  const told = recordsOf(records, 'alarm').length + evidence.events.length
  if (told === 0) return null
  const stream = records.filter(
    (record) => record.kind === 'alarm' || (record.kind === 'event' && SOUND.has(record.event)),
  )
  for (const [place, record] of stream.entries()) {
    if (record.kind === 'alarm') {
      if (record.state === 'raised') on.add(record.alarm)
      else {
        on.delete(record.alarm)
        silence?.covered.delete(record.alarm)
      }
    } else if (record.kind === 'event') {
      if (record.event === 'tone') heard = record.detail === 'silent' ? null : (record.detail.split(':')[0] ?? null)
      if (record.event === 'power') [powered, silence] = [!powered, null]
      if (record.event === 'silenced')
        silence = { until_us: add(whole(record.t_us), scenario.pump.silence_us), covered: new Set(on) }
    }
    const next = stream[place + 1]
    if (next !== undefined && timeOf(next) === timeOf(record)) continue
    const at_us = whole(timeOf(record))
    if (
      silence !== null &&
      (compare(at_us, silence.until_us) >= 0 || silence.covered.size === 0 || isBroken(silence.covered, on))
    )
      silence = null
    const due = powered && silence === null ? (RANKS.find((alarm) => on.has(alarm)) ?? null) : null
    if (heard !== due)
      return {
        invariant: 'sounding',
        at_us,
        detail: `${heard ?? 'nothing'} is heard at ${duration(at_us)} where ${due ?? 'nothing'} should be`,
      }
  }
  return null
}

const SOUND: ReadonlySet<string> = new Set(['tone', 'power', 'silenced'])

function timeOf(record: Evidence['records'][number]): number {
  return 't_us' in record ? record.t_us : 0
}

const ORDER: readonly string[] = RANKS

/** Whether an alarm is on that no silence covers and that is more urgent than all it covers. */
function isBroken(covered: ReadonlySet<string>, on: ReadonlySet<string>): boolean {
  const rank = (alarm: string) => ORDER.indexOf(alarm)
  const first = Math.min(...[...covered].map(rank))
  return [...on].some((alarm) => !covered.has(alarm) && rank(alarm) < first)
}
