/**
 * The pump with a mistake in one file, built from the sources by esbuild.
 *
 * What a build gives is the pump and the reader of scenarios with it, because the figures of a pump model reach the pump by
 * the reader. Whoever judges the run reads the scenario anew with sound code.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build, type Plugin } from 'esbuild'
import type { PumpDefinition } from '#hil/pump/pump'
import type { parseScenario } from '#hil/scenario/parse'
import { type Defect, seeded } from './defect.ts'

export const ROOT = fileURLToPath(new URL('../../', import.meta.url))
/** Below the packages, so that a build finds them and vitest loads it as it is. */
const BUILDS = join(ROOT, 'node_modules/.cache/seeded-defects')

export interface SeededPump {
  readonly modelPump: PumpDefinition
  readonly parseScenario: typeof parseScenario
}

/** The pump with the defect in it. */
export async function seededPump(defect: Defect): Promise<SeededPump> {
  const text = seeded(defect, readFileSync(join(ROOT, defect.file), 'utf8'))
  const outfile = join(BUILDS, `${defect.id}.mjs`)
  const { outputFiles } = await build({
    stdin: {
      contents: `export { modelPump } from '#hil/pump/model'; export { parseScenario } from '#hil/scenario/parse'`,
      resolveDir: ROOT,
      loader: 'ts',
    },
    absWorkingDir: ROOT,
    outfile,
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'es2023',
    packages: 'external',
    logLevel: 'silent',
    plugins: [withText(join(ROOT, defect.file), text)],
  })
  mkdirSync(dirname(outfile), { recursive: true })
  const code = outputFiles[0]?.text ?? ''
  writeFileSync(outfile, code)
  return (await import(pathToFileURL(outfile).href)) as SeededPump
}

/** Takes the text for that of the one file; a build that does not come to the file is an error. */
function withText(path: string, contents: string): Plugin {
  return {
    name: 'seeded-defect',
    setup: (building) => {
      let met = false
      building.onLoad({ filter: /\.ts$/ }, (file) => {
        if (file.path !== path) return null
        met = true
        return { contents, loader: 'ts' }
      })
      building.onEnd(() => (met ? {} : { errors: [{ text: `the pump is made without ${path}` }] }))
    },
  }
}
