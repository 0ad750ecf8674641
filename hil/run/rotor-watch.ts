/**
 * The watch over the rotor: what the pump is told of steps that did not move it.
 *
 * While all goes well the pump hears nothing; an encoder that shows nothing of a step that was made lets it hear of a loss. After a lost step it hears of every step, each two playouts after it was due,
 * until the first one that moved the rotor again. The rig tells of lost steps by their tick; the pump hears of them by
 * the exact instant for which it had ordered them, so that it hears the same from every rig.
 */
import { type Playout, RigError, TICK_us } from '#hil/rig/rig'
import type { Motion } from '#hil/run/motion'
import { as, type Time_us } from '#units/quantity'
import { add, ceil, compare, larger, ratio, toSafeInteger, whole, ZERO } from '#units/rational'

/** Something to tell the pump, or a step to be passed over. */
export interface Tidings {
  /** When the pump hears of it. */
  readonly at_us: Time_us
  /** The step, by when it was due. */
  readonly due_us: Time_us
  /** As the pump is told. */
  readonly moved: boolean
  /** Whether the encoder is to blame for what it is told. */
  readonly unseen: boolean
  /** Whether the pump is told nothing: all goes well, and the step was only looked at. */
  readonly silent: boolean
}

/** Steps due after an instant, through another, of which each so-many-th is not seen. */
interface Blindness {
  readonly after_us: Time_us
  through_us: Time_us | null
  readonly every: number
  looked: number
}

export class RotorWatch {
  readonly #motion: Motion
  #blind: Blindness[] = []
  /** The last of the steps in doubt that was looked at. */
  #looked_us: Time_us = as(ZERO)
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

  /** Of the steps due after the instant the encoder does not show each so-many-th. */
  blind(after_us: Time_us, every: number): void {
    this.#blind = this.#blind.filter((one) => !this.#isOver(one))
    if (this.#blind.length === 0) this.#looked_us = after_us
    this.#blind.push({ after_us, through_us: null, every, looked: 0 })
  }

  /** It shows all that are due after the instant. */
  sighted(through_us: Time_us): void {
    const last = this.#blind.at(-1)
    if (last !== undefined) last.through_us ??= through_us
  }

  /** What the pump has to hear next; null while there is nothing. Orders and cancels of the pump change it. */
  next(): Tidings | null {
    const [lost_tick] = this.#lost
    if (this.#last_us !== null) return this.#tidings(this.#motion.dueAfter(this.#last_us), lost_tick)
    const doubted_us = this.#nextDoubted()
    if (lost_tick === undefined) return doubted_us === null ? null : this.#tidings(doubted_us, undefined)
    const lost_us = this.#motion.dueAfter(this.#justBefore(lost_tick))
    const first = doubted_us !== null && lost_us !== null && compare(doubted_us, lost_us) < 0 ? doubted_us : lost_us
    return this.#tidings(first, lost_tick)
  }

  #tidings(due_us: Time_us | null, lost_tick: number | undefined): Tidings | null {
    if (due_us === null) return this.#none(lost_tick)
    const tick = this.#rigTick(due_us)
    if (lost_tick !== undefined && lost_tick < tick) return this.#none(lost_tick)
    const blind = this.#blindnessAt(due_us)
    const unseen = lost_tick !== tick && blind !== undefined && (blind.looked + 1) % blind.every === 0
    const moved = lost_tick !== tick && !unseen
    const at_us = as<Time_us>(add(due_us, whole(2 * this.#playout.us)))
    return { at_us, due_us, moved, unseen, silent: moved && this.#last_us === null }
  }

  /** The pump has been told. */
  told({ due_us, moved, unseen }: Tidings): void {
    if (!moved && !unseen) this.#lost.shift()
    this.#last_us = moved ? null : due_us
    const blind = this.#blindnessAt(due_us)
    if (blind === undefined) return
    blind.looked += 1
    this.#looked_us = due_us
  }

  /** The next step that the encoder may not show; null when there is none that is known of. */
  #nextDoubted(): Time_us | null {
    for (const blind of this.#blind) {
      if (this.#isOver(blind)) continue
      const due_us = this.#motion.dueAfter(as(larger(blind.after_us, this.#looked_us)))
      if (due_us === null) return null
      if (isWithin(due_us, blind)) return due_us
    }
    return null
  }

  #blindnessAt(due_us: Time_us): Blindness | undefined {
    return this.#blind.find((blind) => isWithin(due_us, blind))
  }

  #isOver({ through_us }: Blindness): boolean {
    return through_us !== null && compare(through_us, this.#looked_us) <= 0
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

function isWithin(due_us: Time_us, { after_us, through_us }: Blindness): boolean {
  return compare(due_us, after_us) > 0 && (through_us === null || compare(due_us, through_us) <= 0)
}
