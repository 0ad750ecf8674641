/**
 * The bench: pump, motor and plant joined on one axis of time.
 *
 * Work is taken in the order of its instant. At one instant the plant comes first, for it lives in the past by one
 * playout; then what the pump hears of its motor; then what befalls it; then the script; then what the pump does by
 * itself; then segments for the motor; then the end.
 */
import type { PumpDefinition } from '#hil/pump/pump'
import { PLAYOUT_us, type RigDefinition, RigError, TICK_us } from '#hil/rig/rig'
import { Agenda } from '#hil/run/agenda'
import { wholeMicroseconds } from '#hil/run/exact'
import { FaultSide } from '#hil/run/fault-side'
import { GuardedRig } from '#hil/run/guarded-rig'
import { headerOf } from '#hil/run/header'
import { type MeasuredRig, strangeTo, trueStep_uL } from '#hil/run/measured-rig'
import { Motion } from '#hil/run/motion'
import { PlantSide } from '#hil/run/plant-side'
import { entryOrder, eventOrder, refillOrder } from '#hil/run/programs'
import { PumpSide } from '#hil/run/pump-side'
import type { Recorder } from '#hil/run/recorder'
import { RotorWatch, type Tidings } from '#hil/run/rotor-watch'
import { type Doing, type ScriptItem, scriptOf } from '#hil/run/script'
import type { Befalling, PlantWork, Work } from '#hil/run/work'
import type { Scenario } from '#hil/scenario/types'
import { as, type Time_us } from '#units/quantity'
import { add, compare, floor, larger, type Rational, toNumber, toSafeInteger, whole, ZERO } from '#units/rational'

const PLAYOUT = whole(PLAYOUT_us)
const ROUND_TRIP = whole(2 * PLAYOUT_us)
const TICK = BigInt(TICK_us)

export class Bench {
  readonly #scenario: Scenario
  readonly #names: { readonly pump: string; readonly rig: string }
  readonly #rig: GuardedRig
  readonly #measured: MeasuredRig | null
  readonly #motion: Motion
  readonly #pump: PumpSide
  readonly #plant: PlantSide
  readonly #faults: FaultSide
  readonly #watch: RotorWatch
  readonly #recorder: Recorder
  readonly #script: readonly ScriptItem[]
  #played = 0
  readonly #plantWork = new Agenda<PlantWork>()
  readonly #befallings = new Agenda<Befalling>()
  #now_us: Rational = ZERO
  #therapyEnded = false
  #drained = false
  /** Steps the rotor made, to hold the rig's counters against. */
  #steps = 0
  /** How often the rotor was let go: each time it may turn by a step that was not its coils'. */
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
    this.#rig = new GuardedRig(rig.create())
    this.#motion = new Motion(this.#rig)
    this.#watch = new RotorWatch(this.#motion)
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
      if (deed.to === 'rotor') this.#plantWork.enter({ kind: 'rotor', at_us, turn, held: deed.held })
      else if (deed.to === 'plant') this.#plantWork.enter({ kind: 'befallen', at_us, turn, act: deed.act })
      else this.#befallings.enter({ kind: 'fault', at_us, turn })
    }
  }

  /** How far the run has come. */
  get simulated_s(): number {
    return toNumber(this.#now_us) / 1e6
  }

  async open(): Promise<void> {
    try {
      await this.#rig.open()
    } catch (error) {
      this.#recordHeader('none: it could not be opened')
      throw error
    }
    this.#recordHeader(this.#rig.identity)
    const stranger = this.#measured && strangeTo(this.#measured, { rig: this.#names.rig, identity: this.#rig.identity })
    if (stranger) throw new RigError(stranger)
    if (this.#faults.needsHold && !this.#rig.holds)
      throw new RigError(
        `the rig ${this.#names.rig} cannot carry the fault motor-stall: it has no way to hold its rotor`,
      )
    this.#plant.begin()
    this.#pump.begin()
  }

  /** Does the next piece of work; false when the run is over. */
  async workNext(): Promise<boolean> {
    const work = this.#earliest()
    if (work === null) {
      this.#finish()
      return false
    }
    // What the rig tells on the way can bring up something that comes first.
    if (!(await this.#advanceRig(work.at_us))) return true
    this.#now_us = work.at_us
    await this.#do(work)
    if (!this.#therapyEnded) await this.#motion.dispatch(ticksThrough(work.at_us))
    return true
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
    await this.#rig.close()
  }

  #recordHeader(rig_identity: string): void {
    const equipment = { ...this.#names, rig_identity, provenance: this.#rig.provenance }
    const calibration = this.#measured?.calibration
    this.#recorder.record(
      headerOf(this.#scenario, calibration === undefined ? equipment : { ...equipment, calibration }),
    )
  }

  /** The work with the earliest instant; the first of the list at equal instants. */
  #earliest(): Work | null {
    if (this.#drained) return null
    const { next } = this.#plantWork
    const tidings = this.#watch.next()
    const candidates: (Work | null)[] = [
      next === undefined ? null : { kind: 'plant', at_us: add(next.at_us, PLAYOUT), work: next },
      tidings === null ? null : { kind: 'tidings', at_us: tidings.at_us, tidings },
    ]
    if (this.#therapyEnded) candidates.push({ kind: 'drained', at_us: add(this.#scenario.duration_us, ROUND_TRIP) })
    else candidates.push(...this.#therapyWork())
    let earliest: Work | null = null
    for (const candidate of candidates) {
      if (candidate !== null && (earliest === null || compare(candidate.at_us, earliest.at_us) < 0))
        earliest = candidate
    }
    return earliest
  }

  #therapyWork(): (Work | null)[] {
    const { duration_us } = this.#scenario
    const item = this.#script[this.#played]
    const tick = this.#motion.nextDispatch_tick()
    const wake_us = this.#pump.wake_us
    const { next: befalling } = this.#befallings
    return [
      befalling === undefined ? null : { kind: 'befalling', at_us: befalling.at_us, befalling },
      item === undefined ? null : { kind: 'script', at_us: item.at_us, item },
      wake_us === null || compare(wake_us, duration_us) > 0
        ? null
        : { kind: 'wake', at_us: larger(wake_us, this.#now_us) },
      Number.isFinite(tick) ? { kind: 'dispatch', at_us: larger(whole(tick * TICK_us), this.#now_us) } : null,
      { kind: 'end', at_us: duration_us },
    ]
  }

  async #do(work: Work): Promise<void> {
    switch (work.kind) {
      case 'plant':
        this.#plantWork.taken()
        await this.#move(work.work)
        break
      case 'tidings':
        await this.#tell(work.tidings)
        break
      case 'befalling':
        this.#befallings.taken()
        await this.#befall(work.befalling)
        break
      case 'wake':
        await this.#pump.wake(as(work.at_us))
        break
      case 'script':
        this.#played += 1
        await this.#play(work.item)
        break
      case 'dispatch':
        break
      case 'end':
        // Steps due later than the last instant of the therapy are not part of the run.
        this.#therapyEnded = true
        await this.#pump.conclude(this.#scenario.duration_us)
        await this.#motion.cancel(this.#scenario.duration_us)
        break
      case 'drained':
        this.#drained = true
        break
    }
  }

  async #move(work: PlantWork): Promise<void> {
    switch (work.kind) {
      case 'collect':
        this.#plant.deliver(this.#motion.collect(), this.#now_us)
        break
      case 'refill': {
        this.#plant.deliver(this.#motion.collect(), this.#now_us)
        const measured_uL = this.#plant.refill(work.at_us, work.event)
        const at_us = as<Time_us>(add(work.at_us, ROUND_TRIP))
        // Who drew all of it enters what it was, if the pump has heard of the refill at all.
        if (work.event.withdraw.amount === 'all' && work.sent.state === 'applied')
          this.#befallings.enter({ kind: 'residual', at_us, measured_uL })
        break
      }
      case 'rotor': {
        const wasHeld = this.#faults.held
        this.#faults.turned(work.turn)
        const { held } = this.#faults
        if (wasHeld && !held) this.#released += 1
        if (wasHeld !== held) await this.#rig.hold(held, ticksThrough(this.#now_us))
        break
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

  async #tell(tidings: Tidings): Promise<void> {
    const { at_us, due_us, moved } = tidings
    this.#watch.told(tidings)
    if (!moved) this.#faults.stepLost(due_us)
    if (this.#therapyEnded) this.#pump.drain(at_us, { kind: 'rotor', due_us, moved }, this.#scenario.duration_us)
    else await this.#pump.meet(at_us, { kind: 'rotor', due_us, moved })
  }

  async #befall(befalling: Befalling): Promise<void> {
    const { at_us } = befalling
    switch (befalling.kind) {
      case 'power-returns':
        this.#faults.powerReturned(befalling.cut, at_us)
        await this.#pump.restorePower(at_us)
        break
      case 'residual':
        await this.#pump.meet(at_us, { kind: 'residual', measured_uL: befalling.measured_uL })
        break
      case 'fault': {
        const { turn } = befalling
        this.#faults.turned(turn)
        if (turn.deed.to === 'pump') await this.#pump.meet(at_us, turn.deed.input)
        this.#faults.met(turn)
        break
      }
    }
  }

  #powerChanged(on: boolean, at_us: Time_us): void {
    if (on) return
    const cut = this.#faults.powerLost(at_us)
    if (cut !== null) this.#befallings.enter({ kind: 'power-returns', at_us: cut.at_us, cut })
  }

  async #play(item: ScriptItem): Promise<void> {
    const { at_us } = item
    switch (item.kind) {
      case 'program':
        await this.#pump.program(at_us, entryOrder(item.entry))
        break
      case 'refill': {
        const sent = await this.#pump.program(at_us, refillOrder(item.event))
        this.#plantWork.enter({ kind: 'refill', at_us, event: item.event, sent })
        await this.#pump.interrogate(at_us, 'observe')
        break
      }
      case 'do':
        await this.#playEvent(item.event)
        break
      case 'sample':
        this.#plantWork.enter({ kind: 'collect', at_us })
        await this.#pump.interrogate(at_us, 'observe')
        break
    }
  }

  async #playEvent(event: Doing): Promise<void> {
    const { at_us } = event
    switch (event.kind) {
      case 'set-clock':
      case 'restart': {
        const order = eventOrder(event)
        if (order !== null) await this.#pump.program(at_us, order)
        break
      }
      case 'interrogate':
        this.#plantWork.enter({ kind: 'profile', at_us })
        await this.#pump.interrogate(at_us, 'interrogate')
        break
      default:
        await this.#pump.command(at_us, event.kind)
    }
  }

  /** Runs the rig to the instant; false when the rig has lost steps and stands where it told so. */
  async #advanceRig(at_us: Rational): Promise<boolean> {
    const to_tick = ticksThrough(at_us)
    for (let now_tick = -1; now_tick < to_tick; ) {
      const report = await this.#rig.advance(to_tick)
      this.#motion.made(report.motion)
      for (const cadence of report.motion) this.#steps += cadence.count
      for (const { forward, lost } of report.feedback) this.#compareCounters(forward - lost)
      now_tick = report.now_tick
      if (report.lost.length === 0) continue
      this.#watch.note(report.lost)
      return false
    }
    return true
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

/** The last tick at or before the instant. */
function ticksThrough(at_us: Rational): number {
  return toSafeInteger(floor({ n: at_us.n, d: at_us.d * TICK }))
}
