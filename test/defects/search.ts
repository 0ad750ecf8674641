/**
 * The whole search: every hunter let loose on every defect, up to its first find. Writes found.json and docs/DEFECTS.md.
 *
 *   tsx test/defects/search.ts            needs gcc-avr and avr-libc for the rig firmware
 *   tsx test/defects/search.ts ID...      only these; what is known of others stays
 *   tsx test/defects/search.ts --by explore    only this hunter, of the pump alone; what others found stays
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Defect, type Hunt, type Hunter, library, matrix, nameOf } from './defect.ts'
import { DEFECTS, FIRMWARE_DEFECTS, quarryOf } from './defects.ts'
import { FAULT_NAMES, huntedBy, isPlaced, type Quarry, SOUND } from './hunters.ts'
import { type Found, pageOf } from './page.ts'
import { ROOT } from './seeded-pump.ts'
import { Workshop } from './seeded-rig.ts'

/** What faults are put into: half a day with a bolus, a stop and a restart. It is also what is run for the rig firmware. */
const HOST = 'field-bolus-interrupted-at-once'
/** Seeds that are explored. */
const SEEDS = Array.from({ length: 100 }, (_, place) => place + 1)
const FOUND = join(ROOT, 'test/defects/found.json')

/** All short scenarios of the library that find anything. */
const ROSTER = [
  ...new Set(DEFECTS.flatMap(({ hunts }) => hunts.flatMap((hunt) => (hunt.by === 'library' ? [hunt.scenario] : [])))),
]

const [, , ...asked] = process.argv
const by = asked[0] === '--by' ? (asked[1] ?? null) : null
const only = by === null ? asked : FIRMWARE_DEFECTS.map(({ id }) => id)

/** What a hunter tries, first what is known to find the defect. */
function huntsOf(hunter: Hunter, { file, hunts }: Defect): readonly Hunt[] {
  const known = hunts.filter(({ by }) => by === hunter)
  const onChip = !file.startsWith('firmware-sim/')
  switch (hunter) {
    case 'library':
      return [...known, ...(onChip ? [HOST] : ROSTER).map(library)]
    case 'matrix':
      return [...known, ...FAULT_NAMES.map((fault) => matrix(fault, HOST))].filter((hunt) => isPlaced(hunt, onChip))
    case 'explore':
      return [...known, ...SEEDS.map((seed): Hunt => ({ by: 'explore', seed }))]
  }
}

async function firstFind(hunts: readonly Hunt[], quarry: Quarry): Promise<string | null> {
  for (const hunt of hunts) {
    if ((await huntedBy(hunt, quarry)) !== null) return nameOf(hunt)
  }
  return null
}

/** The first find of each hunter; nobody explores a rig. */
async function findsOf(defect: Defect, quarry: Quarry, known: Found[string]): Promise<Found[string]> {
  const all: readonly Hunter[] = quarry.rig === SOUND.rig ? ['library', 'matrix', 'explore'] : ['library', 'matrix']
  const hunters = all.filter((hunter) => by === null || hunter === by)
  const finds: Partial<Record<Hunter, string | null>> = by === null ? {} : { ...known }
  for (const hunter of hunters) finds[hunter] = await firstFind(huntsOf(hunter, defect), quarry)
  return finds
}

const found = JSON.parse(readFileSync(FOUND, 'utf8')) as Record<string, Found[string]>
const workshop = new Workshop()
try {
  for (const defect of DEFECTS.filter(({ id }) => only.length === 0 || only.includes(id))) {
    const finds = await findsOf(defect, await quarryOf(defect, workshop), found[defect.id] ?? {})
    found[defect.id] = finds
    const told = Object.entries(finds).map(([hunter, by]) => `${hunter} ${by ?? '-'}`)
    process.stdout.write(`${defect.id}: ${told.join(', ')}\n`)
    if (Object.values(finds).every((by) => by === null)) process.exitCode = 1
    // Kept as it grows: the search takes its time.
    const kept = Object.fromEntries(DEFECTS.map(({ id }) => [id, found[id] ?? {}]))
    writeFileSync(FOUND, `${JSON.stringify(kept, null, 2)}\n`)
    writeFileSync(join(ROOT, 'docs/DEFECTS.md'), pageOf(DEFECTS, kept))
  }
} finally {
  workshop.close()
}
