/**
 * An ATmega328P at 16 MHz that executes real machine code in virtual time.
 *
 * Time is counted in cycles since power came on and never looks at the clock on the wall. What happens depends on the
 * program and on what is done to the pins at which cycle, and never on the steps in which time is moved on. Any reset
 * rebuilds the processor and its peripherals and keeps what the silicon keeps: flash, EEPROM, time, and all but after a loss
 * of power the SRAM; MCUSR says why (DS40002061, section 11).
 */
import { refuseAbsent } from '#hil/rig/avr/absent'
import { Adc } from '#hil/rig/avr/adc'
import { type Activity, Core } from '#hil/rig/avr/core'
import { Eeprom } from '#hil/rig/avr/eeprom'
import { driven, OPEN, type Outside, type PinDrive, type PortName, type PortState, Ports } from '#hil/rig/avr/ports'
import { EEPROM_BYTES, FLASH_BYTES, MCUSR, SRAM_START } from '#hil/rig/avr/registers'
import { FRAME_cycles, SerialLine, understands } from '#hil/rig/avr/serial-line'
import { Stimuli } from '#hil/rig/avr/stimuli'
import { attachTimers, type TimerProbe } from '#hil/rig/avr/timers'
import { type LineFault, Usart } from '#hil/rig/avr/usart'
import { Watchdog } from '#hil/rig/avr/watchdog'

export type ResetCause = 'power' | 'external' | 'brown-out' | 'watchdog'

/** The flags of MCUSR; all but that of a loss of power add up until the program clears them. */
const RESET_FLAGS: Readonly<Record<ResetCause, number>> = {
  power: 0x01,
  external: 0x02,
  'brown-out': 0x04,
  watchdog: 0x08,
}

/** What SRAM holds when power comes on is not defined; here it is nothing that a program could take for a zero. */
const UNDEFINED_BYTE = 0xa5
const REGISTERS = 32

export interface McuOptions {
  /** The flash image: up to 32768 bytes, as `parseHex` gives it. */
  readonly flash: Uint8Array
  /** What the EEPROM holds at first; erased if not given. */
  readonly eeprom?: Uint8Array
  /** How long the sender's frames take; {@link FRAME_cycles} if not given. */
  readonly line_cycles?: number
}

/** A byte the chip has sent. */
export interface Transmitted {
  readonly value: number
  /** The end of its stop bit. */
  readonly cycle: number
  /** Whether it was sent at a speed that the other end of the line can read. */
  readonly legible: boolean
}

/** A byte that has come in on the receive pin. */
export interface Arrived {
  readonly value: number
  /** The end of its stop bit. */
  readonly cycle: number
}

/** A change of the pins that the chip drives. */
export interface PortChange extends PortState {
  readonly port: PortName
  readonly cycle: number
}

export interface Reset {
  readonly cause: ResetCause
  readonly cycle: number
}

export class Mcu {
  /** Called at the cycle at which it happens; may schedule what follows, and may call {@link stop}. */
  onTransmitted: (byte: Transmitted) => void = () => {}
  onArrived: (byte: Arrived) => void = () => {}
  onPortChanged: (change: PortChange) => void = () => {}
  onReset: (reset: Reset) => void = () => {}
  /** Called when the processor turns to something else, with the cycle; after a reset it is at its program. */
  onActivity: (activity: Activity, cycle: number) => void = () => {}

  readonly #flash: Uint16Array
  readonly #eeprom = new Uint8Array(EEPROM_BYTES).fill(0xff)
  readonly #line: SerialLine
  readonly #stimuli = new Stimuli()
  readonly #outside = new Map<PortName, Outside>()
  readonly #driven = new Map<PortName, PortState>()
  readonly #voltages_mV = new Array<number>(8).fill(0)
  #core: Core
  #ports: Ports
  #memory: Eeprom
  #timers: TimerProbe
  #resetting: ResetCause | undefined
  #stopped = false
  #horizon = 0

  /** Power comes on at cycle 0. Throws RangeError when the program or the EEPROM image does not fit. */
  constructor({ flash, eeprom, line_cycles = FRAME_cycles }: McuOptions) {
    if (flash.length > FLASH_BYTES) throw new RangeError(`${flash.length} bytes do not fit a flash of ${FLASH_BYTES}`)
    const image = new Uint8Array(FLASH_BYTES).fill(0xff)
    image.set(flash)
    this.#flash = new Uint16Array(image.buffer)
    if (eeprom !== undefined) this.#eeprom.set(eeprom)
    this.#line = new SerialLine(line_cycles)
    this.#line.onArrived = (value, cycle) => this.onArrived({ value, cycle })
    const core = new Core(this.#flash, 0)
    core.data.fill(UNDEFINED_BYTE, SRAM_START)
    core.store(MCUSR, RESET_FLAGS.power)
    this.#core = core
    ;({ ports: this.#ports, memory: this.#memory, timers: this.#timers } = this.#build(core))
  }

  /** The cycle up to which everything has happened. */
  get now(): number {
    return this.#horizon
  }

  /** The cycle before which nothing happens unless somebody does something to the chip. */
  get quietUntil(): number {
    return Math.max(this.#horizon, this.#core.quietUntil)
  }

  /** The cycle at which the counter of a timer last was zero; undefined while it stands. */
  counterZero(timer: 0 | 1 | 2): number | undefined {
    return this.#timers.zeroOf(timer)
  }

  /** A copy of what the EEPROM holds. */
  get eeprom(): Uint8Array {
    return this.#eeprom.slice()
  }

  /**
   * Lets time run to the cycle: everything before it happens, nothing that begins at it. Answers with the cycle reached,
   * which is earlier only after {@link stop}.
   */
  runTo(cycle: number): number {
    this.#stopped = false
    this.#core.agenda.interrupted = false
    while (this.#core.now < cycle || this.#core.agenda.next < cycle) {
      this.#core.runTo(cycle)
      if (this.#resetting !== undefined) this.#restart(this.#resetting)
      if (this.#stopped) {
        this.#horizon = Math.max(this.#horizon, Math.min(cycle, this.#core.now))
        return this.#horizon
      }
    }
    this.#horizon = Math.max(this.#horizon, cycle)
    return this.#horizon
  }

  /** From within a callback: {@link runTo} returns before the processor goes on. */
  stop(): void {
    this.#stopped = true
    this.#core.agenda.interrupted = true
  }

  /**
   * Puts bytes on the line to the chip one after another, from the cycle on or when it is free. Answers with the end of the
   * last stop bit. A fault befalls every byte of the call.
   */
  send(bytes: Iterable<number>, from: number = this.#horizon, fault?: LineFault): number {
    return this.#line.send(bytes, this.#ahead(from), fault)
  }

  /** Lets the world outside drive a pin from the cycle on. */
  drive(port: PortName, bit: number, drive: PinDrive, from: number = this.#horizon): void {
    this.#stimuli.at(this.#ahead(from), () => {
      const outside = driven(this.#outside.get(port) ?? OPEN, bit, drive)
      this.#outside.set(port, outside)
      this.#ports.meet(port, outside)
    })
  }

  /** Applies a voltage to an analog pin from the cycle on. */
  apply(channel: number, voltage_mV: number, from: number = this.#horizon): void {
    this.#stimuli.at(this.#ahead(from), () => {
      this.#voltages_mV[channel] = voltage_mV
    })
  }

  /** Resets the chip at the cycle; a loss of power is over at once. */
  reset(cause: ResetCause, at: number = this.#horizon): void {
    this.#stimuli.at(this.#ahead(at), () => this.#requestReset(cause))
  }

  #ahead(cycle: number): number {
    if (!(cycle >= this.#horizon)) throw new RangeError(`cycle ${cycle} is before ${this.#horizon} and is over`)
    return cycle
  }

  #requestReset(cause: ResetCause): void {
    this.#resetting = cause
    this.#core.agenda.interrupted = true
  }

  #restart(cause: ResetCause): void {
    const old = this.#core
    const core = new Core(this.#flash, old.now)
    if (cause === 'power') {
      this.#memory.breakOff()
      core.data.fill(UNDEFINED_BYTE, SRAM_START)
      core.store(MCUSR, RESET_FLAGS.power)
    } else {
      this.#memory.finish()
      core.data.set(old.data.subarray(SRAM_START), SRAM_START)
      core.data.set(old.data.subarray(0, REGISTERS))
      core.store(MCUSR, old.load(MCUSR) | RESET_FLAGS[cause])
    }
    this.#resetting = undefined
    this.#core = core
    ;({ ports: this.#ports, memory: this.#memory, timers: this.#timers } = this.#build(core))
    for (const port of this.#driven.keys()) this.#portChanged(port, { levels: 0, outputs: 0 })
    this.onActivity('program', core.now)
    this.onReset({ cause, cycle: core.now })
  }

  /** Peripherals in a fixed order, which decides what happens first in the same cycle; the world outside comes last. */
  #build(core: Core): { readonly ports: Ports; readonly memory: Eeprom; readonly timers: TimerProbe } {
    core.onActivity = (activity) => this.onActivity(activity, core.now)
    const timers = attachTimers(core)
    const usart = new Usart(core)
    usart.onTransmitted = (value, cycle, frame_cycles) => {
      this.onTransmitted({ value, cycle, legible: understands(frame_cycles, this.#line.frame_cycles) })
    }
    new Adc(core, this.#voltages_mV)
    const memory = new Eeprom(core, this.#eeprom)
    new Watchdog(core, () => this.#requestReset('watchdog'))
    const ports = new Ports(
      core,
      this.#outside,
      (port, state) => this.#portChanged(port, state),
      (port, pins, changes) => {
        if (port === 'D') timers.pinsChanged(pins, changes)
      },
    )
    refuseAbsent(core)
    this.#line.attach(core, usart)
    this.#stimuli.attach(core)
    return { ports, memory, timers }
  }

  #portChanged(port: PortName, state: PortState): void {
    const before = this.#driven.get(port)
    if (before?.levels === state.levels && before.outputs === state.outputs) return
    this.#driven.set(port, state)
    this.onPortChanged({ port, ...state, cycle: this.#core.now })
  }
}
