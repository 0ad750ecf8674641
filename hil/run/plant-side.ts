/**
 * The plant's side of the bench: steps of the rotor become volume and drug, on record, and the books are balanced after
 * every movement.
 */
import { Plant, portionInLine, type Syringe } from '#hil/plant/plant'
import { massesIn } from '#hil/plant/solution'
import { byDrug, exact, wholeMicroseconds } from '#hil/run/exact'
import type { Recorder } from '#hil/run/recorder'
import type { RefillEvent } from '#hil/run/script'
import type { Fill, Scenario } from '#hil/scenario/types'
import type { Cadence } from '#units/cadence'
import { decimal } from '#units/format'
import { as, type Time_us, type Volume_uL } from '#units/quantity'
import { add, compare, type Rational } from '#units/rational'

export class PlantSide {
  readonly #plant: Plant
  readonly #recorder: Recorder
  readonly #capacity_uL: Volume_uL

  /** `step_uL` is what a step of the motor truly moves, whatever the pump takes it for. */
  constructor(scenario: Scenario, recorder: Recorder, step_uL: Volume_uL) {
    const { pump, fill, line, catheter_uL, flow } = scenario
    this.#recorder = recorder
    this.#capacity_uL = pump.reservoir_uL
    this.#plant = new Plant({
      step_uL,
      line_uL: as(add(pump.tube_uL, catheter_uL)),
      flow,
      fill: syringe(fill.actual),
      line,
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
      for (const { cadence, displaced_uL, tip_uL, tip } of this.#plant.turn(run)) {
        this.#recorder.record({
          kind: 'delivered',
          cadence,
          displaced_uL: exact(displaced_uL),
          tip_uL: exact(tip_uL),
          tip_ug: byDrug(tip),
        })
      }
      this.#balance(now_us)
    }
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

  /** Records what reservoir and line truly hold, and what has leaked. */
  conclude(at_us: Time_us): void {
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
    const detail = `the reservoir of ${decimal(this.#capacity_uL)} uL holds ${decimal(reservoir_uL)} uL`
    this.#recorder.record({ kind: 'event', t_us: wholeMicroseconds(at_us), event: 'overfilled', detail })
  }

  #balance(now_us: Rational): void {
    for (const { what, expected, found } of this.#plant.imbalances()) {
      const detail = `${what}: ${found} found where ${expected} should be`
      this.#recorder.record({ kind: 'violation', t_us: wholeMicroseconds(now_us), law: 'conservation', detail })
    }
  }
}

function syringe(fill: Fill): Syringe {
  return { volume_uL: fill.volume_uL, solution: new Map([[fill.drug, fill.concentration_ug_per_uL]]) }
}
