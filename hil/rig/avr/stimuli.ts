/**
 * What happens to the controller from outside at given cycles: a pin is pulled, a voltage changes, someone presses reset.
 * Those of the same cycle happen in the order in which they were given.
 */
import type { Alarm } from '#hil/rig/avr/agenda'
import type { Core } from '#hil/rig/avr/core'

interface Stimulus {
  readonly cycle: number
  readonly happen: () => void
}

export class Stimuli {
  readonly #waiting: Stimulus[] = []
  #core: Core | undefined
  #alarm: Alarm | undefined

  /** Goes on with what waits on a new agenda. */
  attach(core: Core): void {
    this.#core = core
    this.#alarm = core.agenda.alarm(() => {
      this.#waiting.shift()?.happen()
      this.#plan()
    })
    this.#plan()
  }

  at(cycle: number, happen: () => void): void {
    const later = this.#waiting.findIndex((stimulus) => stimulus.cycle > cycle)
    this.#waiting.splice(later === -1 ? this.#waiting.length : later, 0, { cycle, happen })
    this.#plan()
  }

  #plan(): void {
    const [first] = this.#waiting
    if (this.#core === undefined || this.#alarm === undefined) return
    this.#core.agenda.set(this.#alarm, first?.cycle ?? Number.POSITIVE_INFINITY)
  }
}
