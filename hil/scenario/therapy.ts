/** Prescription and programming: therapies and boluses with their times, in the order in which they take effect. */
import type { z } from 'zod'
import type { Findings } from '#hil/scenario/findings'
import { type bolusSchema, entrySchema, MOST_ENTRIES, type therapySchema } from '#hil/scenario/language'
import type { Written } from '#hil/scenario/quantities'
import type { Path } from '#hil/scenario/sheet'
import { given, read, valueIn } from '#hil/scenario/structure'
import { instantWithin, inTimeOrder, listAt, type Span } from '#hil/scenario/timeline'
import type { Bolus, Dose, DoseRate, Entry, Therapy } from '#hil/scenario/types'
import { quoted } from '#hil/scenario/wording'
import { as, type MassRate_ug_per_us, type Volume_uL, type VolumeRate_uL_per_us } from '#units/quantity'
import { toText } from '#units/rational'

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
  const begun = new Set<string>()
  const entries = listAt(findings, [list], MOST_ENTRIES).flatMap((path) => readEntry(findings, path, run, begun))
  return inTimeOrder(entries, (entry) => (entry.kind === 'therapy' ? 0 : 1))
}

/** `begun` holds the times at which a therapy of the list starts. */
function readEntry(findings: Findings, path: Path, run: Span | undefined, begun: Set<string>): Entry[] {
  const before = findings.count
  const written = read(findings, path, entrySchema)
  const at_us = instantWithin(findings, path, run)
  if (written === undefined) return []
  const { at, therapy, bolus } = written
  if ((therapy === undefined) === (bolus === undefined)) {
    if (findings.count === before) findings.add(path, 'an entry has either "therapy" or "bolus"')
    return []
  }
  if (at_us === undefined) return []
  if (bolus !== undefined) return [{ at_us, kind: 'bolus', bolus: bolusOf(bolus), text: bolusText(bolus) }]
  if (therapy === undefined) return []
  const time = toText(at_us)
  if (begun.has(time)) findings.add([...path, 'at'], `${quoted(at.text)}: another therapy of this list starts then`)
  begun.add(time)
  return [{ at_us, kind: 'therapy', therapy: therapyOf(therapy), text: therapyText(therapy) }]
}

function therapyOf(therapy: z.output<typeof therapySchema>): Therapy {
  if (therapy.mode !== 'simple-continuous') return { mode: therapy.mode }
  return { mode: therapy.mode, dose: rateOf(therapy.dose) }
}

function therapyText(therapy: z.output<typeof therapySchema>): string {
  return therapy.mode === 'simple-continuous' ? `${therapy.mode} ${therapy.dose.text}` : therapy.mode
}

function rateOf({ dimension, value }: Written): DoseRate {
  return dimension === 'mass rate'
    ? { by: 'mass', rate_ug_per_us: as<MassRate_ug_per_us>(value) }
    : { by: 'volume', rate_uL_per_us: as<VolumeRate_uL_per_us>(value) }
}

function bolusOf({ dose, over }: z.output<typeof bolusSchema>): Bolus {
  return { dose: doseOf(dose), over_us: as(over.value) }
}

function bolusText({ dose, over }: z.output<typeof bolusSchema>): string {
  return `bolus ${dose.text} over ${over.text}`
}

function doseOf({ dimension, value }: Written): Dose {
  return dimension === 'mass' ? { by: 'mass', mass_ug: as(value) } : { by: 'volume', volume_uL: as<Volume_uL>(value) }
}
