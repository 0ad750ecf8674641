/**
 * Causes of alarms: what went wrong, and when, as only the bench can know.
 *
 * A fault counts once it had its effect, and a stall then from its beginning. A threshold is crossed by what is truly left
 * or truly delivered and not by what the pump counts, and a stop lasts until something is programmed. Causes of an alarm are
 * in order of time.
 */

import { endOf, spellsOf } from '#hil/fault/fault'
import { alarmLatency, type Latency, type Sounding } from '#hil/oracle/alarm-latency'
import { reachedAt } from '#hil/oracle/heights'
import { fromExact } from '#hil/run/exact'
import { type Ledgers, recordsOf } from '#hil/run/ledgers'
import type { CausedAlarm, Fault, Scenario } from '#hil/scenario/types'
import { add, compare, isPositive, type Rational, smaller, subtract, whole, ZERO } from '#units/rational'

export interface Cause {
  readonly at_us: Rational
  /** When it was over; null where it lasts. */
  readonly end_us: Rational | null
  /** What it was, for people. */
  readonly text: string
  /** The number of the fault in the scenario, from 1; null where it was none. */
  readonly fault: number | null
}

/** A cause, and how the alarm answered it. */
export interface Answered {
  readonly alarm: CausedAlarm
  readonly cause: Cause
  readonly latency: Latency
}

/** Which faults are to raise an alarm; none raises another. */
const FAULTS: { readonly [A in CausedAlarm]?: (fault: Fault) => boolean } = {
  'motor-stall': ({ fault }) => ['motor-stall', 'motor-reverse', 'encoder-loss'].includes(fault),
  'low-battery-reset': ({ fault }) => fault === 'power-cut' || fault === 'brown-out',
  'memory-error': (fault) => fault.fault === 'bit-flip' && fault.copy === 'both',
}

const CAUSES: { readonly [A in CausedAlarm]: (ledgers: Ledgers) => readonly Cause[] } = {
  'motor-stall': (ledgers) => faultsOf('motor-stall', ledgers).flatMap((caused) => stallsOf(caused, ledgers.scenario)),
  'low-reservoir': (ledgers) => left(ledgers, ledgers.scenario.pump.lowReservoir_uL, 'low level reached'),
  'empty-reservoir': (ledgers) => left(ledgers, ZERO, 'reservoir empty'),
  'stopped-pump': stops,
  'low-battery-reset': (ledgers) => fired('low-battery-reset', ledgers),
  'memory-error': (ledgers) => fired('memory-error', ledgers),
  'tube-set-end-of-life': ({ scenario, delivered }) => {
    const at_us = reachedAt(delivered.displaced.heights, scenario.pump.tubeLife_uL)
    return at_us === undefined ? [] : [{ at_us, end_us: null, text: 'tube set worn out', fault: null }]
  },
}

/** What happened to a step the pump hears two playouts later, and may then raise an alarm of what is over by now. */
const HEARD_us = whole(4_000_000)

/**
 * Every cause of an alarm, and how it was answered while it lasted and for as long as the pump may not have heard that it is
 * over: by the next cause of the same alarm, or by the end of the run. An alarm that sounds later is of something else.
 */
export function answersOf(alarm: CausedAlarm, ledgers: Ledgers): readonly Answered[] {
  const sounded = soundings(alarm, ledgers)
  const causes = causesOf(alarm, ledgers)
  return causes.map((cause, index) => {
    const next_us = causes[index + 1]?.at_us ?? ledgers.scenario.duration_us
    const until_us = cause.end_us === null ? next_us : smaller(next_us, add(cause.end_us, HEARD_us))
    return { alarm, cause, latency: alarmLatency(cause.at_us, until_us, sounded) }
  })
}

/** Alarms of what the pump counts: they may sound before what is truly so, and are of that all the same. */
const COUNTED: ReadonlySet<CausedAlarm> = new Set(['low-reservoir', 'empty-reservoir', 'tube-set-end-of-life'])

/** Every time that the alarm was raised, in order of time, and all that it can have been raised of then. */
export function raisesOf(
  alarm: CausedAlarm,
  ledgers: Ledgers,
): readonly { readonly raised_us: Rational; readonly causes: readonly Cause[] }[] {
  const causes = causesOf(alarm, ledgers)
  return soundings(alarm, ledgers).map(({ raised_us, cleared_us }) => ({
    raised_us,
    causes: causes.filter(({ at_us, end_us }, index) => {
      const next_us = causes[index + 1]?.at_us
      const until_us = end_us === null ? next_us : add(end_us, HEARD_us)
      if (compare(at_us, raised_us) <= 0) return until_us === undefined || compare(raised_us, until_us) <= 0
      return COUNTED.has(alarm) && (cleared_us === null || compare(at_us, cleared_us) < 0)
    }),
  }))
}

function causesOf(alarm: CausedAlarm, ledgers: Ledgers): readonly Cause[] {
  return CAUSES[alarm](ledgers).toSorted((a, b) => compare(a.at_us, b.at_us))
}

function soundings(alarm: CausedAlarm, { records }: Ledgers): readonly Sounding[] {
  const sounded: { raised_us: Rational; cleared_us: Rational | null }[] = []
  for (const record of recordsOf(records, 'alarm').filter((one) => one.alarm === alarm)) {
    const last = sounded.at(-1)
    if (record.state === 'raised') sounded.push({ raised_us: whole(record.t_us), cleared_us: null })
    else if (last !== undefined) last.cleared_us ??= whole(record.t_us)
  }
  return sounded
}

/** Every time that a fault kept a step from moving the rotor, or from being seen to: from its beginning. */
function stallsOf({ fault, number, fired_us }: Caused, { duration_us }: Scenario): readonly Cause[] {
  const spells =
    fault.fault === 'motor-stall'
      ? spellsOf(fault, duration_us, fault.recovery_us)
      : [{ at_us: fault.at_us, end_us: endOf(fault) }]
  return spells.flatMap(({ at_us, end_us }, index): Cause[] => {
    const next_us = spells[index + 1]?.at_us ?? duration_us
    const struck = fired_us.some((one) => compare(one, at_us) > 0 && compare(one, next_us) <= 0)
    return struck ? [{ at_us, end_us, text: fault.text, fault: number }] : []
  })
}

/** A fault that is to raise an alarm, and every instant at which it was seen to have its effect. */
interface Caused {
  readonly fault: Fault
  readonly number: number
  readonly fired_us: readonly Rational[]
}

function faultsOf(alarm: CausedAlarm, { scenario, records }: Ledgers): readonly Caused[] {
  const turns = recordsOf(records, 'fault').filter(({ state }) => state === 'fired')
  return scenario.faults.flatMap((fault, index): Caused[] => {
    if (FAULTS[alarm]?.(fault) !== true) return []
    const own = turns.filter(({ number }) => number === index + 1)
    return [{ fault, number: index + 1, fired_us: own.map(({ t_us }) => whole(t_us)) }]
  })
}

/** Faults that would have been causes of the alarm, had they ever had their effect. */
export function idleFaults(alarm: CausedAlarm, ledgers: Ledgers): readonly Fault[] {
  return faultsOf(alarm, ledgers).flatMap(({ fault, fired_us }) => (fired_us.length === 0 ? [fault] : []))
}

/** Faults whose instant only the run could tell. */
function fired(alarm: CausedAlarm, ledgers: Ledgers): readonly Cause[] {
  return faultsOf(alarm, ledgers).flatMap(({ fault, number, fired_us }) =>
    fired_us.map((at_us): Cause => ({ at_us, end_us: null, text: fault.text, fault: number })),
  )
}

/** Where what is truly left falls to a level, between one fill and the next. */
function left({ records, delivered, scenario }: Ledgers, level_uL: Rational, text: string): readonly Cause[] {
  const fills = recordsOf(records, 'fill')
  let filled_uL: Rational = ZERO
  return fills.flatMap((fill, index): Cause[] => {
    filled_uL = add(filled_uL, subtract(fromExact(fill.volume_uL), fromExact(fill.withdrawn_uL)))
    const [from_us, next] = [whole(fill.t_us), fills[index + 1]]
    const to_us = next === undefined ? scenario.duration_us : whole(next.t_us)
    const enough_uL = subtract(filled_uL, level_uL)
    const reached_us = isPositive(enough_uL) ? reachedAt(delivered.drained.heights, enough_uL) : ZERO
    if (reached_us === undefined || compare(reached_us, to_us) >= 0) return []
    const at_us = compare(reached_us, from_us) < 0 ? from_us : reached_us
    return [{ at_us, end_us: next === undefined ? null : to_us, text, fault: null }]
  })
}

/** Every stop on command, until something is programmed again. */
function stops({ records }: Ledgers): readonly Cause[] {
  const applied = recordsOf(records, 'applied').filter(({ readback }) => moves(readback.kind))
  return applied.flatMap(({ readback, at_us, text }, index): Cause[] => {
    if (readback.kind !== 'therapy' || readback.mode !== 'stopped') return []
    const next = applied[index + 1]
    const end_us = next === undefined ? null : fromExact(next.at_us)
    return [{ at_us: fromExact(at_us), end_us, text, fault: null }]
  })
}

function moves(kind: string): boolean {
  return kind !== 'refill' && kind !== 'set-clock' && kind !== 'patient-bolus'
}
