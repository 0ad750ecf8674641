/** Tube and catheter, in whichever flow: what is pushed in at the pump, and what comes out. */
import {
  type DispersiveLine,
  dispersiveLeaking,
  dispersiveLine,
  portionInDispersive,
  pushThroughDispersive,
} from '#hil/plant/dispersive-line'
import { fluidInLine, portionIn } from '#hil/plant/line'
import type { Leak, Passage, Push } from '#hil/plant/passage'
import { type PlugLine, plugLeaking, plugLine, pushThroughPlug, slugsIn } from '#hil/plant/plug-line'
import type { Content, Portion, Solution } from '#hil/plant/solution'
import type { Volume_uL } from '#units/quantity'
import { compare, times } from '#units/rational'

/** How drug moves along the line: without mixing, or as through so many well-mixed cells in a row. */
export type Flow = { readonly flow: 'plug' } | { readonly flow: 'dispersive'; readonly cells: number }

export type Conduit = PlugLine | DispersiveLine

/** A step that flushes the line so many times over leaves nothing in it to mix. */
const FLUSHED = 16

/** A line of the volume that holds one content. One that every step flushes many times over is in plug flow always. */
export function conduitOf(flow: Flow, volume_uL: Volume_uL, step_uL: Volume_uL, content: Content): Conduit {
  const flushed = compare(times(volume_uL, FLUSHED), step_uL) <= 0
  return flow.flow === 'plug' || flushed ? plugLine(volume_uL, content) : dispersiveLine(volume_uL, flow.cells, content)
}

/** The line with the leak, or without any. */
export function leaking(line: Conduit, leak: Leak | null): Conduit {
  return line.flow === 'plug' ? plugLeaking(line, leak) : dispersiveLeaking(line, leak)
}

/** Pushes steps of a solution in at the pump: as many of the first as all move the same. */
export function pushed(line: Conduit, push: Push, entering: Solution): Passage<Conduit> {
  return line.flow === 'plug'
    ? pushThroughPlug(line, push, { fluid: true, solution: entering })
    : pushThroughDispersive(line, push, entering)
}

/** Fluid and drug in the line. */
export function portionInConduit(line: Conduit): Portion {
  if (line.flow === 'dispersive') return portionInDispersive(line)
  const slugs = slugsIn(line)
  return { volume_uL: fluidInLine(slugs), masses: portionIn(slugs).masses }
}
