/**
 * The wire into the controller's receive pin: bytes follow one another at the sender's speed, each in a frame of one start
 * bit, eight data bits and one stop bit.
 *
 * The receiver recognizes a start bit in its middle and has the byte when the stop bit ends. A receiver set to a speed more
 * than 4 % away (DS40002061, section 20.8.4, recommends less than half of that) reads a broken frame.
 */
import type { Alarm } from '#hil/rig/avr/agenda'
import type { Core } from '#hil/rig/avr/core'
import type { LineFault, Usart } from '#hil/rig/avr/usart'

/** A frame at 16 MHz / (8 * 17), which is as near as the chip comes to 115200 baud. */
export const FRAME_cycles = 1360

const HALF_BITS_IN_FRAME = 20
const TOLERANCE = 0.04

interface Frame {
  readonly value: number
  readonly fault: LineFault | undefined
  readonly start: number
}

/** Whether someone with frames of `b` cycles can read frames of `a` cycles. */
export function understands(a: number, b: number): boolean {
  return Math.abs(a - b) <= TOLERANCE * b
}

export class SerialLine {
  /** Called when a byte has come in, at the end of its stop bit, whether or not the chip can read it. */
  onArrived: (value: number, end: number) => void = () => {}
  readonly frame_cycles: number
  /** The first cycle at which no frame is under way or waiting. */
  #free = 0
  #frames: Frame[] = []
  #next = 0
  #begun = false
  #core: Core | undefined
  #usart: Usart | undefined
  #alarm: Alarm | undefined

  constructor(frame_cycles: number) {
    this.frame_cycles = frame_cycles
  }

  /** Connects the line to a receiver; what is on its way reaches that one. */
  attach(core: Core, usart: Usart): void {
    this.#core = core
    this.#usart = usart
    this.#alarm = core.agenda.alarm(() => this.#advance())
    this.#plan()
  }

  /** Sends the bytes one after another, not before the cycle. Answers with the end of the last stop bit. */
  send(bytes: Iterable<number>, from: number, fault?: LineFault): number {
    for (const value of bytes) {
      const start = Math.max(from, this.#free)
      this.#frames.push({ value, fault, start })
      this.#free = start + this.frame_cycles
    }
    this.#plan()
    return this.#free
  }

  #plan(): void {
    if (this.#core === undefined || this.#alarm === undefined) return
    const frame = this.#frames[this.#next]
    const offset = this.#begun ? this.frame_cycles : this.frame_cycles / HALF_BITS_IN_FRAME
    this.#core.agenda.set(this.#alarm, frame === undefined ? Number.POSITIVE_INFINITY : frame.start + offset)
  }

  #advance(): void {
    const frame = this.#frames[this.#next]
    const usart = this.#usart
    if (frame === undefined || usart === undefined) return
    this.#begun = !this.#begun
    if (this.#begun) {
      usart.startBit()
    } else {
      this.#forget()
      const broken = !understands(usart.frame_cycles, this.frame_cycles)
      usart.stopBit(frame.value, broken ? 'framing' : frame.fault)
      this.onArrived(frame.value, frame.start + this.frame_cycles)
    }
    this.#plan()
  }

  #forget(): void {
    this.#next += 1
    if (this.#next < this.#frames.length) return
    this.#frames = []
    this.#next = 0
  }
}
