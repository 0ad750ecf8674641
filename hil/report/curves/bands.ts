/**
 * A curve of which only its extremes in buckets of equal length are kept: what is drawn of a run of years, whose parts are
 * too many for a page. No extreme is lost; what is lost is when, within a bucket, it occurred.
 */
import type { Curve, Range } from '#hil/report/curves/curve'

export class Bands implements Curve {
  readonly #bucket_s: number
  readonly #ends: readonly number[]
  readonly #below: readonly number[]
  readonly #above: readonly number[]

  /** The value at the ends of each bucket, and how far it goes below the lower and above the higher end in between. */
  constructor(bucket_s: number, ends: readonly number[], below: readonly number[], above: readonly number[]) {
    this.#bucket_s = bucket_s
    this.#ends = ends
    this.#below = below
    this.#above = above
  }

  within(from_s: number, to_s: number): Range | undefined {
    const buckets = this.#ends.length - 1
    if (buckets < 1) return undefined
    const place = (t_s: number) => Math.min(buckets - 1, Math.max(0, Math.floor(t_s / this.#bucket_s)))
    const [begin, end] = [place(from_s), place(to_s)]
    const at = (bucket: number, t_s: number) => {
      const part = Math.min(1, Math.max(0, t_s / this.#bucket_s - bucket))
      const [from = 0, to = 0] = [this.#ends[bucket], this.#ends[bucket + 1]]
      return from + (to - from) * part
    }
    let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
    for (let bucket = begin; bucket <= end; bucket += 1) {
      const [from = 0, to = 0] = [this.#ends[bucket], this.#ends[bucket + 1]]
      least = Math.min(least, Math.min(from, to) - (this.#below[bucket] ?? 0))
      most = Math.max(most, Math.max(from, to) + (this.#above[bucket] ?? 0))
    }
    return { first: at(begin, from_s), last: at(end, to_s), least, most }
  }
}
