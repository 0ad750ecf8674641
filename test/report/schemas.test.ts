/** The JSON Schemas that are given away: whole, described, and true of what the program writes. */
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { jsonReport, resultJsonSchema } from '#hil/report/json'
import { MANIFEST, manifestJsonSchema, type RecordManifest } from '#hil/report/manifest-schema'
import { requirementResults } from '#hil/report/requirements'
import { judge } from '#hil/run/judge'
import { readTrace } from '#hil/run/read-trace'
import type { Result, RunResult } from '#hil/run/result'
import { traceLine } from '#hil/run/trace-line'
import { traceJsonSchema } from '#hil/run/trace-schema'
import { finish } from '../support/bench.ts'
import { bolus, draft, therapy } from '../support/scenario.ts'
import { hostileRun, passingWeek, ranDry, result } from './fabricated.ts'

const DATE = /^\d{4}-\d{2}-\d{2}$/

/** As other programs read a schema: strictly, every mistake of it included. */
function validator(schema: Readonly<Record<string, unknown>>) {
  const validate = new Ajv2020({ strict: true, strictTypes: false, allErrors: true, formats: { date: DATE } }).compile(
    schema,
  )
  return (value: unknown): string[] =>
    validate(value) ? [] : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath}: ${message}`)
}

const EVENTFUL = draft({
  name: 'eventful',
  pump: '{ model: im-20 }',
  fill: '{ drug: baclofen, concentration: 500 ug/mL, volume: 20 mL }',
  prescription: [
    therapy('0 d', '400 ug/d'),
    bolus('3 h', '50 ug', '10 min'),
    therapy('40 h', '1 ug/d'),
    '{ at: 5 h, patient-bolus: { dose: 10 ug, over: 5 min, lockout: 1 h, max_per_day: 2 } }',
    '{ at: 41 h, therapy: { mode: flex, basal: 300 ug/d, boluses: { dose: 10 ug, count: 4, over: 5 min, from: "00:00" } } }',
  ],
  events: [
    '{ at: 6 h, do: request-bolus }',
    '{ at: 20 h, refill: { fill: { drug: morphine, concentration: 500 ug/mL, volume: 1.9 mL } } }',
    '{ at: 30 h, do: read-log }',
  ],
  faults: ['{ at: 10 h, fault: motor-stall, for: 2 h }', '{ at: 15 h, fault: power-cut, for: 1 min }'],
})
const { trace, result: eventful } = await finish(EVENTFUL)
const lines = trace.records.map(traceLine)
const cut = judge(readTrace(lines.slice(0, lines.length >> 1).join('')), { file: 'cut.ndjson', wall_s: 0 })

function made(...runs: readonly RunResult[]): Result {
  return result(...runs)
}

const RESULTS: readonly (readonly [string, Result])[] = [
  ['a run of a bit of everything', made(eventful)],
  ['a run that broke off', made(cut)],
  ['several attempts', made({ ...cut, attempt: 1 }, { ...eventful, attempt: 2 })],
  ['no run', made()],
  ['fabricated runs', made(passingWeek(), ranDry(), hostileRun())],
  [
    'requirements and a baseline',
    {
      ...made(eventful),
      requirements: requirementResults(
        [
          { id: 'R1', text: 'a', risk: 'b', source: 'c' },
          { id: 'R2', text: 'a', risk: 'b' },
        ],
        [passingWeek()],
      ),
      baseline: {
        file: 'b.json',
        sha256: '0'.repeat(64),
        regressions: [{ scenario: 'a', check: 'b', verdict: 'gone', detail: 'c' }],
      },
    },
  ],
]

describe('the schema of a result', () => {
  const mistakes = validator(resultJsonSchema())

  it.each(RESULTS)('accepts %s', (_, value) => {
    expect(mistakes(JSON.parse(jsonReport(value)))).toEqual([])
  })

  it('has an identifier with the version, and refuses what is no result', () => {
    expect(resultJsonSchema()).toMatchObject({ $id: 'urn:pumpbench:result:1' })
    const { trace_sha256, ...less } = eventful
    for (const run of [less, { ...eventful, more: 1 }, { ...eventful, verdict: 'maybe' }, { ...eventful, seed: 1.5 }]) {
      expect(mistakes({ ...made(), runs: [run] })).not.toEqual([])
    }
    expect(mistakes({ ...made(), schema: 'pumpbench/result@2' })).not.toEqual([])
  })
})

describe('the schema of a line of a trace', () => {
  const mistakes = validator(traceJsonSchema())

  it('accepts every record that a run writes, of every kind that it writes', () => {
    expect(new Set(trace.records.map(({ kind }) => kind)).size).toBeGreaterThan(12)
    for (const line of lines) expect(mistakes(JSON.parse(line))).toEqual([])
  })

  it('refuses an unknown kind, a number for a fraction and a fraction that is none', () => {
    const cancel = { kind: 'cancel', t_us: 1, after_us: '1/2' }
    expect(mistakes(cancel)).toEqual([])
    for (const wrong of [
      { ...cancel, kind: 'x' },
      { ...cancel, after_us: 1 },
      { ...cancel, after_us: '1/0' },
      { ...cancel, t_us: '1' },
    ]) {
      expect(mistakes(wrong)).not.toEqual([])
    }
  })
})

const MADE: RecordManifest = {
  schema: 'pumpbench/manifest@1',
  tool: 'pumpbench',
  version: '1.0.0',
  commit: null,
  node: 'v20',
  platform: 'linux x64',
  started: '2026-01-05T08:00:00.000Z',
  ended: null,
  state: 'running',
  rig_firmware: null,
  command: { paths: ['s'], options: { rig: 'ideal', seed: 1, requirements: false, tag: ['a'] } },
  artifacts: [
    {
      path: 'a/b-c.ndjson',
      kind: 'trace',
      scenario: 'a',
      attempt: 1,
      size: 0,
      sha256: '0'.repeat(64),
      derived_from: [],
    },
  ],
}

describe('the schema of a manifest', () => {
  const mistakes = validator(manifestJsonSchema())

  it('accepts one, as what reads it does', () => {
    expect(mistakes(MADE)).toEqual([])
    expect(MANIFEST.safeParse(MADE).success).toBe(true)
  })

  it.each([
    '..',
    '../a',
    '/etc/passwd',
    'a/../../b',
    'C:/x',
    'a\\b',
    '',
    './a',
    'a//b',
    'a/',
    '.git/config',
    'manifest.json',
    'a'.repeat(301),
    'a\u0000b',
    'a\nb',
    'ä',
  ])('refuses the path %j, as what reads it does', (path) => {
    const wrong = { ...MADE, artifacts: MADE.artifacts.map((one) => ({ ...one, path })) }
    expect(mistakes(wrong)).not.toEqual([])
    expect(MANIFEST.safeParse(wrong).success).toBe(false)
  })
})
