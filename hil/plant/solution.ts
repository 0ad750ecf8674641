/**
 * A solution: which drugs a fluid carries, and how much of each in a microliter.
 *
 * A line that was empty at the start holds no fluid at all, which is not the same as fluid without drug: what leaves
 * the tip then is not a delivered volume.
 */
import type { Concentration_ug_per_uL, Mass_ug, Volume_uL } from '#units/quantity'
import { as } from '#units/quantity'
import { add, divide, equal, isZero, multiply, type Rational, times, ZERO } from '#units/rational'

/** Concentration by drug; a drug that is absent has none. */
export type Solution = ReadonlyMap<string, Concentration_ug_per_uL>

/** What a stretch of the line may hold. */
export type Content = { readonly fluid: true; readonly solution: Solution } | { readonly fluid: false }

export type Masses = ReadonlyMap<string, Mass_ug>

export const NO_MASS: Masses = new Map()

/** Drug in a volume of the solution. */
export function massesIn(solution: Solution, volume_uL: Rational): Masses {
  const masses = new Map<string, Mass_ug>()
  for (const [drug, concentration] of solution) masses.set(drug, as(multiply(concentration, volume_uL)))
  return masses
}

export function addMasses(a: Masses, b: Masses): Masses {
  if (b.size === 0) return a
  if (a.size === 0) return b
  const total = new Map(a)
  for (const [drug, mass] of b) total.set(drug, as<Mass_ug>(add(total.get(drug) ?? ZERO, mass)))
  return total
}

/** The solution after `volume_uL` of it was mixed with `added_uL` of another. Both volumes together must not be zero. */
export function mixed(solution: Solution, volume_uL: Rational, added: Solution, added_uL: Rational): Solution {
  const total = add(volume_uL, added_uL)
  const masses = addMasses(massesIn(solution, volume_uL), massesIn(added, added_uL))
  const present = [...masses].filter(([, mass]) => !isZero(mass))
  return new Map(present.map(([drug, mass]) => [drug, as<Concentration_ug_per_uL>(divide(mass, total))]))
}

export function sameContent(a: Content, b: Content): boolean {
  return a.fluid && b.fluid ? sameSolution(a.solution, b.solution) : a.fluid === b.fluid
}

export function sameSolution(a: Solution, b: Solution): boolean {
  if (a === b) return true
  if (a.size !== b.size) return false
  return [...a].every(([drug, concentration]) => {
    const other = b.get(drug)
    return other !== undefined && equal(other, concentration)
  })
}

/** Fluid with the drug it carries. */
export interface Portion {
  readonly volume_uL: Volume_uL
  readonly masses: Masses
}

export const NOTHING: Portion = { volume_uL: as(ZERO), masses: NO_MASS }

export function addPortions(a: Portion, b: Portion): Portion {
  if (b === NOTHING) return a
  if (a === NOTHING) return b
  return { volume_uL: as(add(a.volume_uL, b.volume_uL)), masses: addMasses(a.masses, b.masses) }
}

/** The portion `factor` times over. */
export function scaled({ volume_uL, masses }: Portion, factor: Rational): Portion {
  const scaledMasses = new Map<string, Mass_ug>()
  for (const [drug, mass] of masses) scaledMasses.set(drug, as(multiply(mass, factor)))
  return { volume_uL: as(multiply(volume_uL, factor)), masses: scaledMasses }
}

/** So many of the portion. */
export function repeated({ volume_uL, masses }: Portion, count: number): Portion {
  const all = new Map<string, Mass_ug>()
  for (const [drug, mass] of masses) all.set(drug, as(times(mass, count)))
  return { volume_uL: as(times(volume_uL, count)), masses: all }
}

/** What one step moves, the last one of each solution: while nothing changes it is the same value again. */
const STEPS = new WeakMap<Solution, Portion>()

/** Fluid and drug in a step of the solution. */
export function stepOf(solution: Solution, step_uL: Volume_uL): Portion {
  const known = STEPS.get(solution)
  if (known !== undefined && equal(known.volume_uL, step_uL)) return known
  const step = { volume_uL: step_uL, masses: massesIn(solution, step_uL) }
  STEPS.set(solution, step)
  return step
}

/** Fluid and drug in a stretch of a line. */
export function portionOf(content: Content, volume_uL: Volume_uL): Portion {
  return content.fluid ? { volume_uL, masses: massesIn(content.solution, volume_uL) } : NOTHING
}

/** The volume of fluid in a stretch. */
export function fluidIn(content: Content, volume_uL: Volume_uL): Rational {
  return content.fluid ? volume_uL : ZERO
}
