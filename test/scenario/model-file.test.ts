/** A pump model in a file of its own: what it may hold, and where its mistakes are shown. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { figureTexts, MODEL_KEYS, MODELS } from '#firmware-sim/models'
import { type ParsedScenario, parseScenario } from '#hil/scenario/parse'
import { problemText } from '#hil/scenario/problem'
import type { Scenario } from '#hil/scenario/types'
import { readScenarios } from '#scripts/scenario-files'
import { changed, MINIMAL } from './minimal.ts'

const WITH_FILE = changed('im-20', './mine.yaml')

function withModel(model: string, text = WITH_FILE): ParsedScenario {
  return parseScenario(text, 'a.yaml', { modelFile: (path) => ({ file: `models/${path}`, text: model }) })
}

function scenarioOf(parsed: ParsedScenario): Scenario {
  if (!parsed.ok) throw new Error(parsed.problems.map(problemText).join('\n'))
  return parsed.scenario
}

const problemsOf = (parsed: ParsedScenario) => (parsed.ok ? [] : parsed.problems.map(problemText))

const library = MODELS.get('im-20')
const WHOLE = Object.entries(library === undefined ? {} : figureTexts(library))
  .map(([key, value]) => `${key}: ${value}\n`)
  .join('')

describe('a pump model in a file', () => {
  it('replaces figures of a model of the library', () => {
    const model = `base: im-40
tolerance: { value: 10  %, source: my own bench, confidence: common }
rate_min: { value: 0.1 mL/d }
step_volume: 0.5 uL
`
    const { origin, pump } = scenarioOf(withModel(model))
    const base = MODELS.get('im-40')
    expect(origin.modelFigures).toEqual({
      ...(base && figureTexts(base)),
      tolerance: '10 %',
      rate_min: '0.1 mL/d',
      step_volume: '0.5 uL',
    })
    expect(pump).toMatchObject({ name: './mine.yaml', step_uL: { n: 1n, d: 2n } })
  })

  it('may hold every figure and no base, and a scenario overrides it', () => {
    const text = WITH_FILE.replace('.yaml }', '.yaml, overrides: { cell_capacity: 2000 mAh } }')
    const { origin } = scenarioOf(withModel(WHOLE, `${text}catheter: { volume_per_length: 2 uL/cm }\n`))
    expect(Object.keys(origin.modelFigures).toSorted()).toEqual(Object.keys(MODEL_KEYS).toSorted())
    expect(origin.modelFigures).toMatchObject({ cell_capacity: '2000 mAh', catheter_volume_per_length: '2 uL/cm' })
  })

  it('is read again from the figures in a trace alone, every key of them', () => {
    const scenario = scenarioOf(withModel('base: im-40\ncatheter_volume_per_length: 3 uL/cm\nsilence: 5 min\n'))
    const { modelFigures } = scenario.origin
    expect(scenarioOf(parseScenario(WITH_FILE, 'trace', { modelFigures }))).toEqual(scenario)
  })

  it.each([
    ['an unknown figure', 'base: im-40\nresevoir_volume: 20 mL', ['2:1: unknown key "resevoir_volume"; did you mean']],
    ['a bare number', 'base: im-40\nreservoir_volume: 20', ['2:19: 20 has no unit']],
    ['a wrong unit', 'base: im-40\ntolerance: { value: 2 mL }', ['2:21: "2 mL": "mL" is a unit of volume']],
    ['a map without a value', 'base: im-40\ntolerance: { source: x }', ['2:12: missing key "value"; for example 14.5']],
    ['a confidence', 'base: im-40\ntolerance: { value: 2 %, confidence: sure }', ['2:38: "sure" is not one of']],
    ['a key of a figure', 'base: im-40\ntolerance: { value: 2 %, sorce: x }', ['2:26: unknown key "sorce"; did you']],
    ['a figure of nothing', 'base: im-40\ntolerance:', ['2:1: "tolerance" has no value; for example 14.5 %']],
    ['a list', 'base: im-40\ntolerance: [2 %]', ['2:12: expected a percentage such as']],
    ['another base', 'base: im-41', ['1:7: "im-41" is not a pump model of the library']],
    ['a file as base', 'base: ./other.yaml', ['1:7: "./other.yaml" is not a pump model of the library']],
    ['no base', WHOLE.replace(/^tolerance.*\n/m, ''), ['1:1: without tolerance; write them, or name a pump model']],
    ['nothing', '', ['1:1: the file is empty; a pump model is a map of figures']],
    ['a scalar', 'im-40', ['1:1: a pump model is a map of figures such as "reservoir_volume: 20 mL", found "im-40"']],
    ['two mistakes', 'base: im-40\ntolerance: 2\nrate_max: x', ['2:12: 2 has no unit', '3:11: "x" is not a volume']],
    ['a rule', 'base: im-40\nrate_max: 0.04 mL/d', ['2:11: rate_min is above rate_max']],
    ['YAML', 'base: [', ['1:8: not valid YAML']],
    ['a deep file', '['.repeat(10_000), ['1:33: nested too deeply']],
    ['a huge file', '#'.repeat(1_048_577), ['1:1: the file has more than 1048576 characters']],
  ])('%s is a problem at its place in the model file', (_, model, problems) => {
    const found = problemsOf(withModel(model))
    expect(found).toHaveLength(problems.length)
    for (const [n, problem] of problems.entries()) expect(found[n]).toContain(`models/./mine.yaml:${problem}`)
  })

  it('is shown wrong in the scenario where the scenario makes it wrong, and both files are reported at once', () => {
    const over = WITH_FILE.replace('.yaml }', '.yaml, overrides: { rate_max: 0.04 mL/d } }')
    expect(problemsOf(withModel('base: im-40', over))).toEqual([
      'a.yaml:3:52: rate_min is above rate_max, so that no rate could be delivered',
    ])
    expect(problemsOf(withModel('base: im-40\ntolerance: 2', WITH_FILE.replace('7 d', '7')))).toEqual([
      expect.stringContaining('a.yaml:6:11: 7 has no unit'),
      expect.stringContaining('models/./mine.yaml:2:12: 2 has no unit'),
    ])
  })
})

describe('the path of a pump model', () => {
  const room = mkdtempSync(join(tmpdir(), 'model-files-'))
  afterAll(() => rmSync(room, { recursive: true, force: true }))
  mkdirSync(join(room, 'models'))
  writeFileSync(join(room, 'models', 'mine.yaml'), 'base: im-20\nstep_volume: 1 uL\n')
  writeFileSync(join(room, 'models', 'bad.yaml'), 'base: im-20\nstep_volume: 1\n')
  writeFileSync(join(room, 'models', 'binary.yaml'), Buffer.from([0, 1]))
  symlinkSync(join(room, 'models', 'mine.yaml'), join(room, 'link.yaml'))

  const read = (path: string) => {
    const file = join(room, 'a.yaml')
    writeFileSync(file, changed('im-20', path))
    return readScenarios([file])
  }

  it.each(['models/mine.yaml', './models/mine.yaml', 'models/../link.yaml', join(room, 'models', 'mine.yaml')])(
    'is seen from the folder of the scenario: %s',
    (path) => {
      const { scenarios, problems } = read(path)
      expect(problems).toEqual([])
      expect(scenarios[0]?.scenario.origin.modelFigures.step_volume).toBe('1 uL')
    },
  )

  it.each([
    ['./none.yaml', 'cannot be read: no such file or folder'],
    ['./models', 'a folder, where a file was expected'],
    ['./models/binary.yaml', 'binary: a pump model is text in UTF-8'],
    ['file:///etc/passwd', 'a file on this machine and not an address'],
    ['/dev/null', 'not a regular file'],
  ])('%s is a problem at pump.model', (path, message) => {
    const { problems } = read(path)
    expect(problems).toMatchObject([{ file: join(room, 'a.yaml'), line: 3, column: 16 }])
    expect(problems[0]?.message).toContain(message)
  })

  it('that two scenarios name shows its mistakes once', () => {
    for (const name of ['b', 'c']) {
      const text = MINIMAL.replace('im-20', './models/bad.yaml').replace('a-name', name)
      writeFileSync(join(room, `${name}.yaml`), text)
    }
    const { problems } = readScenarios([join(room, 'b.yaml'), join(room, 'c.yaml')])
    expect(problems.map(problemText)).toEqual([
      expect.stringContaining(`${join(room, 'models', 'bad.yaml')}:2:14: 1 has no unit`),
    ])
  })
})
