/**
 * How deep the stack of the rig firmware gets: the painted image (measure/paint.c) is driven hard and asked how much
 * memory was never touched.
 *
 * The depth is that of the deepest call of the main loop with an interrupt on top. So every command is given, well formed
 * and not, while steps a millisecond apart, a slipping rotor, the lines of a pump in the input mode and a line full of bytes
 * interrupt it at ever other places.
 * All of it is drawn from a fixed seed: the same image gives the same figure.
 */
import { Board } from '#hil/rig/avr/board'
import { Mcu } from '#hil/rig/avr/mcu'
import { CLOCK_Hz } from '#hil/rig/avr/registers'
import { LIMITS } from '#protocol/catalogue'
import { encodeFrame } from '#protocol/frame'
import type { Command, ToHost } from '#protocol/message'
import { Splitter } from '#protocol/splitter'
import { wireTick } from '#protocol/ticks'

/** Commands given; the figure has settled after some thousands. */
const ROUNDS = 6000
const SEED = 20_260_101
const MILLISECOND_cycles = CLOCK_Hz / 1000
/** Where a pump is wired to in the input mode: its lines on port C, its pulses on port D. */
const [FIRST_LINE, LINES, STEP_PIN] = [1, 5, 4]

/** A whole number from 0 to `below` - 1, from a linear congruential sequence. */
function draws(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

class Driver {
  readonly #mcu: Mcu
  readonly #board: Board
  readonly #draw = draws(SEED)
  readonly #splitter = new Splitter('to-host')
  #token = 0
  #tick = 0
  #halts = 0
  #sequence = 0
  #nonce = 0
  #entry = 0
  #answered = true
  /** The least that a TEL has said. */
  untouched = Number.POSITIVE_INFINITY

  constructor(flash: Uint8Array) {
    this.#mcu = new Mcu({ flash })
    this.#board = new Board(this.#mcu, 0)
    this.#mcu.onTransmitted = ({ value }) => {
      for (const piece of this.#splitter.push(Uint8Array.of(value))) {
        if (piece.kind === 'frame') this.#hear(piece.frame.message)
      }
    }
  }

  #hear(message: ToHost): void {
    if ('tick' in message) this.#tick = message.tick
    if ('halts' in message) this.#halts = message.halts
    switch (message.type) {
      case 'WELCOME':
        this.#token = message.token
        this.#sequence = 0
        this.#answered = true
        break
      case 'ACK':
      case 'NAK':
        this.#answered = true
        this.#sequence = (this.#sequence + 1) % 256
        break
      case 'SENSED':
        this.#entry = message.recorded - message.held
        break
      case 'EDGES':
        this.#entry = message.first + this.#draw(2)
        break
      case 'TEL':
        this.untouched = Math.min(this.untouched, message.cell)
        break
      default:
    }
  }

  #run(milliseconds: number): void {
    this.#mcu.runTo(this.#mcu.now + Math.round(milliseconds * MILLISECOND_cycles))
  }

  open(): void {
    this.#nonce += 1
    this.#mcu.send(encodeFrame(0, { type: 'HELLO', nonce: this.#nonce }))
    this.#run(400)
  }

  round(): void {
    const draw = this.#draw
    this.#mcu.runTo(this.#mcu.now + draw(20 * MILLISECOND_cycles))
    if (draw(40) === 0) this.#board.hold(draw(2) === 0)
    if (draw(20) === 0) this.#mcu.send([0x24, 0x30, LIMITS.halt_byte, LIMITS.halt_byte, 0x0a])
    if (draw(4) === 0) this.#mcu.send(encodeFrame(0, { type: 'BEAT', token: Math.max(1, this.#token) }))
    for (let edges = draw(12); edges > 0; edges -= 1) this.#disturb()
    if (draw(10) === 0) this.#mcu.send(Array.from({ length: draw(140) }, () => 0x20 + draw(0x60)))
    this.#answered = false
    const frame = encodeFrame(this.#sequence, this.#command())
    this.#mcu.send(frame)
    for (let waited = 0; waited < 400 && !this.#answered; waited += 1) this.#run(1)
    if (draw(8) === 0) this.#mcu.send(frame)
    if (!this.#answered || draw(100) === 0) this.open()
  }

  /** Something happens on the lines of a pump that is not there. */
  #disturb(): void {
    const draw = this.#draw
    const from = this.#mcu.now + draw(20 * MILLISECOND_cycles)
    const level = draw(2) === 0 ? 'low' : 'high'
    if (draw(4) === 0) this.#mcu.drive('D', STEP_PIN, level, from)
    else this.#mcu.drive('C', FIRST_LINE + draw(LINES), level, from)
  }

  #command(): Command {
    const draw = this.#draw
    const token = Math.max(1, this.#token)
    const kind = draw(64)
    if (kind === 0) return { type: 'NAME', token, serial: 'N'.repeat(1 + draw(16)) }
    if (kind < 8) return { type: 'CANCEL', token, from: wireTick(this.#tick + draw(4000)) }
    if (kind < 16) return { type: 'CLEAR', token, halts: kind < 14 ? this.#halts : draw(65_536) }
    if (kind < 24) return { type: 'STAT', token }
    if (kind < 26) return { type: 'VOID', token }
    if (kind < 32) return { type: 'SENSE', token, lines: draw(4) > 0 ? 'OFF' : draw(2) === 0 ? 'COILS' : 'STEP' }
    if (kind < 35) return { type: 'FETCH', token, from: this.#entry }
    return {
      type: 'SEG',
      token,
      first: wireTick(this.#tick + 200 + draw(3000)),
      phase: draw(2 ** 30),
      count: 1 + draw(200),
      quotient: 15 + draw(4),
      remainder: draw(2 ** 30),
      divisor: 2 ** 30 + draw(2 ** 30),
      direction: draw(2) === 0 ? 'F' : 'R',
    }
  }
}

/** Bytes of memory that this painted image never touches. */
export function untouchedBytes(flash: Uint8Array): number {
  const driver = new Driver(flash)
  driver.open()
  for (let round = 0; round < ROUNDS; round += 1) driver.round()
  return driver.untouched
}
