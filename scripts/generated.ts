/** The files that the program itself makes: pictures, pages, and as modules the firmware image and the script of a report page. */
import { readFileSync } from 'node:fs'
import { modelPump } from '#hil/pump/model'
import { curvesOf } from '#hil/report/curves/ledger-curves'
import { ledgerPicture } from '#hil/report/ledger-picture'
import { idealRig } from '#hil/rig/ideal'
import { execute } from '#hil/run/execute'
import { judge } from '#hil/run/judge'
import { pageScriptModule } from '#scripts/build-page-script'
import { casePictures, casesPage } from '#scripts/cases-page'
import { faultsPage } from '#scripts/faults-page'
import { fieldPage } from '#scripts/field-page'
import { libraryFolder } from '#scripts/library'
import { operatingPage } from '#scripts/operating-page'
import { pumpPage } from '#scripts/pump-page'
import { readScenarios } from '#scripts/scenario-files'
import { statechartPicture } from '#scripts/statechart-picture'

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
    { path: 'docs/pictures/operating.svg', text: statechartPicture() },
    { path: 'docs/OPERATING.md', text: operatingPage() },
    { path: 'docs/FAULTS.md', text: faultsPage() },
    {
      path: 'docs/CASES.md',
      text: await casesPage(readFileSync(new URL('../docs/CASES.md', import.meta.url), 'utf8')),
    },
    ...(await casePictures()),
    { path: 'docs/FIELD.md', text: fieldPage(readFileSync(new URL('../docs/FIELD.md', import.meta.url), 'utf8')) },
    { path: 'docs/PUMP.md', text: pumpPage(readFileSync(new URL('../docs/PUMP.md', import.meta.url), 'utf8')) },
    { path: 'hil/rig/firmware/image.ts', text: firmwareImage() },
    { path: 'hil/report/page-script.ts', text: pageScriptModule() },
  ]
}

/** The committed image of the rig firmware as a module, so that a bundle carries it. */
function firmwareImage(): string {
  const hex = readFileSync(new URL('../hil/rig/firmware/rig.hex', import.meta.url), 'utf8').trimEnd()
  const { build }: { build: string } = JSON.parse(
    readFileSync(new URL('../hil/rig/firmware/rig.json', import.meta.url), 'utf8'),
  )
  return `/** The build hash that the rig firmware states in its WELCOME. Written by \`npm run docs\`, as is all of this file. */
export const RIG_BUILD = '${build}'

/** The machine code of the rig firmware: rig.hex, word for word. */
export const RIG_HEX = \`${hex}
\`
`
}

async function threeLedgers(): Promise<string> {
  const [file] = readScenarios([`${libraryFolder}/${PICTURED}`]).scenarios
  if (file === undefined) throw new Error(`${PICTURED} cannot be read`)
  const trace = await execute(file.scenario, modelPump, idealRig)
  return ledgerPicture(judge(trace, { file: PICTURED, wall_s: 0 }), curvesOf(trace))
}
