/**
 * The watch over the rotor: what the pump is told of steps that did not move it.
 *
 * While all goes well the pump hears nothing. After a lost step it hears of every step, each two playouts after it was due,
 * until the first one that moved the rotor again. The rig tells of lost steps by their tick; the pump hears of them by
 * the exact instant for which it had ordered them, so that it hears the same from every rig.
 */
import { type Playout, RigError, TICK_us } from '#hil/rig/rig'
import type { Motion } from '#hil/run/motion'
import { as, type Time_us } from '#units/quantity'
import { add, ceil, ratio, toSafeInteger, whole } from '#units/rational'

/** Something to tell the pump. */
export interface Tidings {
  /** When the pump hears of it. */
  readonly at_us: Time_us
  /** The step, by when it was due. */
  readonly due_us: Time_us
  readonly moved: boolean
}

export class RotorWatch {
  readonly #motion: Motion
  readonly #playout: Playout
  /** Ticks of lost steps of which the pump has not heard, in order. */
  #lost: number[] = []
  /** The last step the pump was told not to have moved; null while all goes well. */
  #last_us: Time_us | null = null

  constructor(motion: Motion, playout: Playout) {
    this.#motion = motion
    this.#playout = playout
  }

  /** Notes lost steps, by their tick on the rig. */
  note(lost_ticks: readonly number[]): void {
    this.#lost.push(...lost_ticks)
  }

  /** What the pump has to hear next; null while there is nothing. Orders and cancels of the pump change it. */
  next(): Tidings | null {
    const [lost_tick] = this.#lost
    if (this.#last_us === null && lost_tick === undefined) return null
    const after_us = this.#last_us ?? this.#justBefore(lost_tick ?? 0)
    const due_us = this.#motion.dueAfter(after_us)
    if (due_us === null) return this.#none(lost_tick)
    const tick = this.#rigTick(due_us)
    if (lost_tick !== undefined && lost_tick < tick) return this.#none(lost_tick)
    return { at_us: as(add(due_us, whole(2 * this.#playout.us))), due_us, moved: lost_tick !== tick }
  }

  /** The pump has been told. */
  told({ due_us, moved }: Tidings): void {
    if (!moved) this.#lost.shift()
    this.#last_us = moved ? null : due_us
  }

  /** The tick at which a rig makes a step due at the instant. */
  #rigTick(due_us: Time_us): number {
    return toSafeInteger(ceil(ratio(due_us.n, due_us.d * BigInt(TICK_us)))) + this.#playout.ticks
  }

  /** The last instant at which a step would have been due a tick earlier. */
  #justBefore(tick: number): Time_us {
    return as(whole((tick - 1 - this.#playout.ticks) * TICK_us))
  }

  #none(lost_tick: number | undefined): null {
    if (lost_tick === undefined) return null
    throw new RigError(`the rig lost a step at tick ${lost_tick}, where none was ordered`)
  }
}
