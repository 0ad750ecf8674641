/** Slips: what is programmed where it is not what was prescribed. An entry is left out, comes late, or is another one. */
import * as draw from '#hil/explore/prescriptions'
import type { Scene, Written } from '#hil/explore/scene'
import { parseMeasure } from '#units/measure'
import { toText } from '#units/rational'

/** The programming that a hasty hand makes of a prescription. At each time it still has one therapy at most. */
export function slips(scene: Scene, prescription: readonly Written[]): readonly Written[] {
  const { dice, instants } = scene
  const begun = new Set<string>()
  return prescription.flatMap((entry) => {
    const slip = dice.weighted([
      [5, 'none'],
      [1, 'left out'],
      [1, 'late'],
      [1, 'another'],
      [1, 'twice'],
    ])
    const late = slip === 'late' || slip === 'twice' ? { ...entry, at: instants.any().text } : entry
    const meant = slip === 'another' && 'therapy' in entry ? { ...entry, therapy: draw.therapy(scene) } : late
    const made = slip === 'left out' ? [] : slip === 'twice' ? [entry, meant] : [meant]
    return made.filter((one) => !('therapy' in one) || isFirst(begun, String(one['at'])))
  })
}

/** Whether no therapy begins then yet. */
function isFirst(begun: Set<string>, at: string): boolean {
  const parsed = parseMeasure(at, ['duration'])
  const time = parsed.ok ? toText(parsed.measure.value) : at
  if (begun.has(time)) return false
  begun.add(time)
  return true
}
