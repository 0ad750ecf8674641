/**
 * A curve through given points: samples joined by straight lines, or a value that is held and then jumps, which is two
 * points at one instant.
 */
import { type Curve, lastNotAbove, type Range } from '#hil/report/curves/curve'

export class Points implements Curve {
  readonly #at: readonly number[]
  readonly #values: readonly number[]
  #hint = 0

  /** Instants in seconds that never go back, and as many values. */
  constructor(at: readonly number[], values: readonly number[]) {
    this.#at = at
    this.#values = values
  }

  within(from_s: number, to_s: number): Range | undefined {
    const [begin, end] = [this.#at[0], this.#at.at(-1)]
    if (begin === undefined || end === undefined || to_s < begin || from_s > end) return undefined
    // A curve that begins with a jump was at both ends of it.
    const begins = from_s <= begin
    if (begins) this.#hint = 0
    const first = begins ? (this.#values[0] ?? 0) : this.#valueAt(from_s)
    let [least, most, last] = [first, first, first]
    const take = (value: number) => {
      least = Math.min(least, value)
      most = Math.max(most, value)
      last = value
    }
    for (let index = this.#hint + 1; (this.#at[index] ?? Number.POSITIVE_INFINITY) <= to_s; index += 1) {
      take(this.#values[index] ?? 0)
    }
    take(this.#valueAt(Math.min(end, to_s)))
    return { first, last, least, most }
  }

  /** The value at an instant that is covered; after the jump where there is one. */
  #valueAt(t_s: number): number {
    const index = lastNotAbove(this.#at, t_s, this.#hint)
    this.#hint = Math.max(0, index)
    const [from = 0, to] = [this.#at[index], this.#at[index + 1]]
    const [value = 0, next = 0] = [this.#values[index], this.#values[index + 1]]
    if (to === undefined || t_s <= from) return value
    return value + ((next - value) * (t_s - from)) / (to - from)
  }
}
