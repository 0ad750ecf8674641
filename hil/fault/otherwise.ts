/**
 * Who else may notice first, and where: what the catalogue's expectation depends on, as a table by the name of the fault.
 *
 * What a pump is told may break a limit or leave its range; what parts slowly may stay within a tolerance to the end of a
 * run; what a reservoir lacks shows when it runs dry, or at the refill before that.
 */
import type { CatalogueEntry, Otherwise } from '#hil/fault/catalogue-entry'

const TOLERABLE: readonly Otherwise[] = [
  { expected: 'nobody', where: 'tolerable' },
  { expected: 'reconciliation', where: 'tolerable' },
]
const BY_DRUG: readonly Otherwise[] = [...TOLERABLE, { expected: 'dose-check', where: 'stronger' }]
const RUNS_DRY: readonly Otherwise[] = [
  { expected: 'volume-check', where: 'dry' },
  { expected: 'dose-check', where: 'dry' },
]
const TOLD: readonly Otherwise[] = [
  { expected: 'refused', where: 'refused' },
  { expected: 'warned', where: 'warned' },
  { expected: 'nobody', where: 'tolerable' },
]
const DELIVERABLE: readonly Otherwise[] = [{ expected: 'volume-check', where: 'given' }]
const LASTING: readonly Otherwise[] = [{ expected: 'reconciliation', where: 'lasting' }]

/** By name; entries of the group `programming` have {@link TOLD} besides. */
export const OTHERWISE: Readonly<Record<string, readonly Otherwise[]>> = {
  'motor-slip-worn': BY_DRUG,
  'over-infusion': BY_DRUG,
  'over-infusion-drift': BY_DRUG,
  'under-infusion': BY_DRUG,
  'under-infusion-drift': BY_DRUG,
  'occlusion-released': TOLERABLE,
  'catheter-leak': TOLERABLE,
  'catheter-microfracture': TOLERABLE,
  'side-port-injection': TOLERABLE,
  'septum-leak': RUNS_DRY,
  'pocket-fill': [...TOLERABLE, { expected: 'reconciliation', where: 'enough' }],
  overfill: [{ expected: 'dose-check', where: 'stronger' }],
  'power-cut-in-write': [{ expected: 'refused', where: 'programmed' }],
  'tenth-of-the-dose': DELIVERABLE,
  'micrograms-for-milligrams': DELIVERABLE,
  'per-day-for-per-hour': DELIVERABLE,
  'fill-half-filled': RUNS_DRY,
  'refill-half-filled': RUNS_DRY,
  'fill-half-entered': LASTING,
  'refill-half-entered': LASTING,
}

/** The entry with all that its expectation depends on. */
export function withOtherwise(entry: CatalogueEntry): CatalogueEntry {
  const otherwise = [...(OTHERWISE[entry.name] ?? []), ...(entry.group === 'programming' ? TOLD : [])].filter(
    ({ expected }) => expected !== entry.expected,
  )
  return otherwise.length === 0 ? entry : { ...entry, otherwise }
}
