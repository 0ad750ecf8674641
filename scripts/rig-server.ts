/**
 * An emulated rig served in real time: to one client at a time, on a socket, for as long as it is wanted.
 *
 * The chip runs whether or not anybody listens, as a board does: what it says to nobody is gone, and what it does not take
 * off the line in time waits with its sender. Between two events of the chip this process sleeps.
 */
import type { ListenOptions, Socket } from 'node:net'
import type { PacedRig } from '#hil/rig/avr/paced'
import { Listener, turnAway } from '#scripts/listener'
import type { Server } from '#scripts/serving'

/** Most bytes that wait on the line to the chip, a third of a second; then the client is not read until half are through. */
const MOST_WAITING = 4096
/** Most bytes that wait for a client that does not read; of more it misses the newest, as at a UART. */
const MOST_UNREAD = 65_536
/** A silent client that is gone is noticed after so long. */
const KEEPALIVE_ms = 10_000
/** So long the chip catches up before others have their turn: 20 ms. */
const LONGEST_TURN_us = 20_000
/** The watchdog of the chip wakes more often. */
const LONGEST_SLEEP_ms = 60_000
/** Said once a minute at most: that this machine cannot keep up. */
const BEHIND_us = 1_000_000
const BETWEEN_COMPLAINTS_us = 60_000_000
const REFUSAL = 'the rig is in use: it serves one client at a time\n'

export interface RigServerOptions {
  readonly rig: PacedRig
  /** Microseconds that never go back, since any instant. */
  readonly clock: () => number
  /** A line for whoever watches. */
  readonly log: (line: string) => void
  /** Whether a client that comes presses reset, as opening the port of an Uno does. */
  readonly resets: boolean
  /** What the clients are called, who come through a file and have no address; by their address if not given. */
  readonly visitor?: string
}

export class RigServer implements Server {
  readonly what = 'rig'
  readonly #options: RigServerOptions
  readonly #listener: Listener
  #client: Socket | undefined
  #timer: NodeJS.Timeout | undefined
  #soon: NodeJS.Immediate | undefined
  #complained_us = Number.NEGATIVE_INFINITY
  #closed = false

  constructor(options: RigServerOptions) {
    this.#options = options
    this.#listener = new Listener(
      (socket) => this.#meet(socket),
      (message) => options.log(`a client could not be let in: ${message}`),
    )
    this.#turn()
  }

  listen(where: ListenOptions): Promise<number> {
    return this.#listener.listen(where)
  }

  /** Lets go of the client, stops listening and switches the rig off. May be called again. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    clearTimeout(this.#timer)
    clearImmediate(this.#soon)
    await this.#listener.close()
    this.#options.rig.close()
  }

  #meet(socket: Socket): void {
    const { rig, clock, log, resets, visitor } = this.#options
    const who = visitor ?? `${socket.remoteAddress}:${socket.remotePort}`
    if (this.#client !== undefined || this.#closed) {
      log(`${who} refused: ${this.#closed ? 'the rig is being switched off' : 'the rig is in use'}`)
      turnAway(socket, REFUSAL)
      return
    }
    this.#client = socket
    socket.setNoDelay(true)
    socket.setKeepAlive(true, KEEPALIVE_ms)
    log(`${who} came${resets ? ', and pressed reset' : ''}`)
    if (resets) rig.reset()
    let received = 0
    socket.on('data', (bytes: Buffer) => {
      received += bytes.length
      rig.receive(bytes, clock())
      if (rig.waiting > MOST_WAITING) socket.pause()
      this.#turn()
    })
    socket.once('close', () => {
      if (this.#client === socket) this.#client = undefined
      log(`${who} is gone, after ${received} ${received === 1 ? 'byte' : 'bytes'}`)
    })
    this.#turn()
  }

  /** Brings the chip up to now, passes on what it said, and comes back when it does something next. */
  #turn(): void {
    if (this.#closed) return
    clearTimeout(this.#timer)
    clearImmediate(this.#soon)
    const { rig, clock } = this.#options
    const begun_us = clock()
    let now_us = begun_us
    let behind_us = 0
    do {
      this.#pass(now_us)
      now_us = clock()
      behind_us = rig.behind_us(now_us)
    } while (behind_us > 1000 && now_us - begun_us < LONGEST_TURN_us)
    this.#complain(behind_us, now_us)
    const sleep_ms = Math.ceil((rig.wake_us - now_us) / 1000)
    if (behind_us > 1000 && sleep_ms <= 0) this.#soon = setImmediate(() => this.#turn())
    else this.#timer = setTimeout(() => this.#turn(), Math.min(Math.max(1, sleep_ms), LONGEST_SLEEP_ms))
  }

  #pass(now_us: number): void {
    const { rig } = this.#options
    const said = rig.pass(now_us)
    const client = this.#client
    if (said.length > 0 && client?.writable === true && client.writableLength < MOST_UNREAD) client.write(said)
    if (client?.isPaused() === true && rig.waiting < MOST_WAITING / 2) client.resume()
  }

  #complain(behind_us: number, now_us: number): void {
    if (behind_us < BEHIND_us || now_us - this.#complained_us < BETWEEN_COMPLAINTS_us) return
    this.#complained_us = now_us
    this.#options.log(
      `the rig is ${(behind_us / 1e6).toFixed(1)} s behind the clock: this machine was asleep, or is too slow`,
    )
  }
}
