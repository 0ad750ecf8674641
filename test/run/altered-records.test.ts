/**
 * Records altered one at a time, as a bench, a rig or a pump that errs would have written them: what the judge makes of it.
 */
import { describe, expect, it } from 'vitest'
import { judge } from '#hil/run/judge'
import type { CheckResult, RunResult } from '#hil/run/result'
import type { Trace, TraceRecord } from '#hil/run/trace'
import { checksNamed, finish } from '../support/bench.ts'
import { draft, stop, therapy } from '../support/scenario.ts'

type Kind = TraceRecord['kind']
type RecordOf<K extends Kind> = Extract<TraceRecord, { kind: K }>
type Alter = (trace: Trace) => Trace

const HOUR_us = 3_600_000_000

/** The record of a kind that has the place among its like, changed. */
function change<K extends Kind>(kind: K, how: (record: RecordOf<K>) => Partial<RecordOf<K>>, place = 0): Alter {
  return (trace) => {
    let seen = -1
    const records = trace.records.map((record): TraceRecord => {
      if (record.kind === kind) seen += 1
      return record.kind === kind && seen === place ? { ...record, ...how(record as RecordOf<K>) } : record
    })
    if (seen < place) throw new Error(`there is no ${kind} ${place}`)
    return { ...trace, records }
  }
}

const without =
  (kind: Kind): Alter =>
  (trace) => ({ ...trace, records: trace.records.filter((record) => record.kind !== kind) })

/** Records before the end. */
const add =
  (...more: readonly TraceRecord[]): Alter =>
  (trace) => ({ ...trace, records: [...trace.records.slice(0, -1), ...more, ...trace.records.slice(-1)] })

/** A day at 0.8 mL of 500 ug/mL, a step of 0.25 uL each 27 s; at 12 h 4 mL are withdrawn and 3 mL filled. */
const made = (...checks: readonly string[]) =>
  finish(
    draft({
      duration: '1 d',
      prescription: [therapy('0 d', '400 ug/d')],
      events: [
        '{ at: 12 h, refill: { withdraw: 4 mL, fill: { drug: baclofen, concentration: 500 ug/mL, volume: 3 mL } } }',
      ],
      checks,
      sample: '4 h',
    }),
  )

function judged(trace: Trace, ...alterations: readonly Alter[]): RunResult {
  const changed = alterations.reduce((before, alter) => alter(before), trace)
  return judge(changed, { file: '', wall_s: 0 })
}

function only(result: RunResult, check: string): CheckResult {
  const [found] = checksNamed(result, check)
  if (found === undefined) throw new Error(`no ${check}`)
  return found
}

describe('fluid and drug', async () => {
  const { trace } = await made('{ check: no-other-alarms }')
  const balance = (...alterations: readonly Alter[]) => only(judged(trace, ...alterations), 'mass-conservation')
  const drug = (ug: string) => [['baclofen', ug]] as const

  it('balance in a run that is right', () => {
    expect(balance()).toMatchObject({ outcome: 'pass', measured: 0, limit: 0, at_s: null })
  })

  it.each<[string, number, string, readonly Alter[]]>([
    ['the line at the start', 10, 'uL of fluid', [change('line', () => ({ volume_uL: '385' }))]],
    ['drug in it', 5, 'ug of baclofen', [change('line', () => ({ mass_ug: drug('385/2') }))]],
    ['a fill', 10, 'uL of fluid', [change('fill', () => ({ volume_uL: '40010' }))]],
    ['drug of a fill', 7, 'ug of baclofen', [change('fill', () => ({ filled_ug: drug('20007') }))]],
    ['what was withdrawn', 10, 'uL of fluid', [change('fill', () => ({ withdrawn_uL: '3990' }), 1)]],
    ['drug withdrawn', 10, 'ug of baclofen', [change('fill', () => ({ withdrawn_ug: drug('2010') }), 1)]],
    ['each of 533 steps at the tip', 133.25, 'uL of fluid', [change('delivered', () => ({ tip_uL: '1/2' }))]],
    ['drug of each', 66.625, 'ug of baclofen', [change('delivered', () => ({ tip_ug: drug('1/4') }))]],
    ['what a surge gave', 1, 'uL of fluid', [add(surge('1', drug('1/4')))]],
    ['drug of a surge', 2, 'ug of baclofen', [add(surge('1', drug('2')))]],
    ['what escaped', 2, 'uL of fluid', [add({ kind: 'escape', t_us: 1, volume_uL: '2', mass_ug: drug('1') })]],
    ['drug that escaped', 3, 'ug of baclofen', [add({ kind: 'escape', t_us: 1, volume_uL: '0', mass_ug: drug('3') })]],
    ['what is left', 10, 'uL of fluid', [change('truth', () => ({ reservoir_uL: '38190' }))]],
    ['drug left', 10, 'ug of baclofen', [change('truth', () => ({ reservoir_ug: drug('19110') }))]],
    ['the line at the end', 10, 'uL of fluid', [change('truth', () => ({ line_uL: '385' }))]],
    ['drug in the line at the end', 5, 'ug of baclofen', [change('truth', () => ({ line_ug: drug('365/2') }))]],
    ['a leak', 10, 'uL of fluid', [change('truth', () => ({ leaked_uL: '10' }))]],
    ['drug of a leak', 3, 'ug of baclofen', [change('truth', () => ({ leaked_ug: drug('3') }))]],
    ['a drug from nowhere', 2, 'ug of morphine', [change('truth', () => ({ leaked_ug: [['morphine', '2']] }))]],
    [
      'fluid that went from the line to the reservoir',
      10,
      'uL of fluid in the reservoir',
      [change('truth', () => ({ reservoir_uL: '38210', line_uL: '365' }))],
    ],
    [
      'fluid that never left the reservoir, and some of the line',
      143.25,
      'uL of fluid in the line',
      [change('delivered', () => ({ displaced_uL: '1/2' })), change('truth', () => ({ line_uL: '365' }))],
    ],
  ])('do not balance with other figures for %s', (_, measured, detail, alterations) => {
    expect(balance(...alterations)).toMatchObject({
      ...{ outcome: 'fail', measured, limit: 0, unit: detail.slice(0, 2), at_s: null },
      detail: `${measured} ${detail} is unaccounted for`,
    })
  })

  it('balance where a needle in the wrong port brings what leaves at once', () => {
    expect(balance(add({ kind: 'injection', t_us: 1, tip_uL: '2', tip_ug: drug('1') })).outcome).toBe('pass')
  })

  it('are as the bench found them while it ran', () => {
    const found = (law: string, t_us: number) => add({ kind: 'violation', t_us, law, detail: `${law} is broken` })
    expect(balance(found('conservation', 5 * HOUR_us), found('conservation', 6 * HOUR_us))).toMatchObject({
      ...{ outcome: 'fail', measured: null, unit: 'ug', at_s: 5 * 3600, detail: 'conservation is broken' },
    })
    const result = judged(trace, found('counters', 7 * HOUR_us), found('order', 8 * HOUR_us), found('counters', 9e9))
    expect(only(result, 'mass-conservation').outcome).toBe('pass')
    expect(only(result, 'counters')).toMatchObject({
      ...{ outcome: 'inconclusive', at_s: 7 * 3600, detail: 'counters is broken; and 1 times more' },
    })
    expect(only(result, 'order')).toMatchObject({ outcome: 'inconclusive', detail: 'order is broken' })
  })

  it('are not known where nobody read what was left', () => {
    expect(balance(without('truth'))).toMatchObject({
      ...{ outcome: 'inconclusive', unit: 'ug', detail: 'the run ended before reservoir and line were read' },
    })
  })
})

function surge(tip_uL: string, tip_ug: RecordOf<'surge'>['tip_ug']): TraceRecord {
  return { kind: 'surge', t_us: HOUR_us, tip_uL, tip_ug, leaked_uL: '0', leaked_ug: [] }
}

describe('a pump that says of itself what it has not booked', async () => {
  const { trace } = await made(
    '{ check: tracking, within: 1 step }',
    '{ check: tracking, within: 1 step, from: 5 h }',
    '{ check: tracking, within: 1 step, to: 3 h }',
    '{ check: tracking, within: 0.25 uL }',
  )
  const tracked = (...alterations: readonly Alter[]) => checksNamed(judged(trace, ...alterations), 'tracking')

  // By 4 h 533 steps, 133.25 uL and 66.625 ug are booked.
  it.each<[string, Partial<RecordOf<'status'>>, number, string]>([
    ['volume', { volume_uL: '537/4' }, 4, 'the pump reported 134.25 uL at 4 h where it had booked 133.25'],
    ['less volume', { volume_uL: '531/4' }, 2, 'the pump reported 132.75 uL at 4 h where it had booked 133.25'],
    ['steps', { steps: 540 }, 7, 'the pump reported 540 steps at 4 h where it had booked 533'],
    [
      'drug',
      { dose_ug: [['baclofen', '541/8']] },
      8,
      'the pump reported 67.625 ug of baclofen at 4 h where it had booked 66.625',
    ],
    ['no drug', { dose_ug: [] }, 533, 'the pump reported 0 ug of baclofen at 4 h where it had booked 66.625'],
  ])('of %s fails tracking where it was asked', (_, said, steps, detail) => {
    const [whole, later, before, byVolume] = tracked(change('status', () => said, 1))
    expect(whole).toMatchObject({ outcome: 'fail', measured: steps, limit: 1, unit: 'step', at_s: 4 * 3600, detail })
    expect(whole?.parted).toEqual([{ pair: 'belief', since_s: 4 * 3600 }])
    expect([later?.outcome, before?.outcome]).toEqual(['pass', 'pass'])
    expect(byVolume).toMatchObject({ outcome: 'fail', measured: steps / 4, limit: 0.25, unit: 'uL' })
  })

  it('by no more than the limit passes', () => {
    expect(tracked(change('status', () => ({ volume_uL: '534/4' }), 1))[0]?.outcome).toBe('pass')
  })

  it('twice is told where it is worst, and has parted since the first', () => {
    const [whole] = tracked(
      change('status', () => ({ steps: 535 }), 1),
      change('status', () => ({ steps: 1076 }), 2),
    )
    expect(whole).toMatchObject({ measured: 10, at_s: 8 * 3600, parted: [{ pair: 'belief', since_s: 4 * 3600 }] })
  })

  it('counts as such at the very ends of the span', () => {
    const wrong = change('status', () => ({ steps: 9 }), 0)
    expect(tracked(wrong)[0]?.outcome).toBe('fail')
    const { records } = trace
    const last = records.filter(({ kind }) => kind === 'status').length - 1
    expect(tracked(change('status', () => ({ steps: 9 }), last))[1]?.outcome).toBe('fail')
  })

  it('or has booked what was never made is told apart from what was delivered', () => {
    const [fewer] = tracked(change('booked', () => ({ count: 1590 })))
    expect(fewer).toMatchObject({ outcome: 'fail', parted: [{ pair: 'belief' }, { pair: 'belief' }] })
    const [none] = tracked(without('booked'), without('status'))
    expect(none).toMatchObject({
      ...{ outcome: 'fail', measured: 3200, at_s: 86_400 },
      detail: 'believed is at most 800 uL below delivered',
    })
    const [lost] = tracked(change('delivered', ({ cadence }) => ({ cadence: { ...cadence, count: 500 } }), 5))
    expect(lost?.parted?.map(({ pair }) => pair)).toEqual(['volume', 'belief'])
    expect(lost?.detail).toBe('believed is at most 8.5 uL above delivered')
  })
})

describe('what the pump believes is left', async () => {
  const { trace } = await made(
    '{ check: reservoir-estimate, within: 1 uL }',
    '{ check: reservoir-estimate, within: 1 uL, from: 5 h, to: 11 h }',
    '{ check: reservoir-estimate, within: 10 uL }',
  )
  const estimated = (...alterations: readonly Alter[]) =>
    checksNamed(judged(trace, ...alterations), 'reservoir-estimate')

  it.each([
    ['more', '159487/4'],
    ['less', '159447/4'],
  ])('is %s than is left by what it said when it was asked', (way, reservoir_uL) => {
    const [whole, later, wider] = estimated(change('status', () => ({ reservoir_uL }), 1))
    expect(whole).toMatchObject({
      ...{ outcome: 'fail', measured: 5, limit: 1, unit: 'uL', at_s: 4 * 3600 },
      ...{ detail: `the pump believes up to 5 uL ${way} than is left, at 4 h` },
      ...{ parted: [{ pair: 'belief', since_s: 4 * 3600 }] },
    })
    expect([later?.outcome, wider?.outcome]).toEqual(['pass', 'pass'])
  })

  it('is carried on from the first answer by what it books', () => {
    // 4 uL too much from the start on, 1600 steps booked by 12 h and 1500 of them made.
    const [said] = estimated(change('status', () => ({ reservoir_uL: '40004' }), 0))
    expect(said).toMatchObject({ outcome: 'fail', measured: 4, at_s: 0, parted: [{ pair: 'belief', since_s: 0 }] })
    const [booked] = estimated(change('booked', () => ({ count: 1590 })))
    expect(booked).toMatchObject({ outcome: 'fail', measured: 2.5 })
  })

  it('has parted since the first answer beyond the limit, wherever it is worst', () => {
    const off = (uL: number, place: number) =>
      change('status', (status) => ({ reservoir_uL: `${4 * exactly(status.reservoir_uL) + 4 * uL}/4` }), place)
    const exactly = (text: string) =>
      text.split('/').reduce((n, part, index) => (index === 0 ? Number(part) : n / Number(part)), 0)
    const [wrong] = estimated(off(2, 1), off(5, 2))
    expect(wrong).toMatchObject({ measured: 5, at_s: 8 * 3600, parted: [{ pair: 'belief', since_s: 4 * 3600 }] })
    const [barely] = estimated(off(1, 1), off(5, 2))
    expect(barely).toMatchObject({ measured: 5, at_s: 8 * 3600, parted: [{ pair: 'belief', since_s: 8 * 3600 }] })
  })

  it('is that of the fill it was told of last, though it refused to hear of it, and of no other program', () => {
    const refused = (record: RecordOf<'applied'>): TraceRecord => ({
      ...{ kind: 'refused', t_us: record.t_us, at_us: record.at_us, text: record.text, asked: record.readback },
      reason: 'because',
    })
    const deaf: Alter = (whole) => ({
      ...whole,
      records: whole.records.map((record) =>
        record.kind === 'applied' && record.readback.kind === 'refill' ? refused(record) : record,
      ),
    })
    const stubborn: Alter = (whole) => ({
      ...whole,
      records: whole.records.flatMap((record) =>
        record.kind === 'applied' && record.readback.kind === 'therapy' ? [record, refused(record)] : [record],
      ),
    })
    expect([estimated(deaf)[0], estimated(stubborn)[0]]).toMatchObject([{ outcome: 'pass' }, { outcome: 'pass' }])
  })

  it('is not known to one that was never asked', () => {
    expect(estimated(without('status'))[0]).toMatchObject({
      ...{ outcome: 'inconclusive', unit: 'uL', detail: 'the pump was never asked for its reservoir in this span' },
    })
  })
})

describe('alarms that a pump raises', async () => {
  const alarm = (hour: number, name: string, state: 'raised' | 'cleared' = 'raised'): TraceRecord => ({
    ...{ kind: 'alarm', t_us: hour * HOUR_us, alarm: name, priority: 'critical', state },
  })
  const { trace } = await made(
    '{ check: alarm, alarm: low-reservoir, between: [6 h, 8 h] }',
    '{ check: no-other-alarms, from: 2 h, to: 20 h }',
  )
  const heard = (...records: readonly TraceRecord[]) => judged(trace, add(...records)).checks.slice(0, 2)

  it.each<[number, string]>([
    [5.5, 'fail'],
    [6, 'pass'],
    [7, 'pass'],
    [8, 'pass'],
    [8.5, 'fail'],
  ])('at %s h between 6 and 8 h: %s', (hour, outcome) => {
    expect(heard(alarm(hour, 'low-reservoir'))).toMatchObject([
      {
        ...{ outcome, measured: hour * 3600, limit: 8 * 3600, unit: 's', at_s: hour * 3600 },
        detail: expect.stringMatching(/^low-reservoir was raised at .*; wanted between 6 h and 8 h$/),
      },
      // One that comes before the time it is wanted in is another alarm.
      hour < 6
        ? { outcome: 'fail', measured: 1, at_s: hour * 3600, detail: expect.stringContaining('is wanted from 6 h on') }
        : { outcome: 'pass', measured: 0, at_s: null, detail: 'no alarm but those the scenario names' },
    ])
  })

  it('count where one of several is in time, and not where they are cleared', () => {
    const [twice] = heard(alarm(5, 'low-reservoir'), alarm(7, 'low-reservoir'))
    expect(twice).toMatchObject({ outcome: 'pass', at_s: 7 * 3600 })
    const [cleared] = heard(alarm(7, 'low-reservoir', 'cleared'), alarm(7, 'motor-stall'))
    expect(cleared).toMatchObject({
      ...{ outcome: 'fail', measured: null, at_s: null },
      detail: 'low-reservoir was never raised; wanted between 6 h and 8 h',
    })
  })

  it('are others where no check names them, in its span', () => {
    const others = (...records: readonly TraceRecord[]) => heard(...records)[1]
    expect(others(alarm(3, 'motor-stall'))).toMatchObject({
      ...{ outcome: 'fail', measured: 1, limit: 0, unit: 'alarms', at_s: 3 * 3600 },
      detail: 'motor-stall was raised at 3 h',
    })
    expect(others(alarm(3, 'motor-stall'), alarm(4, 'empty-reservoir'), alarm(5, 'motor-stall'))).toMatchObject({
      ...{ measured: 3, at_s: 3 * 3600, detail: 'motor-stall was raised at 3 h, and 2 more' },
    })
    const told = [2, 20, 1.9, 20.1].map((hour) => others(alarm(hour, 'motor-stall'))?.outcome)
    expect(told).toEqual(['fail', 'fail', 'pass', 'pass'])
  })
})

describe('the analysis', async () => {
  const text = draft({
    ...{ duration: '1 d', prescription: [therapy('0 d', '400 ug/d'), stop('12 h')], sample: '4 h' },
    checks: ['{ check: no-other-alarms }'],
  })
  const { trace } = await finish(text)
  const alarm = (hour: number, state: 'raised' | 'cleared'): TraceRecord => ({
    ...{ kind: 'alarm', t_us: hour * HOUR_us, alarm: 'stopped-pump', priority: 'critical', state },
  })

  it('holds an alarm against its cause where one before was cleared', () => {
    const heard = (...records: readonly TraceRecord[]) => judged(trace, add(...records)).analysis.alarm_latencies
    expect(heard(alarm(1, 'cleared'), alarm(2, 'raised'), alarm(4, 'cleared'), alarm(20, 'raised'))).toMatchObject([
      { cause_s: 12 * 3600, state: 'raised', raised_s: 20 * 3600, latency_s: 8 * 3600 },
    ])
    expect(heard(alarm(2, 'raised'), alarm(13, 'cleared'))).toMatchObject([
      { state: 'standing', raised_s: 2 * 3600, latency_s: -10 * 3600 },
    ])
    expect(heard(alarm(2, 'raised'), alarm(4, 'cleared'))).toMatchObject([{ state: 'not-due' }])
  })

  it.each<[string, Alter]>([
    ['the trace breaks off before the end of the run', without('end')],
    [
      'the run ended at 20 h: the cable is out',
      change('end', () => ({ complete: false, t_us: 20 * HOUR_us, reason: 'the cable is out' })),
    ],
    ['some of what was delivered flowed back', change('delivered', () => ({ displaced_uL: '-1/4' }))],
    ['some of what was delivered flowed back', change('delivered', () => ({ tip_ug: [['baclofen', '-1/8']] }), 1)],
  ])('is left out, and says why: %s', (reason, alter) => {
    const { omitted, ...parts } = judged(trace, alter).analysis
    expect(Object.values(parts)).toEqual(Object.values(parts).map(() => null))
    expect(omitted).toEqual(Object.keys(parts).map((part) => ({ part, reason })))
  })
})

describe('the figures of a result', async () => {
  const { trace } = await made('{ check: no-other-alarms }')
  const steps = { first_us: '1', interval_us: '1', step_uL: '1/4', drug: 'baclofen', step_ug: '1/8' }

  it('are those of the ledgers at the end', () => {
    const { prescribed, believed, delivered } = judged(trace)
    expect(prescribed).toEqual({ volume_uL: 800, dose_ug: 400 })
    expect(believed).toEqual({ volume_uL: 800, dose_ug: 400, reservoir_uL: 38_200, steps: 3200 })
    expect(delivered).toEqual({
      ...{ steps: 3200, displaced_uL: 800, tip_volume_uL: 800, tip_dose_ug: 400, leaked_uL: 0 },
      ...{ withdrawn_uL: 4000, reservoir_uL: 38_200, in_line_uL: 375 },
    })
  })

  it('are less what the pump ceased to believe after it was asked for the last time', () => {
    const lost = (count: number, drug: string): TraceRecord => ({
      ...{ kind: 'withdrawn', t_us: 24 * HOUR_us, count, ...steps },
      drug,
    })
    expect(judged(trace, add(lost(2, 'baclofen'), lost(3, 'morphine'))).believed).toEqual({
      ...{ volume_uL: 798.75, dose_ug: 399.75, reservoir_uL: 38_201.25, steps: 3195 },
    })
    const before: Alter = (whole) => ({
      ...whole,
      records: [...whole.records.slice(0, 2), lost(2, 'baclofen'), ...whole.records.slice(2)],
    })
    expect(judged(trace, before).believed).toEqual({ volume_uL: 800, dose_ug: 400, reservoir_uL: 38_200, steps: 3200 })
    expect(judged(trace, without('status')).believed).toEqual({ volume_uL: 0, dose_ug: 0, reservoir_uL: 0, steps: 0 })
  })

  it('have what leaked as it was read at the end, or else as steps and surges lost it', () => {
    const leaking = change('delivered', () => ({ leaked_uL: '1/8', leaked_ug: [] }))
    const burst = add({ ...surge('1', []), leaked_uL: '2' } as TraceRecord)
    expect(
      judged(
        trace,
        change('truth', () => ({ leaked_uL: '7/2' })),
        leaking,
      ).delivered.leaked_uL,
    ).toBe(3.5)
    expect(judged(trace, without('truth'), leaking, burst).delivered.leaked_uL).toBe(533 / 8 + 2)
    expect(judged(trace, without('truth'), leaking, burst).delivered.in_line_uL).toBe(375 - 1 - 533 / 8 - 2)
  })

  it('are told at every sample that was asked for and reached', () => {
    const { samples } = judged(trace)
    expect(samples.map(({ t_s }) => t_s / 3600)).toEqual([0, 4, 8, 12, 16, 20, 24])
    expect(samples[1]).toEqual({
      ...{ t_s: 4 * 3600, prescribed_uL: expect.closeTo(400 / 3, 9), prescribed_ug: expect.closeTo(200 / 3, 9) },
      ...{ believed_uL: 133.25, believed_ug: 66.625, displaced_uL: 133.25, tip_ug: 66.625 },
    })
    const unasked = judged(trace, (whole) => ({
      ...whole,
      records: whole.records.filter((record) => record.kind !== 'status' || record.t_us !== 8 * HOUR_us),
    }))
    expect(unasked.samples.map(({ t_s }) => t_s / 3600)).toEqual([0, 4, 12, 16, 20, 24])
    const early = judged(
      trace,
      change('end', () => ({ t_us: 8 * HOUR_us, complete: false })),
    )
    expect(early.samples.map(({ t_s }) => t_s / 3600)).toEqual([0, 4, 8])
  })

  it('have each alarm from its raise to its clearing', () => {
    const alarm = (hour: number, name: string, state: 'raised' | 'cleared'): TraceRecord => ({
      ...{ kind: 'alarm', t_us: hour * HOUR_us, alarm: name, priority: 'non-critical', state },
    })
    const { alarms } = judged(
      trace,
      add(
        ...[alarm(1, 'a', 'cleared'), alarm(2, 'a', 'raised'), alarm(3, 'b', 'raised'), alarm(4, 'a', 'cleared')],
        ...[alarm(5, 'a', 'raised'), alarm(6, 'a', 'cleared')],
      ),
    )
    const priority = 'non-critical'
    expect(alarms).toEqual([
      { alarm: 'a', priority, raised_s: 2 * 3600, cleared_s: 4 * 3600 },
      { alarm: 'b', priority, raised_s: 3 * 3600, cleared_s: null },
      { alarm: 'a', priority, raised_s: 5 * 3600, cleared_s: 6 * 3600 },
    ])
  })

  it('have what was done and what befell in order of time', () => {
    const { events } = judged(
      trace,
      add(
        { ...surge('1', [['baclofen', '1/2']]), leaked_uL: '2' } as TraceRecord,
        { ...surge('3', []), t_us: 2 * HOUR_us } as TraceRecord,
        { kind: 'fault', t_us: 3 * HOUR_us, number: 1, fault: 'leak', state: 'begun', detail: 'what' },
        {
          ...{ kind: 'refused', t_us: 4 * HOUR_us, at_us: '1', text: 'a bolus', asked: { kind: 'restart' } },
          reason: 'too much',
        },
      ),
    )
    expect(events).toMatchObject([
      { t_s: 0, event: 'programmed', what: 'simple-continuous 400 ug/d', daily_uL: 800, change_percent: null },
      {
        ...{ t_s: 3600, event: 'surge', tip_uL: 1, leaked_uL: 2 },
        detail: 'a blockage gave way: 0.5 ug of baclofen out of the tip at once',
      },
      {
        ...{ t_s: 7200, event: 'surge', tip_uL: 3, leaked_uL: null },
        detail: 'a blockage gave way: no drug out of the tip at once',
      },
      { t_s: 3 * 3600, event: 'fault-begun', fault: 'leak', detail: 'what' },
      { t_s: 4 * 3600, event: 'programming-refused', what: 'a bolus', reason: 'too much' },
      { t_s: 12 * 3600, event: 'programmed', what: 'refill', daily_uL: 800, change_percent: null },
      { t_s: 12 * 3600, event: 'reservoir-accounted', detail: '38600 uL of baclofen' },
      { t_s: 12 * 3600, event: 'refilled', withdrawn_uL: 4000, volume_uL: 3000 },
    ])
    const told = judged(
      trace,
      change('applied', () => ({ daily_uL: '600', previousDaily_uL: '800' }), 1),
    )
    expect(told.events[1]).toMatchObject({ daily_uL: 600, change_percent: -25 })
  })
})
