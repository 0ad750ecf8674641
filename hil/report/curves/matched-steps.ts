/**
 * How far what a pump believes is from what left the rotor, step by step on the ticks of the rig.
 *
 * The pump books a step when it is due, and the rig makes it at its next tick. Held against each other on one clock the
 * two agree at every instant of a sound run, and each lost or surplus step shows as what it is.
 */

import type { Flight } from '#hil/oracle/staircase'
import { thinned } from '#hil/report/curves/thinned'
import { TICK_us } from '#hil/rig/rig'
import { fromExact } from '#hil/run/exact'
import type { Growth } from '#hil/run/ledgers'
import type { BookedSteps } from '#hil/run/trace'
import { type Cadence, cadencesOf, countThrough, slice, tickOf } from '#units/cadence'
import { divide, toNumber, whole } from '#units/rational'

/** Points of a curve: instants in seconds, and as many values. */
export interface Course {
  readonly at: number[]
  readonly values: number[]
}

/** What a pump has booked and what of it it has withdrawn, in a run up to `end_s`. */
export interface Books {
  readonly booked: readonly BookedSteps[]
  readonly withdrawn: readonly BookedSteps[]
  readonly end_s: number
}

interface Run {
  readonly cadence: Cadence
  readonly rise: number
}

const MOST_POINTS = 20_000

/** Believed less delivered, as points joined by straight lines; a jump is two points at one instant. */
export function matchedSteps(
  { booked, withdrawn, end_s }: Books,
  rise: (steps: BookedSteps) => number,
  delivered: Growth,
): Course {
  const sides = [
    new Side(
      booked.flatMap((steps) => bookedRuns(steps, rise(steps))),
      1,
    ),
    new Side(
      withdrawn.map((steps) => withdrawal(steps, rise(steps))),
      -1,
    ),
    new Side(
      delivered.staircase.map((flight) => ({ cadence: onRigTicks(flight), rise: toNumber(flight.rise) })),
      -1,
    ),
  ] as const
  const [believed, , moved] = sides
  const drawn = new Drawn()
  for (;;) {
    const tick = Math.min(...sides.map((side) => side.tick))
    if (tick === Number.POSITIVE_INFINITY) return drawn.course(end_s)
    const pace = believed.tick === tick ? believed.alike(moved) : 0
    if (pace > 1 && sides[1].tick > believed.tickAfter(pace - 1)) {
      drawn.ramp(tick, believed.tickAfter(pace - 1), believed.take(pace) + moved.take(pace))
      continue
    }
    const others = Math.min(...sides.map((side) => (side.tick === tick ? Number.POSITIVE_INFINITY : side.tick)))
    const [only, more] = sides.filter((side) => side.tick === tick)
    if (only !== undefined && more === undefined) {
      const steps = only.stepsBefore(others)
      drawn.ramp(tick, only.tickAfter(steps - 1), only.take(steps))
    } else {
      drawn.ramp(
        tick,
        tick,
        sides.reduce((sum, side) => sum + (side.tick === tick ? side.take(1) : 0), 0),
      )
    }
  }
}

/** What leaves without a step, as when an occlusion ends, is on no tick of the rig and counts from the next one on. */
function onRigTicks({ cadence, tick_us }: Flight): Cadence {
  return tick_us === TICK_us ? cadence : onceAt(Math.ceil((cadence.first * tick_us) / TICK_us), cadence.count)
}

function onceAt(first: number, count = 1): Cadence {
  return { first, phase: 0, count, quotient: 0, remainder: 0, divisor: 1 }
}

function bookedRuns({ first_us, interval_us, count }: BookedSteps, rise: number): readonly Run[] {
  const tick = whole(TICK_us)
  const cadences = cadencesOf(divide(fromExact(first_us), tick), divide(fromExact(interval_us), tick), count)
  return cadences.map((cadence) => ({ cadence, rise }))
}

/** All steps are withdrawn at once, when the pump learns of them. */
function withdrawal({ t_us, count }: BookedSteps, rise: number): Run {
  return { cadence: onceAt(Math.ceil(t_us / TICK_us)), rise: rise * count }
}

/** What is left of one account. */
class Side {
  readonly #runs: readonly Run[]
  readonly #sign: number
  #index = 0
  #done = 0
  /** When its next step is; infinite when there is none. */
  tick: number

  constructor(runs: readonly Run[], sign: number) {
    this.#runs = runs
    this.#sign = sign
    this.tick = this.tickAfter(0)
  }

  /** When the step after the next `steps` of this run is. */
  tickAfter(steps: number): number {
    const run = this.#runs[this.#index]
    return run === undefined ? Number.POSITIVE_INFINITY : tickOf(run.cadence, this.#done + steps)
  }

  /** How many of its next steps lie before a tick that is later than the first of them. */
  stepsBefore(tick: number): number {
    const cadence = this.#runs[this.#index]?.cadence
    if (cadence === undefined) return 0
    return (Number.isFinite(tick) ? countThrough(cadence, tick - 1) : cadence.count) - this.#done
  }

  /** For how many of the next steps another account makes its own at the very same ticks. */
  alike(other: Side): number {
    const [mine, theirs] = [this.#rest(), other.#rest()]
    if (mine === undefined || theirs === undefined) return 0
    const same =
      mine.first === theirs.first &&
      mine.phase === theirs.phase &&
      mine.quotient === theirs.quotient &&
      mine.remainder === theirs.remainder &&
      mine.divisor === theirs.divisor
    return same ? Math.min(mine.count, theirs.count) : 0
  }

  /** Takes the next steps of this run; how much they change the account. */
  take(steps: number): number {
    const run = this.#runs[this.#index]
    if (run === undefined) return 0
    this.#done += steps
    if (this.#done === run.cadence.count) {
      this.#index += 1
      this.#done = 0
    }
    this.tick = this.tickAfter(0)
    return this.#sign * steps * run.rise
  }

  #rest(): Cadence | undefined {
    const cadence = this.#runs[this.#index]?.cadence
    return cadence === undefined ? undefined : slice(cadence, this.#done, cadence.count)
  }
}

/** A change below this part of all that moved is what plain numbers round away. */
const NOTHING = 1e-12

/** The points so far: at most twice as many as are kept. */
class Drawn {
  #at: number[] = [0]
  #values: number[] = [0]
  #value = 0
  #moved = 0

  /** The account changes by `change` from one tick to another, evenly; at once where they are the same. */
  ramp(from_tick: number, to_tick: number, change: number): void {
    this.#moved += Math.abs(change)
    if (Math.abs(change) <= NOTHING * this.#moved) return
    this.#push(from_tick, this.#value)
    this.#value += change
    if (Math.abs(this.#value) <= NOTHING * this.#moved) this.#value = 0
    this.#push(to_tick, this.#value)
  }

  #push(tick: number, value: number): void {
    this.#at.push((tick * TICK_us) / 1e6)
    this.#values.push(value)
    if (this.#at.length < 2 * MOST_POINTS) return
    const kept = thinned(this.#values, MOST_POINTS)
    this.#at = kept.map((index) => this.#at[index] ?? 0)
    this.#values = kept.map((index) => this.#values[index] ?? 0)
  }

  /** The points, with the value they end at held to the end. */
  course(end_s: number): Course {
    const kept = thinned(this.#values, MOST_POINTS)
    return {
      at: [...kept.map((index) => this.#at[index] ?? 0), end_s],
      values: [...kept.map((index) => this.#values[index] ?? 0), this.#value],
    }
  }
}
