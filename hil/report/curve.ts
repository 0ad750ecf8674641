/**
 * Curves with many points, thinned for drawing so that no extreme is ever lost.
 *
 * A spike of one sample among a million is what a reader looks for. Each bucket of neighbors keeps its first, smallest,
 * largest and last point, so that the drawn curve reaches every height the samples reach.
 */

/** A point of a curve: time in seconds, and a value. */
export interface Point {
  readonly t_s: number
  readonly value: number
}

const POINTS_KEPT_OF_A_BUCKET = 4

/** At most about `most` of the points, in their order; all of them when they are few. */
export function thinned(points: readonly Point[], most: number): readonly Point[] {
  if (points.length <= most) return points
  const buckets = Math.max(1, Math.floor(most / POINTS_KEPT_OF_A_BUCKET))
  const kept: Point[] = []
  for (let bucket = 0; bucket < buckets; bucket++) {
    const from = Math.floor((bucket * points.length) / buckets)
    const to = Math.floor(((bucket + 1) * points.length) / buckets)
    for (const index of extremes(points, from, to)) {
      const point = points[index]
      if (point !== undefined) kept.push(point)
    }
  }
  return kept
}

function extremes(points: readonly Point[], from: number, to: number): readonly number[] {
  let [low, high] = [from, from]
  for (let index = from; index < to; index++) {
    const value = points[index]?.value ?? 0
    if (value < (points[low]?.value ?? 0)) low = index
    if (value > (points[high]?.value ?? 0)) high = index
  }
  return [...new Set([from, low, high, to - 1])].sort((a, b) => a - b)
}

/** The points as the path of an SVG, `M1,2L3,4`, in tenths of a pixel; a single point becomes a dot. */
export function pathOf(points: readonly Point[], x: (t_s: number) => number, y: (value: number) => number): string {
  const places = points.map((point) => `${tenth(x(point.t_s))},${tenth(y(point.value))}`)
  const distinct = places.filter((place, index) => place !== places[index - 1])
  const [first] = distinct
  if (first === undefined) return ''
  return distinct.length === 1 ? `M${first}h0.1` : `M${distinct.join('L')}`
}

/** A coordinate in tenths of a pixel, which is finer than a screen shows. */
export function tenth(value: number): number {
  return Math.round(value * 10) / 10
}
