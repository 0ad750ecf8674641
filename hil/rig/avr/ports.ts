/**
 * The pins of ports B, C and D, their pin-change interrupts and the two external interrupts (DS40002061, sections 13 and
 * 14).
 *
 * A pin is driven by the chip while its direction bit is set; otherwise it has the level someone outside gives it, or is
 * left open and reads high with its pull-up and low without. A write to PINx toggles PORTx. Pin-change and external
 * interrupts see every change of a pin, whoever made it, whether or not they are enabled.
 */
import type { Core } from '#hil/rig/avr/core'
import { EICRA, EIFR, EIMSK, PCICR, PCIFR, PCMSK0, PINB, PINC, PIND, VECTOR } from '#hil/rig/avr/registers'

export type PortName = 'B' | 'C' | 'D'

/** From outside: high, low, or not connected. */
export type PinDrive = 'high' | 'low' | 'open'

/** What the chip does to its pins: the levels it drives, and which pins it drives at all. */
export interface PortState {
  readonly levels: number
  readonly outputs: number
}

/** Levels from outside; they stay over a reset of the chip. */
export interface Outside {
  readonly driven: number
  readonly levels: number
}

export const OPEN: Outside = { driven: 0, levels: 0 }

export function driven(outside: Outside, bit: number, drive: PinDrive): Outside {
  const mask = 1 << bit
  return {
    driven: drive === 'open' ? outside.driven & ~mask : outside.driven | mask,
    levels: drive === 'high' ? outside.levels | mask : outside.levels & ~mask,
  }
}

/** DDRx and PORTx follow PINx. The index is that of the port's pin-change interrupt. */
const PORTS: readonly { readonly name: PortName; readonly pin: number; readonly vector: number }[] = [
  { name: 'B', pin: PINB, vector: VECTOR.PCINT0 },
  { name: 'C', pin: PINC, vector: VECTOR.PCINT1 },
  { name: 'D', pin: PIND, vector: VECTOR.PCINT2 },
]

/** On port D, with the sense bits in EICRA. */
const EXTERNAL: readonly {
  readonly bit: number
  readonly flag: number
  readonly sense: number
  readonly vector: number
}[] = [
  { bit: 2, flag: 0x01, sense: 0, vector: VECTOR.INT0 },
  { bit: 3, flag: 0x02, sense: 2, vector: VECTOR.INT1 },
]

const LOW_LEVEL = 0
const ANY_CHANGE = 1
const RISING = 3

type Drives = (state: PortState) => void
type Changed = (pins: number, changes: number) => void

class Port {
  readonly #core: Core
  readonly #pin: number
  readonly #changed: Changed
  readonly #drives: Drives
  #outside: Outside
  #state: PortState = { levels: 0, outputs: 0 }

  constructor(core: Core, pin: number, outside: Outside, changed: Changed, drives: Drives) {
    this.#core = core
    this.#pin = pin
    this.#outside = outside
    this.#changed = changed
    this.#drives = drives
    const [direction, output] = [pin + 1, pin + 2]
    for (const register of [direction, output]) {
      core.onWrite(register, (value) => {
        core.store(register, value)
        this.#settle()
      })
    }
    core.onWrite(pin, (value, mask) => {
      core.store(output, core.load(output) ^ (value & mask))
      this.#settle()
    })
    core.store(pin, this.#levels())
  }

  /** Someone outside lets the levels be these. */
  meet(outside: Outside): void {
    this.#outside = outside
    this.#settle()
  }

  #levels(): number {
    const outputs = this.#core.load(this.#pin + 1)
    const output = this.#core.load(this.#pin + 2)
    const { driven: held, levels } = this.#outside
    return (output & outputs) | (((levels & held) | (output & ~held)) & ~outputs)
  }

  #settle(): void {
    const before = this.#core.load(this.#pin)
    const pins = this.#levels()
    this.#core.store(this.#pin, pins)
    if (pins !== before) this.#changed(pins, pins ^ before)
    const outputs = this.#core.load(this.#pin + 1)
    const levels = this.#core.load(this.#pin + 2) & outputs
    if (levels === this.#state.levels && outputs === this.#state.outputs) return
    this.#state = { levels, outputs }
    this.#drives(this.#state)
  }
}

export class Ports {
  readonly #core: Core
  readonly #ports: ReadonlyMap<PortName, Port>
  #changeFlags = 0
  #externalFlags = 0

  /** `sensed` is told of every change of a level, whoever made it. */
  constructor(
    core: Core,
    outside: ReadonlyMap<PortName, Outside>,
    drives: (port: PortName, state: PortState) => void,
    sensed: (port: PortName, pins: number, changes: number) => void,
  ) {
    this.#core = core
    this.#ports = new Map(
      PORTS.map(({ name, pin }, index) => {
        const changed = (pins: number, changes: number) => {
          if ((core.load(PCMSK0 + index) & changes) !== 0) this.#changeFlags |= 1 << index
          if (name === 'D') this.#sense(pins, changes)
          sensed(name, pins, changes)
          this.#request()
        }
        const port = new Port(core, pin, outside.get(name) ?? OPEN, changed, (state) => drives(name, state))
        return [name, port]
      }),
    )
    this.#attach()
  }

  meet(name: PortName, outside: Outside): void {
    this.#ports.get(name)?.meet(outside)
  }

  #attach(): void {
    const core = this.#core
    core.onRead(PCIFR, () => this.#changeFlags)
    core.onRead(EIFR, () => this.#externalFlags)
    core.onWrite(PCIFR, (value, mask) => {
      this.#changeFlags &= ~(value & mask)
      this.#request()
    })
    core.onWrite(EIFR, (value, mask) => {
      this.#externalFlags &= ~(value & mask)
      this.#request()
    })
    for (const register of [PCICR, EIMSK, EICRA]) {
      core.onWrite(register, (value) => {
        core.store(register, value)
        this.#request()
      })
    }
    for (const [index, { vector }] of PORTS.entries()) {
      core.interrupts.onEntry(vector, () => {
        this.#changeFlags &= ~(1 << index)
        this.#request()
      })
    }
    for (const { flag, vector } of EXTERNAL) {
      core.interrupts.onEntry(vector, () => {
        this.#externalFlags &= ~flag
        this.#request()
      })
    }
  }

  #sense(pins: number, changes: number): void {
    for (const { bit, flag, sense } of EXTERNAL) {
      if ((changes & (1 << bit)) === 0) continue
      const kind = (this.#core.load(EICRA) >> sense) & 0x03
      if (kind === LOW_LEVEL) continue
      const rises = (pins & (1 << bit)) !== 0
      if (kind === ANY_CHANGE || (kind === RISING) === rises) this.#externalFlags |= flag
    }
  }

  #request(): void {
    const core = this.#core
    for (const [index, { vector }] of PORTS.entries()) {
      core.interrupts.request(vector, (this.#changeFlags & core.load(PCICR) & (1 << index)) !== 0)
    }
    for (const { bit, flag, sense, vector } of EXTERNAL) {
      const low = ((core.load(EICRA) >> sense) & 0x03) === LOW_LEVEL && (core.load(PIND) & (1 << bit)) === 0
      const enabled = (core.load(EIMSK) & flag) !== 0
      core.interrupts.request(vector, enabled && (low || (this.#externalFlags & flag) !== 0))
    }
  }
}
