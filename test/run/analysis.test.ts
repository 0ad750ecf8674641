/**
 * The analysis that every result holds: worked by hand where the answer is known, and silent of nothing that it leaves out.
 */
import { describe, expect, it } from 'vitest'
import { RESULT } from '#hil/report/result-schema'
import type { RunResult } from '#hil/run/result'
import { finish, rigWith } from '../support/bench.ts'
import { bolus, draft, therapy } from '../support/scenario.ts'

const HOUR_s = 3600
const DAY_s = 24 * HOUR_s

const ANY = ['{ check: no-other-alarms }']

/** 400 ug/d through a refill of another concentration on day 2; 80 cm of catheter and the tube hold 0.375 mL. */
async function changed(from: number, to: number, further: readonly string[] = []): Promise<RunResult> {
  const { result } = await finish(
    draft({
      pump: '{ model: im-20 }',
      fill: `{ drug: baclofen, concentration: ${from} ug/mL, volume: 20 mL }`,
      duration: '5 d',
      prescription: [therapy('0 d', '400 ug/d'), ...further],
      events: [
        `{ at: 2 d, refill: { withdraw: all, fill: { drug: baclofen, concentration: ${to} ug/mL, volume: 20 mL } } }`,
      ],
      checks: ANY,
      sample: '1 d',
    }),
  )
  return result
}

describe('a change of concentration', () => {
  it('from 500 to 2000 ug/mL without a bridge gives a quarter of the dose for 45 h', async () => {
    const { analysis } = await changed(500, 2000)
    expect(analysis.changeovers).toEqual([
      {
        at_s: 2 * DAY_s,
        from: { drug: 'baclofen', concentration_ug_per_mL: 500 },
        to: { drug: 'baclofen', concentration_ug_per_mL: 2000 },
        line_uL: 375,
        to_s: 2 * DAY_s + 45 * HOUR_s,
        end: 'cleared',
        doses: [{ drug: 'baclofen', prescribed_ug: 750, tip_ug: 187.5, error_percent: -75 }],
        meant: [{ from_s: 2 * DAY_s, to_s: 2 * DAY_s + 45 * HOUR_s, factor: 0.25 }],
        meant_stretches: 1,
        bridge: { rate_mL_per_d: 0.8, lasts_s: 11.25 * HOUR_s, dose_ug: 187.5 },
        without_bridge: { factor: 0.25, lasts_s: 45 * HOUR_s },
      },
    ])
    expect(analysis.drugs?.[0]?.under_ug).toBeCloseTo(562.5, 4)
  })

  it('from 2000 to 500 ug/mL without a bridge gives four times the dose for 11 h 15 min', async () => {
    const { analysis } = await changed(2000, 500)
    expect(analysis.changeovers).toMatchObject([
      {
        to_s: 2 * DAY_s + 11.25 * HOUR_s,
        doses: [{ prescribed_ug: 187.5, tip_ug: 750, error_percent: 300 }],
        meant: [{ factor: 4 }],
        without_bridge: { factor: 4, lasts_s: 11.25 * HOUR_s },
      },
    ])
    expect(analysis.drugs?.[0]).toMatchObject({ under_ug: 0, ahead_since_s: 2 * DAY_s + 54 })
    // Two steps of 0.5 ug are the first that exceed the resolution, a step: 0.25 ug are prescribed by then.
  })

  it.each([
    [500, 2000, 11.25],
    [2000, 500, 45],
  ])('from %d to %d ug/mL with a bridge gives the dose throughout', async (from, to, hours) => {
    const { analysis } = await changed(from, to, ['{ at: 2 d, bridge: auto }'])
    expect(analysis.changeovers).toMatchObject([
      { to_s: 2 * DAY_s + hours * HOUR_s, doses: [{ error_percent: 0 }], meant: [], meant_stretches: 0 },
    ])
    expect(analysis.drugs).toMatchObject([{ under_ug: 0, over_ug: 0, behind_s: 0, ahead_s: 0 }])
  })

  it('of the drug gives the old one, which nobody prescribes any more, and none of the new', async () => {
    const { result } = await finish(
      draft({
        fill: '{ drug: baclofen, concentration: 2000 ug/mL, volume: 40 mL }',
        duration: '6 d',
        prescription: [therapy('0 d', '0.1 mL/d')],
        events: ['{ at: 1 d, refill: { fill: { drug: morphine, concentration: 10 mg/mL, volume: 40 mL } } }'],
        checks: ANY,
        sample: '1 d',
      }),
    )
    expect(result.analysis.changeovers).toMatchObject([
      {
        to_s: (1 + 3.75) * DAY_s,
        doses: [
          { drug: 'morphine', prescribed_ug: 3750, tip_ug: 0, error_percent: -100 },
          { drug: 'baclofen', prescribed_ug: 0, tip_ug: 750, error_percent: null },
        ],
        bridge: null,
        without_bridge: null,
      },
    ])
  })
})

describe('a stalled motor', () => {
  it('is an interruption of its length, missed volume, and an alarm so long after its cause', async () => {
    const { result } = await finish(
      draft({
        duration: '4 d',
        prescription: [therapy('0 d', '400 ug/d')],
        faults: ['{ at: 3 d, fault: motor-stall, for: 2 h }'],
        checks: ANY,
        sample: '1 d',
      }),
    )
    const { interruption, volume, alarm_latencies, trumpet } = result.analysis
    // One step each 27 s: those due from 27 s after the stall to its end are lost, 267 of them with the one at its end.
    const lost_uL = result.prescribed.volume_uL - result.delivered.displaced_uL
    expect(interruption).toEqual({
      from_s: 3 * DAY_s + 27,
      to_s: 3 * DAY_s + 27 + lost_uL * 4 * 27,
      due_s: lost_uL * 4 * 27,
    })
    expect(volume?.under_uL).toBeCloseTo(lost_uL, 4)
    expect(volume).toMatchObject({ over_uL: 0, ahead_s: 0, behind_since_s: expect.closeTo(3 * DAY_s + 27, 3) })
    expect(alarm_latencies).toMatchObject([
      { alarm: 'motor-stall', state: 'raised', latency_s: 31, cause_s: 3 * DAY_s },
    ])
    // The analysis period of the protocol, hours 24 to 49, lies before the stall.
    expect(trumpet).toMatchObject({ from_s: DAY_s, to_s: DAY_s + 25 * HOUR_s })
    expect(trumpet?.points.map(({ window_s }) => window_s / 60)).toEqual([15, 60, 150, 330, 570, 930])
  })
})

describe('the trumpet', () => {
  it('of a faultless pump at the lowest rate names the windows that a step is too coarse for', async () => {
    const { result } = await finish(
      draft({ duration: '3 d', prescription: [therapy('0 d', '0.048 mL/d')], checks: ANY, sample: '1 d' }),
    )
    const points = result.analysis.trumpet?.points ?? []
    expect(points.map(({ state }) => state)).toEqual(['unresolvable', ...Array(5).fill('resolved')])
    // The published floors: one step of 0.25 uL in what flows in the window.
    expect(points.map(({ floor_percent }) => Math.round((floor_percent ?? 0) * 10) / 10)).toEqual([
      50, 12.5, 5, 2.3, 1.3, 0.8,
    ])
    for (const { most_percent, least_percent, floor_percent } of points) {
      expect(most_percent).toBeLessThanOrEqual(floor_percent ?? 0)
      expect(least_percent).toBeGreaterThanOrEqual(-(floor_percent ?? 0))
    }
  })
})

describe('boluses', () => {
  it('are counted, and fewer than 25 are said to be few', async () => {
    const boluses = Array.from({ length: 4 }, (_, k) => bolus(`${6 * k + 1} h`, '25 ug', '10 min'))
    const { result } = await finish(
      draft({ duration: '1 d', prescription: [therapy('0 d', '200 ug/d'), ...boluses], checks: ANY }),
    )
    expect(result.analysis.boluses).toMatchObject({ count: 4, enough: false, floor_percent: 0.5 })
    expect(Math.abs(result.analysis.boluses?.mean_percent ?? 100)).toBeLessThanOrEqual(0.5)
  })
})

describe('what is not analyzed', () => {
  it('is named with the reason where the run is too short for a protocol', async () => {
    const { result } = await finish(draft({ duration: '1 d', prescription: [therapy('0 d', '200 ug/d')] }))
    expect(result.analysis.trumpet).toBeNull()
    expect(result.analysis.omitted).toEqual([{ part: 'trumpet', reason: expect.stringContaining('settles for 24 h') }])
    expect(result.analysis.start_up?.points).toHaveLength(96)
  })

  it('is everything in a run that broke off', async () => {
    const failing = rigWith((inner) => ({
      advance: (tick) => {
        if (tick > 2 ** 30) throw new Error('the cable is out')
        return inner.advance(tick)
      },
    }))
    const { result } = await finish(
      draft({ duration: '3 d', prescription: [therapy('0 d', '200 ug/d')] }),
      undefined,
      failing,
    )
    expect(result.verdict).toBe('inconclusive')
    const { omitted, ...parts } = result.analysis
    expect(Object.values(parts).every((part) => part === null)).toBe(true)
    expect(omitted.map(({ part }) => part).sort()).toEqual(Object.keys(parts).sort())
  })
})

it('is described by the schema of a result', async () => {
  const run = await changed(500, 2000)
  const manifest = {
    tool: 'pumpbench',
    version: '0',
    commit: null,
    node: '',
    platform: '',
    started: '',
    rig_firmware: null,
  }
  expect(RESULT.safeParse({ schema: 'pumpbench/result@1', manifest, runs: [run] }).error).toBeUndefined()
})
