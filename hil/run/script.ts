/**
 * The script of a run: everything the scenario makes happen, in the order in which it happens.
 *
 * At one instant a refill comes first, then a therapy, then one-shots, then questions; the pump's own boundaries and the
 * steps of the motor come before all of them.
 */
import type { Entry, Scenario, ScenarioEvent } from '#hil/scenario/types'
import type { Time_us } from '#units/quantity'
import { as } from '#units/quantity'
import { compare, times } from '#units/rational'

export type ScriptItem = { readonly at_us: Time_us } & (
  | { readonly kind: 'refill'; readonly event: Extract<ScenarioEvent, { kind: 'refill' }> }
  | { readonly kind: 'program'; readonly entry: Entry }
  | { readonly kind: 'interrogate' }
  | { readonly kind: 'sample' }
)

const ORDER: Readonly<Record<ScriptItem['kind'], number>> = { refill: 0, program: 1, interrogate: 2, sample: 3 }

/** The items up to and including the end of the run, which is the last sample. */
export function scriptOf(scenario: Scenario): readonly ScriptItem[] {
  const items: ScriptItem[] = [
    ...scenario.events.map(
      (event): ScriptItem =>
        event.kind === 'refill'
          ? { kind: 'refill', at_us: event.at_us, event }
          : { kind: 'interrogate', at_us: event.at_us },
    ),
    ...scenario.programming.map((entry): ScriptItem => ({ kind: 'program', at_us: entry.at_us, entry })),
    ...sampleInstants(scenario).map((at_us): ScriptItem => ({ kind: 'sample', at_us })),
  ]
  return items.sort((a, b) => compare(a.at_us, b.at_us) || ORDER[a.kind] - ORDER[b.kind])
}

/** Zero, every sample interval, and the end. */
export function sampleInstants(scenario: Scenario): readonly Time_us[] {
  const instants: Time_us[] = []
  for (let k = 0; ; k += 1) {
    const at_us = as<Time_us>(times(scenario.sample_us, k))
    if (compare(at_us, scenario.duration_us) >= 0) break
    instants.push(at_us)
  }
  return [...instants, scenario.duration_us]
}
