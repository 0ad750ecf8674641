/** The closing line of CI: it must never be green by accident. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'pumpbench-tally-'))

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** One file of a report: its own status, and those of its tests. */
type File = readonly [status: string, tests: readonly string[]]

function report(name: string, files: readonly File[]): string {
  const path = join(folder, name)
  const testResults = files.map(([status, tests]) => ({ status, assertionResults: tests.map((t) => ({ status: t })) }))
  writeFileSync(path, JSON.stringify({ testResults }))
  return path
}

function tally(...paths: readonly string[]) {
  const args = [join(ROOT, 'node_modules/tsx/dist/cli.mjs'), join(ROOT, 'scripts/tally.ts'), ...paths]
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  const lines = stdout.trimEnd().split('\n')
  return { status, last: lines.at(-1), lines }
}

describe('the closing line of CI', () => {
  it('adds up the runs', () => {
    const a = report('a.json', [['passed', ['passed', 'passed', 'pending']]])
    const b = report('b.json', [['passed', ['passed']]])
    expect(tally(a, b)).toMatchObject({ status: 0, last: '3 passed, 0 failed, 1 skipped' })
  })

  it('counts a file that could not be loaded as a failure', () => {
    const path = report('unloaded.json', [
      ['passed', ['passed']],
      ['failed', []],
    ])
    expect(tally(path)).toMatchObject({ status: 1, last: '1 passed, 1 failed' })
  })

  it('fails when one of the runs ran no test or left no report', () => {
    const good = report('good.json', [['passed', ['passed']]])
    expect(tally(good, report('empty.json', []))).toMatchObject({ status: 1, last: '1 passed, 0 failed' })
    expect(tally(good, join(folder, 'absent.json'))).toMatchObject({ status: 1, last: '1 passed, 0 failed' })
    expect(tally()).toMatchObject({ status: 1, last: '0 passed, 0 failed' })
  })
})
