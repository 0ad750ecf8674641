/**
 * The host of a rig that is the instrument: has it look at a pump that turns its own motor, fetches every edge, and makes steps of them.
 *
 * It is a machine without a port or a clock, like the host of a rig that turns the motor. Edges stay with the rig until they are
 * here, so what is lost on the way is asked for again, and a cable may be out for a while; edges that the rig had no room for, or a rig
 * that restarts, end the run, for then it is not known when the pump made which step. The counters of the rig are held against the
 * edges: what the two do not agree in was not seen whole. Where host and rig share a clock, ticks of the run are those of the rig;
 * on a port the clock of the rig is followed by that of the host, which counts as true.
 */
import { latched, mismatched, restarted, undoneCommand } from '#hil/rig/link/failure'
import type { RigHost } from '#hil/rig/link/rig-host'
import { clockProblem, RunClock } from '#hil/rig/link/run-clock'
import { WireEnd } from '#hil/rig/link/wire-end'
import { PLAYOUT_ticks, type RigEvent, type RigReport, TICK_us } from '#hil/rig/rig'
import { RotorTrack } from '#hil/rig/rotor-track'
import { type PumpWiring, SETTLING_ticks, SensedSteps, type Turn as Turned } from '#hil/rig/sensing/sensed-steps'
import { LIMITS } from '#protocol/catalogue'
import { entriesOf, levelsOf } from '#protocol/edges'
import { type CommandRequest, type HostEvent, type LinkTimes, SERIAL_TIMES, type Turn } from '#protocol/link'
import type { MessageOf } from '#protocol/message'
import { extendTick, wireTick } from '#protocol/ticks'
import type { WireStatistics } from '#protocol/wire-tally'

export interface SenseHostOptions {
  readonly wiring: PumpWiring
  /** A number from 0 to 2^32 - 1 for each session, that was not used with this rig before. */
  readonly nonce: () => number
  readonly times?: LinkTimes
  /** How often the rig is asked for its edges and its counters; each 100 ms and each second if not given. */
  readonly fetch_us?: number
  readonly count_us?: number
  /** How long a rig that has gone is waited for; 10 s if not given. */
  readonly grace_us?: number
  /** Whether host and rig share one virtual clock. */
  readonly virtual?: boolean
}

const FETCH_us = 100_000
const COUNT_us = 1_000_000
/** Ticks from the beginning of the input mode to tick 0 of the run where the clock is shared. */
const LEAD_ticks = 1000
/** Where it is followed, it is looked at so often, so far apart, before tick 0 of the run; and how long before that the last time. */
const LOOKS = 16
const LOOK_us = 125_000
const LEAD_us = 20_000
/** A frame that follows an answer by so long will not come any more. */
const LOST_us = 300_000
const PAUSE_us = 500
/** What the encoder says of a step, and of the end of its trial, is known so much later. */
const MARGIN_ticks = 2

type State =
  | { readonly kind: 'opening' }
  /** The input mode is being begun. */
  | { readonly kind: 'beginning' }
  /** It has begun, the clock of the rig is looked at. */
  | { readonly kind: 'looking'; looks: number }
  /** The run has its tick 0, at this tick of the rig where the clock is shared. */
  | { readonly kind: 'sensing'; readonly zero_tick: number | undefined }
  | { readonly kind: 'failed'; readonly reason: string }

type Asked = 'off' | 'on' | 'fetch' | 'count' | 'release'
type Sensed = MessageOf<'SENSED'>

export class SenseHost implements RigHost {
  readonly #options: SenseHostOptions
  readonly #end: WireEnd
  readonly #track = new RotorTrack()
  readonly #clock: RunClock
  readonly #asked = new Map<number, { readonly what: Asked; readonly at_us: number }>()
  #state: State = { kind: 'opening' }
  #steps: SensedSteps | undefined
  /** Number of the next entry, and the last tick of the rig that was heard of, both absolute. */
  #next = 0
  #tick = 0
  /** Through this tick of the run everything is known, and what that is waits until it is told. */
  #known_tick = -1
  #turns: Turned[] = []
  #events: RigEvent[] = []
  #released = false
  /** When entries were last asked for, while they have not come; when to ask next, for entries and for counters. */
  #fetching_us: number | undefined
  #fetch_us = Number.POSITIVE_INFINITY
  #count_us = Number.POSITIVE_INFINITY
  #glitches = 0
  /** Counters that were told before all the entries they are of had come. */
  #unchecked: Sensed | undefined
  #now_us: number

  constructor(options: SenseHostOptions, now_us: number) {
    const { times = { ...SERIAL_TIMES, beat_us: null }, nonce, grace_us } = options
    this.#options = options
    this.#end = new WireEnd({ times, nonce, grace_us }, now_us)
    this.#clock = new RunClock(1, options.virtual === true ? 'exact' : 'followed')
    this.#now_us = now_us
  }

  /** Why the run is over; undefined while it is not. */
  get failure(): string | undefined {
    return this.#state.kind === 'failed' ? this.#state.reason : undefined
  }

  /** Whether the run has its tick 0. */
  get ready(): boolean {
    return this.#state.kind === 'sensing'
  }

  /** The tick of the rig at tick 0 of the run where the clock is shared; undefined before the pump is looked at. */
  get zero_tick(): number | undefined {
    return this.#state.kind === 'sensing' ? this.#state.zero_tick : undefined
  }

  /** The tick of the run at an instant, where the clock is followed; below 0 before its start. */
  runTick(now_us: number): number {
    return this.#clock.runTick(now_us)
  }

  /** When the run comes to a tick, on the host's clock, where that of the rig is followed. */
  instant_us(run_tick: number): number {
    return this.#clock.instant_us(run_tick)
  }

  get identity(): string {
    return this.#end.identity
  }

  get statistics(): WireStatistics {
    return this.#end.statistics
  }

  /** A connection is there: the first one, or one after another was lost. */
  connected(now_us: number): void {
    this.#end.connected()
    this.#take(this.#end.link.open(now_us), now_us)
  }

  /** There is no connection any more. */
  disconnected(reason: string, now_us: number): void {
    this.#end.disconnected(reason, now_us)
    this.pass(now_us)
  }

  receive(bytes: Uint8Array, now_us: number): void {
    this.#take(this.#end.receive(bytes, now_us), now_us)
  }

  /** Time went by. */
  pass(now_us: number): void {
    this.#take(this.#end.link.pass(now_us), now_us)
  }

  /** What is to be sent now, and whether the connection has to be made anew. Empty while there is no connection. */
  drain(): { readonly send: readonly Uint8Array[]; readonly reconnect: boolean } {
    return this.#end.drain()
  }

  /** When to call `pass` at the latest; null if only bytes can change anything. */
  get wake_us(): number | null {
    const { linkWake_us, isGone } = this.#end
    const duties = [this.#end.patience_us(this.#state.kind === 'opening')]
    if (!isGone) duties.push(this.#count_us)
    if (!isGone && this.#isLooking) duties.push(this.#fetchDue_us)
    const due_us = Math.max(Math.min(...duties), this.#now_us + PAUSE_us)
    if (this.#state.kind === 'failed' || !Number.isFinite(due_us)) return linkWake_us
    return Math.min(due_us, linkWake_us ?? due_us)
  }

  /** Whether edges are fetched. */
  get #isLooking(): boolean {
    return this.#state.kind === 'looking' || this.#state.kind === 'sensing'
  }

  /** The last tick of the run through which the fate of every step is known. */
  get known_tick(): number {
    return this.#known_tick
  }

  /** Has everything through a tick of the run fetched as soon as it is over. */
  want(run_tick: number, now_us: number): void {
    if (this.#state.kind !== 'sensing' || this.#known_tick >= run_tick || this.#fetching_us !== undefined) return
    // Of a step a tick before its end is known by its encoder, and that is asked for a tick later.
    const behind_ticks = run_tick - PLAYOUT_ticks + SETTLING_ticks + MARGIN_ticks
    const { zero_tick } = this.#state
    const shown_tick = this.#end.link.tickAt(now_us) ?? 0
    const due_us =
      zero_tick === undefined
        ? this.#clock.instant_us(behind_ticks)
        : now_us + (behind_ticks + zero_tick - shown_tick) * TICK_us
    this.#fetch_us = Math.min(this.#fetch_us, Math.max(now_us, due_us))
  }

  /** See {@link RigHost.reach}; less than the present tick of the run by what an encoder and a fetch take. */
  reach(to_tick: number, now_us: number): number {
    this.want(to_tick, now_us)
    this.#work(now_us)
    return Math.max(0, Math.min(to_tick, this.runTick(now_us), this.#known_tick))
  }

  /** What a pump orders of a motor is not what this rig turns: the pump under test turns its own. */
  segment(): void {}

  cancel(): void {}

  /** The pump under test has its own means to find out that a step was lost. */
  hasLoss(): boolean {
    return false
  }

  /** What happened through a tick of the run, which is known; each step is told of once, one playout after it was made. */
  tell(run_tick: number): RigReport {
    for (const { tick, steps } of this.#turns) if (tick <= run_tick) this.#track.turned(steps, tick)
    const events = this.#events.filter(({ tick }) => tick <= run_tick)
    this.#turns = this.#turns.filter(({ tick }) => tick > run_tick)
    this.#events = this.#events.filter(({ tick }) => tick > run_tick)
    return { now_tick: run_tick, motion: this.#track.collect(), feedback: [], lost: [], events }
  }

  /** Ends the input mode, so that the rig can turn its own motor again. */
  halt(now_us: number): void {
    if (this.#end.link.tickAt(now_us) === undefined) this.#released = true
    else this.#ask('release', { type: 'SENSE', lines: 'OFF' }, now_us)
  }

  /** Whether it has ended, or there is no session in which it could be. */
  get halted(): boolean {
    return this.#released
  }

  /** Everything before this tick of the rig has been taken: what is known by it is put on the axis of the run. */
  #know(complete_tick: number): void {
    if (this.#state.kind !== 'sensing' || this.#steps === undefined) return
    const through_tick = complete_tick - SETTLING_ticks - MARGIN_ticks
    const { turns, events } = this.#steps.tell(through_tick)
    // What the pump did before its therapy began, such as to find the first field, is not part of the run.
    const ofRun = (tick: number) => Math.max(this.#known_tick + 1, this.#toRun(tick))
    for (const turn of turns) {
      if (this.#toRun(turn.tick) >= PLAYOUT_ticks) this.#turns.push({ ...turn, tick: ofRun(turn.tick) })
    }
    for (const event of events) {
      if (this.#toRun(event.tick) >= PLAYOUT_ticks) this.#events.push({ ...event, tick: ofRun(event.tick) })
    }
    const last_tick = Math.max(this.#turns.at(-1)?.tick ?? 0, this.#events.at(-1)?.tick ?? 0)
    this.#known_tick = Math.max(this.#known_tick, last_tick, this.#toRun(through_tick))
  }

  /** The tick of the run for a tick of the rig, one playout later. */
  #toRun(rig_tick: number): number {
    const { zero_tick } = this
    const tick = zero_tick === undefined ? this.runTick(this.#clock.rigInstant_us(rig_tick)) : rig_tick - zero_tick
    return tick + PLAYOUT_ticks
  }

  #take(turn: Turn, now_us: number): void {
    this.#now_us = now_us
    this.#note(turn, now_us)
    this.#work(now_us)
  }

  #note(turn: Turn, now_us: number): void {
    for (const event of this.#end.take(turn, now_us)) this.#hear(event, now_us)
  }

  #hear(event: HostEvent, now_us: number): void {
    switch (event.kind) {
      case 'session':
        this.#begin(event, now_us)
        break
      case 'sensed':
        this.#end.heard()
        this.#counted(event.report, this.#absolute(event.tick), now_us)
        break
      case 'edges':
        this.#end.heard()
        this.#edges(event.report, this.#absolute(event.tick), now_us)
        break
      case 'outcome':
        this.#outcome(event, now_us)
        break
      case 'mismatch':
        this.#fail(mismatched(event))
        break
      case 'silent':
        this.#fellSilent(now_us)
        break
      case 'restarted':
        this.#fail(`${restarted(event)}; what the pump did meanwhile is not known`)
        break
      case 'halted':
        this.#fail(`${latched(event)}, which a rig that only looks on has no reason for`)
        break
      case 'flawed':
      case 'log':
        this.#end.overhear(event.text)
        break
      case 'telemetry':
        break
    }
  }

  #outcome({ id, outcome }: Extract<HostEvent, { kind: 'outcome' }>, now_us: number): void {
    const asked = this.#asked.get(id)
    this.#asked.delete(id)
    if (asked === undefined) return
    if (outcome.kind === 'done') this.#end.heard()
    if (asked.what === 'release') this.#released = true
    else if (outcome.kind === 'done') this.#see(asked.at_us, now_us, this.#absolute(outcome.tick))
    else if (outcome.kind !== 'lost') {
      const absent = outcome.kind === 'refused' && outcome.reason === 'ABSENT'
      this.#fail(absent ? 'the rig has no lines for a pump that turns its own motor' : undoneCommand(outcome))
    }
  }

  #see(sent_us: number, heard_us: number, tick: number): void {
    const problem = clockProblem(this.#clock.see(sent_us, heard_us, tick), this.#clock.deviation)
    if (this.#state.kind === 'sensing' && this.#options.virtual !== true && problem !== undefined) this.#fail(problem)
    if (this.#state.kind !== 'looking') return
    this.#state.looks += 1
    if (this.#state.looks < LOOKS) return
    this.#clock.start(heard_us + LEAD_us)
    this.#state = { kind: 'sensing', zero_tick: undefined }
  }

  #fellSilent(now_us: number): void {
    if (!this.#end.isConnected) return
    if (this.#state.kind === 'opening') this.#note(this.#end.link.open(now_us), now_us)
    else this.#end.fellSilent(now_us)
  }

  /** A mode that an earlier host began is ended first, so that numbers and counters begin with this run. */
  #begin({ welcome, tick, restarted: isNew }: Extract<HostEvent, { kind: 'session' }>, now_us: number): void {
    this.#end.welcomed(welcome)
    if (isNew) {
      this.#fail(`the rig has restarted while it was away: boot id ${welcome.boot}, and what the pump did is not known`)
      return
    }
    if (this.#isLooking) {
      // The rig went on looking, and what it saw is still there.
      this.#fetching_us = undefined
      this.#fetch_us = now_us
      this.#count_us = now_us
      return
    }
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
      const isShared = this.#options.virtual === true
      this.#state = isShared ? { kind: 'sensing', zero_tick: tick + LEAD_ticks } : { kind: 'looking', looks: 0 }
      this.#fetch_us = now_us
      this.#count_us = now_us + (isShared ? this.#countEvery_us : LOOK_us)
    }
    if (!this.#isLooking) return
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
    if (!this.#isLooking || report.first !== wireTick(this.#next)) return
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
      this.#tick = Math.max(this.#tick, tick)
      this.#know(tick)
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

  get #countEvery_us(): number {
    return this.#options.count_us ?? COUNT_us
  }

  #work(now_us: number): void {
    const problem = this.#end.outOfPatience(this.#state.kind === 'opening', now_us)
    if (problem !== undefined) this.#fail(problem)
    if (this.#state.kind === 'opening' || this.#state.kind === 'failed') return
    if (!this.#end.isConnected || !this.#end.isOpen) return
    if (now_us >= this.#count_us && !this.#isAsked('count')) {
      this.#count_us = now_us + (this.#state.kind === 'looking' ? LOOK_us : this.#countEvery_us)
      this.#ask('count', { type: 'STAT' }, now_us)
    }
    if (!this.#isLooking || now_us < this.#fetchDue_us || this.#isAsked('fetch')) return
    this.#fetching_us = now_us
    this.#ask('fetch', { type: 'FETCH', from: wireTick(this.#next) }, now_us)
  }

  #isAsked(what: Asked): boolean {
    return [...this.#asked.values()].some((asked) => asked.what === what)
  }

  #ask(what: Asked, command: CommandRequest, now_us: number): void {
    const { id, ...turn } = this.#end.link.request(command, now_us)
    this.#asked.set(id, { what, at_us: now_us })
    this.#note(turn, now_us)
  }
}
