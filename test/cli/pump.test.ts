/** Pumps on wires as a user names them: another process, a socket, and whatever may be wrong with either. */
import { existsSync, readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { COMMAND, checkOf, emptyFolder, ended, onlyRun } from './command.ts'
import { long, passing } from './scenarios.ts'
import { until } from './served.ts'

const folder = emptyFolder()
const OURS = `exec:"${process.execPath}" "${COMMAND}" serve --stdio`

/** A trace without its header, which names the pump, and without its end, which has the sum over all of it. */
function body(trace: string): readonly string[] {
  return trace.trimEnd().split('\n').slice(1, -1)
}

/** Runs the scenario with a pump that is this script of Node, which writes down its process first. */
function withScript(script: string, ...args: string[]) {
  folder.write(
    'pump.mjs',
    `import { writeFileSync } from 'node:fs'\nwriteFileSync('pid', String(process.pid))\n${script}`,
  )
  folder.write('a.yaml', passing())
  return folder.process('run', 'a.yaml', '--json', 'r.json', '--pump', `exec:"${process.execPath}" pump.mjs`, ...args)
}

/** Whether the process that wrote itself down is over. */
function isGone(name = 'pid'): boolean {
  const pid = Number(folder.read(name))
  try {
    process.kill(pid, 0)
  } catch {
    return true
  }
  // What nobody has asked after is still listed, and does nothing any more.
  const stat = `/proc/${pid}/stat`
  return existsSync(stat) && /\) Z /.test(readFileSync(stat, 'utf8'))
}

describe('a pump that is another process', () => {
  it.each(['ideal', 'avr'])('gives the trace that the model gives, on %s', (rig) => {
    folder.write('a.yaml', passing())
    const run = (name: string, ...args: string[]) =>
      folder.process('run', 'a.yaml', '--rig', rig, '--quiet', '--trace', name, ...args).status
    expect(run('model.ndjson')).toBe(0)
    expect(run('exec.ndjson', '--pump', OURS)).toBe(0)
    const [model, exec] = [folder.read('model.ndjson'), folder.read('exec.ndjson')]
    expect(body(exec)).toStrictEqual(body(model))
    expect(JSON.parse(exec.slice(0, exec.indexOf('\n')))).toMatchObject({ kind: 'header', pump: OURS })
  })

  it('is asked for by name in vain', () => {
    folder.write('a.yaml', passing())
    const { status } = folder.process('run', 'a.yaml', '--json', 'r.json', '--pump', 'exec:./no-such-pump --fast')
    expect(status).toBe(3)
    const { detail } = checkOf(onlyRun(folder.result('r.json')), 'completed')
    expect(detail).toContain('"./no-such-pump" could not be started: spawn ./no-such-pump ENOENT')
  })

  it('is no program', () => {
    folder.write('a.yaml', passing())
    folder.write('notes', 'no program')
    const { status } = folder.process('run', 'a.yaml', '--json', 'r.json', '--pump', 'exec:./notes')
    expect(status).toBe(3)
    expect(checkOf(onlyRun(folder.result('r.json')), 'completed').detail).toContain('EACCES')
  })

  it('dies, and what it complained of last is told', () => {
    const { status, stderr } = withScript("console.error('no battery'); process.exitCode = 7")
    expect(status).toBe(3)
    expect(stderr).toContain('pump: no battery')
    const { detail } = checkOf(onlyRun(folder.result('r.json')), 'completed')
    expect(detail).toContain('the process of the pump ended with status 7; the last it wrote: no battery')
    expect(isGone()).toBe(true)
  })

  it('closes its output and stays', () => {
    const { status } = withScript('process.stdout.end(); process.stdin.resume(); setInterval(() => {}, 1000)')
    expect(status).toBe(3)
    expect(checkOf(onlyRun(folder.result('r.json')), 'completed').detail).toContain('the pump closed its output')
    expect(isGone()).toBe(true)
  })

  it.skipIf(process.platform === 'win32')(
    'listens to nothing, not even to SIGTERM, and neither does what it started',
    () => {
      const { status } = withScript(
        `import { spawn } from 'node:child_process'
       process.on('SIGTERM', () => {})
       const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
       writeFileSync('grandchild', String(child.pid))
       setInterval(() => {}, 1000)`,
      )
      expect(status).toBe(3)
      expect(checkOf(onlyRun(folder.result('r.json')), 'completed').detail).toContain('no whole answer in 10 s')
      expect(isGone()).toBe(true)
      expect(isGone('grandchild')).toBe(true)
    },
  )

  it('writes without an end', () => {
    const { status } = withScript("const more = () => process.stdout.write('.'.repeat(65536), more); more()")
    expect(status).toBe(3)
    expect(checkOf(onlyRun(folder.result('r.json')), 'completed').detail).toContain('more than 16 MiB without an end')
    expect(isGone()).toBe(true)
  })

  it.skipIf(process.platform === 'win32').each(['SIGINT', 'SIGTERM'] as const)(
    'is ended when the bench is ended by %s, which keeps its record',
    async (signal) => {
      folder.write('a.yaml', long())
      folder.write(
        'pump.mjs',
        `import { writeFileSync } from 'node:fs'
         writeFileSync('pid', String(process.pid))
         process.argv[1] = ${JSON.stringify(COMMAND)}
         process.argv.push('serve', '--stdio')
         await import(${JSON.stringify(COMMAND)})`,
      )
      const child = folder.start([
        'run',
        'a.yaml',
        '--trace',
        't.ndjson',
        '--json',
        'r.json',
        '--pump',
        `exec:"${process.execPath}" pump.mjs`,
      ])
      const end = ended(child)
      await until(() => folder.names().includes('t.ndjson') && folder.read('t.ndjson').length > 100_000)
      child.kill(signal)
      expect((await end).status).toBe(130)
      expect(checkOf(onlyRun(folder.result('r.json')), 'completed').detail).toContain('interrupted')
      await pause(10)
      expect(isGone()).toBe(true)
    },
  )
})

describe('the name of a pump on a wire', () => {
  it('is refused before anything runs where it makes no sense', () => {
    folder.write('a.yaml', passing())
    const { status, stderr } = folder.process('run', 'a.yaml', '--pump', 'exec:./pump "a')
    expect(status).toBe(2)
    expect(stderr).toContain('the quote " is not closed')
    const { stderr: unknown } = folder.process('run', 'a.yaml', '--pump', 'pipe:x')
    expect(unknown).toContain('is not known; this version has: model, exec:COMMAND, tcp:HOST:PORT, serial:PATH')
  })

  it('stands for one pump, which runs one scenario at a time', () => {
    folder.write('s/a.yaml', passing('a'))
    folder.write('s/b.yaml', passing('b'))
    const { status, stderr } = folder.process('run', 's', '--pump', OURS, '--jobs', '2')
    expect(status).toBe(2)
    expect(stderr).toContain('--jobs 2: a pump on a wire runs one scenario at a time; leave it out')
  })

  it('never comes to a shell', () => {
    folder.write(
      'echo.mjs',
      "import { writeFileSync } from 'node:fs'\nwriteFileSync('args', JSON.stringify(process.argv.slice(2)))",
    )
    folder.write('a.yaml', passing())
    folder.process('run', 'a.yaml', '--pump', `exec:"${process.execPath}" echo.mjs $HOME '; touch x' "a b"c \\n`)
    expect(JSON.parse(folder.read('args'))).toStrictEqual(['$HOME', '; touch x', 'a bc', '\\n'])
    expect(folder.names()).not.toContain('x')
  })
})

describe('two pumps', () => {
  it('are compared on the same scenarios', () => {
    folder.write('s/a.yaml', passing('a'))
    folder.write('s/b.yaml', passing('b'))
    const { status, stdout } = folder.process('compare', 'model', OURS, 's')
    expect(stdout).toBe('a: the same\nb: the same\n2 scenarios: 2 the same, 0 diverging, 0 broken off, 0 skipped\n')
    expect(status).toBe(0)
  })

  it('of which one is not there leave nothing to say', () => {
    folder.write('a.yaml', passing('a'))
    const { status, stdout } = folder.process('compare', 'model', 'exec:./absent', 'a.yaml')
    expect(status).toBe(3)
    expect(stdout).toContain('1 scenario: 0 the same, 0 diverging, 1 broken off')
    expect(folder.process('compare', 'model', 'absent', 'a.yaml')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('compare "absent" is not known'),
    })
  })
})

describe('our model, served', () => {
  const children: { kill: (signal: 'SIGINT') => boolean }[] = []
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGINT')
  })

  it('on a socket is a pump for one run after another', async () => {
    folder.write('s/a.yaml', passing('a'))
    folder.write('s/b.yaml', passing('b'))
    const child = folder.start(['serve', '--tcp', '0'])
    children.push(child)
    let said = ''
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
    const end = ended(child)
    await until(() => /at tcp:\S+\n/.test(said))
    const [, where = ''] = /at (tcp:\S+)\n/.exec(said) ?? []
    const run = await ended(folder.start(['run', 's', '--pump', where], {}))
    expect(run.stdout).toContain('2 runs: 2 pass')
    child.kill('SIGINT')
    expect((await end).status).toBe(0)
  })
})
