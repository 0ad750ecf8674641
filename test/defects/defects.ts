/** All seeded defects, and how each is built. */
import type { Defect } from './defect.ts'
import { FIRMWARE_DEFECTS } from './firmware-defects.ts'
import { type Quarry, SOUND } from './hunters.ts'
import { RIG_DEFECTS } from './rig-defects.ts'
import { seededPump } from './seeded-pump.ts'
import type { Workshop } from './seeded-rig.ts'

export { FIRMWARE_DEFECTS, RIG_DEFECTS }

export const DEFECTS: readonly Defect[] = [...FIRMWARE_DEFECTS, ...RIG_DEFECTS]

/** What a hunter is let loose on: a pump with the defect on a sound rig, or a sound pump on a rig with it. */
export async function quarryOf(defect: Defect, workshop: Workshop | null): Promise<Quarry> {
  if (defect.file.startsWith('firmware-sim/')) return { ...(await seededPump(defect)), rig: SOUND.rig }
  if (workshop === null) throw new RangeError(`${defect.id} is in the rig firmware: it takes a compiler`)
  return { ...SOUND, rig: workshop.rigOf(defect) }
}
