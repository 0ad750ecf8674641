/**
 * Alarms: none is lost, none comes without its cause, none is cleared by anything but what clears it, and the most urgent is
 * heard. Priorities, ranks and what clears each are those that docs/PUMP.md promises.
 */

import { PLAYOUT_us, TICK_us } from '#hil/rig/rig'
import { fromExact } from '#hil/run/exact'
import { alarmSpells } from '#hil/run/invariants/answers'
import { toldVolumes } from '#hil/run/invariants/belief'
import { type Breach, type Evidence, isWithin, rotorIn, type Spell, stallEnds } from '#hil/run/invariants/evidence'
import { stops } from '#hil/run/invariants/motion'
import { recordsOf } from '#hil/run/ledgers'
import type { AlarmName } from '#hil/scenario/types'
import { duration } from '#units/format'
import {
  add,
  ceil,
  compare,
  equal,
  isPositive,
  isZero,
  larger,
  type Rational,
  subtract,
  whole,
  ZERO,
} from '#units/rational'

/** From the most urgent to the least. */
export const RANKS = [
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
    if (stallEnds(evidence).some((end_us) => compare(end_us, at_us) <= 0)) return true
    return isPositive(rotorIn(evidence, { from_us: subtract(due_us, MICROSECOND), to_us: add(due_us, whole(TICK_us)) }))
  }
  // A stopped pump no longer stands when it makes a step, lost or not, or is in another state.
  const steps = recordsOf(evidence.records, 'booked').some((run) => isWithin(around, fromExact(run.first_us)))
  const states = evidence.alarms.some(({ state, t_us }) => state === 'raised' && equal(whole(t_us), at_us))
  return (
    now.some(({ readback }) => readback.kind === 'therapy') || steps || states || isPositive(rotorIn(evidence, around))
  )
}

/** The alarms of the reservoir and of the tube sound with the step that brings the believed volume to their level. */
export function levels(evidence: Evidence): Breach | null {
  const { scenario, struck, end_us } = evidence
  if (struck('motor-stall') > 0 || evidence.alarms.some(({ alarm }) => alarm === 'memory-error')) return null
  const { pump } = scenario
  const walk = toldVolumes(evidence)
  for (const [place, told] of walk.entries()) {
    const until_us = walk[place + 1]?.from_us ?? end_us
    const before = walk[place - 1]
    // Of several refills at one instant the last one tells.
    if (equal(until_us, told.from_us) || (before !== undefined && equal(before.from_us, told.from_us))) continue
    for (const [alarm, level_uL] of [
      ['low-reservoir', pump.lowReservoir_uL],
      ['empty-reservoir', ZERO],
    ] as const) {
      const missing_uL = subtract(told.volume_uL, level_uL)
      const due_us = isPositive(missing_uL)
        ? stepReached(evidence, add(told.steps, { n: ceilOf(missing_uL, pump.step_uL), d: 1n }))
        : alarm === 'low-reservoir'
          ? told.from_us
          : undefined
      const wrong = mistimed(evidence, alarm, { from_us: told.from_us, to_us: until_us }, due_us)
      if (wrong !== null) return wrong
    }
  }
  const worn_us = stepReached(evidence, { n: ceilOf(pump.tubeLife_uL, pump.step_uL), d: 1n })
  return mistimed(evidence, 'tube-set-end-of-life', { from_us: ZERO, to_us: end_us }, worn_us)
}

function ceilOf(volume_uL: Rational, step_uL: Rational): bigint {
  return ceil({ n: volume_uL.n * step_uL.d, d: volume_uL.d * step_uL.n })
}

/** When the pump first believed in so many steps, in whole microseconds. */
function stepReached({ believedBy, end_us }: Evidence, steps: Rational): Rational | undefined {
  if (compare(believedBy(end_us), steps) < 0) return undefined
  let [low, high] = [-1n, end_us.n / end_us.d]
  while (high - low > 1n) {
    const middle = (low + high) / 2n
    if (compare(believedBy({ n: middle, d: 1n }), steps) >= 0) high = middle
    else low = middle
  }
  return { n: high, d: 1n }
}

/** An alarm that did not sound when it was due in a spell, or sounded when it was not. */
function mistimed(
  { alarms, off, end_us }: Evidence,
  alarm: string,
  spell: Spell,
  due_us: Rational | undefined,
): Breach | null {
  const isDue = due_us !== undefined && compare(due_us, spell.to_us) < 0
  const raised = alarms.find(
    ({ alarm: name, state, t_us }) =>
      name === alarm &&
      state === 'raised' &&
      compare(whole(t_us), spell.from_us) >= 0 &&
      compare(whole(t_us), spell.to_us) < 0,
  )
  const wrong = (why: string, at_us: Rational): Breach => ({ invariant: 'levels', at_us, detail: `${alarm} ${why}` })
  if (raised !== undefined) {
    const at_us = whole(raised.t_us)
    const restored = off.some(({ to_us }) => equal(to_us, at_us))
    if (!restored && (due_us === undefined || compare(at_us, subtract(due_us, MICROSECOND)) < 0))
      return wrong(`was raised at ${duration(at_us)}, before its level was reached`, at_us)
  }
  if (!isDue || equal(due_us, end_us)) return null
  // What falls due as the power goes is said when it is back.
  const cut = off.find((one) => isWithin({ from_us: subtract(one.from_us, MICROSECOND), to_us: one.to_us }, due_us))
  const latest_us = larger(cut === undefined ? due_us : cut.to_us, larger(due_us, spell.from_us))
  if (compare(latest_us, spell.to_us) >= 0) return null
  const ended = alarms.some(
    ({ alarm: name, state, t_us }) =>
      name === 'end-of-service' && state === 'raised' && compare(whole(t_us), latest_us) <= 0,
  )
  if (ended && alarm === 'empty-reservoir') return null
  if (raised !== undefined && compare(whole(raised.t_us), add(latest_us, MICROSECOND)) <= 0) return null
  return wrong(
    `was due at ${duration(due_us)} and was ${raised === undefined ? 'never raised' : `raised at ${duration(whole(raised.t_us))}`}`,
    due_us,
  )
}

/** A pump that stands says so when its time has come, and never before. */
export function standing(evidence: Evidence): Breach | null {
  const { scenario, alarms, events, off } = evidence
  const { pump, faults } = scenario
  // A step that was lost ends a stop for the pump, and one that a rotor let go jumps does not.
  if (faults.some(({ fault }) => fault === 'clock-drift' || fault === 'motor-stall')) return null
  const stands = alarmSpells(evidence, 'stopped-pump')
  const others = [...alarmSpells(evidence, 'end-of-service'), ...alarmSpells(evidence, 'empty-reservoir')]
  const warned = events.filter(({ event }) => event === 'stopped-warning').map(({ t_us }) => whole(t_us))
  const suspended = events.filter(({ event }) => event === 'therapy-suspended').map(({ t_us }) => whole(t_us))
  for (const spell of stops(evidence)) {
    const isDue = (lasting_us: Rational) => compare(add(spell.from_us, lasting_us), spell.to_us) < 0
    const isOff = off.some((one) => compare(one.to_us, spell.from_us) >= 0 && compare(one.from_us, spell.to_us) <= 0)
    // A pump that is empty, or past its service, does not stand because somebody stopped it.
    if (isOff || others.some((one) => isWithin(one, spell.from_us))) continue
    const warning_us = add(spell.from_us, pump.stoppedWarning_us)
    const alarm_us = add(add(spell.from_us, pump.stoppedAlarm_us), MICROSECOND)
    if (
      isDue(pump.stoppedWarning_us) &&
      !warned.some(
        (at_us) =>
          compare(at_us, add(warning_us, MICROSECOND)) <= 0 && compare(at_us, lastMotion(evidence, spell.from_us)) >= 0,
      )
    )
      return {
        invariant: 'standing',
        at_us: warning_us,
        detail: `a pump stopped at ${duration(spell.from_us)} never warned`,
      }
    if (isDue(add(pump.stoppedAlarm_us, whole(2))) && !stands.some((one) => isWithin(one, alarm_us)))
      return {
        invariant: 'standing',
        at_us: alarm_us,
        detail: `stopped-pump does not sound though the pump was stopped at ${duration(spell.from_us)}`,
      }
  }
  for (const { alarm, state, t_us } of alarms) {
    const at_us = whole(t_us)
    if (alarm !== 'stopped-pump' || state !== 'raised' || off.some((one) => equal(one.to_us, at_us))) continue
    if (suspended.some((one_us) => equal(one_us, at_us))) continue
    const spell = {
      from_us: add(subtract(at_us, pump.stoppedAlarm_us), whole(TICK_us)),
      to_us: subtract(at_us, whole(TICK_us)),
    }
    if (compare(spell.from_us, spell.to_us) >= 0 || spell.from_us.n < 0n) continue
    const pulled = stallEnds(evidence).filter((one_us) => isWithin(spell, one_us)).length
    if (isPositive(subtract(rotorIn(evidence, spell), whole(pulled))))
      return {
        invariant: 'standing',
        at_us,
        detail: `stopped-pump was raised at ${duration(at_us)}, though the rotor has turned since`,
      }
  }
  return null
}

/** The last instant by which the rotor had made every step it had made by then; nothing before the first. */
function lastMotion({ rotorBy }: Evidence, at_us: Rational): Rational {
  const steps = rotorBy(at_us)
  if (isZero(steps)) return ZERO
  let [low, high] = [-1n, at_us.n / at_us.d]
  while (high - low > 1n) {
    const middle = (low + high) / 2n
    if (compare(rotorBy({ n: middle, d: 1n }), steps) >= 0) high = middle
    else low = middle
  }
  return subtract({ n: high, d: 1n }, whole(TICK_us))
}

/** A stall is noticed with as many lost steps in a row as the model says, when the pump hears of the last of them. */
export function stalls(evidence: Evidence): Breach | null {
  const { records, scenario, off, rotorBy } = evidence
  if (off.length > 0 || scenario.faults.some(({ fault }) => fault === 'clock-drift')) return null
  const { stallDetection_steps } = scenario.pump
  const spells = alarmSpells(evidence, 'motor-stall')
  let [row, last_us]: [number, Rational | null] = [0, null]
  for (const run of recordsOf(records, 'withdrawn')) {
    const due_us = fromExact(run.first_us)
    // Who is told of no lost step for longer than a step takes has been told of one that moved.
    const moved =
      last_us !== null &&
      isPositive(subtract(rotorBy(subtract(due_us, MICROSECOND)), rotorBy(add(last_us, whole(TICK_us)))))
    row = moved ? 1 : row + 1
    last_us = due_us
    const at_us = whole(run.t_us)
    if (compare(at_us, evidence.end_us) >= 0) break
    if (
      row >= stallDetection_steps &&
      !spells.some((spell) => isWithin(spell, at_us)) &&
      stallEnds(evidence).length === 0
    )
      return {
        invariant: 'stalls',
        at_us,
        detail: `${row} steps in a row were lost by ${duration(at_us)} and motor-stall does not sound`,
      }
  }
  const lost = recordsOf(records, 'withdrawn')
  for (const { from_us } of spells) {
    if (!lost.some(({ t_us }) => equal(whole(t_us), from_us)))
      return {
        invariant: 'stalls',
        at_us: from_us,
        detail: `motor-stall was raised at ${duration(from_us)}, when no step was lost`,
      }
  }
  return null
}

/** Power that comes back is alarmed, and so is a record of which no copy is whole; one that can be mended is. */
export function resets(evidence: Evidence): Breach | null {
  const { off, scenario, end_us, alarms, events } = evidence
  const resets = alarmSpells(evidence, 'low-battery-reset')
  for (const { to_us } of off) {
    if (compare(to_us, end_us) < 0 && !resets.some((spell) => isWithin(spell, to_us)))
      return {
        invariant: 'resets',
        at_us: to_us,
        detail: `power came back at ${duration(to_us)} and low-battery-reset does not sound`,
      }
  }
  const flips = scenario.faults.filter(({ fault }) => fault === 'bit-flip')
  const [flip] = flips
  if (
    flip?.fault !== 'bit-flip' ||
    flips.length > 1 ||
    scenario.faults.some(({ fault }) => fault === 'clock-drift' || fault === 'power-cut')
  )
    return null
  const latest_us = add(add(flip.at_us, scenario.pump.memoryCheck_us), MICROSECOND)
  if (compare(latest_us, end_us) >= 0) return null
  const between: Spell = { from_us: subtract(flip.at_us, MICROSECOND), to_us: latest_us }
  const found =
    flip.copy === 'both'
      ? alarms.some(
          ({ alarm, state, t_us }) => alarm === 'memory-error' && state === 'raised' && isWithin(between, whole(t_us)),
        )
      : events.some(({ event, t_us }) => event === 'memory-repaired' && isWithin(between, whole(t_us)))
  if (found) return null
  return {
    invariant: 'resets',
    at_us: flip.at_us,
    detail: `${flip.text} at ${duration(flip.at_us)} was not found by ${duration(latest_us)}`,
  }
}

/** Service ends a replacement period after replacement fell due, and replacement is due at the age of the model at the latest. */
export function service(evidence: Evidence): Breach | null {
  const { alarms, off, scenario, end_us } = evidence
  const { pump, faults } = scenario
  if (faults.some(({ fault }) => fault === 'clock-drift')) return null
  const raisedAt = (name: string) => {
    const found = alarms.find(({ alarm, state }) => alarm === name && state === 'raised')
    return found === undefined ? undefined : whole(found.t_us)
  }
  const [due_us, ended_us] = [raisedAt('elective-replacement'), raisedAt('end-of-service')]
  const [worn_us] = [raisedAt('tube-set-end-of-life')]
  const late = (what: string, at_us: Rational, found: Rational | undefined): Breach | null => {
    const cut = off.find((one) => isWithin(one, at_us))
    const latest_us = add(cut === undefined ? at_us : cut.to_us, MICROSECOND)
    if (compare(latest_us, end_us) >= 0 || (found !== undefined && compare(found, latest_us) <= 0)) return null
    return {
      invariant: 'service',
      at_us,
      detail: `${what} was due at ${duration(at_us)} and came ${found === undefined ? 'never' : `at ${duration(found)}`}`,
    }
  }
  const byAge = late('elective-replacement', pump.serviceLife_us, due_us)
  if (byAge !== null) return byAge
  if (worn_us !== undefined && due_us === undefined)
    return { invariant: 'service', at_us: worn_us, detail: 'the tube is worn out and replacement is not due' }
  if (due_us === undefined) {
    return ended_us === undefined
      ? null
      : { invariant: 'service', at_us: ended_us, detail: 'service ended without notice' }
  }
  const end = add(due_us, pump.replacementPeriod_us)
  if (ended_us !== undefined && compare(ended_us, subtract(end, MICROSECOND)) < 0)
    return {
      invariant: 'service',
      at_us: ended_us,
      detail: `service ended at ${duration(ended_us)}, before ${duration(end)}`,
    }
  return late('end-of-service', end, ended_us)
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
