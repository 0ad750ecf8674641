/**
 * How far a quantity that moves in steps is from one that grows steadily: delivered from prescribed.
 *
 * Such a difference is a saw whose teeth are motor steps. It turns only at steps, so between two changes of either side
 * its extremes are at the first and the last step, just before or just after it.
 */
import type { Curve, Range } from '#hil/report/curves/curve'
import type { Ramps } from '#hil/report/curves/ramps'
import type { Stairs } from '#hil/report/curves/stairs'

export class Gap implements Curve {
  readonly #stairs: Stairs
  readonly #ramps: Ramps

  constructor(stairs: Stairs, ramps: Ramps) {
    this.#stairs = stairs
    this.#ramps = ramps
  }

  within(from_s: number, to_s: number): Range {
    const first = this.#stairs.heightAt(from_s) - this.#ramps.valueAt(from_s)
    const last = this.#stairs.heightAt(to_s) - this.#ramps.valueAt(to_s)
    let [least, most] = [Math.min(first, last), Math.max(first, last)]
    const end = this.#stairs.flightAt(to_s)
    const begin = Math.max(0, this.#stairs.flightAt(from_s))
    for (let index = begin; index <= end; index += 1) {
      for (const [step, t_s] of this.#turns(index, from_s, to_s)) {
        const height = this.#stairs.before(index) + step * (this.#stairs.flights[index]?.rise ?? 0)
        const meant = this.#ramps.valueAt(t_s)
        const before = height - meant
        const after = before + (this.#stairs.flights[index]?.rise ?? 0)
        least = Math.min(least, before, after)
        most = Math.max(most, before, after)
      }
    }
    return { first, last, least, most }
  }

  /** Steps of a flight, counted from 0, at which the saw may be at its extreme: at its ends and beside changes of rate. */
  *#turns(index: number, from_s: number, to_s: number): Generator<readonly [step: number, t_s: number]> {
    const flight = this.#stairs.flights[index]
    if (flight === undefined) return
    const { first_s, interval_s, count } = flight
    const at = (step: number) => first_s + step * interval_s
    const after = from_s < first_s ? 0 : this.#stairs.stepsMade(index, from_s)
    const until = this.#stairs.stepsMade(index, to_s) - 1
    if (after > until || until >= count) return
    yield [after, at(after)]
    for (let ramp = this.#ramps.rampAt(at(after)) + 1; ; ramp += 1) {
      const change_s = this.#ramps.ramps[ramp]?.from_s ?? Number.POSITIVE_INFINITY
      if (change_s > at(until)) break
      const step = Math.floor((change_s - first_s) / interval_s)
      if (step >= after && step <= until) yield [step, at(step)]
      if (step + 1 >= after && step + 1 <= until) yield [step + 1, at(step + 1)]
    }
    yield [until, at(until)]
  }
}
