/**
 * What a pump accepted: an intent of its own, of which the oracle works out a ledger as of any prescription.
 *
 * What was refused is left out, a slip is in, a stop and a restart are therapies, and the fluid is the one that the pump was told
 * of. It holds up to the first instant at which the pump gives up by itself what it was told, and again from a therapy
 * programmed after that.
 */
import type { Program } from '#firmware-sim/messages'
import type { Intent } from '#hil/oracle/prescribed'
import { fromExact } from '#hil/run/exact'
import type { Evidence, Spell } from '#hil/run/invariants/evidence'
import { recordsOf } from '#hil/run/ledgers'
import { programRecord } from '#hil/run/program-record'
import { programOf, refillOrder, setAgain } from '#hil/run/programs'
import type { Entry, ProgrammedFill, ScenarioEvent, Therapy } from '#hil/scenario/types'
import { as, type Time_us } from '#units/quantity'
import {
  add,
  compare,
  divide,
  equal,
  larger,
  type Rational,
  ratio,
  subtract,
  times,
  whole,
  ZERO,
} from '#units/rational'

/** After everything else of an instant, and long before the next one. */
const JUST_AFTER_us = ratio(1n, 1_000_000n)

const STOPPED: Therapy = { mode: 'stopped' }
const MINIMUM_RATE: Therapy = { mode: 'minimum-rate' }

/** Alarms with which the pump gives up what it was told. */
const GIVING_UP: ReadonlySet<string> = new Set([
  'empty-reservoir',
  'end-of-service',
  'low-battery-reset',
  'memory-error',
])
const GIVEN_UP: ReadonlySet<string> = new Set(['therapy-suspended', 'boluses-ended', 'delivery-stopped', 'safe-state'])

/** Faults after which nobody can tell from the trace what the clock of the pump shows. */
const MISTIMING: ReadonlySet<string> = new Set(['clock-drift', 'clock-step'])

/** What the pump took, as an intent of its own, and where it can be held to it. */
export interface Accepted {
  readonly intent: Intent
  readonly spells: readonly Spell[]
  /** By how much at most, all together, things were set apart from what else happened at their instants; zero where nothing was. */
  readonly apart_us: Rational
}

/** Found once for each run, whoever asks. */
const KNOWN = new WeakMap<Evidence, Accepted>()

export function acceptedBy(evidence: Evidence): Accepted {
  const known = KNOWN.get(evidence) ?? accepted(evidence)
  KNOWN.set(evidence, known)
  return known
}

function accepted(evidence: Evidence): Accepted {
  const { scenario, end_us } = evidence
  const breaks = breaksOf(evidence)
  const entries = acceptedEntries(evidence)
  const spells: Spell[] = [{ from_us: ZERO, to_us: breaks[0] ?? end_us }]
  for (const { kind, at_us } of entries) {
    const last_us = spells.at(-1)?.to_us ?? end_us
    if (kind !== 'therapy' || !isResumable(evidence) || compare(at_us, last_us) <= 0) continue
    spells.push({ from_us: at_us, to_us: breaks.find((one_us) => compare(one_us, at_us) >= 0) ?? end_us })
  }
  const told: Intent = {
    pump: scenario.pump,
    catheter_uL: scenario.catheter_uL,
    line: scenario.line,
    limits: scenario.limits,
    duration_us: scenario.duration_us,
    fill: asTold(scenario.fill),
    clock_us: scenario.pumpClock_us,
    prescription: entries,
    events: acceptedEvents(evidence),
  }
  const moved = entries.filter(({ at_us }) => !evidence.applied.some(({ when_us }) => equal(when_us, at_us)))
  // Each is set after the one before it, so that the last of n is n moments late.
  const apart_us = times(JUST_AFTER_us, moved.length * moved.length)
  return { intent: told, spells, apart_us }
}

/** A fill as the pump was told of it, as if that were what is in it and what was meant. */
function asTold({ programmed }: ProgrammedFill): ProgrammedFill {
  return { actual: programmed, meant: programmed, programmed }
}

/** The first instants at which the pump is no longer where what it accepted would have it. */
function breaksOf(evidence: Evidence): readonly Rational[] {
  const { alarms, events, off, scenario, records } = evidence
  const drifts = scenario.faults.filter(({ fault }) => MISTIMING.has(fault)).map(({ at_us }) => at_us as Rational)
  const bridged = scenario.programming.some(({ kind }) => kind === 'bridge')
  const lost = bridged ? recordsOf(records, 'withdrawn').map((run) => fromExact(run.first_us)) : []
  return [
    ...alarms.filter(({ alarm, state }) => state === 'raised' && GIVING_UP.has(alarm)).map(({ t_us }) => whole(t_us)),
    ...events.filter(({ event }) => GIVEN_UP.has(event)).map(({ t_us }) => whole(t_us)),
    ...off.map(({ from_us }) => from_us),
    ...brownOuts(evidence),
    ...stopsOfPrimes(evidence),
    ...drifts,
    ...lost,
  ].toSorted(compare)
}

/** Resets by a fault, of which no alarm tells where that of an earlier one is still on. */
function brownOuts({ scenario }: Evidence): readonly Rational[] {
  return scenario.faults.flatMap(({ fault, at_us }) => (fault === 'brown-out' ? [at_us] : []))
}

/** Where a stop may have ended a prime, which no prescription can say. */
function stopsOfPrimes({ applied, scenario }: Evidence): readonly Rational[] {
  const { pump, catheter_uL } = scenario
  let until_us: Rational = ZERO
  const stops: Rational[] = []
  for (const { readback, text, when_us } of applied) {
    if (readback.kind === 'prime') {
      const volume_uL = readback.volume_uL === 'auto' ? add(pump.tube_uL, catheter_uL) : fromExact(readback.volume_uL)
      until_us = add(larger(until_us, when_us), divide(volume_uL, pump.rateMax_uL_per_us))
    }
    if (text === 'stop' && compare(when_us, until_us) < 0) stops.push(when_us)
  }
  return stops
}

/** Whether the oracle knows enough to go on once the pump gave up: nothing is left of what was given once. */
function isResumable({ scenario, alarms }: Evidence): boolean {
  const drifts = scenario.faults.some(({ fault }) => MISTIMING.has(fault))
  const once = scenario.programming.some(
    ({ kind }) => kind === 'bridge' || kind === 'prime' || kind === 'patient-bolus',
  )
  return !drifts && !once && !alarms.some(({ alarm }) => alarm === 'memory-error')
}

/** What the pump took of what it was sent, stops and restarts as therapies. */
function acceptedEntries({ applied, scenario }: Evidence): readonly Entry[] {
  const open = [...scenario.programming]
  const known = open.flatMap((entry) =>
    entry.kind === 'therapy' ? [[JSON.stringify(programRecord(programOf(entry))), entry.therapy] as const] : [],
  )
  const therapies = new Map(known)
  let nudge_us = ZERO
  const entries = applied.flatMap(({ text, when_us, readback }): Entry[] => {
    if (text === 'stop' || text === 'restart') {
      // Alone it happens at its very instant: a bolus of its pattern may be due then. What a patient asks for comes before it.
      const isAlone =
        applied.filter((other) => equal(other.when_us, when_us)).length === 1 &&
        !scenario.events.some(({ kind, at_us }) => kind === 'request-bolus' && equal(at_us, when_us))
      nudge_us = isAlone ? ZERO : add(nudge_us, JUST_AFTER_us)
      const therapy = text === 'stop' ? STOPPED : (therapies.get(JSON.stringify(readback)) ?? MINIMUM_RATE)
      return [{ at_us: as<Time_us>(add(when_us, nudge_us)), text, confirm: true, kind: 'therapy', therapy }]
    }
    const place = open.findIndex((entry) => entry.text === text && equal(entry.at_us, when_us))
    return place === -1 ? [] : open.splice(place, 1)
  })
  return entries.toSorted((a, b) => compare(a.at_us, b.at_us))
}

/** What else the oracle follows: refills as the pump was told of them, clocks as it was set, and what the patient asked. */
function acceptedEvents(evidence: Evidence): readonly ScenarioEvent[] {
  const { scenario, applied } = evidence
  const open = [...applied]
  const isTaken = (at_us: Rational, program: Program) => {
    const meant = JSON.stringify(programRecord(program))
    const place = open.findIndex((one) => equal(one.when_us, at_us) && JSON.stringify(one.readback) === meant)
    return place !== -1 && open.splice(place, 1).length > 0
  }
  const events = scenario.events.flatMap((event): ScenarioEvent[] => {
    if (event.kind === 'request-bolus') return [event]
    if (event.kind === 'set-clock') {
      // One who does again what was done already moves the clock on by as much.
      const again = { ...event, to_us: setAgain(scenario, event) }
      return [event, again].filter(({ kind, at_us, to_us }) => isTaken(at_us, { kind, to_us }))
    }
    if (event.kind !== 'refill' || !isTaken(event.at_us, refillOrder(event).program)) return []
    return [{ ...event, fill: asTold(event.fill) }]
  })
  // Nobody sets a clock before it has power again.
  return [...clocksThatStood(evidence), ...events].toSorted((a, b) => compare(a.at_us, b.at_us))
}

/** Without power the clock of the pump stands still: when power returns it shows what it showed. */
function clocksThatStood({ off, applied, scenario, end_us }: Evidence): readonly ScenarioEvent[] {
  const sets = applied.flatMap(({ readback, when_us }) =>
    readback.kind === 'set-clock' ? [{ at_us: when_us, to_us: fromExact(readback.to_us) }] : [],
  )
  let [at_us, reading_us]: [Rational, Rational] = [ZERO, scenario.pumpClock_us]
  return off.flatMap(({ from_us, to_us }): ScenarioEvent[] => {
    for (const set of sets) {
      if (compare(set.at_us, at_us) >= 0 && compare(set.at_us, from_us) <= 0)
        [at_us, reading_us] = [set.at_us, set.to_us]
    }
    reading_us = add(reading_us, subtract(from_us, at_us))
    at_us = to_us
    return compare(to_us, end_us) < 0 ? [{ kind: 'set-clock', at_us: as(to_us), to_us: as(reading_us) }] : []
  })
}
