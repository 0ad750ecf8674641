/**
 * Mistakes such as programmers make, one at a time in the firmware of the pump and in that of the rig: each is found by the
 * hunter that docs/DEFECTS.md has in bold, and the sound firmware by none.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Defect, library, matrix, nameOf, seeded } from './defect.ts'
import { DEFECTS, FIRMWARE_DEFECTS, quarryOf, RIG_DEFECTS } from './defects.ts'
import found from './found.json' with { type: 'json' }
import { huntedBy, SOUND } from './hunters.ts'
import { pageOf } from './page.ts'
import { ROOT, seededPump } from './seeded-pump.ts'
import { HAS_COMPILER, Workshop } from './seeded-rig.ts'

/** Files of the pump in which nothing can be wrong but a type or a name, and the one by which faults turn bits over. */
const NAMES_ALONE = ['kept', 'memory/flip', 'messages', 'model', 'setup']
/** Files of the rig firmware whose work no run shows: what it tells of its cell and of its reset, two rings, and the input mode. */
const UNSEEN = ['cell', 'pump-lines', 'queue', 'received', 'reset', 'sense']

const ANY = library('field-bolus-interrupted-at-once')
const STALL = matrix('motor-stall-permanent', 'field-bolus-interrupted-at-once')

const named = (defects: readonly Defect[]) => defects.map((defect) => [defect.id, defect] as const)

describe('the seeded defects', () => {
  it('are many, each with a name of its own', () => {
    expect(DEFECTS.length).toBeGreaterThanOrEqual(60)
    expect(new Set(DEFECTS.map(({ id }) => id)).size).toBe(DEFECTS.length)
  })

  it.each(named(DEFECTS))('%s changes one place of its file', (_, defect) => {
    const source = readFileSync(join(ROOT, defect.file), 'utf8')
    expect(seeded(defect, source)).not.toBe(source)
  })

  it('are in every file of the pump that does something', () => {
    const files = readdirSync(join(ROOT, 'firmware-sim'), { recursive: true, encoding: 'utf8' })
    const modules = files.filter((file) => file.endsWith('.ts')).map((file) => file.replace(/\.ts$/, ''))
    const without = modules.filter(
      (module) => !FIRMWARE_DEFECTS.some(({ file }) => file === `firmware-sim/${module}.ts`),
    )
    expect(without.toSorted()).toEqual(NAMES_ALONE)
  })

  it('are in every file of the rig firmware whose work a run shows', () => {
    const modules = readdirSync(join(ROOT, 'hil/rig/firmware')).filter((file) => file.endsWith('.c'))
    const without = modules.filter((module) => !RIG_DEFECTS.some(({ file }) => file.endsWith(`/${module}`)))
    expect(without.map((file) => file.replace(/\.c$/, '')).toSorted()).toEqual(UNSEEN)
  })

  it('are in docs/DEFECTS.md as they were found: `npm run defects` renews it', () => {
    expect(readFileSync(join(ROOT, 'docs/DEFECTS.md'), 'utf8')).toBe(pageOf(DEFECTS, found))
  })
})

it('a defect that finds no place is an error', () => {
  const defect = { id: 'nowhere', file: 'a.ts', find: 'b', replace: 'c' }
  expect(() => seeded(defect, 'a')).toThrow('nowhere: what it replaces stands in a.ts 0 times, and has to once')
  expect(() => seeded(defect, 'b b')).toThrow('2 times')
})

describe('a mistake in the pump', () => {
  it.each(named(FIRMWARE_DEFECTS))('%s is found', async (_, defect) => {
    const [hunt] = defect.hunts
    expect(await huntedBy(hunt, await quarryOf(defect, null)), nameOf(hunt)).not.toBeNull()
  })

  it('is not what is found: a pump built without one is found by no hunt', async () => {
    const file = 'firmware-sim/pump.ts'
    const nothing = 'export function react('
    const sound = await seededPump({ id: 'none', file, mistake: 'none', find: nothing, replace: nothing, hunts: [ANY] })
    const hunts = new Map(FIRMWARE_DEFECTS.map(({ hunts: [hunt] }) => [nameOf(hunt), hunt]))
    for (const [name, hunt] of hunts) expect(await huntedBy(hunt, { ...sound, rig: SOUND.rig }), name).toBeNull()
  })
})

describe.skipIf(!HAS_COMPILER)('a mistake in the rig firmware', () => {
  let workshop: Workshop
  beforeAll(() => {
    workshop = new Workshop()
  })
  afterAll(() => workshop.close())

  it.each(named(RIG_DEFECTS))('%s is found', async (_, defect) => {
    const [hunt] = defect.hunts
    expect(await huntedBy(hunt, await quarryOf(defect, workshop)), nameOf(hunt)).not.toBeNull()
  })

  it('is not what is found: firmware compiled without one passes, and tells of a stall', async () => {
    const nothing = 'struct latch latch;'
    const file = 'hil/rig/firmware/latch.c'
    const rig = workshop.rigOf({ id: 'none', file, mistake: 'none', find: nothing, replace: nothing, hunts: [ANY] })
    const hunts = [
      [nameOf(ANY), ANY],
      [nameOf(STALL), STALL],
    ] as const
    for (const [name, hunt] of hunts) expect(await huntedBy(hunt, { ...SOUND, rig }), name).toBeNull()
  })
})
