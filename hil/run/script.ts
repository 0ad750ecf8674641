/**
 * The script of a run: everything the scenario makes people do, in the order in which they do it.
 *
 * At one instant the clock is set first, then comes a refill, then a therapy, then one-shots, then what the patient asks
 * for, then what else is done, then questions. The pump hears all of it before it is woken, and works through whatever has
 * to come before by itself.
 */
import type { Entry, Scenario, ScenarioEvent } from '#hil/scenario/types'
import type { Time_us } from '#units/quantity'
import { as } from '#units/quantity'
import { compare, times } from '#units/rational'

export type RefillEvent = Extract<ScenarioEvent, { kind: 'refill' }>

/** What is done by an event of the scenario, but a refill. */
export type Doing = Exclude<ScenarioEvent, RefillEvent>

export type ScriptItem = { readonly at_us: Time_us } & (
  | { readonly kind: 'refill'; readonly event: RefillEvent }
  | { readonly kind: 'program'; readonly entry: Entry }
  | { readonly kind: 'do'; readonly event: Doing }
  | { readonly kind: 'sample' }
)

/** The order at one instant; what shares a rank keeps the order of the file. */
const RANKS: Readonly<Record<Entry['kind'] | ScenarioEvent['kind'] | 'sample', number>> = {
  'set-clock': 0,
  refill: 1,
  therapy: 2,
  bolus: 3,
  prime: 3,
  bridge: 3,
  'patient-bolus': 3,
  'request-bolus': 4,
  stop: 5,
  restart: 5,
  silence: 5,
  'read-log': 5,
  clear: 5,
  interrogate: 6,
  sample: 7,
}

function rankOf(item: ScriptItem): number {
  switch (item.kind) {
    case 'program':
      return RANKS[item.entry.kind]
    case 'do':
      return RANKS[item.event.kind]
    case 'refill':
    case 'sample':
      return RANKS[item.kind]
  }
}

/** The items up to and including the end of the run, which is the last sample. */
export function scriptOf(scenario: Scenario): readonly ScriptItem[] {
  const items: ScriptItem[] = [
    ...scenario.events.map(
      (event): ScriptItem =>
        event.kind === 'refill'
          ? { kind: 'refill', at_us: event.at_us, event }
          : { kind: 'do', at_us: event.at_us, event },
    ),
    ...scenario.programming.map((entry): ScriptItem => ({ kind: 'program', at_us: entry.at_us, entry })),
    ...sampleInstants(scenario).map((at_us): ScriptItem => ({ kind: 'sample', at_us })),
  ]
  return items.sort((a, b) => compare(a.at_us, b.at_us) || rankOf(a) - rankOf(b))
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
