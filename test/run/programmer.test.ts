/**
 * The programmer and the script: what is asked of the pump, in which order, and what becomes of answers that say too much,
 * too little, or nothing.
 */
import { describe, expect, it } from 'vitest'
import type { PumpInput, PumpOutput } from '#firmware-sim/messages'
import { modelPump } from '#hil/pump/model'
import { definePump, type Pump, type PumpDefinition } from '#hil/pump/pump'
import { PLAYOUT_us } from '#hil/rig/rig'
import { recordsOf } from '#hil/run/ledgers'
import { rehearse } from '#hil/run/rehearse'
import type { Trace } from '#hil/run/trace'
import { as, type Time_us } from '#units/quantity'
import { toNumber, whole } from '#units/rational'
import { checksNamed, distorted, finish } from '../support/bench.ts'
import { bolus, draft, scenarioOf, stop, therapy } from '../support/scenario.ts'

const LOOSE = ['{ check: delivered-volume, within: 100 % }']

/** The model pump behind someone who may answer in its place. */
function behind(react: (inner: Pump, at_us: Time_us, input: PumpInput) => readonly PumpOutput[]): PumpDefinition {
  return definePump({
    name: 'altered',
    create: (setup) => {
      const inner = modelPump.create(setup)
      return { react: (at_us, input) => react(inner, at_us, input), nextWake: () => inner.nextWake() }
    },
  })
}

const events = (trace: Trace, name: string) => recordsOf(trace.records, 'event').filter(({ event }) => event === name)

/** A pump whose supply fails on the way to the answer to its second commit; `done` says whether it was carried out. */
function failingAtCommit(done: boolean, commits: number[]): PumpDefinition {
  let count = 0
  return behind((inner, at_us, input) => {
    if (input.kind === 'power-returns') return [{ kind: 'power', at_us, on: true }]
    if (input.kind !== 'commit') return inner.react(at_us, input)
    count += 1
    commits.push(toNumber(at_us) / 1e6)
    if (count !== 2) return inner.react(at_us, input)
    const outputs = done ? inner.react(at_us, input).filter(({ kind }) => kind !== 'applied') : []
    // Whoever prepares something else forgets what was prepared before.
    if (!done) inner.react(at_us, { kind: 'prepare', program: { kind: 'therapy', therapy: { mode: 'stopped' } } })
    return [...outputs, { kind: 'power', at_us, on: false }]
  })
}

const TWO = draft({
  duration: '2 h',
  prescription: [therapy('0 s', '50 ug/d'), therapy('1 h', '60 ug/d')],
  faults: ['{ at: 30 min, fault: power-cut, for: 10 min, write: 1000 }'],
  checks: LOOSE,
})

describe('a commit whose answer is lost', () => {
  it('is asked about when power is back, and was carried out once', async () => {
    const commits: number[] = []
    const { trace } = await finish(TWO, failingAtCommit(true, commits))
    expect(events(trace, 'answer-lost').map(({ t_us }) => t_us / 1e6)).toEqual([3600])
    expect(commits).toEqual([0, 3600, 4200])
    expect(recordsOf(trace.records, 'applied').map(({ t_us, at_us }) => [t_us / 1e6, at_us])).toEqual([
      [0, '0'],
      [4200, '3600000000'],
    ])
    expect(recordsOf(trace.records, 'refused')).toEqual([])
  })

  it('is on record as refused when the pump knows nothing of it', async () => {
    const { trace, result } = await finish(TWO, failingAtCommit(false, []))
    expect(recordsOf(trace.records, 'applied')).toHaveLength(1)
    expect(recordsOf(trace.records, 'refused')).toMatchObject([{ t_us: 4_200_000_000, at_us: '3600000000' }])
    expect(checksNamed(result, 'no-refusal')).toHaveLength(1)
  })
})

describe('warnings of the pump', () => {
  const warned = (confirm: string) =>
    draft({
      duration: '2 h',
      limits: '{ daily_dose: { soft: 55 ug } }',
      prescription: [
        therapy('0 s', '50 ug/d'),
        `{ at: 1 h, therapy: { mode: simple-continuous, dose: 60 ug/d }${confirm} }`,
      ],
      checks: LOOSE,
    })

  it('are confirmed, each on record, and the program is in force', async () => {
    const { trace, result } = await finish(warned(''))
    expect(events(trace, 'warning-confirmed')).toHaveLength(1)
    expect(recordsOf(trace.records, 'applied')).toHaveLength(2)
    expect(result.verdict).toBe('pass')
  })

  it('are not confirmed where the scenario says so, and nothing is committed', async () => {
    const { trace, result } = await finish(warned(', confirm: false'))
    expect(events(trace, 'warning-confirmed')).toEqual([])
    expect(recordsOf(trace.records, 'applied')).toHaveLength(1)
    expect(recordsOf(trace.records, 'refused')[0]?.reason).toMatch(/^not confirmed: /)
    expect(result.verdict).toBe('fail')
    expect(rehearse(scenarioOf(warned(', confirm: false')), modelPump)[0]?.reason).toMatch(/^not confirmed: /)
  })
})

describe('a pump that answers wrongly', () => {
  it('gets nothing committed when it reads back another program', async () => {
    const doubled = distorted('doubled', (output) =>
      output.kind === 'readback' && output.stored.kind === 'bolus'
        ? [{ ...output, stored: { kind: 'bolus', bolus: { ...output.stored.bolus, over_us: as(whole(1)) } } }]
        : [output],
    )
    const text = draft({ duration: '2 h', prescription: [therapy('0 s', '50 ug/d'), bolus('1 h', '1 ug', '5 min')] })
    const { trace } = await finish(text, doubled)
    expect(recordsOf(trace.records, 'refused')[0]?.reason).toContain('nothing was committed')
  })

  it.each([
    ['readback', 'did not read back'],
    ['applied', 'did not answer'],
  ])('by leaving out its "%s" has refused', async (kind, reason) => {
    const mute = distorted('mute', (output) => (output.kind === kind ? [] : [output]))
    const { trace } = await finish(draft({ duration: '1 h', prescription: [therapy('0 s', '50 ug/d')] }), mute)
    expect(recordsOf(trace.records, 'refused')[0]?.reason).toContain(reason)
  })
})

describe('stopping and starting', () => {
  it('a therapy "stopped" is programmed like any other, `do: stop` needs no transaction', async () => {
    const kinds: string[] = []
    const pump = behind((inner, at_us, input) => {
      kinds.push(input.kind)
      return inner.react(at_us, input)
    })
    const text = draft({
      duration: '3 h',
      prescription: [therapy('0 s', '50 ug/d'), stop('1 h')],
      events: ['{ at: 2 h, do: restart }', '{ at: 150 min, do: stop }'],
      checks: LOOSE,
    })
    const { trace } = await finish(text, pump)
    expect(kinds.filter((kind) => kind === 'prepare' || kind === 'commit' || kind === 'stop')).toEqual([
      ...['prepare', 'commit', 'prepare', 'commit', 'prepare', 'commit'],
      'stop',
    ])
    const [, stopped, restarted, again] = recordsOf(trace.records, 'applied')
    expect(stopped?.readback).toEqual({ kind: 'therapy', mode: 'stopped', dose: null, unit: null })
    expect(restarted).toMatchObject({ text: 'restart', readback: { mode: 'simple-continuous', unit: 'ug/us' } })
    expect(again).toMatchObject({ text: 'stop', t_us: 9_000_000_000, readback: { mode: 'stopped' } })
  })
})

describe('at one instant', () => {
  it('everything comes in its order, before the pump is woken', async () => {
    const asked: string[] = []
    const pump = behind((inner, at_us, input) => {
      if (toNumber(at_us) === 3.6e9) {
        const what = input.kind === 'prepare' ? input.program.kind : input.kind
        if (what !== 'commit' && what !== 'observe') asked.push(what)
      }
      return inner.react(at_us, input)
    })
    const text = draft({
      duration: '2 h',
      sample: '1 h',
      prescription: [
        therapy('0 s', '50 ug/d'),
        bolus('59 min', '1 ug', '1 min'),
        bolus('1 h', '1 ug', '5 min'),
        '{ at: 1 h, patient-bolus: { dose: 1 ug, over: 1 min, lockout: 1 h, max_per_day: 2 } }',
        therapy('1 h', '60 ug/d'),
      ],
      events: [
        '{ at: 1 h, do: interrogate }',
        '{ at: 1 h, do: silence }',
        '{ at: 1 h, do: request-bolus }',
        '{ at: 1 h, refill: { fill: { drug: baclofen, concentration: 500 ug/mL, volume: 20 mL } } }',
        '{ at: 1 h, do: set-clock, to: 2026-01-05T09:30 }',
      ],
      faults: ['{ at: 1 h, fault: telemetry-carrier }'],
      checks: LOOSE,
    })
    await finish(text, pump)
    expect(asked.filter((what) => what !== 'wake')).toEqual([
      ...['carrier', 'set-clock', 'refill', 'therapy', 'bolus', 'patient-bolus'],
      ...['request-bolus', 'silence', 'interrogate'],
    ])
    expect(asked.slice(0, 9)).not.toContain('wake')
  })
})

describe('a refill', () => {
  const refilled = (withdraw: string) =>
    draft({
      duration: '2 h',
      prescription: [therapy('0 s', '24 mL/d')],
      events: [
        `{ at: 1 h, refill: { withdraw: ${withdraw}, fill: { drug: baclofen, concentration: 500 ug/mL, volume: 20 mL } } }`,
      ],
      fill: '{ drug: baclofen, concentration: 500 ug/mL, volume: 39 mL, programmed: { drug: baclofen, concentration: 500 ug/mL, volume: 40 mL } }',
      checks: LOOSE,
    })

  const residuals = async (text: string) => {
    const found: { readonly at_us: number; readonly uL: number }[] = []
    const pump = behind((inner, at_us, input) => {
      if (input.kind === 'residual') found.push({ at_us: toNumber(at_us), uL: toNumber(input.measured_uL) })
      return inner.react(at_us, input)
    })
    await finish(text, pump)
    return found
  }

  it('tells the pump what was truly drawn when all of it was, two playouts later', async () => {
    expect(await residuals(refilled('all'))).toEqual([{ at_us: 3.6e9 + 2 * PLAYOUT_us, uL: 38_000 }])
  })

  it('tells it nothing when a stated volume was drawn', async () => {
    expect(await residuals(refilled('25 mL'))).toEqual([])
  })
})

describe('refusals at one instant', () => {
  const twice = (checks: readonly string[]) =>
    draft({
      duration: '1 h',
      prescription: [therapy('0 s', '50 ug/d')],
      programming: [therapy('0 s', '50 ug/d'), bolus('30 min', '10 mL', '1 s'), bolus('30 min', '11 mL', '1 s')],
      checks: [...LOOSE, ...checks],
    })
  const refused = '{ check: refused, at: 30 min }'

  it.each([
    [1, 'fail', ['pass'], 1],
    [2, 'pass', ['pass', 'pass'], 0],
    [3, 'fail', ['pass', 'pass', 'fail'], 0],
  ] as const)('are expected one by one: %i', async (expected, verdict, outcomes, unexpected) => {
    const { result } = await finish(twice(Array.from({ length: expected }, () => refused)))
    expect(result.verdict).toBe(verdict)
    expect(checksNamed(result, 'refused').map(({ outcome }) => outcome)).toEqual(outcomes)
    expect(checksNamed(result, 'no-refusal')).toHaveLength(unexpected)
  })
})

describe('programmed-as-prescribed', () => {
  const flex = (boluses: string, days = '') =>
    `{ at: 0 s, therapy: { mode: flex, basal: 100 ug/d, boluses: ${boluses}${days} } }`
  const whole50 = '[{ at: "06:00", dose: 50 ug, over: 10 min }, { at: "18:00", dose: 50 ug, over: 10 min }]'
  const one = async (prescription: string, programming: string) => {
    const text = draft({
      duration: '1 h',
      prescription: [prescription],
      programming: [programming],
      checks: ['{ check: programmed-as-prescribed }'],
    })
    const { result } = await finish(text)
    return checksNamed(result, 'programmed-as-prescribed')[0]?.outcome
  }

  it.each([
    ['the same pattern', flex(whole50), flex(whole50), 'pass'],
    [
      'the same doses by volume, listed otherwise',
      flex(whole50),
      flex('[{ at: "18:00", dose: 0.1 mL, over: 10 min }, { at: "06:00", dose: 0.1 mL, over: 600 s }]'),
      'pass',
    ],
    [
      'the same doses as a count',
      flex(whole50),
      flex('{ dose: 50 ug, count: 2, over: 10 min, from: "06:00" }'),
      'pass',
    ],
    ['a bolus at another time', flex(whole50), flex(whole50.replace('18:00', '18:01')), 'fail'],
    ['a bolus of another dose', flex(whole50), flex(whole50.replace('50 ug', '51 ug')), 'fail'],
    ['a bolus over another time', flex(whole50), flex(whole50.replace('10 min', '11 min')), 'fail'],
    ['other days', flex(whole50), flex(whole50, ', days: [mon, tue]'), 'fail'],
    [
      'a periodic bolus of another period',
      '{ at: 0 s, therapy: { mode: periodic-bolus, dose: 10 ug, over: 10 min, every: 4 h } }',
      '{ at: 0 s, therapy: { mode: periodic-bolus, dose: 10 ug, over: 10 min, every: 3 h } }',
      'fail',
    ],
  ])('with %s', async (_what, prescription, programming, outcome) => {
    expect(await one(prescription, programming)).toBe(outcome)
  })
})

describe('a session that ends before the commit', () => {
  const left = draft({
    duration: '2 h',
    prescription: [therapy('0 s', '50 ug/d'), therapy('1 h', '100 ug/d')],
    programming: [
      therapy('0 s', '50 ug/d'),
      '{ at: 1 h, therapy: { mode: simple-continuous, dose: 100 ug/d }, commit: false }',
      '{ at: 1 h 30 min, bolus: { dose: 1 ug, over: 10 min } }',
    ],
    checks: ['{ check: programmed-as-prescribed }', '{ check: delivered-volume, within: 5 %, to: 1 h }', ...LOOSE],
  })

  it('leaves the pump as it was, refuses nothing, and is told', async () => {
    const asked: string[] = []
    const pump = behind((inner, at_us, input) => {
      if (input.kind === 'prepare' || input.kind === 'commit') asked.push(`${input.kind} ${toNumber(at_us) / 60e6}`)
      return inner.react(at_us, input)
    })
    const { trace, result } = await finish(left, pump)
    expect(asked).toEqual(['prepare 0', 'commit 0', 'prepare 60', 'prepare 90', 'commit 90'])
    expect(events(trace, 'never-committed').map(({ t_us }) => t_us / 60e6)).toEqual([60])
    expect(recordsOf(trace.records, 'applied').map(({ at_us }) => Number(at_us) / 60e6)).toEqual([0, 90])
    expect(recordsOf(trace.records, 'refused')).toEqual([])
    const [programmed] = checksNamed(result, 'programmed-as-prescribed')
    expect(programmed?.outcome).toBe('fail')
    // Two hours at 50 ug/d and the bolus, at 500 ug/mL.
    expect(result.believed.volume_uL).toBeCloseTo(8.25 + 2, 0)
  })

  it('is nothing that a rehearsal warns of', () => {
    expect(rehearse(scenarioOf(left), modelPump)).toEqual([])
  })
})
