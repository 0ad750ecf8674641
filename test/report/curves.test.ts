/**
 * The curves a report draws from: what they say of any stretch of time is what happened in it, held against a walk over
 * every single step, and against the exact mathematics of verdicts.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { trackingOf } from '#hil/oracle/tracking'
import { modelPump } from '#hil/pump/model'
import { CountedFlow, windowFor } from '#hil/report/curves/counted-flow'
import type { Curve } from '#hil/report/curves/curve'
import { Gap } from '#hil/report/curves/gap'
import { curvesOf } from '#hil/report/curves/ledger-curves'
import { Points } from '#hil/report/curves/points'
import { type Ramp, Ramps } from '#hil/report/curves/ramps'
import { type CurveName, Drawable, namedTables } from '#hil/report/curves/run-curves'
import { type Flight, Stairs } from '#hil/report/curves/stairs'
import { bandsTable, curveOf, pointsTable, rampsTable, stairsTable } from '#hil/report/curves/table'
import { idealRig } from '#hil/rig/ideal'
import { execute } from '#hil/run/execute'
import { booksOf } from '#hil/run/judge'
import { ratio, toNumber, whole, ZERO } from '#units/rational'
import { draft, scenarioOf } from '../support/scenario.ts'

const END_s = 1000

/** Flights in whole milliseconds, so that no two numbers are close by accident; some fall where asked for. */
function flights(lowest: number): fc.Arbitrary<readonly Flight[]> {
  const flight = fc.record({
    wait: fc.integer({ min: 1, max: 80_000 }),
    interval: fc.integer({ min: 1, max: 3000 }),
    count: fc.integer({ min: 1, max: 40 }),
    rise: fc.integer({ min: lowest, max: 8 }).filter((rise) => rise !== 0),
  })
  return fc.array(flight, { maxLength: 8 }).map((list) => {
    let now = 0
    return list.map(({ wait, interval, count, rise }) => {
      const first = now + wait
      now = first + (count - 1) * interval
      return { first_s: first / 1000, interval_s: interval / 1000, count, rise: rise / 4 }
    })
  })
}

const ramps: fc.Arbitrary<readonly Ramp[]> = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 200_000 }), fc.integer({ min: 0, max: 40 })), { maxLength: 6 })
  .map((changes) => {
    let now = 0
    const later = changes.map(([after, rate]) => {
      now += after
      return { from_s: now / 1000, rate: rate / 16 }
    })
    return [{ from_s: 0, rate: 0.25 }, ...later]
  })

const stretches = fc
  .tuple(fc.integer({ min: 0, max: 1_000_000 }), fc.integer({ min: 0, max: 1_000_000 }))
  .map((ends) => ends.toSorted((a, b) => a - b).map((end) => end / 1000) as [number, number])

/** Every single step. */
function stepsOf(list: readonly Flight[]): readonly { readonly t_s: number; readonly rise: number }[] {
  return list.flatMap(({ first_s, interval_s, count, rise }) =>
    Array.from({ length: count }, (_, step) => ({
      t_s: Math.round((first_s + step * interval_s) * 1000) / 1000,
      rise,
    })),
  )
}

function heightBy(list: readonly Flight[], t_s: number): number {
  return stepsOf(list).reduce((sum, step) => sum + (step.t_s <= t_s ? step.rise : 0), 0)
}

function meantBy(list: readonly Ramp[], t_s: number): number {
  return list.reduce((sum, { from_s, rate }, index) => {
    const to_s = Math.min(t_s, list[index + 1]?.from_s ?? Number.POSITIVE_INFINITY)
    return sum + rate * Math.max(0, to_s - from_s)
  }, 0)
}

function extremes(values: readonly number[]) {
  return { least: Math.min(...values), most: Math.max(...values) }
}

function near(found: ReturnType<Curve['within']>, meant: { readonly least: number; readonly most: number }): void {
  expect(found?.least).toBeCloseTo(meant.least, 4)
  expect(found?.most).toBeCloseTo(meant.most, 4)
}

describe('in any stretch of time', () => {
  it('stairs go as high and as low as their steps do', () => {
    fc.assert(
      fc.property(flights(-8), stretches, (list, [from_s, to_s]) => {
        const inside = stepsOf(list).filter(({ t_s }) => t_s > from_s && t_s <= to_s)
        const heights = [from_s, ...inside.map(({ t_s }) => t_s)].map((t_s) => heightBy(list, t_s))
        const range = new Stairs(list).within(from_s, to_s)
        near(range, extremes(heights))
        expect(range.last).toBeCloseTo(heightBy(list, to_s), 6)
      }),
    )
  })

  it('the gap between stairs and a ramp is as wide as just before or after a step', () => {
    fc.assert(
      fc.property(flights(1), ramps, stretches, (list, meant, [from_s, to_s]) => {
        const inside = stepsOf(list).filter(({ t_s }) => t_s > from_s && t_s <= to_s)
        const gaps = inside.flatMap(({ t_s, rise }) => {
          const after = heightBy(list, t_s) - meantBy(meant, t_s)
          return [after, after - rise]
        })
        const ends = [from_s, to_s].map((t_s) => heightBy(list, t_s) - meantBy(meant, t_s))
        near(new Gap(new Stairs(list), new Ramps(meant)).within(from_s, to_s), extremes([...ends, ...gaps]))
      }),
    )
  })

  it('flow is the steps of each window', () => {
    fc.assert(
      fc.property(flights(1), stretches, fc.constantFrom(1, 5, 30), (list, [from_s, to_s], window_s) => {
        const last = Math.floor(END_s / window_s) - 1
        const [begin, end] = [from_s, to_s].map((t_s) => Math.min(last, Math.floor(t_s / window_s)))
        fc.pre(from_s < (last + 1) * window_s)
        const rates: number[] = []
        for (let index = begin ?? 0; index <= (end ?? 0); index += 1) {
          rates.push((heightBy(list, (index + 1) * window_s) - heightBy(list, index * window_s)) / window_s)
        }
        near(new CountedFlow(new Stairs(list), window_s, END_s, 1).within(from_s, to_s), extremes(rates))
      }),
      { numRuns: 40 },
    )
  })

  it('points are joined by straight lines, and jump where two stand at one instant', () => {
    const curve = new Points([0, 10, 10, 20], [0, 5, -3, -3])
    expect(curve.within(0, 5)).toEqual({ first: 0, last: 2.5, least: 0, most: 2.5 })
    expect(curve.within(5, 15)).toEqual({ first: 2.5, last: -3, least: -3, most: 5 })
    expect(curve.within(12, 99)).toEqual({ first: -3, last: -3, least: -3, most: -3 })
    expect(curve.within(21, 99)).toBeUndefined()
  })
})

describe('on a page', () => {
  it('a table gives back the same curve, to a microsecond', () => {
    fc.assert(
      fc.property(flights(-8), ramps, stretches, (list, meant, [from_s, to_s]) => {
        const through = <T>(value: T) => JSON.parse(JSON.stringify(value)) as T
        expect(curveOf(through(stairsTable(list, 3))).within(from_s, to_s)).toEqual(
          new Stairs(list, 3).within(from_s, to_s),
        )
        const ramped = curveOf(through(rampsTable(meant))).within(from_s, to_s)
        near(ramped, new Ramps(meant).within(from_s, to_s))
        const points = curveOf(through(pointsTable([0, 1, 1, 1000], [1, 2, -1, 0])))
        expect(points.within(from_s, to_s)).toEqual(new Points([0, 1, 1, 1000], [1, 2, -1, 0]).within(from_s, to_s))
      }),
    )
  })

  it('bands of a long run lose no extreme, wherever one looks', () => {
    fc.assert(
      fc.property(flights(-8), stretches, (list, [from_s, to_s]) => {
        const stairs = new Stairs(list)
        const table = bandsTable(stairs, END_s, 50)
        const range = table === undefined ? undefined : curveOf(table).within(from_s, to_s)
        const whole_s = table === undefined ? undefined : curveOf(table).within(0, END_s)
        expect(range?.least).toBeLessThanOrEqual(stairs.within(from_s, to_s).least + 1e-9)
        expect(range?.most).toBeGreaterThanOrEqual(stairs.within(from_s, to_s).most - 1e-9)
        near(whole_s, stairs.within(0, END_s))
      }),
    )
  })
})

describe('the window in which steps are counted', () => {
  it('holds at least ten steps of the fastest flow, and is a time that people say', () => {
    expect(windowFor(0.25, 0.0833, 86_400)).toBe(60)
    expect(windowFor(0.25, 0, 86_400)).toBe(86_400)
    expect(windowFor(0.25, 1e6, 86_400)).toBe(1)
  })
})

describe('the curves of a run', async () => {
  const text = draft({
    duration: '3 d',
    fill: '{ drug: baclofen, concentration: 2000 ug/mL, volume: 40 mL }',
    prescription: [
      '{ at: 0 d, therapy: { mode: flex, basal: 350 ug/d, boluses: { dose: 50 ug, count: 13, over: 5 min, from: "00:00" } } }',
    ],
    faults: ['{ at: 1 d, fault: motor-stall, for: 2 h }'],
  })
  const trace = await execute(scenarioOf(text), modelPump, idealRig)
  const { ledgers } = booksOf(trace)
  const run = curvesOf(trace)
  const drawable = new Drawable(run)
  const view = { from_s: 0, to_s: run.end_s }
  const rangeOf = (name: CurveName) => drawable.curve(name, view)?.within(0, run.end_s)

  it('end where the ledgers end, to the last digit', () => {
    expect(rangeOf('displaced_uL')?.last).toBe(toNumber(ledgers.delivered.displaced.total))
    expect(rangeOf('believed_uL')?.last).toBe(toNumber(ledgers.believed.volume.total))
  })

  it('are as far apart as the exact mathematics says', () => {
    const span = { from_us: ZERO, to_us: whole(3 * 86_400_000_000) }
    const question = { ...span, within: ratio(1n, 4n), rigTick_us: whole(64) }
    const { deviation } = trackingOf(ledgers.delivered.displaced.staircase, ledgers.prescribed.volume, question)
    expect(rangeOf('displaced_minus_prescribed_uL')?.least).toBeCloseTo(toNumber(deviation), 4)
  })

  it('agree with what is believed step by step, but for those lost in the stall', () => {
    const gap = drawable.curve('believed_minus_displaced_uL', view)
    expect(gap?.within(0, 86_399)).toEqual({ first: 0, last: 0, least: 0, most: 0 })
    expect(gap?.within(86_400, 93_600)?.most).toBeGreaterThan(0)
    expect(gap?.within(run.end_s, run.end_s)?.last).toBeCloseTo(
      toNumber(ledgers.believed.volume.total) - toNumber(ledgers.delivered.displaced.total),
      9,
    )
  })

  it('are named for what they carry', () => {
    expect(namedTables(run.tables).map(([name]) => name)).toContain('tip_ug_per_mL_0')
    expect(run).toMatchObject({ detail: 'parts', trace_sha256: trace.sha256, tolerance: 0.145, drugs: ['baclofen'] })
  })
})
