/**
 * The motor of the ideal rig while its rotor is held or its wires are crossed, and until it runs again as it is driven.
 *
 * Step by step it does what coils, rotor and encoder do on a rig of machine code: a held rotor stays, one that is let go
 * is pulled to the nearest field, and a step whose encoder has not moved the right way by the end of its trial is lost.
 * The figures are those of the rig firmware and of the motor on its board.
 */
import {
  COIL_SEQUENCE,
  CROSSED_WIRING,
  energized,
  held,
  RESTING_ROTOR,
  type Rotor,
  rewired,
  SOUND_WIRING,
  stepOf,
} from '#hil/plant/rotor'
import { RotorTrack } from '#hil/rig/rotor-track'
import type { Cadence } from '#units/cadence'

/** How long a step is on trial, unless the next one comes sooner: 10 ms. */
const SETTLING_ticks = 156
/** The encoder shows a step that the coils make within a tick 400 us later: at the seventh tick after it. */
const TURNING_ticks = 7
/** The rotor is let go at the end of a tick, so what follows is seen a tick later. */
const RELEASE_ticks = TURNING_ticks + 1

/** A step that has been judged. */
export interface Verdict {
  readonly tick: number
  readonly lost: boolean
  /** Whether its counters are reported even when it was not lost. */
  readonly reported: boolean
  /** The counter of commanded steps at this one. */
  readonly forward: number
}

interface Trial {
  readonly step: Omit<Verdict, 'lost'>
  readonly until_tick: number
  /** Where the encoder was before the step. */
  readonly before: number
}

export class WatchedMotor {
  readonly #track = new RotorTrack()
  #rotor: Rotor
  #trial: Trial | null = null
  /** What the encoder shows from which tick on; the last is the newest. */
  #shown: { readonly from_tick: number; readonly step: number }[]

  /** Takes over a motor that has made every one of `forward` steps; `segments` are those that are queued. */
  constructor(forward: number, segments: readonly Cadence[]) {
    const phase = forward % COIL_SEQUENCE.length
    this.#rotor = { ...RESTING_ROTOR, position: 2 * phase, pattern: forward === 0 ? 0 : (COIL_SEQUENCE[phase] ?? 0) }
    this.#shown = [{ from_tick: Number.NEGATIVE_INFINITY, step: phase }]
    for (const segment of segments) this.#track.expect(segment)
  }

  /** When the step on trial is judged; infinite when there is none. */
  get judged_tick(): number {
    return this.#trial?.until_tick ?? Number.POSITIVE_INFINITY
  }

  /** Whether the rotor is free, soundly wired and where the coils want it, and has made up for every step it was pulled back. */
  get runs(): boolean {
    const { locked, wiring } = this.#rotor
    return !locked && wiring === SOUND_WIRING && this.#trial === null && this.#track.level && this.#aligned
  }

  get #aligned(): boolean {
    const { pattern, position } = this.#rotor
    return pattern === (COIL_SEQUENCE[(((position / 2) % 4) + 4) % 4] ?? 0) || (pattern === 0 && position === 0)
  }

  expect(segment: Cadence): void {
    this.#track.expect(segment)
  }

  cancel(from_tick: number): void {
    this.#track.cancel(from_tick)
  }

  hold(locked: boolean, at_tick: number): void {
    this.#turn(held(this.#rotor, locked), at_tick, RELEASE_ticks)
  }

  cross(crossed: boolean, at_tick: number): void {
    this.#turn(rewired(this.#rotor, crossed ? CROSSED_WIRING : SOUND_WIRING), at_tick, RELEASE_ticks)
  }

  /** Drives the coils on by one step, after judging the one before it if that is still on trial. */
  step(tick: number, forward: number, reported: boolean): Verdict | null {
    const verdict = this.#judge(tick)
    const before = this.#encoder(tick)
    this.#turn(energized(this.#rotor, COIL_SEQUENCE[forward % COIL_SEQUENCE.length] ?? 0), tick, TURNING_ticks)
    this.#trial = { step: { tick, reported, forward }, until_tick: tick + SETTLING_ticks, before }
    return verdict
  }

  /** Judges the step on trial if its time is up at the tick; null when it is not, or when there is none. */
  judgeAt(tick: number): Verdict | null {
    return tick >= this.judged_tick ? this.#judge(tick) : null
  }

  #judge(tick: number): Verdict | null {
    const trial = this.#trial
    if (trial === null) return null
    this.#trial = null
    this.#track.forget(trial.step.tick)
    return { ...trial.step, lost: this.#encoder(tick) <= trial.before }
  }

  /** The steps turned since the last call. */
  collect(): Cadence[] {
    return this.#track.collect()
  }

  #turn(rotor: Rotor, tick: number, delay_ticks: number): void {
    const steps = stepOf(rotor) - stepOf(this.#rotor)
    this.#rotor = rotor
    if (steps === 0) return
    this.#track.turned(steps, tick)
    this.#shown = [...this.#shown.slice(-2), { from_tick: tick + delay_ticks, step: stepOf(rotor) }]
  }

  #encoder(tick: number): number {
    return this.#shown.findLast(({ from_tick }) => from_tick <= tick)?.step ?? stepOf(this.#rotor)
  }
}
