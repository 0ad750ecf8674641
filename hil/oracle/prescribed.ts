/**
 * The prescribed ledger: the volume and the drug that a scenario's prescription means, in closed form.
 *
 * It follows from the prescription and from what truly was filled, and from nothing else: faults, refusals, an empty
 * reservoir or a programming that differs never alter it. The code shares nothing with a pump, so that the two can be
 * held against each other.
 *
 * A dose by mass keeps its mass over time and becomes volume by the concentration of the latest true fill; a dose by
 * volume keeps its volume. A refill of another concentration therefore changes the volume of the first and the mass of
 * the second from its instant on, boluses under way included; any other refill changes at most the drug that is given.
 */

import { changeRate, type Line, type LinePiece } from '#hil/oracle/line'
import type { Bolus, Dose, Entry, Fill, Scenario, Therapy } from '#hil/scenario/types'
import type { VolumeRate_uL_per_us } from '#units/quantity'
import { add, compare, divide, isZero, multiply, type Rational, subtract, ZERO } from '#units/rational'

export interface PrescribedLedger {
  /** Prescribed volume since the start of the run, in uL. */
  readonly volume: Line
  /** Prescribed mass of every drug that is ever filled, in ug since the start of the run; the first fill's drug first. */
  readonly mass: ReadonlyMap<string, Line>
}

/** What of a scenario the prescribed ledger depends on. */
export type Intent = Pick<Scenario, 'pump' | 'fill' | 'prescription' | 'events'>

/**
 * The ledger of a scenario, defined at every instant: it holds on after the run's end as the last therapy would.
 * Takes O(n log n) for n entries and refills. A bolus lasts longer than nothing.
 */
export function prescribe(scenario: Intent): PrescribedLedger {
  const changes = changesOf(scenario)
  const volume: LinePiece[] = [STILL]
  const mass = new Map<string, LinePiece[]>()
  let order = startOf(scenario.fill.actual)
  linesOf(mass, order.drug)
  for (const [index, change] of changes.entries()) {
    const drug = order.drug
    order = after(order, change)
    const next = changes[index + 1]
    if (drug !== order.drug) changeRate(linesOf(mass, drug), change.at_us, ZERO)
    if (next !== undefined && compare(next.at_us, change.at_us) === 0) continue
    changeRate(volume, change.at_us, volumeRate(order))
    changeRate(linesOf(mass, order.drug), change.at_us, massRate(order))
  }
  return { volume, mass }
}

const STILL: LinePiece = { from_us: ZERO, value: ZERO, rate: ZERO }

function linesOf(mass: Map<string, LinePiece[]>, drug: string): LinePiece[] {
  const known = mass.get(drug)
  if (known !== undefined) return known
  const line = [STILL]
  mass.set(drug, line)
  return line
}

/** A flow, split by how its doses are written: ug/us of what keeps its mass and uL/us of what keeps its volume. */
interface Flow {
  readonly byMass: Rational
  readonly byVolume: Rational
}

const NO_FLOW: Flow = { byMass: ZERO, byVolume: ZERO }

type Change = { readonly at_us: Rational } & (
  | { readonly kind: 'bolus-end'; readonly flow: Flow; readonly therapy: number }
  | { readonly kind: 'refill'; readonly fill: Fill }
  | { readonly kind: 'therapy'; readonly flow: Flow }
  | { readonly kind: 'bolus'; readonly flow: Flow }
)

/** The order of changes at one instant. */
const RANK: Readonly<Record<Change['kind'], number>> = { 'bolus-end': 0, refill: 1, therapy: 2, bolus: 3 }

function changesOf(scenario: Intent): readonly Change[] {
  const changes: Change[] = []
  for (const event of scenario.events) {
    if (event.kind === 'refill') changes.push({ kind: 'refill', at_us: event.at_us, fill: event.fill.actual })
  }
  let therapies = 0
  for (const entry of inOrder(scenario.prescription)) {
    if (entry.kind === 'therapy') {
      therapies += 1
      changes.push({ kind: 'therapy', at_us: entry.at_us, flow: therapyFlow(entry.therapy, scenario) })
    } else {
      const flow = bolusFlow(entry.bolus)
      const end_us = add(entry.at_us, entry.bolus.over_us)
      changes.push({ kind: 'bolus', at_us: entry.at_us, flow })
      changes.push({ kind: 'bolus-end', at_us: end_us, flow, therapy: therapies })
    }
  }
  return inOrder(changes)
}

/** By time, then refills before therapies before boluses, then as written. */
function inOrder<T extends Entry | Change>(items: readonly T[]): readonly T[] {
  return items.toSorted((a, b) => compare(a.at_us, b.at_us) || RANK[a.kind] - RANK[b.kind])
}

function therapyFlow(therapy: Therapy, scenario: Intent): Flow {
  const least: VolumeRate_uL_per_us = scenario.pump.minimumRate_uL_per_us
  switch (therapy.mode) {
    case 'stopped':
      return NO_FLOW
    case 'minimum-rate':
      return { byMass: ZERO, byVolume: least }
    case 'simple-continuous':
      return therapy.dose.by === 'mass'
        ? { byMass: therapy.dose.rate_ug_per_us, byVolume: ZERO }
        : { byMass: ZERO, byVolume: therapy.dose.rate_uL_per_us }
  }
}

function bolusFlow(bolus: Bolus): Flow {
  const dose: Dose = bolus.dose
  return dose.by === 'mass'
    ? { byMass: divide(dose.mass_ug, bolus.over_us), byVolume: ZERO }
    : { byMass: ZERO, byVolume: divide(dose.volume_uL, bolus.over_us) }
}

/** What is in force: the therapy, how many there have been, and the sum of the boluses under way. */
interface Order {
  readonly drug: string
  readonly concentration: Rational
  readonly therapies: number
  readonly therapy: Flow
  readonly boluses: Flow
}

function startOf(fill: Fill): Order {
  const concentration = fill.concentration_ug_per_uL
  return { drug: fill.drug, concentration, therapies: 0, therapy: NO_FLOW, boluses: NO_FLOW }
}

function after(order: Order, change: Change): Order {
  switch (change.kind) {
    case 'refill':
      return { ...order, drug: change.fill.drug, concentration: change.fill.concentration_ug_per_uL }
    case 'therapy':
      return { ...order, therapies: order.therapies + 1, therapy: change.flow, boluses: NO_FLOW }
    case 'bolus':
      return { ...order, boluses: together(order.boluses, change.flow) }
    case 'bolus-end':
      return change.therapy === order.therapies ? { ...order, boluses: without(order.boluses, change.flow) } : order
  }
}

function together(a: Flow, b: Flow): Flow {
  return { byMass: add(a.byMass, b.byMass), byVolume: add(a.byVolume, b.byVolume) }
}

function without(a: Flow, b: Flow): Flow {
  return { byMass: subtract(a.byMass, b.byMass), byVolume: subtract(a.byVolume, b.byVolume) }
}

/** No volume of a fill without drug carries a mass: such a dose stays prescribed by mass and takes no volume. */
function volumeRate(order: Order): Rational {
  const flow = together(order.therapy, order.boluses)
  return isZero(order.concentration) ? flow.byVolume : add(flow.byVolume, divide(flow.byMass, order.concentration))
}

function massRate(order: Order): Rational {
  const flow = together(order.therapy, order.boluses)
  return add(flow.byMass, multiply(flow.byVolume, order.concentration))
}
