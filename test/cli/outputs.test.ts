import { chmodSync, existsSync, linkSync, lstatSync, mkdirSync, openSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type RunOptions, run } from '#scripts/commands/run'
import { emptyFolder, ended, onlyRun, sha256 } from './command.ts'
import { failing, passing } from './scenarios.ts'

const folder = emptyFolder()

/** Takes every byte and keeps none: what a full disk looks like. */
const FULL = '/dev/full'

describe('the files of a run', () => {
  it('are written to folders made for them, and nothing else is', async () => {
    folder.write('a.yaml', passing())
    const { status, stdout } = await folder.pumpbench(
      ...['run', 'a.yaml', '--json', 'out/json/r.json', '--html', 'out/html/r.html', '--trace', 'out/trace/t.ndjson'],
    )
    expect(status).toBe(0)
    expect(folder.names()).toEqual(['a.yaml', 'out/html/r.html', 'out/json/r.json', 'out/trace/t.ndjson'])
    expect(stdout).toContain('result: out/json/r.json\nreport: out/html/r.html\n')
    expect(folder.read('out/html/r.html')).toMatch(/^<!doctype html>/i)
    expect(onlyRun(folder.result('out/json/r.json')).trace_sha256).toBe(sha256(folder.read('out/trace/t.ndjson')))
  })

  it.skipIf(!existsSync('/proc'))('below a place that takes no folders are a mistake, and nothing is run', async () => {
    folder.write('a.yaml', passing())
    const { status, stderr } = await folder.pumpbench('run', 'a.yaml', '--json', '/proc/none/deep/a.json')
    expect(status).toBe(2)
    expect(stderr).toContain('--json /proc/none/deep/a.json')
  })

  it('replace those of an earlier run', async () => {
    folder.write('a.yaml', passing())
    const command = ['run', 'a.yaml', '--quiet', '--json', 'r.json', '--html', 'r.html', '--trace', 't.ndjson']
    for (const name of ['r.json', 'r.html', 't.ndjson']) folder.write(name, 'x'.repeat(1_000_000))
    expect((await folder.pumpbench(...command)).status).toBe(0)
    expect(onlyRun(folder.result('r.json')).trace_sha256).toBe(sha256(folder.read('t.ndjson')))
    expect(folder.read('r.html')).not.toContain('xxxx')
  })

  it('go through a link to the file behind it', async () => {
    folder.write('a.yaml', passing())
    folder.write('archive/r.json', '')
    symlinkSync(join('archive', 'r.json'), join(folder.path, 'latest.json'))
    expect((await folder.pumpbench('run', 'a.yaml', '--quiet', '--json', 'latest.json')).status).toBe(0)
    expect(lstatSync(join(folder.path, 'latest.json')).isSymbolicLink()).toBe(true)
    expect(onlyRun(folder.result('archive/r.json')).verdict).toBe('pass')
  })

  it('are a trace for each of several scenarios, named after it, with the digest of its run', async () => {
    folder.write('s/1.yaml', passing('one'))
    folder.write('s/2.yaml', failing('two'))
    await folder.pumpbench('run', 's', '--quiet', '--trace', 'traces', '--json', 'r.json')
    expect(folder.names().filter((name) => name.startsWith('traces'))).toEqual([
      'traces/one.ndjson',
      'traces/two.ndjson',
    ])
    for (const { scenario, trace_sha256 } of folder.result('r.json').runs) {
      expect(sha256(folder.read(`traces/${scenario}.ndjson`))).toBe(trace_sha256)
    }
  })
})

describe('an output that would cost something else is refused before anything runs', () => {
  it.each<readonly [string, RunOptions, string]>([
    ['the scenario', { json: 'a.yaml' }, '--json a.yaml: this is the input a.yaml'],
    ['the scenario by another path', { html: './x/../a.yaml' }, 'this is the input a.yaml'],
    ['the scenario through a link', { json: 'link.json' }, 'this is the input a.yaml'],
    ['the scenario under a second name', { trace: 'second.json' }, 'this is the input a.yaml'],
    ['two outputs in one file', { json: 'r', html: 'r' }, '--html r: this is the file of --json'],
    ['two outputs through a linked folder', { json: 'real/r', trace: 'to-real/r' }, 'this is the file of --json'],
    ['a folder', { json: 'real' }, '--json real: this is a folder; name a file'],
    ['no name', { html: '' }, '--html "": name a file'],
    ['a file as a folder', { json: 'a.yaml/r.json' }, 'a.yaml is a file, where a folder was expected'],
    ['a file as a folder above', { trace: 'a.yaml/b/c/t' }, 'a.yaml is a file, where a folder was expected'],
  ])('%s', async (_, options, message) => {
    folder.write('a.yaml', passing())
    mkdirSync(join(folder.path, 'real'))
    symlinkSync('a.yaml', join(folder.path, 'link.json'))
    symlinkSync('real', join(folder.path, 'to-real'))
    linkSync(join(folder.path, 'a.yaml'), join(folder.path, 'second.json'))
    const before = folder.names()
    const { status, stdout, stderr } = await folder.here(() => run(['a.yaml'], { rig: 'ideal', ...options }))
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toContain(message)
    expect(stderr).toContain('1 problem; nothing was run')
    expect(folder.names()).toEqual(before)
    expect(folder.read('a.yaml')).toBe(passing())
  })

  it('one file for the traces of two scenarios', async () => {
    folder.write('s/1.yaml', passing('one'))
    folder.write('s/2.yaml', passing('two'))
    folder.write('t', 'kept')
    expect((await folder.pumpbench('run', 's', '--trace', 't')).status).toBe(2)
    expect(folder.read('t')).toBe('kept')
  })

  it.skipIf(process.platform === 'win32' || process.getuid?.() === 0)('what may not be written to', async () => {
    folder.write('a.yaml', passing())
    folder.write('kept.json', 'kept')
    chmodSync(join(folder.path, 'kept.json'), 0o444)
    mkdirSync(join(folder.path, 'locked'), 0o555)
    const { status, stderr } = await folder.pumpbench(
      'run',
      'a.yaml',
      '--json',
      'kept.json',
      '--html',
      'locked/in/r.html',
    )
    expect(status).toBe(2)
    expect(stderr).toContain('--json kept.json: no permission to write')
    expect(stderr).toContain('--html locked/in/r.html: no permission to write')
    expect(folder.read('kept.json')).toBe('kept')
  })

  it.skipIf(!existsSync('/proc/self'))('a place where no file can be made', async () => {
    folder.write('a.yaml', passing())
    const { status, stdout, stderr } = await folder.pumpbench('run', 'a.yaml', '--json', '/proc/r.json')
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toContain('--json /proc/r.json: cannot be written')
  })
})

describe.skipIf(!existsSync(FULL))('a disk that fills up is no pass', () => {
  it.each([
    ['the trace', ['--trace', FULL], `--trace ${FULL}: the trace is not whole`],
    ['the result', ['--json', 'full'], '--json full: cannot be written: no space left on device'],
    ['the report', ['--html', 'full'], '--html full: cannot be written: no space left on device'],
  ])('%s', async (_, options, message) => {
    folder.write('a.yaml', passing())
    folder.write('b.yaml', failing())
    symlinkSync(FULL, join(folder.path, 'full'))
    const { status, stdout, stderr } = await folder.pumpbench('run', 'a.yaml', ...options)
    expect(status).toBe(3)
    expect(stdout).toContain('1 run: 1 pass')
    expect(stderr).toContain(message)
    expect((await folder.pumpbench('run', 'b.yaml', ...options)).status, 'a failed verdict goes first').toBe(1)
    expect(lstatSync(join(folder.path, 'full')).isSymbolicLink()).toBe(true)
  })

  it('standard output', async () => {
    folder.write('a.yaml', passing())
    const stdio = ['ignore', openSync(FULL, 'w'), 'pipe'] as const
    const { status, stderr } = await ended(folder.start(['run', 'a.yaml'], { stdio: [...stdio] }))
    expect(status).toBe(3)
    expect(stderr).toContain('standard output cannot be written')
  })
})
