/**
 * Many values, thinned so that no extreme is ever lost.
 *
 * A spike of one value among a million is what a reader looks for. Each bucket of neighbors keeps its first, smallest,
 * largest and last value.
 */

const KEPT_OF_A_BUCKET = 4

/** Indices of at most `most` of the values, in their order; of all of them when they are few. */
export function thinned(values: readonly number[], most: number): readonly number[] {
  if (values.length <= most) return [...values.keys()]
  const buckets = Math.max(1, Math.floor(most / KEPT_OF_A_BUCKET))
  const kept: number[] = []
  for (let bucket = 0; bucket < buckets; bucket += 1) {
    const from = Math.floor((bucket * values.length) / buckets)
    const to = Math.floor(((bucket + 1) * values.length) / buckets)
    kept.push(...extremes(values, from, to))
  }
  return kept
}

function extremes(values: readonly number[], from: number, to: number): readonly number[] {
  let [low, high] = [from, from]
  for (let index = from; index < to; index += 1) {
    const value = values[index] ?? 0
    if (value < (values[low] ?? 0)) low = index
    if (value > (values[high] ?? 0)) high = index
  }
  return [...new Set([from, low, high, to - 1])].sort((a, b) => a - b)
}
