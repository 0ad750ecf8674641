/** What a test does to a controller and sees of it, the same for ours and for the stock emulator. */
import { readFileSync } from 'node:fs'
import { parseHex } from '#hil/rig/avr/hex'
import { Mcu } from '#hil/rig/avr/mcu'
import { CLOCK_Hz, FLASH_BYTES } from '#hil/rig/avr/registers'

export const PROGRAMS = new URL('../programs/', import.meta.url)

export interface Byte {
  readonly value: number
  readonly cycle: number
}

export interface Edge {
  /** Levels of port B, of the pins that are outputs. */
  readonly levels: number
  readonly cycle: number
}

export interface Machine {
  runTo(cycle: number): void
  /** One byte whose stop bit ends at the cycle. */
  arrive(value: number, cycle: number): void
  readonly sent: readonly Byte[]
  readonly edges: readonly Edge[]
}

export function cycles(time_s: number): number {
  return Math.round(time_s * CLOCK_Hz)
}

/** The flash image of a test program. */
export function program(name: string): Uint8Array {
  const image = parseHex(readFileSync(new URL(`${name}.hex`, PROGRAMS), 'latin1'), FLASH_BYTES)
  if (!image.ok) throw new Error(`${name}.hex: ${JSON.stringify(image.problems)}`)
  return image.bytes
}

export function textOf({ sent }: Pick<Machine, 'sent'>): string {
  return String.fromCharCode(...sent.map(({ value }) => value))
}

/** Our controller, running a test program. */
export class Ours implements Machine {
  readonly mcu: Mcu
  readonly sent: Byte[] = []
  readonly edges: Edge[] = []

  constructor(name: string) {
    this.mcu = new Mcu({ flash: program(name) })
    this.mcu.onTransmitted = ({ value, cycle, legible }) => {
      if (!legible) throw new Error('sent at a wrong speed')
      this.sent.push({ value, cycle })
    }
    this.mcu.onPortChanged = ({ port, levels, cycle }) => {
      if (port === 'B' && levels !== this.edges.at(-1)?.levels) this.edges.push({ levels, cycle })
    }
  }

  runTo(cycle: number): void {
    this.mcu.runTo(cycle)
  }

  arrive(value: number, cycle: number): void {
    this.mcu.send([value], cycle - 1360)
  }

  /** Runs for so long and answers with what was sent meanwhile. */
  hear(time_s: number): string {
    const before = this.sent.length
    this.mcu.runTo(this.mcu.now + cycles(time_s))
    return textOf({ sent: this.sent.slice(before) })
  }

  say(text: string): void {
    this.mcu.send(Buffer.from(text, 'latin1'))
  }
}
