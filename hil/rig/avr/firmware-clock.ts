/**
 * The clock of the rig firmware, seen from outside: which of its ticks any cycle belongs to.
 *
 * The firmware counts ticks of 1024 cycles with Timer1 and extends them to 32 bits. Where the counter stands is read off
 * the timer itself, as a probe on the chip would, and how often it has wrapped is counted from its start; neither is taken
 * from what the firmware says or does, so a step at a wrong tick cannot hide.
 */
import type { Mcu } from '#hil/rig/avr/mcu'

const CYCLES_a_tick = 1024
const TIMER = 1

export class FirmwareClock {
  readonly #mcu: Mcu
  /** The cycle at which tick 0 began; known once the timer runs. */
  #origin: number | undefined

  constructor(mcu: Mcu) {
    this.#mcu = mcu
  }

  /** Looks when the timer began, if it runs; to be called before it wraps, which it does each 4.19 s. */
  look(): void {
    this.#origin ??= this.#mcu.counterZero(TIMER)
  }

  /** The tick that the cycle belongs to. The timer must have been running for less than one wrap at the first call, or at a {@link look} before. */
  tickAt(cycle: number): number {
    return Math.floor((cycle - this.#start()) / CYCLES_a_tick)
  }

  /** The first cycle after the tick. */
  cycleAfter(tick: number): number {
    return this.#start() + (tick + 1) * CYCLES_a_tick
  }

  #start(): number {
    this.#origin ??= this.#mcu.counterZero(TIMER)
    if (this.#origin === undefined) throw new RangeError('the clock of the firmware does not run')
    return this.#origin
  }
}
