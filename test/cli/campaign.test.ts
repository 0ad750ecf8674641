/** A choice of scenarios, side by side, held against requirements and against an earlier result. */
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Result } from '#hil/run/result'
import { emptyFolder, ended, LIBRARY, onlyRun, sha256, withoutCircumstances } from './command.ts'
import { failing, long, passing, undecidable } from './scenarios.ts'

const folder = emptyFolder()

const tagged = (name: string, ...tags: string[]) => `${passing(name)}tags: [${tags.join(', ')}]\n`
const names = (result: Result) => result.runs.map(({ scenario }) => scenario)

describe('--tag', () => {
  it('runs the scenarios that have one of the tags', async () => {
    folder.write('s/1.yaml', tagged('one', 'nightly'))
    folder.write('s/2.yaml', tagged('two', 'smoke', 'bolus'))
    folder.write('s/3.yaml', passing('three'))
    expect((await folder.pumpbench('run', 's', '--tag', 'smoke', '--tag', 'nightly', '--json', 'r.json')).status).toBe(
      0,
    )
    expect(names(folder.result('r.json'))).toEqual(['one', 'two'])
  })

  it('that no scenario has is a mistake and no pass', async () => {
    folder.write('s/1.yaml', tagged('one', 'nightly'))
    const { status, stderr } = await folder.pumpbench('run', 's', '--tag', 'nighty')
    expect(status).toBe(2)
    expect(stderr).toContain('--tag "nighty": no scenario has it; their tags are nightly')
  })

  it('is a word, not a sentence', async () => {
    folder.write('a.yaml', tagged('one', 'Every Night'))
    expect((await folder.pumpbench('run', 'a.yaml')).stderr).toMatch(
      /a\.yaml:\d+:8: "Every Night": a tag is written with/,
    )
  })

  it('chooses what list shows', async () => {
    const { status, stderr } = await folder.pumpbench('list', '--tag', 'of-nobody')
    expect([status, stderr]).toEqual([2, expect.stringContaining('no scenario has it')])
  })
})

describe('--shard', () => {
  it('splits the scenarios by name: each is in one shard, whatever the order of the files', async () => {
    for (const name of ['e', 'a', 'd', 'b', 'c']) folder.write(`s/${name}${name}.yaml`, passing(name))
    const shards: string[][] = []
    for (const shard of ['1/2', '2/2']) {
      await folder.pumpbench('run', 's', '--quiet', '--shard', shard, '--json', 'r.json')
      shards.push(names(folder.result('r.json')))
    }
    expect(shards).toEqual([
      ['a', 'c', 'e'],
      ['b', 'd'],
    ])
    await folder.pumpbench('run', 's/ee.yaml', 's/dd.yaml', 's', '--quiet', '--shard', '2/2', '--json', 'r.json')
    expect(names(folder.result('r.json'))).toEqual(['d', 'b'])
  })

  it('that would be empty is a mistake and no pass', async () => {
    folder.write('a.yaml', passing())
    const { status, stderr } = await folder.pumpbench('run', 'a.yaml', '--shard', '2/2')
    expect(status).toBe(2)
    expect(stderr).toContain('--shard 2/2 is empty: there is 1 scenario; split them into no more shards')
  })

  it.each(['0/2', '3/2', '1', '1/2/3', 'a/b', '1/99999'])('%s is none', async (shard) => {
    folder.write('a.yaml', passing())
    const { status, stderr } = await folder.pumpbench('run', 'a.yaml', '--shard', shard)
    expect([status, stderr]).toEqual([2, expect.stringContaining('a shard is written i/n')])
  })
})

describe('--jobs', () => {
  it('changes nothing of the results, their order, or the traces', () => {
    const texts = [failing('one'), passing('two'), undecidable('three'), passing('four')]
    for (const [n, text] of texts.entries()) folder.write(`s/${n}.yaml`, text)
    const statuses = ['1', '3'].map(
      (jobs) =>
        folder.process('run', 's', '--seed', '7', '--jobs', jobs, '--trace', `t${jobs}/`, '--json', `${jobs}.json`)
          .status,
    )
    expect(statuses).toEqual([1, 1])
    const [alone, abreast] = ['1', '3'].map((jobs) => folder.result(`${jobs}.json`).runs)
    expect(abreast?.map(withoutCircumstances)).toEqual(alone?.map(withoutCircumstances))
    expect(abreast?.map(({ file }) => file)).toEqual(alone?.map(({ file }) => file))
    for (const { scenario, trace_sha256 } of abreast ?? []) {
      expect(sha256(folder.read(`t3/${scenario}.ndjson`))).toBe(trace_sha256)
    }
  })

  it('is the same on the emulated rig, with a pump model of a file', () => {
    folder.write('s/mine.yaml.txt', 'base: im-20\nstep_volume: 0.5 uL\n')
    for (const name of ['one', 'two']) {
      folder.write(`s/${name}.yaml`, passing(name).replace('model: im-20', 'model: ./mine.yaml.txt'))
    }
    expect(folder.process('run', 's', '--rig', 'avr', '--jobs', '2', '--json', 'r.json').status).toBe(0)
    expect(folder.result('r.json').runs.map(({ delivered }) => delivered.steps)).toEqual([400, 400])
  })

  it.skipIf(process.platform === 'win32')('ends with Ctrl-C, and keeps what there is as inconclusive', async () => {
    folder.write('s/1.yaml', long().replace('name: long', 'name: one'))
    folder.write('s/2.yaml', long().replace('name: long', 'name: two'))
    folder.write('s/3.yaml', passing('never-begun'))
    const child = folder.start(['run', 's', '--jobs', '2', '--json', 'r.json', '--trace', 't/'])
    const end = ended(child)
    let heard = ''
    child.stderr?.on('data', (text: string) => {
      heard += text
      if (heard.includes('running 2 of 3')) setTimeout(() => child.kill('SIGINT'), 300)
    })
    const { status, stderr } = await end
    expect(status).toBe(130)
    expect(stderr).toContain('interrupted: the record so far is kept as inconclusive; 1 scenario was not run')
    expect(folder.result('r.json').runs.map(({ scenario, verdict }) => [scenario, verdict])).toEqual([
      ['one', 'inconclusive'],
      ['two', 'inconclusive'],
    ])
    const [last = ''] = folder.read('t/one.ndjson').trimEnd().split('\n').slice(-1)
    expect(JSON.parse(last)).toMatchObject({ kind: 'end', complete: false, reason: 'interrupted' })
  })

  it.each(['0', '65', 'two', '1.5'])('%s is no number of jobs', (jobs) => {
    folder.write('a.yaml', passing())
    const { status, stderr } = folder.process('run', 'a.yaml', '--jobs', jobs)
    expect([status, stderr]).toEqual([2, expect.stringContaining('a number of jobs is a whole number from 1 to 64')])
  })
})

describe('--journal', () => {
  const write = () => {
    for (const name of ['one', 'two', 'three', 'four', 'five', 'six']) folder.write(`s/${name}.yaml`, failing(name))
  }

  it('goes on where the command was killed, and gives the same result as one that was not', async () => {
    write()
    const command = ['run', 's', '--jobs', '2', '--html', 'r.html', '--json', 'r.json', '--journal', 'j/j.ndjson']
    const child = folder.start(command)
    const killed = new Promise((resolve) => child.once('close', resolve))
    const lines = () => (folder.names().includes('j/j.ndjson') ? folder.read('j/j.ndjson').split('\n').length - 1 : 0)
    while (child.exitCode === null && lines() < 3) await new Promise((resolve) => setTimeout(resolve, 1))
    child.kill('SIGKILL')
    await killed
    expect(lines()).toBeGreaterThanOrEqual(3)
    const before = folder.read('j/j.ndjson').split('\n').slice(0, 3)
    const { status, stderr } = folder.process(...command)
    expect(status).toBe(1)
    expect(folder.read('j/j.ndjson').split('\n').slice(0, 3), 'what was done is not done again').toEqual(before)
    expect(stderr).toContain('alone: pumpbench run s/four.yaml --rig ideal')
    const [resumed, page] = [folder.result('r.json'), folder.read('r.html')]
    folder.process(...command.slice(0, -2))
    expect(resumed.runs.map(withoutCircumstances)).toEqual(folder.result('r.json').runs.map(withoutCircumstances))
    const drawn = (text: string) => text.match(/"trace_sha256":"[0-9a-f]+"/g)
    expect(drawn(page)).toEqual(drawn(folder.read('r.html')))
  })

  it('of other scenarios is refused, and so is a record beside it', async () => {
    write()
    expect((await folder.pumpbench('run', 's', '--quiet', '--journal', 'j.ndjson')).status).toBe(1)
    const { status, stderr } = await folder.pumpbench('run', 's', '--seed', '9', '--quiet', '--journal', 'j.ndjson')
    expect([status, stderr]).toEqual([2, expect.stringContaining('j.ndjson: this is the journal of another campaign')])
    const both = await folder.pumpbench('run', 's', '--journal', 'k.ndjson', '--record', 'r')
    expect([both.status, both.stderr]).toEqual([2, expect.stringContaining('--journal and --record')])
    expect(folder.names()).not.toContain('k.ndjson')
  })
})

describe('a matrix', () => {
  it('that was killed goes on to the same bytes as one that was not', async () => {
    folder.write('s/one.yaml', passing('one'))
    const command = ['matrix', 's', '--faults', 'clock,ten-fold-dose', '--jobs', '2', '--quiet', '--out']
    const child = folder.start([...command, 'a'])
    const killed = new Promise((resolve) => child.once('close', resolve))
    const journal = 'a/journal.ndjson'
    const lines = () => (folder.names().includes(journal) ? folder.read(journal).split('\n').length - 1 : 0)
    while (child.exitCode === null && lines() < 3) await new Promise((resolve) => setTimeout(resolve, 1))
    child.kill('SIGKILL')
    await killed
    const [resumed, whole] = [folder.process(...command, 'a'), folder.process(...command, 'b')]
    expect([resumed.status, resumed.stderr]).toEqual([whole.status, whole.stderr])
    for (const name of ['matrix.json', 'matrix.html']) expect(folder.read(`a/${name}`)).toBe(folder.read(`b/${name}`))
  })
})

describe('--retry', () => {
  it('keeps every attempt, with a trace of its own, and is no way to a pass', async () => {
    folder.write('a.yaml', undecidable())
    const { status, stdout } = await folder.pumpbench(
      'run',
      'a.yaml',
      '--retry',
      '2',
      '--json',
      'r.json',
      '--trace',
      't.nd',
    )
    expect(status).toBe(3)
    expect(folder.result('r.json').runs.map(({ attempt, verdict }) => [attempt, verdict])).toEqual([
      [1, 'inconclusive'],
      [2, 'inconclusive'],
      [3, 'inconclusive'],
    ])
    expect(folder.names()).toEqual(['a.yaml', 'r.json', 't.attempt-2.nd', 't.attempt-3.nd', 't.nd'])
    expect(stdout).toContain('undecidable, attempt 3')
  })

  it('does not put a trace of an attempt where an input is', async () => {
    folder.write('t.attempt-2.yaml', passing())
    const { status, stderr } = await folder.pumpbench('run', 't.attempt-2.yaml', '--retry', '1', '--trace', 't.yaml')
    expect([status, stderr]).toEqual([2, expect.stringContaining('this is the input t.attempt-2.yaml')])
  })
})

describe('--baseline', () => {
  it('fails when a check that passed in it no longer does, and says which', async () => {
    folder.write('s/1.yaml', passing('one'))
    folder.write('s/2.yaml', passing('two'))
    expect((await folder.pumpbench('run', 's', '--quiet', '--json', 'old.json')).status).toBe(0)
    folder.write('s/2.yaml', undecidable('two'))
    folder.write('s/3.yaml', passing('new'))
    const { status, stdout } = await folder.pumpbench('run', 's', '--baseline', 'old.json', '--json', 'r.json')
    expect(status).toBe(1)
    expect(stdout).toContain('1 check that passed in the baseline no longer does')
    expect(folder.result('r.json').baseline).toEqual({
      file: 'old.json',
      sha256: sha256(folder.read('old.json')),
      regressions: [
        { scenario: 'two', check: 'tracking', verdict: 'gone', detail: expect.stringContaining('no longer') },
      ],
    })
  })

  it('is met by the same scenarios, and is no excuse for what failed then too', async () => {
    folder.write('a.yaml', passing())
    folder.write('b.yaml', failing())
    for (const [name, status] of [
      ['a.yaml', 0],
      ['b.yaml', 1],
    ] as const) {
      expect((await folder.pumpbench('run', name, '--quiet', '--json', 'old.json')).status).toBe(status)
      expect((await folder.pumpbench('run', name, '--baseline', 'old.json', '--json', 'r.json')).status).toBe(status)
      expect(folder.result('r.json').baseline?.regressions).toEqual([])
    }
  })

  it('that has a scenario nobody gave is a mistake; one of another shard is not', async () => {
    folder.write('s/1.yaml', passing('one'))
    folder.write('s/2.yaml', passing('two'))
    await folder.pumpbench('run', 's', '--quiet', '--json', 'old.json')
    const { status, stderr } = await folder.pumpbench('run', 's/1.yaml', '--baseline', 'old.json')
    expect([status, stderr]).toEqual([2, expect.stringContaining('not among the scenarios given: "two"; run them too')])
    expect((await folder.pumpbench('run', 's', '--shard', '1/2', '--baseline', 'old.json')).status).toBe(0)
  })

  it.each([
    ['nothing', undefined, '--baseline old.json: no such file'],
    ['no JSON', 'verdict: pass', 'not a result as run --json writes it'],
    ['another JSON', '{"schema":"pumpbench/result@2","runs":[]}', 'not a result as run --json writes it at schema'],
    ['a result without runs', '{"schema":"pumpbench/result@1","runs":[]}', 'old.json: it holds no run'],
    ['a result without checks', '{"schema":"pumpbench/result@1","runs":[{"scenario":"a"}]}', 'at runs.0.checks'],
  ])('that is %s is refused', async (_, text, message) => {
    folder.write('a.yaml', passing())
    if (text !== undefined) folder.write('old.json', text)
    const { status, stderr } = await folder.pumpbench('run', 'a.yaml', '--baseline', 'old.json')
    expect([status, stderr]).toEqual([2, expect.stringContaining(message)])
  })

  it('is not written over', async () => {
    folder.write('a.yaml', passing())
    await folder.pumpbench('run', 'a.yaml', '--quiet', '--json', 'r.json')
    const { status, stderr } = await folder.pumpbench('run', 'a.yaml', '--baseline', 'r.json', '--json', 'r.json')
    expect([status, stderr]).toEqual([2, expect.stringContaining('--json r.json: this is the input r.json')])
  })
})

const REQUIREMENTS = `schema: pumpbench/requirements@1
requirements:
  - { id: R1, text: The dose is right., risk: Overdose. }
  - { id: R2, text: The alarm sounds., risk: Nobody hears. }
`
const exercising = (id: string, name = 'one') => `${passing(name)}requirements: [${id}]\n`

describe('requirements', () => {
  it('of the working folder are reported: what is evidence for each, and what nothing exercised', async () => {
    folder.write('requirements.yaml', REQUIREMENTS)
    folder.write('a.yaml', exercising('R1'))
    const { status, stdout } = await folder.pumpbench('run', 'a.yaml', '--json', 'r.json', '--html', 'r.html')
    expect(status).toBe(0)
    expect(stdout).toContain('2 requirements: 1 pass, 1 not exercised')
    expect(folder.result('r.json').requirements).toMatchObject([
      { id: 'R1', verdict: 'pass', evidence: [{ scenario: 'one', checks: [{ check: 'tracking' }, {}] }] },
      { id: 'R2', verdict: 'not exercised', evidence: [] },
    ])
    expect(folder.read('r.html')).toContain('<h2>Requirements</h2>')
  })

  it('stand beside the scenarios of a folder without being taken for one', async () => {
    folder.write('requirements.yaml', REQUIREMENTS)
    folder.write('a.yaml', exercising('R1'))
    expect((await folder.pumpbench('run', '.', '--json', 'r.json')).status).toBe(0)
    expect(onlyRun(folder.result('r.json')).scenario).toBe('one')
  })

  it('are a mistake where a scenario names one that the file lacks', async () => {
    folder.write('requirements.yaml', REQUIREMENTS)
    folder.write('a.yaml', exercising('R12'))
    const { status, stderr } = await folder.pumpbench('run', 'a.yaml')
    expect(status).toBe(2)
    expect(stderr).toMatch(/^a\.yaml:\d+:16: "R12" is not a requirement of requirements\.yaml; did you mean "R1"\?$/m)
    expect((await folder.pumpbench('run', 'a.yaml', '--no-requirements')).status).toBe(0)
  })

  it('have all to be exercised where the file is named, by this shard or another', async () => {
    folder.write('needs/all.yaml', REQUIREMENTS)
    folder.write('s/1.yaml', exercising('R1', 'one'))
    const { status, stderr } = await folder.pumpbench('run', 's', '--requirements', 'needs/all.yaml')
    expect(status).toBe(2)
    expect(stderr).toContain('--requirements needs/all.yaml: no scenario given exercises R2')
    folder.write('s/2.yaml', exercising('R2', 'two'))
    const command = ['run', 's', '--requirements', 'needs/all.yaml', '--json', 'r.json']
    expect((await folder.pumpbench(...command)).status).toBe(0)
    expect((await folder.pumpbench(...command, '--shard', '1/2')).status).toBe(0)
    expect(folder.result('r.json').requirements?.map(({ verdict }) => verdict)).toEqual(['pass', 'not exercised'])
  })

  it('that cannot be read are a mistake', async () => {
    folder.write('a.yaml', passing())
    expect((await folder.pumpbench('run', 'a.yaml', '--requirements', 'none.yaml')).stderr).toContain(
      'none.yaml:1:1: cannot be read: no such file',
    )
    folder.write('requirements.yaml', 'roles: []')
    const { status, stderr } = await folder.pumpbench('run', 'a.yaml')
    expect(status).toBe(2)
    expect(stderr).toContain('requirements.yaml:1:1: unknown key "roles"')
    expect(stderr).toContain('--no-requirements does without it')
  })

  it('that come along are all exercised by the library', async () => {
    const file = join(LIBRARY, '..', 'requirements.yaml')
    const { status, stderr } = await folder.pumpbench(
      'run',
      LIBRARY,
      '--requirements',
      file,
      '--shard',
      '1/40',
      '--quiet',
    )
    expect([status, stderr]).toEqual([0, ''])
  })
})
