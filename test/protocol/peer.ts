/**
 * A rig on the other end of a bad wire, in virtual time: the host link under test, the reference rig with its queue, and
 * between them whatever a test wants to happen to each frame.
 */
import { HostLink } from '#protocol/host-link'
import type { CommandRequest, HostEvent, LinkTimes, Outcome, Turn } from '#protocol/link'
import { SERIAL_TIMES } from '#protocol/link'
import { RigLink } from '#protocol/rig-link'
import { TICK_us } from '#protocol/ticks'
import { Body } from './body.ts'

/** What happens to one frame on its way. */
export type Fate =
  | { readonly fate: 'arrives' }
  | { readonly fate: 'lost' }
  | { readonly fate: 'late'; readonly by_us: number }
  | { readonly fate: 'twice'; readonly by_us: number }
  | { readonly fate: 'flipped'; readonly bits: readonly number[] }
  | { readonly fate: 'cut'; readonly from: number; readonly count: number }

/** Most things that happen in one run; more means that time stands still. */
const TURNS_LIMIT = 100_000

interface Delivery {
  readonly at_us: number
  readonly to: 'host' | 'rig'
  readonly bytes: Uint8Array
}

export interface BenchOptions {
  /** The fates of the frames, in either direction, in the order they are sent; after these every frame arrives. */
  readonly fates?: readonly Fate[]
  readonly times?: Partial<LinkTimes>
  /** Tick of the rig at time 0. */
  readonly tick?: number
  readonly latency_us?: number
}

export class Bench {
  now_us = 0
  readonly host: HostLink
  readonly events: { readonly at_us: number; readonly event: HostEvent }[] = []
  /** Everything that was handed to the wire, whatever became of it. */
  readonly sent: Delivery[] = []
  body = new Body()
  rig: RigLink
  /** A rig that is dead neither hears nor moves. */
  dead = false
  readonly #options: BenchOptions
  #boots = 0
  #nonces = 0
  #deliveries: Delivery[] = []
  #fates: Fate[]
  #wake_us: number | null = null

  constructor(options: BenchOptions = {}) {
    this.#options = options
    this.#fates = [...(options.fates ?? [])]
    this.host = new HostLink({
      times: { ...SERIAL_TIMES, ...options.times },
      nonce: () => {
        this.#nonces += 1
        return this.#nonces
      },
    })
    this.rig = this.#newRig()
  }

  get tick(): number {
    return Math.floor(this.now_us / TICK_us) + (this.#options.tick ?? 0)
  }

  /** The rig starts anew, with a boot id of its own; its record goes on. */
  restart(): void {
    const { attempts, steps } = this.body
    this.body = new Body()
    this.body.attempts.push(...attempts)
    this.body.steps.push(...steps)
    this.rig = this.#newRig()
    this.#toHost(this.rig.boot('WATCHDOG'))
  }

  /** Carries out what a call of the host link comes to. */
  take<T extends Turn>(turn: T): T {
    for (const event of turn.events) this.events.push({ at_us: this.now_us, event })
    for (const bytes of turn.send) this.#carry('rig', bytes)
    this.#wake_us = turn.wake_us
    return turn
  }

  /** From now on every frame arrives. */
  mend(): void {
    this.#fates = []
  }

  open(): void {
    this.take(this.host.open(this.now_us))
  }

  halt(): void {
    this.take(this.host.halt(this.now_us))
  }

  request(command: CommandRequest, within_us?: number): number {
    return this.take(this.host.request(command, this.now_us, within_us)).id
  }

  /** Bytes to the rig past the host link and the fates, right now. */
  inject(bytes: Uint8Array): void {
    if (!this.dead) this.#toHost(this.rig.receive(bytes, this.tick))
  }

  /** Lets virtual time pass. */
  run(for_us: number): void {
    const end_us = this.now_us + for_us
    for (let turns = 0; ; turns += 1) {
      if (turns > TURNS_LIMIT) throw new Error(`the link makes no progress at ${this.now_us} us`)
      this.#deliveries.sort((a, b) => a.at_us - b.at_us)
      const delivery_us = this.#deliveries[0]?.at_us ?? Number.POSITIVE_INFINITY
      const wake_us = this.#wake_us ?? Number.POSITIVE_INFINITY
      const step_us = this.#stepAt_us()
      const next_us = Math.max(this.now_us, Math.min(delivery_us, wake_us, step_us))
      if (next_us > end_us) break
      this.now_us = next_us
      if (step_us <= next_us) this.#step()
      else if (delivery_us <= next_us) this.#deliver()
      else this.take(this.host.pass(this.now_us))
    }
    this.now_us = end_us
  }

  /** The outcomes reported so far, by id. */
  outcomes(): Map<number, Outcome[]> {
    const outcomes = new Map<number, Outcome[]>()
    for (const { event } of this.events) {
      if (event.kind === 'outcome') outcomes.set(event.id, [...(outcomes.get(event.id) ?? []), event.outcome])
    }
    return outcomes
  }

  eventsOf<Kind extends HostEvent['kind']>(kind: Kind): Extract<HostEvent, { readonly kind: Kind }>[] {
    const isOf = (event: HostEvent): event is Extract<HostEvent, { readonly kind: Kind }> => event.kind === kind
    return this.events.map(({ event }) => event).filter(isOf)
  }

  #newRig(): RigLink {
    this.#boots += 1
    return new RigLink({ boot: `0000000${this.#boots % 10}`, build: 'C0DEC0DE', body: this.body })
  }

  #stepAt_us(): number {
    const next = this.dead ? undefined : this.body.queue.next
    return next === undefined ? Number.POSITIVE_INFINITY : (next.tick - (this.#options.tick ?? 0)) * TICK_us
  }

  #step(): void {
    const { next } = this.body.queue
    if (next === undefined) return
    const { allowed, send } = this.rig.mayStep(next.tick, next.quotient)
    this.#toHost(send)
    if (!allowed) return
    this.body.steps.push(next.tick)
    if (this.body.queue.advance()) this.#toHost(this.rig.report(this.tick))
  }

  #deliver(): void {
    const delivery = this.#deliveries.shift()
    if (delivery?.to === 'host') this.take(this.host.receive(delivery.bytes, this.now_us))
    else if (delivery?.to === 'rig') this.inject(delivery.bytes)
  }

  #toHost(send: readonly Uint8Array[]): void {
    for (const bytes of send) this.#carry('host', bytes)
  }

  #carry(to: Delivery['to'], bytes: Uint8Array): void {
    const at_us = this.now_us + (this.#options.latency_us ?? 4000)
    const fate = this.#fates.shift() ?? { fate: 'arrives' }
    this.sent.push({ at_us, to, bytes })
    for (const delivery of fated(fate, { at_us, to, bytes })) this.#deliveries.push(delivery)
  }
}

function fated(fate: Fate, delivery: Delivery): Delivery[] {
  const { at_us, bytes } = delivery
  switch (fate.fate) {
    case 'arrives':
      return [delivery]
    case 'lost':
      return []
    case 'late':
      return [{ ...delivery, at_us: at_us + fate.by_us }]
    case 'twice':
      return [delivery, { ...delivery, at_us: at_us + fate.by_us }]
    case 'flipped': {
      const damaged = bytes.slice()
      for (const bit of fate.bits) damaged[(bit >> 3) % bytes.length]! ^= 1 << (bit & 7)
      return [{ ...delivery, bytes: damaged }]
    }
    case 'cut': {
      const from = fate.from % bytes.length
      const left = bytes.filter((_, i) => i < from || i >= from + fate.count)
      return [{ ...delivery, bytes: left }]
    }
  }
}

/** Motion fields of a segment of `count` steps from absolute tick `first`, `quotient` ticks apart. */
export function motion(first: number, count: number, quotient: number): CommandRequest & { readonly type: 'SEG' } {
  return {
    type: 'SEG',
    first: first % 2 ** 32,
    phase: 0,
    count,
    quotient,
    remainder: 0,
    divisor: 1,
    direction: 'F',
  }
}
