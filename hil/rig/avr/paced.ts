/**
 * The emulated rig kept in step with a clock outside: machine code, board and line, for whoever serves it in real time.
 *
 * Its bytes take as long as on a line at 115200 baud, both ways, and its crystal may be off as a real one is. Nothing here
 * looks at a clock: whoever holds it says what time it is, and is told when something happens next.
 */
import { SOUND_WIRING } from '#hil/plant/rotor'
import { Board } from '#hil/rig/avr/board'
import { FirmwareClock } from '#hil/rig/avr/firmware-clock'
import { Mcu } from '#hil/rig/avr/mcu'
import { CLOCK_Hz } from '#hil/rig/avr/registers'
import { FRAME_cycles } from '#hil/rig/avr/serial-line'

const CYCLES_per_us = CLOCK_Hz / 1_000_000
/** So much of the chip's time is made up at one go when it has fallen behind; then others have their turn. */
const STRETCH_cycles = CLOCK_Hz / 20
/** Voltage of a fresh cell. */
const CELL_mV = 2900
/** What the other end reads of a byte that was sent at a wrong speed. */
const ILLEGIBLE = 0xff

export interface PacedRigOptions {
  /** The flash image to run. */
  readonly flash: Uint8Array
  /** What the EEPROM holds at first; erased if not given. */
  readonly eeprom?: Uint8Array
  /** How much faster the crystal is than it should be, in parts per million; 0 if not given. */
  readonly clock_ppm?: number
}

/** The coils have moved the rotor, or should have. */
export interface PacedStep {
  /** How often the chip had been reset before. */
  readonly resets: number
  /** The tick of the rig's clock since its last start. */
  readonly tick: number
  /** Where the rotor is, in steps from where it was at first. */
  readonly position: number
}

export class PacedRig {
  /** Called at every step of the rotor, and at every one it does not follow. */
  onStep: (step: PacedStep) => void = () => {}
  /** Called when the EEPROM has changed, after the fact and not for every byte. */
  onStored: (eeprom: Uint8Array) => void = () => {}
  readonly #mcu: Mcu
  readonly #cycles_per_us: number
  readonly #start_us: number
  #clock: FirmwareClock
  #resets = 0
  #position = 0
  #said: number[] = []
  #line_free = 0
  #stored: Uint8Array

  /** Power comes on at the instant. */
  constructor({ flash, eeprom, clock_ppm = 0 }: PacedRigOptions, now_us: number) {
    this.#cycles_per_us = CYCLES_per_us * (1 + clock_ppm / 1_000_000)
    this.#start_us = now_us
    this.#mcu = new Mcu({ flash, ...(eeprom === undefined ? {} : { eeprom }) })
    this.#stored = this.#mcu.eeprom
    this.#clock = new FirmwareClock(this.#mcu)
    const board = new Board(this.#mcu, CELL_mV)
    board.rewire(SOUND_WIRING)
    board.onTurned = ({ steps, cycle }) => {
      this.#position += steps
      this.onStep({ resets: this.#resets, tick: this.#clock.tickAt(cycle), position: this.#position })
    }
    this.#mcu.onTransmitted = ({ value, legible }) => {
      this.#said.push(legible ? value : ILLEGIBLE)
    }
    this.#mcu.onReset = () => {
      this.#resets += 1
      this.#clock = new FirmwareClock(this.#mcu)
    }
  }

  /** Puts bytes on the line to the chip, after those that are still on it. */
  receive(bytes: Iterable<number>, now_us: number): void {
    this.#line_free = this.#mcu.send(bytes, Math.max(this.#mcu.now, Math.floor(this.#cycleAt(now_us))))
  }

  /** Presses and lets go of the reset button. */
  reset(): void {
    this.#mcu.reset('external')
  }

  /** How many bytes are on the line to the chip or wait for it. */
  get waiting(): number {
    return Math.max(0, Math.ceil((this.#line_free - this.#mcu.now) / FRAME_cycles))
  }

  /**
   * Lets the chip run up to the instant, or as far towards it as is done at one go, and takes what it has said since the
   * last call. What it has stored by then is told first.
   */
  pass(now_us: number): Uint8Array {
    const target = Math.floor(this.#cycleAt(now_us))
    if (target > this.#mcu.now) this.#mcu.runTo(Math.min(target, this.#mcu.now + STRETCH_cycles))
    this.#clock.look()
    const said = Uint8Array.from(this.#said)
    this.#said = []
    if (said.length > 0) this.#keep()
    return said
  }

  /** When something happens next, or is over already while the chip has not caught up; infinite if never. */
  get wake_us(): number {
    return this.#start_us + this.#mcu.quietUntil / this.#cycles_per_us
  }

  /** How far the chip is behind the instant, in microseconds. */
  behind_us(now_us: number): number {
    return Math.max(0, (this.#cycleAt(now_us) - this.#mcu.now) / this.#cycles_per_us)
  }

  /** The power goes off; what has been stored is told. */
  close(): void {
    this.#keep()
  }

  #cycleAt(now_us: number): number {
    return (now_us - this.#start_us) * this.#cycles_per_us
  }

  #keep(): void {
    const eeprom = this.#mcu.eeprom
    if (Buffer.compare(eeprom, this.#stored) === 0) return
    this.#stored = eeprom
    this.onStored(eeprom)
  }
}
