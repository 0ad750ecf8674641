/**
 * The host of a rig that is the instrument: has it look at a pump that turns its own motor, fetches every edge, and makes steps of them.
 *
 * It is a machine without a port or a clock, like the host of a rig that turns the motor. Edges stay with the rig until they are
 * here, so what is lost on the way is asked for again; edges that the rig had no room for, or a rig that restarts, end the run, for
 * then it is not known when the pump made which step. The counters of the rig are held against the edges: what the two do not
 * agree in was not seen whole. The clock of the rig is the one that counts: ticks of the run are its ticks, from the tick on at
 * which the run began.
 */
import { latched, mismatched, restarted, undoneCommand } from '#hil/rig/link/failure'
import { insteadOfRig, OPENING_us, OVERHEARD_characters } from '#hil/rig/link/opening'
import { PLAYOUT_ticks, type RigReport, TICK_us } from '#hil/rig/rig'
import { RotorTrack } from '#hil/rig/rotor-track'
import { type PumpWiring, SETTLING_ticks, SensedSteps } from '#hil/rig/sensing/sensed-steps'
import { LIMITS } from '#protocol/catalogue'
import { entriesOf, levelsOf } from '#protocol/edges'
import { HostLink } from '#protocol/host-link'
import { type CommandRequest, type HostEvent, type LinkTimes, SERIAL_TIMES, type Turn } from '#protocol/link'
import type { MessageOf } from '#protocol/message'
import { extendTick, wireTick } from '#protocol/ticks'
import { type WireStatistics, WireTally } from '#protocol/wire-tally'

export interface SenseHostOptions {
  readonly wiring: PumpWiring
  /** A number from 0 to 2^32 - 1 for each session, that was not used with this rig before. */
  readonly nonce: () => number
  readonly times?: LinkTimes
  /** How often the rig is asked for its edges and its counters; each 100 ms and each second if not given. */
  readonly fetch_us?: number
  readonly count_us?: number
}

const FETCH_us = 100_000
const COUNT_us = 1_000_000
/** Ticks from the beginning of the input mode to tick 0 of the run. */
const LEAD_ticks = 1000
/** A frame that follows an answer by so long will not come any more. */
const LOST_us = 300_000
const PAUSE_us = 500

type State =
  | { readonly kind: 'opening'; readonly since_us: number }
  /** The input mode is being begun. */
  | { readonly kind: 'beginning' }
  | { readonly kind: 'sensing'; readonly zero_tick: number }
  | { readonly kind: 'failed'; readonly reason: string }

type Asked = 'off' | 'on' | 'fetch' | 'count'
type Sensed = MessageOf<'SENSED'>

export class SenseHost {
  readonly #options: SenseHostOptions
  readonly #times: LinkTimes
  readonly #link: HostLink
  readonly #tally = new WireTally()
  readonly #track = new RotorTrack()
  readonly #asked = new Map<number, Asked>()
  #state: State
  #welcome: MessageOf<'WELCOME'> | undefined
  #steps: SensedSteps | undefined
  /** Number of the next entry, and the last tick of the rig that was heard of, both absolute. */
  #next = 0
  #tick = 0
  /** Before this tick of the rig every edge is here. */
  #complete_tick = Number.NEGATIVE_INFINITY
  /** When entries were last asked for, while they have not come; when to ask next, for entries and for counters. */
  #fetching_us: number | undefined
  #fetch_us = Number.POSITIVE_INFINITY
  #count_us = Number.POSITIVE_INFINITY
  #glitches = 0
  /** Counters that were told before all the entries they are of had come. */
  #unchecked: Sensed | undefined
  #overheard = ''
  #send: Uint8Array[] = []
  #linkWake_us: number | null = null
  #now_us: number

  constructor(options: SenseHostOptions, now_us: number) {
    this.#options = options
    this.#times = options.times ?? { ...SERIAL_TIMES, beat_us: null }
    this.#link = new HostLink({ times: this.#times, nonce: options.nonce })
    this.#state = { kind: 'opening', since_us: now_us }
    this.#now_us = now_us
  }

  /** Why the run is over; undefined while it is not. */
  get failure(): string | undefined {
    return this.#state.kind === 'failed' ? this.#state.reason : undefined
  }

  /** The tick of the rig at tick 0 of the run; undefined before the pump is looked at. */
  get zero_tick(): number | undefined {
    return this.#state.kind === 'sensing' ? this.#state.zero_tick : undefined
  }

  get identity(): string {
    const welcome = this.#welcome
    return welcome === undefined ? 'not opened' : `${welcome.identity}, firmware ${welcome.build}`
  }

  get statistics(): WireStatistics {
    return this.#tally.statistics
  }

  /** The connection is there. */
  connected(now_us: number): void {
    this.#take(this.#link.open(now_us), now_us)
  }

  receive(bytes: Uint8Array, now_us: number): void {
    this.#tally.received(bytes, now_us)
    this.#take(this.#link.receive(bytes, now_us), now_us)
  }

  /** Time went by. */
  pass(now_us: number): void {
    this.#take(this.#link.pass(now_us), now_us)
  }

  /** What is to be sent now. */
  drain(): readonly Uint8Array[] {
    const send = this.#send
    this.#send = []
    return send
  }

  /** When to call `pass` at the latest; null if only bytes can change anything. */
  get wake_us(): number | null {
    const duties = [this.#count_us]
    if (this.#state.kind === 'sensing') duties.push(this.#fetchDue_us)
    if (this.#state.kind === 'opening') duties.push(this.#state.since_us + OPENING_us)
    const due_us = Math.max(Math.min(...duties), this.#now_us + PAUSE_us)
    if (this.#state.kind === 'failed' || !Number.isFinite(due_us)) return this.#linkWake_us
    return Math.min(due_us, this.#linkWake_us ?? due_us)
  }

  /** The last tick of the run through which the fate of every step is known. */
  get known_tick(): number {
    if (this.#state.kind !== 'sensing') return -1
    return this.#complete_tick - SETTLING_ticks - 2 - this.#state.zero_tick + PLAYOUT_ticks
  }

  /** Has everything through a tick of the run fetched as soon as it is over. */
  want(run_tick: number, now_us: number): void {
    if (this.#state.kind !== 'sensing' || this.known_tick >= run_tick || this.#fetching_us !== undefined) return
    const rig_tick = run_tick - PLAYOUT_ticks + this.#state.zero_tick + SETTLING_ticks + 3
    const shown_tick = this.#link.tickAt(now_us) ?? rig_tick
    this.#fetch_us = Math.min(this.#fetch_us, now_us + Math.max(0, rig_tick - shown_tick) * TICK_us)
  }

  /** What happened through a tick of the run, which is known; each step is told of once, one playout after it was made. */
  tell(run_tick: number): RigReport {
    const events: { readonly tick: number; readonly event: string; readonly detail: string }[] = []
    if (this.#state.kind === 'sensing' && this.#steps !== undefined) {
      const shift = PLAYOUT_ticks - this.#state.zero_tick
      const told = this.#steps.tell(run_tick - shift)
      // What the pump did before its therapy began, such as to find the first field, is not part of the run.
      for (const { tick, steps } of told.turns) {
        if (tick + shift >= PLAYOUT_ticks) this.#track.turned(steps, tick + shift)
      }
      for (const event of told.events) {
        if (event.tick + shift >= PLAYOUT_ticks) events.push({ ...event, tick: event.tick + shift })
      }
    }
    return { now_tick: run_tick, motion: this.#track.collect(), feedback: [], lost: [], events }
  }

  #take(turn: Turn, now_us: number): void {
    this.#now_us = now_us
    this.#note(turn, now_us)
    this.#work(now_us)
  }

  #note(turn: Turn, now_us: number): void {
    for (const bytes of turn.send) {
      this.#tally.sent(bytes, now_us)
      this.#send.push(bytes)
    }
    this.#linkWake_us = turn.wake_us
    for (const event of turn.events) this.#hear(event, now_us)
  }

  #hear(event: HostEvent, now_us: number): void {
    switch (event.kind) {
      case 'session':
        this.#begin(event, now_us)
        break
      case 'sensed':
        this.#counted(event.report, this.#absolute(event.tick), now_us)
        break
      case 'edges':
        this.#edges(event.report, this.#absolute(event.tick), now_us)
        break
      case 'outcome': {
        const asked = this.#asked.get(event.id)
        this.#asked.delete(event.id)
        if (asked === undefined || event.outcome.kind === 'done' || event.outcome.kind === 'lost') break
        const absent = event.outcome.kind === 'refused' && event.outcome.reason === 'ABSENT'
        this.#fail(absent ? 'the rig has no lines for a pump that turns its own motor' : undoneCommand(event.outcome))
        break
      }
      case 'mismatch':
        this.#fail(mismatched(event))
        break
      case 'silent':
        if (this.#state.kind === 'opening') this.#note(this.#link.open(now_us), now_us)
        else this.#fail(`the rig has fallen silent: an answer was due for ${this.#times.silence_us / 1e6} s`)
        break
      case 'restarted':
        this.#fail(`${restarted(event)}; what the pump did meanwhile is not known`)
        break
      case 'halted':
        this.#fail(`${latched(event)}, which a rig that only looks on has no reason for`)
        break
      case 'flawed':
      case 'log':
        this.#overheard = event.text.slice(0, OVERHEARD_characters)
        break
      case 'telemetry':
        break
    }
  }

  /** A mode that an earlier host began is ended first, so that numbers and counters begin with this run. */
  #begin({ welcome, tick }: Extract<HostEvent, { kind: 'session' }>, now_us: number): void {
    if (this.#welcome !== undefined) {
      this.#fail('the rig opened a second session')
      return
    }
    this.#welcome = welcome
    this.#tick = tick
    this.#state = { kind: 'beginning' }
    this.#ask('off', { type: 'SENSE', lines: 'OFF' }, now_us)
    this.#ask('on', { type: 'SENSE', lines: this.#options.wiring.lines === 'coils' ? 'COILS' : 'STEP' }, now_us)
    // What follows the answer may be lost on the way, and is then asked for.
    this.#count_us = now_us + LOST_us
  }

  #counted(report: Sensed, tick: number, now_us: number): void {
    if (this.#state.kind === 'beginning' && report.lines !== 'OFF') {
      this.#steps = new SensedSteps(this.#options.wiring, levelsOf(report.levels))
      this.#glitches = report.glitches
      this.#state = { kind: 'sensing', zero_tick: tick + LEAD_ticks }
      this.#fetch_us = now_us
      this.#count_us = now_us + (this.#options.count_us ?? COUNT_us)
    }
    if (this.#state.kind !== 'sensing') return
    if (report.lines === 'OFF') {
      this.#fail('the rig is no longer in its input mode')
      return
    }
    const fresh = (report.glitches - this.#glitches) >>> 0
    this.#glitches = report.glitches
    if (fresh > 0) {
      const pulses = fresh === 1 ? 'a pulse' : `${fresh} pulses`
      this.#steps?.note('line-glitch', tick, `${pulses} shorter than ${LIMITS.filter} us on the lines`)
    }
    this.#checkDropped(report.dropped)
    this.#unchecked = report
    this.#checkCounters()
  }

  #edges(report: MessageOf<'EDGES'>, tick: number, now_us: number): void {
    if (this.#state.kind !== 'sensing' || report.first !== wireTick(this.#next)) return
    const entries = entriesOf(report, { number: this.#next, tick: this.#tick })
    if (entries === undefined || (entries[0]?.tick ?? this.#tick) < this.#tick) {
      this.#fail('the rig told of edges in a way that no rig does')
      return
    }
    for (const entry of entries) {
      this.#steps?.take(entry)
      this.#next = entry.number + 1
      this.#tick = entry.tick
      this.#checkCounters()
    }
    this.#checkDropped(report.dropped)
    this.#fetching_us = undefined
    const all = report.left === 0
    if (all) {
      this.#complete_tick = Math.max(this.#complete_tick, tick)
      this.#tick = Math.max(this.#tick, tick)
    }
    this.#fetch_us = all ? now_us + (this.#options.fetch_us ?? FETCH_us) : now_us
  }

  #checkDropped(dropped: number): void {
    if (dropped === 0) return
    this.#fail(`the pump made edges faster than they could be fetched: the ticks of ${dropped} of them are not known`)
  }

  /** The counters of the rig, once every entry they are of has been taken, have to be those of the entries. */
  #checkCounters(): void {
    const report = this.#unchecked
    const counts = this.#steps?.counts
    if (report === undefined || counts === undefined || report.recorded !== wireTick(this.#next)) return
    this.#unchecked = undefined
    for (const name of ['forward', 'reverse', 'illegal', 'skipped', 'encoder'] as const) {
      if (report[name] >>> 0 === counts[name] >>> 0) continue
      this.#fail(`the rig counted ${report[name]} (${name}) where its edges make ${counts[name]}`)
    }
  }

  /** The wire tells 32 bits of a tick, and a session counts from its own beginning. */
  #absolute(tick: number): number {
    return extendTick(wireTick(tick), this.#tick)
  }

  #fail(reason: string): void {
    if (this.#state.kind !== 'failed') this.#state = { kind: 'failed', reason }
  }

  get #fetchDue_us(): number {
    return this.#fetching_us === undefined ? this.#fetch_us : this.#fetching_us + LOST_us
  }

  #work(now_us: number): void {
    if (this.#state.kind === 'opening' && now_us >= this.#state.since_us + OPENING_us) {
      const instead = insteadOfRig(this.#overheard, this.#link.discarded)
      this.#fail(`no rig answered HELLO within ${OPENING_us / 1e6} s: ${instead}`)
    }
    if (this.#state.kind === 'opening' || this.#state.kind === 'failed') return
    if (now_us >= this.#count_us && !this.#isAsked('count')) {
      this.#count_us = now_us + (this.#options.count_us ?? COUNT_us)
      this.#ask('count', { type: 'STAT' }, now_us)
    }
    if (this.#state.kind !== 'sensing' || now_us < this.#fetchDue_us || this.#isAsked('fetch')) return
    this.#fetching_us = now_us
    this.#ask('fetch', { type: 'FETCH', from: wireTick(this.#next) }, now_us)
  }

  #isAsked(what: Asked): boolean {
    return [...this.#asked.values()].includes(what)
  }

  #ask(what: Asked, command: CommandRequest, now_us: number): void {
    const { id, ...turn } = this.#link.request(command, now_us)
    this.#asked.set(id, what)
    this.#note(turn, now_us)
  }
}
