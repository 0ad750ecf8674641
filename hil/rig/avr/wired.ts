/**
 * The emulated rig at the end of a line that a scenario disturbs: the host of a real board, against machine code, in virtual time.
 *
 * The lock-step host of the rig `avr` has no answer to a line that loses things, and needs none. Where a scenario has faults
 * of the line, {@link WireHost} takes its place, as it is on a port: it repeats, repairs, asks for counters and opens the
 * session anew. Only what that costs is spared while nothing is wrong: counters are asked for each ten minutes and not
 * each second, and a heartbeat comes with each step. The crystal is exact, so each step has the tick of the run.
 */
import { type LineEffect, type LineScript, ScriptedLine } from '#hil/fault/line-script'
import type { Board } from '#hil/rig/avr/board'
import type { Mcu } from '#hil/rig/avr/mcu'
import { CLOCK_Hz } from '#hil/rig/avr/registers'
import { WireHost } from '#hil/rig/link/wire-host'
import { type RigCommand, RigError, type RigReport, TICK_us } from '#hil/rig/rig'
import type { WireStatistics } from '#protocol/wire-tally'

const CYCLES_per_us = CLOCK_Hz / 1_000_000
const NEWLINE = 0x0a
/** What the other end reads of a byte that was sent at a wrong speed. */
const ILLEGIBLE = 0xff
/** A cable that is out is looked for so often. */
const RECONNECT_us = 250_000
/** How often the counters are asked for while the line is sound. */
const CALM_us = 600_000_000
/** How often at least while it is not, and how many times in all over a long disturbance. */
const WATCHFUL_us = 1_000_000
const MOST_LOOKS = 600
/** Heartbeats a step: one is enough for a sound line, and ten in the dead-man interval of two steps for any other. */
const CALM_BEATS = 1
const WATCHFUL_BEATS = 5
/** Before and after a disturbance: no answer of the calm time is still due, and what was lost is found out. */
const MARGIN_us = 15_000_000
/** Turns without the passing of time; more means that it stands still. */
const MOST_TURNS = 1000

export interface WiredAvrOptions {
  /** The chip and its board, before time runs. */
  readonly mcu: Mcu
  readonly board: Board
  readonly script: LineScript
  readonly onEffect: LineEffect
}

export class WiredAvr {
  readonly #mcu: Mcu
  readonly #script: LineScript
  readonly #line: ScriptedLine
  readonly #host: WireHost
  #heard: number[] = []
  #isConnected = true
  #reconnect_us = Number.POSITIVE_INFINITY
  /** Steps that the rotor made, and those that the host has told of. */
  #made = 0
  #told = 0
  #still = 0

  /** Takes over what the chip sends and how the board turns. */
  constructor({ mcu, board, script, onEffect }: WiredAvrOptions) {
    this.#mcu = mcu
    this.#script = script
    this.#line = new ScriptedLine(script, onEffect)
    let nonce = 0
    this.#host = new WireHost({ speed: 1, nonce: () => (nonce += 1), virtual: true, ask_us: CALM_us }, this.#now_us)
    mcu.onTransmitted = ({ value, legible }) => {
      this.#heard.push(legible ? value : ILLEGIBLE)
      if (value === NEWLINE) mcu.stop()
    }
    board.onTurned = ({ steps }) => {
      this.#made += steps
    }
  }

  get identity(): string {
    return `ATmega328P emulated, ${this.#host.identity}`
  }

  wire(): WireStatistics {
    return this.#host.statistics
  }

  open(): void {
    this.#host.connected(this.#now_us)
    this.#drain()
    while (!this.#host.ready) {
      this.#throwFailure()
      this.#turn()
    }
    this.#line.begin(
      (run_us) => this.#host.instant_us(run_us / TICK_us),
      (at_us) => at_us - this.#host.instant_us(0),
    )
  }

  send(command: RigCommand): void {
    if (command.kind === 'segment') this.#host.segment(command.cadence, this.#now_us)
    else this.#host.cancel(command.from_tick, this.#now_us)
    this.#drain()
  }

  advance(to_tick: number): RigReport {
    for (;;) {
      this.#watch()
      const reached = this.#host.reach(to_tick, this.#now_us)
      if (reached >= to_tick || this.#host.hasLoss(reached)) return this.#tell(reached)
      if (this.#host.failure !== undefined) {
        const last = this.#tell(reached)
        if (last.motion.length === 0) this.#throwFailure()
        return last
      }
      this.#drain()
      this.#turn()
    }
  }

  /** What the host knows, which must not be more than the rotor did. */
  #tell(reached: number): RigReport {
    const report = this.#host.tell(reached)
    for (const { count } of report.motion) this.#told += count
    if (this.#told <= this.#made + 1) return report
    throw new RigError(`the rig counted ${this.#told} steps where the rotor made ${this.#made}`)
  }

  get #now_us(): number {
    return this.#mcu.now / CYCLES_per_us
  }

  #watch(): void {
    const run_us = this.#now_us - this.#host.instant_us(0)
    const near = this.#script.filter(
      ({ from_us, to_us }) => run_us >= from_us - MARGIN_us && run_us < to_us + MARGIN_us,
    )
    const paces = near.map(({ from_us, to_us }) => Math.max(WATCHFUL_us, (to_us - from_us) / MOST_LOOKS))
    this.#host.watch(Math.min(CALM_us, ...paces), near.length > 0 ? WATCHFUL_BEATS : CALM_BEATS, this.#now_us)
  }

  #throwFailure(): void {
    if (this.#host.failure !== undefined) throw new RigError(this.#host.failure)
  }

  /** Lets time run until something happens at either end or on the line. */
  #turn(): void {
    const before = this.#mcu.now
    const { toRig, toHost } = this.#line
    const wake_us = this.#host.wake_us ?? Number.POSITIVE_INFINITY
    const cut_us = this.#isConnected ? this.#line.nextCut_us(this.#now_us) : Number.POSITIVE_INFINITY
    const next_us = Math.min(wake_us, toRig.next_us, toHost.next_us, cut_us, this.#reconnect_us, this.#paceEnd_us())
    if (!Number.isFinite(next_us)) throw new RigError('nothing will ever happen on the line again')
    this.#mcu.runTo(Math.max(before, Math.ceil(next_us * CYCLES_per_us)))
    const now_us = this.#now_us
    this.#still = this.#mcu.now === before ? this.#still + 1 : 0
    if (this.#still > MOST_TURNS) throw new RigError(`the line makes no progress at ${now_us} us`)
    if (this.#line.nextCut_us(now_us) <= now_us) this.#cut(now_us)
    if (this.#reconnect_us <= now_us) this.#reconnect(now_us)
    this.#carry(now_us)
    if (wake_us <= now_us) this.#host.pass(now_us)
    this.#drain()
  }

  /** When the counters may have to be asked for more often. */
  #paceEnd_us(): number {
    const zero_us = this.#host.instant_us(0)
    const begins = this.#script.map(({ from_us }) => zero_us + from_us - MARGIN_us)
    return Math.min(...begins.filter((begin_us) => begin_us > this.#now_us))
  }

  #carry(now_us: number): void {
    if (this.#heard.length > 0) this.#line.toHost.push(Uint8Array.from(this.#heard), now_us)
    this.#heard = []
    for (const bytes of this.#line.toRig.due(now_us)) if (!this.#line.isOut(now_us)) this.#mcu.send(bytes)
    for (const bytes of this.#line.toHost.due(now_us)) if (this.#isConnected) this.#host.receive(bytes, now_us)
  }

  #cut(now_us: number): void {
    this.#line.cut(now_us)
    if (!this.#isConnected) return
    this.#isConnected = false
    this.#reconnect_us = now_us + RECONNECT_us
    this.#host.disconnected('the cable is out', now_us)
  }

  #reconnect(now_us: number): void {
    this.#reconnect_us = now_us + RECONNECT_us
    if (this.#line.isOut(now_us)) return
    this.#reconnect_us = Number.POSITIVE_INFINITY
    this.#isConnected = true
    this.#host.connected(now_us)
  }

  #drain(): void {
    const { send, reconnect } = this.#host.drain()
    for (const bytes of send) this.#line.toRig.push(bytes, this.#now_us)
    for (const bytes of this.#line.toRig.due(this.#now_us)) this.#mcu.send(bytes)
    if (!reconnect) return
    this.#isConnected = false
    this.#reconnect_us = this.#now_us + RECONNECT_us
  }
}
