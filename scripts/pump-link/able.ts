/** Which scenarios a pump has the means for, and why it does not have them for the others. */
import type { PumpDefinition } from '#hil/pump/pump'
import { LinkEnded } from '#hil/pump/wire/byte-link'
import { PumpWireError } from '#hil/pump/wire/session'
import type { SkippedScenario } from '#hil/run/result'
import type { ScenarioFile } from '#scripts/scenario-files'

/** What can be run, and what is skipped. A pump that cannot be asked skips nothing: each run says what is wrong with it. */
export function able(
  files: readonly ScenarioFile[],
  { lacks }: PumpDefinition,
): { readonly files: readonly ScenarioFile[]; readonly skipped: readonly SkippedScenario[] } {
  if (lacks === undefined) return { files, skipped: [] }
  const skipped = new Map<ScenarioFile, SkippedScenario>()
  try {
    for (const one of files) {
      const reason = lacks(one.scenario)
      if (reason !== null) skipped.set(one, { scenario: one.scenario.name, file: one.file, reason })
    }
  } catch (error) {
    if (!(error instanceof PumpWireError || error instanceof LinkEnded)) throw error
    return { files, skipped: [] }
  }
  return { files: files.filter((file) => !skipped.has(file)), skipped: [...skipped.values()] }
}
