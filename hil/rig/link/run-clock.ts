/**
 * Three clocks of one run: its own, on which therapy passes, the host's, and the rig's.
 *
 * Ticks of the run are 64 us of therapy, from 0 on; instants of the host are microseconds and count as true; ticks of the rig are
 * what its counter shows. Therapy runs a fixed number of times faster than the host's clock, and the rig's clock is followed.
 */
import { ClockFollower, instantOf, tickAt } from '#hil/rig/link/clock-follower'
import type { Relation } from '#hil/rig/link/step-plan'
import { TICK_us } from '#hil/rig/rig'

/** Longest stretch for which the relation of two clocks is taken to hold: 8 s, over which the best and the worst part by a tick or so. */
const CHUNK_ticks = 125_000
/** And of one that is exact: far below the 2^30 ticks that a segment may lie ahead. */
const EXACT_ticks = 2 ** 28

/** An opinion of the clock that is off by more than this was wrong, and so was the time of the steps. */
const CLOCK_LIMIT_us = 50_000
/** No resonator or crystal is off by more. */
const RATE_LIMIT = 0.02

/** Why a run whose clock was seen so far beyond what was expected, or to deviate so much, cannot be vouched for. */
export function clockProblem(beyond_us: number, deviation: number): string | undefined {
  if (beyond_us > CLOCK_LIMIT_us) {
    return `the clock of the rig is ${Math.round(beyond_us / 1000)} ms from where it was expected, so the time of its steps is not known`
  }
  if (Math.abs(deviation) <= RATE_LIMIT) return undefined
  return `the clock of the rig is off by ${(deviation * 100).toFixed(1)} %; at most ${RATE_LIMIT * 100} % can be followed`
}

export class RunClock {
  readonly #speed: number
  readonly #rig: ClockFollower
  readonly #isExact: boolean
  #zero_us: number | undefined

  /** The clock of the rig is followed, taken for what it is at first, or known to be exact. */
  constructor(speed: number, rig: 'followed' | 'taken' | 'exact') {
    this.#speed = speed
    this.#rig = new ClockFollower(rig === 'followed')
    this.#isExact = rig === 'exact'
  }

  /** See {@link ClockFollower.see}. */
  see(sent_us: number, heard_us: number, tick: number): number {
    return this.#rig.see(sent_us, heard_us, tick)
  }

  /** Whether the clock of the rig has been seen. */
  get isKnown(): boolean {
    return this.#rig.line !== undefined
  }

  /** How far the rate of the rig's clock is from the nominal one, as a fraction. */
  get deviation(): number {
    return this.#rig.deviation
  }

  /** The run has its tick 0 at this instant of the host. */
  start(zero_us: number): void {
    this.#zero_us = zero_us
  }

  /** The tick of the run at an instant; below 0 before its start. */
  runTick(now_us: number): number {
    return this.#zero_us === undefined ? -1 : Math.floor(((now_us - this.#zero_us) * this.#speed) / TICK_us)
  }

  /** When the run comes to a tick, on the host's clock. */
  instant_us(run_tick: number): number {
    return (this.#zero_us ?? 0) + (run_tick * TICK_us) / this.#speed
  }

  /** What the clock of the rig shows at an instant; 0 while it is not known. */
  rigTick(now_us: number): number {
    const { line } = this.#rig
    return line === undefined ? 0 : Math.floor(tickAt(line, now_us))
  }

  /** When the clock of the rig shows a tick, on the host's clock; infinite while it is not known. */
  rigInstant_us(rig_tick: number): number {
    const { line } = this.#rig
    return line === undefined ? Number.POSITIVE_INFINITY : instantOf(line, rig_tick)
  }

  /** How ticks of the run relate to those of the rig, as far as is known now; undefined before the start. */
  get relation(): Relation | undefined {
    const { line } = this.#rig
    if (line === undefined || this.#zero_us === undefined) return undefined
    const reach = this.#isExact ? EXACT_ticks : Math.min(CHUNK_ticks, this.#rig.baseline_us * line.ticks_per_us)
    return { zero: tickAt(line, this.#zero_us), rate: (line.ticks_per_us * TICK_us) / this.#speed, reach }
  }
}
