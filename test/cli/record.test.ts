/** Records: everything of a campaign in one folder, and what `verify` makes of one that was tampered with. */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { MANIFEST, type RecordManifest } from '#hil/report/manifest-schema'
import { run } from '#scripts/commands/run'
import { verify } from '#scripts/commands/verify'
import { emptyFolder, sha256 } from './command.ts'
import { failing, faulty, long, passing, undecidable } from './scenarios.ts'

const folder = emptyFolder()
const RUN = ['run', 's', '--no-requirements', '--record', 'rec']

function manifest(): RecordManifest {
  return MANIFEST.parse(JSON.parse(folder.read('rec/manifest.json')))
}

/** Writes the manifest anew, as somebody would who wanted to pass something off. */
function listed(change: (manifest: RecordManifest) => unknown): void {
  const made = manifest()
  const changed = change(made) ?? made
  writeFileSync(join(folder.path, 'rec/manifest.json'), JSON.stringify(changed))
}

/** Makes the manifest agree with what a file holds now. */
function relisted(path: string): void {
  const bytes = readFileSync(join(folder.path, 'rec', path))
  listed(({ artifacts, ...rest }) => ({
    ...rest,
    artifacts: artifacts.map((one) =>
      one.path === path ? { ...one, size: bytes.length, sha256: sha256(bytes.toString('utf8')) } : one,
    ),
  }))
}

async function verified(path = 'rec') {
  return await folder.pumpbench('verify', path)
}

function verifiedHere(path = 'rec') {
  return folder.here(() => verify(path))
}

describe('a record', () => {
  it('holds everything of a campaign, and holds', async () => {
    const own = '# µ\r\nbase: im-20\nstep_volume: 0.3 uL\n'
    folder.write('s/models/own.txt', own)
    const scenario = passing('own').replace('{ model: im-20 }', '{ model: ./models/own.txt }')
    folder.write('s/own.yaml', `# 泵\r\n${scenario}`)
    folder.write('s/undecidable.yaml', undecidable())
    const { status, stdout } = await folder.pumpbench(
      ...RUN,
      '--retry',
      '1',
      '--include',
      'vcd',
      '--include',
      'steps',
      '--json',
      'r.json',
    )
    expect(status).toBe(3)
    expect(stdout).toContain(`record: rec/manifest.json sha256 ${sha256(folder.read('rec/manifest.json'))}`)
    const per = (name: string) => [
      `csv/${name}.csv`,
      `csv/${name}.events.csv`,
      `csv/${name}.steps.csv`,
      `traces/${name}.ndjson`,
      `vcd/${name}.vcd`,
    ]
    const names = ['own', 'undecidable', 'undecidable.attempt-2'].flatMap(per)
    const given = ['scenarios/own.yaml', 'scenarios/undecidable.yaml', 'models/own.yaml']
    const all = [...names, ...given, 'junit.xml', 'manifest.json', 'report.html', 'result.json'].toSorted()
    expect(folder.names().filter((name) => name.startsWith('rec/'))).toEqual(all.map((name) => `rec/${name}`))

    expect(folder.read('rec/scenarios/own.yaml')).toBe(`# 泵\r\n${scenario}`)
    expect(folder.read('rec/models/own.yaml')).toBe(own)
    expect(folder.read('rec/result.json')).toBe(folder.read('r.json'))
    const { artifacts, state, command } = manifest()
    expect(state).toBe('complete')
    expect(command).toEqual({
      paths: ['s'],
      options: {
        rig: 'ideal',
        pump: 'model',
        requirements: false,
        record: 'rec',
        retry: 1,
        include: ['vcd', 'steps'],
        json: 'r.json',
      },
    })
    expect(artifacts.map(({ path }) => path).toSorted()).toEqual(all.filter((name) => name !== 'manifest.json'))
    for (const { path, sha256: listedAs } of artifacts) expect(sha256(folder.read(`rec/${path}`))).toBe(listedAs)
    const again = artifacts.find(({ path }) => path === 'traces/undecidable.attempt-2.ndjson')
    expect(again).toMatchObject({ attempt: 2, derived_from: ['scenarios/undecidable.yaml'] })

    const found = await verified()
    expect([found.status, found.stderr]).toEqual([3, ''])
    expect(found.stdout).toContain('files: 21 of 21 are as listed\n')
    expect(found.stdout).toContain(
      'runs: 3 of 3 judged again from their traces: 1 pass, 2 inconclusive\nthe record holds\n',
    )
  })

  it('of what passes verifies with 0, of what fails with 1, by its manifest too, and wherever it was moved to', async () => {
    folder.write('s/a.yaml', faulty())
    folder.write('s/b.yaml', passing())
    await folder.pumpbench(...RUN.with(1, 's/b.yaml'), '--quiet')
    expect((await verified()).status).toBe(0)
    renameSync(join(folder.path, 'rec'), join(folder.path, 'moved'))
    expect((await verified('moved/manifest.json')).status).toBe(0)
    folder.write('s/c.yaml', failing())
    folder.process(...RUN, '--jobs', '2', '--quiet')
    const { status, stdout, stderr } = await verified()
    expect([status, stderr]).toEqual([1, ''])
    expect(stdout).toContain('the record holds')
  })

  it('keeps requirements and baseline, and holds the result to them', async () => {
    folder.write('s/a.yaml', failing())
    folder.write('b.json', '')
    const passed = (await folder.pumpbench('run', 's', '--quiet', '--json', '-')).stdout
    folder.write('b.json', passed.replaceAll('"verdict": "fail"', '"verdict": "pass"'))
    folder.write(
      'q.yaml',
      'schema: pumpbench/requirements@1\nrequirements:\n  - { id: R1, text: It doses., risk: Harm. }\n',
    )
    folder.write('s/a.yaml', `${failing()}requirements: [R1]\n`)
    const { stderr } = await folder.pumpbench(
      'run',
      's',
      '--quiet',
      '--record',
      'rec',
      '--baseline',
      'b.json',
      '--requirements',
      'q.yaml',
    )
    expect(stderr).toBe('')
    expect(folder.read('rec/baseline.json')).toBe(folder.read('b.json'))
    expect(folder.read('rec/requirements.yaml')).toBe(folder.read('q.yaml'))
    expect((await verified()).stderr).toBe('')
    const result = folder.read('rec/result.json')
    writeFileSync(join(folder.path, 'rec/result.json'), result.replace('"text": "It doses."', '"text": "It sits."'))
    relisted('result.json')
    expect((await verified()).stderr).toContain('result.json: the requirements do not follow')
  })
})

describe('a folder for a record', () => {
  it.each([
    ['that is not empty', () => folder.write('rec/x', ''), [], '--record rec: the folder is not empty'],
    ['that is a file', () => folder.write('rec', ''), [], '--record rec: this is a file; name a folder'],
    [
      'that holds another output',
      () => '',
      ['--json', 'rec/r.json'],
      '--json rec/r.json: this lies in the folder of --record',
    ],
  ])('%s is refused before anything runs', async (_, prepare, options, message) => {
    prepare()
    folder.write('s/a.yaml', passing())
    const before = folder.names()
    const { status, stderr } = await folder.pumpbench(...RUN, ...options)
    expect(status).toBe(2)
    expect(stderr).toContain(message)
    expect(stderr).toContain('nothing was run')
    expect(folder.names()).toEqual(before)
  })

  it('may be empty; --include without it is a mistake', async () => {
    folder.write('s/a.yaml', passing())
    mkdirSync(join(folder.path, 'rec'))
    expect((await folder.pumpbench(...RUN, '--quiet')).status).toBe(0)
    expect((await folder.pumpbench('run', 's', '--include', 'vcd')).status).toBe(2)
    expect((await folder.pumpbench('run', 's', '--record', 'r2', '--include', 'everything')).status).toBe(2)
  })

  it.skipIf(process.platform === 'win32')('of a run that was killed tells so, and is no pass', async () => {
    folder.write('s/a.yaml', long())
    const child = folder.start(RUN, { stdio: 'ignore' })
    const over = new Promise((resolve) => child.once('close', resolve))
    while (child.exitCode === null && !existsSync(join(folder.path, 'rec/traces/long.ndjson'))) await pause(5)
    child.kill('SIGKILL')
    await over
    expect(manifest()).toMatchObject({ state: 'running', ended: null })
    const { status, stdout, stderr } = await verified()
    expect([status, stderr]).toEqual([3, ''])
    expect(stdout).toContain('has not ended: it is under way, or was killed\ntraces/long.ndjson: not listed')
  })
})

describe('verify', () => {
  const original = mkdtempSync(join(tmpdir(), 'pumpbench-record-'))
  afterAll(() => rmSync(original, { recursive: true, force: true }))

  /** A record of two runs, changed. */
  async function tampered(change: () => void) {
    if (!existsSync(join(original, 'rec'))) {
      folder.write('s/a.yaml', passing('one'))
      folder.write('s/b.yaml', failing('two'))
      await folder.here(() => run(['s'], { rig: 'ideal', requirements: false, record: 'rec', quiet: true }))
      cpSync(join(folder.path, 'rec'), join(original, 'rec'), { recursive: true })
    } else cpSync(join(original, 'rec'), join(folder.path, 'rec'), { recursive: true })
    change()
    return verifiedHere()
  }
  const path = (name: string) => join(folder.path, 'rec', name)
  const edit = (name: string, from: string | RegExp, to: string) => {
    const before = readFileSync(path(name), 'utf8')
    writeFileSync(path(name), before.replace(from, to))
    expect(readFileSync(path(name), 'utf8')).not.toBe(before)
  }

  it.each<readonly [string, () => void, string]>([
    ['a file that is gone', () => rmSync(path('junit.xml')), 'junit.xml: missing'],
    ['a byte more', () => edit('csv/one.csv', /$/, ' '), 'csv/one.csv: altered: '],
    ['another byte', () => edit('report.html', 'one', 'onE'), 'report.html: altered: '],
    ['a file more', () => writeFileSync(path('traces/x'), ''), 'traces/x: not listed in the manifest'],
    ['a link more', () => symlinkSync('/etc/hosts', path('x')), 'x: not listed in the manifest: a link'],
    [
      'a link in place of a file',
      () => {
        renameSync(path('junit.xml'), join(folder.path, 'junit.xml'))
        symlinkSync(join(folder.path, 'junit.xml'), path('junit.xml'))
      },
      'junit.xml: missing: a link is in its place',
    ],
    [
      'a link in place of a folder',
      () => {
        renameSync(path('traces'), join(folder.path, 'traces'))
        symlinkSync(join(folder.path, 'traces'), path('traces'))
      },
      'traces/one.ndjson: missing',
    ],
    [
      'a verdict that the trace does not bear out',
      () => {
        edit('result.json', /"verdict": "fail"/g, '"verdict": "pass"')
        relisted('result.json')
      },
      'traces/two.ndjson: verdict is recorded as "pass", and judged again it is "fail"',
    ],
    [
      'a figure that the trace does not bear out',
      () => {
        edit('result.json', /(?<="displaced_uL": )\d/, '9')
        relisted('result.json')
      },
      'traces/one.ndjson: delivered.displaced_uL is recorded as 9',
    ],
    [
      'a page that says something else',
      () => {
        edit('report.html', /FAIL/i, 'PASS')
        relisted('report.html')
      },
      'report.html: not what this version makes of the result',
    ],
    [
      'a table that says something else',
      () => {
        edit('csv/two.csv', '0,0', '0,1')
        relisted('csv/two.csv')
      },
      'csv/two.csv: not what this version makes of the trace',
    ],
    [
      'another scenario',
      () => {
        edit('scenarios/one.yaml', '50 ug/d', '51 ug/d')
        relisted('scenarios/one.yaml')
      },
      'traces/one.ndjson: the scenario that it is of is not the one that is kept',
    ],
    [
      'a trace that was altered',
      () => {
        edit('traces/one.ndjson', /"steps":\d/, '"steps":9')
        relisted('traces/one.ndjson')
      },
      'the trace was altered',
    ],
    [
      'a run left out',
      () => {
        const result = JSON.parse(readFileSync(path('result.json'), 'utf8')) as { runs: unknown[] }
        writeFileSync(path('result.json'), JSON.stringify({ ...result, runs: result.runs.slice(0, 1) }))
        relisted('result.json')
      },
      'traces/two.ndjson: there is no run of this trace in result.json',
    ],
  ])('finds %s', async (_, change, message) => {
    const { status, stdout, stderr } = await tampered(change)
    expect(stderr).toContain(message)
    expect(status).toBe(1)
    expect(stdout).toContain('the record does not hold')
  })

  it.each<readonly [string, () => void, string]>([
    ['no manifest', () => rmSync(path('manifest.json')), 'rec: there is no manifest.json: this is not a record'],
    ['a manifest that is no JSON', () => writeFileSync(path('manifest.json'), '{'), 'not a manifest'],
    [
      'another version',
      () => edit('manifest.json', 'manifest@1', 'manifest@2'),
      'not a manifest as run --record writes it at schema',
    ],
    [
      'a path that leaves the folder',
      () => edit('manifest.json', '"path": "junit.xml"', '"path": "../s/a.yaml"'),
      'not a manifest as run --record writes it at artifacts.',
    ],
    [
      'a path twice',
      () => edit('manifest.json', '"path": "junit.xml"', '"path": "Result.JSON"'),
      'a path is listed twice',
    ],
    [
      'an ancestor that is not there',
      () => edit('manifest.json', /(?<="derived_from": \[\s*)"result.json"/, '"gone.json"'),
      'derives from one that is not listed',
    ],
  ])('refuses %s', async (_, change, message) => {
    const { status, stdout, stderr } = await tampered(change)
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toContain(message)
    expect(stderr.length).toBeLessThan(1000)
  })

  it('refuses what is no folder and no manifest', async () => {
    folder.write('x', 'x')
    for (const [what, message] of [
      ['none', 'no such file or folder'],
      ['x', 'not a manifest'],
      ['', 'name a folder'],
    ] as const) {
      const { status, stderr } = await verifiedHere(what)
      expect([status, stderr.includes(message)]).toEqual([2, true])
    }
  })
})
