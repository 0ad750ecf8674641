/** What entries of the catalogue have in common: where lines of `faults` are put, and sentences that more than one says. */
import type { FaultLine, NoPlace, Staging } from '#hil/fault/catalogue/device-fault'
import { movingSpot, type Spot, within } from '#hil/fault/catalogue/spot'
import type { FaultParameter } from '#hil/fault/catalogue-entry'
import type { Scenario, ScenarioEvent } from '#hil/scenario/types'
import { as, type Time_us } from '#units/quantity'
import { compare, larger, ratio } from '#units/rational'

export const NEVER_MOVES: NoPlace = 'next to nothing is programmed to flow in this run'
export const STEPS_TOO_FAR_APART: NoPlace = 'motor steps come too far apart in this run'
export const NO_REFILL: NoPlace = 'nobody refills the pump in this run'
export const NO_CLOCK: NoPlace = 'no therapy of this run looks at the clock'

const UNTIL_THE_END = 'to the end of the run'
/** How long most faults last. */
export const LASTING: FaultParameter = { name: 'for', meaning: 'how long', range: 'above 0 s', taken: UNTIL_THE_END }
export const SENSES_ROTOR = 'the pump is told of every step that did not move the rotor'
export const SENSORLESS_LINE =
  'the rotor turns as ordered and nothing in the pump senses pressure or flow, so only who measures what leaves it, or draws the reservoir empty, can know'
export const SENSORLESS_TIP =
  'the right volume leaves the reservoir, so every account agrees; only who measures at the tip, or sees the patient, can know'

const HALF = ratio(1n, 2n)

/** Stages lines where the motor moves. */
export function whereItMoves(
  lines: (spot: Spot, scenario: Scenario) => readonly FaultLine[] | NoPlace,
): (scenario: Scenario) => Staging | NoPlace {
  return (scenario) => {
    const spot = movingSpot(scenario)
    if (spot === null) return NEVER_MOVES
    const staged = lines(spot, scenario)
    return typeof staged === 'string' ? staged : { lines: staged }
  }
}

/** A span of the wished length in which so many steps are due, within half of what is left of the run; null where none is. */
export function spanOf(spot: Spot, wish_us: Time_us, steps: number): Time_us | null {
  const least_us = spot.stepsLast(steps)
  return least_us === null ? null : as(larger(within(wish_us, spot, HALF), least_us))
}

export type RefillEvent = Extract<ScenarioEvent, { kind: 'refill' }>

/** The first refill after an instant, or the last one before it; undefined where there is none. */
export function refillNear({ events }: Scenario, at_us: Time_us): RefillEvent | undefined {
  const refills = events.filter((event): event is RefillEvent => event.kind === 'refill')
  return refills.find((refill) => compare(refill.at_us, at_us) >= 0) ?? refills.at(-1)
}

/** Whether a therapy that is programmed goes by the time of day. */
export function followsClock({ programming }: Scenario): boolean {
  return programming.some((entry) => entry.kind === 'therapy' && entry.therapy.mode === 'flex')
}
