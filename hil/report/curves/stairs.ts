/**
 * A quantity that changes in steps: volume at the rotor, drug out of the tip, what a pump believes it gave or has left.
 */
import { type Curve, lastNotAbove, type Range } from '#hil/report/curves/curve'

/** Evenly spaced steps: step j is at `first_s` + j * `interval_s`, each changes the quantity by `rise`. */
export interface Flight {
  readonly first_s: number
  readonly interval_s: number
  readonly count: number
  readonly rise: number
}

/** A step counts as made at an instant up to this much before it, which takes in what plain numbers round away. */
const NEAR_s = 1e-6

export class Stairs implements Curve {
  /** In order of time, none reaching past the first step of the next. */
  readonly flights: readonly Flight[]
  readonly #firsts: Float64Array
  /** Height before the first step of each flight, and at last after all of them. */
  readonly #heights: Float64Array
  readonly #falls: boolean
  #hint = 0

  constructor(flights: readonly Flight[], start = 0) {
    this.flights = flights
    this.#firsts = Float64Array.from(flights, ({ first_s }) => first_s - NEAR_s)
    this.#heights = new Float64Array(flights.length + 1)
    let height = start
    for (const [index, { count, rise }] of flights.entries()) {
      this.#heights[index] = height
      height += count * rise
    }
    this.#heights[flights.length] = height
    this.#falls = flights.some(({ rise }) => rise < 0)
  }

  heightAt(t_s: number): number {
    const index = this.flightAt(t_s)
    return index === -1 ? (this.#heights[0] ?? 0) : this.#onFlight(index, this.stepsMade(index, t_s))
  }

  /** Index of the flight whose first step was the last to be made by then; -1 before all of them. */
  flightAt(t_s: number): number {
    const index = lastNotAbove(this.#firsts, t_s, this.#hint)
    this.#hint = Math.max(0, index)
    return index
  }

  /** How many steps of a flight, begun by then, were made by then. */
  stepsMade(index: number, t_s: number): number {
    const flight = this.flights[index]
    if (flight === undefined) return 0
    const { first_s, interval_s, count } = flight
    return interval_s > 0 ? Math.min(count, Math.floor((t_s - first_s + NEAR_s) / interval_s) + 1) : count
  }

  /** Height after the first `steps` steps of a flight. */
  #onFlight(index: number, steps: number): number {
    return (this.#heights[index] ?? 0) + steps * (this.flights[index]?.rise ?? 0)
  }

  /** Height before a flight. */
  before(index: number): number {
    return this.#heights[index] ?? 0
  }

  within(from_s: number, to_s: number): Range {
    const begin = this.flightAt(from_s)
    const first = this.heightAt(from_s)
    const last = this.heightAt(to_s)
    let [least, most] = [Math.min(first, last), Math.max(first, last)]
    if (!this.#falls) return { first, last, least, most }
    const end = this.flightAt(to_s)
    for (let index = Math.max(0, begin); index <= end; index += 1) {
      // What a flight ends at is its extreme, but for the first one, of which a part may be over.
      const height = index === end ? last : (this.#heights[index + 1] ?? 0)
      least = Math.min(least, height)
      most = Math.max(most, height)
    }
    return { first, last, least, most }
  }
}
