/**
 * Bolus accuracy: of boluses given again and again, how much each delivered against how much it should have.
 *
 * A single bolus of a pump in steps is out by up to a step and means little; published figures are the mean of at least
 * 25 and the worst in either direction.
 */
import { deliveryOver } from '#hil/oracle/delivery'
import type { Heights } from '#hil/oracle/heights'
import type { Line } from '#hil/oracle/line'
import type { Span } from '#hil/oracle/staircase'
import { add, compare, divide, isPositive, type Rational, subtract, sum, whole } from '#units/rational'

/** A bolus as it is meant: when it flows and how much it adds on top of everything else. */
export interface MeantBolus extends Span {
  readonly dose: Rational
}

/**
 * `above-basal`: what was delivered beyond all else that is prescribed while the bolus flows, against its dose.
 * `total`: all that was delivered while it flows, against all that is prescribed then.
 */
export type BolusMeasure = 'above-basal' | 'total'

export interface BolusError extends MeantBolus {
  readonly delivered: Rational
  readonly prescribed: Rational
  /** `delivered / prescribed - 1`. */
  readonly error: Rational
}

export interface BolusAccuracy {
  /** How many boluses were measured. */
  readonly count: number
  readonly mean: Rational
  /** The largest and the smallest error, the first of equals; on either side of zero or not. */
  readonly most: BolusError
  readonly least: BolusError
  /** What one step is of the smallest bolus, as a fraction: no single error below it means anything. */
  readonly floor: Rational
  /** Whether there are enough for the mean to be quoted. */
  readonly isEnough: boolean
}

/** After the usual test of bolus accuracy, which asks for 25 in a row. */
const ENOUGH_BOLUSES = 25

/** Undefined without a bolus. Throws RangeError for one that lasts or holds nothing. */
export function bolusAccuracy(
  delivered: Heights,
  prescribed: Line,
  boluses: readonly MeantBolus[],
  { measure, step }: { readonly measure: BolusMeasure; readonly step: Rational },
): BolusAccuracy | undefined {
  const errors = boluses.map((bolus) => errorOf(delivered, prescribed, bolus, measure))
  const [first, ...others] = errors
  if (first === undefined) return undefined
  const count = errors.length
  const least = others.reduce((a, b) => (compare(b.error, a.error) < 0 ? b : a), first)
  const most = others.reduce((a, b) => (compare(b.error, a.error) > 0 ? b : a), first)
  const smallest = others.reduce((a, b) => (compare(b.prescribed, a.prescribed) < 0 ? b : a), first)
  return {
    count,
    mean: divide(sum(errors.map(({ error }) => error)), whole(count)),
    most,
    least,
    floor: divide(step, smallest.prescribed),
    isEnough: count >= ENOUGH_BOLUSES,
  }
}

function errorOf(delivered: Heights, line: Line, bolus: MeantBolus, measure: BolusMeasure): BolusError {
  const { from_us, to_us, dose } = bolus
  if (!isPositive(dose) || compare(to_us, from_us) <= 0) {
    throw new RangeError('a bolus must last longer and hold more than nothing')
  }
  const found = deliveryOver(delivered, line, bolus)
  const difference = subtract(found.delivered, found.prescribed)
  const prescribed = measure === 'total' ? found.prescribed : dose
  return {
    from_us,
    to_us,
    dose,
    delivered: add(prescribed, difference),
    prescribed,
    error: divide(difference, prescribed),
  }
}
