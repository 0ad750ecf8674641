/**
 * Accounting: what the pump believes it has delivered.
 *
 * Steps are booked at the instant they are due. Between two changes of rate they form one run; a run is closed when the
 * rate changes, and the open one is worked out whenever somebody asks, so that asking changes nothing. A step that turns
 * out not to have moved the rotor is withdrawn.
 */
import { readingAt } from '#firmware-sim/clock'
import { stepsAt } from '#firmware-sim/delivery'
import type { BookedRun, Status } from '#firmware-sim/messages'
import type { PumpModel } from '#firmware-sim/model'
import { believedVolume } from '#firmware-sim/reservoir'
import type { BookedMasses, PumpState } from '#firmware-sim/state'
import { as, type Concentration_ug_per_uL, type Mass_ug, type Time_us, type Volume_uL } from '#units/quantity'
import { add, compare, multiply, negate, ONE, times } from '#units/rational'
import { rememberedOfTwo } from '#units/remembered'

/** Steps the pump believes to have moved the rotor, up to and including the instant. */
export function believedSteps(state: PumpState, at_us: Time_us): number {
  return stepsAt(state.delivery, at_us) - state.lost
}

/** The run booked from the anchor up to a count of steps, or null when there is none to book. */
export function openRun(model: PumpModel, { delivery, contents }: PumpState, steps: number): BookedRun | null {
  const { next_us, interval_us } = delivery
  const count = steps - delivery.steps
  if (count === 0 || next_us === null || interval_us === null) return null
  const { step_uL } = model
  const { drug, concentration_ug_per_uL } = contents
  const step_ug = massOfStep(step_uL, concentration_ug_per_uL)
  return { first_us: next_us, interval_us, count, step_uL, drug, step_ug }
}

/** What a step gives of what the pump holds. */
const massOfStep = rememberedOfTwo(
  (step_uL: Volume_uL, concentration_ug_per_uL: Concentration_ug_per_uL): Mass_ug =>
    as(multiply(step_uL, concentration_ug_per_uL)),
)

/** The masses with a run added to its drug. */
export function withRun(masses: BookedMasses, run: BookedRun | null): BookedMasses {
  return run === null ? masses : withMass(masses, run.drug, as(times(run.step_ug, run.count)))
}

/** The step due at an instant as a run of its own, and the masses without it. */
export function withoutStep(model: PumpModel, state: PumpState, due_us: Time_us) {
  const { former, contents } = state
  const held = former !== null && compare(due_us, former.until_us) <= 0 ? former.contents : contents
  const { drug, concentration_ug_per_uL } = held
  const step_ug = massOfStep(model.step_uL, concentration_ug_per_uL)
  const run: BookedRun = { first_us: due_us, interval_us: as(ONE), count: 1, step_uL: model.step_uL, drug, step_ug }
  return { run, masses: withMass(state.masses, drug, as(negate(step_ug))) }
}

function withMass(masses: BookedMasses, drug: string, mass_ug: Mass_ug): BookedMasses {
  const [only, another] = masses
  if (only?.[0] === drug && another === undefined) return [[drug, as<Mass_ug>(add(only[1], mass_ug))]]
  if (!masses.some(([known]) => known === drug)) return [...masses, [drug, mass_ug]]
  return masses.map(([known, booked]) => [known, known === drug ? as<Mass_ug>(add(booked, mass_ug)) : booked])
}

/** The pump's account of itself at the instant, which lies between the anchor and the next boundary. */
export function statusOf(model: PumpModel, state: PumpState, at_us: Time_us): Status {
  const steps = believedSteps(state, at_us)
  const open = openRun(model, state, steps + state.lost)
  return {
    state: state.operating,
    steps,
    volume_uL: as<Volume_uL>(times(model.step_uL, steps)),
    dose_ug: withRun(state.masses, open),
    reservoir_uL: believedVolume(state.reservoir, steps, model.step_uL),
    open,
    clock_us: readingAt(state.clock, at_us),
  }
}
