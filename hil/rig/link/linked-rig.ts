/**
 * A rig at the end of any transport, on the clock on the wall.
 *
 * All that is decided is decided by the host, which has neither port nor clock; here bytes, losses and the passing of time
 * are handed to it as they come, and what it wants sent is sent. A connection that was lost is tried again and again until
 * the host has lost its patience. Whatever happens, closing stops the motor and lets go of the port.
 */
import { randomInt } from 'node:crypto'
import {
  defer,
  EMPTY,
  firstValueFrom,
  merge,
  type Observable,
  of,
  race,
  retry,
  Subject,
  type Subscription,
  switchMap,
  takeUntil,
  tap,
  timer,
} from 'rxjs'
import { scripted } from '#hil/fault/faulty-transport'
import { type LineEffect, type LineScript, ScriptedLine } from '#hil/fault/line-script'
import type { RigHost } from '#hil/rig/link/rig-host'
import { WireHost } from '#hil/rig/link/wire-host'
import {
  defineRig,
  type Rig,
  type RigCommand,
  type RigDefinition,
  RigError,
  type RigProvenance,
  type RigReport,
  TICK_us,
} from '#hil/rig/rig'
import { SenseHost } from '#hil/rig/sensing/sense-host'
import { type PumpWiring, seenBy } from '#hil/rig/sensing/sensed-steps'
import type { Connection, Transport } from '#hil/rig/serial/transport'
import type { WireStatistics } from '#protocol/wire-tally'
import { compare, ONE, type Rational, toNumber } from '#units/rational'

export interface LinkedRigOptions {
  readonly transport: Transport
  /** How many times faster than the clock on the wall therapy runs; as fast if not given. */
  readonly speed?: Rational
  /**
   * How a pump is wired to the rig that turns its own motor: the rig looks on and turns nothing. Therapy then runs at the speed of
   * the clock on the wall, and the pump has to start with the run.
   */
  readonly sense?: PumpWiring
  /** How long a rig that has gone is waited for, in microseconds; 10 s if not given. */
  readonly grace_us?: number
  /** Microseconds of a clock that never goes back. */
  readonly now_us?: () => number
  /** See {@link WireHostOptions.nonce}; drawn by chance if not given. */
  readonly nonce?: () => number
}

/** However far a tick is, a rig says so often how far it has come. */
const SLICE_us = 250_000
const RECONNECT_ms = 250
/** A motor that has not stopped by then is beyond reach; its dead-man stops it. */
const HALTING_us = 600_000
/** Timers are no more exact than this, and a node timer of less is one millisecond. */
const LEAST_ms = 1
const NONCES = 2 ** 32

/** The clock of a rig that looks on is followed: beyond this a run ends, as where the rig turns the motor. */
const INSTANT_us = 50_000

class LinkedRig implements Rig {
  readonly provenance: RigProvenance
  #transport: Transport
  #line: ScriptedLine | undefined
  readonly #now_us: () => number
  readonly #host: RigHost
  readonly #connections = new Subject<Connection | null>()
  readonly #changes = new Subject<void>()
  readonly #closed = new Subject<void>()
  readonly #life: Subscription
  #connection: Connection | null = null
  #alarm: Subscription | undefined
  #closing: Promise<void> | undefined

  constructor(options: LinkedRigOptions) {
    const { transport, speed = ONE, sense, now_us = monotonic_us, nonce = anyNonce, grace_us } = options
    this.#transport = transport
    this.#now_us = now_us
    const shared = { nonce, ...(grace_us === undefined ? {} : { grace_us }) }
    if (sense === undefined) {
      this.provenance = { displaced: 'measured: encoder', uncertainty_percent: 0 }
      this.#host = new WireHost({ ...shared, speed: toNumber(speed) }, now_us())
    } else {
      this.provenance = { displaced: seenBy(sense, INSTANT_us), uncertainty_percent: 0, instant_us: INSTANT_us }
      this.#host = new SenseHost({ ...shared, wiring: sense }, now_us())
    }
    this.#life = this.#connections
      .pipe(
        switchMap((connection) => (connection === null ? EMPTY : this.#live(connection))),
        takeUntil(this.#closed),
      )
      .subscribe()
  }

  get identity(): string {
    return this.#host.identity
  }

  wire(): WireStatistics {
    return this.#host.statistics
  }

  disturb(script: LineScript, onEffect: LineEffect): void {
    this.#line = new ScriptedLine(script, onEffect)
    this.#transport = scripted(this.#transport, this.#line, this.#now_us)
  }

  async open(): Promise<void> {
    this.#connect(await this.#transport.open())
    while (!this.#host.ready) {
      if (this.#host.failure !== undefined) throw new RigError(this.#host.failure)
      await this.#change(SLICE_us)
    }
    this.#line?.begin(
      (run_us) => this.#host.instant_us(run_us / TICK_us),
      (at_us) => this.#host.runTick(at_us) * TICK_us,
    )
  }

  send(command: RigCommand): void {
    if (command.kind === 'segment') this.#host.segment(command.cadence, this.#now_us())
    else this.#host.cancel(command.from_tick, this.#now_us())
    this.#carryOut()
  }

  async advance(to_tick: number): Promise<RigReport> {
    const until_us = this.#now_us() + SLICE_us
    for (;;) {
      const reached = this.#host.reach(to_tick, this.#now_us())
      this.#carryOut()
      if (reached >= to_tick || this.#host.hasLoss(reached)) return this.#host.tell(reached)
      if (this.#host.failure !== undefined) {
        // Once what is known of the steps has been told.
        const last = this.#host.tell(reached)
        if (last.motion.length === 0) throw new RigError(this.#host.failure)
        return last
      }
      const left_us = until_us - this.#now_us()
      if (left_us <= 0) return this.#host.tell(reached)
      await this.#change(left_us)
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    const end_us = this.#now_us() + HALTING_us
    if (this.#connection !== null) {
      this.#host.halt(this.#now_us())
      this.#carryOut()
    }
    while (this.#connection !== null && !this.#host.halted && this.#now_us() < end_us) {
      await this.#change(end_us - this.#now_us())
    }
    this.#closed.next()
    this.#life.unsubscribe()
    this.#alarm?.unsubscribe()
    await this.#connection?.close()
    this.#connection = null
  }

  #connect(connection: Connection): void {
    this.#connection = connection
    this.#connections.next(connection)
    this.#host.connected(this.#now_us())
    this.#carryOut()
  }

  /** What a connection brings, until it ends. */
  #live(connection: Connection): Observable<unknown> {
    const received = connection.received.pipe(tap((bytes) => this.#host.receive(bytes, this.#now_us())))
    const lost = connection.lost.pipe(
      tap((reason) => {
        this.#host.disconnected(reason, this.#now_us())
        this.#reconnect()
      }),
    )
    return merge(received, lost).pipe(tap(() => this.#carryOut()))
  }

  /** Sends what is to be sent, sets the alarm for what comes next, and wakes whoever waits. */
  #carryOut(): void {
    const { send, reconnect } = this.#host.drain()
    for (const bytes of send) this.#connection?.write(bytes)
    if (reconnect) this.#reconnect()
    this.#alarm?.unsubscribe()
    const { wake_us } = this.#host
    const isOver = this.#closing !== undefined && this.#connection === null
    if (wake_us !== null && !isOver) this.#setAlarm(wake_us)
    this.#changes.next()
  }

  #setAlarm(wake_us: number): void {
    const wait_ms = Math.max(LEAST_ms, Math.ceil((wake_us - this.#now_us()) / 1000))
    this.#alarm = timer(wait_ms)
      .pipe(takeUntil(this.#closed))
      .subscribe(() => {
        this.#host.pass(this.#now_us())
        this.#carryOut()
      })
  }

  /** Lets go of the connection, and makes another as soon as that can be done. */
  #reconnect(): void {
    const old = this.#connection
    this.#connection = null
    this.#connections.next(null)
    const again = defer(async () => {
      await old?.close()
      return await this.#transport.open()
    })
    // Not at once: whoever lets go of everybody that comes must not be asked without a pause.
    timer(RECONNECT_ms)
      .pipe(
        switchMap(() => again),
        retry({ delay: () => (this.#host.failure === undefined ? of(null) : EMPTY) }),
        // A port that opens when nobody wants it any more is let go of.
        switchMap((connection) => (this.#closing === undefined ? of(connection) : letGo(connection))),
        takeUntil(this.#closed),
      )
      .subscribe((connection) => this.#connect(connection))
  }

  /** Waits until something has changed, but not longer. */
  async #change(most_us: number): Promise<void> {
    await firstValueFrom(race(this.#changes, timer(Math.max(LEAST_ms, Math.ceil(most_us / 1000)))))
  }
}

async function letGo(connection: Connection): Promise<never> {
  await connection.close()
  return await new Promise(() => undefined)
}

function monotonic_us(): number {
  return Math.round(performance.now() * 1000)
}

function anyNonce(): number {
  return randomInt(NONCES)
}

/**
 * A rig at the end of a transport, as the command line names it. Throws RangeError where a pump that turns its own motor is to be looked
 * at faster or slower than the clock on the wall.
 */
export function linkedRig(options: LinkedRigOptions): RigDefinition {
  if (options.sense !== undefined && options.speed !== undefined && compare(options.speed, ONE) !== 0) {
    throw new RangeError(
      'a pump that turns its own motor does so at the speed of the clock on the wall: speed has to be 1',
    )
  }
  return defineRig({
    name: options.transport.name,
    clock: 'wall',
    line: true,
    firmware: null,
    ...(options.sense === undefined ? {} : { looksOn: true }),
    ...(options.speed === undefined ? {} : { speed: options.speed }),
    create: () => new LinkedRig(options),
  })
}
