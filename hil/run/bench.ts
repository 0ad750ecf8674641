/**
 * The bench: pump, motor and plant joined on one axis of time.
 *
 * Work is taken in the order of its instant. At one instant the plant comes first, for it lives in the past by one
 * playout; then what the pump hears of its motor; then what befalls it; then the script; then what the pump does by
 * itself; then segments for the motor; then the end.
 */

import { lineProblem, ownMotorProblem, rigForOwnMotor } from '#hil/fault/carried'
import type { FaultTurn } from '#hil/fault/faults'
import type { PumpDefinition } from '#hil/pump/pump'
import { playoutOf, type RigDefinition, RigError, type RigReport, TICK_us } from '#hil/rig/rig'
import { Agenda } from '#hil/run/agenda'
import { exact, wholeMicroseconds } from '#hil/run/exact'
import { FaultSide } from '#hil/run/fault-side'
import { GuardedRig } from '#hil/run/guarded-rig'
import { headerOf } from '#hil/run/header'
import { type MeasuredRig, strangeTo, trueStep_uL } from '#hil/run/measured-rig'
import { Motion } from '#hil/run/motion'
import { isPending } from '#hil/run/pending'
import { PlantSide } from '#hil/run/plant-side'
import { type ClockSettingEvent, entryOrder, eventOrder, type Order, refillOrder, setAgain } from '#hil/run/programs'
import { PumpError } from '#hil/run/pump-error'
import { PumpSide, type Sent } from '#hil/run/pump-side'
import type { Recorder } from '#hil/run/recorder'
import { RotorWatch, type Tidings } from '#hil/run/rotor-watch'
import { type Doing, type ScriptItem, scriptOf } from '#hil/run/script'
import type { Befalling, PlantWork, Work } from '#hil/run/work'
import type { Scenario } from '#hil/scenario/types'
import { type Cadence, countThrough, lastTick, slice } from '#units/cadence'
import { as, type Time_us } from '#units/quantity'
import {
  add,
  ceil,
  compare,
  floor,
  larger,
  type Rational,
  subtract,
  toNumber,
  toSafeInteger,
  whole,
  ZERO,
} from '#units/rational'

const TICK = BigInt(TICK_us)

/** How far the rig has come, and whether it stands there because it lost steps. */
interface News {
  readonly now_tick: number
  readonly lost: boolean
}

export class Bench {
  readonly #scenario: Scenario
  readonly #names: { readonly pump: string; readonly rig: string }
  readonly #rig: GuardedRig
  readonly #measured: MeasuredRig | null
  readonly #motion: Motion
  readonly #playout_us: Rational
  readonly #roundTrip_us: Rational
  /** The tick of the rig after which no step is part of the run. */
  readonly #last_tick: number
  readonly #pump: PumpSide
  readonly #plant: PlantSide
  readonly #faults: FaultSide
  readonly #watch: RotorWatch
  readonly #recorder: Recorder
  readonly #script: readonly ScriptItem[]
  #played = 0
  readonly #isOnWall: boolean
  readonly #looksOn: boolean
  readonly #speed: Rational | undefined
  readonly #plantWork = new Agenda<PlantWork>()
  readonly #befallings = new Agenda<Befalling>()
  /** What became of every refill that the pump was told of, in order. */
  readonly #refills: Sent[] = []
  #now_us: Rational = ZERO
  #therapyEnded = false
  #drained = false
  /** Steps the rotor made, to hold the rig's counters against. */
  #steps = 0
  /** How often the rotor was let go: each time it may turn by a step that was not its coils'; and steps it turned back. */
  #released = 0

  constructor(
    scenario: Scenario,
    pump: PumpDefinition,
    rig: RigDefinition,
    recorder: Recorder,
    measured: MeasuredRig | null,
  ) {
    this.#scenario = scenario
    this.#names = { pump: pump.name, rig: rig.name }
    this.#recorder = recorder
    this.#isOnWall = rig.clock === 'wall'
    this.#looksOn = rig.looksOn === true
    this.#speed = rig.speed
    this.#rig = new GuardedRig(rig.create())
    const playout = playoutOf(rig)
    this.#playout_us = whole(playout.us)
    this.#roundTrip_us = whole(2 * playout.us)
    this.#last_tick = ticksUntil(scenario.duration_us) + playout.ticks
    this.#motion = new Motion(playout)
    this.#watch = new RotorWatch(this.#motion, playout)
    this.#faults = new FaultSide(scenario, recorder)
    const sides = { motion: this.#motion, recorder }
    this.#pump = new PumpSide(scenario, pump, sides, (on, at_us) => this.#powerChanged(on, at_us))
    this.#measured = measured
    this.#plant = new PlantSide(scenario, trueStep_uL(scenario, measured), recorder, (at_us, effect) =>
      this.#faults.moved(at_us, effect),
    )
    this.#script = scriptOf(scenario)
    for (const turn of this.#faults.turns) {
      const { at_us, deed } = turn
      if (compare(at_us, scenario.duration_us) > 0) continue
      if (deed.to === 'rotor' || deed.to === 'coils') this.#plantWork.enter({ kind: 'rotor', at_us, turn })
      else if (deed.to === 'plant') this.#plantWork.enter({ kind: 'befallen', at_us, turn, act: deed.act })
      else this.#befallings.enter({ kind: 'fault', at_us, turn })
    }
  }

  /** How far the run has come. */
  get simulated_s(): number {
    return toNumber(this.#now_us) / 1e6
  }

  async open(): Promise<void> {
    let opening = false
    try {
      // A pump that runs by its own clock has to be ready when that of the run begins.
      this.#pump.setUp()
      if (this.#pump.turnsMotor) this.#mustBeMeasurable()
      opening = true
      this.#disturb()
      await this.#rig.open()
    } catch (error) {
      this.#recordHeader(opening ? 'none: it could not be opened' : 'none: it was not opened')
      throw error
    }
    this.#recordHeader(this.#rig.identity)
    const stranger = this.#measured && strangeTo(this.#measured, { rig: this.#names.rig, identity: this.#rig.identity })
    if (stranger) throw new RigError(stranger)
    if (this.#faults.needsHold && !this.#rig.holds)
      throw new RigError(
        `the rig ${this.#names.rig} cannot carry the fault motor-stall: it has no way to hold its rotor`,
      )
    if (this.#faults.needsCrossing && !this.#rig.crosses)
      throw new RigError(
        `the rig ${this.#names.rig} cannot carry the fault motor-reverse: it has no way to cross the wires of its motor`,
      )
    this.#plant.begin()
    this.#pump.begin()
  }

  /** A pump that turns its own motor is to be looked at, and nothing can be done to that motor from here. */
  #mustBeMeasurable(): void {
    const problem = this.#looksOn ? ownMotorProblem(this.#scenario) : rigForOwnMotor(this.#names.rig)
    if (problem !== null) throw new RigError(problem)
  }

  #disturb(): void {
    const [first] = this.#faults.line
    if (first === undefined) return
    const uncarried = lineProblem(this.#scenario, { name: this.#names.rig, line: this.#rig.hasLine })
    if (uncarried !== null) throw new RigError(uncarried)
    this.#rig.disturb(this.#faults.line, this.#faults.lineTouched)
  }

  /**
   * Does one piece of work after another until the run is over, then returns true; false as soon as `halted` says so.
   * `pause` is called after each piece, and awaited where it takes its time.
   */
  async run(halted: () => boolean, pause: () => Promise<void> | void): Promise<boolean> {
    while (!halted()) {
      const work = this.#earliest()
      if (work === null) {
        this.#finish()
        return true
      }
      const to_tick = ticksThrough(work.at_us)
      let news: News = { now_tick: -1, lost: false }
      while (news.now_tick < to_tick && !news.lost) {
        const report = this.#rig.advance(to_tick)
        news = this.#hear(isPending(report) ? await report : report)
        // A rig on the clock on the wall may be hours away from its tick.
        if (this.#isOnWall && news.now_tick < to_tick) {
          this.#now_us = larger(this.#now_us, whole(news.now_tick * TICK_us))
          await pause()
          if (halted()) return false
        }
      }
      // What the rig tells on the way can bring up something that comes first.
      if (!news.lost) {
        const done = this.#do(work, to_tick)
        if (isPending(done)) await done
        for (const command of this.#motion.takeCommands()) {
          const sent = this.#rig.send(command)
          if (isPending(sent)) await sent
        }
      }
      const paused = pause()
      if (isPending(paused)) await paused
    }
    return false
  }

  /** Ends the record of a run that somebody interrupts, with the last word of the pump. */
  async interrupt(): Promise<void> {
    try {
      if (!this.#therapyEnded) this.#pump.conclude(as(this.#now_us))
    } catch (error) {
      if (!(error instanceof PumpError)) throw error
    }
    await this.abandon('interrupted')
  }

  /** Stops the motor and ends the record early, with whatever was delivered so far. */
  async abandon(reason: string): Promise<void> {
    await this.#rig.close()
    this.#plant.deliver(this.#motion.collect(), this.#now_us)
    try {
      this.#recordWire(this.#now_us)
    } catch (error) {
      // The record already says why the run ended.
      if (!(error instanceof RigError)) throw error
    }
    this.#recorder.end(wholeMicroseconds(this.#now_us), false, reason)
  }

  #recordWire(at_us: Rational): void {
    const wire = this.#rig.wire()
    if (wire !== undefined) this.#recorder.record({ kind: 'wire', t_us: wholeMicroseconds(at_us), ...wire })
  }

  async close(): Promise<void> {
    this.#pump.close()
    await this.#rig.close()
  }

  #recordHeader(rig_identity: string): void {
    const speed = this.#speed === undefined ? {} : { speed: exact(this.#speed) }
    const equipment = { ...this.#names, rig_identity, provenance: this.#rig.provenance, ...speed }
    const calibration = this.#measured?.calibration
    this.#recorder.record(
      headerOf(this.#scenario, calibration === undefined ? equipment : { ...equipment, calibration }),
    )
  }

  /** The work with the earliest instant; the one that is looked at first of several at one instant. */
  #earliest(): Work | null {
    if (this.#drained) return null
    let first: Work | null = null
    const { next: moving } = this.#plantWork
    if (moving !== undefined) first = { kind: 'plant', at_us: add(moving.at_us, this.#playout_us), work: moving }
    const tidings = this.#watch.next()
    if (tidings !== null && isBefore(tidings.at_us, first)) first = { kind: 'tidings', at_us: tidings.at_us, tidings }
    return this.#therapyEnded ? this.#orDrained(first) : this.#orTherapy(first)
  }

  #orDrained(first: Work | null): Work {
    const drained_us = add(this.#scenario.duration_us, this.#roundTrip_us)
    return first === null || isBefore(drained_us, first) ? { kind: 'drained', at_us: drained_us } : first
  }

  #orTherapy(earlier: Work | null): Work {
    let first = earlier
    const { duration_us } = this.#scenario
    const { next: befalling } = this.#befallings
    if (befalling !== undefined && isBefore(befalling.at_us, first))
      first = { kind: 'befalling', at_us: befalling.at_us, befalling }
    const item = this.#script[this.#played]
    if (item !== undefined && isBefore(item.at_us, first)) first = { kind: 'script', at_us: item.at_us, item }
    const { wake_us } = this.#pump
    if (wake_us !== null && compare(wake_us, duration_us) <= 0 && isBefore(wake_us, first)) {
      const at_us = larger(wake_us, this.#now_us)
      if (isBefore(at_us, first)) first = { kind: 'wake', at_us }
    }
    const tick = this.#motion.nextDispatch_tick()
    if (Number.isFinite(tick)) {
      const at_us = larger(whole(tick * TICK_us), this.#now_us)
      if (isBefore(at_us, first)) first = { kind: 'dispatch', at_us }
    }
    return first === null || isBefore(duration_us, first) ? { kind: 'end', at_us: duration_us } : first
  }

  /** Does a piece of work of the present tick; what the motor is to be told of it waits to be sent. */
  #do(work: Work, now_tick: number): Promise<void> | void {
    this.#now_us = work.at_us
    const moved = work.kind === 'plant' ? this.#move(work.work) : this.#act(work)
    if (!this.#therapyEnded) this.#motion.dispatch(now_tick)
    return moved
  }

  #act(work: Exclude<Work, { kind: 'plant' }>): void {
    switch (work.kind) {
      case 'tidings':
        this.#tell(work.tidings)
        break
      case 'befalling':
        this.#befallings.taken()
        this.#befall(work.befalling)
        break
      case 'wake':
        this.#pump.wake(as(work.at_us))
        break
      case 'script':
        this.#played += 1
        this.#play(work.item)
        break
      case 'dispatch':
        break
      case 'end':
        // Steps due later than the last instant of the therapy are not part of the run.
        this.#therapyEnded = true
        this.#pump.conclude(this.#scenario.duration_us)
        this.#motion.cancel(this.#scenario.duration_us)
        break
      case 'drained':
        this.#drained = true
        break
    }
  }

  #move(work: PlantWork): Promise<void> | void {
    this.#plantWork.taken()
    switch (work.kind) {
      case 'collect':
        this.#plant.deliver(this.#motion.collect(), this.#now_us)
        break
      case 'refill': {
        this.#plant.deliver(this.#motion.collect(), this.#now_us)
        const measured_uL = this.#plant.refill(work.at_us, work.event)
        const at_us = as<Time_us>(add(work.at_us, this.#roundTrip_us))
        // Who drew all of it enters what it was, if the pump has heard of the refill at all.
        if (work.event.withdraw.amount === 'all' && work.sent.state === 'applied')
          this.#befallings.enter({ kind: 'residual', at_us, measured_uL, refill: work.sent })
        break
      }
      case 'rotor': {
        return this.#handle(work.turn)
      }
      case 'befallen':
        this.#plant.deliver(this.#motion.collect(), this.#now_us)
        this.#faults.turned(work.turn)
        this.#plant.befall(work.at_us, work.turn.number, work.act)
        break
      case 'profile':
        this.#plant.deliver(this.#motion.collect(), this.#now_us)
        this.#plant.profile(work.at_us)
        break
    }
  }

  /** Takes hold of the rotor or of its wires, or lets go. */
  #handle(turn: FaultTurn): Promise<void> | void {
    const { held: wasHeld, crossed: wasCrossed } = this.#faults
    this.#faults.turned(turn)
    const { held, crossed } = this.#faults
    const now_tick = ticksThrough(this.#now_us)
    if (crossed !== wasCrossed) {
      this.#released += 1
      return this.#rig.cross(crossed, now_tick)
    }
    if (wasHeld && !held) this.#released += 1
    return wasHeld === held ? undefined : this.#rig.hold(held, now_tick)
  }

  #tell(tidings: Tidings): void {
    const { at_us, due_us, moved, unseen, silent } = tidings
    this.#watch.told(tidings)
    if (silent) return
    if (unseen) this.#faults.stepUnseen(due_us)
    else if (!moved) this.#faults.stepLost(due_us)
    if (this.#therapyEnded) this.#pump.drain(at_us, { kind: 'rotor', due_us, moved }, this.#scenario.duration_us)
    else this.#pump.feel(at_us, { kind: 'rotor', due_us, moved })
  }

  #befall(befalling: Befalling): void {
    const { at_us } = befalling
    switch (befalling.kind) {
      case 'power-returns':
        this.#faults.powerReturned(befalling.cut, at_us)
        this.#pump.restorePower(at_us)
        break
      case 'residual':
        // A pump takes it for what was drawn before its last refill; of one before that nobody can tell it any more.
        if (this.#refills.findLast(({ state }) => state !== 'refused') === befalling.refill)
          this.#pump.meet(at_us, { kind: 'residual', measured_uL: befalling.measured_uL })
        break
      case 'fault': {
        const { turn } = befalling
        const { powered } = this.#pump
        this.#faults.turned(turn)
        if (turn.deed.to === 'pump') this.#pump.meet(at_us, turn.deed.input)
        if (turn.deed.to === 'encoder') this.#blind(at_us, turn.deed.every_steps)
        this.#faults.met(turn, powered)
        break
      }
    }
  }

  #blind(at_us: Time_us, every_steps: number | null): void {
    if (every_steps === null) this.#watch.sighted(at_us)
    else this.#watch.blind(at_us, every_steps)
  }

  #powerChanged(on: boolean, at_us: Time_us): void {
    if (on) return
    const cut = this.#faults.powerLost(at_us)
    if (cut !== null) this.#befallings.enter({ kind: 'power-returns', at_us: cut.at_us, cut })
  }

  #play(item: ScriptItem): void {
    const { at_us } = item
    switch (item.kind) {
      case 'program':
        this.#pump.program(at_us, entryOrder(item.entry))
        break
      case 'refill': {
        const sent = this.#pump.program(at_us, refillOrder(item.event))
        this.#refills.push(sent)
        this.#plantWork.enter({ kind: 'refill', at_us, event: item.event, sent })
        this.#pump.interrogate(at_us, 'observe')
        break
      }
      case 'do':
        this.#playEvent(item.event)
        break
      case 'sample':
        this.#plantWork.enter({ kind: 'collect', at_us })
        this.#pump.interrogate(at_us, 'observe')
        break
    }
  }

  #playEvent(event: Doing): void {
    const { at_us } = event
    switch (event.kind) {
      case 'set-clock':
        for (const order of this.#clockOrders(event)) this.#pump.program(at_us, order)
        break
      case 'restart': {
        const order = eventOrder(event)
        if (order !== null) this.#pump.program(at_us, order)
        break
      }
      case 'interrogate':
        this.#plantWork.enter({ kind: 'profile', at_us })
        this.#pump.interrogate(at_us, 'interrogate')
        break
      default:
        this.#pump.command(at_us, event.kind)
    }
  }

  /** What is sent to set the clock: once, unless nobody does, or somebody does again what was done already. */
  #clockOrders(event: ClockSettingEvent): readonly Order[] {
    const order = eventOrder(event)
    const how = this.#faults.clockToBeSet(event.at_us)
    if (order === null || how === 'missed') return []
    if (how === null) return [order]
    const again = eventOrder({ ...event, to_us: setAgain(this.#scenario, event) })
    return again === null ? [order] : [order, again]
  }

  /** What the rig made, and whether it lost steps and stands where it told so. */
  #hear({ now_tick, motion, feedback, lost, events = [] }: RigReport): News {
    this.#motion.made(motion.flatMap((cadence) => this.#within(cadence)))
    for (const { tick, event, detail } of events) this.#record(tick, event, detail)
    for (const cadence of motion) this.#steps += cadence.count
    for (const counters of feedback) this.#compareCounters(counters.forward - counters.lost)
    this.#watch.note(lost)
    // What a rotor turned back it turns forward again, and its counters have that for steps.
    if (this.#faults.needsCrossing) this.#released += lost.length
    return { now_tick, lost: lost.length > 0 }
  }

  /** The steps of the run: a pump that turns its own motor goes on when the run is over. */
  #within(cadence: Cadence): readonly Cadence[] {
    if (lastTick(cadence) <= this.#last_tick) return [cadence]
    const count = countThrough(cadence, this.#last_tick)
    return count === 0 ? [] : [slice(cadence, 0, count)]
  }

  /** Notes what the rig saw besides steps, on the axis of the pump; what comes after the end is not part of the run. */
  #record(tick: number, event: string, detail: string): void {
    const at_us = subtract(whole(tick * TICK_us), this.#playout_us)
    if (compare(at_us, this.#scenario.duration_us) > 0) return
    this.#recorder.record({ kind: 'event', t_us: wholeMicroseconds(at_us), event, detail })
  }

  /**
   * The counters are older than the rotor, so they can show fewer steps and never more, but for one a rotor may be pulled
   * back when it is let go: it makes that one twice.
   */
  #compareCounters(counted: number): void {
    if (counted <= this.#steps + this.#released) return
    const detail = `the rig counted ${counted} steps where the rotor made ${this.#steps}`
    this.#recorder.record({ kind: 'violation', t_us: wholeMicroseconds(this.#now_us), law: 'rig counters', detail })
  }

  /** Every step under way has arrived: records what was truly delivered. */
  #finish(): void {
    const { duration_us } = this.#scenario
    this.#plant.deliver(this.#motion.collect(), duration_us)
    this.#plant.conclude(duration_us)
    this.#recordWire(duration_us)
    this.#recorder.end(wholeMicroseconds(duration_us), true, 'the duration of the scenario has passed')
  }
}

function isBefore(at_us: Rational, work: Work | null): boolean {
  return work === null || compare(at_us, work.at_us) < 0
}

/** The first tick at or after the instant. */
function ticksUntil(at_us: Rational): number {
  return toSafeInteger(ceil({ n: at_us.n, d: at_us.d * TICK }))
}

/** The last tick at or before the instant. */
function ticksThrough(at_us: Rational): number {
  return toSafeInteger(floor({ n: at_us.n, d: at_us.d * TICK }))
}
