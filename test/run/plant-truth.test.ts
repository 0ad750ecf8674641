/**
 * The plant as it truly is: what it and the faults of it do to the delivered ledger, and that neither the pump nor the
 * prescribed ledger ever knows.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { prescribe } from '#hil/oracle/prescribed'
import { modelPump } from '#hil/pump/model'
import { avrRig } from '#hil/rig/avr/rig'
import { idealRig } from '#hil/rig/ideal'
import { fromExact } from '#hil/run/exact'
import { execute } from '#hil/run/execute'
import { judge } from '#hil/run/judge'
import { recordsOf } from '#hil/run/ledgers'
import { profilesOf } from '#hil/run/profiles'
import { readTrace } from '#hil/run/read-trace'
import type { Trace } from '#hil/run/trace'
import { traceLine } from '#hil/run/trace-line'
import { tickOf } from '#units/cadence'
import { ratio, toNumber } from '#units/rational'
import { breathless, checksNamed, type Finished, finish, sleepless } from '../support/bench.ts'
import { type Draft, draft, scenarioOf, therapy } from '../support/scenario.ts'

const WEAK = '{ drug: baclofen, concentration: 500 ug/mL, volume: 20 mL }'
/** Enough on any machine. */
const LIMIT_ms = 120_000
const FLOWS = ['{ flow: plug }', '{ flow: dispersive }'] as const

/** 0.5 mL a day, or 250 ug: a step each 43.2 s. */
const regimen = (more: Partial<Draft> = {}) =>
  draft({
    pump: '{ model: im-20 }',
    fill: WEAK,
    duration: '2 d',
    prescription: [therapy('0 d', '250 ug/d')],
    checks: ['{ check: delivered-volume, within: 100 % }'],
    sample: '6 h',
    ...more,
  })

const faultTurns = ({ trace }: Finished) =>
  recordsOf(trace.records, 'fault').map(({ fault, state, t_us }) => [fault, state, t_us / 1e6] as const)

const surges = ({ trace }: Finished) => recordsOf(trace.records, 'surge')

/** What the pump said and did, whatever came of it. */
function pumpSide(trace: Trace) {
  const kinds = ['order', 'cancel', 'booked', 'withdrawn', 'status', 'alarm', 'applied', 'refused'] as const
  return kinds.flatMap((kind) => recordsOf(trace.records, kind))
}

const conserved = ({ result }: Finished) => checksNamed(result, 'mass-conservation').map(({ outcome }) => outcome)

const EFFECTS: readonly (readonly [name: string, more: Partial<Draft>])[] = [
  ['a gain', { plant: '{ gain: -7.3 % }' }],
  ['a temperature', { plant: '{ temperature: 22 degC, temperature_coefficient: 0.3 %/degC }' }],
  ['wear', { plant: '{ wear: { change: 3 %, every: 1 mL } }', prescription: [therapy('0 d', '2 mL/d')] }],
  ['an occlusion', { faults: ['{ at: 1 d, fault: occlusion, for: 5 h }'] }],
  ['an upstream occlusion', { faults: ['{ at: 1 d, fault: occlusion, side: upstream, for: 5 h }'] }],
  ['a leak', { faults: ['{ at: 1 d, fault: catheter-leak, fraction: 40 % }'] }],
  ['an over-infusion', { faults: ['{ at: 1 d, fault: over-infusion, by: 50 %, for: 5 h }'] }],
]

describe.each(EFFECTS)('%s', (_, more) => {
  it('changes what is delivered, and nothing that pump or prescriber know', async () => {
    const { plant: _plant, faults: _faults, ...healthy } = more
    const [with_, without] = [await finish(regimen(more)), await finish(regimen(healthy))]
    const tip = ({ result }: Finished) => result.delivered.tip_dose_ug
    expect(Math.abs(tip(with_) - tip(without))).toBeGreaterThan(3)
    expect(pumpSide(with_.trace)).toEqual(pumpSide(without.trace))
    expect(with_.result.believed).toEqual(without.result.believed)
    expect(with_.result.prescribed).toEqual(without.result.prescribed)
    expect(with_.result.delivered.steps).toBe(without.result.delivered.steps)
    expect(prescribe(scenarioOf(regimen(more)))).toEqual(prescribe(scenarioOf(regimen(healthy))))
    expect(conserved(with_)).toEqual(['pass'])
  })

  it('is the same again, in a trace that is read back and judged alike', async () => {
    const text = regimen({ catheter: '{ flow: dispersive }', ...more })
    const [first, second] = [await finish(text), await finish(text)]
    expect(second.trace.sha256).toBe(first.trace.sha256)
    const read = readTrace(first.trace.records.map(traceLine).join(''))
    expect(judge(read, { file: 'draft.yaml', wall_s: 0 })).toEqual(first.result)
  })
})

describe('the plant on the emulated rig', () => {
  it('does what it does on the ideal one', async () => {
    const text = regimen({
      duration: '8 h',
      plant: '{ gain: 3 %, compliance: 2 uL }',
      faults: [
        '{ at: 1 h, fault: occlusion, for: 1 h }',
        '{ at: 1 h, fault: catheter-leak, fraction: 30 %, for: 3 h }',
        '{ at: 5 h, fault: over-infusion, by: 50 %, drift: { by: 10 %, every: 30 min } }',
      ],
    })
    const ideal = await finish(text)
    const avr = await finish(text, modelPump, avrRig)
    expect(recordsOf(avr.trace.records, 'fault')).toEqual(recordsOf(ideal.trace.records, 'fault'))
    expect(surges(avr)).toEqual(surges(ideal))
    expect(recordsOf(avr.trace.records, 'profile')).toEqual(recordsOf(ideal.trace.records, 'profile'))
    expect(avr.result.delivered).toEqual(ideal.result.delivered)
    expect(avr.result.samples).toEqual(ideal.result.samples)
  })
})

/** A plant and faults of it at random, on the third part of an hour and at instants no clock holds. */
const staged = fc
  .record({
    catheter: fc.constantFrom(...FLOWS),
    line: fc.constantFrom('filled' as const, 'water' as const, 'empty' as const),
    gain: fc.constantFrom('0 %', '14.5 %', '-100/7 %'),
    wear: fc.constantFrom('', ', wear: { change: -1 %, every: 1 mL }'),
    dose: fc.constantFrom('250 ug/d', '1000/7 ug/d', '3 mL/d'),
    faults: fc.uniqueArray(
      fc.tuple(
        fc.integer({ min: 0, max: 200 }),
        fc.constantFrom(
          'occlusion, compliance: 7/3 uL',
          'occlusion, side: upstream',
          'catheter-leak, fraction: 100/3 %, position: 60 %',
          'over-infusion, by: 50 %, drift: { by: 10 %, every: 100 min }',
        ),
        fc.constantFrom('', ', for: 5/7 d', ', for: 3 h'),
      ),
      { maxLength: 3, selector: ([, what]) => what.split(',')[0] ?? '' },
    ),
  })
  .map(({ gain, wear, dose, faults, ...more }) =>
    regimen({
      ...more,
      duration: '3 d',
      plant: `{ gain: ${gain}${wear} }`,
      prescription: [therapy('0 d', dose)],
      events: [
        '{ at: 1 d, refill: { fill: { drug: morphine, concentration: 500 ug/mL, volume: 20 mL } } }',
        '{ at: 40 h, do: interrogate }',
      ],
      faults: faults.map(([third, what, lasts]) => `{ at: ${third}/3 h, fault: ${what}${lasts} }`),
    }),
  )

describe('any plant', () => {
  it(
    'conserves every drug, and gives the same bytes for any slicing of time',
    async () => {
      await fc.assert(
        fc.asyncProperty(staged, fc.integer({ min: 20_000, max: 500_000_000 }), async (text, ticks) => {
          const plain = await finish(text)
          const sliced = await finish(text, sleepless(ratio(100_000_000_000n, 7n)), breathless(ticks))
          expect(conserved(plain)).toEqual(['pass'])
          expect(sliced.trace.records).toEqual(plain.trace.records)
          expect(sliced.trace.sha256).toBe(plain.trace.sha256)
        }),
        { numRuns: 10 },
      )
    },
    LIMIT_ms,
  )
})

describe.each(FLOWS)('an occlusion with %s', (catheter) => {
  const blocked = (more: Partial<Draft> = {}) =>
    finish(regimen({ catheter, faults: ['{ at: 1 d, fault: occlusion, compliance: 3.1 uL, for: 6 h }'], ...more }))

  it('fills the tube, then moves nothing, and gives back what it held at once', async () => {
    const run = await blocked()
    expect(faultTurns(run)).toEqual([
      ['occlusion', 'begun', 86_400],
      ['occlusion', 'fired', 86_443.2],
      ['occlusion', 'ended', 108_000],
    ])
    expect(surges(run)).toEqual([
      {
        kind: 'surge',
        t_us: 108_000e6,
        tip_uL: '31/10',
        tip_ug: [['baclofen', '31/20']],
        leaked_uL: '0',
        leaked_ug: [],
      },
    ])
    // 500 steps were due; the first twelve and a part of the next filled the tube.
    expect(run.result.delivered).toMatchObject({ steps: 4000, displaced_uL: 878.1, tip_volume_uL: 878.1 })
    expect(conserved(run)).toEqual(['pass'])
    expect(run.result.events.filter(({ event }) => event === 'surge')).toMatchObject([{ t_s: 108_000, tip_uL: 3.1 }])
  })

  it('shows in the dose of a minute and in the volume, and in no alarm', async () => {
    const { result } = await blocked({
      checks: [
        '{ check: max-dose, window: 1 s, dose: 1.5 ug }',
        '{ check: max-dose, window: 1 s, dose: 1.5 ug, to: 30 h, from: 1 d }',
        '{ check: max-dose, window: 1 s, dose: 1.5 ug, to: 1 d }',
        '{ check: tracking, within: 14 steps, to: 24 h 9 min }',
        '{ check: tracking, within: 14 steps }',
        '{ check: dose-at-tip, within: 1 %, from: 1 d, to: 29 h }',
        '{ check: no-other-alarms }',
      ],
    })
    expect(result.checks.slice(0, 7).map(({ outcome }) => outcome)).toEqual([
      'fail',
      'fail',
      'pass',
      'pass',
      'fail',
      'fail',
      'pass',
    ])
    expect(result.checks[0]).toMatchObject({ at_s: 108_000, unit: 'ug' })
    expect(result.checks[0]?.measured).toBeCloseTo(1.55, 9)
  })

  it('has the compliance of the plant unless it says otherwise', async () => {
    const faults = ['{ at: 1 d, fault: occlusion, for: 6 h }']
    expect(surges(await blocked({ faults }))[0]?.tip_uL).toBe('5')
    expect(surges(await blocked({ faults, plant: '{ compliance: 1.5 uL }' }))[0]?.tip_uL).toBe('3/2')
    expect(surges(await blocked({ faults, plant: '{ compliance: 0 uL }' }))).toEqual([])
  })

  it('that lasts keeps what had gathered in the line', async () => {
    const run = await blocked({ faults: ['{ at: 1 d, fault: occlusion, compliance: 3.1 uL }'] })
    expect(surges(run)).toEqual([])
    expect(run.result.delivered.in_line_uL).toBeCloseTo(378.1, 9)
    expect(profilesOf(run.trace).at(-1)?.swelling_uL).toBe(3.1)
    expect(conserved(run)).toEqual(['pass'])
  })

  it('keeps apart the drugs that gathered before and after a refill, and gives back each', async () => {
    const run = await blocked({
      // A line of 2 uL, so that the surge flushes it.
      pump: '{ model: im-20, overrides: { tube_volume: 0.9 uL } }',
      catheter: catheter.replace('{', '{ length: 5 mm,').replace('dispersive', 'dispersive, cells: 4'),
      faults: ['{ at: 1 d, fault: occlusion, compliance: 20 uL, for: 6 h }'],
      // Ten microliters of baclofen by then; morphine of the same strength goes on at the same rate.
      events: ['{ at: 1468.8 min, refill: { fill: { drug: morphine, concentration: 500 ug/mL, volume: 20 mL } } }'],
    })
    const [surge] = surges(run)
    const of = (drug: string) => toNumber(fromExact(surge?.tip_ug.find(([name]) => name === drug)?.[1] ?? '0'))
    const [{ stretches = [] } = {}] = profilesOf(run.trace).slice(-1)
    expect(surge?.tip_uL).toBe('20')
    expect(of('baclofen') + of('morphine')).toBeCloseTo(10, 9)
    // All the baclofen but a trace where drugs mix: the 2 uL of the line and the ten that had gathered.
    expect(of('baclofen')).toBeCloseTo(6, catheter.includes('plug') ? 9 : 1)
    expect(stretches.flatMap(({ drugs }) => drugs.map(({ drug }) => drug))).toContain('morphine')
    // A dose is that of the first fill's drug, each drug has its own in the records.
    const tip = (drug: string) =>
      [
        ...recordsOf(run.trace.records, 'delivered').map((part) => [part.tip_ug, part.cadence.count] as const),
        [surge?.tip_ug ?? [], 1] as const,
      ]
        .flatMap(([amounts, count]) =>
          amounts.map(([name, mass]) => (name === drug ? toNumber(fromExact(mass)) * count : 0)),
        )
        .reduce((a, b) => a + b, 0)
    expect(run.result.delivered.tip_dose_ug).toBeCloseTo(tip('baclofen'), 9)
    expect(tip('morphine')).toBeGreaterThan(60)
    expect(conserved(run)).toEqual(['pass'])
  })

  it('past which a leak lies feeds it with the surge', async () => {
    const run = await blocked({
      faults: [
        '{ at: 1 d, fault: catheter-leak, fraction: 50 %, position: 90 %, for: 6 h }',
        '{ at: 1 d, fault: occlusion, compliance: 3 uL, for: 5 h }',
      ],
    })
    expect(surges(run)).toMatchObject([{ tip_uL: '3/2', leaked_uL: '3/2', leaked_ug: [['baclofen', '3/4']] }])
    expect(faultTurns(run).filter(([, state]) => state === 'fired')).toEqual([
      ['occlusion', 'fired', 86_443.2],
      ['catheter-leak', 'fired', 104_400],
    ])
    expect(conserved(run)).toEqual(['pass'])
  })
})

describe('an upstream occlusion', () => {
  it('moves nothing and gathers nothing', async () => {
    const run = await finish(regimen({ faults: ['{ at: 1 d, fault: occlusion, side: upstream, for: 6 h }'] }))
    expect(surges(run)).toEqual([])
    expect(run.result.delivered).toMatchObject({ steps: 4000, displaced_uL: 875, in_line_uL: 375 })
    expect(run.result.believed.volume_uL).toBe(1000)
  })
})

describe.each(FLOWS)('a leak with %s', (catheter) => {
  it('takes its part of every step while it lasts', async () => {
    const run = await finish(
      regimen({ catheter, faults: ['{ at: 1 d, fault: catheter-leak, fraction: 40 %, position: 20 %, for: 6 h }'] }),
    )
    expect(faultTurns(run)).toEqual([
      ['catheter-leak', 'begun', 86_400],
      ['catheter-leak', 'fired', 86_443.2],
      ['catheter-leak', 'ended', 108_000],
    ])
    expect(run.result.delivered).toMatchObject({ displaced_uL: 1000, tip_volume_uL: 950, leaked_uL: 50 })
    const lossy = recordsOf(run.trace.records, 'delivered').filter(({ leaked_uL }) => leaked_uL !== undefined)
    expect(lossy.reduce((steps, { cadence }) => steps + cadence.count, 0)).toBe(500)
    expect(lossy[0]).toMatchObject({ tip_uL: '3/20', leaked_uL: '1/10', leaked_ug: [['baclofen', '1/20']] })
    expect(conserved(run)).toEqual(['pass'])
  })

  it('says what has leaked in a run that breaks off', async () => {
    const text = regimen({ catheter, faults: ['{ at: 1 d, fault: catheter-leak, fraction: 40 % }'] })
    const abort = new AbortController()
    const trace = await execute(scenarioOf(text), modelPump, idealRig, {
      signal: abort.signal,
      onProgress: (simulated_s) => {
        if (simulated_s > 1.5 * 86_400) abort.abort()
      },
    })
    const { delivered, outcome } = judge(trace, { file: '', wall_s: 0 })
    expect(outcome).toBe('inconclusive')
    expect(delivered.leaked_uL).toBeGreaterThan(90)
    expect(delivered.in_line_uL).toBeCloseTo(375, 6)
  })
})

describe('an over-infusion', () => {
  it('grows by its drift, and ends', async () => {
    const faults = ['{ at: 1 d, fault: over-infusion, by: 50 %, drift: { by: 10 %, every: 2 h }, for: 6 h }']
    const run = await finish(regimen({ faults, sample: '2 d' }))
    const parts = recordsOf(run.trace.records, 'delivered').map(({ cadence, displaced_uL }) => [
      cadence.count,
      toNumber(fromExact(displaced_uL)),
    ])
    // 2 h hold 166 or 167 of the steps, and the day the others.
    expect(parts).toEqual([
      [2000, 0.25],
      [166, 0.375],
      [167, 0.4],
      [167, 0.425],
      [1500, 0.25],
    ])
    expect(faultTurns(run).map(([, state]) => state)).toEqual(['begun', 'fired', 'ended'])
  })

  it('multiplies with another, and with the gain of the pump', async () => {
    const faults = [
      '{ at: 1 d, fault: over-infusion, by: 50 % }',
      '{ at: 1 d, fault: over-infusion, by: 100 %, for: 6 h }',
    ]
    const run = await finish(regimen({ faults, plant: '{ gain: 10 % }', sample: '2 d' }))
    const moved = recordsOf(run.trace.records, 'delivered').map(({ displaced_uL }) => toNumber(fromExact(displaced_uL)))
    expect(moved.map((uL) => uL / 0.25)).toEqual([1.1, 3.3, 1.65].map((factor) => expect.closeTo(factor, 9)))
  })

  it('is found by what is drawn at a refill', async () => {
    const refill = `{ at: 1 d, refill: { fill: ${WEAK} } }`
    const noted = async (faults: readonly string[]) => {
      const { result } = await finish(
        regimen({ faults, events: [refill], prescription: [therapy('0 d', '10 mL/d')], sample: '1 d' }),
      )
      return result.events.flatMap(({ event }) => (event.startsWith('residual') ? [event] : []))
    }
    expect(await noted([])).toEqual(['residual-agrees'])
    expect(await noted(['{ at: 12 h, fault: over-infusion, by: 50 % }'])).toEqual(['residual-differs'])
  })
})

describe('a fault of the plant that nothing shows', () => {
  it.each([
    ['occlusion', '{ at: 1 d, fault: occlusion, for: 1 s }'],
    ['catheter-leak', '{ at: 1 d, fault: catheter-leak, fraction: 40 %, for: 1 s }'],
    ['over-infusion', '{ at: 1 d, fault: over-infusion, by: 40 %, for: 1 s }'],
    ['occlusion of an empty reservoir', '{ at: 47 h, fault: occlusion, for: 30 min }'],
    ['over-infusion of an empty reservoir', '{ at: 47 h, fault: over-infusion, by: 40 % }'],
  ])('%s makes the run inconclusive', async (_, fault) => {
    const small = '{ drug: baclofen, concentration: 500 ug/mL, volume: 0.9 mL }'
    const run = await finish(regimen({ faults: [fault], fill: fault.includes('47 h') ? small : WEAK }))
    expect(checksNamed(run.result, 'faults')).toMatchObject([{ outcome: 'inconclusive' }])
    expect(run.result.verdict).not.toBe('pass')
  })
})

describe('a line of water', () => {
  const primed = (line: 'water' | 'empty', catheter: string) =>
    finish(
      regimen({
        line,
        catheter,
        duration: '1 d',
        prescription: ['{ at: 1 h, prime: auto }', '{ at: 2 h, therapy: { mode: simple-continuous, dose: 250 ug/d } }'],
        checks: ['{ check: tracking, within: 1 step }', '{ check: programmed-as-prescribed }'],
      }),
    )

  it('is primed like an empty one, by pump and prescriber, and its water counts as fluid at the tip', async () => {
    const [water, empty] = [await primed('water', '{ flow: plug }'), await primed('empty', '{ flow: plug }')]
    for (const { result } of [water, empty]) {
      expect(result.verdict).toBe('pass')
      expect(result.prescribed.volume_uL).toBeCloseTo(375 + (22 / 24) * 500, 6)
    }
    expect(water.result.delivered.tip_volume_uL - empty.result.delivered.tip_volume_uL).toBe(375)
    expect(water.result.delivered.tip_dose_ug).toBe(empty.result.delivered.tip_dose_ug)
    expect(recordsOf(water.trace.records, 'line')).toMatchObject([{ volume_uL: '375', mass_ug: [] }])
  })

  it('mixes with the drug: some leaves before the prime is over, and what follows is diluted', async () => {
    const run = await primed('water', '{ flow: dispersive }')
    const primedUntil_us = 3.6e9 + (375 / 24_000) * 86_400e6
    const early = recordsOf(run.trace.records, 'delivered')
      .filter(({ cadence }) => tickOf(cadence, cadence.count - 1) * 64 <= primedUntil_us + 64)
      .flatMap(({ tip_ug, cadence }) => tip_ug.map(([, mass]) => toNumber(fromExact(mass)) * cadence.count))
    // 8.9 % of the 187.5 ug that fill the line: the mean excess of an Erlang front of twenty cells.
    expect(early.reduce((a, b) => a + b, 0)).toBeCloseTo(187.5 * 0.0888, 0)
    expect(run.result.delivered.tip_dose_ug).toBeLessThan(run.result.prescribed.dose_ug + 187.5 * 0.0888)
    expect(run.result.verdict).toBe('pass')
  })
})

describe('an overfull reservoir', () => {
  const overfull = (plant: string) =>
    finish(
      regimen({
        plant,
        duration: '4 d',
        sample: '4 d',
        // Told of less than is filled, so that the pump takes it.
        events: [
          '{ at: 1 d, refill: { withdraw: 0 mL, fill: { drug: baclofen, concentration: 500 ug/mL, volume: 1.5 mL }, programmed: { volume: 0.5 mL } } }',
        ],
      }),
    )

  it('gives more with each step until it holds what it is made for', async () => {
    const moved = recordsOf((await overfull('{ overfill_gain: 100 % }')).trace.records, 'delivered')
    expect(moved.map(({ cadence, displaced_uL }) => [cadence.count, displaced_uL])).toEqual([
      [2000, '1/4'],
      [2000, '1/2'],
      [4000, '1/4'],
    ])
  })

  it('gives as ever unless the scenario says otherwise, and says that it is overfull', async () => {
    const run = await overfull('{ gain: 0 % }')
    expect(run.result.delivered.displaced_uL).toBe(2000)
    expect(run.result.events.filter(({ event }) => event === 'overfilled')).toHaveLength(1)
  })
})

describe('where the line holds what', () => {
  it('is on record at each interrogation and at the end', async () => {
    const run = await finish(
      regimen({
        events: [
          '{ at: 6 h, do: interrogate }',
          '{ at: 1 d, refill: { fill: { drug: morphine, concentration: 1 mg/mL, volume: 20 mL } } }',
          '{ at: 30 h, do: interrogate }',
        ],
      }),
    )
    const profiles = profilesOf(run.trace)
    expect(profiles.map(({ t_s }) => t_s / 3600)).toEqual([6, 30, 48])
    expect(profiles[1]?.stretches).toEqual([
      {
        from_uL: 0,
        to_uL: 62.5,
        fluid: true,
        drugs: [{ drug: 'morphine', mass_ug: 62.5, concentration_ug_per_mL: 1000 }],
      },
      {
        from_uL: 62.5,
        to_uL: 375,
        fluid: true,
        drugs: [{ drug: 'baclofen', mass_ug: 156.25, concentration_ug_per_mL: 500 }],
      },
    ])
    expect(profiles[2]?.stretches[0]).toMatchObject({ from_uL: 0, to_uL: 250 })
  })
})
