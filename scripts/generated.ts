/** The files in docs/ that the program itself makes. */
import { modelPump } from '#hil/pump/model'
import { ledgerPicture } from '#hil/report/ledger-picture'
import { idealRig } from '#hil/rig/ideal'
import { execute } from '#hil/run/execute'
import { judge } from '#hil/run/judge'
import { libraryFolder } from '#scripts/library'
import { operatingPage } from '#scripts/operating-page'
import { readScenarios } from '#scripts/scenario-files'

export interface GeneratedFile {
  /** From the root of the repository. */
  readonly path: string
  readonly text: string
}

/** The run whose ledgers are worth a look: they part when the reservoir runs dry. */
const PICTURED = 'papers/001-simple-continuous/half-year-without-refill.yaml'

export async function generatedFiles(): Promise<readonly GeneratedFile[]> {
  return [
    { path: 'docs/pictures/three-ledgers.svg', text: await threeLedgers() },
    { path: 'docs/OPERATING.md', text: operatingPage() },
  ]
}

async function threeLedgers(): Promise<string> {
  const [file] = readScenarios([`${libraryFolder}/${PICTURED}`]).scenarios
  if (file === undefined) throw new Error(`${PICTURED} cannot be read`)
  const trace = await execute(file.scenario, modelPump, idealRig)
  return ledgerPicture(judge(trace, { file: PICTURED, wall_s: 0 }))
}
