/** The script of a report page, bundled from `hil/report/reader`: one text that needs nothing else. */
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'

const ENTRY = fileURLToPath(new URL('../hil/report/reader/main.ts', import.meta.url))

/** The code a page carries, as a module of this program. */
export function pageScriptModule(): string {
  const { outputFiles } = buildSync({
    entryPoints: [ENTRY],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    charset: 'ascii',
    minify: true,
    legalComments: 'none',
  })
  const code = outputFiles[0]?.text.trimEnd() ?? ''
  const quoted = code.replaceAll('\\', '\\\\').replaceAll('`', '\\`').replaceAll('${', '\\${')
  return `/** The script of a report page, from the sources in \`hil/report/reader\`. Written by \`npm run docs\`, as is all of this file. */
export const PAGE_SCRIPT = \`${quoted}\`
`
}
