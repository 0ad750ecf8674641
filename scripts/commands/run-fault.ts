/** `run --fault NAME`: an entry of the catalogue put into every scenario before it runs. */
import type { RigDefinition } from '#hil/rig/rig'
import { entryNamed, faulty, uncarried } from '#scripts/faulty'
import { writeWhole } from '#scripts/outputs'
import type { ScenarioFile } from '#scripts/scenario-files'

export interface FaultOptions {
  readonly fault?: string
  /** Where the scenario with the fault in it goes. */
  readonly faultyScenario?: string
}

/** The scenarios with the fault in them; as they were where none is asked for. Problems as lines for people. */
export function withFault(
  files: readonly ScenarioFile[],
  rig: RigDefinition | undefined,
  { fault, faultyScenario }: FaultOptions,
): { readonly scenarios: readonly ScenarioFile[]; readonly problems: readonly string[] } {
  if (fault === undefined) {
    const problems = faultyScenario === undefined ? [] : ['--faulty-scenario has no meaning without --fault']
    return { scenarios: files, problems }
  }
  const named = entryNamed(fault)
  if (!named.ok) return { scenarios: files, problems: [`--fault: ${named.problem}`] }
  const reason = rig === undefined ? null : uncarried(named.entry, rig)
  // With the fault in them the scenarios would be refused once more, for the same reason.
  if (reason !== null) return { scenarios: files, problems: [`--fault ${fault}: ${reason}`] }
  const problems: string[] = []
  if (faultyScenario !== undefined && files.length > 1) {
    problems.push(`--faulty-scenario is one file, and there are ${files.length} scenarios`)
  }
  const scenarios = files.map((file): ScenarioFile => {
    const put = faulty(named.entry, file.scenario, file.file)
    if (put.ok) return { ...file, text: put.text, sha256: put.sha256, scenario: put.scenario }
    problems.push(`--fault ${fault}: ${file.file} has no place for it: ${put.reason}`)
    return file
  })
  return { scenarios, problems }
}

/** Writes the scenario with the fault in it where that is asked for; what went wrong as lines. */
export function keepFaulty(files: readonly ScenarioFile[], { faultyScenario: path }: FaultOptions): readonly string[] {
  const [file] = files
  if (path === undefined || file === undefined) return []
  const problem = writeWhole(path, file.text)
  return problem === null ? [] : [`--faulty-scenario ${path}: ${problem}`]
}
