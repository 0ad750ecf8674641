/**
 * The stroke: how much a motor step truly moves, against the volume that it should.
 *
 * Rollers squeeze a tube. No two tubes are alike, so a pump has a gain of its own; a warm tube and a warm drug take more
 * room; and a tube that is squeezed for years gives way or sets. None of it can be seen from inside the pump, which counts
 * its steps. Wear comes in stages, one after each so many steps, so that every step of a stage moves the same and a run of
 * ten years has a few dozen of them.
 */
import { as, type Fraction, type Temperature_degC, type TemperatureCoefficient_per_degC } from '#units/quantity'
import {
  add,
  ceil,
  compare,
  divide,
  floor,
  larger,
  multiply,
  ONE,
  type Rational,
  ratio,
  smaller,
  subtract,
  times,
  toSafeInteger,
  whole,
} from '#units/rational'

/** How a tube changes as the rotor turns, whether it moves anything or not. */
export interface Wear {
  /** What each stage adds to the gain of the new tube, as a part of it; below zero where the tube weakens. */
  readonly change: Fraction
  /** Steps in a stage; above zero, and not always a whole number. */
  readonly stage_steps: Rational
}

export interface Stroke {
  /** What a step of the new pump moves, in step volumes; above zero. */
  readonly gain: Fraction
  /** Null for a tube that stays as it is. */
  readonly wear: Wear | null
}

/** A step moves its volume, always. */
export const NOMINAL: Stroke = { gain: as(ONE), wear: null }

/** What the figures of a pump hold for: the inside of a body. */
export const BODY_degC: Temperature_degC = as(whole(37))

/** A tube that wear has brought to a tenth or to ten times of what it was changes no more. */
const LEAST_WORN = ratio(1n, 10n)
const MOST_WORN = whole(10)

/** The gain of a pump that moves so much more than its steps say, at a temperature. */
export function gainAt(
  deviation: Fraction,
  temperature_degC: Temperature_degC,
  coefficient_per_degC: TemperatureCoefficient_per_degC,
): Fraction {
  const warmer_degC = subtract(temperature_degC, BODY_degC)
  return as(multiply(add(ONE, deviation), add(ONE, multiply(coefficient_per_degC, warmer_degC))))
}

/** The gain once the rotor has turned by so many steps, and how many more of them have it; infinitely many where all do. */
export function gainAfter({ gain, wear }: Stroke, turned: number): { readonly gain: Rational; readonly steps: number } {
  if (wear === null) return { gain, steps: Number.POSITIVE_INFINITY }
  const { change, stage_steps } = wear
  const stage = floor(divide(whole(turned), stage_steps))
  const worn = add(ONE, times(change, stage))
  const held = smaller(larger(worn, LEAST_WORN), MOST_WORN)
  const next = toSafeInteger(ceil(times(stage_steps, stage + 1n)))
  const isLast = compare(worn, LEAST_WORN) <= 0 || compare(worn, MOST_WORN) >= 0
  return { gain: multiply(gain, held), steps: isLast ? Number.POSITIVE_INFINITY : next - turned }
}
