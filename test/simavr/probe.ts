/** A probe on an emulated chip: what came in on its line and what its coils did, by cycles. */
import type { Mcu } from '#hil/rig/avr/mcu'
import { CLOCK_Hz } from '#hil/rig/avr/registers'
import type { Coils, Deeds, LineByte } from './simavr.ts'

const COILS = 0x0f
/** Timer1 wraps after so many cycles, and its zero is read before. */
const WRAP_cycles = 65_536 * 1024

export class Probe {
  readonly bytes: LineByte[] = []
  readonly coils: Coils[] = []
  readonly #said: number[] = []
  readonly #mcu: Mcu
  #zero: number | undefined

  /** Takes over the callbacks of the chip and passes everything on. */
  constructor(mcu: Mcu) {
    this.#mcu = mcu
    const { onPortChanged, onTransmitted } = mcu
    mcu.onArrived = (byte) => {
      this.bytes.push(byte)
      if (byte.cycle < WRAP_cycles) this.#zero ??= mcu.counterZero(1)
    }
    mcu.onTransmitted = (byte) => {
      this.#said.push(byte.value)
      onTransmitted(byte)
    }
    mcu.onPortChanged = (change) => {
      const coils = change.levels & change.outputs & COILS
      if (change.port === 'B' && coils !== (this.coils.at(-1)?.coils ?? 0)) {
        this.coils.push({ coils, cycle: change.cycle })
      }
      onPortChanged(change)
    }
  }

  get deeds(): Deeds {
    if (this.#zero === undefined) throw new Error('nothing came in while the clock of the firmware began to run')
    return { coils: this.coils, said: Uint8Array.from(this.#said), zero: this.#zero }
  }

  get now(): number {
    return this.#mcu.now
  }
}

/** A second in cycles. */
export const SECOND_cycles = CLOCK_Hz
