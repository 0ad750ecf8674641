/**
 * Verdicts under the uncertainty of the instrument, and how they are put into words.
 *
 * A measured value passes when all that it may truly be is inside the limit and fails when all of it is outside. In between,
 * and where nobody can say how sure the instrument is, the detail says which value, which uncertainty and which limit.
 */
import { around, type Interval, judged, type Outcome, type Uncertainty, verdictOf } from '#hil/oracle/guard-band'
import type { Observation } from '#hil/run/checks/observation'
import type { Instrument } from '#hil/run/instrument'
import { decimal } from '#units/format'
import { add, compare, isZero, larger, type Rational, subtract, ZERO } from '#units/rational'

/** A value that must not be above its limit, observed and not yet judged. */
export type Reading = Omit<Observation, 'outcome' | 'measured' | 'limit'> & {
  readonly measured: Rational
  readonly limit: Rational
}

/** Judges a value by its own uncertainty. */
export function guarded(reading: Reading, uncertainty: Uncertainty, instrument: Instrument): Observation {
  const outcome = judged(reading.measured, uncertainty, { atMost: reading.limit })
  return inWords(reading, outcome, around(reading.measured, uncertainty), instrument)
}

/** Judges a value by all that it may truly be; undefined where nobody can say. */
export function guardedWithin(reading: Reading, truth: Interval | undefined, instrument: Instrument): Observation {
  return inWords(reading, verdictOf(truth, { atMost: reading.limit }), truth, instrument)
}

/** All that a difference may truly be that was taken from a displaced volume of at most `displaced`; sizes count. */
export function sizeAround(size: Rational, displaced: Rational, uncertainty: Uncertainty): Interval | undefined {
  const reach = around(displaced, uncertainty)
  if (reach === undefined) return undefined
  const half = subtract(reach.high, displaced)
  return { low: larger(subtract(size, half), ZERO), high: add(size, half) }
}

/** An outcome with the words that an uncertain measurement needs. */
export function inWords(
  reading: Reading,
  outcome: Outcome,
  truth: Interval | undefined,
  instrument: Instrument,
): Observation {
  return { ...reading, outcome, detail: `${reading.detail}${remark(reading, outcome, truth, instrument)}` }
}

function remark(reading: Reading, outcome: Outcome, truth: Interval | undefined, { doubt }: Instrument): string {
  const { measured, limit, unit } = reading
  const unsure = `measured ${decimal(measured)} ${unit}, limit ${decimal(limit)} ${unit}`
  if (truth === undefined) return `; ${unsure}; not judged: ${doubt ?? 'its uncertainty is unknown'}`
  const half = larger(subtract(truth.high, measured), subtract(measured, truth.low))
  if (isZero(half)) return ''
  if (outcome !== 'inconclusive') return `; uncertain by ${decimal(half, 3)} ${unit}`
  const range = `${decimal(truth.low)} to ${decimal(truth.high)} ${unit}`
  const side = compare(measured, limit) > 0 ? 'beyond' : 'inside'
  return `; ${unsure}, uncertain by ${decimal(half, 3)} ${unit}: it lies ${side}, but may be ${range}`
}

const NOT_JUDGED = '; not judged: '

/** Several details in one; where those that follow on each other were not judged for the same reason, it is given once. */
export function joinDetails(details: readonly string[]): string {
  const texts = details.map((detail, index) => {
    const at = detail.lastIndexOf(NOT_JUDGED)
    return at !== -1 && details[index + 1]?.endsWith(detail.slice(at)) === true ? detail.slice(0, at) : detail
  })
  return texts.join('; ')
}
