/**
 * Rehearsal: what a pump would refuse of a scenario, found out without motor or plant.
 *
 * The same pump is asked the same things at the same times, so what `validate` warns of is what a run would meet.
 */
import type { PumpDefinition } from '#hil/pump/pump'
import { sendProgram } from '#hil/run/programmer'
import { programOf, refillProgram } from '#hil/run/programs'
import { scriptOf } from '#hil/run/script'
import type { Scenario } from '#hil/scenario/types'
import type { Time_us } from '#units/quantity'
import { compare } from '#units/rational'

export interface Refusal {
  readonly at_us: Time_us
  /** The entry as the scenario wrote it. */
  readonly text: string
  readonly reason: string
}

/** Most boundaries of the pump that are worked through. */
const WAKES_LIMIT = 1_000_000

/** Everything the pump would refuse, in order of time. */
export function rehearse(scenario: Scenario, definition: PumpDefinition): readonly Refusal[] {
  const { programmed } = scenario.fill
  const pump = definition.create({ model: scenario.pump, contents: programmed, volume_uL: programmed.volume_uL })
  const refusals: Refusal[] = []
  let wakes = 0
  const sleepUntil = (at_us: Time_us) => {
    for (let wake = pump.nextWake(); wake !== null && compare(wake, at_us) <= 0; wake = pump.nextWake()) {
      pump.react(wake, { kind: 'wake' })
      wakes += 1
      if (wakes > WAKES_LIMIT) throw new RangeError(`the pump wants to be woken more than ${WAKES_LIMIT} times`)
    }
  }
  for (const item of scriptOf(scenario)) {
    if (item.kind !== 'program' && item.kind !== 'refill') continue
    sleepUntil(item.at_us)
    const [text, program] =
      item.kind === 'program' ? [item.entry.text, programOf(item.entry)] : ['refill', refillProgram(item.event)]
    const answer = sendProgram(pump, item.at_us, program, () => {})
    if (!answer.applied) refusals.push({ at_us: item.at_us, text, reason: answer.reason })
  }
  return refusals
}
