/**
 * The motor that a free-running pump turns itself: that of the ideal rig, which makes every step unless something holds it,
 * and tells the pump of lost steps as late as every rig does.
 */
import type { PumpOutput } from '#firmware-sim/messages'
import { IdealRig } from '#hil/rig/ideal'
import { PLAYOUT_ticks, PLAYOUT_us, TICK_us } from '#hil/rig/rig'
import { Motion } from '#hil/run/motion'
import { RotorWatch, type Tidings } from '#hil/run/rotor-watch'
import type { Time_us } from '#units/quantity'
import type { Rational } from '#units/rational'

const PLAYOUT = { us: PLAYOUT_us, ticks: PLAYOUT_ticks }

/** What is done to the motor, a playout after the instant from which it holds. */
export type Grip =
  | { readonly to: 'rotor'; readonly held: boolean }
  | { readonly to: 'coils'; readonly crossed: boolean }

export class OwnMotor {
  readonly #rig = new IdealRig()
  readonly #motion = new Motion(PLAYOUT)
  readonly #watch = new RotorWatch(this.#motion, PLAYOUT)
  /** How many hold the rotor, and how many have crossed its wires. */
  #holds = 0
  #crossings = 0

  /** Takes what the pump orders of it, and takes back; whether the output was one of these. */
  takes(output: PumpOutput): boolean {
    if (output.kind === 'order') this.#motion.order(output.first_us, output.interval_us, output.count)
    else if (output.kind === 'cancel') this.#motion.cancel(output.after_us)
    else return false
    return true
  }

  /** What the pump has to be told next; null while there is nothing. */
  next(): Tidings | null {
    return this.#watch.next()
  }

  told(tidings: Tidings): void {
    this.#watch.told(tidings)
  }

  /** Of the steps due after the instant the encoder does not show each so-many-th; null mends it. */
  blind(at_us: Time_us, every_steps: number | null): void {
    if (every_steps === null) this.#watch.sighted(at_us)
    else this.#watch.blind(at_us, every_steps)
  }

  /** Takes hold of it, or lets go, after everything of the tick, which is the present one. */
  grip(grip: Grip, now_tick: number): void {
    if (grip.to === 'rotor') {
      const before = this.#holds
      this.#holds += grip.held ? 1 : -1
      if (before > 0 !== this.#holds > 0) this.#rig.hold(this.#holds > 0, now_tick)
    } else {
      const before = this.#crossings
      this.#crossings += grip.crossed ? 1 : -1
      if (before > 0 !== this.#crossings > 0) this.#rig.cross(this.#crossings > 0, now_tick)
    }
  }

  /** When the next steps have to be handed to it, as a tick of the pump; infinite when there are none. */
  nextDispatch_tick(): number {
    return this.#motion.nextDispatch_tick()
  }

  /** Hands it what is due to be handed by the present tick. */
  dispatch(now_tick: number): void {
    this.#motion.dispatch(now_tick)
    for (const command of this.#motion.takeCommands()) this.#rig.send(command)
  }

  /** Turns up to the tick, or to the first step that it loses; whether it lost any. */
  turn(to_tick: number): boolean {
    for (;;) {
      const { now_tick, lost } = this.#rig.advance(to_tick)
      this.#watch.note(lost)
      if (lost.length > 0) return true
      if (now_tick >= to_tick) return false
    }
  }
}

/** The last tick that is over at the instant. */
export function tickThrough(at_us: Rational): number {
  return Number(at_us.n / (at_us.d * BigInt(TICK_us)))
}

/** How much later than a step is due its motor makes it. */
export const LATER_us = PLAYOUT_us
