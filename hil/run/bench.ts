/**
 * The bench: pump, motor and plant joined on one axis of time.
 *
 * Work is taken in the order of its instant. At one instant the plant comes first, for it lives in the past by one
 * playout; then what the pump does by itself; then the script; then segments for the motor; then the end.
 */
import type { PumpDefinition } from '#hil/pump/pump'
import { PLAYOUT_us, type Rig, type RigDefinition, TICK_us } from '#hil/rig/rig'
import { wholeMicroseconds } from '#hil/run/exact'
import { GuardedRig } from '#hil/run/guarded-rig'
import { Motion } from '#hil/run/motion'
import { PlantSide } from '#hil/run/plant-side'
import { programOf, type RefillEvent, refillProgram } from '#hil/run/programs'
import { PumpSide } from '#hil/run/pump-side'
import type { Recorder } from '#hil/run/recorder'
import { type ScriptItem, scriptOf } from '#hil/run/script'
import type { Scenario } from '#hil/scenario/types'
import { as, type Time_us } from '#units/quantity'
import {
  add,
  compare,
  floor,
  larger,
  type Rational,
  ratio,
  toNumber,
  toSafeInteger,
  whole,
  ZERO,
} from '#units/rational'

/** What the plant does one playout after the instant it belongs to. */
type PlantWork = { readonly at_us: Time_us } & (
  | { readonly kind: 'collect' }
  | { readonly kind: 'refill'; readonly event: RefillEvent }
)

type Work = { readonly at_us: Rational } & (
  | { readonly kind: 'plant'; readonly work: PlantWork }
  | { readonly kind: 'wake' }
  | { readonly kind: 'script'; readonly item: ScriptItem }
  | { readonly kind: 'dispatch' }
  | { readonly kind: 'end' }
)

const PLAYOUT = whole(PLAYOUT_us)

export class Bench {
  readonly #scenario: Scenario
  readonly #names: { readonly pump: string; readonly rig: string }
  readonly #rig: Rig
  readonly #motion: Motion
  readonly #pump: PumpSide
  readonly #plant: PlantSide
  readonly #recorder: Recorder
  readonly #script: readonly ScriptItem[]
  #played = 0
  #plantWork: PlantWork[] = []
  #now_us: Rational = ZERO
  #therapyEnded = false
  /** Steps the rotor made, to hold the rig's counters against. */
  #steps = 0

  constructor(scenario: Scenario, pump: PumpDefinition, rig: RigDefinition, recorder: Recorder) {
    this.#scenario = scenario
    this.#names = { pump: pump.name, rig: rig.name }
    this.#recorder = recorder
    this.#rig = new GuardedRig(rig.create())
    this.#motion = new Motion(this.#rig)
    this.#pump = new PumpSide(scenario, pump, this.#motion, recorder)
    this.#plant = new PlantSide(scenario, recorder)
    this.#script = scriptOf(scenario)
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
    this.#plant.begin()
    this.#pump.begin()
  }

  /** Does the next piece of work; false when the run is over. */
  async workNext(): Promise<boolean> {
    const work = this.#earliest()
    if (work === null) {
      await this.#finish()
      return false
    }
    await this.#advanceRig(work.at_us)
    this.#now_us = work.at_us
    await this.#do(work)
    if (!this.#therapyEnded) await this.#motion.dispatch(ticksThrough(work.at_us))
    return true
  }

  /** Stops the motor and ends the record early, with whatever was delivered so far. */
  async abandon(reason: string): Promise<void> {
    await this.#rig.close()
    this.#plant.deliver(this.#motion.collect(), this.#now_us)
    this.#recorder.end(wholeMicroseconds(this.#now_us), false, reason)
  }

  async close(): Promise<void> {
    await this.#rig.close()
  }

  #recordHeader(rig_identity: string): void {
    const { name, seed, origin, pump } = this.#scenario
    this.#recorder.record({
      kind: 'header',
      schema: 'pumpbench/trace@1',
      scenario: name,
      pump: this.#names.pump,
      rig: this.#names.rig,
      rig_identity,
      provenance: this.#rig.provenance,
      seed,
      file_sha256: origin.sha256,
      text: origin.text,
      model: { name: pump.name, ...origin.modelFigures },
    })
  }

  /** The work with the earliest instant; the first of the list at equal instants. */
  #earliest(): Work | null {
    const [plant] = this.#plantWork
    const candidates: (Work | null)[] = [
      plant === undefined ? null : { kind: 'plant', at_us: add(plant.at_us, PLAYOUT), work: plant },
    ]
    if (!this.#therapyEnded) candidates.push(...this.#therapyWork())
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
    return [
      wake_us === null || compare(wake_us, duration_us) > 0
        ? null
        : { kind: 'wake', at_us: larger(wake_us, this.#now_us) },
      item === undefined ? null : { kind: 'script', at_us: item.at_us, item },
      Number.isFinite(tick) ? { kind: 'dispatch', at_us: larger(whole(tick * TICK_us), this.#now_us) } : null,
      { kind: 'end', at_us: duration_us },
    ]
  }

  async #do(work: Work): Promise<void> {
    switch (work.kind) {
      case 'plant':
        this.#plantWork.shift()
        this.#plant.deliver(this.#motion.collect(), this.#now_us)
        if (work.work.kind === 'refill') this.#plant.refill(work.work.at_us, work.work.event)
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
    }
  }

  async #play(item: ScriptItem): Promise<void> {
    const { at_us } = item
    switch (item.kind) {
      case 'program':
        await this.#pump.program(at_us, item.entry.text, programOf(item.entry))
        break
      case 'refill':
        this.#plantWork.push({ kind: 'refill', at_us, event: item.event })
        await this.#pump.program(at_us, 'refill', refillProgram(item.event))
        await this.#pump.interrogate(at_us)
        break
      case 'interrogate':
        await this.#pump.interrogate(at_us)
        break
      case 'sample':
        this.#plantWork.push({ kind: 'collect', at_us })
        await this.#pump.interrogate(at_us)
        break
    }
  }

  async #advanceRig(at_us: Rational): Promise<void> {
    const to_tick = ticksThrough(at_us)
    for (let now_tick = -1; now_tick < to_tick; ) {
      const report = await this.#rig.advance(to_tick)
      this.#motion.made(report.motion)
      for (const cadence of report.motion) this.#steps += cadence.count
      for (const { forward, lost } of report.feedback) this.#compareCounters(forward - lost)
      now_tick = report.now_tick
    }
  }

  /** The counters are older than the rotor, so they can show fewer steps and never more. */
  #compareCounters(counted: number): void {
    if (counted <= this.#steps) return
    const detail = `the rig counted ${counted} steps where the rotor made ${this.#steps}`
    this.#recorder.record({ kind: 'violation', t_us: wholeMicroseconds(this.#now_us), law: 'rig counters', detail })
  }

  /** Lets every step under way arrive, and records what was truly delivered. */
  async #finish(): Promise<void> {
    const { duration_us } = this.#scenario
    await this.#advanceRig(add(duration_us, whole(2 * PLAYOUT_us)))
    this.#plant.deliver(this.#motion.collect(), duration_us)
    this.#plant.conclude(duration_us)
    this.#recorder.end(wholeMicroseconds(duration_us), true, 'the duration of the scenario has passed')
  }
}

/** The last tick at or before the instant. */
function ticksThrough(at_us: Rational): number {
  return toSafeInteger(floor(ratio(at_us.n, at_us.d * BigInt(TICK_us))))
}
