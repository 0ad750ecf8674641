/**
 * The profile of the line: where it holds what, from the pump to the tip.
 *
 * In plug flow its stretches are the slugs, each of one content; while drugs mix they are the cells, each mixed in itself.
 * All stretches together hold exactly what the line does, every drug of it. What swells the tube before a blockage lies in
 * front of the first stretch and is told apart.
 */
import type { Conduit } from '#hil/plant/conduit'
import type { Line } from '#hil/plant/line'
import { massesByCell } from '#hil/plant/mixing'
import type { PlantState } from '#hil/plant/plant'
import { slugsIn } from '#hil/plant/plug-line'
import { addMasses, type Masses, massesIn, portionOf } from '#hil/plant/solution'
import { as, type Volume_uL } from '#units/quantity'
import { add, divide, times, whole, ZERO } from '#units/rational'

/** A part of the line in which drug is spread evenly: its concentration is `masses` over `to_uL - from_uL`. */
export interface Stretch {
  /** Volume of line between its ends and the pump; 0 where tube and reservoir meet. */
  readonly from_uL: Volume_uL
  readonly to_uL: Volume_uL
  /** Whether it holds fluid, or nothing as a new line does. */
  readonly fluid: boolean
  readonly masses: Masses
}

/** The stretches of tube and catheter, from the pump to the tip, without gaps. */
export function profileOf({ line }: Pick<PlantState, 'line'>): readonly Stretch[] {
  if (line.flow === 'plug') return stretchesOf(slugsIn(line))
  const { held } = line
  switch (held.phase) {
    case 'filling':
      return stretchesOf(slugsIn(held.plug))
    case 'even': {
      const masses = addMasses(massesIn(held.solution, line.volume_uL), held.residue)
      return [{ from_uL: as(ZERO), to_uL: line.volume_uL, fluid: true, masses }]
    }
    case 'mixing':
      return cellsOf(line, massesByCell(line, held))
  }
}

function stretchesOf(fromTip: Line): readonly Stretch[] {
  let from_uL = as<Volume_uL>(ZERO)
  return fromTip.toReversed().map(({ volume_uL, content }) => {
    const to_uL = as<Volume_uL>(add(from_uL, volume_uL))
    const stretch = { from_uL, to_uL, fluid: content.fluid, masses: portionOf(content, volume_uL).masses }
    from_uL = to_uL
    return stretch
  })
}

function cellsOf(
  { volume_uL }: Extract<Conduit, { flow: 'dispersive' }>,
  cells: readonly Masses[],
): readonly Stretch[] {
  const end = (index: number) => as<Volume_uL>(divide(times(volume_uL, index), whole(cells.length)))
  return cells.map((masses, index) => ({ from_uL: end(index), to_uL: end(index + 1), fluid: true, masses }))
}
