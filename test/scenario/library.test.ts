/**
 * The library: every scenario is free of mistakes, says where it comes from, and ends as it says.
 * test/papers shows that what the case reports demand is not met by a regimen programmed wrong.
 */
import { describe, expect, it } from 'vitest'
import { modelPump } from '#hil/pump/model'
import { idealRig } from '#hil/rig/ideal'
import { execute } from '#hil/run/execute'
import { judge } from '#hil/run/judge'
import { readTrace } from '#hil/run/read-trace'
import type { RunResult } from '#hil/run/result'
import type { Trace } from '#hil/run/trace'
import { traceLine } from '#hil/run/trace-line'
import type { Scenario } from '#hil/scenario/types'
import { readScenarios } from '#scripts/scenario-files'

const { scenarios, problems } = readScenarios(['scenarios'])
const LIBRARY = scenarios.map(({ file, scenario }) => [file, scenario] as const)
const DAY_s = 86_400

/** Those of the library, each run once however many tests look at it. */
const results = new Map<string, Promise<RunResult>>()

function resultOf(scenario: Scenario): Promise<RunResult> {
  const result = results.get(scenario.name) ?? run(scenario)
  results.set(scenario.name, result)
  return result
}

/** Judged by what was kept of it, which is all of it. */
async function run(scenario: Scenario): Promise<RunResult> {
  const text = textOf(await execute(scenario, modelPump, idealRig))
  const kept = readTrace(text)
  if (textOf(kept) !== text) throw new Error(`the trace of ${scenario.name} is not what was read of it`)
  return judge(kept, { file: scenario.name, wall_s: 0 })
}

function textOf({ records }: Trace): string {
  return records.map(traceLine).join('')
}

function named(name: string): Scenario {
  const found = scenarios.find(({ scenario }) => scenario.name === name)
  if (found === undefined) throw new RangeError(`no scenario of the library is named ${name}`)
  return found.scenario
}

describe('the scenario library', () => {
  it('is free of mistakes', () => {
    expect(problems).toEqual([])
    expect(scenarios.length).toBeGreaterThanOrEqual(80)
  })

  it.each(LIBRARY)('%s says where it comes from and what it is evidence for', (_, scenario) => {
    expect(scenario.source).toBeDefined()
    expect(scenario.requirements).not.toEqual([])
    expect(scenario.defaultChecks).toBe(false)
    for (const requirement of scenario.requirements) expect(scenario.origin.text).toMatch(`#   ${requirement} `)
  })

  it.each(LIBRARY)('%s ends as it says', async (_, scenario) => {
    const result = await resultOf(scenario)
    const astray = result.checks.filter(({ verdict }) => verdict !== 'pass')
    expect(astray.map(({ check, detail }) => `${check}: ${detail}`)).toEqual([])
    expect(result.verdict).toBe('pass')
  })
})

/** What happens in a scenario, on which day, and how often then. */
const HAPPENINGS: readonly (readonly [name: string, event: string, at_d: number, times: number])[] = [
  ['child-up-titration', 'warning-confirmed', 35, 1],
  ['child-emergency-reduction', 'warning-confirmed', 17.5, 0],
  ['child-emergency-reduction', 'warning-confirmed', 2, 2],
  ['tolerance-taper-300', 'stopped-warning', 12 + 1 / 24, 1],
  ['withdrawal-stopped-by-error', 'stopped-warning', 7 + 1 / 24, 1],
  ['withdrawal-stopped-and-restarted', 'stopped-warning', 7 + 1 / 24, 1],
  ['withdrawal-empty-reservoir', 'delivery-stopped', 20 / 0.52, 1],
  ['simple-continuous-refills-and-increase', 'residual-agrees', 90, 1],
  ['simple-continuous-refills-and-increase', 'residual-agrees', 180, 1],
  ['refill-reconciled', 'residual-differs', 30, 1],
  ['refill-reconciled', 'residual-agrees', 45, 1],
  ['bit-flip-repaired', 'memory-repaired', 3 + 1.5 / 24, 1],
  ['bit-flip-both-copies', 'safe-state', 3 + 1.5 / 24, 1],
  ['power-cut-safe-state', 'safe-state', 3 + 1 / 1440, 1],
  ['power-cut-while-preparing', 'answer-lost', 3, 1],
  ['power-cut-while-committing', 'answer-lost', 3, 1],
  ['power-cut-answer-lost', 'answer-lost', 3, 1],
  ['motor-stall-two-hours', 'motor-recovered', 3 + 2 / 24, 1],
  ['patient-bolus-lockout', 'patient-bolus-denied', 0.5, 1],
  ['patient-bolus-lockout', 'patient-bolus-denied', 23 / 24, 1],
  ['patient-bolus-capped', 'patient-bolus-denied', 0.75, 1],
  ['clock-forward-in-spring', 'clock-set', 1.75, 1],
  ['clock-back-in-autumn', 'clock-set', 43 / 24, 1],
]

describe('what no check asks for', () => {
  it.each(HAPPENINGS)('%s: %s at day %d', async (name, event, at_d, times) => {
    const { events } = await resultOf(named(name))
    const times_s = events.filter((one) => one.event === event).map(({ t_s }) => t_s - at_d * DAY_s)
    // The rotor is seen to move, and what was drawn is known, a step and a few seconds after the instant.
    expect(times_s.filter((late_s) => late_s > -1e-3 && late_s < 300)).toHaveLength(times)
  })
})
