/**
 * The bundle that users get: the `pumpbench` command, the library and its door for vitest, in `dist`. What is imported dynamically stays a
 * file of its own, so that `--help` loads little. Dependencies stay outside.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { defineConfig } from 'tsdown'

const root = import.meta.dirname
const { version } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as { version: string }

export default defineConfig({
  entry: {
    pumpbench: 'scripts/pumpbench.ts',
    index: 'scripts/index.ts',
    vitest: 'scripts/vitest.ts',
    worker: 'scripts/worker.ts',
    'pump-link': 'scripts/pump-link/link-thread.ts',
    'port-link': 'scripts/pump-link/port-process.ts',
  },
  outDir: 'dist',
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  fixedExtension: false,
  dts: { entry: ['scripts/index.ts', 'scripts/vitest.ts'] },
  define: {
    PUMPBENCH_VERSION: JSON.stringify(version),
    PUMPBENCH_COMMIT: JSON.stringify(commitOf(root)),
  },
  failOnWarn: true,
})

/** The commit of a checkout, marked `-dirty` when files were changed; null outside of one (a tarball, or no git). */
function commitOf(folder: string): string | null {
  if (!existsSync(`${folder}/.git`)) return null
  try {
    const args = ['describe', '--always', '--dirty', '--abbrev=40', '--exclude=*']
    return execFileSync('git', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return null
  }
}
