/**
 * The scenarios of the library on the emulated rig and on the ideal one: which of them the suite runs, and what has to be
 * alike.
 */
import { expect } from 'vitest'
import { modelPump } from '#hil/pump/model'
import { avrRig } from '#hil/rig/avr/rig'
import { idealRig } from '#hil/rig/ideal'
import { execute } from '#hil/run/execute'
import { recordsOf } from '#hil/run/ledgers'
import type { Scenario } from '#hil/scenario/types'
import { readScenarios } from '#scripts/scenario-files'
import { DAY_us } from '#units/quantity'
import { compare, multiply, whole } from '#units/rational'
import { stepTicks } from '../support/steps.ts'

/** The longest that is run whenever tests are, and the longest that ever is: machine code takes half a minute for it. */
export const LONGEST_d = { always: 7, ever: 60 }

export const LIBRARY: readonly Scenario[] = readScenarios(['scenarios'])
  .scenarios.map(({ scenario }) => scenario)
  .toSorted((a, b) => compare(a.duration_us, b.duration_us))

/** What a scenario asks of a rig: therapies, what is given once, what people do, what goes wrong, what the line holds. */
export function subjectsOf({ prescription, programming, events, faults, line }: Scenario): ReadonlySet<string> {
  return new Set([
    ...[...prescription, ...programming].map((entry) => (entry.kind === 'therapy' ? entry.therapy.mode : entry.kind)),
    ...events.map(({ kind }) => kind),
    ...faults.map((fault) =>
      fault.fault === 'power-cut' && fault.write !== null ? 'power-cut in a write' : fault.fault,
    ),
    `line ${line}`,
  ])
}

/** Of those that last at most so many days, the shortest of every subject. */
export function shortestOfEverySubject(days: number): readonly Scenario[] {
  const seen = new Set<string>()
  return upTo(days).filter((scenario) => {
    const before = seen.size
    for (const subject of subjectsOf(scenario)) seen.add(subject)
    return seen.size > before
  })
}

export function upTo(days: number): readonly Scenario[] {
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
