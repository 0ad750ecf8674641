/**
 * Any transport with faults on its line: what is written and what is received meet them on their way.
 *
 * A connection that is opened again meets them anew, but for the loss of the line, which comes once.
 */
import { EMPTY, Observable, ReplaySubject, type Subscription, timer } from 'rxjs'
import { type LineFault, LineFaults } from '#hil/fault/line-faults'
import { seedOf } from '#hil/fault/seed'
import type { Connection, Transport } from '#hil/rig/serial/transport'

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
      return new FaultyConnection(inner, lines, () => now_us() - since_us)
    },
  }
}

class FaultyConnection implements Connection {
  readonly received: Observable<Uint8Array>
  readonly lost = new ReplaySubject<string>(1)
  readonly #inner: Connection
  readonly #toRig: Paced
  readonly #unplugged: Subscription
  #ended = false

  constructor(inner: Connection, lines: { readonly rig: LineFaults; readonly host: LineFaults }, now_us: () => number) {
    this.#inner = inner
    this.#toRig = new Paced(lines.rig, now_us, (bytes) => inner.write(bytes))
    this.received = new Observable((subscriber) => {
      const toHost = new Paced(lines.host, now_us, (bytes) => subscriber.next(bytes))
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
    const left_us = Math.min(lines.rig.unplugged_us, lines.host.unplugged_us) - now_us()
    const unplugging = Number.isFinite(left_us) ? timer(Math.max(0, left_us / 1000)) : EMPTY
    this.#unplugged = unplugging.subscribe(() => this.#lose('the cable is out'))
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
  readonly #faults: LineFaults
  readonly #now_us: () => number
  readonly #deliver: (bytes: Uint8Array) => void
  #alarm: Subscription | undefined

  constructor(faults: LineFaults, now_us: () => number, deliver: (bytes: Uint8Array) => void) {
    this.#faults = faults
    this.#now_us = now_us
    this.#deliver = deliver
  }

  push(bytes: Uint8Array): void {
    this.#faults.push(bytes, this.#now_us())
    this.#pass()
  }

  stop(): void {
    this.#alarm?.unsubscribe()
  }

  #pass(): void {
    for (const bytes of this.#faults.due(this.#now_us())) this.#deliver(bytes)
    this.#alarm?.unsubscribe()
    const { next_us } = this.#faults
    if (!Number.isFinite(next_us)) return
    this.#alarm = timer(Math.max(0, Math.ceil((next_us - this.#now_us()) / 1000))).subscribe(() => this.#pass())
  }
}
