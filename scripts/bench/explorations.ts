/**
 * Explorations: seeds of thirty days per second, on one core and on two, as a process from its start to its end less one that
 * explores a single seed.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { milliseconds, type Row } from '#scripts/bench/row'

const COMMAND = fileURLToPath(new URL('../../dist/pumpbench.js', import.meta.url))
const SEEDS = 200

export function explorations(): Row[] {
  const folder = mkdtempSync(join(tmpdir(), 'pumpbench-explore-'))
  try {
    const start_ms = process_ms(1, 1, folder)
    const [one_ms, two_ms] = [process_ms(SEEDS, 1, folder) - start_ms, process_ms(SEEDS, 2, folder) - start_ms]
    const perSecond = (work_ms: number) => `${((SEEDS * 1000) / work_ms).toFixed(1)} seeds/s`
    return [
      {
        ...{ work: `explored seeds of 30 d, ${SEEDS} on one core`, measured: perSecond(one_ms) },
        ...{ beside: 'one such process', floor: milliseconds(start_ms), ratio: one_ms / start_ms },
      },
      {
        ...{ work: 'the same, two cores', measured: perSecond(two_ms), beside: 'one core' },
        ...{ floor: perSecond(one_ms), ratio: two_ms / one_ms },
      },
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Fewer seeds than any site is expected of, so that only a violation makes it fail. */
function process_ms(seeds: number, jobs: number, folder: string): number {
  const args = ['explore', '--seeds', String(seeds), '--jobs', String(jobs), '--out', folder, '--quiet']
  const start_ms = performance.now()
  const { status, stderr } = spawnSync(process.execPath, [COMMAND, ...args])
  if (status !== 0) throw new Error(`an exploration ended with ${status}: ${String(stderr)}; was dist built?`)
  return performance.now() - start_ms
}
