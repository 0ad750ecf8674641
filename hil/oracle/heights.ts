/**
 * How high a staircase stands at any instant: the volume or the drug that has passed so far.
 */
import { commonUnit, multipleOf, risesOf } from '#hil/oracle/common-unit'
import type { Span, Staircase } from '#hil/oracle/staircase'
import { countThrough, tickOf } from '#units/cadence'
import {
  ceil,
  divide,
  floor,
  isPositive,
  type Rational,
  ratio,
  subtract,
  toSafeInteger,
  whole,
  ZERO,
} from '#units/rational'

/** A staircase prepared for many questions: the height below each flight, in multiples of a common unit. */
export interface Heights {
  readonly staircase: Staircase
  readonly unit: Rational
  readonly below: readonly bigint[]
}

export function indexHeights(staircase: Staircase): Heights {
  const unit = commonUnit(risesOf(staircase))
  const below: bigint[] = []
  let height = 0n
  for (const { rise, cadence } of staircase) {
    below.push(height)
    height += multipleOf(unit, rise) * BigInt(cadence.count)
  }
  return { staircase, unit, below }
}

/** The sum of all rises and falls at instants up to and including `t_us`; zero before the first. Takes O(log n). */
export function heightAt(heights: Heights, t_us: Rational): Rational {
  const now_us = toSafeInteger(floor(t_us))
  const { staircase, unit, below } = heights
  let [low, high] = [0, staircase.length]
  while (low < high) {
    const middle = (low + high) >> 1
    const flight = staircase[middle]
    if (flight === undefined || flight.cadence.first * flight.tick_us > now_us) high = middle
    else low = middle + 1
  }
  const flight = staircase[low - 1]
  if (flight === undefined) return ZERO
  const climbed = countThrough(flight.cadence, Math.floor(now_us / flight.tick_us))
  const height = (below[low - 1] ?? 0n) + multipleOf(unit, flight.rise) * BigInt(climbed)
  return ratio(height * unit.n, unit.d)
}

/**
 * The first instant at which the sum of all rises is at least `value`, which is more than nothing; undefined when it never
 * is. For a staircase that only rises. Takes O(log n).
 */
export function reachedAt({ staircase, unit, below }: Heights, value: Rational): Rational | undefined {
  const wanted = ceil(divide(value, unit))
  let [low, high] = [0, staircase.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((below[middle] ?? wanted) >= wanted) high = middle
    else low = middle + 1
  }
  const flight = staircase[low - 1]
  if (flight === undefined) return undefined
  const rise = multipleOf(unit, flight.rise)
  const steps = (wanted - (below[low - 1] ?? 0n) + rise - 1n) / rise
  if (steps > BigInt(flight.cadence.count)) return undefined
  return whole(tickOf(flight.cadence, Number(steps) - 1) * flight.tick_us)
}

/** How much the staircase rises in a span. */
export function riseOver(heights: Heights, span: Span): Rational {
  const end = heightAt(heights, span.to_us)
  return isPositive(span.from_us) ? subtract(end, heightAt(heights, span.from_us)) : end
}
