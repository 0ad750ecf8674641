/**
 * A balance on a serial port: the one place where its bytes meet the world.
 *
 * Every connection has a port, a guard, a parser and a driver of its own, because a parser that outlives a cable joins what
 * was cut in two. The first close counts, errors are listened to before anything can fail, and a port that has fallen
 * silent is closed: an unplugged cable is not always noticed by anything but silence.
 */
import { ReadlineParser } from '@serialport/parser-readline'
import {
  catchError,
  filter,
  firstValueFrom,
  fromEvent,
  map,
  merge,
  mergeMap,
  Subject,
  take,
  throwError,
  timeout,
} from 'rxjs'
import { SerialPort } from 'serialport'
import { BalanceDriver, type BalanceEvent, type BalanceTally, LONGEST_LINE } from '#hil/balance/driver'
import type { Query } from '#hil/balance/mt-sics'
import { StandError } from '#hil/calibration/stand'
import { LineGuard } from '#hil/rig/serial/line-guard'

/** As balances leave the factory: 8 data bits, no parity, one stop bit. */
const BALANCE_BAUD = 9600
/** A balance waits up to ten seconds for a stable weight by itself. */
const ANSWER_ms = 15_000
const CLOSING_ms = 2000

export interface PortOptions {
  readonly path: string
  readonly baudRate?: number
  /** Longest wait for an answer, in milliseconds of wall time. */
  readonly answer_ms?: number
}

export class BalancePort {
  readonly #port: SerialPort
  readonly #driver = new BalanceDriver()
  readonly #lost = new Subject<string>()
  readonly #answer_ms: number
  readonly #path: string
  readonly #events: Subject<BalanceEvent> = new Subject()
  #closing: Promise<void> | undefined
  #gone: string | null = null

  private constructor(port: SerialPort, { path, answer_ms = ANSWER_ms }: PortOptions) {
    this.#port = port
    this.#path = path
    this.#answer_ms = answer_ms
    port.on('error', (error: Error & { canceled?: boolean }) => {
      if (error.canceled !== true) this.#lose(error.message)
    })
    port.on('close', () => this.#lose('the port was closed: the cable is out, or the adapter'))
    const parser = port
      .pipe(new LineGuard(LONGEST_LINE + 1))
      .pipe(new ReadlineParser({ delimiter: '\n', encoding: 'latin1' }))
    fromEvent(parser, 'data')
      .pipe(
        map((line) => Buffer.from(`${String(line)}\n`, 'latin1')),
        mergeMap((bytes) => this.#driver.receive(bytes, Math.round(performance.now() * 1000))),
      )
      .subscribe(this.#events)
  }

  /** Opens the port. Throws {@link StandError} when it cannot. */
  static async open(options: PortOptions): Promise<BalancePort> {
    const { path, baudRate = BALANCE_BAUD } = options
    const port = new SerialPort({ path, baudRate, autoOpen: false })
    const balance = new BalancePort(port, options)
    await new Promise<void>((resolve, reject) => {
      port.open((error) => (error === null ? resolve() : reject(new StandError(opening(path, error.message)))))
    })
    return balance
  }

  get tally(): BalanceTally {
    return this.#driver.tally
  }

  /** Asks once and waits for the answer. Throws {@link StandError} when none comes or the port is gone. */
  async ask(query: Query): Promise<BalanceEvent> {
    if (this.#gone !== null) throw new StandError(this.#gone)
    const lost = this.#lost.pipe(mergeMap((reason) => throwError(() => new StandError(reason))))
    const answer = firstValueFrom(
      merge(this.#events.pipe(filter(({ kind }) => kind !== 'refused')), lost).pipe(
        take(1),
        timeout(this.#answer_ms),
        catchError((error: unknown) => throwError(() => this.#unanswered(query, error))),
      ),
    )
    this.#port.write(this.#driver.ask(query), (error) => {
      if (error !== null && error !== undefined) this.#lose(error.message)
    })
    return await answer
  }

  /** Closes the port once, within a bounded time; never throws. */
  close(): Promise<void> {
    this.#closing ??= new Promise((resolve) => {
      if (!this.#port.isOpen) return resolve()
      const timer = setTimeout(resolve, CLOSING_ms)
      this.#port.close(() => {
        clearTimeout(timer)
        resolve()
      })
    })
    return this.#closing
  }

  #lose(reason: string): void {
    if (this.#gone !== null) return
    this.#gone = `the balance at ${this.#path} is gone: ${reason}`
    this.#lost.next(this.#gone)
  }

  #unanswered(query: Query, error: unknown): StandError {
    if (error instanceof StandError) return error
    const { refused } = this.tally
    const heard =
      refused === 0
        ? 'nothing was heard'
        : `${refused === 1 ? '1 line was' : `${refused} lines were`} heard that ${refused === 1 ? 'is' : 'are'} no answer`
    return new StandError(
      `the balance at ${this.#path} did not answer ${query} within ${this.#answer_ms / 1000} s; ${heard}. Is it on, at ${this.#port.baudRate} baud, and set to MT-SICS?`,
    )
  }
}

function opening(path: string, reason: string): string {
  const hint = /permission denied/i.test(reason) ? '; on Linux the user has to be in the group dialout' : ''
  return `${path} cannot be opened: ${reason}${hint}`
}
