/**
 * A flow error against its limit, where steps are coarse and the instrument is uncertain.
 *
 * A window so short that one step is more than the limit tells a faulty pump from a faultless one only where its error is
 * beyond limit and step together; then it fails. Else it is reported as unresolvable, which is inconclusive and never a pass.
 */
import type { FlowError } from '#hil/oracle/envelope'
import { type FlowExtremes, flowTruth, flowVerdict, isCoarse } from '#hil/oracle/flow-verdict'
import { inWords } from '#hil/run/checks/guarded'
import type { Observation, PartedLedgers } from '#hil/run/checks/observation'
import type { Ledgers } from '#hil/run/ledgers'
import type { LedgerPair } from '#hil/run/result'
import { decimal } from '#units/format'
import { compare, isNegative, magnitude, multiply, type Rational, smaller, times } from '#units/rational'

/** What of a window is judged: its name for people, and the largest error as a fraction. */
export interface FlowLimit {
  readonly name: string
  readonly within: Rational
}

/** Measured and limit in percent. */
export function judgedFlow(extremes: FlowExtremes, { name, within }: FlowLimit, ledgers: Ledgers): Observation {
  const { most, least, floor } = extremes
  const worst = worstOf(extremes)
  const limit = times(within, 100)
  const both = `${name}: ${percentText(least?.error)} to ${percentText(most?.error)}`
  if (worst === undefined || floor === undefined) {
    const detail = `${both}, unresolvable: nothing is prescribed in some window`
    return { outcome: 'inconclusive', measured: null, limit, unit: '%', at_us: worst?.start_us ?? null, detail }
  }
  const measured = times(magnitude(worst.error), 100)
  const reading = { measured, limit, unit: '%', at_us: worst.start_us, detail: both }
  const truth = flowTruth(extremes, ledgers.scenario.pump.step_uL, ledgers.instrument.displaced)
  const outcome = flowVerdict(truth, { within, floor })
  if (!isCoarse({ within, floor })) {
    const percent = truth && { low: times(truth.low, 100), high: times(truth.high, 100) }
    return parted(inWords(reading, outcome, percent, ledgers.instrument))
  }
  const coarse = `one step is ${percentText(floor)} of it`
  if (outcome === 'fail') {
    const detail = `${both}, beyond the limit by more than a step, and ${coarse}`
    return parted({ ...reading, outcome, detail })
  }
  return { ...reading, outcome: 'inconclusive', detail: `${both}, unresolvable: ${coarse}` }
}

/** The extreme is that of all windows, so it tells where it is worst and not since when. */
function parted(observation: Observation): Observation {
  return observation.outcome === 'fail' ? { ...observation, parted: [{ pair: 'volume', since_us: null }] } : observation
}

function worstOf({ most, least }: FlowExtremes): FlowError | undefined {
  if (most === undefined || least === undefined) return most ?? least
  return compare(magnitude(least.error), magnitude(most.error)) > 0 ? least : most
}

/** A fraction as percent with its sign. */
export function percentText(fraction: Rational | undefined): string {
  if (fraction === undefined) return 'none'
  return `${isNegative(fraction) ? '' : '+'}${decimal(times(fraction, 100), 4)} %`
}

/**
 * Of several observations of one check the one that decides: of those with the worst outcome that which is nearest its
 * limit or furthest beyond it, as a part of the limit. Ledgers parted when they first did, in whichever of them.
 */
export function decisive(observations: readonly [Observation, ...Observation[]]): Observation {
  const failed = observations.filter(({ outcome }) => outcome === 'fail')
  const unresolved = observations.filter(({ outcome }) => outcome === 'inconclusive')
  const telling = failed.length > 0 ? failed : unresolved.length > 0 ? unresolved : observations
  const worst = telling.reduce((a, b) => (furthest(b, a) ? b : a))
  const parted = firstParted(failed)
  return parted.length === 0 ? worst : { ...worst, parted }
}

/** Whether `a` is further beyond its limit than `b`, or nearer to it. */
function furthest(a: Observation, b: Observation): boolean {
  if (a.measured === null || b.measured === null) return a.measured !== null
  if (a.limit === null || b.limit === null) return compare(a.measured, b.measured) > 0
  const order = compare(multiply(a.measured, b.limit), multiply(b.measured, a.limit))
  return order === 0 ? compare(a.measured, b.measured) > 0 : order > 0
}

/** Each pair once, since the first instant that any of the observations knows. */
function firstParted(observations: readonly Observation[]): readonly PartedLedgers[] {
  const since = new Map<LedgerPair, Rational | null>()
  for (const { pair, since_us } of observations.flatMap(({ parted }) => parted ?? [])) {
    const known_us = since.get(pair) ?? null
    since.set(pair, known_us !== null && since_us !== null ? smaller(known_us, since_us) : (known_us ?? since_us))
  }
  return [...since].map(([pair, since_us]) => ({ pair, since_us }))
}
