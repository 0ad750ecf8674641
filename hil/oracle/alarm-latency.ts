/**
 * Alarm latency: from the instant something went wrong to the instant somebody could hear of it.
 *
 * Counted from the cause, which only the bench knows, and not from when the pump noticed.
 */
import { compare, type Rational, subtract } from '#units/rational'

/** An alarm that sounded; `cleared_us` is null while it still does. */
export interface Sounding {
  readonly raised_us: Rational
  readonly cleared_us: Rational | null
}

export type Latency =
  /** Raised at or after the cause: the first such one. */
  | { readonly kind: 'raised'; readonly latency_us: Rational; readonly raised_us: Rational }
  /** It sounded already when the cause came, for another reason, so that it told nothing new. */
  | { readonly kind: 'standing'; readonly raised_us: Rational }
  /** Not raised by the end of the watch, which lasted that long from the cause. */
  | { readonly kind: 'missed'; readonly atLeast_us: Rational }

/**
 * `soundings` of one alarm, in order of time; `until_us` ends the watch: the end of the run or the next cause. A raise at
 * `until_us` still counts, one before the cause never.
 */
export function alarmLatency(cause_us: Rational, until_us: Rational, soundings: readonly Sounding[]): Latency {
  const standing = soundings.find(
    ({ raised_us, cleared_us }) =>
      compare(raised_us, cause_us) < 0 && (cleared_us === null || compare(cleared_us, cause_us) > 0),
  )
  const raised = soundings.find(
    ({ raised_us }) => compare(raised_us, cause_us) >= 0 && compare(raised_us, until_us) <= 0,
  )
  if (raised !== undefined) {
    return { kind: 'raised', latency_us: subtract(raised.raised_us, cause_us), raised_us: raised.raised_us }
  }
  if (standing !== undefined) return { kind: 'standing', raised_us: standing.raised_us }
  return { kind: 'missed', atLeast_us: subtract(until_us, cause_us) }
}
