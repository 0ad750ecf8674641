import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { figureTexts, MODELS } from '#firmware-sim/models'
import { type ParseOptions, parseScenario } from '#hil/scenario/parse'
import { scenarioJsonSchema } from '#hil/scenario/schema'
import type { Scenario } from '#hil/scenario/types'
import { ratio, toText } from '#units/rational'
import { changed, MINIMAL } from './minimal.ts'

function scenarioOf(text: string, options?: ParseOptions): Scenario {
  const parsed = parseScenario(text, 'a.yaml', options)
  if (!parsed.ok) throw new Error(parsed.problems.map(({ message }) => message).join('\n'))
  return parsed.scenario
}

const DAY = 86_400_000_000n

describe('the shortest scenario', () => {
  const scenario = scenarioOf(MINIMAL)

  it('gets every default', () => {
    expect(scenario).toMatchObject({ name: 'a-name', seed: 1, line: 'filled', requirements: [], events: [] })
    expect(scenario).not.toHaveProperty('source')
    expect(scenario.catheter_uL).toEqual({ n: 176n, d: 1n })
    expect(scenario.sample_us).toEqual({ n: DAY / 24n, d: 1n })
    expect(scenario.programming).toEqual(scenario.prescription)
    expect(scenario.fill.meant).toEqual(scenario.fill.actual)
    expect(scenario.fill.programmed).toEqual(scenario.fill.actual)
    expect(scenario.plant).toEqual({
      gain: { n: 0n, d: 1n },
      temperature_degC: { n: 37n, d: 1n },
      temperatureCoefficient_per_degC: { n: 1n, d: 500n },
      wear: null,
      overfillGain: { n: 0n, d: 1n },
      compliance_uL: { n: 5n, d: 1n },
    })
  })

  it('has the hardware that it says', () => {
    const text = `${MINIMAL}plant: { gain: -2.5 %, temperature: 22 degC, wear: { change: -1 %, every: 50 mL } }\n`
    expect(scenarioOf(text).plant).toMatchObject({
      gain: { n: -1n, d: 40n },
      temperature_degC: { n: 22n, d: 1n },
      wear: { change: { n: -1n, d: 100n }, stage_uL: { n: 50_000n, d: 1n } },
    })
  })

  it('is checked for one motor step of agreement over the whole run', () => {
    expect(scenario.defaultChecks).toBe(true)
    expect(scenario.checks).toEqual([
      {
        check: 'tracking',
        within: { in: 'steps', steps: { n: 1n, d: 1n } },
        from_us: { n: 0n, d: 1n },
        to_us: { n: 7n * DAY, d: 1n },
        expect: 'pass',
      },
    ])
  })

  it('has exact quantities', () => {
    const [entry] = scenarioOf(changed('50 ug/d', '350/3 ug/d')).prescription
    expect(entry).toMatchObject({ text: 'simple-continuous 350/3 ug/d', therapy: { dose: { by: 'mass' } } })
    const dose =
      entry?.kind === 'therapy' && entry.therapy.mode === 'simple-continuous' ? entry.therapy.dose : undefined
    expect(dose?.by === 'mass' && toText(dose.rate_ug_per_us)).toBe(toText(ratio(350n, 3n * DAY)))
  })

  it('is sampled hourly up to 90 d and daily beyond', () => {
    expect(scenarioOf(changed('7 d', '90 d')).sample_us.n).toBe(DAY / 24n)
    expect(scenarioOf(changed('7 d', '90 d 1 us')).sample_us.n).toBe(DAY)
  })
})

describe('entries', () => {
  it('are in order of time, a therapy before one-shots, otherwise as the file lists them', () => {
    const text = `${MINIMAL}
  - { at: 2 d, bolus: { dose: 1 ug, over: 1 min } }
  - { at: 1 d, bolus: { dose: 2 uL, over: 1 min }, confirm: false }
  - { at: 2 d, bolus: { dose: 3 ug, over: 1 min } }
  - { at: 48 h, therapy: { mode: minimum-rate } }
`
    expect(scenarioOf(text).prescription.map((entry) => entry.text)).toEqual([
      'simple-continuous 50 ug/d',
      'bolus 2 uL over 1 min',
      'minimum-rate',
      'bolus 1 ug over 1 min',
      'bolus 3 ug over 1 min',
    ])
  })

  it('may be programmed otherwise than prescribed, or not at all', () => {
    expect(scenarioOf(`${MINIMAL}programming: []\n`).programming).toEqual([])
    const programmed = scenarioOf(`${MINIMAL}programming: [{ at: 1/3 us, therapy: { mode: stopped } }]\n`)
    expect(programmed.programming).toMatchObject([{ at_us: { n: 1n, d: 3n }, therapy: { mode: 'stopped' } }])
    expect(programmed.prescription).toHaveLength(1)
  })
})

describe('a refill', () => {
  it('draws everything and tells the pump the truth unless the file says otherwise', () => {
    const events = `events:
  - { at: 3 d, refill: { fill: { drug: baclofen, concentration: 2 mg/mL, volume: 18 mL }, programmed: { concentration: 500 ug/mL } } }
  - { at: 2 d, refill: { withdraw: 1.5 mL, fill: { drug: baclofen, concentration: 2 mg/mL, volume: 18 mL } } }
  - { at: 1 d, do: interrogate }
`
    const actual = { drug: 'baclofen', concentration_ug_per_uL: { n: 2n, d: 1n }, volume_uL: { n: 18_000n, d: 1n } }
    expect(scenarioOf(MINIMAL + events).events).toMatchObject([
      { kind: 'interrogate' },
      {
        kind: 'refill',
        withdraw: { amount: 'volume', volume_uL: { n: 1500n } },
        fill: { actual, meant: actual, programmed: actual },
      },
      {
        kind: 'refill',
        withdraw: { amount: 'all' },
        fill: { actual, meant: actual, programmed: { ...actual, concentration_ug_per_uL: { n: 1n, d: 2n } } },
      },
    ])
  })

  it('that is not what its label says is told to the pump as the label has it, unless the file says otherwise', () => {
    const syringe = 'fill: { drug: morphine, concentration: 2 mg/mL, volume: 18 mL }'
    const meant = 'meant: { drug: baclofen, volume: 20 mL }'
    const events = `events:
  - { at: 1 d, refill: { ${syringe}, ${meant} } }
  - { at: 2 d, refill: { ${syringe}, ${meant}, programmed: { volume: 19 mL } } }
`
    const actual = { drug: 'morphine', concentration_ug_per_uL: { n: 2n, d: 1n }, volume_uL: { n: 18_000n, d: 1n } }
    const label = { ...actual, drug: 'baclofen', volume_uL: { n: 20_000n, d: 1n } }
    expect(scenarioOf(MINIMAL + events).events).toMatchObject([
      { fill: { actual, meant: label, programmed: label } },
      { fill: { actual, meant: label, programmed: { ...label, volume_uL: { n: 19_000n, d: 1n } } } },
    ])
    const first = scenarioOf(changed('20 mL }', '20 mL, meant: { concentration: 2 mg/mL } }')).fill
    expect(first.meant).toEqual({ ...first.actual, concentration_ug_per_uL: { n: 2n, d: 1n } })
    expect(first.programmed).toEqual(first.meant)
  })
})

describe('an alarm check', () => {
  it('by a time is one between the start and that time, within the part of the run that is judged', () => {
    const [by, between, narrowed] = scenarioOf(`${MINIMAL}checks:
  - { check: alarm, alarm: low-reservoir, by: 3 d }
  - { check: alarm, alarm: low-reservoir, between: [0 d, 3 d] }
  - { check: alarm, alarm: low-reservoir, by: 3 d, from: 1 d }
`).checks
    expect(by).toEqual(between)
    expect(narrowed).toMatchObject({ after_us: { n: DAY }, by_us: { n: 3n * DAY } })
  })
})

describe('the pump of a scenario', () => {
  const text =
    changed('im-20 }', 'im-20, overrides: { step_volume: 0.5  uL } }') +
    'catheter: { volume_per_length: 2 uL/cm, length: 50 cm }\n'
  const scenario = scenarioOf(text, { seed: 7 })

  it('has the figures of its model with those of the file in their place', () => {
    expect(scenario.origin.modelFigures).toMatchObject({ step_volume: '0.5 uL', catheter_volume_per_length: '2 uL/cm' })
    expect(scenario.origin.modelFigures.reservoir_volume).toBe('20 mL')
    expect(scenario.catheter_uL.n).toBe(100n)
  })

  it('can be read again from text, figures and seed alone', () => {
    const { text: again, modelFigures } = scenario.origin
    expect(scenarioOf(again, { modelFigures, seed: 7, models: new Map() })).toEqual(scenario)
  })

  it('can be one of the caller', () => {
    const models = new Map([...MODELS.values()].map((figures) => ['mine', figures]))
    expect(scenarioOf(changed('im-20', 'mine'), { models }).pump.name).toBe('mine')
  })

  it('of figures that are no quantities is a problem and no crash', () => {
    const figures = MODELS.get('im-20')
    const modelFigures = {
      ...(figures && figureTexts(figures)),
      step_volume: '0 uL',
    } as Scenario['origin']['modelFigures']
    expect(parseScenario(MINIMAL, 'a.yaml', { modelFigures }).ok).toBe(false)
    expect(parseScenario(MINIMAL, 'a.yaml', { modelFigures: { ...modelFigures, step_volume: 'x' } }).ok).toBe(false)
    expect(parseScenario(MINIMAL, 'a.yaml', { seed: -1 }).ok).toBe(false)
  })
})

describe('YAML that is only written differently', () => {
  it.each([
    ['with Windows line ends', MINIMAL.replaceAll('\n', '\r\n')],
    ['with a byte order mark', `\ufeff${MINIMAL}`],
    ['with quotes', changed('a-name', "'a-name'").replace('7 d', '"7 d"')],
    ['with an anchor and an alias', `${changed('7 d', '&week 7 d')}sample: *week\n`],
    ['with a document marker', `---\n${MINIMAL}...\n`],
    ['with an empty list of faults', `${MINIMAL}faults: []\n`],
    ['with an apostrophe', `${MINIMAL}source: 'the maker''s manual'\n`],
    ['with a micro sign', changed('50 ug/d', '50 µg/d')],
    [
      'as JSON',
      '{"schema":"pumpbench/scenario@1","name":"a-name","pump":{"model":"im-20"},"fill":{"drug":"a","concentration":"1 ug/mL","volume":"1 mL"},"clock":"2026-01-05T08:00:30","duration":"1 d","prescription":[{"at":"0 d","therapy":{"mode":"stopped"}}]}',
    ],
  ])('%s is read', (_, text) => {
    expect(scenarioOf(text).defaultChecks).toBe(true)
  })
})

describe('any text', () => {
  const sound = (text: string) => {
    const parsed = parseScenario(text, 'any.yaml')
    if (parsed.ok) return
    expect(parsed.problems.length).toBeGreaterThan(0)
    expect(parsed.problems.length).toBeLessThanOrEqual(101)
    const lines = text.split('\n')
    for (const { file, line, column, message } of parsed.problems) {
      expect(file).toBe('any.yaml')
      expect(line >= 1 && line <= lines.length).toBe(true)
      expect(column >= 1 && column <= (lines[line - 1]?.length ?? 0) + 1).toBe(true)
      expect(message).toMatch(/^[^\p{C}\p{Zl}\p{Zp}]{1,700}$/u)
    }
    const order = parsed.problems.map(({ line, column }) => line * 10_000 + column)
    expect(order).toEqual(order.toSorted((a, b) => a - b))
  }

  it('gives a scenario or problems that lie within it', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), sound), { numRuns: 1000 })
  })

  it('of YAML punctuation gives a scenario or problems', () => {
    const words = [
      '{',
      '}',
      '[',
      ']',
      ':',
      ': ',
      '- ',
      '? ',
      '\n',
      '  ',
      '\t',
      '&a ',
      '*a',
      '!t ',
      '|',
      '>',
      '"',
      "'",
      '#',
      '%',
      '<<',
      ',',
      'at',
      'x',
      '---',
      '...',
      '0',
      '.nan',
      '1e309',
      '~',
      '__proto__',
      '\\',
      '@',
      '`',
    ]
    const text = fc.array(fc.constantFrom(...words), { maxLength: 40 }).map((parts) => parts.join(''))
    fc.assert(fc.property(text, sound), { numRuns: 900 })
  })

  it('near a scenario gives a scenario or problems', () => {
    const rich = `${MINIMAL}  - { at: 1 d, bolus: { dose: 1 ug, over: 5 min }, confirm: true }
  - { at: 2 d, therapy: { mode: flex, basal: 0 ug/d, boluses: [{ at: 08:00, dose: 1 ug, over: 5 min }], days: [mon] } }
  - { at: 3 d, therapy: { mode: flex, basal: 1 ug/d, boluses: { dose: 1 ug, count: 3, over: 5 min, from: 20:00 } } }
  - { at: 4 d, therapy: { mode: periodic-bolus, dose: 1 ug, over: 5 min, every: 4 h, basal: 1 ug/d } }
  - { at: 4 d, prime: { volume: 0.4 mL } }
  - { at: 4 d, bridge: auto }
  - { at: 4 d, patient-bolus: { dose: 1 ug, over: 5 min, lockout: 4 h, max_per_day: 3 } }
catheter: { length: 80 cm, volume_per_length: 2.2 uL/cm, flow: plug }
programming: [{ at: 0 d, therapy: { mode: stopped } }]
pump_clock: 2026-01-05T09:00
limits: { daily_dose: { soft: 500 ug, hard: 2 mg }, change: { soft: 30 % } }
faults: [{ at: 1 d, fault: power-cut, write: 3, for: 1 h }, { at: 1 d, fault: clock-drift, by: -5 ppm }]
events: [{ at: 1 d, do: set-clock, to: 2026-03-29T03:00 }, { at: 1 d, refill: { withdraw: all, fill: { drug: x, concentration: 1 mg/mL, volume: 1 mL } } }]
checks: [{ check: alarm, alarm: low-reservoir, between: [0 d, 1 d] }, { check: windowed-flow, windows: [1 h], within: 2 % }]
sample: 1 h
requirements: [R1]
`
    const edit = fc.tuple(
      fc.nat(rich.length),
      fc.nat(8),
      fc.oneof(fc.string({ maxLength: 4 }), fc.constantFrom('null', '-1 d', '{}', '[]', '*a', '0', '.inf', '\n', ' ')),
    )
    const text = fc
      .array(edit, { minLength: 1, maxLength: 4 })
      .map((edits) =>
        edits.reduce((all, [at, length, insert]) => all.slice(0, at) + insert + all.slice(at + length), rich),
      )
    expect(parseScenario(rich, 'rich.yaml').ok).toBe(true)
    fc.assert(fc.property(text, sound), { numRuns: 600 })
  })

  it('of any JSON in any place gives a scenario or problems', () => {
    const keys = [
      'schema',
      'name',
      'pump',
      'fill',
      'duration',
      'prescription',
      'events',
      'checks',
      'sample',
      'catheter',
      'faults',
      'limits',
      'clock',
      'pump_clock',
    ]
    const value = fc.jsonValue({ maxDepth: 4 })
    const text = fc.dictionary(fc.constantFrom(...keys), value).map((object) => JSON.stringify(object))
    fc.assert(fc.property(text, sound), { numRuns: 500 })
  })
})

describe('the JSON Schema', () => {
  const schema = scenarioJsonSchema()

  it('is one that editors load, with every key explained', () => {
    expect(schema).toMatchObject({ $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object' })
    expect(undocumented(schema, '')).toEqual([])
  })

  it('knows the keys that are required and no others', () => {
    const required = ['schema', 'name', 'pump', 'fill', 'clock', 'duration', 'prescription']
    expect(schema).toMatchObject({ additionalProperties: false, required })
  })

  it('gives quantities as text with an example', () => {
    expect(schema).toMatchObject({ properties: { duration: { type: 'string', examples: ['7 d'] } } })
    const { pattern } = (schema['properties'] as { duration: { pattern: string } }).duration
    for (const good of ['7 d', '350/3 ug/d', '0.5mL', '14.5 %', '3 d 1 h', '5 µL'])
      expect(good).toMatch(new RegExp(pattern))
    for (const bad of ['7', '-7 d', '.nan', '', 'd']) expect(bad).not.toMatch(new RegExp(pattern))
  })
})

/** Paths of the properties without a description. */
function undocumented(schema: unknown, path: string): string[] {
  if (typeof schema !== 'object' || schema === null) return []
  return Object.entries(schema).flatMap(([key, value]) => {
    if (key !== 'properties') return undocumented(value, `${path}/${key}`)
    return Object.entries(value as object).flatMap(([name, property]) => [
      ...('description' in (property as object) ? [] : [`${path}/${name}`]),
      ...undocumented(property, `${path}/${name}`),
    ])
  })
}
