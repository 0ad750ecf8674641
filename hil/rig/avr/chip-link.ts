/**
 * The way to a pump that is machine code on an emulated controller: the bytes of its UART at 115200 baud. Its clock is that of the controller, which
 * runs on while the bench waits for an answer and stands while nobody does.
 */
import { type ByteLink, LinkEnded } from '#hil/pump/wire/byte-link'
import { Mcu, type McuOptions } from '#hil/rig/avr/mcu'
import { CLOCK_Hz } from '#hil/rig/avr/registers'
import { UnmodelledError } from '#hil/rig/avr/unmodelled'

const CYCLES_in_ms = CLOCK_Hz / 1000
const NEWLINE = 0x0a
/** What the other end reads of a byte that was sent at a wrong speed. */
const ILLEGIBLE = 0xff

export class ChipLink implements ByteLink {
  readonly #chip: Mcu
  readonly #runTo: (cycle: number) => void
  #said: number[] = []

  /** `runTo` lets time run to a cycle of the chip; it may come to an end earlier, where the chip is stopped. */
  constructor(chip: Mcu, runTo: (cycle: number) => void = (cycle) => void chip.runTo(cycle)) {
    this.#chip = chip
    this.#runTo = runTo
    chip.onTransmitted = ({ value, legible }) => {
      this.#said.push(legible ? value : ILLEGIBLE)
      if (value === NEWLINE) chip.stop()
    }
  }

  write(bytes: Uint8Array): void {
    this.#chip.send(bytes)
  }

  read(most_ms: number): Uint8Array | null {
    const end = this.#chip.now + Math.ceil(most_ms * CYCLES_in_ms)
    while (this.#said.at(-1) !== NEWLINE && this.#chip.now < end) this.#pass(end)
    if (this.#said.length === 0) return null
    const said = Uint8Array.from(this.#said)
    this.#said = []
    return said
  }

  /** A program may ask for what the emulated controller does not have. */
  #pass(cycle: number): void {
    try {
      this.#runTo(cycle)
    } catch (error) {
      if (error instanceof UnmodelledError) throw new LinkEnded(error.message, { cause: error })
      throw error
    }
  }

  now_ms(): number {
    return this.#chip.now / CYCLES_in_ms
  }

  close(): void {}
}

/** How long a program may take from power to where it hears its UART. */
export const AWAKE_cycles = 20 * CYCLES_in_ms

/** The way to a controller that has just got its power, with nothing at its other pins. */
export function chipLink(image: Pick<McuOptions, 'flash' | 'eeprom'>): ChipLink {
  const chip = new Mcu(image)
  chip.runTo(AWAKE_cycles)
  return new ChipLink(chip)
}
