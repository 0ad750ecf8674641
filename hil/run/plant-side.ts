/**
 * The plant's side of the bench: steps of the rotor become volume and drug, on record, and the books are balanced after
 * every movement.
 */
import { type Effect, NO_EFFECT, type PlantDeed } from '#hil/fault/fault'
import { portionIn } from '#hil/plant/line'
import { type Delivered, Plant, portionInLine, type Syringe } from '#hil/plant/plant'
import { profileOf } from '#hil/plant/profile'
import { massesIn } from '#hil/plant/solution'
import { gainAt, type Stroke } from '#hil/plant/stroke'
import { TICK_us } from '#hil/rig/rig'
import { byDrug, byDrugAgain, exact, exactAgain, wholeMicroseconds } from '#hil/run/exact'
import type { Recorder } from '#hil/run/recorder'
import type { RefillEvent } from '#hil/run/script'
import type { BenchEvent } from '#hil/scenario/event-names'
import type { Fill, PlantTruth, Scenario } from '#hil/scenario/types'
import type { Cadence } from '#units/cadence'
import { decimal } from '#units/format'
import { as, type Fraction, type Temperature_degC, type Time_us, type Volume_uL } from '#units/quantity'
import {
  add,
  compare,
  divide,
  equal,
  isPositive,
  multiply,
  ONE,
  type Rational,
  subtract,
  whole,
  ZERO,
} from '#units/rational'

export class PlantSide {
  readonly #plant: Plant
  readonly #recorder: Recorder
  readonly #onEffect: (at_us: Time_us, effect: Effect) => void
  readonly #capacity_uL: Volume_uL
  readonly #compliance_uL: Volume_uL
  readonly #truth: PlantTruth
  /** How many times what it would a step moves, by each fault that is at work. */
  readonly #factors = new Map<number, Fraction>()
  /** Which of them are of heat, and how much too much or beside it a refill puts in that is yet to come. */
  readonly #heats = new Set<number>()
  readonly #diversions: Fraction[] = []
  readonly #surpluses: Volume_uL[] = []

  /**
   * `step_uL` is what a step of the motor moves where nothing of this very plant departs from it. `onEffect` is told what
   * steps did, from the first of them on, and what left the line at once.
   */
  constructor(
    scenario: Scenario,
    step_uL: Volume_uL,
    recorder: Recorder,
    onEffect: (at_us: Time_us, effect: Effect) => void,
  ) {
    const { pump, fill, line, catheter_uL, flow, plant } = scenario
    this.#recorder = recorder
    this.#onEffect = onEffect
    this.#capacity_uL = pump.reservoir_uL
    this.#compliance_uL = plant.compliance_uL
    this.#truth = plant
    this.#plant = new Plant({
      step_uL,
      stroke: strokeOf(plant, pump.step_uL),
      line_uL: as(add(pump.tube_uL, catheter_uL)),
      flow,
      fill: syringe(fill.actual),
      line,
      ...(isPositive(plant.overfillGain)
        ? { overfill: { capacity_uL: pump.reservoir_uL, gain: as(add(ONE, plant.overfillGain)) } }
        : {}),
    })
  }

  /** Records what line and reservoir hold before the first step. */
  begin(): void {
    const { reservoir_uL, reservoir } = this.#plant.state
    const line = portionInLine(this.#plant.state)
    this.#recorder.record({
      kind: 'line',
      t_us: 0,
      volume_uL: exact(line.volume_uL),
      mass_ug: byDrug(line.masses),
    })
    this.#recorder.record({
      kind: 'fill',
      t_us: 0,
      withdrawn_uL: '0',
      withdrawn_ug: [],
      volume_uL: exact(reservoir_uL),
      filled_ug: byDrug(massesIn(reservoir, reservoir_uL)),
    })
  }

  /** Turns the plant by steps the rotor made, and records what each moved. `now_us` dates a book that does not close. */
  deliver(runs: readonly Cadence[], now_us: Rational): void {
    for (const run of runs) {
      for (const moved of this.#plant.turn(run)) this.#recordDelivered(moved)
      this.#balance(now_us)
    }
  }

  #recordDelivered({ cadence, displaced_uL, tip_uL, tip, leaked, blocked, slipped }: Delivered): void {
    const given = {
      kind: 'delivered' as const,
      cadence,
      displaced_uL: exactAgain(displaced_uL),
      tip_uL: exactAgain(tip_uL),
      tip_ug: byDrugAgain(tip),
    }
    const leaks = isPositive(leaked.volume_uL)
    const lost = leaks && { leaked_uL: exact(leaked.volume_uL), leaked_ug: byDrug(leaked.masses) }
    this.#recorder.record(lost ? { ...given, ...lost } : given)
    const first_us = as<Time_us>(whole(cadence.first * TICK_us))
    const heated = this.#heats.size > 0 && isPositive(displaced_uL)
    this.#onEffect(first_us, { ...NO_EFFECT, displaced_uL, leaked_uL: leaked.volume_uL, blocked, slipped, heated })
  }

  /** Does what a fault does to the plant. `number` tells it from others that are at work. */
  befall(at_us: Time_us, number: number, act: PlantDeed): void {
    switch (act.kind) {
      case 'starve':
        this.#plant.starve(act.starved)
        break
      case 'occlude':
        this.#plant.occlude(act.compliance_uL ?? this.#compliance_uL)
        break
      case 'release':
        this.#release(at_us)
        break
      case 'leak':
        this.#plant.leak(act.leak)
        break
      case 'amplify':
        this.#amplify(number, act.factor)
        break
      case 'heat':
        this.#heat(number, act.to_degC)
        break
      case 'slip':
        this.#plant.slip(act.every_steps)
        break
      case 'escape':
        this.#escape(at_us, act.volume_uL)
        break
      case 'divert':
        this.#diversions.push(act.fraction)
        break
      case 'overfill':
        this.#surpluses.push(act.by_uL)
        break
      case 'inject':
        this.#inject(at_us, act.volume_uL)
        break
    }
    this.#balance(at_us)
  }

  #amplify(number: number, factor: Fraction): void {
    this.#factors.set(number, factor)
    this.#plant.amplify(as([...this.#factors.values()].reduce<Rational>(multiply, ONE)))
  }

  /** A warmer pump moves more with each step, a colder one less; both against the temperature that it has without a fault. */
  #heat(number: number, to_degC: Temperature_degC | null): void {
    const { temperature_degC, temperatureCoefficient_per_degC } = this.#truth
    const gain = (degC: Temperature_degC) => gainAt(as(ZERO), degC, temperatureCoefficient_per_degC)
    const factor = divide(gain(to_degC ?? temperature_degC), gain(temperature_degC))
    if (equal(factor, ONE)) this.#heats.delete(number)
    else this.#heats.add(number)
    this.#amplify(number, as(factor))
  }

  #escape(at_us: Time_us, volume_uL: Volume_uL): void {
    const gone = this.#plant.escape(volume_uL)
    if (!isPositive(gone.volume_uL)) return
    const t_us = wholeMicroseconds(at_us)
    this.#recorder.record({ kind: 'escape', t_us, volume_uL: exact(gone.volume_uL), mass_ug: byDrug(gone.masses) })
    this.#onEffect(at_us, { ...NO_EFFECT, escaped_uL: gone.volume_uL })
  }

  #inject(at_us: Time_us, volume_uL: Volume_uL): void {
    const { masses } = this.#plant.inject(volume_uL)
    const t_us = wholeMicroseconds(at_us)
    this.#recorder.record({ kind: 'injection', t_us, tip_uL: exact(volume_uL), tip_ug: byDrug(masses) })
  }

  /** What had gathered before a blockage goes out at once, without a step. */
  #release(at_us: Time_us): void {
    const { tip, leaked } = this.#plant.release()
    if (!isPositive(tip.volume_uL) && !isPositive(leaked.volume_uL)) return
    this.#recorder.record({
      kind: 'surge',
      t_us: wholeMicroseconds(at_us),
      tip_uL: exact(tip.volume_uL),
      tip_ug: byDrug(tip.masses),
      leaked_uL: exact(leaked.volume_uL),
      leaked_ug: byDrug(leaked.masses),
    })
    this.#onEffect(at_us, { ...NO_EFFECT, leaked_uL: leaked.volume_uL })
  }

  /** Records where the line holds what. */
  profile(at_us: Time_us): void {
    const { state } = this.#plant
    const { volume_uL, masses } = portionIn(state.blockage?.swelling ?? [])
    this.#recorder.record({
      kind: 'profile',
      t_us: wholeMicroseconds(at_us),
      swelling_uL: exact(volume_uL),
      swelling_ug: byDrug(masses),
      stretches: profileOf(state).map((stretch) => ({
        from_uL: exact(stretch.from_uL),
        to_uL: exact(stretch.to_uL),
        fluid: stretch.fluid,
        mass_ug: byDrug(stretch.masses),
      })),
    })
  }

  /** Draws out and fills, by what the syringes truly hold. Returns how much was drawn. */
  refill(at_us: Time_us, event: RefillEvent): Volume_uL {
    const { withdraw, fill } = event
    const { volume_uL: meant_uL, solution } = syringe(fill.actual)
    const volume_uL = this.#entering(at_us, meant_uL)
    const drawn = this.#plant.refill(withdraw.amount === 'all' ? 'all' : withdraw.volume_uL, { volume_uL, solution })
    this.#recorder.record({
      kind: 'fill',
      t_us: wholeMicroseconds(at_us),
      withdrawn_uL: exact(drawn.volume_uL),
      withdrawn_ug: byDrug(drawn.masses),
      volume_uL: exact(volume_uL),
      filled_ug: byDrug(massesIn(solution, volume_uL)),
    })
    this.#noteOverfill(at_us)
    this.#balance(at_us)
    return drawn.volume_uL
  }

  /** What of a refill comes into the reservoir: all of it, unless it is more than it should be, or goes beside. */
  #entering(at_us: Time_us, meant_uL: Volume_uL): Volume_uL {
    const [surplus_uL, fraction] = [this.#surpluses.shift(), this.#diversions.shift()]
    const injected_uL = surplus_uL === undefined ? meant_uL : as<Volume_uL>(add(meant_uL, surplus_uL))
    if (fraction === undefined) return injected_uL
    const beside_uL = as<Volume_uL>(multiply(injected_uL, fraction))
    const event: BenchEvent = 'pocket-filled'
    const detail = `${decimal(beside_uL)} of ${decimal(injected_uL)} uL went beside the reservoir`
    this.#recorder.record({ kind: 'event', t_us: wholeMicroseconds(at_us), event, detail })
    this.#onEffect(at_us, { ...NO_EFFECT, beside_uL })
    return as(subtract(injected_uL, beside_uL))
  }

  /** Records what reservoir and line truly hold, and where, and what has leaked. */
  conclude(at_us: Time_us): void {
    this.profile(at_us)
    const { reservoir_uL, reservoir, leaked } = this.#plant.state
    const line = portionInLine(this.#plant.state)
    this.#recorder.record({
      kind: 'truth',
      t_us: wholeMicroseconds(at_us),
      reservoir_uL: exact(reservoir_uL),
      reservoir_ug: byDrug(massesIn(reservoir, reservoir_uL)),
      line_uL: exact(line.volume_uL),
      line_ug: byDrug(line.masses),
      leaked_uL: exact(leaked.volume_uL),
      leaked_ug: byDrug(leaked.masses),
    })
  }

  /** A reservoir that was filled on top of a residual may hold more than it is made for. */
  #noteOverfill(at_us: Time_us): void {
    const { reservoir_uL } = this.#plant.state
    if (compare(reservoir_uL, this.#capacity_uL) <= 0) return
    const event: BenchEvent = 'overfilled'
    const detail = `the reservoir of ${decimal(this.#capacity_uL)} uL holds ${decimal(reservoir_uL)} uL`
    this.#recorder.record({ kind: 'event', t_us: wholeMicroseconds(at_us), event, detail })
    this.#onEffect(at_us, { ...NO_EFFECT, beyond_uL: as(subtract(reservoir_uL, this.#capacity_uL)) })
  }

  #balance(now_us: Rational): void {
    for (const { what, expected, found } of this.#plant.imbalances()) {
      const detail = `${what}: ${found} found where ${expected} should be`
      this.#recorder.record({ kind: 'violation', t_us: wholeMicroseconds(now_us), law: 'conservation', detail })
    }
  }
}

function strokeOf(plant: PlantTruth, step_uL: Volume_uL): Stroke {
  const { gain, temperature_degC, temperatureCoefficient_per_degC, wear } = plant
  return {
    gain: gainAt(gain, temperature_degC, temperatureCoefficient_per_degC),
    wear: wear === null ? null : { change: wear.change, stage_steps: divide(wear.stage_uL, step_uL) },
  }
}

function syringe(fill: Fill): Syringe {
  return { volume_uL: fill.volume_uL, solution: new Map([[fill.drug, fill.concentration_ug_per_uL]]) }
}
