/**
 * The track of the rotor: every step it turned forward, as runs of evenly spaced instants.
 *
 * Steps that come at the very ticks of an expected segment are kept as a slice of it, so that a run of thousands is one
 * entry; a step at any other tick is kept alone. A step backwards is taken back by the next step forward: the fluid it drew
 * in leaves again, and nothing is delivered twice.
 */
import { type Cadence, countThrough, joined, lastTick, slice, tickOf } from '#units/cadence'

export class RotorTrack {
  #expected: Cadence[] = []
  #made: Cadence[] = []
  /** Steps the rotor is behind where it has been. */
  #behind = 0

  /** A segment whose steps are to come. */
  expect(segment: Cadence): void {
    this.#expected.push(segment)
  }

  /** Steps from this tick on were taken back: what happens there belongs to segments that are expected later. */
  cancel(from_tick: number): void {
    this.#expected = this.#expected.flatMap((segment) => {
      const kept = countThrough(segment, from_tick - 1)
      return kept === 0 ? [] : [slice(segment, 0, kept)]
    })
  }

  /** Lets go of segments whose last tick is before this one. */
  forget(before_tick: number): void {
    this.#expected = this.#expected.filter((segment) => lastTick(segment) >= before_tick)
  }

  /** Whether the rotor is as far as it has ever been. */
  get level(): boolean {
    return this.#behind === 0
  }

  /** The rotor turned by so many steps at a tick; none for a step that did not move it. */
  turned(steps: number, tick: number): void {
    for (let made = 0; made < steps; made += 1) {
      if (this.#behind > 0) this.#behind -= 1
      else this.#add(this.#stepAt(tick))
    }
    if (steps < 0) this.#behind -= steps
  }

  /** The steps since the last call. */
  collect(): Cadence[] {
    const made = this.#made
    this.#made = []
    return made
  }

  #add(step: Cadence): void {
    const last = this.#made.at(-1)
    const both = last === undefined ? undefined : joined(last, step)
    if (both === undefined) this.#made.push(step)
    else this.#made[this.#made.length - 1] = both
  }

  #stepAt(tick: number): Cadence {
    for (const segment of this.#expected) {
      const through = countThrough(segment, tick)
      if (through > 0 && tickOf(segment, through - 1) === tick) return slice(segment, through - 1, through)
    }
    return { first: tick, phase: 0, count: 1, quotient: 1, remainder: 0, divisor: 1 }
  }
}
