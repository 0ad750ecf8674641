/**
 * The flow that steps amount to, counted in windows of equal length.
 *
 * A motor has no rate between two of its steps, so whoever counts steps in a window is out by up to one of them. The
 * window is therefore as long as it takes for one step to be a small part of the fastest flow, and the report says how
 * long that is and what one step in it amounts to.
 */
import type { Curve, Range } from '#hil/report/curves/curve'
import type { Stairs } from '#hil/report/curves/stairs'

const WINDOWS_s: readonly number[] = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400,
]
/** The fastest flow is at least this many steps in a window. */
const FEWEST_STEPS = 10
/** Most windows of a run: more cannot be told apart on any screen, and counting them takes a second. */
const MOST_WINDOWS = 20_000_000

/** The shortest window in which one step, of `step` units, is a small part of a flow of `fastest` units a second. */
export function windowFor(step: number, fastest: number, span_s: number): number {
  const needed = Math.max(
    span_s / MOST_WINDOWS,
    fastest > 0 ? (FEWEST_STEPS * step) / fastest : Number.POSITIVE_INFINITY,
  )
  return WINDOWS_s.find((window_s) => window_s >= needed) ?? 86_400
}

export class CountedFlow implements Curve {
  readonly #stairs: Stairs
  readonly #window_s: number
  readonly #windows: number
  readonly #per_s: number

  /** Whole windows from 0 to `end_s`, at least one; the flow is in units for `per_s` seconds. */
  constructor(stairs: Stairs, window_s: number, end_s: number, per_s: number) {
    this.#stairs = stairs
    this.#window_s = window_s
    this.#windows = Math.max(1, Math.floor(end_s / window_s))
    this.#per_s = per_s
  }

  within(from_s: number, to_s: number): Range | undefined {
    const begin = Math.max(0, Math.floor(from_s / this.#window_s))
    const end = Math.min(this.#windows - 1, Math.floor(to_s / this.#window_s))
    if (begin > end) return undefined
    let before = this.#stairs.heightAt(begin * this.#window_s)
    let first = 0
    let [least, most, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0]
    for (let index = begin; index <= end; index += 1) {
      const height = this.#stairs.heightAt((index + 1) * this.#window_s)
      last = ((height - before) / this.#window_s) * this.#per_s
      if (index === begin) first = last
      least = Math.min(least, last)
      most = Math.max(most, last)
      before = height
    }
    return { first, last, least, most }
  }
}
