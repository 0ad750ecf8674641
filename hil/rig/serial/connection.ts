/**
 * The one path of the host over any binding of serialport: a port of the system, a socket, a cable in memory.
 *
 * Whatever the binding is, bytes come through the same stream, guard and line parser, all of them new for each connection.
 * The stream closes twice after a failed write, reports writes that a close cut off as errors, and keeps its port when
 * destroyed; here the first end counts, every error is listened to before anything can fail, and only `close` lets go.
 */
import { ReadlineParser } from '@serialport/parser-readline'
import type { SerialPortStream } from '@serialport/stream'
import { fromEvent, map, type Observable, ReplaySubject, takeUntil } from 'rxjs'
import type { Binding } from '#hil/rig/serial/binding'
import { LineGuard } from '#hil/rig/serial/line-guard'
import type { Connection } from '#hil/rig/serial/transport'

/** Longest line that is held: several frames, one after noise that ate the newlines between them. */
const LONGEST_LINE = 2048
/** Most bytes that wait to be written; a rig answers long before so much is sent. */
const MOST_WAITING = 65_536
const DRAINING_ms = 1000
const CLOSING_ms = 2000

export class StreamConnection implements Connection {
  readonly received: Observable<Uint8Array>
  readonly lost = new ReplaySubject<string>(1)
  readonly #over = new ReplaySubject<void>(1)
  readonly #port: SerialPortStream<Binding>
  #ended = false
  #closing: Promise<void> | undefined

  /** Takes over a stream that is not open yet, so that no error of it goes unheard. */
  constructor(port: SerialPortStream<Binding>) {
    this.#port = port
    port.on('error', (error: Error & { readonly canceled?: boolean }) => {
      if (error.canceled !== true) this.#lose(error.message)
    })
    port.on('close', (error: Error | null | undefined) => this.#lose(error?.message ?? 'the port was closed'))
    port.on('end', () => this.#lose('the other end has closed'))
    const parser = port
      .pipe(new LineGuard(LONGEST_LINE))
      .pipe(new ReadlineParser({ delimiter: '\n', encoding: 'latin1' }))
    this.received = fromEvent(parser, 'data').pipe(
      map((line) => Buffer.from(`${String(line)}\n`, 'latin1')),
      takeUntil(this.#over),
    )
  }

  /** Opens the stream; rejects with what the system says. */
  open(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#port.open((error) => {
        if (error === null) return resolve()
        this.#end()
        reject(error)
      })
    })
  }

  write(bytes: Uint8Array): void {
    if (this.#ended) return
    if (this.#port.writableLength > MOST_WAITING) this.#lose('the other end takes nothing any more')
    else this.#port.write(Buffer.from(bytes))
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    if (!this.#ended) await within(DRAINING_ms, (done) => this.#drain(done))
    this.#end()
    if (this.#port.isOpen) await within(CLOSING_ms, (done) => this.#port.close(done))
  }

  /** A write that has no bytes is over when those before it are. */
  #drain(done: () => void): void {
    this.#port.write(Buffer.alloc(0), () => this.#port.drain(done))
  }

  #lose(reason: string): void {
    if (this.#ended) return
    this.#end()
    this.lost.next(reason)
    void this.close()
  }

  #end(): void {
    this.#ended = true
    this.#over.next()
  }
}

/** Waits until the work calls back, but not longer. */
function within(longest_ms: number, work: (done: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, longest_ms)
    work(() => {
      clearTimeout(timer)
      resolve()
    })
  })
}
