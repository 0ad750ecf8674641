/**
 * Two emulated controllers wired pin to pin: one is a pump that turns its own motor, the other the rig that looks on.
 *
 * Wires lead from the pump to the rig and none back, so the pump is always run first and the rig hears of every change at its
 * very cycle, however time is sliced. Each has a crystal of its own: that of the pump may be off. What the pump drives turns the
 * rotor of its motor, and the encoder on it shows the rig what came of it.
 */
import {
  COIL_SEQUENCE,
  CROSSED_WIRING,
  encoderAt,
  energized,
  held,
  RESTING_ROTOR,
  type Rotor,
  rewired,
  SOUND_WIRING,
  stepOf,
} from '#hil/plant/rotor'
import { Mcu, type PortChange } from '#hil/rig/avr/mcu'
import type { PortName } from '#hil/rig/avr/ports'
import { CLOCK_Hz } from '#hil/rig/avr/registers'

/** From a pin of the pump to one of the rig. */
export interface Wire {
  readonly from: readonly [port: PortName, bit: number]
  readonly to: readonly [port: PortName, bit: number]
}

/** The lines of a pump as docs/WIRING.md has them, from where this pump has its pins. */
const ALARM_WIRE: Wire = { from: ['C', 0], to: ['C', 5] }
const COIL_WIRES: readonly Wire[] = [
  ...[0, 1, 2, 3].map((line): Wire => ({ from: ['B', line], to: ['C', 1 + line] })),
  ALARM_WIRE,
]
const STEP_WIRES: readonly Wire[] = [{ from: ['B', 4], to: ['D', 4] }, { from: ['B', 5], to: ['C', 2] }, ALARM_WIRE]

export interface PumpBenchOptions {
  /** The flash image of the rig. */
  readonly rig: Uint8Array
  /** Flash and EEPROM image of the pump; an erased EEPROM if not given. */
  readonly pump: { readonly flash: Uint8Array; readonly eeprom?: Uint8Array }
  readonly lines: 'coils' | 'step'
  /** How much faster the crystal of the pump is than that of the rig, in parts per million; 0 if not given. */
  readonly pump_ppm?: number
  /** Whether an encoder is on the rotor; there is one if not given. */
  readonly encoder?: boolean
}

/** Something that befalls the motor of the pump, at a cycle of the rig. */
export interface Mishap {
  readonly cycle: number
  readonly what: 'held' | 'released' | 'crossed' | 'uncrossed'
}

/** How long the rotor takes for a step: an assumption, well below the shortest interval between two. */
const TURN_cycles = (400 * CLOCK_Hz) / 1_000_000
const MILLION = 1_000_000
const [COIL_PORT, COILS, STEP, DIR] = ['B', 0b1111, 1 << 4, 1 << 5]
const ENCODER = { port: 'D', a: 2, b: 3 } as const

export class PumpBench {
  readonly rig: Mcu
  /** Called with each change of a pin of the pump, at the cycle of the rig: a logic analyzer on its pins. */
  onPumpPins: (change: PortChange) => void = () => {}
  readonly #options: PumpBenchOptions
  readonly #wires: readonly Wire[]
  /** Cycles of the pump in a million of the rig. */
  readonly #pace: number
  readonly #mishaps: Mishap[] = []
  #pump: Mcu | undefined
  #start = 0
  #rotor: Rotor = RESTING_ROTOR
  #levels = 0
  /** Steps that the driver of a pump with STEP and DIR has made. */
  #driven = 0

  constructor(options: PumpBenchOptions) {
    this.#options = options
    this.#wires = options.lines === 'coils' ? COIL_WIRES : STEP_WIRES
    this.#pace = MILLION + (options.pump_ppm ?? 0)
    this.rig = new Mcu({ flash: options.rig })
    if (options.encoder ?? true) this.#show(stepOf(this.#rotor), this.rig.now)
  }

  /** Where the rotor is, in steps from where it was at first. */
  get position(): number {
    return stepOf(this.#rotor)
  }

  /** The power of the pump comes on at the cycle, which has not come. */
  start(cycle: number): void {
    this.#start = cycle
    this.#pump = new Mcu(this.#options.pump)
    this.#pump.onPortChanged = (change) => this.#carry(change)
    // A driver holds its rotor at the first field from when it has power.
    if (this.#options.lines === 'step') this.#turn(energized(this.#rotor, COIL_SEQUENCE[0] ?? 0), cycle)
  }

  /** The controller of the pump. Throws RangeError before its power has come on. */
  get pump(): Mcu {
    if (this.#pump === undefined) throw new RangeError('the pump has no power')
    return this.#pump
  }

  /** The cycle of the rig to which the pump has run: never before that of the rig. */
  get pumpReached(): number {
    return this.#pump === undefined ? this.rig.now : this.#rigCycle(this.#pump.now)
  }

  /** Has something befall the motor later on. */
  befall(mishap: Mishap): void {
    this.#mishaps.push(mishap)
    this.#mishaps.sort((a, b) => a.cycle - b.cycle)
  }

  /** Lets time run to the cycle of the rig, or until the rig stops it; answers with the cycle reached. */
  runTo(cycle: number): number {
    while (!this.#runPump(this.#pumpCycle(cycle)));
    return this.rig.runTo(Math.max(this.rig.now, cycle))
  }

  /**
   * Lets the time of the pump alone run on to a cycle of its own, or until the pump stops it: what is said to it and by it takes time in which nobody
   * looks at the rig, which hears of each change at its cycle when its time goes on.
   */
  runPumpTo(pump_cycle: number): void {
    this.#runPump(pump_cycle)
  }

  /** Whether the pump has come to the cycle of its own, with all that befell its motor meanwhile. */
  #runPump(pump_cycle: number): boolean {
    for (;;) {
      const [mishap] = this.#mishaps
      const next = mishap === undefined ? Number.POSITIVE_INFINITY : this.#pumpCycle(mishap.cycle)
      const to = Math.min(pump_cycle, next)
      if (this.#pump !== undefined && this.#pump.now < to && this.#pump.runTo(to) < to) return false
      if (mishap === undefined || next > pump_cycle) return true
      this.#mishaps.shift()
      this.#happen(mishap)
    }
  }

  #happen({ what, cycle }: Mishap): void {
    const at = Math.max(cycle, this.rig.now)
    if (what === 'held' || what === 'released') this.#turn(held(this.#rotor, what === 'held'), at)
    else this.#turn(rewired(this.#rotor, what === 'crossed' ? CROSSED_WIRING : SOUND_WIRING), at)
  }

  #pumpCycle(cycle: number): number {
    return Math.max(0, Math.floor(((cycle - this.#start) * this.#pace) / MILLION))
  }

  #rigCycle(cycle: number): number {
    return Math.max(this.rig.now, this.#start + Math.ceil((cycle * MILLION) / this.#pace))
  }

  #carry(change: PortChange): void {
    const cycle = this.#rigCycle(change.cycle)
    this.onPumpPins({ ...change, cycle })
    for (const { from, to } of this.#wires) {
      if (from[0] !== change.port) continue
      const mask = 1 << from[1]
      const level = (change.outputs & mask) === 0 ? 'open' : (change.levels & mask) === 0 ? 'low' : 'high'
      this.rig.drive(to[0], to[1], level, cycle)
    }
    if (change.port !== COIL_PORT) return
    const before = this.#levels
    this.#levels = change.levels
    if (this.#options.lines === 'coils') this.#turn(energized(this.#rotor, change.levels & COILS), cycle)
    else if ((change.levels & ~before & STEP) !== 0) this.#drive((change.levels & DIR) === 0 ? -1 : 1, cycle)
  }

  #drive(way: 1 | -1, cycle: number): void {
    this.#driven += way
    const { length } = COIL_SEQUENCE
    const pattern = COIL_SEQUENCE[((this.#driven % length) + length) % length] ?? 0
    this.#turn(energized(this.#rotor, pattern), cycle)
  }

  #turn(rotor: Rotor, cycle: number): void {
    const before = stepOf(this.#rotor)
    this.#rotor = rotor
    const steps = stepOf(rotor) - before
    for (let made = 1; made <= Math.abs(steps) && (this.#options.encoder ?? true); made += 1) {
      this.#show(before + made * Math.sign(steps), cycle + made * TURN_cycles)
    }
  }

  #show(step: number, cycle: number): void {
    const pins = encoderAt(step)
    this.rig.drive(ENCODER.port, ENCODER.a, (pins & 1) !== 0 ? 'high' : 'low', cycle)
    this.rig.drive(ENCODER.port, ENCODER.b, (pins & 2) !== 0 ? 'high' : 'low', cycle)
  }
}
