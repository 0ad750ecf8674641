/** Which scenarios a pump has the means for, and why it does not have them for the others. */
import { ownMotorProblem, rigForOwnMotor } from '#hil/fault/carried'
import type { PumpDefinition } from '#hil/pump/pump'
import { LinkEnded } from '#hil/pump/wire/byte-link'
import { PumpWireError } from '#hil/pump/wire/session'
import type { RigDefinition } from '#hil/rig/rig'
import type { SkippedScenario } from '#hil/run/result'
import type { Scenario } from '#hil/scenario/types'
import type { ScenarioFile } from '#scripts/scenario-files'

/** What can be run, and what is skipped. A pump that cannot be asked skips nothing: each run says what is wrong with it. */
export function able(
  files: readonly ScenarioFile[],
  { lacks }: PumpDefinition,
  { looksOn = false }: Pick<RigDefinition, 'looksOn'> = {},
): { readonly files: readonly ScenarioFile[]; readonly skipped: readonly SkippedScenario[] } {
  if (lacks === undefined) return { files, skipped: [] }
  const skipped = new Map<ScenarioFile, SkippedScenario>()
  const reasons = asked(() => files.map((one) => [one, lacks(one.scenario, looksOn)] as const))
  for (const [one, reason] of reasons ?? []) {
    if (reason !== null) skipped.set(one, { scenario: one.scenario.name, file: one.file, reason })
  }
  return { files: files.filter((file) => !skipped.has(file)), skipped: [...skipped.values()] }
}

/** Why a scenario is skipped with the pump; null where it is not. A pump that cannot be asked skips nothing. */
export function lackFor(
  scenario: Scenario,
  { lacks }: Pick<PumpDefinition, 'lacks'>,
  { looksOn = false }: Pick<RigDefinition, 'looksOn'>,
): string | null {
  return lacks === undefined ? null : asked(() => lacks(scenario, looksOn))
}

/** What keeps pump and rig from being run together, and the pump from being run with a file. A pump that cannot be asked has no problem here. */
export function motorProblems(
  files: readonly Pick<ScenarioFile, 'file' | 'scenario'>[],
  { turnsMotor }: PumpDefinition,
  { name, looksOn = false }: Pick<RigDefinition, 'name' | 'looksOn'>,
): readonly string[] {
  const ownMotor = asked(() => turnsMotor?.() ?? false)
  if (ownMotor === null || (!ownMotor && !looksOn)) return []
  if (!looksOn) return [rigForOwnMotor(name)]
  if (!ownMotor)
    return [
      `the rig ${name} looks on and turns no motor: it needs a pump that turns its own and says so (option free-running, see docs/PUMPS.md); leave --sense out to have a rig turn the motor`,
    ]
  return files.flatMap(({ file, scenario }) => {
    const problem = ownMotorProblem(scenario)
    return problem === null ? [] : [`${file}: ${problem}`]
  })
}

/** The answer of a pump; null where it cannot be asked, which each run says. */
function asked<T>(question: () => T): T | null {
  try {
    return question()
  } catch (error) {
    if (error instanceof PumpWireError || error instanceof LinkEnded) return null
    throw error
  }
}
