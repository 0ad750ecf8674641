/**
 * The file of requirements that a run answers to: the one named, or `requirements.yaml` of the working folder when it is
 * there, unless `pumpbench.yaml` names another. Every mistake is found before anything runs.
 */
import { existsSync } from 'node:fs'
import { parseRequirements, type Requirement, requirementsOf, unknownRequirements } from '#hil/report/requirements-file'
import { problemText } from '#hil/scenario/problem'
import { BENCH_FILE, benchInUse } from '#scripts/bench-file'
import { readText, type ScenarioFile } from '#scripts/scenario-files'

/** Where requirements are looked for when no file is named. */
const DEFAULT_FILE = 'requirements.yaml'

/** The option as given: a file, false for none, undefined for the default. */
export type RequirementsOption = string | false | undefined

/** The path of the file in use, or null where none is. */
export function requirementsPath(option: RequirementsOption): string | null {
  if (option === false) return null
  if (option !== undefined) return option
  const found = benchInUse()
  const named = 'bench' in found ? found.bench.requirements : undefined
  return named ?? (existsSync(DEFAULT_FILE) ? DEFAULT_FILE : null)
}

/** The requirements in use, null where there is no file, and every problem of them. */
export interface RequirementsInUse {
  readonly requirements: readonly Requirement[] | null
  /** The text of the file; null where there is none. */
  readonly text: string | null
  readonly problems: readonly string[]
}

/**
 * Reads the requirements and holds the scenarios against them. `files` are all that were given, whatever part of them this
 * run takes: what another shard exercises is exercised. In a file that was named every requirement has to be.
 */
export function requirementsInUse(option: RequirementsOption, files: readonly ScenarioFile[]): RequirementsInUse {
  const path = requirementsPath(option)
  if (path === null) return { requirements: null, text: null, problems: [] }
  const content = readText(path)
  if ('problem' in content) return wrong([problemText({ file: path, line: 1, column: 1, message: content.problem })])
  const parsed = parseRequirements(content.text, path)
  if (!parsed.ok) return wrong([...parsed.problems.map(problemText), ...(option === undefined ? [wayOut(path)] : [])])
  const { requirements } = parsed
  const unknown = files.flatMap(({ file, scenario }) => unknownRequirements(scenario, file, requirements, path))
  const idle = option === undefined ? [] : notExercised(requirements, files)
  const problems = [
    ...unknown.map(problemText),
    ...(idle.length === 0
      ? []
      : [
          `--requirements ${path}: no scenario given exercises ${idle.join(', ')}; name them in one, or run more of them`,
        ]),
  ]
  return { requirements, text: content.text, problems }
}

function wayOut(path: string): string {
  const why = path === DEFAULT_FILE ? 'it is there' : `${BENCH_FILE} names it`
  return `${path} is used because ${why}; --no-requirements does without it`
}

function wrong(problems: readonly string[]): RequirementsInUse {
  return { requirements: null, text: null, problems }
}

function notExercised(requirements: readonly Requirement[], files: readonly ScenarioFile[]): string[] {
  const named = new Set(files.flatMap(({ scenario }) => [...requirementsOf(scenario)]))
  return requirements.flatMap(({ id }) => (named.has(id) ? [] : [id]))
}
