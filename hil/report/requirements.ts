/**
 * How each requirement fared: from the ids that scenarios and checks name to the checks that are evidence, and to a
 * verdict.
 *
 * A check that names a requirement is its evidence. Where a scenario names one and none of its checks does, all of its
 * checks are, the ones that are always on included. The verdict is the worst of the evidence, over every attempt; a
 * requirement without evidence is `not exercised`, which is no pass.
 */
import type { Requirement } from '#hil/report/requirements-file'
import {
  type CheckResult,
  type RequirementEvidence,
  type RequirementResult,
  type RunResult,
  worst,
} from '#hil/run/result'

/** Every requirement in the order of its file, with what the runs say of it. */
export function requirementResults(
  requirements: readonly Requirement[],
  runs: readonly RunResult[],
): readonly RequirementResult[] {
  return requirements.map(({ id, text, risk, source }) => {
    const evidence = runs.flatMap((run) => evidenceOf(id, run) ?? [])
    return {
      id,
      text,
      risk,
      ...(source === undefined ? {} : { source }),
      verdict: evidence.length === 0 ? 'not exercised' : worst(evidence.map(({ verdict }) => verdict)),
      evidence,
    }
  })
}

function evidenceOf(id: string, run: RunResult): RequirementEvidence | undefined {
  const own = run.checks.filter((check) => check.requirements?.includes(id) === true)
  const checks: readonly CheckResult[] = own.length > 0 || !run.requirements.includes(id) ? own : run.checks
  if (checks.length === 0) return undefined
  return {
    scenario: run.scenario,
    ...(run.attempt === undefined ? {} : { attempt: run.attempt }),
    verdict: worst(checks.map(({ verdict }) => verdict)),
    checks: checks.map(({ check, verdict }) => ({ check, verdict })),
  }
}
