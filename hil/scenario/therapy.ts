/** Prescription and programming: what is given, with its times, in the order in which it takes effect. */
import type { z } from 'zod'
import type { Findings } from '#hil/scenario/findings'
import { dailyBoluses, daysOf, dayText } from '#hil/scenario/flex'
import { MOST_ENTRIES } from '#hil/scenario/language'
import type { Written } from '#hil/scenario/quantities'
import type { Path } from '#hil/scenario/sheet'
import { given, read, valueIn } from '#hil/scenario/structure'
import { type bolusSchema, ENTRY_KINDS, entrySchema, type therapySchema } from '#hil/scenario/therapy-language'
import { instantWithin, inTimeOrder, listAt, type Span } from '#hil/scenario/timeline'
import type { Bolus, Dose, DoseRate, Entry, OneShot, Therapy } from '#hil/scenario/types'
import { quoted } from '#hil/scenario/wording'
import { as, DAY_us, type MassRate_ug_per_us, type Volume_uL, type VolumeRate_uL_per_us } from '#units/quantity'
import { add, compare, divide, multiply, type Rational, subtract, toText, whole, ZERO } from '#units/rational'

type WrittenEntry = z.output<typeof entrySchema>
type WrittenTherapy = z.output<typeof therapySchema>

/** An entry with its place in the file. */
interface Placed {
  readonly at_us: Entry['at_us']
  readonly path: Path
  readonly entry: Entry
}

/** What has been read of a list: the times at which a therapy starts, and how many daily boluses were written. */
interface Tally {
  readonly begun: Set<string>
  boluses: number
}

/** Most daily boluses that the therapies of one list write down together. */
const MOST_WRITTEN_BOLUSES = 200_000
/** Most boluses that the patterns of one list give in the run: 20 years of one an hour have 175,200. */
const MOST_GIVEN_BOLUSES = 500_000

/** The entries of `prescription` or `programming`, by time; undefined when the file has no such list. */
export function readEntries(
  findings: Findings,
  list: 'prescription' | 'programming',
  run: Span | undefined,
): readonly Entry[] | undefined {
  if (!given(findings, [list])) return undefined
  const items = valueIn(findings.sheet.root, [list])
  if (list === 'prescription' && Array.isArray(items) && items.length === 0) {
    findings.add(
      [list],
      'the prescription is empty; to prescribe nothing, write { at: 0 d, therapy: { mode: stopped } }',
    )
  }
  const tally: Tally = { begun: new Set(), boluses: 0 }
  const placed = listAt(findings, [list], MOST_ENTRIES).flatMap((path) => readEntry(findings, path, run, tally))
  if (tally.boluses > MOST_WRITTEN_BOLUSES) {
    findings.add([list], `more than ${MOST_WRITTEN_BOLUSES} daily boluses in all therapies together; write fewer`)
  }
  const ordered = inTimeOrder(placed, ({ entry }) => (entry.kind === 'therapy' ? 0 : 1))
  if (run !== undefined) refusePatternsWithoutEnd(findings, ordered, run)
  return ordered.map(({ entry }) => entry)
}

function readEntry(findings: Findings, path: Path, run: Span | undefined, tally: Tally): Placed[] {
  const before = findings.count
  const written = read(findings, path, entrySchema)
  const at_us = instantWithin(findings, path, run)
  if (written === undefined) return []
  if (ENTRY_KINDS.filter((kind) => written[kind] !== undefined).length !== 1) {
    const kinds = ENTRY_KINDS.map((kind) => `"${kind}"`).join(', ')
    if (findings.count === before) findings.add(path, `an entry has exactly one of ${kinds}`)
    return []
  }
  const what = givenBy(findings, path, written, tally)
  if (at_us === undefined || what === undefined) return []
  if (what.kind === 'therapy') {
    const time = toText(at_us)
    if (tally.begun.has(time)) {
      findings.add([...path, 'at'], `${quoted(written.at.text)}: another therapy of this list starts then`)
    }
    tally.begun.add(time)
  }
  const left = written.commit === false ? { commit: false as const } : {}
  return [{ at_us, path, entry: { at_us, confirm: written.confirm ?? true, ...left, ...what } }]
}

type Given = { readonly text: string } & ({ readonly kind: 'therapy'; readonly therapy: Therapy } | OneShot)

/** What the entry gives; undefined when something is wrong with it. */
function givenBy(findings: Findings, path: Path, written: WrittenEntry, tally: Tally): Given | undefined {
  const { therapy, bolus, prime, bridge, 'patient-bolus': patient } = written
  if (therapy !== undefined) {
    const meant = therapyOf(findings, [...path, 'therapy'], therapy, tally)
    return meant && { kind: 'therapy', therapy: meant, text: therapyText(therapy) }
  }
  if (bolus !== undefined) return { kind: 'bolus', bolus: bolusOf(bolus), text: `bolus ${bolusText(bolus)}` }
  if (prime !== undefined) return { kind: 'prime', prime: displaced(prime), text: `prime ${displacedText(prime)}` }
  if (bridge !== undefined)
    return { kind: 'bridge', bridge: displaced(bridge), text: `bridge ${displacedText(bridge)}` }
  if (patient === undefined) return undefined
  const { lockout, max_per_day } = patient
  return {
    kind: 'patient-bolus',
    patientBolus: { ...bolusOf(patient), lockout_us: as(lockout.value), maxPerDay: max_per_day },
    text: `patient-bolus ${bolusText(patient)}, lockout ${lockout.text}, at most ${max_per_day} a day`,
  }
}

function therapyOf(findings: Findings, path: Path, therapy: WrittenTherapy, tally: Tally): Therapy | undefined {
  switch (therapy.mode) {
    case 'stopped':
    case 'minimum-rate':
      return { mode: therapy.mode }
    case 'simple-continuous':
      return { mode: therapy.mode, dose: rateOf(therapy.dose) }
    case 'flex': {
      const days = daysOf(findings, [...path, 'days'], therapy.days)
      if (tally.boluses > MOST_WRITTEN_BOLUSES) return undefined
      const boluses = dailyBoluses(findings, [...path, 'boluses'], therapy.boluses, doseOf)
      tally.boluses += boluses?.length ?? 0
      return boluses && days && { mode: therapy.mode, basal: rateOf(therapy.basal), boluses, days }
    }
    case 'periodic-bolus': {
      const { mode, basal, every } = therapy
      return { mode, basal: basal === undefined ? null : rateOf(basal), ...bolusOf(therapy), every_us: as(every.value) }
    }
  }
}

function therapyText(therapy: WrittenTherapy): string {
  switch (therapy.mode) {
    case 'stopped':
    case 'minimum-rate':
      return therapy.mode
    case 'simple-continuous':
      return `${therapy.mode} ${therapy.dose.text}`
    case 'flex':
      return `${therapy.mode} ${therapy.basal.text} + ${dayText(therapy)}`
    case 'periodic-bolus': {
      const basal = therapy.basal === undefined ? '' : `${therapy.basal.text} + `
      return `${therapy.mode} ${basal}${bolusText(therapy)} every ${therapy.every.text}`
    }
  }
}

/** Refuses a therapy with which the patterns of the list give more boluses than a run can hold. */
function refusePatternsWithoutEnd(findings: Findings, ordered: readonly Placed[], run: Span): void {
  const therapies = ordered.flatMap(({ at_us, path, entry }) =>
    entry.kind === 'therapy' ? [{ at_us, path, therapy: entry.therapy }] : [],
  )
  let total = ZERO
  for (const [index, { at_us, path, therapy }] of therapies.entries()) {
    const end_us = therapies[index + 1]?.at_us ?? run.duration_us
    total = add(total, multiply(subtract(end_us, at_us), frequency(therapy)))
    if (compare(total, whole(MOST_GIVEN_BOLUSES)) <= 0) continue
    const key = therapy.mode === 'periodic-bolus' ? 'every' : 'boluses'
    findings.add([...path, 'therapy', key], `more than ${MOST_GIVEN_BOLUSES} boluses in the run; give fewer`)
    return
  }
}

/** Boluses in a microsecond. */
function frequency(therapy: Therapy): Rational {
  switch (therapy.mode) {
    case 'flex':
      return divide(whole(therapy.boluses.length), DAY_us)
    case 'periodic-bolus':
      return divide(whole(1), therapy.every_us)
    default:
      return ZERO
  }
}

function rateOf({ dimension, value }: Written): DoseRate {
  return dimension === 'mass rate'
    ? { by: 'mass', rate_ug_per_us: as<MassRate_ug_per_us>(value) }
    : { by: 'volume', rate_uL_per_us: as<VolumeRate_uL_per_us>(value) }
}

type WrittenBolus = z.output<typeof bolusSchema>

function bolusOf({ dose, over }: WrittenBolus): Bolus {
  return { dose: doseOf(dose), over_us: as(over.value) }
}

function bolusText({ dose, over }: WrittenBolus): string {
  return `${dose.text} over ${over.text}`
}

function doseOf({ dimension, value }: Written): Dose {
  return dimension === 'mass' ? { by: 'mass', mass_ug: as(value) } : { by: 'volume', volume_uL: as<Volume_uL>(value) }
}

type Displaced = NonNullable<WrittenEntry['prime']>

function displaced(written: Displaced): { readonly volume: 'auto' | Volume_uL } {
  if (written === 'auto' || written.volume === 'auto') return { volume: 'auto' }
  return { volume: as<Volume_uL>(written.volume.value) }
}

function displacedText(written: Displaced): string {
  return written === 'auto' || written.volume === 'auto' ? 'auto' : written.volume.text
}
