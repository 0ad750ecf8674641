/** The case reports with a programming error in them: whether what they demand is still met. */
import { expect } from 'vitest'
import type { WrittenScenario } from '#hil/fault/catalogue-entry'
import { PROGRAMMING_ERRORS } from '#hil/fault/programming/errors'
import { everyPlace, type Place, type ProgrammingError } from '#hil/fault/programming/operator'
import { modelPump } from '#hil/pump/model'
import { idealRig } from '#hil/rig/ideal'
import { execute } from '#hil/run/execute'
import { judge, judgeCheck } from '#hil/run/judge'
import { ledgersOf } from '#hil/run/ledgers'
import { parseScenario } from '#hil/scenario/parse'
import { readSheet, SCENARIO_OPENING } from '#hil/scenario/sheet'
import type { Scenario } from '#hil/scenario/types'
import { readScenarios, type ScenarioFile } from '#scripts/scenario-files'

export const REPORTS = readScenarios(['scenarios/papers'])

export const CASES = REPORTS.scenarios.map((file) => [file.file.replace('scenarios/papers/', ''), file] as const)

/** The errors by name. Throws for a name that the catalogue does not have. */
export function errorsNamed(names: readonly string[]): readonly ProgrammingError[] {
  return names.map((name) => {
    const error = PROGRAMMING_ERRORS.find((one) => one.name === name)
    if (error === undefined) throw new RangeError(`no programming error is named ${name}`)
    return error
  })
}

/** Where the errors can be made in a file: at the first place of each, or at every one. */
export function placesIn({ text, scenario }: ScenarioFile, errors: readonly ProgrammingError[], all: boolean) {
  const root = readSheet(text, SCENARIO_OPENING).root as WrittenScenario
  // Samples say nothing to a check, and cost as much as the rest of a run.
  const written = { ...root, sample: root['duration'] }
  return errors.flatMap((error) => {
    const places = everyPlace(error, written, scenario)
    if (typeof places === 'string') return []
    return (all ? places : places.slice(0, 1)).map((place) => [`${error.name}: ${place.text}`, place] as const)
  })
}

/** Some check of the scenario is not met with the error, but for the one that compares programs. */
export async function expectCaught({ written }: Place, { origin }: Scenario): Promise<void> {
  const { modelFigures } = origin
  const parsed = parseScenario(JSON.stringify(written), 'with-the-error.yaml', { modelFigures })
  if (!parsed.ok) throw new RangeError('an error gives a file that can be read')
  expect(await caughtIn(parsed.scenario)).not.toEqual([])
}

async function caughtIn(scenario: Scenario): Promise<readonly string[]> {
  const trace = await execute(scenario, modelPump, idealRig)
  const ledgers = ledgersOf(scenario, trace)
  for (const check of scenario.checks) {
    if (check.check === PROGRAM) continue
    if (judgeCheck(check, ledgers).verdict !== 'pass') return [check.check]
  }
  const { checks } = judge(trace, { file: scenario.name, wall_s: 0 })
  return checks.filter(({ check, verdict }) => verdict !== 'pass' && check !== PROGRAM).map(({ check }) => check)
}

const PROGRAM = 'programmed-as-prescribed'
