/**
 * A curve that can be asked about any stretch of time: where it begins and ends there, and how far it ever goes.
 *
 * Charts draw a column of pixels from such an answer, so a spike of a second in a year is as tall on paper as it was. The
 * answers are plain numbers; they come from exact parts, to within a microsecond, and never from samples in between.
 */

/** What a curve does in a stretch of time. */
export interface Range {
  readonly first: number
  readonly last: number
  readonly least: number
  readonly most: number
}

export interface Curve {
  /** From `from_s` to `to_s`, both included, `from_s` <= `to_s`; undefined where the curve says nothing of that time. */
  readonly within: (from_s: number, to_s: number) => Range | undefined
}

/** The curve times a constant. */
export function scaled(curve: Curve, factor: number): Curve {
  return {
    within: (from_s, to_s) => {
      const range = curve.within(from_s, to_s)
      if (range === undefined) return undefined
      const ends = [range.least * factor, range.most * factor]
      return {
        first: range.first * factor,
        last: range.last * factor,
        least: Math.min(...ends),
        most: Math.max(...ends),
      }
    },
  }
}

/** The curve up to an instant, after which it says nothing. */
export function until(curve: Curve, last_s: number): Curve {
  return {
    within: (from_s, to_s) => (from_s > last_s ? undefined : curve.within(from_s, Math.min(to_s, last_s))),
  }
}

/** Index of the last of the ascending numbers that is not above `value`; -1 when all are. `hint` is where to look first. */
export function lastNotAbove(numbers: ArrayLike<number>, value: number, hint = 0): number {
  for (let near = hint; near < hint + 3 && near < numbers.length; near += 1) {
    const [here = Number.POSITIVE_INFINITY, next = Number.POSITIVE_INFINITY] = [numbers[near], numbers[near + 1]]
    if (here > value) break
    if (next > value) return near
  }
  let [low, high] = [0, numbers.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((numbers[middle] ?? 0) <= value) low = middle + 1
    else high = middle
  }
  return low - 1
}
