import type { ChildProcess } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { TraceRecord } from '#hil/run/trace'
import { checkOf, emptyFolder, ended, LIBRARY, onlyRun, sha256, withoutCircumstances } from './command.ts'
import { failing, long, passing } from './scenarios.ts'

const folder = emptyFolder()

/** Waits until a command that runs has written something to a file. */
async function grown(child: ChildProcess, name: string): Promise<void> {
  const path = join(folder.path, name)
  while (child.exitCode === null && !(existsSync(path) && statSync(path).size > 0)) await pause(5)
}

/** Windows has no signals to send: there a console tells its programs of Ctrl-C, which a test has no way to press. */
describe.skipIf(process.platform === 'win32')('Ctrl-C in the middle of a run', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    '(%s) ends it with 130 and keeps the record as inconclusive',
    async (signal) => {
      folder.write('a.yaml', long())
      const child = folder.start(['run', 'a.yaml', '--trace', 't.ndjson', '--json', 'r.json', '--html', 'r.html'])
      const end = ended(child)
      await grown(child, 't.ndjson')
      child.kill(signal)
      const { status, stderr } = await end
      expect(status).toBe(130)
      expect(stderr).toContain('interrupted: the record so far is kept as inconclusive')
      expect(folder.names()).toEqual(['a.yaml', 'r.html', 'r.json', 't.ndjson'])

      const run = onlyRun(folder.result('r.json'))
      expect(run.verdict).toBe('inconclusive')
      expect(run.checks.filter(({ verdict }) => verdict === 'pass')).toEqual([])
      expect(checkOf(run, 'completed').detail).toContain('interrupted')
      expect(run.simulated_s).toBeLessThan(7300 * 86_400)

      const trace = folder.read('t.ndjson')
      expect(run.trace_sha256).toBe(sha256(trace))
      expect(trace.endsWith('\n')).toBe(true)
      const records = trace
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as TraceRecord)
      expect(records.at(-1)).toMatchObject({ kind: 'end', complete: false, reason: 'interrupted' })

      const again = folder.process('replay', 't.ndjson', '--quiet', '--json', '-')
      expect(again.status).toBe(3)
      expect(withoutCircumstances(onlyRun(JSON.parse(again.stdout)))).toEqual(withoutCircumstances(run))
    },
  )

  it('keeps the runs that were over, and says how many were not begun', async () => {
    folder.write('s/1.yaml', passing('over'))
    folder.write('s/2.yaml', long())
    folder.write('s/3.yaml', passing('never-begun'))
    const child = folder.start(['run', 's', '--trace', 't', '--json', 'r.json'])
    const end = ended(child)
    await grown(child, 't/long.ndjson')
    child.kill('SIGINT')
    const { status, stderr } = await end
    expect(status).toBe(130)
    expect(stderr).toContain('; 1 scenario was not run')
    const runs = folder.result('r.json').runs.map(({ scenario, verdict }) => [scenario, verdict])
    expect(runs).toEqual([
      ['over', 'pass'],
      ['long', 'inconclusive'],
    ])
    expect(folder.names().filter((name) => name.startsWith('t/'))).toEqual(['t/long.ndjson', 't/over.ndjson'])
  })

  it('killed outright leaves a trace of whole lines that can be judged', async () => {
    folder.write('a.yaml', long())
    const child = folder.start(['run', 'a.yaml', '--trace', 't.ndjson'], { stdio: 'ignore' })
    const over = new Promise((resolve) => child.once('close', resolve))
    await grown(child, 't.ndjson')
    child.kill('SIGKILL')
    await over
    expect(folder.process('replay', 't.ndjson').status).toBe(3)
  })
})

describe('a reader that stops reading', () => {
  it.each([
    ['of standard output', 'stdout', []],
    ['of standard error', 'stderr', []],
    ['of a result on standard output', 'stdout', ['--json', '-']],
  ] as const)('%s changes neither the exit status nor the files', async (_, stream, options) => {
    folder.write('s/1.yaml', failing('one'))
    folder.write('s/2.yaml', passing('two'))
    const child = folder.start(['run', 's', '--trace', 't', '--html', 'r.html', ...options])
    child[stream]?.destroy()
    expect((await ended(child)).status).toBe(1)
    expect(folder.names()).toEqual(['r.html', 's/1.yaml', 's/2.yaml', 't/one.ndjson', 't/two.ndjson'])
    expect(folder.read('t/two.ndjson')).toMatch(/\{"kind":"end".*"complete":true.*\}\n$/)
  })

  it('after the first line, like head, ends the other commands quietly', async () => {
    for (const args of [['list'], ['schema', 'result'], ['validate', `${LIBRARY}/pump`], ['--help']]) {
      const child = folder.start(args)
      child.stdout?.once('data', () => child.stdout?.destroy())
      const { status, stderr } = await ended(child)
      expect([args[0], status, stderr]).toEqual([args[0], 0, ''])
    }
  })
})
