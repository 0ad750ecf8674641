/**
 * Programming: whether the pump holds what was prescribed, and whether it refused what it had to.
 *
 * This compares intentions, not volumes: what the prescription asks for and what the pump read back when it stored it.
 */
import type { Observation } from '#hil/run/checks/observation'
import { exact, fromExact } from '#hil/run/exact'
import { type Ledgers, type RecordOf, recordsOf } from '#hil/run/ledgers'
import { programRecord } from '#hil/run/program-record'
import { programOf } from '#hil/run/programs'
import type { DoseRecord, ProgramRecord, RateRecord, TherapyRecord } from '#hil/run/trace'
import type { Check, Entry, Fill, Scenario } from '#hil/scenario/types'
import { decimal, duration } from '#units/format'
import { as } from '#units/quantity'
import { compare, equal, multiply, type Rational, times, whole, ZERO } from '#units/rational'

type ProgrammedAsPrescribed = Extract<Check, { check: 'programmed-as-prescribed' }>
type Refused = Extract<Check, { check: 'refused' }>

/** What a pump is told that nobody prescribes: what time it is. */
const NO_PRESCRIPTION: ReadonlySet<ProgramRecord['kind']> = new Set(['set-clock'])

const MISSING = 'the pump does not hold'
const EXTRA = 'nobody prescribed'

/** One line of either list, in comparable form. */
interface Line {
  readonly at_us: Rational
  readonly text: string
  readonly meaning: string
}

export function programmedAsPrescribed(check: ProgrammedAsPrescribed, ledgers: Ledgers): Observation {
  const { scenario } = ledgers
  const inSpan = ({ at_us }: Line) => compare(at_us, check.from_us) >= 0 && compare(at_us, check.to_us) <= 0
  const prescribed = [
    ...scenario.prescription.map((entry) => prescribedLine(entry, scenario)),
    ...meantFills(scenario),
  ].filter(inSpan)
  const programmed = recordsOf(ledgers.records, 'applied')
    .filter(({ readback }) => !NO_PRESCRIPTION.has(readback.kind))
    .map((applied) => appliedLine(applied, scenario))
    // The pump is set up with its first fill before the run, so what it was told of it stands in the scenario.
    .concat(suspensions(ledgers), fillLine(ZERO, scenario.fill.programmed))
    .filter(inSpan)
  const missing = without(prescribed, programmed).map((line) => ({ line, what: MISSING }))
  const extra = without(programmed, prescribed).map((line) => ({ line, what: EXTRA }))
  const differences = [...missing, ...extra].sort((a, b) => compare(a.line.at_us, b.line.at_us))
  const [first] = differences
  return {
    outcome: first === undefined ? 'pass' : 'fail',
    measured: whole(differences.length),
    limit: ZERO,
    unit: 'entries',
    at_us: first?.line.at_us ?? null,
    detail:
      first === undefined
        ? `the pump holds each of the ${prescribed.length} prescribed entries and fills`
        : describe(first, differences),
    ...(first === undefined ? {} : { parted: [{ pair: 'program', since_us: first.line.at_us }] }),
  }
}

/** What was told otherwise than it was meant, or filled otherwise than its label says. */
export interface Slip {
  readonly at_us: Rational
  /** For people. */
  readonly text: string
}

/**
 * Entries and fills of a scenario that are not told to the pump as they were meant, and fills that are not what was meant,
 * whatever the pump makes of them: one of each instant, in order of time.
 */
export function slipsOf(scenario: Scenario): readonly Slip[] {
  // What is never committed is told to nobody.
  const lines = (entries: readonly Entry[]) =>
    entries.filter(({ commit }) => commit !== false).map((entry) => prescribedLine(entry, scenario))
  const meant = [...lines(scenario.prescription), ...meantFills(scenario)]
  const told = [...lines(scenario.programming), ...toldFills(scenario)]
  const differences = [
    ...without(meant, told).map((line) => ({ line, what: MISSING })),
    ...without(told, meant).map((line) => ({ line, what: EXTRA })),
  ]
  return [
    ...(equal(scenario.clock_us, scenario.pumpClock_us) ? [] : [CLOCK]),
    ...differences.map((one): Slip => ({ at_us: one.line.at_us, text: describe(one, differences) })),
    ...mislabeled(scenario),
  ]
    .toSorted((a, b) => compare(a.at_us, b.at_us))
    .filter(({ at_us }, index, sorted) => {
      const before = sorted[index - 1]
      return before === undefined || !equal(before.at_us, at_us)
    })
}

/** Fills that are not what their label says. */
function mislabeled(scenario: Scenario): readonly Slip[] {
  return fillsOf(scenario).flatMap(({ at_us, fill: { actual, meant } }) => {
    const [filled, label] = [fillLine(at_us, actual), fillLine(at_us, meant)]
    if (filled.meaning === label.meaning) return []
    return [{ at_us, text: `at ${duration(at_us)} "${filled.text}" where "${label.text}" was meant` }]
  })
}

/** The clock is set before anything is programmed. */
const CLOCK: Slip = { at_us: ZERO, text: 'the clock of the pump is not set to the true time' }

interface Difference {
  readonly line: Line
  readonly what: string
}

/** Of a fill that the pump was told otherwise than it was meant, both. */
function describe({ line, what }: Difference, differences: readonly Difference[]): string {
  const at = `at ${duration(line.at_us)}`
  const isFill = ({ meaning, at_us }: Line) => meaning.startsWith('fill ') && equal(at_us, line.at_us)
  const fills = differences.filter((difference) => isFill(difference.line))
  const [filled, told] = [MISSING, EXTRA].map((kind) => fills.find((one) => one.what === kind)?.line.text)
  return isFill(line) && filled !== undefined && told !== undefined
    ? `${at} the pump was told "${told}" of what was meant to be "${filled}"`
    : `${at} ${what} "${line.text}"`
}

/** Whether something was refused at the instant; several checks of one instant want as many refusals. */
export function refusedAsExpected(check: Refused, ledgers: Ledgers): Observation {
  const { checks } = ledgers.scenario
  const alike = checks.filter((other) => other.check === 'refused' && equal(other.at_us, check.at_us))
  const wanted = alike.indexOf(check)
  const refusals = recordsOf(ledgers.records, 'refused').filter(({ at_us }) => equal(fromExact(at_us), check.at_us))
  const refusal = refusals[wanted]
  const when = duration(check.at_us)
  const nothing =
    refusals.length === 0 ? `nothing was refused at ${when}` : `only ${refusals.length} refused at ${when}`
  return {
    outcome: refusal === undefined ? 'fail' : 'pass',
    measured: whole(refusals.length),
    limit: whole(wanted + 1),
    unit: 'refusals',
    at_us: check.at_us,
    detail: refusal === undefined ? nothing : `refused: ${refusal.reason}`,
  }
}

/** What was meant to be filled: at the start, and at every refill. */
function meantFills(scenario: Scenario): Line[] {
  return fillsOf(scenario).map(({ at_us, fill: { meant } }) => fillLine(at_us, meant))
}

/** What the pump is told of every fill. */
function toldFills(scenario: Scenario): Line[] {
  return fillsOf(scenario).map(({ at_us, fill: { programmed } }) => fillLine(at_us, programmed))
}

function fillsOf({ fill, events }: Scenario) {
  return [{ at_us: ZERO, fill }, ...events.flatMap((event) => (event.kind === 'refill' ? [event] : []))]
}

function fillLine(at_us: Rational, { drug, concentration_ug_per_uL, volume_uL }: Fill): Line {
  const strength = `${decimal(times(concentration_ug_per_uL, 1000))} ug/mL`
  const text = `fill ${decimal(volume_uL)} uL of ${drug} ${strength}`
  return { at_us, text, meaning: `fill ${exact(volume_uL)} of ${drug} ${exact(concentration_ug_per_uL)}` }
}

function appliedLine({ at_us: at, readback, text }: RecordOf<'applied'>, scenario: Scenario): Line {
  const at_us = fromExact(at)
  if (readback.kind !== 'refill') return { at_us, text, meaning: meaningOf(readback, fillAt(scenario, at_us)) }
  const { drug, concentration_ug_per_uL, volume_uL } = readback
  const [concentration, volume] = [fromExact(concentration_ug_per_uL), fromExact(volume_uL)]
  return fillLine(at_us, { drug, concentration_ug_per_uL: as(concentration), volume_uL: as(volume) })
}

const GIVING_UP: ReadonlySet<string> = new Set(['delivery-stopped', 'therapy-suspended', 'boluses-ended'])

/** Where the pump gave a therapy or boluses up by itself: from then on it does not hold what was prescribed. */
function suspensions(ledgers: Ledgers): Line[] {
  return recordsOf(ledgers.records, 'event')
    .filter(({ event }) => GIVING_UP.has(event))
    .map(({ t_us, detail }) => ({ at_us: whole(t_us), text: `stopped: ${detail}`, meaning: 'suspended' }))
}

/** The lines of `a` that have no equal in `b`; equals are matched one to one. */
function without(a: readonly Line[], b: readonly Line[]): Line[] {
  const key = ({ at_us, meaning }: Line) => `${exact(at_us)} ${meaning}`
  const left = new Map<string, number>()
  for (const line of b) left.set(key(line), (left.get(key(line)) ?? 0) + 1)
  return a.filter((line) => {
    const count = left.get(key(line)) ?? 0
    left.set(key(line), count - 1)
    return count <= 0
  })
}

/** The fill that should be in the pump at an instant, which turns a dose by mass into the volume it should be. */
function fillAt(scenario: Scenario, at_us: Rational): Fill {
  let fill = scenario.fill.meant
  for (const event of scenario.events) {
    if (event.kind === 'refill' && compare(event.at_us, at_us) <= 0) fill = event.fill.meant
  }
  return fill
}

function prescribedLine(entry: Entry, scenario: Scenario): Line {
  const meaning = meaningOf(programRecord(programOf(entry)), fillAt(scenario, entry.at_us))
  return { at_us: entry.at_us, text: entry.text, meaning }
}

/** What a program gives, in mass, so that a dose by volume and the same one by mass mean the same. */
function meaningOf(record: ProgramRecord, fill: Fill): string {
  switch (record.kind) {
    case 'therapy':
      return therapyMeaning(record, fill)
    case 'bolus':
      return `bolus ${massOf(record, fill)} over ${record.over_us}`
    case 'prime':
    case 'bridge':
      return `${record.kind} ${record.volume_uL}`
    case 'patient-bolus': {
      const { over_us, lockout_us, max_per_day } = record
      return `patient-bolus ${massOf(record, fill)} over ${over_us} after ${lockout_us} up to ${max_per_day}`
    }
    case 'refill':
    case 'restart':
    case 'set-clock':
      return record.kind
  }
}

function therapyMeaning(therapy: TherapyRecord, fill: Fill): string {
  switch (therapy.mode) {
    case 'flex': {
      const boluses = therapy.boluses.toSorted((a, b) => compare(fromExact(a.at_us), fromExact(b.at_us)))
      const texts = boluses.map((bolus) => `${bolus.at_us} ${massOf(bolus, fill)} over ${bolus.over_us}`)
      return `flex ${massOf(therapy.basal, fill)} + ${texts.join(', ')} on ${therapy.days.toSorted().join(' ')}`
    }
    case 'periodic-bolus': {
      const { basal, over_us, every_us } = therapy
      // A basal rate of nothing and none at all are the same.
      const under = basal === null ? '0' : massOf(basal, fill)
      return `periodic-bolus ${under} + ${massOf(therapy, fill)} over ${over_us} every ${every_us}`
    }
    default: {
      const { mode, dose, unit } = therapy
      return dose === null || unit === null ? mode : `${mode} ${massOf({ dose, unit }, fill)}`
    }
  }
}

function massOf({ dose, unit }: DoseRecord | RateRecord, fill: Fill): string {
  const byVolume = unit === 'uL' || unit === 'uL/us'
  return byVolume ? exact(multiply(fromExact(dose), fill.concentration_ug_per_uL)) : dose
}
