/**
 * A plateau: the balance read for a while with the motor at rest.
 *
 * Only readings that the balance calls stable count, and only if enough of them are; and they have to lie on a straight line
 * as closely as chance allows, which a nudge or a draught that passed for stable does not. There is no figure otherwise.
 */
import type { BalanceReading } from '#hil/balance/driver'
import { toNumber } from '#units/rational'

/** A straight line through stable readings. */
export interface Plateau {
  /** Mean of the readings, and of their instants. */
  readonly mass_mg: number
  readonly at_s: number
  readonly slope_mg_per_s: number
  /** Standard uncertainty of the slope, from the scatter. */
  readonly slopeStandard_mg_per_s: number
  /** Standard deviation of the readings around the line. */
  readonly scatter_mg: number
  readonly readings: number
  readonly length_s: number
}

/** A plateau, or why there is none. */
export type PlateauFound =
  | { readonly ok: true; readonly plateau: Plateau }
  | { readonly ok: false; readonly problem: string }

/** Part of the readings that has to be stable; below it the bench is not at rest. */
const STABLE_PART = 0.8
/** Readings a line needs at least, so that its scatter means something. */
const LEAST_READINGS = 10
/**
 * How much wider readings may scatter around the line than from one to the next; chance alone reaches 1.6 in less than
 * one of ten thousand plateaus of ten readings.
 */
const MOST_WANDER = 1.6
/** Standard deviation of a rounding, in units of the last decimal. */
export const ROUNDING = 1 / Math.sqrt(12)

interface Point {
  readonly s: number
  readonly mg: number
}

/** `asked` is how many readings were asked for, answered or not. */
export function plateauOf(readings: readonly BalanceReading[], asked: number): PlateauFound {
  const stable = readings.filter((reading) => reading.stable)
  const least = Math.max(LEAST_READINGS, Math.ceil(STABLE_PART * asked))
  if (stable.length < least)
    return { ok: false, problem: `${stable.length} of ${asked} readings were stable, and ${least} are needed` }
  const points = stable.map(({ at_us, mass_mg }): Point => ({ s: at_us / 1e6, mg: toNumber(mass_mg) }))
  const plateau = lineThrough(points)
  const resolution_mg = Math.max(...stable.map((reading) => toNumber(reading.resolution_mg)))
  const calm_mg = Math.max(successive(points), resolution_mg * ROUNDING)
  if (plateau.scatter_mg <= MOST_WANDER * calm_mg) return { ok: true, plateau }
  const [wide, narrow] = [plateau.scatter_mg.toPrecision(3), calm_mg.toPrecision(3)]
  const problem = `the readings wander by ${wide} mg around a straight line, and by ${narrow} mg from one to the next`
  return { ok: false, problem: `${problem}: something moved the balance` }
}

/** Least squares. */
function lineThrough(points: readonly Point[]): Plateau {
  const n = points.length
  const at_s = mean(points.map(({ s }) => s))
  const mass_mg = mean(points.map(({ mg }) => mg))
  const [first, last] = [points[0]?.s ?? 0, points.at(-1)?.s ?? 0]
  let [sxx, sxy] = [0, 0]
  for (const { s, mg } of points) {
    sxx += (s - at_s) * (s - at_s)
    sxy += (s - at_s) * (mg - mass_mg)
  }
  const slope = sxx === 0 ? 0 : sxy / sxx
  let squares = 0
  for (const { s, mg } of points) squares += (mg - mass_mg - slope * (s - at_s)) ** 2
  const scatter_mg = Math.sqrt(squares / (n - 2))
  return {
    mass_mg,
    at_s,
    slope_mg_per_s: slope,
    slopeStandard_mg_per_s: sxx === 0 ? 0 : scatter_mg / Math.sqrt(sxx),
    scatter_mg,
    readings: n,
    length_s: last - first,
  }
}

/** Standard deviation by the differences from one reading to the next, which no slow movement widens. */
function successive(points: readonly Point[]): number {
  const differences = points.slice(1).map(({ mg }, index) => mg - (points[index]?.mg ?? mg))
  return Math.sqrt(mean(differences.map((difference) => difference * difference)) / 2)
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
