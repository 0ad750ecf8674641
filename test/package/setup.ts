/**
 * Builds the bundle once, so that the suites that start the command or pack the package never test a stale one. CI says by
 * `PUMPBENCH_BUNDLE=built` that it has just done so.
 */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const ROOT = new URL('../../', import.meta.url)

export function setup(): void {
  if (process.env['PUMPBENCH_BUNDLE'] === 'built') return
  const tsdown = fileURLToPath(new URL('node_modules/tsdown/dist/run.mjs', ROOT))
  execFileSync(process.execPath, [tsdown, '--log-level', 'warn'], {
    cwd: fileURLToPath(ROOT),
    stdio: ['ignore', 'inherit', 'inherit'],
  })
}
