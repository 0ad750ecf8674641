/**
 * The watchdog of the ATmega328P (DS40002061, sections 11.8 and 11.9), its oscillator at the nominal 128 kHz.
 *
 * It resets the chip, interrupts it, or first one and then the other. Disabling it or changing its period needs the timed
 * sequence; enabling does not. While the watchdog reset flag stands in MCUSR the watchdog cannot be switched off, and after
 * the reset it runs at its shortest period: firmware that forgets either is reset again and again, here as on a board.
 */
import type { Alarm } from '#hil/rig/avr/agenda'
import type { Core } from '#hil/rig/avr/core'
import { CLOCK_Hz, MCUSR, VECTOR, WDTCSR } from '#hil/rig/avr/registers'

const WDIF = 0x80
const WDIE = 0x40
const WDCE = 0x10
const WDE = 0x08
const WDP3 = 0x20
const WDP = 0x27

const WDRF = 0x08

const OSCILLATOR_Hz = 128_000
const SHORTEST_ticks = 2048
const LONGEST_SETTING = 9
const WINDOW_cycles = 4

export class Watchdog {
  readonly #core: Core
  readonly #bite: () => void
  readonly #alarm: Alarm
  #control: number
  #window_end = -1
  /** Cycle at which its counter last stood at zero. */
  #since: number

  /** `bite` resets the chip. */
  constructor(core: Core, bite: () => void) {
    this.#core = core
    this.#bite = bite
    this.#control = (core.load(MCUSR) & WDRF) !== 0 ? WDE : 0
    this.#since = core.now
    this.#alarm = core.agenda.alarm((due) => this.#expire(due))
    this.#plan()
    core.onWatchdogReset(() => this.#restart(core.now))
    core.onRead(WDTCSR, () => this.#control | (core.now <= this.#window_end ? WDCE : 0))
    core.onWrite(WDTCSR, (value) => this.#write(value))
    core.onWrite(MCUSR, (value) => core.store(MCUSR, core.load(MCUSR) & value))
    core.interrupts.onEntry(VECTOR.WDT, () => {
      this.#control &= (this.#control & WDE) !== 0 ? ~(WDIF | WDIE) : ~WDIF
      this.#request()
    })
  }

  #write(value: number): void {
    const core = this.#core
    const free = core.now <= this.#window_end
    const opens = (value & WDCE) !== 0 && (value & WDE) !== 0
    const ran = this.#runs
    const forced = (core.load(MCUSR) & WDRF) !== 0 ? WDE : 0
    const flag = this.#control & WDIF & ~value
    const guarded = free && (value & WDCE) === 0 ? value & (WDE | WDP) : (this.#control & (WDE | WDP)) | (value & WDE)
    this.#control = flag | (value & WDIE) | guarded | forced
    this.#window_end = opens ? core.now + WINDOW_cycles : -1
    if (!ran) this.#since = core.now
    this.#plan()
    this.#request()
  }

  get #runs(): boolean {
    return (this.#control & (WDE | WDIE)) !== 0
  }

  #restart(from: number): void {
    this.#since = from
    this.#plan()
  }

  #plan(): void {
    const setting = Math.min(LONGEST_SETTING, ((this.#control & WDP3) >> 2) | (this.#control & 0x07))
    const period = ((SHORTEST_ticks << setting) * CLOCK_Hz) / OSCILLATOR_Hz
    this.#core.agenda.set(this.#alarm, this.#runs ? this.#since + period : Number.POSITIVE_INFINITY)
  }

  #expire(due: number): void {
    const unserved = (this.#control & WDIF) !== 0
    if ((this.#control & WDE) !== 0 && (unserved || (this.#control & WDIE) === 0)) {
      this.#bite()
      return
    }
    this.#control |= WDIF
    this.#restart(due)
    this.#request()
  }

  #request(): void {
    const both = WDIE | WDIF
    this.#core.interrupts.request(VECTOR.WDT, (this.#control & both) === both)
  }
}
