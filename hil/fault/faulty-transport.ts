/**
 * Any transport with faults on its line: what is written and what is received meet them on their way.
 *
 * A connection that is opened again meets them anew, but for the loss of the line, which comes once.
 */
import { EMPTY, filter, Observable, ReplaySubject, type Subscription, tap, timer } from 'rxjs'
import { type LineFault, LineFaults } from '#hil/fault/line-faults'
import type { ScriptedLine } from '#hil/fault/line-script'
import { seedOf } from '#hil/fault/seed'
import { RigError } from '#hil/rig/rig'
import type { Connection, Transport } from '#hil/rig/serial/transport'

const OUT = 'the cable is out'
/** A cable is pulled so exactly. */
const LOOK_ms = 10

export interface FaultyLine {
  readonly toRig?: readonly LineFault[]
  readonly toHost?: readonly LineFault[]
  readonly seed: number
}

/** Instants of faults count from the first opening, in microseconds of `now_us`, which never goes back. */
export function faulty(
  transport: Transport,
  { toRig = [], toHost = [], seed }: FaultyLine,
  now_us: () => number = () => Math.round(performance.now() * 1000),
): Transport {
  let origin_us: number | undefined
  let opened = 0
  return {
    name: transport.name,
    open: async () => {
      const inner = await transport.open()
      origin_us ??= now_us()
      const since_us = origin_us
      opened += 1
      // What was pulled out and is put in again stays in.
      const kept = (faults: readonly LineFault[]) =>
        opened === 1 ? faults : faults.filter(({ fault }) => fault !== 'unplug')
      const lines = {
        rig: new LineFaults(kept(toRig), seedOf(seed, 2 * opened)),
        host: new LineFaults(kept(toHost), seedOf(seed, 2 * opened + 1)),
      }
      const clock = () => now_us() - since_us
      const left_us = Math.min(lines.rig.unplugged_us, lines.host.unplugged_us) - clock()
      const unplugged = Number.isFinite(left_us) ? timer(Math.max(0, left_us / 1000)) : EMPTY
      return new FaultyConnection(inner, { toRig: () => lines.rig, toHost: () => lines.host, unplugged }, clock)
    },
  }
}

/** The transport with a line that follows a script, on the clock of whoever holds both. What is out cannot be opened. */
export function scripted(transport: Transport, line: ScriptedLine, now_us: () => number): Transport {
  const unplugged = timer(0, LOOK_ms).pipe(
    filter(() => line.nextCut_us(now_us()) <= now_us()),
    tap(() => line.cut(now_us())),
  )
  return {
    name: transport.name,
    open: async () => {
      if (line.isOut(now_us())) throw new RigError(OUT)
      const lines = { toRig: () => line.toRig, toHost: () => line.toHost, unplugged }
      return new FaultyConnection(await transport.open(), lines, now_us)
    },
  }
}

/** The faults of either way, which may be others from one moment to the next, and the moment at which the line is lost. */
interface Lines {
  readonly toRig: () => LineFaults
  readonly toHost: () => LineFaults
  readonly unplugged: Observable<unknown>
}

class FaultyConnection implements Connection {
  readonly received: Observable<Uint8Array>
  readonly lost = new ReplaySubject<string>(1)
  readonly #inner: Connection
  readonly #toRig: Paced
  readonly #unplugged: Subscription
  #ended = false

  constructor(inner: Connection, lines: Lines, now_us: () => number) {
    this.#inner = inner
    this.#toRig = new Paced(lines.toRig, now_us, (bytes) => inner.write(bytes))
    this.received = new Observable((subscriber) => {
      const toHost = new Paced(lines.toHost, now_us, (bytes) => subscriber.next(bytes))
      const subscription = inner.received.subscribe({
        next: (bytes) => toHost.push(bytes),
        complete: () => subscriber.complete(),
      })
      return () => {
        subscription.unsubscribe()
        toHost.stop()
      }
    })
    inner.lost.subscribe((reason) => this.#lose(reason))
    this.#unplugged = lines.unplugged.subscribe(() => this.#lose(OUT))
  }

  write(bytes: Uint8Array): void {
    if (!this.#ended) this.#toRig.push(bytes)
  }

  async close(): Promise<void> {
    this.#ended = true
    this.#unplugged.unsubscribe()
    this.#toRig.stop()
    await this.#inner.close()
  }

  #lose(reason: string): void {
    if (this.#ended) return
    this.lost.next(reason)
    void this.close()
  }
}

/** One direction of a line in real time. */
class Paced {
  readonly #faults: () => LineFaults
  readonly #now_us: () => number
  readonly #deliver: (bytes: Uint8Array) => void
  #alarm: Subscription | undefined

  constructor(faults: () => LineFaults, now_us: () => number, deliver: (bytes: Uint8Array) => void) {
    this.#faults = faults
    this.#now_us = now_us
    this.#deliver = deliver
  }

  push(bytes: Uint8Array): void {
    this.#faults().push(bytes, this.#now_us())
    this.#pass()
  }

  stop(): void {
    this.#alarm?.unsubscribe()
  }

  #pass(): void {
    const faults = this.#faults()
    for (const bytes of faults.due(this.#now_us())) this.#deliver(bytes)
    this.#alarm?.unsubscribe()
    const { next_us } = faults
    if (!Number.isFinite(next_us)) return
    this.#alarm = timer(Math.max(0, Math.ceil((next_us - this.#now_us()) / 1000))).subscribe(() => this.#pass())
  }
}
