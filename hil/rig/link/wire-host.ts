/**
 * The host of a rig on a wire and on a clock of its own: opens the session, follows the clock, sends each step ahead of its
 * time, counts what was made, and survives a cable that is pulled and put back.
 *
 * It is a machine without a port or a clock. Its owner tells it what came and when, and does what it asks for. Time is
 * microseconds of the host's clock, which never goes back and counts as true. A run that cannot be vouched for ends with the
 * reason: steps that were due and not made, a rig that restarted, a wire that stayed dead. Nothing is ever caught up.
 */
import { latched, mismatched, restarted, undoneCommand } from '#hil/rig/link/failure'
import { type Asked, Questions } from '#hil/rig/link/questions'
import type { RigHost } from '#hil/rig/link/rig-host'
import { clockProblem, RunClock } from '#hil/rig/link/run-clock'
import { StepCounters } from '#hil/rig/link/step-counters'
import { StepPlan } from '#hil/rig/link/step-plan'
import { WireEnd } from '#hil/rig/link/wire-end'
import { PLAYOUT_us, type RigReport, TICK_us } from '#hil/rig/rig'
import { LIMITS, TO_RIG } from '#protocol/catalogue'
import {
  type CommandRequest,
  type HostEvent,
  type LinkTimes,
  type Outcome,
  SERIAL_TIMES,
  type Turn,
} from '#protocol/link'
import type { MessageOf } from '#protocol/message'
import { extendTick, wireTick } from '#protocol/ticks'
import type { WireStatistics } from '#protocol/wire-tally'
import type { Cadence } from '#units/cadence'

export interface WireHostOptions {
  /** How many microseconds of therapy pass in one of the host's clock. */
  readonly speed: number
  /** A number from 0 to 2^32 - 1 for each session, that was not used with this rig before. */
  readonly nonce: () => number
  readonly times?: LinkTimes
  /** How long a rig that has gone is waited for; 10 s if not given. */
  readonly grace_us?: number
  /** How often the rig is asked for its counters while nothing else is said; each second if not given. */
  readonly ask_us?: number
  /** Whether the clock of the rig is followed; not, only to see what it is worth. */
  readonly follows?: boolean
  /** Whether rig and host share one virtual clock: what it shows at first holds for ever. See {@link WireHost.watch} too. */
  readonly virtual?: boolean
}

/** The clock is looked at so often, so far apart, before tick 0 of the run. */
const LOOKS = 16
const LOOK_us = 125_000
/** A rig that answers so little that its clock is not known by then is given up. */
const LOOKING_us = 30_000_000
/** Between the last of these looks and tick 0. */
const LEAD_us = 20_000
/** How often the counters are asked for while nothing else is said: the clock is followed, and silence noticed. */
const ASK_us = 1_000_000
/** Chunks go out so long before their first step: a playout, and a second for the wire. */
const AHEAD_us = PLAYOUT_us + 1_000_000
/** Segments that the rig is given at a time: fewer than it holds, so that one which ends as another comes is no matter. */
const MOST_HELD = LIMITS.queue - 2
/** Commands that wait for their answers at a time; the link sends two of them. */
const MOST_ASKED = 4
/** Commands that may wait in all, changes of mind included. */
const MOST_UNSETTLED = 32
const PAUSE_us = 500
/** Ten heartbeats in the dead-man interval of two steps. */
const BEATS_IN_STEP = 5

type State =
  | { readonly kind: 'opening' }
  /** The session is open, the clock is looked at. */
  | { readonly kind: 'looking'; looks: number; next_us: number; readonly end_us: number }
  | { readonly kind: 'running' }
  | { readonly kind: 'failed'; readonly reason: string }

export class WireHost implements RigHost {
  readonly #options: WireHostOptions
  readonly #end: WireEnd
  readonly #plan = new StepPlan()
  readonly #clock: RunClock
  readonly #asked = new Questions()
  readonly #counters = new StepCounters()
  #state: State = { kind: 'opening' }
  /** Whether the next counters tell where a new session found the rig. */
  #resuming = false
  #ask_us: number
  #beatsInStep = BEATS_IN_STEP
  #beat_us: number | null | undefined
  #wanted_tick: number | undefined
  #asked_us = Number.NEGATIVE_INFINITY
  #halted = false
  #wake_us: number | null = null

  constructor(options: WireHostOptions, now_us: number) {
    const { times = SERIAL_TIMES, nonce, grace_us } = options
    this.#options = options
    this.#end = new WireEnd({ times, nonce, grace_us }, now_us)
    this.#clock = new RunClock(
      options.speed,
      options.virtual === true ? 'exact' : (options.follows ?? true) ? 'followed' : 'taken',
    )
    this.#ask_us = options.ask_us ?? ASK_us
  }

  /** Why the run is over; undefined while it is not. */
  get failure(): string | undefined {
    return this.#state.kind === 'failed' ? this.#state.reason : undefined
  }

  /** Whether the run has its tick 0. */
  get ready(): boolean {
    return this.#state.kind === 'running'
  }

  /** Whether the rig has confirmed that its motor is stopped. */
  get halted(): boolean {
    return this.#halted
  }

  get identity(): string {
    return this.#end.identity
  }

  get statistics(): WireStatistics {
    return this.#end.statistics
  }

  /** The tick of the run at an instant; below 0 before its start. */
  runTick(now_us: number): number {
    return this.#clock.runTick(now_us)
  }

  /** When the run comes to a tick, on the host's clock; 0 for tick 0 before its start. */
  instant_us(run_tick: number): number {
    return this.#clock.instant_us(run_tick)
  }

  /**
   * From now on the counters are asked for so often while nothing else is said, and where time is virtual so many heartbeats
   * are sent in the shortest interval between two steps under way.
   */
  watch(ask_us: number, beatsInStep: number, now_us: number): void {
    if (ask_us === this.#ask_us && beatsInStep === this.#beatsInStep) return
    this.#ask_us = ask_us
    this.#beatsInStep = beatsInStep
    this.#pass(now_us)
  }

  /** A connection is there: the first one, or one after another was lost. */
  connected(now_us: number): void {
    this.#end.connected()
    if (this.#end.isOpen) this.#pass(now_us)
    else this.#take(this.#end.link.open(now_us), now_us)
  }

  /** There is no connection any more. */
  disconnected(reason: string, now_us: number): void {
    this.#end.disconnected(reason, now_us)
    if (this.#state.kind === 'opening' && this.#end.overheard !== '') {
      this.#fail(`no rig answered HELLO: ${reason}; it said ${JSON.stringify(this.#end.overheard)}`)
    }
    this.#pass(now_us)
  }

  receive(bytes: Uint8Array, now_us: number): void {
    this.#take(this.#end.receive(bytes, now_us), now_us)
  }

  /** Time went by. */
  pass(now_us: number): void {
    this.#pass(now_us)
  }

  /** Steps to be made, in ticks of the run. */
  segment(cadence: Cadence, now_us: number): void {
    this.#plan.add(cadence)
    this.#pass(now_us)
  }

  /** Steps from the tick of the run on are not to be made. */
  cancel(from_tick: number, now_us: number): void {
    this.#tellCancel(this.#plan.cancel(from_tick), now_us)
    this.#pass(now_us)
  }

  /** Stops the motor, whatever it is at; repeated until the rig confirms. */
  halt(now_us: number): void {
    this.#halted = false
    this.#take(this.#end.link.halt(now_us), now_us)
  }

  /** What is to be sent now, and whether the connection has to be made anew. Empty while there is no connection. */
  drain(): { readonly send: readonly Uint8Array[]; readonly reconnect: boolean } {
    return this.#end.drain()
  }

  /** When to call `pass` at the latest; null if only bytes can change anything. */
  get wake_us(): number | null {
    return this.#wake_us
  }

  /**
   * How far the run has come on its way to a tick: the fate of every step through the answer is known. What is asked for is
   * what the rig is asked about next.
   */
  reach(to_tick: number, now_us: number): number {
    const known = Math.min(this.runTick(now_us), this.#plan.known_tick)
    const reached = Math.max(0, Math.min(to_tick, known))
    this.#wanted_tick = reached < to_tick ? to_tick : undefined
    this.#pass(now_us)
    return reached
  }

  /** Whether a step that moved nothing, through a tick that was reached, has not been told of. */
  hasLoss(reached_tick: number): boolean {
    return this.#plan.hasLoss(reached_tick)
  }

  /** What became of the steps through a tick that was reached; each step is told of once. */
  tell(reached_tick: number): RigReport {
    return { now_tick: reached_tick, ...this.#plan.tell(reached_tick), feedback: [] }
  }

  #pass(now_us: number): void {
    this.#take(this.#end.link.pass(now_us), now_us)
  }

  #take(turn: Turn, now_us: number): void {
    this.#note(turn, now_us)
    this.#work(now_us)
    this.#wake_us = this.#wakeAt(now_us)
  }

  #note(turn: Turn, now_us: number): void {
    for (const event of this.#end.take(turn, now_us)) this.#hear(event, now_us)
  }

  #hear(event: HostEvent, now_us: number): void {
    switch (event.kind) {
      case 'session':
        this.#begin(event, now_us)
        break
      case 'telemetry':
        this.#end.heard()
        this.#count(event.report, this.#absolute(event.tick, now_us))
        break
      case 'outcome':
        this.#outcome(event.id, event.outcome, now_us)
        break
      case 'mismatch':
        this.#fail(mismatched(event))
        break
      case 'silent':
        this.#fellSilent(now_us)
        break
      case 'restarted':
        this.#fail(`${restarted(event)}; what it made since it was last asked is not known`)
        break
      case 'halted':
        this.#halted = true
        this.#latched(event)
        break
      case 'flawed':
      case 'log':
        this.#end.overhear(event.text)
        break
    }
  }

  #begin({ welcome, restarted: isNew }: Extract<HostEvent, { kind: 'session' }>, now_us: number): void {
    const isFirst = this.#end.welcome === undefined
    this.#end.welcomed(welcome)
    if (isNew) {
      this.#fail(`the rig has restarted while it was away: boot id ${welcome.boot}, and what it made is not known`)
      return
    }
    this.#resuming = true
    this.#asked_us = Number.NEGATIVE_INFINITY
    if (welcome.state === 'HALT' || welcome.state === 'DEADMAN') {
      this.#ask({ kind: 'clear', at_us: now_us }, { type: 'CLEAR', halts: welcome.halts }, now_us)
    }
    // A host that had the rig look on may have left it so, under a latch too, which hides it.
    if (isFirst && welcome.state !== 'IDLE' && welcome.state !== 'RUN') {
      this.#ask({ kind: 'drive', at_us: now_us }, { type: 'SENSE', lines: 'OFF' }, now_us)
    }
    if (isFirst) this.#state = { kind: 'looking', looks: 0, next_us: now_us, end_us: now_us + LOOKING_us }
  }

  /** The counters of the rig against those that the plan allows. */
  #count(report: MessageOf<'TEL'>, tick: number): void {
    const counted = this.#counters.since(report)
    if (this.#state.kind === 'failed') return
    if (counted === null) {
      this.#fail('the rig made steps backwards that nobody asked for')
      return
    }
    const problem = this.#plan.count(tick, counted.made, counted.lost)
    if (problem !== undefined) {
      this.#fail(`${problem}${this.#resuming ? ' when it was back' : ''}`)
      return
    }
    if (!this.#resuming) return
    this.#resuming = false
    this.#plan.resume(counted.made)
  }

  #outcome(id: number, outcome: Outcome, now_us: number): void {
    const asked = this.#asked.take(id)
    if (asked === undefined) return
    if (outcome.kind === 'done') {
      this.#end.heard()
      this.#see(asked.at_us, now_us, this.#absolute(outcome.tick, now_us))
      return
    }
    // What a session took with it is sorted out by the counters that the next one begins with.
    if (outcome.kind === 'lost' || !this.#end.isOpen) return
    // A rig without lines has no input mode to leave.
    if (outcome.kind === 'refused' && asked.kind === 'drive') return
    if (outcome.kind === 'refused' && asked.kind === 'segment') {
      const late = outcome.reason === 'LATE' ? ': it came too late, the host or the wire was busy' : ''
      this.#fail(`${undoneCommand(outcome)}${late}`)
      return
    }
    if (outcome.kind === 'refused') {
      this.#fail(undoneCommand(outcome))
      return
    }
    switch (asked.kind) {
      case 'segment':
        this.#repair(asked.chunk.rig.first, now_us)
        break
      case 'cancel':
        this.#repair(asked.from, now_us)
        break
      case 'clear':
      case 'drive':
      case 'counters':
        break
    }
  }

  /** The rig may hold what comes after something that it never got: all of it is taken back and sent again. */
  #repair(from: number, now_us: number): void {
    this.#plan.recall(from)
    this.#tellCancel(from, now_us)
  }

  #tellCancel(from: number | undefined, now_us: number): void {
    if (from === undefined) return
    if (this.#asked.size >= MOST_UNSETTLED) {
      this.#fail('the pump changes its mind more often than the wire can tell the rig')
      return
    }
    // Without a session the rig drops its queue by itself.
    if (this.#end.isOpen)
      this.#ask({ kind: 'cancel', from, at_us: now_us }, { type: 'CANCEL', from: wireTick(from) }, now_us)
  }

  /** A session counts ticks from its beginning, of which the wire tells 32 bits; the run goes on over several. */
  #absolute(tick: number, now_us: number): number {
    return this.#clock.isKnown ? extendTick(wireTick(tick), this.#clock.rigTick(now_us)) : tick
  }

  #see(sent_us: number, heard_us: number, tick: number): void {
    const beyond_us = this.#clock.see(sent_us, heard_us, tick)
    const problem = clockProblem(beyond_us, this.#clock.deviation)
    if (this.#state.kind === 'running' && problem !== undefined) this.#fail(problem)
  }

  #fellSilent(now_us: number): void {
    if (!this.#end.isConnected) return
    if (this.#state.kind === 'opening') this.#note(this.#end.link.open(now_us), now_us)
    else this.#end.fellSilent(now_us)
  }

  #latched(event: Extract<HostEvent, { kind: 'halted' }>): void {
    if (this.#state.kind === 'running') this.#fail(`${latched(event)}; steps that were due were not made`)
  }

  #fail(reason: string): void {
    if (this.#state.kind !== 'failed') this.#state = { kind: 'failed', reason }
  }

  /** Whatever is due at the instant, beyond what the link does by itself. */
  #work(now_us: number): void {
    this.#checkPatience(now_us)
    if (!this.#end.isOpen || !this.#end.isConnected || this.#state.kind === 'failed') return
    if (this.#state.kind === 'looking') this.#look(this.#state, now_us)
    if (this.#state.kind === 'running' && !this.#resuming) this.#sendAhead(now_us)
    this.#askCounters(now_us)
    if (this.#options.virtual === true) this.#paceBeats(now_us)
  }

  /** The dead-man waits for two steps where they are slow. */
  #paceBeats(now_us: number): void {
    const interval_us = this.#plan.shortestInterval(this.#clock.rigTick(now_us)) * TICK_us
    const least_us = this.#end.times.beat_us ?? 0
    const beat_us = Number.isFinite(interval_us) ? Math.max(least_us, interval_us / this.#beatsInStep) : null
    if (beat_us === this.#beat_us) return
    this.#beat_us = beat_us
    this.#note(this.#end.link.beatEvery(beat_us, now_us), now_us)
  }

  #checkPatience(now_us: number): void {
    const problem = this.#end.outOfPatience(this.#state.kind === 'opening', now_us)
    if (problem !== undefined) this.#fail(problem)
    if (this.#state.kind !== 'looking' || now_us < this.#state.end_us) return
    const { discarded } = this.#end.link
    const limit = `its clock was not known within ${LOOKING_us / 1e6} s`
    this.#fail(`the rig answered HELLO and too few commands: ${limit}; ${discarded} bytes of what it said mean nothing`)
  }

  #look(state: Extract<State, { kind: 'looking' }>, now_us: number): void {
    if (state.looks >= LOOKS && this.#clock.isKnown && this.#counters.isKnown) {
      this.#clock.start(now_us + LEAD_us)
      this.#state = { kind: 'running' }
      return
    }
    if (now_us < state.next_us || this.#asked.hasCounters) return
    state.looks += 1
    state.next_us = now_us + LOOK_us
    this.#askNow(now_us)
  }

  #sendAhead(now_us: number): void {
    const { relation } = this.#clock
    if (relation === undefined) return
    while (this.#plan.next_tick <= this.#horizon(now_us) && this.#asked.size < MOST_ASKED && this.#room(now_us)) {
      const chunk = this.#plan.take(relation)
      if (chunk === undefined) return
      const { first, quotient, ...motion } = chunk.rig
      this.#ask(
        { kind: 'segment', chunk, at_us: now_us },
        {
          ...{ type: 'SEG', first: wireTick(first), ...motion, direction: 'F' },
          quotient: Math.min(quotient, TO_RIG.SEG.fields.quotient.max),
        },
        now_us,
      )
    }
  }

  /** The tick of the run up to which steps go out. */
  #horizon(now_us: number): number {
    return this.runTick(now_us + AHEAD_us)
  }

  #room(now_us: number): boolean {
    return this.#plan.held(this.#clock.rigTick(now_us)).count < MOST_HELD
  }

  #askCounters(now_us: number): void {
    if (this.#asked.hasCounters || now_us < this.#countersDue()) return
    this.#askNow(now_us)
  }

  /** When the counters are asked for next: when they tell what is waited for, and every second. */
  #countersDue(): number {
    const regular_us = this.#asked_us + this.#ask_us
    if (this.#state.kind !== 'running' || this.#wanted_tick === undefined) return regular_us
    const settled = this.#plan.settledAt(this.#wanted_tick)
    if (settled === undefined) return regular_us
    // A report that is lost on the way is asked for again once the answer to the last question is long here.
    const soonest_us = this.#asked_us + this.#end.times.retry_us / 4
    const settled_us = this.#clock.rigInstant_us(settled + 2)
    return Math.min(regular_us, Math.max(soonest_us, settled_us, this.#clock.instant_us(this.#wanted_tick)))
  }

  #askNow(now_us: number): void {
    this.#asked_us = now_us
    this.#ask({ kind: 'counters', at_us: now_us }, { type: 'STAT' }, now_us)
  }

  #ask(asked: Asked, command: CommandRequest, now_us: number): void {
    const { id, ...turn } = this.#end.link.request(command, now_us)
    this.#asked.add(id, asked)
    this.#note(turn, now_us)
  }

  #wakeAt(now_us: number): number | null {
    const { linkWake_us } = this.#end
    const patience_us = this.#end.patience_us(this.#state.kind === 'opening')
    const times = [linkWake_us ?? Number.POSITIVE_INFINITY, patience_us].filter(Number.isFinite)
    if (this.#state.kind === 'looking') times.push(this.#state.end_us)
    if (this.#end.isOpen && this.#end.isConnected) times.push(...this.#dutiesAt(now_us))
    if (times.length === 0 || this.#state.kind === 'failed') return linkWake_us
    // Something that is due and cannot be done yet must not be asked after without a pause.
    return Math.max(Math.min(...times), now_us + PAUSE_us)
  }

  #dutiesAt(now_us: number): number[] {
    const times: number[] = []
    if (this.#state.kind === 'looking' && !this.#asked.hasCounters) times.push(this.#state.next_us)
    if (this.#state.kind !== 'running') return times
    if (!this.#asked.hasCounters) times.push(this.#countersDue())
    const wanted_us = this.#wanted_tick === undefined ? 0 : this.#clock.instant_us(this.#wanted_tick)
    if (wanted_us > now_us) times.push(wanted_us)
    const { next_tick } = this.#plan
    if (Number.isFinite(next_tick) && this.#asked.size < MOST_ASKED && !this.#resuming) {
      const due_us = this.#clock.instant_us(next_tick) - AHEAD_us
      times.push(this.#room(now_us) ? due_us : Math.max(due_us, now_us + LOOK_us))
    }
    return times
  }
}
