/** The scenario that a record keeps, held against what the header of a trace says it was run from. */

import type { HeaderRecord } from '#hil/run/trace'
import { parseScenario } from '#hil/scenario/parse'

/** The bytes of a scenario and of the pump model it names, as a record keeps them. */
export interface KeptScenario {
  readonly text: string
  readonly sha256: string
  readonly model: string | null
  /** What `--seed` was given; undefined where it was not. */
  readonly seed: number | undefined
}

/**
 * In what the header differs from the scenario that is kept, one line each. `figures` is whether the pump models of this
 * version are those of the one that made the record.
 */
export function headerProblems(header: HeaderRecord, kept: KeptScenario, figures: boolean): readonly string[] {
  if (header.file_sha256 !== kept.sha256) return ['the scenario that it is of is not the one that is kept']
  if (header.text !== kept.text) return ['the scenario in it is not the text whose digest it states']
  const { model, seed } = kept
  const parsed = parseScenario(kept.text, header.scenario, {
    ...(seed === undefined ? {} : { seed }),
    ...(model === null ? {} : { modelFile: (path: string) => ({ file: path, text: model }) }),
    sha256: kept.sha256,
  })
  if (!parsed.ok) return figures ? ['the scenario that is kept cannot be read'] : []
  const { scenario } = parsed
  const problems: string[] = []
  if (header.seed !== scenario.seed)
    problems.push(`its seed is ${header.seed}, and that of the scenario ${scenario.seed}`)
  const own: Readonly<Record<string, string>> = { name: scenario.pump.name, ...scenario.origin.modelFigures }
  for (const key of new Set([...Object.keys(own), ...Object.keys(header.model)])) {
    if (!figures || header.model[key] === own[key]) continue
    const [used, stated] = [header.model[key] ?? 'absent', own[key] ?? 'absent']
    problems.push(`its ${key} of the pump is ${used}, and that of the scenario that is kept ${stated}`)
  }
  return problems
}
