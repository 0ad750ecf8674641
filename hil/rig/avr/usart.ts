/**
 * USART0 of the ATmega328P, asynchronous, 5 to 8 data bits (DS40002061, section 20).
 *
 * The transmitter is double buffered and a byte has left when its stop bit has. The receiver has a buffer of two and a
 * shift register in which a third waits; when a fourth begins, the third is lost and DOR says so. FE and UPE travel with
 * their byte, DOR is seen until UDR0 is next read. UDRE and RXC are levels: their interrupts are requested as long as
 * they hold. Of UCSR0A a write changes only TXC (by a one), U2X and MPCM. A frame begins at the cycle UDR0 is written
 * rather than at the next edge of the baud clock, less than one sixteenth of a bit later.
 */
import type { Alarm } from '#hil/rig/avr/agenda'
import type { Core } from '#hil/rig/avr/core'
import { UBRR0H, UBRR0L, UCSR0A, UCSR0B, UCSR0C, UDR0, VECTOR } from '#hil/rig/avr/registers'
import { UnmodelledError } from '#hil/rig/avr/unmodelled'

const RXC = 0x80
const TXC = 0x40
const UDRE = 0x20
const FE = 0x10
const DOR = 0x08
const UPE = 0x04
const U2X = 0x02
const MPCM = 0x01

const RXCIE = 0x80
const TXCIE = 0x40
const UDRIE = 0x20
const RXEN = 0x10
const TXEN = 0x08
const UCSZ2 = 0x04

const UMSEL = 0xc0
const UPM1 = 0x20
const USBS = 0x08
const UCSZ10_SHIFT = 1
const UCSZ10 = 0x03
/** After a reset: eight data bits, no parity, one stop bit. */
const UCSR0C_INITIAL = 0x06

const BUFFER_DEPTH = 2

/** What can be wrong with a byte on the line: a missing stop bit, a wrong parity bit, or that it is lost as in an overrun. */
export type LineFault = 'framing' | 'parity' | 'overrun'

interface Received {
  readonly value: number
  /** FE and UPE as they read in UCSR0A while this byte is the next one. */
  readonly flags: number
}

export class Usart {
  /** A byte whose stop bit ended at the cycle, and how long its frame took. */
  onTransmitted: (value: number, end: number, frame_cycles: number) => void = () => {}
  readonly #core: Core
  readonly #transmitted: Alarm
  #shifting: { readonly value: number; readonly frame_cycles: number } | undefined
  #waitingToSend: number | undefined
  #received: Received[] = []
  /** A byte that found the buffer full. */
  #waitingToStore: Received | undefined
  #frameSeen = false
  #txComplete = false
  #overrun = false
  #speed = 0
  #control = 0

  constructor(core: Core) {
    this.#core = core
    this.#transmitted = core.agenda.alarm((due) => this.#frameSent(due))
    core.store(UCSR0C, UCSR0C_INITIAL)
    core.onRead(UCSR0A, () => this.#status())
    core.onWrite(UCSR0A, (value, mask) => this.#writeStatus(value, mask))
    core.onRead(UCSR0B, () => this.#control)
    core.onWrite(UCSR0B, (value) => this.#writeControl(value))
    core.onWrite(UCSR0C, (value) => {
      if ((value & UMSEL) !== 0) throw new UnmodelledError('synchronous serial mode')
      core.store(UCSR0C, value)
    })
    core.onRead(UDR0, () => this.#read())
    core.onWrite(UDR0, (value) => this.#write(value))
    core.interrupts.onEntry(VECTOR.USART_TX, () => {
      this.#txComplete = false
      this.#request()
    })
  }

  /** Cycles of one frame, start bit to stop bit, as the registers stand. */
  get frame_cycles(): number {
    const { bits, parity, stops } = this.#format()
    const divisor = ((this.#core.load(UBRR0H) & 0x0f) << 8) | this.#core.load(UBRR0L)
    return (divisor + 1) * ((this.#speed & U2X) !== 0 ? 8 : 16) * (1 + bits + parity + stops)
  }

  #format() {
    const mode = this.#core.load(UCSR0C)
    return {
      bits: 5 + ((mode >> UCSZ10_SHIFT) & UCSZ10),
      parity: (mode & UPM1) !== 0 ? 1 : 0,
      stops: (mode & USBS) !== 0 ? 2 : 1,
    }
  }

  /** A start bit has been recognized on the line. */
  startBit(): void {
    this.#frameSeen = (this.#control & RXEN) !== 0
    if (!this.#frameSeen || this.#waitingToStore === undefined) return
    this.#waitingToStore = undefined
    this.#overrun = true
  }

  /** The stop bit of the frame that began at the last start bit is over. */
  stopBit(value: number, fault: LineFault | undefined): void {
    if (!this.#frameSeen || (this.#control & RXEN) === 0) return
    this.#frameSeen = false
    const { bits, parity } = this.#format()
    if (fault === 'overrun') {
      this.#overrun = true
    } else {
      const flags = (fault === 'framing' ? FE : 0) | (fault === 'parity' && parity === 1 ? UPE : 0)
      const received = { value: value & (0xff >> (8 - bits)), flags }
      if (this.#received.length < BUFFER_DEPTH) this.#received.push(received)
      else this.#waitingToStore = received
    }
    this.#request()
  }

  #status(): number {
    const [next] = this.#received
    return (
      (next === undefined ? 0 : RXC | next.flags) |
      (this.#txComplete ? TXC : 0) |
      (this.#waitingToSend === undefined ? UDRE : 0) |
      (this.#overrun ? DOR : 0) |
      this.#speed
    )
  }

  #writeStatus(value: number, mask: number): void {
    if ((value & MPCM) !== 0) throw new UnmodelledError('multi-processor communication mode')
    if ((value & mask & TXC) !== 0) this.#txComplete = false
    this.#speed = value & U2X
    this.#request()
  }

  #writeControl(value: number): void {
    if ((value & UCSZ2) !== 0) throw new UnmodelledError('serial frames of nine bits')
    this.#control = value
    if ((value & RXEN) === 0) {
      this.#received = []
      this.#waitingToStore = undefined
      this.#overrun = false
      this.#frameSeen = false
    }
    this.#request()
  }

  #read(): number {
    const taken = this.#received.shift()
    this.#overrun = false
    if (this.#waitingToStore !== undefined) {
      this.#received.push(this.#waitingToStore)
      this.#waitingToStore = undefined
    }
    this.#request()
    return taken?.value ?? 0
  }

  #write(value: number): void {
    if ((this.#control & TXEN) === 0 || this.#waitingToSend !== undefined) return
    if (this.#shifting === undefined) this.#send(value, this.#core.now)
    else this.#waitingToSend = value
    this.#request()
  }

  #send(value: number, start: number): void {
    const { frame_cycles } = this
    this.#shifting = { value, frame_cycles }
    this.#core.agenda.set(this.#transmitted, start + frame_cycles)
  }

  #frameSent(end: number): void {
    const sent = this.#shifting
    const next = this.#waitingToSend
    this.#shifting = undefined
    this.#waitingToSend = undefined
    if (next === undefined) this.#txComplete = true
    else this.#send(next, end)
    this.#request()
    if (sent !== undefined) this.onTransmitted(sent.value, end, sent.frame_cycles)
  }

  #request(): void {
    const { interrupts } = this.#core
    const control = this.#control
    interrupts.request(VECTOR.USART_RX, (control & RXCIE) !== 0 && this.#received.length > 0)
    interrupts.request(VECTOR.USART_UDRE, (control & UDRIE) !== 0 && this.#waitingToSend === undefined)
    interrupts.request(VECTOR.USART_TX, (control & TXCIE) !== 0 && this.#txComplete)
  }
}
