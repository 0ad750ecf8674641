/**
 * Steps at a cadence against a constant rate: between two steps the difference falls steadily, at a step it jumps.
 *
 * The difference after instant j is `a * j + b * ceil((j * remainder - phase) / divisor)` up to a constant. Its exact
 * maximum over millions of instants is found either by visiting them in plain numbers or, whatever the size of the
 * numbers, by a descent like Euclid's algorithm that takes a few dozen steps however many instants there are.
 */
import { SAFE } from '#hil/oracle/arithmetic'

/** `count` >= 1, 0 <= phase < divisor, 0 <= remainder < divisor. */
export interface Beat {
  readonly count: number
  readonly a: bigint
  readonly b: bigint
  /** A positive common divisor of a and b; the largest one makes the plain numbers smallest. */
  readonly unit: bigint
  readonly remainder: number
  readonly phase: number
  readonly divisor: number
}

/** The largest difference, relative to that at instant 0, and the first instant that has it. */
export interface Crest {
  readonly index: number
  readonly value: bigint
}

/** The exact maximum over all instants of the beat, whichever way is the faster. */
export function crestOf(beat: Beat): Crest {
  const { a, b, unit } = beat
  const bound = BigInt(beat.count) * ((a < 0n ? -a : a) + (b < 0n ? -b : b))
  return bound < SAFE * unit ? crestByWalk(beat) : crestByDescent(beat)
}

/** Visits every instant; exact while count * (|a| + |b|) / unit is a safe integer. */
export function crestByWalk(beat: Beat): Crest {
  const { count, unit, remainder, phase, divisor } = beat
  const [a, b] = [Number(beat.a / unit), Number(beat.b / unit)]
  let ahead = -phase
  let level = 0
  let most = 0
  let index = 0
  for (let j = 1; j < count; j += 1) {
    level += a
    ahead += remainder
    if (ahead > 0) {
      ahead -= divisor
      level += b
    }
    if (level > most) {
      most = level
      index = j
    }
  }
  return { index, value: BigInt(most) * unit }
}

/** Halves the numbers instead of visiting instants; exact for any size. */
export function crestByDescent(beat: Beat): Crest {
  const [count, c, m] = [BigInt(beat.count), BigInt(beat.remainder), BigInt(beat.divisor)]
  const sum: Weighted = { count, a: beat.a, b: beat.b, c, e: m - 1n - BigInt(beat.phase), m }
  const index = highest(sum)
  return { index: Number(index), value: valueAt(sum, index) }
}

/** The first instant whose difference, relative to that at instant 0, exceeds `limit`; undefined when none does. */
export function firstAbove(beat: Beat, limit: bigint): number | undefined {
  if (crestByDescent(beat).value <= limit) return undefined
  let [low, high] = [1, beat.count]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (crestByDescent({ ...beat, count: middle }).value > limit) high = middle
    else low = middle + 1
  }
  return low - 1
}

/** The function `a * x + b * floor((c * x + e) / m)` of the whole numbers 0 <= x < count; c, e >= 0 and m > 0. */
interface Weighted {
  readonly count: bigint
  readonly a: bigint
  readonly b: bigint
  readonly c: bigint
  readonly e: bigint
  readonly m: bigint
}

function valueAt({ a, b, c, e, m }: Weighted, x: bigint): bigint {
  return a * x + b * ((c * x + e) / m)
}

/**
 * The first x at which the function is largest.
 *
 * With both weights of one sign it is monotone. Otherwise only the last x (a > 0) or the first x (a <= 0) of those with
 * the same floor y can be largest; that x is itself a floor of a multiple of y, and swapping the two gives the same
 * question with c and m as after a step of Euclid's algorithm.
 */
function highest(given: Weighted): bigint {
  const { count, m } = given
  const [b, c, e] = [given.b, given.c % m, given.e % m]
  const a = given.a + b * (given.c / m)
  const sum = { count, a, b, c, e, m }
  const last = count - 1n
  const top = (c * last + e) / m
  if (top === 0n) return a > 0n ? last : 0n
  if (a <= 0n && b <= 0n) return 0n
  if (a > 0n && b >= 0n) return last
  if (a > 0n) {
    const y = highest({ count: top, a: b, b: a, c: m, e: m - e - 1n, m: c })
    const x = (m * y + m - e - 1n) / c
    return valueAt(sum, x) >= valueAt(sum, last) ? x : last
  }
  const y = highest({ count: top, a: b, b: a, c: m, e: m - e + c - 1n, m: c })
  const x = (m * y + m - e + c - 1n) / c
  return valueAt(sum, x) > valueAt(sum, 0n) ? x : 0n
}
