/** Refills: what a change of concentration, of belief or of volume does to all three ledgers. */
import { describe, expect, it } from 'vitest'
import { modelPump } from '#hil/pump/model'
import { TICK_us } from '#hil/rig/rig'
import { amountOf } from '#hil/run/exact'
import { recordsOf } from '#hil/run/ledgers'
import { rehearse } from '#hil/run/rehearse'
import { toNumber } from '#units/rational'
import { checksNamed, type Finished, finish } from '../support/bench.ts'
import { bolus, draft, scenarioOf, therapy } from '../support/scenario.ts'

const refill = (at: string, concentration: string, more = '') =>
  `{ at: ${at}, refill: { fill: { drug: baclofen, concentration: ${concentration}, volume: 20 mL }${more} } }`

/** When, in hours after an instant, the drug in a step at the tip first differs from what it was. */
function tipChanges_h({ trace }: Finished, after_d: number): number {
  const parts = recordsOf(trace.records, 'delivered')
  const first = parts[0] === undefined ? 0 : toNumber(amountOf(parts[0].tip_ug, 'baclofen'))
  const changed = parts.find((part) => toNumber(amountOf(part.tip_ug, 'baclofen')) !== first)
  return ((changed?.cadence.first ?? 0) * TICK_us) / 3.6e9 - after_d * 24
}

describe('a refill of another concentration without a bridge', () => {
  // 80 cm of catheter at 2.2 uL/cm and 0.199 mL of tube hold 0.375 mL, which has to pass before the tip sees the new drug.
  it.each([
    ['500 ug/mL', '2000 ug/mL', 45, 0.25],
    ['2000 ug/mL', '500 ug/mL', 11.25, 4],
  ])('from %s to %s gives the wrong dose for %d h, %d times the right one', async (before, after, hours, factor) => {
    const run = await finish(
      draft({
        duration: '6 d',
        fill: `{ drug: baclofen, concentration: ${before}, volume: 20 mL }`,
        prescription: [therapy('0 d', '400 ug/d')],
        events: [refill('2 d', after)],
        checks: ['{ check: tracking, within: 1 step }', '{ check: programmed-as-prescribed }'],
      }),
    )
    expect(run.result.verdict).toBe('pass')
    expect(tipChanges_h(run, 2)).toBeCloseTo(hours, 1)
    const [start, end] = [run.result.samples[48], run.result.samples[48 + 11]]
    expect(((end?.tip_ug ?? 0) - (start?.tip_ug ?? 0)) / (400 * (11 / 24))).toBeCloseTo(factor, 1)
  })
})

describe('a refill', () => {
  it('of the same concentration disturbs no step', async () => {
    const parts = { duration: '4 d', prescription: [therapy('0 d', '350/3 ug/d'), bolus('47 h', '20 ug', '2 h')] }
    const plain = await finish(draft(parts))
    const refilled = await finish(draft({ ...parts, events: [refill('2 d', '500 ug/mL')] }))
    const steps = ({ trace }: Finished) => recordsOf(trace.records, 'delivered').map(({ cadence }) => cadence)
    const count = (run: Finished) => steps(run).reduce((sum, cadence) => sum + cadence.count, 0)
    expect(count(refilled)).toBe(count(plain))
    expect(refilled.result.verdict).toBe('pass')
  })

  it('above what the pump believes it can hold is refused, and what it truly holds is on record', async () => {
    const { result } = await finish(
      draft({
        duration: '3 d',
        pump: '{ model: im-20 }',
        fill: '{ drug: baclofen, concentration: 500 ug/mL, volume: 20 mL }',
        prescription: [therapy('0 d', '50 ug/d')],
        events: [
          '{ at: 1 d, refill: { withdraw: 1 mL, fill: { drug: baclofen, concentration: 500 ug/mL, volume: 20 mL } } }',
        ],
        checks: ['{ check: refused, at: 1 d }', '{ check: tracking, within: 1 step }'],
      }),
    )
    expect(result.verdict).toBe('pass')
    expect(result.events).toContainEqual(expect.objectContaining({ event: 'overfilled', t_s: 86_400 }))
    expect(result.delivered.reservoir_uL).toBe(38_700)
    expect(result.delivered.withdrawn_uL).toBe(1000)
  })

  it('of an empty pump clears its alarms and does not resume the therapy unasked', async () => {
    const parts = {
      duration: '12 d',
      fill: '{ drug: baclofen, concentration: 500 ug/mL, volume: 1 mL }',
      prescription: [therapy('0 d', '250 ug/d')],
      events: [refill('4 d', '500 ug/mL')],
    }
    const forgotten = await finish(
      draft({ ...parts, checks: ['{ check: delivered-volume, within: 14.5 %, expect: fail }'] }),
    )
    expect(forgotten.result.verdict).toBe('pass')
    expect(forgotten.result.delivered.displaced_uL).toBe(1000)
    expect(forgotten.result.alarms.map(({ alarm, cleared_s }) => [alarm, cleared_s])).toEqual([
      ['low-reservoir', 345_600],
      ['empty-reservoir', 345_600],
      ['stopped-pump', null],
    ])
    const asked = await finish(
      draft({
        ...parts,
        programming: [therapy('0 d', '250 ug/d'), therapy('4 d 1 h', '250 ug/d')],
        checks: ['{ check: tracking, within: 1 step, from: 4 d 1 h }'],
      }),
    )
    expect(checksNamed(asked.result, 'tracking')[0]).toMatchObject({ outcome: 'pass' })
  })

  it('with a residual left in mixes it with the new fill', async () => {
    const { result } = await finish(
      draft({
        duration: '3 d',
        fill: '{ drug: baclofen, concentration: 500 ug/mL, volume: 10 mL }',
        prescription: [therapy('0 d', '0.5 mL/d')],
        events: [
          '{ at: 2 d, refill: { withdraw: 8 mL, fill: { drug: baclofen, concentration: 2000 ug/mL, volume: 9 mL } } }',
        ],
        checks: ['{ check: reservoir-estimate, within: 0.25 uL }'],
      }),
    )
    // 1 mL of 500 and 9 mL of 2000 ug/mL: what is pumped in day three is 1850 ug/mL, after 0.375 mL of the old.
    expect(result.delivered.tip_dose_ug).toBeCloseTo(1000 * 0.5 + 375 * 0.5 + 125 * 1.85, 6)
    expect(result.verdict).toBe('pass')
  })
})

describe('the reservoir estimate', () => {
  const parts = {
    duration: '6 h',
    prescription: [therapy('0 d', '50 ug/d')],
    checks: ['{ check: reservoir-estimate, within: 0.2 uL }'],
  }
  const fill = (at: string, volume: string) =>
    `{ at: ${at}, refill: { fill: { drug: baclofen, concentration: 500 ug/mL, volume: ${volume} } } }`

  it.each([
    ['at the very start', [fill('0 s', '10 mL')]],
    ['twice within a microsecond', [fill('10799999999/3 us', '20 mL'), fill('1 h', '10 mL')]],
    ['between the due time of a step and its tick', [fill('215999990 us', '20 mL')]],
  ])('is right after refills %s', async (_when, events) => {
    const { result } = await finish(draft({ ...parts, events }))
    expect(checksNamed(result, 'reservoir-estimate')[0]).toMatchObject({ outcome: 'pass', measured: 0 })
    expect(result.events.filter(({ event }) => event === 'refilled')).toHaveLength(events.length)
  })

  it('is right from an instant between the due time of a step and its tick', async () => {
    const { result } = await finish(
      draft({ ...parts, checks: ['{ check: reservoir-estimate, within: 0.2 uL, from: 215999990 us }'] }),
    )
    expect(result.verdict).toBe('pass')
  })
})

describe('a therapy that a pump gave up when its reservoir ran dry', () => {
  it('is not what was prescribed any more', async () => {
    const { result } = await finish(
      draft({
        duration: '6 d',
        fill: '{ drug: baclofen, concentration: 500 ug/mL, volume: 1 mL }',
        prescription: [therapy('0 d', '0.5 mL/d')],
        checks: ['{ check: programmed-as-prescribed }', '{ check: programmed-as-prescribed, to: 1 d }'],
      }),
    )
    expect(checksNamed(result, 'programmed-as-prescribed').map(({ outcome }) => outcome)).toEqual(['fail', 'pass'])
  })
})

describe('the percent change of a dose', () => {
  it('is that of the dose, whatever became of the concentration', async () => {
    const { result } = await finish(
      draft({
        duration: '4 d',
        prescription: [therapy('0 d', '50 ug/d'), therapy('2 d', '60 ug/d')],
        events: [refill('1 d', '450 ug/mL')],
        checks: ['{ check: programmed-as-prescribed }'],
      }),
    )
    const changes = result.events.filter(({ event }) => event === 'programmed').map((event) => event['change_percent'])
    expect(changes).toEqual([null, null, expect.closeTo(20, 9)])
  })
})

describe('a line that is empty at the start', () => {
  it('gives nothing at the tip until it is full', async () => {
    const { result } = await finish(
      draft({
        duration: '1 d',
        line: 'empty',
        prescription: [therapy('0 d', '0.5 mL/d')],
        checks: ['{ check: delivered-volume, within: 1 % }', '{ check: dose-at-tip, within: 14.5 %, expect: fail }'],
      }),
    )
    expect(result.verdict).toBe('pass')
    expect(result.delivered).toMatchObject({
      displaced_uL: 500,
      tip_volume_uL: 125,
      in_line_uL: 375,
      tip_dose_ug: 62.5,
    })
  })
})

describe('boluses that a refill ends', () => {
  const BOLUS = draft({
    duration: '2 d',
    fill: '{ drug: baclofen, concentration: 1000 ug/mL, volume: 20 mL }',
    prescription: [therapy('0 d', '600 ug/d'), bolus('23 h 30 min', '500 ug', '1 h')],
    events: [refill('1 d', '100 ug/mL')],
    checks: ['{ check: programmed-as-prescribed, expect: fail }', '{ check: event, event: boluses-ended, by: 1 d }'],
  })

  it('are no longer what was prescribed, and the therapy goes on', async () => {
    const { result } = await finish(BOLUS)
    expect(result.verdict).toBe('pass')
    expect(result.alarms).toEqual([])
    const [check] = result.checks
    expect(check?.detail).toContain('the therapy goes on without them')
  })

  it('are known before the run', () => {
    expect(rehearse(scenarioOf(BOLUS), modelPump)).toMatchObject([{ text: 'refill', ends: 'boluses' }])
  })
})

describe('two refills', () => {
  const said = ({ result }: Finished) =>
    result.events
      .filter(({ event }) => event.startsWith('residual-'))
      .map(({ t_s, event, detail }) => ({ t_s, event, detail }))
  const twice = (second: string, more: Partial<Parameters<typeof draft>[0]> = {}) =>
    finish(
      draft({
        duration: '3 d',
        prescription: [therapy('0 d', '480 ug/d')],
        events: [refill('1 d', '500 ug/mL'), second],
        checks: ['{ check: tracking, within: 1 step }', '{ check: invariants }'],
        ...more,
      }),
    )
  const of = (uL: number, after: number) => `drawn ${uL} uL, expected ${uL} uL after ${after} uL dispensed`

  it('within four seconds are judged by what was drawn before the last one, against what was expected then', async () => {
    // 960 uL of 40 mL in a day, and in the 3 s between them no step.
    const run = await twice(refill('86403 s', '500 ug/mL'))
    expect(run.result.verdict).toBe('pass')
    expect(said(run)).toEqual([
      { t_s: 86_407, event: 'residual-agrees', detail: expect.stringContaining(of(20_000, 0)) },
    ])
  })

  it('four seconds apart or more are judged one by one', async () => {
    const run = await twice(refill('86405 s', '500 ug/mL'))
    expect(said(run)).toEqual([
      { t_s: 86_404, event: 'residual-agrees', detail: expect.stringContaining(of(39_040, 960)) },
      { t_s: 86_409, event: 'residual-agrees', detail: expect.stringContaining(of(20_000, 0)) },
    ])
  })

  it('within four seconds, the second one on top, leave nothing to judge', async () => {
    const onTop =
      '{ at: 86402 s, refill: { withdraw: 1 mL, fill: { drug: baclofen, concentration: 500 ug/mL, volume: 1 mL } } }'
    expect(said(await twice(onTop))).toEqual([])
  })

  it('of which the second is refused are one', async () => {
    const tooMuch =
      '{ at: 86402 s, refill: { withdraw: 1 mL, fill: { drug: baclofen, concentration: 500 ug/mL, volume: 30 mL } } }'
    const run = await twice(tooMuch, { checks: ['{ check: refused, at: 86402 s }'] })
    expect(run.result.checks.find(({ check }) => check === 'refused')?.outcome).toBe('pass')
    expect(said(run)).toEqual([
      { t_s: 86_404, event: 'residual-agrees', detail: expect.stringContaining(of(39_040, 960)) },
    ])
  })
})
