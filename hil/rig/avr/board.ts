/**
 * The board around the controller: coil driver, motor, encoder and the cell whose voltage is measured.
 *
 * Port B, pins 0 to 3 drive the coils; the encoder's A and B come back on PD2 and PD3 once the rotor has turned; the cell
 * is on ADC0. Breaking a coil wire, holding the rotor or an encoder that is stuck changes what the controller sees and what the
 * motor delivers, with the same firmware.
 */

import { encoderAt, energized, held, RESTING_ROTOR, type Rotor, rewired, stepOf, type Wiring } from '#hil/plant/rotor'
import type { Mcu, PortChange } from '#hil/rig/avr/mcu'
import { CLOCK_Hz } from '#hil/rig/avr/registers'

/** How long the rotor takes for a step: an assumption, well below the shortest interval between two. */
const TURN_us = 400
const TURN_cycles = (TURN_us * CLOCK_Hz) / 1_000_000

const COIL_PORT = 'B'
const ENCODER_PORT = 'D'
const ENCODER_A = 2
const ENCODER_B = 3
const CELL_CHANNEL = 0

/** Whether the encoder shows where the rotor is, or for ever what it showed first. */
export type Encoder = 'sound' | 'stuck'

/** The rotor has turned, or should have. */
export interface Turned {
  readonly rotor: Rotor
  /** By how many steps. */
  readonly steps: number
  /** When the coils changed. */
  readonly cycle: number
}

export class Board {
  /** Called when the coils change in a way that counts: a step made or lost. */
  onTurned: (turned: Turned) => void = () => {}
  readonly #mcu: Mcu
  readonly #encoder: Encoder
  #rotor = RESTING_ROTOR

  /** Takes over the controller's port callback. */
  constructor(mcu: Mcu, cell_mV: number, encoder: Encoder = 'sound') {
    this.#mcu = mcu
    this.#encoder = encoder
    mcu.onPortChanged = (change) => this.#coilsChanged(change)
    this.#show(stepOf(this.#rotor), mcu.now)
    mcu.apply(CELL_CHANNEL, cell_mV)
  }

  get rotor(): Rotor {
    return this.#rotor
  }

  /** The cell's voltage from now on. */
  setCell(voltage_mV: number): void {
    this.#mcu.apply(CELL_CHANNEL, voltage_mV)
  }

  /** Holds the rotor, or lets go of it, now. */
  hold(locked: boolean): void {
    this.#turn(held(this.#rotor, locked), this.#mcu.now)
  }

  /** Breaks or crosses the coil wires, or mends them, now. */
  rewire(wiring: Wiring): void {
    this.#turn(rewired(this.#rotor, wiring), this.#mcu.now)
  }

  #coilsChanged({ port, levels, cycle }: PortChange): void {
    if (port === COIL_PORT) this.#turn(energized(this.#rotor, levels), cycle)
  }

  #turn(rotor: Rotor, cycle: number): void {
    const before = this.#rotor
    this.#rotor = rotor
    const steps = stepOf(rotor) - stepOf(before)
    for (let made = 1; made <= Math.abs(steps) && this.#encoder === 'sound'; made += 1) {
      this.#show(stepOf(before) + made * Math.sign(steps), cycle + made * TURN_cycles)
    }
    if (steps !== 0 || rotor.lost !== before.lost) this.onTurned({ rotor, steps, cycle })
  }

  #show(step: number, cycle: number): void {
    const pins = encoderAt(step)
    this.#mcu.drive(ENCODER_PORT, ENCODER_A, (pins & 1) !== 0 ? 'high' : 'low', cycle)
    this.#mcu.drive(ENCODER_PORT, ENCODER_B, (pins & 2) !== 0 ? 'high' : 'low', cycle)
  }
}
