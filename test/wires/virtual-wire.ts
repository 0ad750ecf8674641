/**
 * A host and a simulated rig, joined by a wire at 115200 baud in virtual time, as a rig that a run can be executed on.
 *
 * All of the host is under test but the few lines that touch ports and timers. What happens to the wire and to the rig at
 * which instant is a script; faults of the line come from their seed.
 */
import { type LineFault, LineFaults } from '#hil/fault/line-faults'
import { WireHost, type WireHostOptions } from '#hil/rig/link/wire-host'
import { defineRig, type Rig, type RigDefinition, RigError, type RigReport } from '#hil/rig/rig'
import { type Rational, toNumber } from '#units/rational'
import { type ClockCourse, SimulatedRig } from './simulated-rig.ts'

const BYTE_us = 1_000_000 / 11_520
/** What USB and an operating system add to each piece. */
const LATENCY_us = 1000
/** Most things that happen in one run; more means that time stands still. */
const TURNS_LIMIT = 3_000_000
const RECONNECT_us = 100_000

export interface Happening {
  /** After tick 0 of the run. */
  readonly at_us: number
  readonly what: (wire: VirtualWire) => void
}

export interface VirtualWireOptions extends Partial<WireHostOptions> {
  readonly course?: ClockCourse
  readonly faults?: readonly LineFault[]
  readonly seed?: number
  readonly happenings?: readonly Happening[]
  /** The only frames that the rig answers with from the beginning. */
  readonly knows?: SimulatedRig['knows']
}

export class VirtualWire implements Rig {
  readonly provenance = { displaced: 'measured: encoder', uncertainty_percent: 0 } as const
  now_us = 0
  readonly host: WireHost
  rig: SimulatedRig
  /** Whether bytes arrive, and whether an end of the wire hears of it when they do not. */
  plugged = true
  zero_us: number | undefined
  readonly #faults: Readonly<Record<'host' | 'rig', LineFaults>>
  readonly #free_us: Record<'host' | 'rig', number> = { host: 0, rig: 0 }
  #connected = true
  #reconnect_us = Number.POSITIVE_INFINITY
  #happenings: Happening[]
  #turns = 0

  constructor(options: VirtualWireOptions) {
    this.rig = new SimulatedRig(options.course)
    this.rig.knows = options.knows
    let nonce = 0
    const settings = { speed: 1, nonce: () => (nonce += 1), ...options }
    this.host = new WireHost(settings, 0)
    const seed = options.seed ?? 1
    this.#faults = {
      host: new LineFaults(options.faults ?? [], 2 * seed),
      rig: new LineFaults(options.faults ?? [], 2 * seed + 1),
    }
    this.#happenings = [...(options.happenings ?? [])]
  }

  get identity(): string {
    return this.host.identity
  }

  open(): void {
    this.host.connected(this.now_us)
    this.#drain()
    while (!this.host.ready) {
      this.#checkFailure()
      this.#turn(Number.POSITIVE_INFINITY)
    }
    this.zero_us = this.now_us
  }

  send(command: Parameters<Rig['send']>[0]): void {
    if (command.kind === 'segment') this.host.segment(command.cadence, this.now_us)
    else this.host.cancel(command.from_tick, this.now_us)
    this.#drain()
  }

  advance(to_tick: number): RigReport {
    for (;;) {
      const reached = this.host.reach(to_tick, this.now_us)
      if (reached >= to_tick || this.host.hasLoss(reached)) return this.host.tell(reached)
      if (this.host.failure !== undefined) {
        const report = this.host.tell(reached)
        if (report.motion.length === 0) this.#checkFailure()
        return report
      }
      this.#drain()
      this.#turn(Number.POSITIVE_INFINITY)
    }
  }

  wire(): ReturnType<NonNullable<Rig['wire']>> {
    return this.host.statistics
  }

  close(): void {
    this.host.halt(this.now_us)
    this.#drain()
    const end_us = this.now_us + 500_000
    while (!this.host.halted && this.now_us < end_us) this.#turn(end_us)
  }

  /** Lets time pass. */
  pass(for_us: number): void {
    const end_us = this.now_us + for_us
    while (this.now_us < end_us) this.#turn(end_us)
  }

  /** Both ends lose the wire; the host hears of it unless the unplugging is silent. */
  unplug(silently = false): void {
    this.plugged = false
    if (silently) return
    this.#connected = false
    this.host.disconnected('the cable is out', this.now_us)
    this.#reconnect_us = this.now_us + RECONNECT_us
  }

  plug(): void {
    this.plugged = true
  }

  /** Bytes of the rig that it says by itself. */
  say(said: readonly Uint8Array[]): void {
    for (const bytes of said) this.#carry('host', bytes)
  }

  #checkFailure(): void {
    if (this.host.failure !== undefined) throw new RigError(this.host.failure)
  }

  /** The next thing that happens, at the given instant at the latest. */
  #turn(end_us: number): void {
    this.#turns += 1
    if (this.#turns > TURNS_LIMIT) throw new Error(`the wire makes no progress at ${this.now_us} us`)
    const happening = this.zero_us === undefined ? undefined : this.#happenings[0]
    const happens_us = happening === undefined ? Number.POSITIVE_INFINITY : happening.at_us + (this.zero_us ?? 0)
    const rig_us = this.rig.next_us(this.now_us)
    const wake_us = this.host.wake_us ?? Number.POSITIVE_INFINITY
    const line_us = Math.min(this.#faults.host.next_us, this.#faults.rig.next_us)
    const next_us = Math.max(this.now_us, Math.min(end_us, happens_us, rig_us, wake_us, line_us, this.#reconnect_us))
    if (!Number.isFinite(next_us)) throw new Error(`nothing will ever happen after ${this.now_us} us`)
    this.now_us = next_us
    if (happens_us <= next_us) {
      this.#happenings.shift()
      happening?.what(this)
    }
    if (this.#reconnect_us <= next_us) this.#tryAgain()
    for (const bytes of this.#faults.rig.due(next_us)) {
      if (this.plugged) for (const said of this.rig.receive(bytes, next_us)) this.#carry('host', said)
    }
    if (rig_us <= next_us) for (const said of this.rig.pass(next_us)) this.#carry('host', said)
    for (const bytes of this.#faults.host.due(next_us))
      if (this.plugged && this.#connected) this.host.receive(bytes, next_us)
    if (wake_us <= next_us) this.host.pass(next_us)
    this.#drain()
  }

  #drain(): void {
    const { send, reconnect } = this.host.drain()
    for (const bytes of send) this.#carry('rig', bytes)
    if (!reconnect) return
    this.#connected = false
    this.#reconnect_us = this.now_us + RECONNECT_us
  }

  #tryAgain(): void {
    this.#reconnect_us = this.plugged ? Number.POSITIVE_INFINITY : this.now_us + RECONNECT_us
    if (!this.plugged) return
    this.#connected = true
    this.host.connected(this.now_us)
  }

  #carry(to: 'host' | 'rig', bytes: Uint8Array): void {
    if (!this.plugged) return
    this.#free_us[to] = Math.max(this.#free_us[to], this.now_us) + bytes.length * BYTE_us
    this.#faults[to].push(bytes, Math.ceil(this.#free_us[to] + LATENCY_us))
  }
}

/** A rig for `execute`, and the wire of the last run on it. */
export function virtualRig(options: Omit<VirtualWireOptions, 'speed'> & { readonly speed?: Rational } = {}): {
  readonly definition: RigDefinition
  readonly wire: () => VirtualWire
} {
  const { speed, ...others } = options
  let wire: VirtualWire | undefined
  const definition = defineRig({
    name: 'virtual-wire',
    clock: 'virtual',
    firmware: null,
    ...(speed === undefined ? {} : { speed }),
    create: () => {
      wire = new VirtualWire({ ...others, ...(speed === undefined ? {} : { speed: toNumber(speed) }) })
      return wire
    },
  })
  return {
    definition,
    wire: () => {
      if (wire === undefined) throw new Error('no run was made')
      return wire
    },
  }
}
