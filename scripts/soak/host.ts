/** The host of a soak: two commands on their way at any time, whatever becomes of the cable, and one outcome for each. */
import { setTimeout as pause } from 'node:timers/promises'
import { RigError } from '#hil/rig/rig'
import { serialTransport } from '#hil/rig/serial/port'
import type { Connection } from '#hil/rig/serial/transport'
import { HostLink } from '#protocol/host-link'
import { type CommandRequest, type HostEvent, type Outcome, SERIAL_TIMES, type Turn } from '#protocol/link'
import type { MessageOf } from '#protocol/message'
import { wireTick } from '#protocol/ticks'

export interface SoakHostOptions {
  readonly path: string
  readonly commands: number
  readonly chance: () => number
}

const AT_A_TIME = 2
const RETRY_ms = 50
/** A terminal that is opened before socat has it ready, and a session that a pulled cable ends, are tried again for so long. */
const PATIENCE_ms = 60_000
/** The motor has then made whatever was queued. */
const QUEUE_ms = 1500

const now_us = () => performance.now() * 1000

export class SoakHost {
  readonly outcomes: Record<Outcome['kind'], number> = { done: 0, refused: 0, undone: 0, lost: 0 }
  /** Outcomes of commands that had one already. */
  twice = 0
  sessions = 0
  /** Log lines that came through. */
  heard = 0
  /** Commands that the rig refused, by its reason. */
  readonly refusals = new Map<string, number>()
  /** Steps that must have been made, and that may have been. */
  readonly most = { done: 0, sent: 0 }
  readonly #options: SoakHostOptions
  readonly #link = new HostLink({ times: SERIAL_TIMES, nonce: nonces() })
  readonly #waiting = new Map<number, number>()
  readonly #had = new Set<number>()
  #connection: Connection | undefined
  #timer: NodeJS.Timeout | undefined
  #open = false
  #asked = 0
  #counters: MessageOf<'TEL'> | undefined
  #last_tick = 0
  #changed = () => {}
  #closed = false

  constructor(options: SoakHostOptions) {
    this.#options = options
  }

  /** How many commands have an outcome. */
  get settled(): number {
    return this.#had.size
  }

  /** Sends all commands and waits for their outcomes. */
  async run(): Promise<void> {
    while (this.settled < this.#options.commands) {
      await this.#connected()
      await this.#change()
    }
  }

  /** The counters when the motor has come to rest. */
  async counters(): Promise<MessageOf<'TEL'>> {
    await pause(QUEUE_ms)
    const end = performance.now() + PATIENCE_ms
    // On a busy machine a served rig is behind the clock on the wall, and what was queued may still be under way.
    while (performance.now() < end) {
      this.#counters = undefined
      await this.#connected()
      if (this.#open) this.#take(this.#link.request({ type: 'STAT' }, now_us()))
      await pause(RETRY_ms)
      const said = this.#latest
      if (said?.state === 'IDLE' && said.queued === 0) return said
    }
    throw new Error('the rig did not say its counters at rest')
  }

  /** What the rig said last of its counters; a callback may have changed it meanwhile. */
  get #latest(): MessageOf<'TEL'> | undefined {
    return this.#counters
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    await this.#connection?.close()
  }

  async #change(): Promise<void> {
    await Promise.race([pause(RETRY_ms), new Promise<void>((resolve) => (this.#changed = resolve))])
  }

  async #connected(): Promise<void> {
    const end = performance.now() + PATIENCE_ms
    while (this.#connection === undefined) {
      try {
        const connection = await serialTransport(this.#options.path).open()
        this.#connection = connection
        connection.received.subscribe((bytes) => this.#take(this.#link.receive(bytes, now_us())))
        connection.lost.subscribe(() => this.#lose(connection))
        this.#take(this.#link.open(now_us()))
      } catch (error) {
        if (!(error instanceof RigError) || performance.now() > end) throw error
        await pause(RETRY_ms)
      }
    }
  }

  #lose(connection: Connection): void {
    if (this.#connection !== connection) return
    this.#connection = undefined
    this.#open = false
    void connection.close()
    this.#take(this.#link.close(now_us()))
    this.#changed()
  }

  #take(turn: Turn): void {
    for (const bytes of turn.send) this.#connection?.write(bytes)
    for (const event of turn.events) this.#hear(event)
    clearTimeout(this.#timer)
    if (this.#closed) return
    if (turn.wake_us !== null) {
      this.#timer = setTimeout(
        () => this.#take(this.#link.pass(now_us())),
        Math.max(1, (turn.wake_us - now_us()) / 1000),
      )
    }
    if (this.#open && this.#waiting.size < AT_A_TIME && this.#asked < this.#options.commands) this.#ask()
  }

  #hear(event: HostEvent): void {
    switch (event.kind) {
      case 'session':
        this.#open = true
        this.sessions += 1
        this.#last_tick = event.tick
        break
      case 'silent':
        // An unplugged cable is not always told of: the port is let go and opened anew.
        if (this.#connection !== undefined) this.#lose(this.#connection)
        break
      case 'telemetry':
        this.#counters = event.report
        break
      case 'outcome':
        this.#settle(event.id, event.outcome)
        break
      case 'mismatch':
      case 'restarted':
      case 'halted':
        throw new Error(`the rig is not as it was: ${JSON.stringify(event)}`)
      case 'log':
        this.heard += 1
        break
      case 'flawed':
        break
    }
  }

  #settle(id: number, outcome: Outcome): void {
    const steps = this.#waiting.get(id)
    if (steps === undefined) {
      if (this.#had.has(id)) this.twice += 1
      return
    }
    this.#waiting.delete(id)
    this.#had.add(id)
    this.outcomes[outcome.kind] += 1
    if (outcome.kind === 'refused') this.refusals.set(outcome.reason, (this.refusals.get(outcome.reason) ?? 0) + 1)
    if (outcome.kind === 'done' || outcome.kind === 'lost') this.most.sent += steps
    this.#changed()
  }

  #ask(): void {
    const { request, steps } = this.#drawn()
    this.#asked += 1
    const turn = this.#link.request(request, now_us())
    this.#waiting.set(turn.id, steps)
    this.#take(turn)
  }

  /** A question, some steps soon, a change of mind, or a CLEAR that clears nothing. */
  #drawn(): { readonly request: CommandRequest; readonly steps: number } {
    const { chance } = this.#options
    const dice = chance()
    const now = this.#link.tickAt(now_us()) ?? this.#last_tick
    if (dice < 0.3) {
      const [count, quotient] = [1 + Math.floor(chance() * 5), 200 + Math.floor(chance() * 300)]
      const first = Math.max(now + 800, this.#last_tick + 200)
      this.#last_tick = first + count * quotient
      const motion = { phase: 0, count, quotient, remainder: 0, divisor: 1, direction: 'F' } as const
      return { request: { type: 'SEG', first: wireTick(first), ...motion }, steps: count }
    }
    if (dice < 0.4) return { request: { type: 'CANCEL', from: wireTick(this.#last_tick) }, steps: 0 }
    if (dice < 0.6) return { request: { type: 'CLEAR', halts: this.#link.halts ?? 0 }, steps: 0 }
    return { request: { type: 'STAT' }, steps: 0 }
  }
}

function nonces(): () => number {
  let nonce = Math.floor(Math.random() * 2 ** 31)
  return () => {
    nonce += 1
    return nonce
  }
}
