/**
 * Records made consistent with every digest by whoever altered them: what `verify` still finds, because a record says most
 * things twice.
 */
import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { curvesOf } from '#hil/report/curves/ledger-curves'
import type { Artifact, RecordManifest } from '#hil/report/manifest-schema'
import { render } from '#hil/report/render'
import { WHOLE_RUN } from '#hil/report/window'
import { judge } from '#hil/run/judge'
import { readTrace } from '#hil/run/read-trace'
import type { Result, RunResult } from '#hil/run/result'
import { run } from '#scripts/commands/run'
import { verify } from '#scripts/commands/verify'
import { VIEWS } from '#scripts/trace-views'
import { passing, undecidable } from '../cli/scenarios.ts'

const home = mkdtempSync(join(tmpdir(), 'pumpbench-forged-'))
const [original, rec] = [join(home, 'original'), join(home, 'rec')]
let printed: string[] = []

beforeAll(async () => {
  const s = join(home, 's')
  mkdirSync(s)
  writeFileSync(join(s, 'own.yaml'), 'base: im-20\nstep_volume: 0.3 uL\n')
  writeFileSync(join(s, 'a.yaml'), passing('one').replace('{ model: im-20 }', '{ model: ./own.yaml }'))
  writeFileSync(join(s, 'b.yaml'), passing('two'))
  writeFileSync(join(s, 'c.yaml'), undecidable('three'))
  const paths = ['a', 'b', 'c'].map((name) => join(s, `${name}.yaml`))
  const options = { rig: 'ideal', pump: 'model', retry: 1, requirements: false, quiet: true, record: original } as const
  expect(await run(paths, options)).toBe(3)
})
beforeEach(() => {
  printed = []
  const print = (line: unknown) => {
    printed.push(String(line))
  }
  vi.spyOn(console, 'log').mockImplementation(print)
  vi.spyOn(console, 'error').mockImplementation(print)
  cpSync(original, rec, { recursive: true })
})
afterEach(() => {
  vi.restoreAllMocks()
  rmSync(rec, { recursive: true, force: true })
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

type Writable<T> = { -readonly [Key in keyof T]: T[Key] }

/** A record taken apart. */
interface Forgery {
  manifest: Writable<RecordManifest>
  result: Writable<Result>
  artifacts: Artifact[]
  runs: RunResult[]
}

const at = (path: string) => join(rec, path)
const read = (path: string) => readFileSync(at(path), 'utf8')
const sha = (text: string) => createHash('sha256').update(text).digest('hex')
const isOf = (scenario: string, attempt?: number) => (one: { readonly scenario?: string; readonly attempt?: number }) =>
  one.scenario === scenario && (attempt === undefined || one.attempt === attempt)

/** Changes a record, makes its reports of the changed result, and lists every file as it then is. */
function forged(change: (forgery: Forgery) => void, after: () => void = () => undefined): number {
  const { artifacts, ...manifest } = JSON.parse(read('manifest.json')) as RecordManifest
  const { runs, ...result } = JSON.parse(read('result.json')) as Result
  const forgery = {
    manifest: { ...manifest, artifacts: [] },
    artifacts,
    result: { ...result, runs: [] },
    runs: [...runs],
  }
  change(forgery)
  const told: Result = { ...forgery.result, runs: forgery.runs }
  const curves = told.runs.flatMap(({ trace_sha256 }) => {
    const trace = forgery.artifacts.find(({ kind, path }) => kind === 'trace' && sha(read(path)) === trace_sha256)
    return trace === undefined ? [] : [curvesOf(readTrace(read(trace.path)))]
  })
  writeFileSync(at('result.json'), render(told, 'json'))
  writeFileSync(at('junit.xml'), render(told, 'junit'))
  writeFileSync(at('report.html'), render(told, 'html', { curves }))
  after()
  const listed = forgery.artifacts.map((one) => {
    const text = read(one.path)
    return { ...one, size: Buffer.byteLength(text), sha256: sha(text) }
  })
  writeFileSync(at('manifest.json'), JSON.stringify({ ...forgery.manifest, artifacts: listed }))
  return verify(rec)
}

/** Takes files off the list, and away. */
function without(forgery: Forgery, is: (artifact: Artifact) => boolean): void {
  for (const { path } of forgery.artifacts.filter(is)) rmSync(at(path))
  const gone = new Set(forgery.artifacts.filter(is).map(({ path }) => path))
  forgery.artifacts = forgery.artifacts
    .filter(({ path }) => !gone.has(path))
    .map((one) => ({ ...one, derived_from: one.derived_from.filter((path) => !gone.has(path)) }))
}

const isInput = ({ kind }: Artifact) => kind === 'scenario' || kind === 'pump-model'

type Rewrite = (header: { text: string; file_sha256: string; model: object }) => void

/** Writes a trace anew with a changed header and an end that counts it; where it lies. */
function reheaded(scenario: string, change: Rewrite): string {
  const path = `traces/${scenario}.ndjson`
  const lines = read(path).trimEnd().split('\n')
  const [header, end] = [lines[0], lines.at(-1)].map((line) => JSON.parse(line ?? ''))
  change(header)
  lines[0] = JSON.stringify(header)
  const before = `${lines.slice(0, -1).join('\n')}\n`
  writeFileSync(at(path), `${before}${JSON.stringify({ ...end, sha256: sha(before) })}\n`)
  return path
}

/** Writes a trace anew from changed records, judges it and makes its tables, as a run would have. */
function retraced(forgery: Forgery, scenario: string, change: Rewrite): void {
  const trace = readTrace(read(reheaded(scenario, change)))
  forgery.runs = forgery.runs.map((one) =>
    isOf(scenario)(one)
      ? {
          ...judge(trace, { file: one.file, wall_s: one.wall_s }),
          ...(one.attempt === undefined ? {} : { attempt: one.attempt }),
        }
      : one,
  )
  for (const { option, extension, render: rendered } of VIEWS) {
    if (option === 'csv' || option === 'csvEvents') {
      writeFileSync(at(`csv/${scenario}${extension}`), [...rendered(trace, WHOLE_RUN)].join(''))
    }
  }
}

describe('a record whose digests are all right', () => {
  it('holds when nothing was changed', () => {
    expect(forged(() => undefined)).toBe(3)
    expect(printed.at(-1)).toBe('the record holds')
  })

  it('is told by the verdicts that were judged again, and not by those that are recorded', () => {
    const told = () => printed.find((line) => line.startsWith('runs: '))
    forged(() => undefined)
    const honest = told()
    expect(honest).toMatch(/judged again from their traces: .*inconclusive/)
    printed.length = 0
    const status = forged((forgery) => {
      forgery.runs = forgery.runs.map((one) => ({ ...one, verdict: 'pass' }))
    })
    expect([status, told()]).toEqual([1, honest])
  })

  it.each([
    ['version', '9.9.9', 'the manifest is by pumpbench 9.9.9 and the result by pumpbench '],
    ['commit', 'abcdef', 'the manifest is by commit abcdef and the result by commit that is not known'],
    ['node', 'v99', 'the manifest is by Node.js v99 and the result by Node.js v'],
    ['platform', 'plan9', 'the manifest is by plan9 and the result by '],
    [
      'started',
      '2020-01-01T00:00:00.000Z',
      'a run started at 2020-01-01T00:00:00.000Z and the result by a run started at 2',
    ],
    ['rig_firmware', 'x', 'the manifest is by rig firmware x and the result by rig firmware that is not known'],
  ] as const)('names another %s in the manifest than in the result', (key, value, message) => {
    expect(forged(({ manifest }) => Object.assign(manifest, { [key]: value }))).toBe(1)
    expect(printed.join('\n')).toContain(message)
  })

  it.each<readonly [string, (forgery: Forgery) => void, string]>([
    [
      'a run left out with its trace and tables',
      (forgery) => {
        forgery.runs = forgery.runs.filter((one) => !isOf('two')(one))
        without(forgery, (one) => isOf('two')(one) && !isInput(one))
      },
      'scenarios/two.yaml: there is no run of this scenario',
    ],
    [
      'a run whose scenario was left out',
      (forgery) => without(forgery, (one) => isOf('two')(one) && isInput(one)),
      'the scenario of the run two is not kept',
    ],
    [
      'a run left out with its tables, and not its trace',
      (forgery) => {
        forgery.runs = forgery.runs.filter((one) => !isOf('two')(one))
        without(forgery, (one) => isOf('two')(one) && (one.kind === 'samples' || one.kind === 'events'))
      },
      'traces/two.ndjson: there is no run of this trace in result.json',
    ],
    [
      'a run that stands for another',
      (forgery) => {
        const [one] = forgery.runs
        forgery.runs = forgery.runs.map((run) => (run.scenario === 'two' && one !== undefined ? one : run))
      },
      'there is no trace of the run one, attempt 1, or another run is of it',
    ],
    [
      'a first attempt left out',
      (forgery) => {
        forgery.runs = forgery.runs.filter((one) => !isOf('three', 1)(one))
        without(forgery, isOf('three', 1))
      },
      'the attempts at three are numbered 2, where they count from 1',
    ],
    [
      'a last attempt left out',
      (forgery) => {
        forgery.runs = forgery.runs.filter((one) => !isOf('three', 2)(one))
        without(forgery, isOf('three', 2))
      },
      'attempt 2 at three, which --retry asks for, is not there',
    ],
    [
      'an attempt after one that settled it',
      (forgery) => {
        const [one] = forgery.runs
        if (one !== undefined) forgery.runs.splice(1, 0, { ...one, attempt: 2 })
      },
      'attempt 1 at one is recorded as pass, after which there is no other',
    ],
    [
      'attempts where none were asked for',
      ({ manifest }) => {
        delete manifest.command.options['retry']
      },
      'the run three is there more than once, and no --retry was asked for',
    ],
    [
      'a table of another run',
      (forgery) => {
        writeFileSync(at('csv/two.csv'), read('csv/three.csv'))
        forgery.artifacts = forgery.artifacts.map((one) =>
          one.path === 'csv/two.csv' ? { ...one, derived_from: ['traces/three.ndjson'] } : one,
        )
      },
      'csv/two.csv: not listed as made from the trace of its own run',
    ],
    [
      'no JUnit file',
      (forgery) => without(forgery, ({ kind }) => kind === 'junit'),
      'lists no junit, where a record has one',
    ],
    [
      'a table that is not there',
      (forgery) => without(forgery, ({ path }) => path === 'csv/two.events.csv'),
      'manifest.json: lists no events of the run two, attempt 1',
    ],
    [
      'waveforms that were asked for and are not there',
      ({ manifest }) => Object.assign(manifest.command.options, { include: ['vcd'] }),
      'manifest.json: lists no waveforms of the run one, attempt 1',
    ],
    [
      'another rig than was asked for',
      ({ manifest }) => Object.assign(manifest.command.options, { rig: 'avr' }),
      'the run one is of rig ideal, and the command asked for --rig avr',
    ],
    [
      'another seed than was asked for',
      ({ manifest }) => Object.assign(manifest.command.options, { seed: 99 }),
      'and the command asked for --seed 99',
    ],
    [
      'an end before the start',
      ({ manifest }) => Object.assign(manifest, { ended: '2001-01-01T00:00:00.000Z' }),
      'manifest.json: ended 2001-01-01T00:00:00.000Z, before it started ',
    ],
    [
      'a state that its end denies',
      ({ manifest }) => Object.assign(manifest, { ended: null }),
      'manifest.json: state complete, and ended never',
    ],
    [
      'a trace of another pump than the scenario names',
      (forgery) => retraced(forgery, 'two', ({ model }) => Object.assign(model, { step_volume: '0.5 uL' })),
      'traces/two.ndjson: its step_volume of the pump is 0.5 uL, and that of the scenario that is kept 0.25 uL',
    ],
    [
      'a trace of another scenario than its digest says',
      () => {
        reheaded('two', (header) => {
          header.text = header.text.replace('500 ug/mL', '501 ug/mL')
        })
      },
      'traces/two.ndjson: the scenario in it is not the text whose digest it states',
    ],
    [
      'a trace of another scenario than the one that is kept',
      (forgery) =>
        retraced(forgery, 'two', (header) => {
          header.text = header.text.replace('500 ug/mL', '501 ug/mL')
          header.file_sha256 = sha(header.text)
        }),
      'traces/two.ndjson: the scenario that it is of is not the one that is kept',
    ],
    [
      'a trace of another seed than the scenario has',
      (forgery) => retraced(forgery, 'two', (header) => Object.assign(header, { seed: 77 })),
      'traces/two.ndjson: its seed is 77, and that of the scenario 1',
    ],
    [
      'another pump model',
      () => writeFileSync(at('models/one.yaml'), 'base: im-20\nstep_volume: 0.4 uL\n'),
      'traces/one.ndjson: its step_volume of the pump is 0.3 uL, and that of the scenario that is kept 0.4 uL',
    ],
  ])('does not hold with %s', (_, change, message) => {
    expect(forged(change)).toBe(1)
    expect(printed.join('\n')).toContain(message)
    expect(printed.at(-1)).toContain('the record does not hold')
  })

  it.each([
    ['junit.xml', / errors="\d+"/, ' errors="0"', 'junit.xml: tests, failures and errors are '],
    ['csv/two.csv', /\r\n[^\r]+\r\n$/, '\r\n', 'csv/two.csv: '],
  ] as const)('of another version is held to what can be counted in %s', (path, from, to, message) => {
    const other = (record: Forgery) => {
      record.manifest.version = '9.9.9'
      record.result.manifest = { ...record.result.manifest, version: '9.9.9' }
    }
    expect(forged(other)).toBe(3)
    expect(printed.join('\n')).toContain('were counted and not made again')
    rmSync(rec, { recursive: true })
    cpSync(original, rec, { recursive: true })
    expect(forged(other, () => writeFileSync(at(path), read(path).replace(from, to)))).toBe(1)
    expect(printed.join('\n')).toContain(message)
  })

  it('shows nothing where no run was judged, however whole it is', () => {
    const status = forged((forgery) => {
      forgery.manifest.state = 'interrupted'
      forgery.runs = []
      without(forgery, (one) => one.scenario !== undefined && !isInput(one))
    })
    expect(status).toBe(3)
    expect(printed).toContain('no run was judged again, so nothing is shown of any pump')
    expect(printed.at(-1)).toBe('the record holds')
  })
})
