/**
 * `pumpbench monitor`: what a rig says, live, in lines with both clocks, until Ctrl-C.
 *
 * A rig says little of its own accord, so a session is opened and its counters are asked for again and again; with --listen
 * nothing is sent at all. A wire that is lost is tried again. Of more lines than anybody can read the rest is counted.
 */
import { randomInt } from 'node:crypto'
import { RigError } from '#hil/rig/rig'
import type { Connection, Transport } from '#hil/rig/serial/transport'
import { HostLink } from '#protocol/host-link'
import { SERIAL_TIMES, type Turn } from '#protocol/link'
import { EXIT, type ExitStatus } from '#scripts/exit'
import { MonitorLines } from '#scripts/monitor-lines'
import { transportNamed } from '#scripts/wire-rigs'

export interface MonitorOptions {
  readonly rig?: string
  readonly port?: string
  /** Seconds between two questions for the counters. */
  readonly every?: number
  readonly listen?: boolean
  readonly sent?: boolean
  /** End after so many lines. */
  readonly lines?: number
}

const EVERY_s = 1
const RETRY_ms = 1000
const NONCES = 2 ** 32
/** Lines shown of one second; a rig at full speed sends more than twice as many. */
const MOST_a_second = 100

const now_us = () => performance.now() * 1000

export async function monitorCommand(options: MonitorOptions): Promise<ExitStatus> {
  if ((options.rig === undefined) === (options.port === undefined)) {
    console.error('say what to listen to: --rig serial:PATH, --rig tcp:HOST:PORT or --port PATH, one of them')
    return EXIT.usage
  }
  const name = options.rig ?? `serial:${options.port?.replace(/^serial:/, '')}`
  const found = await transportNamed(name, options.rig === undefined ? '--port' : '--rig')
  if (!found.ok) {
    console.error(found.problem)
    return EXIT.usage
  }
  return await new Monitor(found.value, options).run()
}

class Monitor {
  readonly #transport: Transport
  readonly #options: MonitorOptions
  readonly #lines = new MonitorLines()
  readonly #link = new HostLink({ times: { ...SERIAL_TIMES, beat_us: null }, nonce: () => randomInt(NONCES) })
  #end: (status: ExitStatus) => void = () => {}
  #ended = false
  #connection: Connection | undefined
  #timer: NodeJS.Timeout | undefined
  #asked_us = 0
  #open = false
  #printed = 0
  /** Lines of the present second: shown, and not shown. */
  #second = { begun_us: Number.NEGATIVE_INFINITY, shown: 0, hidden: 0 }

  constructor(transport: Transport, options: MonitorOptions) {
    this.#transport = transport
    this.#options = options
  }

  async run(): Promise<ExitStatus> {
    const ended = new Promise<ExitStatus>((resolve) => {
      this.#end = (status) => {
        this.#ended = true
        resolve(status)
      }
    })
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => this.#end(EXIT.pass))
    process.stdout.once('error', () => this.#end(EXIT.pass))
    try {
      await this.#connect()
    } catch (error) {
      if (!(error instanceof RigError)) throw error
      console.error(error.message)
      return EXIT.inconclusive
    }
    const status = await ended
    clearTimeout(this.#timer)
    await this.#connection?.close()
    this.#tellHidden()
    return status
  }

  async #connect(): Promise<void> {
    const connection = await this.#transport.open()
    if (this.#ended) return await connection.close()
    this.#connection = connection
    this.#lines.restart()
    connection.received.subscribe((bytes) => {
      this.#show(this.#lines.received(bytes, new Date(), now_us()))
      if (this.#options.listen !== true) this.#take(this.#link.receive(bytes, now_us()))
    })
    connection.lost.subscribe((reason) => this.#lost(reason))
    if (this.#options.listen !== true) this.#take(this.#link.open(now_us()))
  }

  #lost(reason: string): void {
    this.#connection = undefined
    this.#open = false
    clearTimeout(this.#timer)
    console.log(`${this.#transport.name} is gone: ${reason}; it is tried again each second`)
    this.#retry()
  }

  #retry(): void {
    this.#timer = setTimeout(() => {
      if (this.#ended) return
      this.#connect().then(
        () => console.log(`${this.#transport.name} is back`),
        () => this.#retry(),
      )
    }, RETRY_ms)
  }

  /** Sends what the link wants sent, and asks for the counters when it is time. */
  #take(turn: Turn): void {
    if (this.#ended) return
    for (const bytes of turn.send) {
      this.#connection?.write(bytes)
      if (this.#options.sent === true) this.#show(this.#lines.sent(bytes, new Date(), now_us()))
    }
    for (const event of turn.events) {
      if (event.kind === 'session') this.#open = true
      else if (event.kind === 'silent' || event.kind === 'restarted') this.#reopen(event.kind === 'silent')
      else if (event.kind === 'mismatch') {
        console.error(`the rig is of another version: ${event.what} ${event.found} where ${event.needed} is needed`)
        this.#end(EXIT.inconclusive)
      }
    }
    this.#schedule(turn.wake_us)
  }

  #reopen(silent: boolean): void {
    this.#open = false
    if (silent) console.log('no rig answers HELLO; it is asked again')
    this.#take(this.#link.open(now_us()))
  }

  #schedule(wake_us: number | null): void {
    if (this.#ended || this.#connection === undefined) return
    clearTimeout(this.#timer)
    const ask_us = this.#open ? this.#asked_us + (this.#options.every ?? EVERY_s) * 1e6 : Number.POSITIVE_INFINITY
    const next_us = Math.min(wake_us ?? Number.POSITIVE_INFINITY, ask_us)
    if (!Number.isFinite(next_us)) return
    this.#timer = setTimeout(() => this.#wake(ask_us), Math.max(1, Math.ceil((next_us - now_us()) / 1000)))
  }

  #wake(ask_us: number): void {
    const now = now_us()
    if (now >= ask_us) this.#asked_us = now
    this.#take(now >= ask_us ? this.#link.request({ type: 'STAT' }, now) : this.#link.pass(now))
  }

  #show(lines: readonly string[]): void {
    for (const line of lines) {
      if (this.#ended) return
      if (now_us() - this.#second.begun_us >= 1e6) {
        this.#tellHidden()
        this.#second = { begun_us: now_us(), shown: 0, hidden: 0 }
      }
      if (this.#second.shown >= MOST_a_second) {
        this.#second.hidden += 1
        continue
      }
      this.#second.shown += 1
      console.log(line)
      this.#printed += 1
      if (this.#printed === this.#options.lines) this.#end(EXIT.pass)
    }
  }

  #tellHidden(): void {
    if (this.#second.hidden > 0) console.log(`... and ${this.#second.hidden} lines more within that second`)
    this.#second.hidden = 0
  }
}
