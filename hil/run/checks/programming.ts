/**
 * Programming: whether the pump holds what was prescribed, and whether it refused what it had to.
 *
 * This compares intentions, not volumes: what the prescription asks for and what the pump read back when it stored it.
 */
import type { Observation } from '#hil/run/checks/observation'
import { exact, fromExact } from '#hil/run/exact'
import { type Ledgers, recordsOf } from '#hil/run/ledgers'
import type { ProgramRecord } from '#hil/run/trace'
import type { Check, Dose, DoseRate, Entry, Fill, Scenario } from '#hil/scenario/types'
import { duration } from '#units/format'
import { compare, equal, multiply, type Rational, whole, ZERO } from '#units/rational'

type ProgrammedAsPrescribed = Extract<Check, { check: 'programmed-as-prescribed' }>
type Refused = Extract<Check, { check: 'refused' }>

/** One line of either list, in comparable form. */
interface Line {
  readonly at_us: Rational
  readonly text: string
  readonly meaning: string
}

export function programmedAsPrescribed(check: ProgrammedAsPrescribed, ledgers: Ledgers): Observation {
  const { scenario } = ledgers
  const inSpan = ({ at_us }: Line) => compare(at_us, check.from_us) >= 0 && compare(at_us, check.to_us) <= 0
  const prescribed = scenario.prescription.map((entry) => prescribedLine(entry, scenario)).filter(inSpan)
  const programmed = recordsOf(ledgers.records, 'applied')
    .filter(({ readback }) => readback.kind !== 'refill')
    .map((applied): Line => {
      const at_us = fromExact(applied.at_us)
      return { at_us, text: applied.text, meaning: meaningOf(applied.readback, fillAt(scenario, at_us)) }
    })
    .concat(suspensions(ledgers))
    .filter(inSpan)
  const missing = without(prescribed, programmed).map((line) => ({ line, what: 'the pump does not hold' }))
  const extra = without(programmed, prescribed).map((line) => ({ line, what: 'nobody prescribed' }))
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
        ? `the pump holds each of the ${prescribed.length} prescribed entries`
        : `at ${duration(first.line.at_us)} ${first.what} "${first.line.text}"`,
  }
}

export function refusedAsExpected(check: Refused, ledgers: Ledgers): Observation {
  const refusal = recordsOf(ledgers.records, 'refused').find(({ at_us }) => equal(fromExact(at_us), check.at_us))
  return {
    outcome: refusal === undefined ? 'fail' : 'pass',
    measured: whole(refusal === undefined ? 0 : 1),
    limit: whole(1),
    unit: 'refusals',
    at_us: check.at_us,
    detail: refusal === undefined ? `nothing was refused at ${duration(check.at_us)}` : `refused: ${refusal.reason}`,
  }
}

/** Where the pump gave a therapy up by itself: from then on it does not hold what was prescribed. */
function suspensions(ledgers: Ledgers): Line[] {
  return recordsOf(ledgers.records, 'event')
    .filter(({ event }) => event === 'delivery-stopped')
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

/** The true fill in the pump at an instant, which turns a dose by mass into the volume it should be. */
function fillAt(scenario: Scenario, at_us: Rational): Fill {
  let fill = scenario.fill.actual
  for (const event of scenario.events) {
    if (event.kind === 'refill' && compare(event.at_us, at_us) <= 0) fill = event.fill.actual
  }
  return fill
}

function prescribedLine(entry: Entry, scenario: Scenario): Line {
  const fill = fillAt(scenario, entry.at_us)
  const meaning =
    entry.kind === 'bolus'
      ? bolusMeaning(massOf(entry.bolus.dose, fill), entry.bolus.over_us)
      : therapyMeaning(entry.therapy.mode, 'dose' in entry.therapy ? massRateOf(entry.therapy.dose, fill) : null)
  return { at_us: entry.at_us, text: entry.text, meaning }
}

function meaningOf(record: ProgramRecord, fill: Fill): string {
  const inMass = (dose: Rational, byVolume: boolean) => (byVolume ? multiply(dose, fill.concentration_ug_per_uL) : dose)
  switch (record.kind) {
    case 'therapy': {
      const dose = record.dose === null ? null : inMass(fromExact(record.dose), record.unit === 'uL/us')
      return therapyMeaning(record.mode, dose)
    }
    case 'bolus':
      return bolusMeaning(inMass(fromExact(record.dose), record.unit === 'uL'), fromExact(record.over_us))
    case 'refill':
      return 'refill'
  }
}

function massOf(dose: Dose, fill: Fill): Rational {
  return dose.by === 'mass' ? dose.mass_ug : multiply(dose.volume_uL, fill.concentration_ug_per_uL)
}

function massRateOf(dose: DoseRate, fill: Fill): Rational {
  return dose.by === 'mass' ? dose.rate_ug_per_us : multiply(dose.rate_uL_per_us, fill.concentration_ug_per_uL)
}

function therapyMeaning(mode: string, dose: Rational | null): string {
  return `${mode} ${dose === null ? '' : exact(dose)}`
}

function bolusMeaning(mass_ug: Rational, over_us: Rational): string {
  return `bolus ${exact(mass_ug)} over ${exact(over_us)}`
}
