/**
 * The plant's side of the bench: steps of the rotor become volume and drug, on record, and the books are balanced after
 * every movement.
 */
import type { Effect, PlantDeed } from '#hil/fault/fault'
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
import { as, type Fraction, type Time_us, type Volume_uL } from '#units/quantity'
import { add, compare, divide, isPositive, multiply, ONE, type Rational, whole, ZERO } from '#units/rational'

export class PlantSide {
  readonly #plant: Plant
  readonly #recorder: Recorder
  readonly #onEffect: (at_us: Time_us, effect: Effect) => void
  readonly #capacity_uL: Volume_uL
  readonly #compliance_uL: Volume_uL
  /** How many times what it would a step moves, by each fault that is at work. */
  readonly #factors = new Map<number, Fraction>()

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

  #recordDelivered({ cadence, displaced_uL, tip_uL, tip, leaked, blocked }: Delivered): void {
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
    this.#onEffect(first_us, { displaced_uL, leaked_uL: leaked.volume_uL, blocked })
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
        this.#factors.set(number, act.factor)
        this.#plant.amplify(as([...this.#factors.values()].reduce<Rational>(multiply, ONE)))
        break
    }
    this.#balance(at_us)
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
    this.#onEffect(at_us, { displaced_uL: as(ZERO), leaked_uL: leaked.volume_uL, blocked: false })
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
    const { volume_uL, solution } = syringe(fill.actual)
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
