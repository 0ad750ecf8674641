/**
 * A quantity that grows at a constant rate between changes: volume and drug as a prescriber means them.
 */
import { type Curve, lastNotAbove, type Range } from '#hil/report/curves/curve'
import { Points } from '#hil/report/curves/points'

/** From `from_s` on the quantity grows by `rate` every second. */
export interface Ramp {
  readonly from_s: number
  readonly rate: number
}

export class Ramps implements Curve {
  readonly ramps: readonly Ramp[]
  readonly #from: Float64Array
  readonly #values: Float64Array
  #hint = 0

  /** At least one ramp, in order of time; the quantity is zero where the first one begins. */
  constructor(ramps: readonly Ramp[]) {
    this.ramps = ramps
    this.#from = Float64Array.from(ramps, ({ from_s }) => from_s)
    this.#values = new Float64Array(ramps.length)
    for (let index = 1; index < ramps.length; index += 1) {
      const [before, from_s] = [ramps[index - 1], ramps[index]?.from_s ?? 0]
      if (before === undefined) continue
      this.#values[index] = (this.#values[index - 1] ?? 0) + before.rate * (from_s - before.from_s)
    }
  }

  /** Index of the ramp in force at an instant; the first one before it. */
  rampAt(t_s: number): number {
    this.#hint = Math.max(0, lastNotAbove(this.#from, t_s, this.#hint))
    return this.#hint
  }

  valueAt(t_s: number): number {
    const index = this.rampAt(t_s)
    const ramp = this.ramps[index]
    if (ramp === undefined) return 0
    return (this.#values[index] ?? 0) + ramp.rate * Math.max(0, t_s - ramp.from_s)
  }

  within(from_s: number, to_s: number): Range {
    const [first, last] = [this.valueAt(from_s), this.valueAt(to_s)]
    return { first, last, least: Math.min(first, last), most: Math.max(first, last) }
  }

  /** The rate as a curve of its own, up to `end_s`, in the quantity for `per_s` seconds. */
  rates(end_s: number, per_s: number): Curve {
    const at: number[] = []
    const values: number[] = []
    for (const [index, { from_s, rate }] of this.ramps.entries()) {
      at.push(from_s, Math.max(from_s, this.ramps[index + 1]?.from_s ?? end_s))
      values.push(rate * per_s, rate * per_s)
    }
    return new Points(at, values)
  }
}
