/**
 * The bench: pump, motor and plant joined on one axis of time.
 *
 * Work is taken in the order of its instant. At one instant the plant comes first, for it lives in the past by one
 * playout; then what the pump does by itself; then the script; then segments for the motor.
 */
import type { Programme, PumpInput, PumpOutput, Status } from '#firmware-sim/messages'
import { Plant, type Syringe } from '#hil/plant/plant'
import { massesInLine, fluidInLine } from '#hil/plant/line'
import { massesIn } from '#hil/plant/solution'
import type { Pump, PumpDefinition } from '#hil/pump/pump'
import { PLAYOUT_us, type Rig, type RigDefinition, TICK_us } from '#hil/rig/rig'
import { byDrug, exact, wholeMicroseconds } from '#hil/run/exact'
import { Motion } from '#hil/run/motion'
import { programmeOf, type RefillEvent, refillProgramme } from '#hil/run/programmes'
import { program, programmeRecord } from '#hil/run/programmer'
import { PumpError } from '#hil/run/pump-error'
import type { Recorder } from '#hil/run/recorder'
import { type ScriptItem, scriptOf } from '#hil/run/script'
import type { TraceRecord } from '#hil/run/trace'
import type { Fill, Scenario } from '#hil/scenario/types'
import { as, type Time_us } from '#units/quantity'
import { add, compare, floor, type Rational, ratio, toNumber, toSafeInteger, whole } from '#units/rational'

/** What the plant does one playout after the instant it belongs to. */
type PlantWork = { readonly at_us: Time_us } & ({ readonly kind: 'collect' } | { readonly kind: 'refill'; readonly event: RefillEvent })

type Work = { readonly at_us: Rational } & (
  | { readonly kind: 'plant'; readonly work: PlantWork }
  | { readonly kind: 'wake' }
  | { readonly kind: 'script'; readonly item: ScriptItem }
  | { readonly kind: 'dispatch' }
  | { readonly kind: 'end' }
)

const PLAYOUT = whole(PLAYOUT_us)
/** Wakes a pump may ask for at one instant. */
const WAKES_LIMIT = 1000

export class Bench {
  readonly #scenario: Scenario
  readonly #pump: Pump
  readonly #rig: Rig
  readonly #plant: Plant
  readonly #motion: Motion
  readonly #recorder: Recorder
  readonly #script: readonly ScriptItem[]
  readonly #names: { readonly pump: string; readonly rig: string }
  #next = 0
  #plantWork: PlantWork[] = []
  #wake_us: Time_us | null = null
  #lastWake_us: Rational | null = null
  #wakesHere = 0
  #now_us: Rational = whole(0)
  #ended = false
  #steps = 0

  constructor(scenario: Scenario, pump: PumpDefinition, rig: RigDefinition, recorder: Recorder) {
    const { programmed, actual } = scenario.fill
    this.#scenario = scenario
    this.#recorder = recorder
    this.#names = { pump: pump.name, rig: rig.name }
    this.#pump = pump.create({ model: scenario.pump, contents: programmed, volume_uL: programmed.volume_uL })
    this.#rig = rig.create()
    this.#motion = new Motion(this.#rig)
    this.#script = scriptOf(scenario)
    this.#plant = new Plant({
      step_uL: scenario.pump.step_uL,
      line_uL: as(add(scenario.pump.tube_uL, scenario.catheter_uL)),
      fill: syringe(actual),
      line: scenario.line,
    })
  }

  /** How far the run has come. */
  get simulated_s(): number {
    return toNumber(this.#now_us) / 1e6
  }

  async open(): Promise<void> {
    const { name, seed, origin, pump } = this.#scenario
    await this.#rig.open()
    this.#record({
      kind: 'header',
      schema: 'pumpbench/trace@1',
      scenario: name,
      pump: this.#names.pump,
      rig: this.#names.rig,
      rig_identity: this.#rig.identity,
      provenance: this.#rig.provenance,
      seed,
      file_sha256: origin.sha256,
      text: origin.text,
      model: { name: pump.name, ...origin.modelFigures },
    })
    const { reservoir_uL, reservoir, line } = this.#plant.state
    this.#record({ kind: 'line', t_us: 0, volume_uL: exact(fluidInLine(line)), mass_ug: byDrug(massesInLine(line)) })
    this.#record({
      kind: 'fill',
      t_us: 0,
      withdrawn_uL: '0',
      withdrawn_ug: [],
      volume_uL: exact(reservoir_uL),
      filled_ug: byDrug(massesIn(reservoir, reservoir_uL)),
    })
    this.#wake_us = this.#pump.nextWake()
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
    switch (work.kind) {
      case 'plant':
        this.#plantWork.shift()
        this.#workPlant(work.work)
        break
      case 'wake':
        this.#boundIdleWakes(work.at_us)
        await this.#absorb(this.#ask(as(work.at_us), { kind: 'wake' }))
        break
      case 'script':
        this.#next += 1
        await this.#play(work.item)
        break
      case 'dispatch':
        break
      case 'end':
        await this.#endOfTherapy(as(work.at_us))
        break
    }
    if (!this.#ended) await this.#motion.dispatch(ticksThrough(work.at_us))
    return true
  }

  /** Ends the record early, with whatever was delivered so far. */
  async abandon(reason: string): Promise<void> {
    await this.#rig.close()
    this.#deliver()
    this.#record({ kind: 'end', t_us: wholeMicroseconds(this.#now_us), complete: false, reason })
  }

  async close(): Promise<void> {
    await this.#rig.close()
  }

  /** The work with the earliest instant; the first of the list at equal instants. */
  #earliest(): Work | null {
    const plant = this.#plantWork[0]
    const candidates: (Work | null)[] = [
      plant === undefined ? null : { kind: 'plant', at_us: add(plant.at_us, PLAYOUT), work: plant },
    ]
    if (!this.#ended) candidates.push(...this.#therapyWork())
    let earliest: Work | null = null
    for (const candidate of candidates) {
      if (candidate !== null && (earliest === null || compare(candidate.at_us, earliest.at_us) < 0)) earliest = candidate
    }
    return earliest
  }

  #therapyWork(): (Work | null)[] {
    const { duration_us } = this.#scenario
    const item = this.#script[this.#next]
    const tick = this.#motion.nextDispatch_tick()
    const wake = this.#wake_us
    return [
      wake === null || compare(wake, duration_us) > 0 ? null : { kind: 'wake', at_us: wake },
      item === undefined ? null : { kind: 'script', at_us: item.at_us, item },
      Number.isFinite(tick) ? { kind: 'dispatch', at_us: whole(Math.max(0, tick * TICK_us)) } : null,
      { kind: 'end', at_us: duration_us },
    ]
  }

  async #advanceRig(at_us: Rational): Promise<void> {
    const to_tick = ticksThrough(at_us)
    for (let now = -1; now < to_tick; ) {
      const report = await this.#rig.advance(to_tick)
      this.#motion.made(report.motion)
      for (const cadence of report.motion) this.#steps += cadence.count
      for (const { forward, lost } of report.feedback) {
        if (forward - lost > this.#steps) {
          this.#violation('rig counters', `the rig counted ${forward - lost} steps where the rotor made ${this.#steps}`)
        }
      }
      now = report.now_tick
    }
  }

  async #play(item: ScriptItem): Promise<void> {
    switch (item.kind) {
      case 'program':
        await this.#program(item.at_us, item.entry.text, programmeOf(item.entry))
        break
      case 'refill':
        this.#plantWork.push({ kind: 'refill', at_us: item.at_us, event: item.event })
        await this.#program(item.at_us, 'refill', refillProgramme(item.event))
        await this.#interrogate(item.at_us)
        break
      case 'interrogate':
        await this.#interrogate(item.at_us)
        break
      case 'sample':
        this.#plantWork.push({ kind: 'collect', at_us: item.at_us })
        await this.#interrogate(item.at_us)
        break
    }
  }

  async #program(at_us: Time_us, text: string, programme: Programme): Promise<void> {
    const others: PumpOutput[] = []
    const t_us = wholeMicroseconds(at_us)
    const programmed = this.#guard(() => program(this.#pump, at_us, programme, (outputs) => others.push(...outputs)))
    if (programmed.applied) {
      const { readback, digest, stored } = programmed
      this.#record({
        kind: 'applied',
        t_us,
        at_us: exact(at_us),
        text,
        readback: programmeRecord(stored),
        daily_uL: readback === null ? '0' : exact(readback.daily_uL),
        previousDaily_uL: readback?.previousDaily_uL == null ? null : exact(readback.previousDaily_uL),
        digest,
      })
    } else {
      const { reason } = programmed
      this.#record({ kind: 'refused', t_us, at_us: exact(at_us), text, asked: programmeRecord(programme), reason })
    }
    await this.#absorb(others)
  }

  async #interrogate(at_us: Time_us): Promise<Status> {
    const outputs = this.#ask(at_us, { kind: 'interrogate' })
    await this.#absorb(outputs.filter((output) => output.kind !== 'status'))
    const answer = outputs.find((output) => output.kind === 'status')
    if (answer === undefined) throw new PumpError('the pump did not answer an interrogation')
    const { state, steps, volume_uL, dose_ug, reservoir_uL } = answer.status
    this.#record({
      kind: 'status',
      t_us: wholeMicroseconds(at_us),
      state,
      steps,
      volume_uL: exact(volume_uL),
      dose_ug: byDrug(dose_ug),
      reservoir_uL: exact(reservoir_uL),
    })
    return answer.status
  }

  /** The last instant of the therapy: later steps are taken back, and the pump's open account is read. */
  async #endOfTherapy(at_us: Time_us): Promise<void> {
    this.#ended = true
    const { open } = await this.#interrogate(at_us)
    if (open !== null) this.#recordBooked(at_us, open)
    await this.#motion.cancel(at_us)
  }

  async #finish(): Promise<void> {
    const end_us = add(this.#scenario.duration_us, whole(2 * PLAYOUT_us))
    await this.#advanceRig(end_us)
    this.#deliver()
    const { reservoir_uL, reservoir, line } = this.#plant.state
    const t_us = wholeMicroseconds(this.#scenario.duration_us)
    this.#record({
      kind: 'truth',
      t_us,
      reservoir_uL: exact(reservoir_uL),
      reservoir_ug: byDrug(massesIn(reservoir, reservoir_uL)),
      line_uL: exact(fluidInLine(line)),
      line_ug: byDrug(massesInLine(line)),
    })
    this.#record({ kind: 'end', t_us, complete: true, reason: 'the duration of the scenario has passed' })
  }

  #workPlant(work: PlantWork): void {
    this.#deliver()
    if (work.kind === 'collect') return
    const { actual } = work.event.fill
    const { withdraw } = work.event
    const drawn = this.#plant.refill(withdraw.amount === 'all' ? 'all' : withdraw.volume_uL, syringe(actual))
    this.#record({
      kind: 'fill',
      t_us: wholeMicroseconds(work.at_us),
      withdrawn_uL: exact(drawn.volume_uL),
      withdrawn_ug: byDrug(drawn.masses),
      volume_uL: exact(actual.volume_uL),
      filled_ug: byDrug(massesIn(syringe(actual).solution, actual.volume_uL)),
    })
    this.#balance()
  }

  /** Turns the plant by every step the rotor has made so far, and records what each moved. */
  #deliver(): void {
    for (const cadence of this.#motion.collect()) {
      for (const part of this.#plant.turn(cadence)) {
        this.#record({
          kind: 'delivered',
          cadence: part.cadence,
          displaced_uL: exact(part.displaced_uL),
          tip_uL: exact(part.tip_uL),
          tip_ug: byDrug(part.tip),
        })
      }
      this.#balance()
    }
  }

  #balance(): void {
    for (const { what, expected, found } of this.#plant.imbalances()) {
      this.#violation('conservation', `${what}: ${found} found where ${expected} should be`)
    }
  }

  #violation(law: string, detail: string): void {
    this.#record({ kind: 'violation', t_us: wholeMicroseconds(this.#now_us), law, detail })
  }

  async #absorb(outputs: readonly PumpOutput[]): Promise<void> {
    for (const output of outputs) {
      const t_us = wholeMicroseconds(output.at_us)
      switch (output.kind) {
        case 'order': {
          const { first_us, interval_us, count } = output
          this.#record({ kind: 'order', t_us, first_us: exact(first_us), interval_us: exact(interval_us), count })
          this.#motion.order(first_us, interval_us, count)
          break
        }
        case 'cancel':
          this.#record({ kind: 'cancel', t_us, after_us: exact(output.after_us) })
          await this.#motion.cancel(output.after_us)
          break
        case 'booked':
          this.#recordBooked(output.at_us, output.run)
          break
        case 'alarm':
          this.#record({ kind: 'alarm', t_us, alarm: output.alarm, priority: output.priority, state: output.state })
          break
        case 'event':
          this.#record({ kind: 'event', t_us, event: output.event, detail: output.detail })
          break
        case 'readback':
        case 'applied':
        case 'refused':
        case 'status':
          throw new PumpError(`the pump said "${output.kind}" without being asked`)
      }
    }
    this.#wake_us = this.#guard(() => this.#pump.nextWake())
  }

  #recordBooked(at_us: Time_us, run: NonNullable<Status['open']>): void {
    this.#record({
      kind: 'booked',
      t_us: wholeMicroseconds(at_us),
      first_us: exact(run.first_us),
      interval_us: exact(run.interval_us),
      count: run.count,
      step_uL: exact(run.step_uL),
      drug: run.drug,
      step_ug: exact(run.step_ug),
    })
  }

  /** A pump that asks to be woken again and again at one instant would keep the run there for ever. */
  #boundIdleWakes(at_us: Rational): void {
    this.#wakesHere = this.#lastWake_us !== null && compare(this.#lastWake_us, at_us) === 0 ? this.#wakesHere + 1 : 0
    this.#lastWake_us = at_us
    if (this.#wakesHere > WAKES_LIMIT) throw new PumpError('the pump asks to be woken again and again at the same instant')
  }

  #ask(at_us: Time_us, input: PumpInput): readonly PumpOutput[] {
    return this.#guard(() => this.#pump.react(at_us, input))
  }

  /** A pump under test may throw anything; the run must end as its failure and not as one of the bench. */
  #guard<T>(call: () => T): T {
    try {
      return call()
    } catch (error) {
      throw new PumpError(`the pump failed: ${error instanceof Error ? error.message : String(error)}`)
    }
  }

  #record(record: TraceRecord): void {
    this.#recorder.record(record)
  }
}

/** The last tick at or before the instant. */
function ticksThrough(at_us: Rational): number {
  return toSafeInteger(floor(ratio(at_us.n, at_us.d * BigInt(TICK_us))))
}

function syringe(fill: Fill): Syringe {
  return { volume_uL: fill.volume_uL, solution: new Map([[fill.drug, fill.concentration_ug_per_uL]]) }
}
