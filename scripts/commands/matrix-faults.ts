/** Which faults a matrix holds: those named, by name or group, or all that the rig can carry. */

import { FAULTS } from '#hil/fault/catalogue'
import type { CatalogueEntry } from '#hil/fault/catalogue-entry'
import type { RigDefinition } from '#hil/rig/rig'
import { entryNamed, uncarried } from '#scripts/faulty'

export interface ChosenFaults {
  /** In the order of the catalogue. */
  readonly entries: readonly CatalogueEntry[]
  /** Left out because the rig cannot carry them and nobody asked for them. */
  readonly left: readonly CatalogueEntry[]
  readonly problems: readonly string[]
}

const GROUPS = [...new Set(FAULTS.map(({ group }) => group as string))]

/** What is named and not carried stays: its cells are errors. */
export function faultsChosen(given: string | undefined, rig: Pick<RigDefinition, 'name'> | undefined): ChosenFaults {
  if (given === undefined) {
    const isCarried = (entry: CatalogueEntry) => rig === undefined || uncarried(entry, rig) === null
    return { entries: FAULTS.filter(isCarried), left: FAULTS.filter((entry) => !isCarried(entry)), problems: [] }
  }
  const names = given.split(',').map((name) => name.trim())
  const problems = names.flatMap((name) => {
    if (GROUPS.includes(name)) return []
    const found = entryNamed(name)
    return found.ok ? [] : [`--faults: ${found.problem}; groups are ${GROUPS.join(', ')}`]
  })
  const wanted = new Set(names)
  return { entries: FAULTS.filter(({ name, group }) => wanted.has(name) || wanted.has(group)), left: [], problems }
}
