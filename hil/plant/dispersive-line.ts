/**
 * Tube and catheter with dispersion: drug mixes with what is in its way, as well-mixed cells in a row.
 *
 * The front of a new drug is a slope and not an edge: some of it leaves the tip before the volume of the line has been
 * displaced, and some of the old one long after (the cause of the priming-bolus recall, TGA RC-2013-RN-00677-1). How wide
 * the slope is follows from the number of cells; the volume that must pass does not depend on it.
 *
 * A line that holds one solution throughout and gets more of it is worked out like plug flow, as many steps at once as there
 * are. It counts as such again once no cell differs by more than a femtogram; the difference, a few femtograms, leaves with
 * the next step, so that nothing is lost. Air is driven out as a plug before anything mixes.
 */
import { fluidInLine, lineOf, portionIn } from '#hil/plant/line'
import {
  type CellRow,
  cellsBefore,
  finestStep_uL,
  type Mixing,
  massesInCells,
  mixingOf,
  paused,
  pushThroughMixing,
  residueOf,
} from '#hil/plant/mixing'
import type { Leak, Passage, Push } from '#hil/plant/passage'
import { type PlugLine, plugLeaking, plugLine, pushThroughPlug, slugsIn } from '#hil/plant/plug-line'
import {
  addMasses,
  addPortions,
  type Content,
  type Masses,
  massesIn,
  NO_MASS,
  NOTHING,
  type Portion,
  repeated,
  type Solution,
  sameSolution,
  scaled,
  stepOf,
} from '#hil/plant/solution'
import { as, type Fraction, type Volume_uL } from '#units/quantity'
import { ceil, divide, isNegative, isPositive, ONE, ratio, subtract, toSafeInteger, whole } from '#units/rational'

/** Still with air in it: what comes in drives it out. */
interface Filling {
  readonly phase: 'filling'
  readonly plug: PlugLine
}

/** One solution throughout, but for a few femtograms more or less that leave with the next step. */
interface Even {
  readonly phase: 'even'
  readonly solution: Solution
  readonly residue: Masses
}

export interface DispersiveLine extends CellRow {
  readonly flow: 'dispersive'
  readonly held: Filling | Even | Mixing
}

/** A line of so many cells that holds one content. The volume must be above zero. */
export function dispersiveLine(volume_uL: Volume_uL, cells: number, content: Content): DispersiveLine {
  const held: Filling | Even = content.fluid
    ? { phase: 'even', solution: content.solution, residue: NO_MASS }
    : { phase: 'filling', plug: plugLine(volume_uL, content) }
  return { flow: 'dispersive', volume_uL, cells, leak: null, held }
}

/** The line with the leak between the two cells that are nearest to its position, or without any. */
export function dispersiveLeaking(line: DispersiveLine, leak: Leak | null): DispersiveLine {
  const nearest = leak === null ? null : { ...leak, position: boundary(line.cells, leak.position) }
  const { held } = line
  switch (held.phase) {
    case 'filling':
      return { ...line, leak: nearest, held: { ...held, plug: plugLeaking(held.plug, nearest) } }
    case 'even':
      return { ...line, leak: nearest }
    case 'mixing':
      return { ...line, leak: nearest, held: paused(held) }
  }
}

/** Fluid and drug in the line. */
export function portionInDispersive({ held, volume_uL }: DispersiveLine): Portion {
  switch (held.phase) {
    case 'filling': {
      const slugs = slugsIn(held.plug)
      return { volume_uL: fluidInLine(slugs), masses: portionIn(slugs).masses }
    }
    case 'even':
      return { volume_uL, masses: addMasses(massesIn(held.solution, volume_uL), held.residue) }
    case 'mixing':
      return { volume_uL, masses: massesInCells(held) }
  }
}

/**
 * Pushes steps of `entering` in at the pump: as many of the first as all move the same. A step of more than a quarter of a
 * cell is made in equal parts.
 */
export function pushThroughDispersive(line: DispersiveLine, push: Push, entering: Solution): Passage<DispersiveLine> {
  const { held } = line
  if (held.phase === 'even' && sameSolution(held.solution, entering)) return keepEven(line, held, push)
  const parts = toSafeInteger(ceil(divide(push.step_uL, finestStep_uL(line))))
  if (parts === 1) return pushFinely(line, push, entering)
  const step_uL = as<Volume_uL>(divide(push.step_uL, whole(parts)))
  let [now, tip, leaked]: [DispersiveLine, Portion, Portion] = [line, NOTHING, NOTHING]
  for (let left = parts; left > 0; ) {
    const passage = pushFinely(now, { step_uL, limit: left }, entering)
    now = passage.line
    tip = addPortions(tip, passage.tip)
    leaked = addPortions(leaked, passage.leaked)
    left -= passage.steps
  }
  return { line: now, steps: 1, tip, leaked, each: null }
}

function pushFinely(line: DispersiveLine, push: Push, entering: Solution): Passage<DispersiveLine> {
  const { held } = line
  switch (held.phase) {
    case 'filling':
      return fill(line, held, push, entering)
    case 'even': {
      if (sameSolution(held.solution, entering)) return keepEven(line, held, push)
      const slugs = lineOf(line.volume_uL, { fluid: true, solution: held.solution })
      return mix(line, mixingOf(line, slugs, held.residue), push, entering)
    }
    case 'mixing':
      return mix(line, held, push, entering)
  }
}

function fill(line: DispersiveLine, { plug }: Filling, push: Push, entering: Solution): Passage<DispersiveLine> {
  const passage = pushThroughPlug(plug, push, { fluid: true, solution: entering })
  const slugs = slugsIn(passage.line)
  const [first] = slugs
  const full = slugs.every(({ content }) => content.fluid)
  if (!full) return { ...passage, line: { ...line, held: { phase: 'filling', plug: passage.line } } }
  const held: Even | Mixing =
    slugs.length === 1 && first?.content.fluid === true
      ? { phase: 'even', solution: first.content.solution, residue: NO_MASS }
      : mixingOf(line, slugs, NO_MASS)
  return { ...passage, line: { ...line, held } }
}

/** Lets the residue go with one step if it can, and passes all of the push otherwise. */
function keepEven(line: DispersiveLine, held: Even, push: Push): Passage<DispersiveLine> {
  if (held.residue.size > 0) {
    const { tip, leaked } = onward(line, held.solution, push, 1)
    const masses = addMasses(tip.masses, held.residue)
    if (isPositive(tip.volume_uL) && ![...masses.values()].some(isNegative)) {
      const clean: DispersiveLine = { ...line, held: { ...held, residue: NO_MASS } }
      return { line: clean, steps: 1, tip: { ...tip, masses }, leaked, each: null }
    }
  }
  return onward(line, held.solution, push, push.limit)
}

/** What so many steps give on where the line holds what enters. */
function onward(line: DispersiveLine, solution: Solution, { step_uL }: Push, steps: number): Passage<DispersiveLine> {
  const each = stepOf(solution, step_uL)
  const all = repeated(each, steps)
  const { leak } = line
  if (leak === null) return { line, steps, tip: all, leaked: NOTHING, each }
  const tip = scaled(all, subtract(ONE, leak.fraction))
  return { line, steps, tip, leaked: scaled(all, leak.fraction), each: null }
}

function mix(line: DispersiveLine, held: Mixing, push: Push, entering: Solution): Passage<DispersiveLine> {
  const passage = pushThroughMixing(line, held, push, entering)
  const even = residueOf(line, passage.line)
  return { ...passage, line: { ...line, held: even === null ? passage.line : { phase: 'even', ...even } } }
}

function boundary(cells: number, position: Fraction): Fraction {
  return as(ratio(BigInt(cellsBefore(cells, position)), BigInt(cells)))
}
