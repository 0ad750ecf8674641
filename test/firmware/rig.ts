/**
 * The rig firmware on the emulated board, spoken to in frames: what the tests of this folder are written in.
 *
 * Nothing here knows the inside of the firmware: bytes go in and out at 115200 baud, coils are pins, time is cycles.
 */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Board } from '#hil/rig/avr/board'
import { parseHex } from '#hil/rig/avr/hex'
import { Mcu, type ResetCause } from '#hil/rig/avr/mcu'
import { CLOCK_Hz, FLASH_BYTES } from '#hil/rig/avr/registers'
import { LIMITS, type TO_HOST } from '#protocol/catalogue'
import { encodeFrame } from '#protocol/frame'
import type { Command, Frame, MessageOf, ToHost, ToRig } from '#protocol/message'
import type { SegmentFields } from '#protocol/motion'
import { Splitter } from '#protocol/splitter'
import { extendTick, wireTick } from '#protocol/ticks'
import { type Cadence, tickOf } from '#units/cadence'

export const TICKS_a_second = CLOCK_Hz / LIMITS.tick_cycles
/** Pattern of the coils by phase; all off is no phase. */
const FIELD = [0b0101, 0b0110, 0b1010, 0b1001]
export const CELL_mV = 2900

/** A frame of the rig and the cycle at which its newline had come in. */
export interface Heard {
  readonly frame: Frame<ToHost>
  readonly cycle: number
}

/** A step as the pins show it; `direction` is the change of phase. */
export interface Edge {
  readonly cycle: number
  readonly direction: 'F' | 'R' | undefined
}

type Telling<Name extends keyof typeof TO_HOST> = Heard & {
  readonly frame: { readonly sequence: number; readonly message: MessageOf<Name> }
}

/** A command without the token, which the rig under test fills in. */
export type Request = Command extends infer C ? (C extends Command ? Omit<C, 'token'> : never) : never

export interface Answer {
  readonly type: 'ACK' | 'NAK'
  readonly tick: number
  readonly reason?: string
}

/** The firmware as it is committed. */
function firmware(): Uint8Array {
  const text = readFileSync(fileURLToPath(new URL('../../hil/rig/firmware/rig.hex', import.meta.url)), 'utf8')
  const image = parseHex(text, FLASH_BYTES)
  if (!image.ok) throw new Error(JSON.stringify(image.problems))
  return image.bytes
}

const [SEI, SLEEP, WDR, NOP] = [0x9478, 0x9588, 0x95a8, 0x0000]
/** In the main loop the watchdog is fed so close to the sleep, in words. */
const NEAR = 40

/** The firmware with a main loop that never feeds the watchdog, as if it did not come round; interrupts go on. */
export function hungFirmware(): Uint8Array {
  const flash = firmware()
  const words = new Uint16Array(flash.buffer, flash.byteOffset, flash.length / 2)
  const sleeps = [...words.keys()].filter((at) => words[at] === SEI && words[at + 1] === SLEEP)
  const feeds = [...words.keys()].filter((at) => words[at] === WDR)
  const main = feeds.filter((feed) => sleeps.some((sleep) => Math.abs(feed - sleep) < NEAR))
  if (main.length === 0) throw new Error('the main loop of the firmware was not found')
  for (const at of main) words[at] = NOP
  return flash
}

export class Rig {
  readonly mcu: Mcu
  readonly board: Board
  /** Everything the rig has said so far, in order. */
  readonly heard: Heard[] = []
  /** Lines that were no frames. */
  readonly flawed: string[] = []
  /** Every change of the field, in order. */
  readonly edges: Edge[] = []
  readonly resets: { readonly cause: ResetCause; readonly cycle: number }[] = []
  token = 0
  sequence = 0
  /** The coils as they are. */
  coils = 0
  readonly #splitter = new Splitter('to-host')
  #phase = 0
  #nonce = 1
  /** Cycle at which the processor last started. */
  #started = 0

  constructor(options: { readonly flash?: Uint8Array; readonly eeprom?: Uint8Array } = {}) {
    this.mcu = new Mcu({ flash: firmware(), ...options })
    this.mcu.onTransmitted = ({ value, cycle, legible }) => {
      if (!legible) throw new Error('the rig sends at a wrong speed')
      this.#hear(value, cycle)
    }
    this.mcu.onReset = ({ cause, cycle }) => {
      this.resets.push({ cause, cycle })
      this.#started = cycle
    }
    this.board = new Board(this.mcu, CELL_mV)
    const turn = this.mcu.onPortChanged
    this.mcu.onPortChanged = (change) => {
      if (change.port === 'B') this.#switch(change.levels & change.outputs & 0xf, change.cycle)
      turn(change)
    }
  }

  #hear(value: number, cycle: number): void {
    for (const piece of this.#splitter.push(Uint8Array.of(value))) {
      if (piece.kind === 'frame') this.heard.push({ frame: piece.frame, cycle })
      else this.flawed.push('text' in piece ? piece.text : piece.kind)
    }
  }

  #switch(coils: number, cycle: number): void {
    if (coils === this.coils) return
    this.coils = coils
    const phase = FIELD.indexOf(coils)
    if (phase === -1) return
    const change = (phase - this.#phase + 4) % 4
    this.#phase = phase
    this.edges.push({ cycle, direction: change === 1 ? 'F' : change === 3 ? 'R' : undefined })
  }

  get seconds(): number {
    return this.mcu.now / CLOCK_Hz
  }

  run(seconds: number): void {
    this.mcu.runTo(this.mcu.now + Math.round(seconds * CLOCK_Hz))
  }

  /** Runs until the rig has said something more, at most so long; undefined when it has not. */
  listen(seconds = 0.5): Heard | undefined {
    const before = this.heard.length
    const end = this.mcu.now + seconds * CLOCK_Hz
    while (this.heard.length === before && this.mcu.now < end) this.mcu.runTo(Math.min(end, this.mcu.now + 16_000))
    return this.heard[before]
  }

  /** Waits for the next message of this name, skipping others. */
  await<Name extends keyof typeof TO_HOST>(name: Name, seconds = 1): Telling<Name> {
    const end = this.mcu.now + seconds * CLOCK_Hz
    while (this.mcu.now < end) {
      const heard = this.listen((end - this.mcu.now) / CLOCK_Hz)
      if (heard !== undefined && is(heard, name)) return heard
    }
    throw new Error(`the rig said no ${name} within ${seconds} s`)
  }

  /** All messages of this name so far. */
  all<Name extends keyof typeof TO_HOST>(name: Name): Telling<Name>[] {
    return this.heard.filter((heard): heard is Telling<Name> => is(heard, name))
  }

  /** Puts bytes on the line; answers with the cycle at which the last has come in. */
  write(bytes: Iterable<number> | string): number {
    return this.mcu.send(typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes)
  }

  say(message: ToRig, sequence = 0): number {
    return this.write(encodeFrame(sequence, message))
  }

  hello(nonce = this.#nonce++): Telling<'WELCOME'> {
    this.say({ type: 'HELLO', nonce })
    const welcome = this.await('WELCOME')
    this.token = welcome.frame.message.token
    return welcome
  }

  /** Powers up and opens a session; the first TEL has come. */
  open(): this {
    this.await('BOOT')
    this.hello()
    this.await('TEL')
    this.sequence = 0
    return this
  }

  /** Sends a command under the next sequence number without waiting. */
  request(request: Request, sequence = this.sequence++ % 256): number {
    // Every command of the catalogue is a request with the token added; the mapped union does not say so by itself.
    this.say({ ...request, token: this.token } as Command, sequence)
    return sequence
  }

  /** Sends a command and waits for its answer. */
  command(request: Request): Answer {
    const sequence = this.request(request)
    return this.answer(sequence)
  }

  /** Waits for the answer to a sequence number. */
  answer(sequence: number): Answer {
    const end = this.mcu.now + CLOCK_Hz
    while (this.mcu.now < end) {
      const heard = this.listen()
      if (heard === undefined || heard.frame.sequence !== sequence) continue
      const { message } = heard.frame
      if (message.type === 'ACK') return { type: 'ACK', tick: message.tick }
      if (message.type === 'NAK') return { type: 'NAK', tick: message.tick, reason: message.reason }
    }
    throw new Error(`the rig did not answer ${sequence}`)
  }

  beat(): number {
    return this.say({ type: 'BEAT', token: this.token })
  }

  /** Counters and state as they are now. */
  status(): MessageOf<'TEL'> {
    this.command({ type: 'STAT' })
    return this.await('TEL').frame.message
  }

  /** The present tick of the rig, mod 2^32. */
  tick(): number {
    return this.command({ type: 'STAT' }).tick
  }

  /** Sends HALT. */
  halt(): number {
    return this.write([LIMITS.halt_byte, LIMITS.halt_byte])
  }

  /** Time in ticks since the processor started: whole part and the cycles beyond. */
  sinceStart(cycle: number): { readonly ticks: number; readonly cycles: number } {
    const passed = cycle - this.#started
    return { ticks: Math.floor(passed / LIMITS.tick_cycles), cycles: passed % LIMITS.tick_cycles }
  }
}

function is<Name extends keyof typeof TO_HOST>(heard: Heard, name: Name): heard is Telling<Name> {
  return heard.frame.message.type === name
}

/** A SEG with a plain interval in whole ticks, unless told otherwise. */
export function segment(
  first: number,
  interval: number,
  count: number,
  more: Partial<SegmentFields> = {},
): Extract<Request, { type: 'SEG' }> {
  return {
    type: 'SEG',
    first: wireTick(first),
    phase: 0,
    count,
    quotient: interval,
    remainder: 0,
    divisor: 1,
    direction: 'F',
    ...more,
  }
}

/** The fields of a segment that a cadence has: what `tickOf` needs. */
export function cadenceOf(request: Extract<Request, { type: 'SEG' }>, near: number): Cadence {
  const { phase, count, quotient, remainder, divisor } = request
  return { first: extendTick(request.first, near), phase, count, quotient, remainder, divisor }
}

/** Every tick of a cadence. */
export function ticksOf(cadence: Cadence): number[] {
  return Array.from({ length: cadence.count }, (_, j) => tickOf(cadence, j))
}
