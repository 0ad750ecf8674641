/**
 * The emulated rig in real time: the firmware as machine code, paced by the clock on the wall, at the end of a connection.
 *
 * Its UART takes as long for a byte as a real one. While nobody is connected it runs on, as a board on a power supply does,
 * and its dead-man stops the motor; whoever connects next finds the same boot id.
 */
import { interval, type Subscription } from 'rxjs'
import { Board } from '#hil/rig/avr/board'
import { FirmwareClock } from '#hil/rig/avr/firmware-clock'
import { Mcu, type ResetCause } from '#hil/rig/avr/mcu'
import type { Connection } from '#hil/rig/serial/transport'

const CYCLES_per_us = 16
/** How often the chip is brought up to the present. */
const SLICE_ms = 2
/** A host that was stopped for longer is not caught up with: to the chip, that time has not been. */
const LONGEST_STALL_us = 500_000
const CELL_mV = 2900

export interface ServedChipOptions {
  readonly flash: Uint8Array
  /** What the EEPROM holds at first; erased if not given. */
  readonly eeprom?: Uint8Array
  /** Microseconds of a clock that never goes back. */
  readonly now_us?: () => number
}

/** A step as the coils made it. */
export interface ServedStep {
  readonly tick: number
  /** By how many steps the rotor turned; 0 for one that did not move it. */
  readonly steps: number
}

export class ServedChip {
  /** Called for each step that the coils made or tried to make. */
  onStep: (step: ServedStep) => void = () => undefined
  readonly mcu: Mcu
  readonly board: Board
  #clock: FirmwareClock | undefined
  readonly #now_us: () => number
  readonly #pace: Subscription
  #last_us: number
  /** The instant of the chip, in microseconds since it has power. */
  #chip_us = 0
  #said: number[] = []
  #connection: Connection | undefined
  #listening: Subscription | undefined

  constructor({ now_us = () => performance.now() * 1000, ...chip }: ServedChipOptions) {
    this.#now_us = now_us
    this.mcu = new Mcu(chip)
    this.board = new Board(this.mcu, CELL_mV)
    this.mcu.onTransmitted = ({ value }) => this.#said.push(value)
    this.mcu.onReset = () => {
      this.#clock = undefined
    }
    this.board.onTurned = ({ steps, cycle }) => {
      if (this.#clock !== undefined) this.onStep({ tick: this.#clock.tickAt(cycle), steps })
    }
    this.#last_us = now_us()
    this.#pace = interval(SLICE_ms).subscribe(() => this.#pass())
  }

  /** Serves a connection in place of the one before. */
  attach(connection: Connection): void {
    this.#listening?.unsubscribe()
    this.#connection = connection
    this.#listening = connection.received.subscribe((bytes) => {
      this.#pass()
      this.mcu.send(bytes)
    })
  }

  /** Resets the chip, as the DTR line of a board or a supply does. */
  reset(cause: ResetCause): void {
    this.#pass()
    this.mcu.reset(cause)
  }

  /** Takes its power away for good. */
  async close(): Promise<void> {
    this.#pace.unsubscribe()
    this.#listening?.unsubscribe()
    await this.#connection?.close()
  }

  /** The clock of the firmware is found while its timer has not come round. */
  #startClock(): void {
    if (this.mcu.counterZero(1) === undefined) return
    this.#clock = new FirmwareClock(this.mcu)
    this.#clock.tickAt(this.mcu.now)
  }

  #pass(): void {
    const now_us = this.#now_us()
    this.#chip_us += Math.min(now_us - this.#last_us, LONGEST_STALL_us)
    this.#last_us = now_us
    this.mcu.runTo(Math.max(this.mcu.now, Math.floor(this.#chip_us * CYCLES_per_us)))
    if (this.#clock === undefined) this.#startClock()
    if (this.#said.length === 0) return
    this.#connection?.write(Uint8Array.from(this.#said))
    this.#said = []
  }
}
