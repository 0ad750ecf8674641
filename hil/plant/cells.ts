/**
 * Well-mixed cells in a row: how one drug spreads on its way from the pump to the tip.
 *
 * Each cell gives on what it holds in proportion to the volume that passes. While up to a quarter of a cell's volume goes
 * by, the flows between the cells are held constant and follow from the mean of what each cell holds before and after (the
 * trapezoidal rule). This keeps both the mean and the spread of the time a drug takes through every cell what they are
 * when mixed at every instant, and lets many steps move the same.
 *
 * Amounts are whole quanta and what leaves a cell is what enters the next, so drug is conserved exactly whatever is
 * rounded, and every machine counts alike.
 */

/** Quanta of one drug in each cell, from the pump to the tip. */
export type Cells = readonly bigint[]

/** A share as a fraction of whole numbers, from 0 to 1. */
interface Share {
  readonly n: bigint
  readonly d: bigint
}

/** How fast the line moves. */
export interface Current {
  /** How much of a cell's volume one step moves, before and behind the leak. */
  readonly beforeLeak: Share
  readonly behindLeak: Share
  /** How many cells lie between the pump and the leak, and the share it takes. */
  readonly cellsBeforeLeak: number
  readonly leak: Share
}

/** Quanta of one drug that each step moves, while the flows are held. */
export interface Flows {
  readonly into: readonly bigint[]
  readonly outOf: readonly bigint[]
  readonly tip: bigint
  readonly leaked: bigint
}

/** The flows while `steps` steps, each with `entering` quanta, pass: at most a quarter of a cell's volume altogether. */
export function flowsThrough(cells: Cells, entering: bigint, steps: number, current: Current): Flows {
  const { beforeLeak, behindLeak, cellsBeforeLeak, leak } = current
  const [into, outOf]: [bigint[], bigint[]] = [[], []]
  const span = BigInt(steps)
  let passing = entering
  let leaked = 0n
  const passLeak = () => {
    leaked = (passing * leak.n) / leak.d
    passing -= leaked
  }
  let index = 0
  for (const held of cells) {
    if (index === cellsBeforeLeak) passLeak()
    const { n, d } = index < cellsBeforeLeak ? beforeLeak : behindLeak
    into.push(passing)
    passing = (n * (2n * held + span * passing)) / (2n * d + span * n)
    outOf.push(passing)
    index += 1
  }
  if (index === cellsBeforeLeak) passLeak()
  return { into, outOf, tip: passing, leaked }
}

/** What the cells hold after so many steps of the flows. */
export function afterSteps(cells: Cells, { into, outOf }: Flows, steps: number): Cells {
  const span = BigInt(steps)
  return cells.map((held, index) => held + span * ((into[index] ?? 0n) - (outOf[index] ?? 0n)))
}

/** Whether every cell gives on what enters it, so that nothing changes for as long as the same enters. */
export function isSteady({ into, outOf }: Flows): boolean {
  return into.every((amount, index) => amount === outOf[index])
}

/**
 * How far, in quanta, a cell may stay from what it tends to because flows are whole numbers: each cell may round by one
 * more than the one before it, and holds what `1 / share` steps move.
 */
export function roundingSlack(cells: number, steps: number, { beforeLeak, behindLeak }: Current): bigint {
  const slowest = behindLeak.n > 0n ? behindLeak : beforeLeak
  return BigInt(2 * (cells + 2)) * (slowest.d / slowest.n + 1n + BigInt(steps))
}
