/**
 * A line while a new drug works its way through: cells that differ, and puffs of steps that move the same.
 *
 * The flows are found once for each puff, so cost and record follow the puffs and not the steps. Where a puff begins depends
 * on what the plant did and never on how its steps are handed over. As soon as no cell changes any more a puff has no end.
 */
import {
  afterSteps,
  type Cells,
  type Current,
  type Flows,
  flowsThrough,
  isSteady,
  roundingSlack,
} from '#hil/plant/cells'
import { cutLine, type Line, portionIn } from '#hil/plant/line'
import { type Leak, type Passage, type Push, wholeSteps } from '#hil/plant/passage'
import { FEMTOGRAM, inQuanta, quanta } from '#hil/plant/quantum'
import { addMasses, type Masses, massesIn, type Solution, sameSolution } from '#hil/plant/solution'
import { as, type Mass_ug, type Volume_uL } from '#units/quantity'
import {
  add,
  divide,
  equal,
  floor,
  isZero,
  multiply,
  ONE,
  type Rational,
  subtract,
  times,
  toSafeInteger,
  whole,
  ZERO,
} from '#units/rational'

/** What the cells are cut from. */
export interface CellRow {
  readonly volume_uL: Volume_uL
  /** How many, at least one; each takes an equal part of the volume. */
  readonly cells: number
  /** Between two cells, or before or behind all of them. */
  readonly leak: Leak | null
}

/** Cells that do not all hold the same. */
export interface Mixing {
  readonly phase: 'mixing'
  /** By drug, as they were before the puff. */
  readonly cells: ReadonlyMap<string, Cells>
  /** What came in before the puff and is no whole quantum: it belongs to the first cell and moves on once all are even. */
  readonly rest: Masses
  /** What moves now; null where the flows are still to be found. */
  readonly puff: Puff | null
}

/** Steps during which the flows are held. */
interface Puff {
  readonly entering: Solution
  readonly step_uL: Volume_uL
  /** How many, infinitely many where nothing changes by them; and how many of them are made. */
  readonly steps: number
  readonly made: number
  readonly flows: ReadonlyMap<string, Flows>
  /** What each step brings in beyond whole quanta. */
  readonly rest: Masses
}

/** Flows are held while so much of a cell's volume passes. */
const HELD_WHILE: Rational = { n: 1n, d: 4n }

/** The most that a step may move where flows are held for a step at least. */
export function finestStep_uL({ volume_uL, cells }: CellRow): Volume_uL {
  return as(divide(multiply(volume_uL, HELD_WHILE), whole(cells)))
}

/** The boundary between cells that is nearest to a position, counted from the pump. */
export function cellsBefore(cells: number, position: Rational): number {
  return toSafeInteger(floor(add(times(position, cells), { n: 1n, d: 2n })))
}

/** Cells that hold what the slugs of a full line do, each mixed in itself, and the residue in the first. */
export function mixingOf({ cells: count, volume_uL }: CellRow, slugs: Line, residue: Masses): Mixing {
  const cell_uL = divide(volume_uL, whole(count))
  const cells = new Map<string, Cells>([...residue.keys()].map((drug) => [drug, nothingIn(count)]))
  let rest = residue
  let left = slugs
  for (let index = count - 1; index >= 0; index -= 1) {
    const { front, behind } = cutLine(left, cell_uL)
    left = behind
    for (const [drug, mass] of portionIn(front).masses) {
      const { count: amount, rest_ug } = inQuanta(mass)
      cells.set(drug, (cells.get(drug) ?? nothingIn(count)).with(index, amount))
      rest = addMasses(rest, new Map([[drug, rest_ug]]))
    }
  }
  return gathered({ phase: 'mixing', cells, rest, puff: null })
}

/** The cells as they are now, with no puff under way. */
export function paused(held: Mixing): Mixing {
  const { puff } = held
  if (puff === null || puff.made === 0) return { ...held, puff: null }
  const cells = new Map<string, Cells>()
  for (const [drug, amounts] of held.cells) {
    const flows = puff.flows.get(drug)
    cells.set(drug, flows === undefined ? amounts : afterSteps(amounts, flows, puff.made))
  }
  return { phase: 'mixing', cells, rest: addMasses(held.rest, massTimes(puff.rest, puff.made)), puff: null }
}

/** Drug in all cells together. */
export function massesInCells(held: Mixing): Masses {
  const { cells, rest } = paused(held)
  const masses = new Map<string, Mass_ug>()
  for (const [drug, amounts] of cells) masses.set(drug, quanta(amounts.reduce((a, b) => a + b, 0n)))
  return addMasses(masses, rest)
}

/** Drug in each cell, from the pump to the tip; what is no whole quantum counts to the cell that holds the most of its drug. */
export function massesByCell({ cells: count }: CellRow, held: Mixing): readonly Masses[] {
  const { cells, rest } = paused(held)
  const byCell: Map<string, Mass_ug>[] = Array.from({ length: count }, () => new Map())
  for (const [drug, amounts] of cells) {
    const fullest = amounts.reduce((most, amount, index) => (amount > (amounts[most] ?? 0n) ? index : most), 0)
    for (const [index, amount] of amounts.entries()) {
      const over = index === fullest ? (rest.get(drug) ?? ZERO) : ZERO
      const mass = as<Mass_ug>(add(quanta(amount), over))
      if (!isZero(mass)) byCell[index]?.set(drug, mass)
    }
  }
  return byCell
}

/** Pushes steps of at most {@link finestStep_uL} in: as many as the puff under way, or else a new one, has. */
export function pushThroughMixing(row: CellRow, held: Mixing, push: Push, entering: Solution): Passage<Mixing> {
  const state = goesOn(held, push, entering) ? held : puffed(row, held, push, entering)
  const { puff } = state
  const steps = Math.min(push.limit, puff.steps - puff.made)
  const all_uL = times(push.step_uL, steps)
  const leaked_uL = multiply(all_uL, row.leak?.fraction ?? ZERO)
  const made = puff.made + steps
  const moved = { ...state, puff: { ...puff, made } }
  return {
    line: moved,
    steps,
    tip: { volume_uL: as(subtract(all_uL, leaked_uL)), masses: carried(puff, steps, ({ tip }) => tip) },
    leaked: { volume_uL: as(leaked_uL), masses: carried(puff, steps, ({ leaked }) => leaked) },
    each: null,
  }
}

/**
 * What the line holds more, or less, of each drug than if it held what enters throughout; null while a puff is under way,
 * or any cell differs by more than a femtogram.
 */
export function residueOf(
  row: CellRow,
  held: Mixing,
): { readonly solution: Solution; readonly residue: Masses } | null {
  const { puff } = held
  if (puff === null || puff.made < puff.steps) return null
  const { entering } = puff
  const current = currentOf(row, puff.step_uL)
  const near = FEMTOGRAM + roundingSlack(row.cells, heldSteps(current), current)
  const cell_uL = divide(row.volume_uL, whole(row.cells))
  for (const [drug, amounts] of paused(held).cells) {
    const { count } = inQuanta(multiply(entering.get(drug) ?? ZERO, cell_uL))
    if (amounts.some((amount) => amount > count + near || amount < count - near)) return null
  }
  const even = massesIn(entering, row.volume_uL)
  const residue = new Map<string, Mass_ug>()
  for (const [drug, mass] of massesInCells(held)) {
    const over = subtract(mass, even.get(drug) ?? ZERO)
    if (!isZero(over)) residue.set(drug, as(over))
  }
  return { solution: entering, residue }
}

type Puffing = Mixing & { readonly puff: Puff }

function goesOn(held: Mixing, { step_uL }: Push, entering: Solution): held is Puffing {
  const { puff } = held
  if (puff === null || puff.made >= puff.steps) return false
  return equal(puff.step_uL, step_uL) && sameSolution(puff.entering, entering)
}

/** The next puff: as many steps as fill a quarter of a cell, or any number where nothing changes. */
function puffed(row: CellRow, held: Mixing, { step_uL }: Push, entering: Solution): Puffing {
  const { cells, rest } = paused(held)
  const current = currentOf(row, step_uL)
  const length = heldSteps(current)
  const flows = new Map<string, Flows>()
  const all = new Map(cells)
  const restOfStep = new Map<string, Mass_ug>()
  const incoming = massesIn(entering, step_uL)
  for (const drug of new Set([...cells.keys(), ...entering.keys()])) {
    const { count, rest_ug } = inQuanta(incoming.get(drug) ?? ZERO)
    const amounts = cells.get(drug) ?? nothingIn(row.cells)
    all.set(drug, amounts)
    flows.set(drug, flowsThrough(amounts, count, length, current))
    if (!isZero(rest_ug)) restOfStep.set(drug, rest_ug)
  }
  const steps = [...flows.values()].every(isSteady) ? Number.POSITIVE_INFINITY : length
  return { phase: 'mixing', cells: all, rest, puff: { entering, step_uL, steps, made: 0, flows, rest: restOfStep } }
}

/** Drug that so many steps of the puff carry. */
function carried({ flows }: Puff, steps: number, part: (flows: Flows) => bigint): Masses {
  const masses = new Map<string, Mass_ug>()
  for (const [drug, flow] of flows) {
    const amount = part(flow)
    if (amount > 0n) masses.set(drug, quanta(amount * BigInt(steps)))
  }
  return masses
}

function currentOf({ cells, volume_uL, leak }: CellRow, step_uL: Volume_uL): Current {
  const beforeLeak = divide(times(step_uL, cells), volume_uL)
  if (leak === null) return { beforeLeak, behindLeak: beforeLeak, cellsBeforeLeak: 0, leak: ZERO }
  const behindLeak = multiply(beforeLeak, subtract(ONE, leak.fraction))
  return { beforeLeak, behindLeak, cellsBeforeLeak: cellsBefore(cells, leak.position), leak: leak.fraction }
}

function heldSteps({ beforeLeak }: Current): number {
  return Math.max(1, wholeSteps(HELD_WHILE, beforeLeak))
}

/** Puts whole quanta of the rest into the first cell, where they came in. */
function gathered({ cells, rest }: Mixing): Mixing {
  const filled = new Map(cells)
  const left = new Map<string, Mass_ug>()
  for (const [drug, mass] of rest) {
    const { count, rest_ug } = inQuanta(mass)
    const amounts = cells.get(drug)
    const first = (amounts?.[0] ?? 0n) + count
    const fits = amounts !== undefined && first >= 0n
    if (fits) filled.set(drug, amounts.with(0, first))
    const still = fits ? rest_ug : mass
    if (!isZero(still)) left.set(drug, still)
  }
  return { phase: 'mixing', cells: filled, rest: left, puff: null }
}

function massTimes(masses: Masses, count: number): Masses {
  const all = new Map<string, Mass_ug>()
  for (const [drug, mass] of masses) all.set(drug, as(times(mass, count)))
  return all
}

function nothingIn(cells: number): Cells {
  return Array.from({ length: cells }, () => 0n)
}
