/** A pump body on the bench top: fills, turns and what comes out, in the words of a laboratory notebook. */
import fc from 'fast-check'
import type { Flow } from '#hil/plant/conduit'
import type { Leak } from '#hil/plant/passage'
import { type Delivered, Plant, portionInLine, type Syringe } from '#hil/plant/plant'
import {
  addMasses,
  addPortions,
  type Masses,
  massesIn,
  NOTHING,
  type Portion,
  type Solution,
  scaled,
} from '#hil/plant/solution'
import { NOMINAL, type Stroke } from '#hil/plant/stroke'
import { type Cadence, cadencesOf } from '#units/cadence'
import { type Dimension, parseMeasure } from '#units/measure'
import { as, type Concentration_ug_per_uL, type Fraction, type Volume_uL } from '#units/quantity'
import { add, type Rational, ratio, times, toText, whole } from '#units/rational'

function quantity(text: string, dimension: Dimension): Rational {
  const parsed = parseMeasure(text, [dimension])
  if (!parsed.ok) throw new Error(parsed.problem)
  return parsed.measure.value
}

export const volume = (text: string): Volume_uL => as(quantity(text, 'volume'))

/** `{ baclofen: '500 ug/mL' }` as a solution. */
function solution(drugs: Readonly<Record<string, string>>): Solution {
  const entries = Object.entries(drugs)
  return new Map(entries.map(([drug, text]) => [drug, as<Concentration_ug_per_uL>(quantity(text, 'concentration'))]))
}

export function syringe(text: string, drugs: Readonly<Record<string, string>>): Syringe {
  return { volume_uL: volume(text), solution: solution(drugs) }
}

export interface BenchTop {
  readonly step?: string
  readonly line?: string
  readonly holds?: 'filled' | 'water' | 'empty'
  readonly fill?: Syringe
  readonly flow?: Flow
  readonly stroke?: Stroke
}

/** 80 cm of catheter at 2.2 uL/cm and a tube of 0.199 mL, filled, unless said otherwise. */
const USUAL_LINE = '375 uL'
export const WEAK = { baclofen: '500 ug/mL' } as const
export const STRONG = { baclofen: '2000 ug/mL' } as const

/** Well-mixed cells, as many as a scenario has unless it says otherwise. */
export const MIXED: Flow = { flow: 'dispersive', cells: 20 }

export function plantWith({ step, line, holds, fill, flow, stroke }: BenchTop = {}): Plant {
  return new Plant({
    step_uL: volume(step ?? '0.25 uL'),
    line_uL: volume(line ?? USUAL_LINE),
    fill: fill ?? syringe('20 mL', WEAK),
    line: holds ?? 'filled',
    ...(flow === undefined ? {} : { flow }),
    ...(stroke === undefined ? {} : { stroke }),
  })
}

/** `leak('1/2', '1/10')`: half way to the tip, a tenth of what comes by. */
export function leak(position: string, fraction: string): Leak {
  return { position: share(position), fraction: share(fraction) }
}

export function share(text: string): Fraction {
  const [n = '0', d = '1'] = text.split('/')
  return as(ratio(BigInt(n), BigInt(d)))
}

/** So many steps in a row, some ticks apart. */
export function steps(count: number): Cadence {
  const [cadence] = cadencesOf(whole(1000), { n: 100_001n, d: 7n }, count)
  if (cadence === undefined) throw new Error('there is no cadence without steps')
  return cadence
}

/** What one step moved, as text: two steps are alike when this is. */
export interface StepRecord {
  readonly displaced_uL: string
  readonly tip_uL: string
  readonly tip: Readonly<Record<string, string>>
}

/** Masses as text, without the drugs of which there is none. */
export function masses(amounts: Masses): Record<string, string> {
  return Object.fromEntries(
    [...amounts].filter(([, mass]) => mass.n !== 0n).map(([drug, mass]) => [drug, toText(mass)]),
  )
}

/** One record for every step, however the plant grouped them. */
export function stepByStep(parts: readonly Delivered[]): StepRecord[] {
  return parts.flatMap(({ cadence, displaced_uL, tip_uL, tip }) =>
    Array.from({ length: cadence.count }, () => ({
      displaced_uL: toText(displaced_uL),
      tip_uL: toText(tip_uL),
      tip: masses(tip),
    })),
  )
}

/** Volume and mass of all parts together. */
export function totals(parts: readonly Delivered[]): { displaced_uL: Rational[]; tip_uL: Rational[]; tip: Masses[] } {
  return {
    displaced_uL: parts.map(({ cadence, displaced_uL }) => times(displaced_uL, cadence.count)),
    tip_uL: parts.map(({ cadence, tip_uL }) => times(tip_uL, cadence.count)),
    tip: parts.map(
      ({ cadence, tip }) => new Map([...tip].map(([drug, mass]) => [drug, as(times(mass, cadence.count))])),
    ),
  }
}

/** Solutions of none, one or two drugs. */
const solutions: fc.Arbitrary<Solution> = fc
  .uniqueArray(
    fc.tuple(fc.constantFrom('baclofen', 'morphine', 'ziconotide'), fc.constantFrom('0', '1', '25/3', '500', '2000')),
    { maxLength: 2, selector: ([drug]) => drug },
  )
  .map((drugs) => solution(Object.fromEntries(drugs.map(([drug, strength]) => [drug, `${strength} ug/mL`]))))

const volumes = (texts: readonly string[]) => fc.constantFrom(...texts).map(volume)

export const syringes: fc.Arbitrary<Syringe> = fc.record({
  volume_uL: volumes(['1/2 uL', '1 uL', '10/3 uL', '7.5 uL', '20 uL', '50 uL']),
  solution: solutions,
})

export type Act =
  | { readonly act: 'turn'; readonly count: number }
  | { readonly act: 'refill'; readonly withdraw: 'all' | Volume_uL; readonly fill: Syringe }
  | { readonly act: 'leak'; readonly leak: Leak | null }
  | { readonly act: 'occlude'; readonly compliance_uL: Volume_uL }
  | { readonly act: 'release' }
  | { readonly act: 'starve'; readonly starved: boolean }
  | { readonly act: 'amplify'; readonly factor: Fraction }

/** What came in, what went out of the body, and what of it went out of the tip step by step. */
export interface Traffic {
  readonly into: Portion
  readonly out: Portion
  readonly tips: readonly StepRecord[]
}

/** Does it, each turn in as many turns as `cuts` has pieces for its steps. */
export function perform(
  plant: Plant,
  doing: Act,
  cuts: (run: Cadence) => readonly Cadence[] = (run) => [run],
): Traffic {
  switch (doing.act) {
    case 'turn': {
      const parts = cuts(steps(doing.count)).flatMap((run) => plant.turn(run))
      return { into: NOTHING, out: tipOf(parts), tips: stepByStep(parts) }
    }
    case 'refill': {
      const { volume_uL, solution } = doing.fill
      const drawn = plant.refill(doing.withdraw, doing.fill)
      return { into: { volume_uL, masses: massesIn(solution, volume_uL) }, out: drawn, tips: [] }
    }
    case 'leak':
      plant.leak(doing.leak)
      return { into: NOTHING, out: NOTHING, tips: [] }
    case 'occlude':
      plant.occlude(doing.compliance_uL)
      return { into: NOTHING, out: NOTHING, tips: [] }
    case 'starve':
      plant.starve(doing.starved)
      return { into: NOTHING, out: NOTHING, tips: [] }
    case 'amplify':
      plant.amplify(doing.factor)
      return { into: NOTHING, out: NOTHING, tips: [] }
    case 'release':
      return { into: NOTHING, out: plant.release().tip, tips: [] }
  }
}

/** What all steps gave at the tip together. */
export function tipOf(parts: readonly Delivered[]): Portion {
  return parts.reduce(
    (all, { cadence, tip_uL, tip }) =>
      addPortions(all, scaled({ volume_uL: tip_uL, masses: tip }, whole(cadence.count))),
    NOTHING,
  )
}

/** All that the body holds or has leaked. */
export function accounted({ state }: Plant): Portion {
  const line = addPortions(portionInLine(state), state.leaked)
  const reservoir = massesIn(state.reservoir, state.reservoir_uL)
  return {
    volume_uL: as(add(line.volume_uL, state.reservoir_uL)),
    masses: addMasses(reservoir, line.masses),
  }
}

const shares = (texts: readonly string[]) => fc.constantFrom(...texts).map(share)

const leaks: fc.Arbitrary<Leak> = fc.record({
  position: shares(['0', '1/3', '1/2', '9/10', '1']),
  fraction: shares(['0', '1/7', '1/2', '1']),
})

/** Turns, refills and damage in any order. */
export const acts: fc.Arbitrary<readonly Act[]> = fc.array(
  fc.oneof(
    fc.record({ act: fc.constant('turn' as const), count: fc.integer({ min: 1, max: 40 }) }),
    fc.record({
      act: fc.constant('refill' as const),
      withdraw: fc.oneof(fc.constant('all' as const), volumes(['0 uL', '1/7 uL', '5 uL', '100 uL'])),
      fill: syringes,
    }),
    fc.record({ act: fc.constant('leak' as const), leak: fc.option(leaks) }),
    fc.record({ act: fc.constant('occlude' as const), compliance_uL: volumes(['0 uL', '2/3 uL', '6 uL']) }),
    fc.constant({ act: 'release' as const }),
    fc.record({ act: fc.constant('starve' as const), starved: fc.boolean() }),
    fc.record({ act: fc.constant('amplify' as const), factor: shares(['1', '3/2', '2/7']) }),
  ),
  { maxLength: 20 },
)

/** A pump as it should be, or one that gives another volume and wears in stages of whole and broken steps. */
const strokes: fc.Arbitrary<Stroke> = fc.oneof(
  fc.constant(NOMINAL),
  fc.record({
    gain: shares(['1', '229/200', '7/9']),
    wear: fc.option(
      fc.record({
        change: shares(['1/50', '-1/3']),
        stage_steps: fc.constantFrom('1/3', '1', '7/2', '10').map(share),
      }),
    ),
  }),
)

/** Small bodies: a line of a few steps, filled or empty, and steps that divide nothing evenly. */
export const plants: fc.Arbitrary<() => Plant> = fc
  .record({
    step_uL: volumes(['0.07 uL', '0.25 uL', '1 uL', '7/3 uL']),
    line_uL: volumes(['0 uL', '1/9 uL', '3 uL', '11.5 uL', '30 uL']),
    line: fc.constantFrom('filled' as const, 'water' as const, 'empty' as const),
    stroke: strokes,
    flow: fc.oneof(
      fc.constant({ flow: 'plug' as const }),
      fc.record({ flow: fc.constant('dispersive' as const), cells: fc.integer({ min: 1, max: 7 }) }),
    ),
    overfill: fc.record({ capacity_uL: volumes(['5 uL', '30 uL']), gain: shares(['1', '7/5', '1/2']) }),
    fill: syringes,
  })
  .map((options) => () => new Plant(options))
