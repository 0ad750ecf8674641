/**
 * A cadence: evenly spaced instants, each rounded up to a clock of whole ticks on its own.
 *
 * A motor that should step every 216.7 ms can only step when its timer ticks. Rounding each step separately, and never
 * the interval, keeps the error of every step under one tick for ever. The parameters are the motion fields of the
 * rig's wire: instant j is at tick `first + ceil((j * (quotient * divisor + remainder) - phase) / divisor)`.
 */
import {
  add,
  ceil,
  compare,
  divide,
  multiply,
  type Rational,
  subtract,
  times,
  toSafeInteger,
  whole,
  ZERO,
} from '#units/rational'
import { rememberedOfFraction } from '#units/remembered'

export interface Cadence {
  /** Tick of instant 0, from the start of the run. */
  readonly first: number
  /** How far instant 0 was rounded up, in 1/divisor of a tick: 0 <= phase < divisor. */
  readonly phase: number
  /** How many instants; at least 1, at most {@link LONGEST_CADENCE}. */
  readonly count: number
  readonly quotient: number
  /** 0 <= remainder < divisor. */
  readonly remainder: number
  /** 1 <= divisor < 2^31. */
  readonly divisor: number
}

/** Bound of `divisor`: the wire carries it in 31 bits. */
export const DIVISOR_LIMIT = 2n ** 31n
/** Most instants in one cadence: keeps `count * remainder` a safe integer, so that ticks are exact in plain numbers. */
export const LONGEST_CADENCE = 2 ** 21

/** Tick of instant `j`; exact for 0 <= j < count. */
export function tickOf(cadence: Cadence, j: number): number {
  const { first, phase, quotient, remainder, divisor } = cadence
  return first + j * quotient + Math.ceil((j * remainder - phase) / divisor)
}

/** Tick of the last instant. */
export function lastTick(cadence: Cadence): number {
  return tickOf(cadence, cadence.count - 1)
}

/** How many of the instants lie at or before `tick`. */
export function countThrough(cadence: Cadence, tick: number): number {
  const { first, phase, count, quotient, remainder, divisor } = cadence
  if (tick < first) return 0
  // The quotient is a guess in floating point; the loops move it to the exact count.
  const interval = quotient + remainder / divisor
  const guess = interval > 0 ? Math.floor((tick - first + phase / divisor) / interval) + 1 : count
  let through = Math.max(1, Math.min(count, guess))
  while (through < count && tickOf(cadence, through) <= tick) through += 1
  while (through > 1 && tickOf(cadence, through - 1) > tick) through -= 1
  return through
}

/** The instants `from` (inclusive) to `to` (exclusive) as a cadence of their own; 0 <= from < to <= count. */
export function slice(cadence: Cadence, from: number, to: number): Cadence {
  if (!(from >= 0 && from < to && to <= cadence.count)) {
    throw new RangeError(`instants ${from} to ${to} do not lie within a cadence of ${cadence.count}`)
  }
  const { phase, quotient, remainder, divisor } = cadence
  const ahead = from * remainder - phase
  const carried = Math.ceil(ahead / divisor)
  return {
    first: cadence.first + from * quotient + carried,
    phase: carried * divisor - ahead,
    count: to - from,
    quotient,
    remainder,
    divisor,
  }
}

/** The cadence moved by whole ticks. */
export function shifted(cadence: Cadence, ticks: number): Cadence {
  return { ...cadence, first: cadence.first + ticks }
}

/** One cadence for both, when `b` goes on exactly where `a` ends; undefined when it does not. */
export function joined(a: Cadence, b: Cadence): Cadence | undefined {
  const { first, phase, quotient, remainder, divisor } = a
  if (quotient !== b.quotient || remainder !== b.remainder || divisor !== b.divisor) return undefined
  const count = a.count + b.count
  if (count > LONGEST_CADENCE) return undefined
  const ahead = a.count * remainder - phase
  const carried = Math.ceil(ahead / divisor)
  const continues = first + a.count * quotient + carried === b.first && carried * divisor - ahead === b.phase
  return continues ? { ...a, count } : undefined
}

/** The fraction with a denominator below {@link DIVISOR_LIMIT} that lies closest to `value` among its convergents. */
function lastSmallConvergent(value: Rational): Rational {
  let [n0, d0, n1, d1] = [0n, 1n, 1n, 0n]
  let [n, d] = [value.n, value.d]
  while (d !== 0n) {
    const bothpart = n / d
    const [n2, d2] = [bothpart * n1 + n0, bothpart * d1 + d0]
    if (d2 >= DIVISOR_LIMIT) break
    ;[n0, d0, n1, d1] = [n1, d1, n2, d2]
    ;[n, d] = [d, n - bothpart * d]
  }
  return { n: n1, d: d1 }
}

/**
 * The cadences, in order, whose instants are exactly `ceil(first + j * interval)` for 0 <= j < count.
 *
 * `first` and `interval` are exact and in ticks, `interval` > 0. An interval whose denominator fits gives one cadence
 * (for each {@link LONGEST_CADENCE} instants). Otherwise its best convergent a/b is used: over fewer than 2^31 instants
 * the neglected part of b * instant stays below one, so the rounded instants agree up to the single place where it
 * crosses a whole number, and the cadence is cut there. Throws RangeError for ticks beyond the safe integers.
 */
export function cadencesOf(first: Rational, interval: Rational, count: number): Cadence[] {
  if (interval.n <= 0n) throw new RangeError('the interval of a cadence must be positive')
  if (count > 0) toSafeInteger(ceil(instantOf(first, interval, count)))
  const cadences: Cadence[] = []
  const { near, neglected, quotient, remainder, divisor } = paceOf(interval)
  for (let from = 0; from < count; ) {
    const start = from === 0 ? first : instantOf(first, interval, from)
    const scaled = { n: start.n * near.d, d: start.d }
    const length = Math.min(count - from, LONGEST_CADENCE, sameRounding(scaled, neglected))
    const tick = ceil(start)
    const phase = toSafeInteger(tick * near.d - ceil(scaled))
    cadences.push({ first: toSafeInteger(tick), phase, count: length, quotient, remainder, divisor })
    from += length
  }
  return cadences
}

/** An interval as a cadence has it: a fraction that fits, and what that neglects in each of its parts. */
const paceOf = rememberedOfFraction((interval: Rational) => {
  const near = interval.d < DIVISOR_LIMIT ? interval : lastSmallConvergent(interval)
  const neglected = near === interval ? ZERO : times(subtract(interval, near), near.d)
  const [quotient, remainder] = [toSafeInteger(near.n / near.d), toSafeInteger(near.n % near.d)]
  return { near, neglected, quotient, remainder, divisor: toSafeInteger(near.d) }
})

/** Exact instant `j`, not in lowest terms: it is only rounded and compared. */
function instantOf(first: Rational, interval: Rational, j: number): Rational {
  return { n: first.n * interval.d + interval.n * BigInt(j) * first.d, d: first.d * interval.d }
}

/** For how many j from 0 the value ceil(scaled + j * neglected) stays what it is at j = 0. */
function sameRounding(scaled: Rational, neglected: Rational): number {
  if (neglected.n === 0n) return Number.POSITIVE_INFINITY
  const top = ceil(scaled)
  const limit = neglected.n > 0n ? whole(top) : whole(top - 1n)
  const reach = divide(subtract(limit, scaled), neglected)
  const instants = neglected.n > 0n ? reach.n / reach.d + 1n : ceil(reach)
  const bounded = instants < BigInt(LONGEST_CADENCE) ? Number(instants) : LONGEST_CADENCE
  if (bounded < 1 || compare(add(scaled, multiply(neglected, whole(bounded - 1))), whole(top)) > 0) {
    throw new RangeError('a cadence was cut at the wrong place')
  }
  return bounded
}
