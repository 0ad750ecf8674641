/**
 * The scenarios of the library on the emulated rig and on the ideal one: which of them the suite runs, how far, and what has
 * to be alike.
 */
import { expect } from 'vitest'
import { modelPump } from '#hil/pump/model'
import { avrRig } from '#hil/rig/avr/rig'
import { idealRig } from '#hil/rig/ideal'
import { execute } from '#hil/run/execute'
import { recordsOf } from '#hil/run/ledgers'
import type { Scenario } from '#hil/scenario/types'
import { readScenarios } from '#scripts/scenario-files'
import { as, DAY_us, type Time_us } from '#units/quantity'
import { add, compare, divide, larger, multiply, type Rational, smaller, whole, ZERO } from '#units/rational'
import { stepTicks } from '../support/steps.ts'

/** The longest that is run at all: machine code takes half a minute for it. */
export const LONGEST_d = 60
/** What the library comes to later than this is left to the long tests. */
const SOON_us = multiply(whole(5), DAY_us)
/** How long a run goes on after something, so that it is seen what comes of it. */
const AFTERMATH_us = divide(DAY_us, whole(12))

export const LIBRARY: readonly Scenario[] = readScenarios(['scenarios'])
  .scenarios.map(({ scenario }) => scenario)
  .toSorted((a, b) => compare(a.duration_us, b.duration_us))

/**
 * What a scenario asks of a rig: therapies, what is given once, what people do, when power goes, what the line holds; until
 * when. Every kind of fault is compared on both rigs in test/fault/device-faults.test.ts.
 */
export function subjectsOf({
  prescription,
  programming,
  events,
  faults,
  line,
}: Scenario): ReadonlyMap<string, Time_us> {
  const subjects = [
    { at_us: ZERO, subject: `line ${line}` },
    ...[...prescription, ...programming].map((entry) => ({
      at_us: entry.at_us,
      subject: entry.kind === 'therapy' ? entry.therapy.mode : entry.kind,
    })),
    ...events.map(({ at_us, kind }) => ({ at_us, subject: kind })),
    ...faults.flatMap((fault) =>
      fault.fault === 'power-cut'
        ? [{ at_us: fault.at_us, subject: fault.write === null ? 'power-cut' : 'power-cut in a write' }]
        : [],
    ),
  ]
  const first = new Map<string, Time_us>()
  for (const { at_us, subject } of subjects.toSorted((a, b) => compare(a.at_us, b.at_us))) {
    if (!first.has(subject)) first.set(subject, as(at_us))
  }
  return first
}

/** For every subject the scenario that comes to it first, and soon, up to two hours after the last that it is for. */
export function beginningsForEverySubject(): readonly Scenario[] {
  const soonest = new Map<string, { readonly scenario: Scenario; readonly at_us: Time_us }>()
  for (const scenario of LIBRARY) {
    for (const [subject, at_us] of subjectsOf(scenario)) {
      const before = soonest.get(subject)
      if (before === undefined || compare(at_us, before.at_us) < 0) soonest.set(subject, { scenario, at_us })
    }
  }
  const ends = new Map<Scenario, Rational>()
  for (const { scenario, at_us } of soonest.values()) {
    if (compare(at_us, SOON_us) <= 0) ends.set(scenario, larger(ends.get(scenario) ?? ZERO, at_us))
  }
  return [...ends].map(([scenario, at_us]) => upTo(add(at_us, AFTERMATH_us), scenario))
}

/** The beginning of a scenario. */
function upTo(end_us: Rational, scenario: Scenario): Scenario {
  const duration_us = as<Time_us>(smaller(end_us, scenario.duration_us))
  const before = <T extends { readonly at_us: Time_us }>(list: readonly T[]) =>
    list.filter(({ at_us }) => compare(at_us, duration_us) < 0)
  const { prescription, programming, events, faults } = scenario
  return {
    ...scenario,
    duration_us,
    prescription: before(prescription),
    programming: before(programming),
    events: before(events),
    faults: before(faults),
  }
}

export function lastingUpTo(days: number): readonly Scenario[] {
  const longest_us = multiply(whole(days), DAY_us)
  return LIBRARY.filter(({ duration_us }) => compare(duration_us, longest_us) <= 0)
}

/** What the records say on both; how steps are gathered into one `delivered` record follows the rig's reports. */
const ALIKE = ['booked', 'withdrawn', 'alarm', 'applied', 'refused', 'event', 'fault'] as const

/** Runs the scenario on both rigs: the motor is turned at the same ticks, and the pump says and believes the same of it. */
export async function expectAlike(scenario: Scenario): Promise<void> {
  const [avr, ideal] = [await execute(scenario, modelPump, avrRig), await execute(scenario, modelPump, idealRig)]
  const ticks = stepTicks(avr)
  expect(ticks.length).toBeGreaterThan(0)
  expect(ticks).toEqual(stepTicks(ideal))
  for (const kind of ALIKE) expect(recordsOf(avr.records, kind)).toEqual(recordsOf(ideal.records, kind))
}
