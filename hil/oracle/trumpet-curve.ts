/**
 * The whole trumpet: the extremes of every window of a published set, each with what it can say.
 *
 * A short window holds few steps, and one step more or less is then a large error that no pump can avoid. Such a window
 * is named unresolvable, so that nobody takes its silence for a pass.
 */
import type { FlowError, Unprescribed } from '#hil/oracle/envelope'
import type { Line } from '#hil/oracle/line'
import type { Span, Staircase } from '#hil/oracle/staircase'
import { resolves, trumpetOf } from '#hil/oracle/trumpet'
import { compare, divide, multiply, type Rational, subtract } from '#units/rational'

export interface CurveQuestion extends Span {
  readonly windows_us: readonly Rational[]
  /** The error, as a fraction, that the curve is to be held against. */
  readonly within: Rational
  /** Volume of one motor step. */
  readonly step: Rational
  /** One tick of the rig in the time of the therapy. */
  readonly rigTick_us: Rational
}

/** The extremes of a window, and the error that a faultless pump may show in it. */
export interface Extremes {
  readonly window_us: Rational
  readonly most: FlowError
  readonly least: FlowError
  readonly floor: Rational
}

export type CurvePoint =
  /** The errors tell a faulty pump from a faultless one. */
  | ({ readonly kind: 'resolved' } & Extremes)
  /** The floor exceeds `within`: a faultless pump could show such errors too. */
  | ({ readonly kind: 'unresolvable' } & Extremes)
  /** In some window nothing is prescribed, so that no error relative to it exists; `delivered` is the most one holds. */
  | { readonly kind: 'unprescribed'; readonly window_us: Rational; readonly delivered: Unprescribed | undefined }
  /** The span is shorter than the window. */
  | { readonly kind: 'too-long'; readonly window_us: Rational }

/** One point for each window, in the order given; exact over all starts of the window. */
export function trumpetCurve(delivered: Staircase, prescribed: Line, question: CurveQuestion): readonly CurvePoint[] {
  const { from_us, to_us, step, rigTick_us, within } = question
  return question.windows_us.map((window_us): CurvePoint => {
    const trumpet = trumpetOf(delivered, prescribed, { from_us, to_us, window_us, step, rigTick_us })
    const { most, least, floor, unprescribed } = trumpet
    if (most !== undefined && least !== undefined && floor !== undefined) {
      return { kind: resolves(trumpet, within) ? 'resolved' : 'unresolvable', window_us, most, least, floor }
    }
    const isTooLong = compare(window_us, subtract(to_us, from_us)) > 0
    return isTooLong ? { kind: 'too-long', window_us } : { kind: 'unprescribed', window_us, delivered: unprescribed }
  })
}

/**
 * The published floor of a window at a constant rate: one step of the volume that flows in it, `step / (rate * window)`
 * as a fraction. The floor of a curve adds what flows in one tick of the rig. `rate` and `window_us` are more than nothing.
 */
export function quantizationFloor(step: Rational, rate: Rational, window_us: Rational): Rational {
  return divide(step, multiply(rate, window_us))
}
