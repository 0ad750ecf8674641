/**
 * The verdict on the flow errors of windows of one length, where steps are coarse and the instrument is uncertain.
 *
 * A window so short that one step is more than the limit tells a faulty pump from a faultless one only where its error is
 * beyond limit and step together; then it fails. Else it is inconclusive, and never a pass.
 */
import type { FlowError } from '#hil/oracle/envelope'
import { errorAround, type Interval, type Outcome, sizeOf, type Uncertainty, verdictOf } from '#hil/oracle/guard-band'
import { add, compare, divide, larger, multiply, type Rational, subtract, ZERO } from '#units/rational'

/** The extremes of one window, and the error that the size of a step alone may cause in it; undefined where none is. */
export interface FlowExtremes {
  readonly most: FlowError | undefined
  readonly least: FlowError | undefined
  readonly floor: Rational | undefined
}

/** The limit of an error, and the error that a step alone may cause, both as fractions. */
export interface FlowBounds {
  readonly within: Rational
  readonly floor: Rational
}

/**
 * All that the size of the largest error may truly be, as a fraction: each window is out by its own flow, and by what no
 * count resolves. Undefined where nobody can say.
 */
export function flowTruth(
  { most, least, floor }: FlowExtremes,
  step: Rational,
  uncertainty: Uncertainty,
): Interval | undefined {
  if (uncertainty.kind === 'unknown') return undefined
  // `floor` is at least one step of the leanest window, so this is no less than the absolute part in any window.
  const uncounted = multiply(divide(uncertainty.absolute, step), floor ?? ZERO)
  const sizes = [most, least].flatMap((end) => {
    if (end === undefined) return []
    const { low, high } = errorAround(end.error, uncertainty.relative)
    return [sizeOf({ low: subtract(low, uncounted), high: add(high, uncounted) })]
  })
  return {
    low: sizes.map(({ low }) => low).reduce(larger, ZERO),
    high: sizes.map(({ high }) => high).reduce(larger, ZERO),
  }
}

/** Whether a step alone may cause an error beyond the limit. */
export function isCoarse({ within, floor }: FlowBounds): boolean {
  return compare(floor, within) > 0
}

export function flowVerdict(truth: Interval | undefined, bounds: FlowBounds): Outcome {
  const { within, floor } = bounds
  if (!isCoarse(bounds)) return verdictOf(truth, { atMost: within })
  return verdictOf(truth, { atMost: add(within, floor) }) === 'fail' ? 'fail' : 'inconclusive'
}
