/**
 * A rig: whatever turns the motor, in one process, as emulated machine code or on a bench.
 *
 * The host sends runs of steps ahead of time and the rig executes each step at its tick of its own clock. Time moves
 * only when the host advances it; a rig returns early at every event that the host can see, stamped with its tick.
 */
import type { LineEffect, LineScript } from '#hil/fault/line-script'
import { LIMITS } from '#protocol/catalogue'
import { TICK_us } from '#protocol/ticks'
import type { WireStatistics } from '#protocol/wire-tally'
import type { Cadence } from '#units/cadence'
import { ceil, type Rational, times, toSafeInteger } from '#units/rational'

/** Microseconds in a rig tick, which is that of the wire on every rig, the ideal one included. */
export { TICK_us }

/**
 * Playout: a step due at t executes at t plus this, so that it has crossed the link by then, and what the rig reports
 * of it arrives after as long again. Two seconds, the same on every rig.
 */
export const PLAYOUT_us = 2_000_000
export const PLAYOUT_ticks = PLAYOUT_us / TICK_us

/**
 * The playout on the axis of therapy, where it is as many times longer as therapy runs faster than the clock on the wall:
 * the wire and the motor are as fast as they are. In whole ticks, rounded up.
 */
export interface Playout {
  readonly us: number
  readonly ticks: number
}

export function playoutOf({ speed }: Pick<RigDefinition, 'speed'>): Playout {
  const ticks = speed === undefined ? PLAYOUT_ticks : toSafeInteger(ceil(times(speed, PLAYOUT_ticks)))
  return { us: ticks * TICK_us, ticks }
}

/** Most segments a rig holds; one more is refused. */
export const SEGMENT_QUEUE = LIMITS.queue

/** Every so many steps of a segment the rig reports its counters, and at the last one. */
export const FEEDBACK_INTERVAL = LIMITS.report_steps

export type RigCommand =
  /** Make a step at every instant of the cadence, in ticks of the rig. Late segments are refused, never caught up. */
  | { readonly kind: 'segment'; readonly cadence: Cadence }
  /** Drop every step at or after this tick that has not been made. */
  | { readonly kind: 'cancel'; readonly from_tick: number }

/** Cumulative counters, as the rig sends them; they arrive one playout after the step that caused them. */
export interface Feedback {
  readonly tick: number
  /** Steps commanded of the motor, and steps of it that moved nothing. */
  readonly forward: number
  readonly lost: number
}

/** Something other than a step that a rig saw, told as an event of the run. */
export interface RigEvent {
  readonly tick: number
  /** One of the names that a check may ask for. */
  readonly event: string
  readonly detail: string
}

export interface RigReport {
  /** How far the rig has come: the tick asked for, or that of the last event reported. */
  readonly now_tick: number
  /** Steps the rotor made since the last report, in ticks of the rig. */
  readonly motion: readonly Cadence[]
  readonly feedback: readonly Feedback[]
  /**
   * Ticks of commanded steps that turned out not to have moved the rotor, in order, each told once. Told as soon as the
   * rig has heard of it and less than a playout after the step.
   */
  readonly lost: readonly number[]
  /** What else it saw since the last report, in order, stamped like motion; left out by a rig that sees nothing else. */
  readonly events?: readonly RigEvent[]
}

/** What a rig states of its figures: measured or modelled, with the relative uncertainty. */
export interface RigProvenance {
  readonly displaced: string
  readonly uncertainty_percent: number
  /**
   * How far a stated instant of a step may be from the true one, in microseconds: of a rig that looks on while a pump turns its own motor.
   * Left out by a rig that makes the steps, for each is then at its tick.
   */
  readonly instant_us?: number
}

/** Thrown by a rig that cannot go on: the run is kept so far and is inconclusive. */
export class RigError extends Error {
  override readonly name = 'RigError'
}

export interface Rig {
  /** Which one it is: a serial number, a build; the same for two rigs only if they are alike. */
  readonly identity: string
  readonly provenance: RigProvenance
  /** Prepares the rig at tick zero. Throws {@link RigError} when it cannot. */
  open(): Promise<void> | void
  /** Throws {@link RigError} when the rig refuses the command. */
  send(command: RigCommand): Promise<void> | void
  /** Runs to the tick, or to the first event before it. */
  advance(to_tick: number): Promise<RigReport> | RigReport
  /**
   * Holds the rotor by something stronger than the motor, or lets go of it, after everything of `at_tick`, which is the
   * present tick. Left out by a rig that has no way to do so.
   */
  hold?(held: boolean, at_tick: number): Promise<void> | void
  /**
   * Hands over what is done to the line while the run lasts, before `open`; `onEffect` hears of whatever touched it. Left out
   * by a rig without a line.
   */
  disturb?(script: LineScript, onEffect: LineEffect): void
  /**
   * Crosses two wires of a coil, so that the motor turns backward, or sets them right, after everything of `at_tick`, which
   * is the present tick. Left out by a rig that has no way to do so.
   */
  cross?(crossed: boolean, at_tick: number): Promise<void> | void
  /** What crossed the wire so far; left out by a rig that has none. The same for two runs wherever time is virtual. */
  wire?(): WireStatistics | undefined
  /** Stops the motor and lets go of the rig; never throws, and may be called more than once. */
  close(): Promise<void> | void
}

export interface RigDefinition {
  /** As on the command line. */
  readonly name: string
  /** Whether its clock is virtual, so that a run takes as long as its computation, or the clock on the wall. */
  readonly clock: 'virtual' | 'wall'
  /** On a clock on the wall, how many times faster than it therapy runs; as fast if left out. */
  readonly speed?: Rational
  /** Whether a line leads to it that can be disturbed, see {@link Rig.disturb}; not if left out. */
  readonly line?: boolean
  /** Whether it turns no motor and looks on while the pump under test turns its own; not if left out. */
  readonly looksOn?: boolean
  /** Build hash of its firmware; null for a rig without. */
  readonly firmware: string | null
  readonly create: () => Rig
}

/** States a rig of your own; the types are checked here rather than where it is used. */
export function defineRig(definition: RigDefinition): RigDefinition {
  return definition
}
