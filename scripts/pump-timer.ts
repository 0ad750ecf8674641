/** Has a free-running pump do what is due when it is due, whether or not anybody asks. */
import type { ServedFreePump } from '#hil/pump/free-running/served-free-pump'
import type { Time_us } from '#units/quantity'
import { subtract, toNumber } from '#units/rational'

/** Its clock is looked at so often, so that a process that was suspended is told from one that slept until something was due. */
const LONGEST_SLEEP_ms = 1000

export class PumpTimer {
  readonly #pump: () => ServedFreePump | undefined
  #timer: NodeJS.Timeout | undefined

  /** `pump` is the one of the present session. */
  constructor(pump: () => ServedFreePump | undefined) {
    this.#pump = pump
  }

  /** Works through what is due, and comes back when something is due next; to be called too when the pump was told something. */
  readonly turn = (): void => {
    clearTimeout(this.#timer)
    const pump = this.#pump()
    pump?.pass()
    const due_us = pump?.due_us ?? null
    const sleep_ms = pump === undefined || due_us === null ? LONGEST_SLEEP_ms : until_ms(due_us, pump.now_us)
    this.#timer = setTimeout(this.turn, Math.min(Math.max(1, sleep_ms), LONGEST_SLEEP_ms))
  }

  close(): void {
    clearTimeout(this.#timer)
  }
}

function until_ms(due_us: Time_us, now_us: Time_us): number {
  return Math.ceil(toNumber(subtract(due_us, now_us)) / 1000)
}
