/** The figures of the analysis, each worked out by hand, and of runs in which there is nothing to work out. */
import { describe, expect, it } from 'vitest'
import type { PumpOutput } from '#firmware-sim/messages'
import type { PumpDefinition } from '#hil/pump/pump'
import { distorted, finish } from '../support/bench.ts'
import { bolus, type Draft, draft, stop, therapy } from '../support/scenario.ts'

const HOUR_s = 3600
const DAY_s = 24 * HOUR_s

async function analyzed(parts: Draft, pump?: PumpDefinition) {
  const text = draft({ sample: '1 d', checks: ['{ check: no-other-alarms }'], ...parts })
  return (await finish(text, pump)).result.analysis
}

/** A pump that raises no alarm. */
const MUTE = distorted('mute', (output: PumpOutput) => (output.kind === 'alarm' ? [] : [output]))

describe('the analysis', () => {
  it('of a steady day has the figures of 3200 steps of 27 s', async () => {
    const { volume, drugs, start_up, interruption, boluses, trumpet } = await analyzed({
      duration: '1 d',
      prescription: [therapy('0 d', '400 ug/d')],
    })
    expect(volume).toEqual({
      ...{ prescribed_uL: 800, delivered_uL: 800, mean_flow_error_percent: 0, floor_percent: 0.03125 },
      ...{ under_uL: 0, over_uL: 0, behind_s: 0, behind_since_s: null, ahead_s: 0, ahead_since_s: null },
      resolution_uL: expect.closeTo(0.25 + (800 * 64e-6) / DAY_s, 12),
    })
    expect(drugs).toEqual([
      {
        ...{ drug: 'baclofen', prescribed_ug: 400, tip_ug: 400, largest_24h_ug: 400, largest_24h_at_s: DAY_s },
        ...{ under_ug: 0, over_ug: 0, behind_s: 0, behind_since_s: null, ahead_s: 0, ahead_since_s: null },
        resolution_ug: expect.closeTo(0.125 + (400 * 64e-6) / DAY_s, 12),
      },
    ])
    // 15 min hold 33 steps and a third of one: twice 33 and then 34.
    expect(start_up?.interval_s).toBe(900)
    expect(start_up?.points).toHaveLength(96)
    expect(start_up?.points.slice(0, 3)).toEqual(
      [
        [0, 900, 0.792, -1],
        [900, 1800, 0.792, -1],
        [1800, 2700, 0.816, 2],
      ].map(([from_s, to_s, delivered_mL_per_d, error_percent]) => ({
        ...{ from_s, to_s, delivered_mL_per_d, prescribed_mL_per_d: 0.8, error_percent, floor_percent: 3 },
      })),
    )
    expect([interruption, boluses, trumpet]).toEqual([null, null, null])
  })

  it('of the trumpet begins a day after the first flow and needs another 25 hours', async () => {
    const late = (duration: string) => analyzed({ duration, prescription: [stop('0 d'), therapy('1 h', '400 ug/d')] })
    const { trumpet, start_up, omitted } = await late('50 h')
    expect(trumpet).toMatchObject({
      protocol: 'ambulatory',
      from_s: 25 * HOUR_s,
      to_s: 50 * HOUR_s,
      within_percent: 14.5,
    })
    expect(trumpet?.source).toMatch(/^IEC 60601-2-24/)
    // A window of 15 min holds 33 or 34 steps of the 33 1/3 that are prescribed.
    expect(trumpet?.points[0]).toMatchObject({
      ...{ window_s: 900, state: 'resolved', most_percent: expect.closeTo(2, 3), least_percent: expect.closeTo(-1, 3) },
      floor_percent: expect.closeTo(3, 3),
    })
    const { most_at_s, least_at_s } = trumpet?.points[0] ?? {}
    for (const at_s of [most_at_s, least_at_s]) {
      expect(at_s).toBeGreaterThanOrEqual(25 * HOUR_s)
      expect(at_s).toBeLessThanOrEqual(50 * HOUR_s - 900)
    }
    expect(start_up?.points[0]).toMatchObject({ from_s: HOUR_s, to_s: HOUR_s + 900 })
    expect(start_up?.points).toHaveLength(96)
    expect(omitted).toEqual([])
    const short = await late('49 h 59 min')
    expect(short.trumpet).toBeNull()
    expect(short.omitted).toEqual([
      { part: 'trumpet', reason: 'the protocol settles for 24 h and analyzes 25 h; the run ends before that' },
    ])
  })

  it('of the trumpet says so where some window is prescribed nothing', async () => {
    const { trumpet } = await analyzed({
      duration: '50 h',
      prescription: [therapy('0 d', '400 ug/d'), stop('30 h'), therapy('32 h', '400 ug/d')],
    })
    const none = { most_percent: null, most_at_s: null, least_percent: null, least_at_s: null, floor_percent: null }
    expect(trumpet?.points[0]).toEqual({ window_s: 900, state: 'unprescribed', ...none })
    expect(trumpet?.points[2]?.state).not.toBe('unprescribed')
  })

  it('of a run in which nothing is prescribed says so', async () => {
    const { volume, start_up, trumpet, interruption, boluses, changeovers, alarm_latencies, omitted } = await analyzed({
      duration: '1 d',
      prescription: [stop('0 d')],
    })
    expect(volume).toEqual({
      ...{ prescribed_uL: 0, delivered_uL: 0, mean_flow_error_percent: null, floor_percent: null },
      ...{ under_uL: 0, over_uL: 0, behind_s: 0, behind_since_s: null, ahead_s: 0, ahead_since_s: null },
      resolution_uL: 0.25,
    })
    expect([start_up, trumpet, interruption, boluses, changeovers]).toEqual([null, null, null, null, []])
    expect(omitted).toEqual([{ part: 'trumpet', reason: 'nothing was prescribed' }])
    expect(alarm_latencies).toEqual([
      {
        ...{ alarm: 'stopped-pump', cause: 'stopped', cause_s: 0, cause_end_s: null },
        ...{ state: 'not-due', raised_s: null, latency_s: null },
      },
    ])
  })

  it('of boluses has the mean and the worst each way, and when these began', async () => {
    const { boluses } = await analyzed({
      duration: '1 d',
      prescription: [stop('0 d'), bolus('1 h', '25 ug', '10 min'), bolus('2 h', '12.5 ug', '10 min')],
      programming: [stop('0 d'), bolus('1 h', '20 ug', '10 min'), bolus('2 h', '13.75 ug', '10 min')],
    })
    expect(boluses).toEqual({
      ...{ count: 2, enough: false, mean_percent: expect.closeTo(-5, 9), floor_percent: 1 },
      ...{ most_percent: expect.closeTo(10, 9), most_at_s: 2 * HOUR_s },
      ...{ least_percent: expect.closeTo(-20, 9), least_at_s: HOUR_s },
    })
  })

  it('of too much and too little has the time of either, and since when', async () => {
    // Half an hour of twice the dose, an hour right, and half an hour of nothing: 16.7 uL each.
    const { volume, interruption } = await analyzed({
      duration: '1 d',
      prescription: [therapy('0 d', '400 ug/d')],
      programming: [
        ...[therapy('0 d', '400 ug/d'), therapy('6 h', '800 ug/d'), therapy('6 h 30 min', '400 ug/d')],
        ...[stop('7 h 30 min'), therapy('8 h', '400 ug/d'), stop('12 h'), therapy('12 h 30 min', '400 ug/d')],
      ],
    })
    expect(volume?.over_uL).toBeCloseTo(50 / 3, 0)
    expect(volume?.under_uL).toBeCloseTo(100 / 3, 0)
    expect(volume?.ahead_since_s).toBeCloseTo(6 * HOUR_s, -2)
    expect(volume?.behind_since_s).toBeCloseTo(12 * HOUR_s, -2)
    expect(volume?.ahead_s).toBeCloseTo(2 * HOUR_s, -3)
    expect(volume?.behind_s).toBeCloseTo(12 * HOUR_s, -3)
    expect(interruption?.due_s).toBeCloseTo(HOUR_s / 2, -2)
    expect(interruption?.from_s).toBeCloseTo(7.5 * HOUR_s, -2)
  })
})

describe('the latency of an alarm', () => {
  const latencies = async (parts: Draft, pump?: PumpDefinition) => (await analyzed(parts, pump)).alarm_latencies

  it('is missed where nothing sounds, and ended where its cause is over before', async () => {
    const silent = {
      duration: '4 d',
      prescription: [therapy('0 d', '400 ug/d'), stop('1 d'), therapy('30 h', '400 ug/d'), stop('2 d')],
      faults: ['{ at: 12 h, fault: motor-stall, for: 2 h }'],
    }
    const none = { raised_s: null, latency_s: null }
    expect(await latencies(silent, MUTE)).toMatchObject([
      { alarm: 'motor-stall', cause_s: 12 * HOUR_s, cause_end_s: 14 * HOUR_s, state: 'ended', ...none },
      { alarm: 'stopped-pump', cause_s: DAY_s, cause_end_s: 30 * HOUR_s, state: 'ended', ...none },
      { alarm: 'stopped-pump', cause_s: 2 * DAY_s, cause_end_s: null, state: 'missed', ...none },
    ])
    expect(await latencies(silent)).toMatchObject([
      { alarm: 'motor-stall', state: 'raised', latency_s: 31, raised_s: 12 * HOUR_s + 31 },
      { alarm: 'stopped-pump', state: 'ended' },
      { alarm: 'stopped-pump', state: 'raised', latency_s: 2 * DAY_s, raised_s: 4 * DAY_s },
    ])
  })

  it('is less than nothing where it stood before its cause', async () => {
    // 19 mL told as 18: the pump alarms at 2 mL believed, when 3 mL are left, a quarter of a day early at 4 mL/d.
    const found = await latencies({
      duration: '6 d',
      fill: '{ drug: baclofen, concentration: 500 ug/mL, volume: 19 mL, programmed: { volume: 18 mL } }',
      prescription: [therapy('0 d', '4 mL/d')],
    })
    expect(found?.[0]).toMatchObject({
      ...{ alarm: 'low-reservoir', cause: 'low level reached', state: 'standing', cause_end_s: null },
      latency_s: expect.closeTo(-DAY_s / 4, 0),
    })
    // By then the pump believes it empty and has stopped: 1 mL is left, and it never is.
    expect(found).toHaveLength(1)
    const dry = await latencies({
      duration: '6 d',
      fill: '{ drug: baclofen, concentration: 500 ug/mL, volume: 18 mL, programmed: { volume: 19 mL } }',
      prescription: [therapy('0 d', '4 mL/d')],
    })
    expect(dry).toMatchObject([
      { alarm: 'low-reservoir', cause_s: expect.closeTo(4 * DAY_s, 0), latency_s: expect.closeTo(DAY_s / 4, 0) },
      { alarm: 'empty-reservoir', cause: 'reservoir empty', cause_s: expect.closeTo(4.5 * DAY_s, 0) },
    ])
  })

  it('counts from a fault that had its effect, by its own alarm, in order of time', async () => {
    const found = await latencies({
      duration: '5 d',
      pump: '{ model: im-20, overrides: { tube_life: 3 mL } }',
      fill: '{ drug: baclofen, concentration: 500 ug/mL, volume: 20 mL }',
      prescription: [therapy('0 d', '2 mL/d')],
      faults: [
        ...['{ at: 92 h, fault: bit-flip, copy: both }', '{ at: 50 h, fault: bit-flip, copy: first }'],
        ...['{ at: 90 h, fault: power-cut, for: 1 min }', '{ at: 10 h, fault: motor-stall, for: 2 h }'],
      ],
    })
    expect(found).toMatchObject([
      { alarm: 'motor-stall', cause: 'motor-stall for 2 h', cause_s: 10 * HOUR_s, cause_end_s: 12 * HOUR_s },
      { alarm: 'tube-set-end-of-life', cause: 'tube set worn out', cause_end_s: null },
      {
        ...{ alarm: 'low-battery-reset', cause: 'power-cut for 1 min', cause_s: 90 * HOUR_s, cause_end_s: null },
        ...{ state: 'raised', latency_s: 60 },
      },
      { alarm: 'memory-error', cause: 'bit-flip in both copies', cause_s: 92 * HOUR_s, cause_end_s: null },
    ])
    // 3 mL at 2 mL/d have truly gone a day and a half after the start, and 2 h later for the stall.
    expect(found?.[1]?.cause_s).toBeCloseTo(1.5 * DAY_s + 2 * HOUR_s, -2)
    const stalls = ['{ at: 60 h, fault: motor-stall, for: 2 h }', '{ at: 10 h, fault: motor-stall, for: 2 h }']
    const twice = { duration: '3 d', prescription: [therapy('0 d', '400 ug/d')], faults: stalls }
    expect(await latencies(twice)).toMatchObject([
      { cause_s: 10 * HOUR_s, state: 'raised', latency_s: expect.closeTo(31, -2) },
      { cause_s: 60 * HOUR_s, state: 'raised', latency_s: expect.closeTo(31, -2) },
    ])
    const idle = await latencies({
      duration: '4 d',
      prescription: [therapy('0 d', '400 ug/d'), stop('1 d')],
      faults: ['{ at: 30 h, fault: motor-stall, for: 4 h }'],
    })
    expect(idle?.map(({ alarm }) => alarm)).toEqual(['stopped-pump'])
  })

  it('of a stop ends with the next program that moves the pump, and no other', async () => {
    const found = await latencies({
      duration: '3 d',
      prescription: [
        ...[therapy('0 d', '400 ug/d'), stop('1 d'), bolus('30 h', '10 ug', '5 min')],
        '{ at: 26 h, patient-bolus: { dose: 10 ug, over: 5 min, lockout: 1 h, max_per_day: 2 } }',
      ],
      events: [
        '{ at: 25 h, do: set-clock, to: 2026-01-06T09:30 }',
        '{ at: 27 h, refill: { fill: { drug: baclofen, concentration: 500 ug/mL, volume: 20 mL } } }',
      ],
    })
    expect(found).toMatchObject([
      { alarm: 'stopped-pump', cause_s: DAY_s, cause_end_s: 30 * HOUR_s, state: 'ended', cause: 'stopped' },
    ])
  })

  it('is told for each fill whose level falls, until the next one', async () => {
    const refill = (at: string, mL: number) =>
      `{ at: ${at}, refill: { fill: { drug: baclofen, concentration: 500 ug/mL, volume: ${mL} mL } } }`
    const found = await latencies({
      duration: '6 d',
      fill: '{ drug: baclofen, concentration: 500 ug/mL, volume: 9 mL }',
      prescription: [therapy('0 d', '4 mL/d')],
      events: [refill('2 d', 9), refill('4 d', 20)],
    })
    expect(found).toMatchObject([
      { alarm: 'low-reservoir', cause_s: expect.closeTo(1.75 * DAY_s, 0), cause_end_s: 2 * DAY_s },
      { alarm: 'low-reservoir', cause_s: expect.closeTo(3.75 * DAY_s, 0), cause_end_s: 4 * DAY_s },
    ])
    const scanty = await latencies({
      duration: '3 d',
      prescription: [therapy('0 d', '0.1 mL/d')],
      events: [refill('1 d', 1), refill('2 d', 20)],
    })
    expect(scanty).toMatchObject([{ alarm: 'low-reservoir', cause_s: DAY_s, cause_end_s: 2 * DAY_s }])
    const low = await latencies({
      duration: '1 d',
      fill: '{ drug: baclofen, concentration: 500 ug/mL, volume: 1 mL }',
      prescription: [therapy('0 d', '0.1 mL/d')],
    })
    expect(low).toMatchObject([{ alarm: 'low-reservoir', cause_s: 0, cause_end_s: null }])
  })
})

describe('a changeover', () => {
  const refilled = (events: readonly string[], more: Partial<Draft> = {}) =>
    analyzed({
      ...{ duration: '5 d', pump: '{ model: im-20 }', prescription: [therapy('0 d', '400 ug/d')], events },
      ...{ fill: '{ drug: baclofen, concentration: 500 ug/mL, volume: 20 mL }', ...more },
    })
  const refill = (at: string, concentration: number, drug = 'baclofen') =>
    `{ at: ${at}, refill: { fill: { drug: ${drug}, concentration: ${concentration} ug/mL, volume: 20 mL } } }`

  it('ends with the next one, or with the run', async () => {
    const { changeovers } = await refilled([refill('4 d', 500), refill('2 d', 2000), refill('3 d', 2000)])
    expect(changeovers).toMatchObject([
      { at_s: 2 * DAY_s, to_s: 2 * DAY_s + 45 * HOUR_s, end: 'cleared', line_uL: 375 },
      { at_s: 4 * DAY_s, to_s: 4 * DAY_s + 11.25 * HOUR_s, end: 'cleared', line_uL: 375 },
    ])
    const soon = await refilled([refill('2 d', 2000), refill('3 d', 500)])
    expect(soon.changeovers).toMatchObject([
      { at_s: 2 * DAY_s, to_s: 3 * DAY_s, end: 'next-change' },
      {
        at_s: 3 * DAY_s,
        end: 'cleared',
        from: { concentration_ug_per_mL: 2000 },
        to: { concentration_ug_per_mL: 500 },
      },
    ])
    const last = await refilled([refill('4 d', 2000)])
    expect(last.changeovers).toMatchObject([{ at_s: 4 * DAY_s, to_s: 5 * DAY_s, end: 'end-of-run' }])
  })

  it('is one of the drug alone, too, and what else is done is none', async () => {
    const { changeovers } = await refilled([
      ...['{ at: 1 d, do: interrogate }', refill('2 d', 500, 'morphine'), '{ at: 3 d, do: read-log }'],
    ])
    expect(changeovers).toMatchObject([
      { at_s: 2 * DAY_s, from: { drug: 'baclofen' }, to: { drug: 'morphine' }, doses: [{ drug: 'morphine' }, {}] },
    ])
  })

  it('lists twenty of the times in which its dose is wrong, and says how many there are', async () => {
    // Given and not given by turns, for an hour each: 22 times of a quarter of the dose.
    const turns = Array.from({ length: 44 }, (_, k) => {
      const at = `${48 + k} h`
      return k % 2 === 0 ? therapy(at, '400 ug/d') : stop(at)
    })
    const { changeovers } = await refilled([refill('2 d', 2000)], {
      prescription: [therapy('0 d', '400 ug/d'), ...turns],
    })
    expect(changeovers).toMatchObject([{ meant_stretches: 22, end: 'end-of-run' }])
    expect(changeovers?.[0]?.meant).toHaveLength(20)
    expect(changeovers?.[0]?.meant[19]).toEqual({ from_s: 86 * HOUR_s, to_s: 87 * HOUR_s, factor: 0.25 })
  })

  it('has no factor while a prime moves drug that nobody prescribed', async () => {
    const { changeovers } = await refilled([refill('2 d', 2000)], {
      prescription: [therapy('0 d', '400 ug/d'), '{ at: 49 h, prime: { volume: 0.05 mL } }'],
    })
    expect(changeovers?.[0]?.meant.map(({ factor }) => factor)).toEqual([0.25, null, 0.25])
  })

  it('is analyzed up to a hundred of them', async () => {
    const many = async (count: number) => {
      const refills = Array.from({ length: count }, (_, k) => refill(`${10 * (k + 1)} min`, k % 2 === 0 ? 2000 : 500))
      return await refilled(refills, { duration: '1 d' })
    }
    expect((await many(100)).changeovers).toHaveLength(100)
    const { changeovers, omitted } = await many(101)
    expect(changeovers).toBeNull()
    expect(omitted).toContainEqual({
      part: 'changeovers',
      reason:
        '101 changes of drug or concentration are more than the 100 that are analyzed in every run; ask for it by a check',
    })
  })

  it('has no line of arithmetic where the dose changes before it would be over, or none is given', async () => {
    const changing = { prescription: [therapy('0 d', '400 ug/d'), therapy('3 d', '200 ug/d')] }
    const { changeovers } = await refilled([refill('2 d', 2000)], changing)
    expect(changeovers).toMatchObject([{ bridge: null, without_bridge: null }])
    const stopped = await refilled([refill('2 d', 2000)], { prescription: [therapy('0 d', '400 ug/d'), stop('1 d')] })
    expect(stopped.changeovers).toMatchObject([
      { bridge: null, without_bridge: null, meant: [], doses: [{ prescribed_ug: 0, tip_ug: 0, error_percent: null }] },
    ])
    const later = { prescription: [therapy('0 d', '400 ug/d'), therapy('4 d', '200 ug/d')] }
    expect((await refilled([refill('2 d', 2000)], later)).changeovers).toMatchObject([
      { without_bridge: { factor: 0.25 } },
    ])
  })

  it('has no line of arithmetic where the line still holds another fill, nor where another is meant before it is over', async () => {
    // 12 h at 0.2 mL/d after the first refill: 275 uL of 500 ug/mL are in the line and 100 uL of 2000 ug/mL.
    const { changeovers } = await refilled([refill('1 d', 2000), refill('36 h', 1250)])
    expect(changeovers?.map(({ bridge, without_bridge }) => [bridge, without_bridge])).toEqual([
      [null, null],
      [null, null],
    ])
    expect(changeovers?.[1]?.meant).toEqual([
      { from_s: 36 * HOUR_s, to_s: 36 * HOUR_s + 74_250, factor: expect.closeTo(0.4, 12) },
      { from_s: 36 * HOUR_s + 74_250, to_s: 36 * HOUR_s + 101_250, factor: expect.closeTo(1.6, 12) },
    ])
    // At 2000 ug/mL 375 uL take 45 h: a refill of the next concentration as that is over finds the line full again.
    const apart = await refilled([refill('1 d', 2000), refill('69 h', 1250)])
    expect(apart.changeovers).toMatchObject([
      { without_bridge: { factor: 0.25, lasts_s: 45 * HOUR_s } },
      { without_bridge: { factor: 1.6, lasts_s: 101_250 }, bridge: { lasts_s: 45 * HOUR_s, dose_ug: 750 } },
    ])
    const early = await refilled([refill('1 d', 2000), refill('68 h', 1250)])
    expect(early.changeovers).toMatchObject([{ bridge: null }, { bridge: null }])
    const again = await refilled([refill('1 d', 2000), refill('36 h', 2000)])
    expect(again.changeovers).toMatchObject([{ without_bridge: { factor: 0.25 } }])
  })

  it('has no line of arithmetic while the line holds what it was delivered with, nor with a prime', async () => {
    const water = (at: string) => refilled([refill(at, 2000)], { line: 'water' })
    expect((await water('1 h')).changeovers).toMatchObject([{ bridge: null, without_bridge: null }])
    // 375 uL at 0.8 mL/d: the old fill is at the tip after 11 h 15 min.
    expect((await water('11 h 14 min')).changeovers).toMatchObject([{ bridge: null }])
    expect((await water('11 h 15 min')).changeovers).toMatchObject([{ bridge: { dose_ug: 187.5 } }])
    const primed = { prescription: [therapy('0 d', '400 ug/d'), '{ at: 49 h, prime: { volume: 0.05 mL } }'] }
    expect((await refilled([refill('2 d', 2000)], primed)).changeovers).toMatchObject([{ bridge: null }])
  })

  it('has no line of arithmetic where the dose changes before the slower way is over', async () => {
    // From 2000 to 500 ug/mL: 11.25 h without a bridge, 45 h with one.
    const events = [refill('1 h', 2000), refill('4 d', 500)]
    const changing = (at: string) => ({
      ...{ duration: '7 d', prescription: [therapy('0 d', '400 ug/d'), therapy(at, '200 ug/d')] },
    })
    expect((await refilled(events, changing('5 d'))).changeovers?.[1]).toMatchObject({ bridge: null })
    expect((await refilled(events, changing('6 d'))).changeovers?.[1]).toMatchObject({
      bridge: { lasts_s: 45 * HOUR_s },
    })
  })
})
