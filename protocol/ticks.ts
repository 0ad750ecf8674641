/**
 * The rig's clock as the wire carries it: ticks of 64 us, of which only the low 32 bits are sent.
 *
 * They wrap every 3.18 days. Either end extends what it receives to an absolute count, by taking the value nearest to
 * the tick it expects to be present; that is right as long as the expectation is less than 2^31 ticks (38 hours) off.
 */
import { LIMITS } from '#protocol/catalogue'

/** Length of a tick in microseconds: a whole number, 64. */
export const TICK_us = (LIMITS.tick_cycles * 1_000_000) / LIMITS.clock_Hz

/** The low 32 bits of an absolute tick. */
export function wireTick(tick: number): number {
  return tick >>> 0
}

/** The absolute tick nearest to `near` whose low 32 bits are `wire`. */
export function extendTick(wire: number, near: number): number {
  return near + ((wire - near) | 0)
}

/** A tick that has come by now is at most this far ahead of what the host expects: 4.8 hours of drift. */
const AHEAD_OF_EXPECTATION = 2 ** 28

/** The clock of a rig seen from the host, whose own time is in microseconds and never goes back. */
export class RigClock {
  #tick: number
  #at_us: number

  /** `tick` as the rig stated it at host time `at_us`; it counts as absolute. */
  constructor(tick: number, at_us: number) {
    this.#tick = tick
    this.#at_us = at_us
  }

  /** The absolute tick expected at host time `at_us`, as if the clock ran true since it was last heard. */
  expected(at_us: number): number {
    return this.#tick + Math.round((at_us - this.#at_us) / TICK_us)
  }

  /** The absolute tick of a frame received at `at_us`; later ones are extended from it. */
  hear(wire: number, at_us: number): number {
    const tick = extendTick(wire, this.expected(at_us))
    // A frame may state a tick of long ago, or come late: the clock is only ever moved forward by what it says.
    if (tick > this.expected(at_us)) {
      this.#tick = tick
      this.#at_us = at_us
    }
    return tick
  }

  /**
   * The absolute tick of something that may lie days back, stated at `at_us`: the last such tick that can have come. The
   * clock stays as it is.
   */
  recall(wire: number, at_us: number): number {
    const latest = this.expected(at_us) + AHEAD_OF_EXPECTATION
    return latest - wireTick(latest - wire)
  }
}
