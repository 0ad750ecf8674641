/**
 * The EEPROM of the ATmega328P and its controller (DS40002061, section 8.4).
 *
 * EEPE works only within four cycles of EEMPE. Erase and write together take 3.4 ms, either alone 1.8 ms, and the cell
 * changes at their end: a reset lets them finish, a loss of power meanwhile leaves the cell erased. The interrupt is
 * requested as long as no write is under way.
 */
import type { Alarm } from '#hil/rig/avr/agenda'
import type { Core } from '#hil/rig/avr/core'
import { EEARH, EEARL, EECR, EEDR, VECTOR } from '#hil/rig/avr/registers'

const EERE = 0x01
const EEPE = 0x02
const EEMPE = 0x04
const EERIE = 0x08
const MODE = 0x30

const WINDOW_cycles = 4
const READ_cycles = 4
const WRITE_cycles = 2

const ERASED = 0xff

/** By programming mode, in cycles at 16 MHz (table 8-1); the fourth is reserved. */
const MODES = [
  { erases: true, writes: true, cycles: 54_400 },
  { erases: true, writes: false, cycles: 28_800 },
  { erases: false, writes: true, cycles: 28_800 },
] as const

interface Programming {
  readonly address: number
  readonly result: number
}

export class Eeprom {
  readonly #core: Core
  readonly #memory: Uint8Array
  readonly #done: Alarm
  /** Mode and interrupt enable. */
  #kept = 0
  #window_end = -1
  #programming: Programming | undefined

  constructor(core: Core, memory: Uint8Array) {
    this.#core = core
    this.#memory = memory
    this.#done = core.agenda.alarm(() => {
      this.finish()
      this.#request()
    })
    core.onRead(EECR, () => this.#control())
    core.onWrite(EECR, (value) => this.#write(value))
  }

  /** Ends a write under way at once, as it does while the chip is reset. */
  finish(): void {
    if (this.#programming === undefined) return
    const { address, result } = this.#programming
    this.#memory[address] = result
    this.#programming = undefined
  }

  /** The power fails: the cell being written is left erased. */
  breakOff(): void {
    if (this.#programming === undefined) return
    this.#memory[this.#programming.address] = ERASED
    this.#programming = undefined
  }

  #control(): number {
    const armed = this.#core.now <= this.#window_end ? EEMPE : 0
    return this.#kept | armed | (this.#programming === undefined ? 0 : EEPE)
  }

  #write(value: number): void {
    const core = this.#core
    const armed = core.now <= this.#window_end
    if (this.#programming === undefined) this.#kept = value & (EERIE | MODE)
    else this.#kept = (value & EERIE) | (this.#kept & MODE)
    if ((value & EEPE) !== 0 && armed && this.#programming === undefined) this.#program()
    else if ((value & EEMPE) !== 0 && !armed) this.#window_end = core.now + WINDOW_cycles
    if ((value & EERE) !== 0 && this.#programming === undefined) {
      core.store(EEDR, this.#memory[this.#address()] ?? ERASED)
      core.stall(READ_cycles)
    }
    this.#request()
  }

  #address(): number {
    return ((this.#core.load(EEARH) << 8) | this.#core.load(EEARL)) % this.#memory.length
  }

  #program(): void {
    const core = this.#core
    const mode = MODES[this.#kept >> 4]
    if (mode === undefined) return
    const address = this.#address()
    const before = mode.erases ? ERASED : (this.#memory[address] ?? ERASED)
    this.#programming = { address, result: mode.writes ? before & core.load(EEDR) : before }
    this.#window_end = -1
    core.agenda.set(this.#done, core.now + mode.cycles)
    core.stall(WRITE_cycles)
  }

  #request(): void {
    this.#core.interrupts.request(VECTOR.EE_READY, (this.#kept & EERIE) !== 0 && this.#programming === undefined)
  }
}
