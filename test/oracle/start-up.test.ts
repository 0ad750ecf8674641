import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { indexHeights } from '#hil/oracle/heights'
import { changeRate, type Line, type LinePiece } from '#hil/oracle/line'
import { during } from '#hil/oracle/staircase'
import { meanFlow, startUpCurve, wholeCycles } from '#hil/oracle/start-up'
import { add, compare, divide, ratio, subtract, sum, whole, ZERO } from '#units/rational'
import { fractions } from './arbitraries.ts'
import { idealSteps } from './naive.ts'

const MINUTE_us = 60_000_000
const minutes = (count: number) => whole(count * MINUTE_us)
const STEP = ratio(1n, 4n)
/** 1 uL a minute in quarters: one every 15 s. */
const RATE = ratio(1n, BigInt(MINUTE_us))
const LINE: Line = [{ from_us: ZERO, value: ZERO, rate: RATE }]
const STEPS = idealSteps(LINE, STEP, 64, minutes(120))
const QUESTION = { from_us: ZERO, to_us: minutes(120), interval_us: minutes(1), step: STEP }

describe('the start-up curve', () => {
  it('is flat at a constant flow', () => {
    const points = startUpCurve(indexHeights(STEPS), LINE, QUESTION)
    expect(points).toHaveLength(120)
    for (const [index, point] of points.entries()) {
      expect(point).toEqual({
        from_us: minutes(index),
        to_us: minutes(index + 1),
        delivered_uL_per_us: RATE,
        prescribed_uL_per_us: RATE,
        error: ZERO,
        floor: STEP,
      })
    }
  })

  it('shows a pump that starts late, and then is right', () => {
    const late = during(STEPS, { from_us: ratio(5n * 60_000_000n, 2n), to_us: minutes(120) })
    const errors = startUpCurve(indexHeights(late), LINE, QUESTION).map(({ error }) => error)
    expect(errors.slice(0, 5)).toEqual([whole(-1), whole(-1), ratio(-1n, 2n), ZERO, ZERO])
  })

  it('has no error where nothing is prescribed, and leaves a part of a window out', () => {
    const line: LinePiece[] = [...LINE]
    changeRate(line, minutes(2), ZERO)
    const points = startUpCurve(indexHeights(STEPS), line, { ...QUESTION, to_us: ratio(7n * 60_000_000n, 2n) })
    expect(points.map(({ error, floor }) => [error, floor])).toEqual([
      [ZERO, STEP],
      [ZERO, STEP],
      [undefined, undefined],
    ])
    expect(points[2]?.delivered_uL_per_us).toEqual(RATE)
  })

  it('has the floor of one step of what a window prescribes', () => {
    const [point] = startUpCurve(indexHeights(STEPS), LINE, { ...QUESTION, interval_us: minutes(5) })
    expect(point?.floor).toEqual(ratio(1n, 20n))
  })

  it('adds up to the mean flow over all of its windows', () => {
    fc.assert(
      fc.property(fractions(60 * MINUTE_us), fc.integer({ min: 1, max: 40 }), (start, gain) => {
        const heights = indexHeights(idealSteps(LINE, STEP, 64, minutes(120), ratio(BigInt(gain), 20n)))
        const question = { ...QUESTION, from_us: start, to_us: add(start, minutes(60)), interval_us: minutes(7) }
        const points = startUpCurve(heights, LINE, question)
        const to_us = add(start, minutes(56))
        const mean = meanFlow(heights, LINE, { from_us: start, to_us }, STEP)
        const flows = sum(points.map(({ delivered_uL_per_us }) => delivered_uL_per_us))
        expect(divide(flows, whole(points.length))).toEqual(mean.delivered_uL_per_us)
        expect(divide(sum(points.map(({ error }) => error!)), whole(8))).toEqual(mean.error)
      }),
    )
  })

  it('refuses a curve without end', () => {
    const ask = (interval_us: typeof RATE) => startUpCurve([] as never, LINE, { ...QUESTION, interval_us })
    expect(() => ask(ZERO)).toThrow(/longer than nothing/)
    const longest = { ...QUESTION, interval_us: divide(minutes(120), whole(100_000)) }
    expect(startUpCurve(indexHeights([]), LINE, longest)).toHaveLength(100_000)
    expect(() => ask(whole(1))).toThrow(/at most 100000/)
  })
})

describe('an interval of whole cycles', () => {
  it('is the shortest that lasts long enough', () => {
    expect(wholeCycles(minutes(1), minutes(1))).toEqual(minutes(1))
    expect(wholeCycles(whole(13), whole(30))).toEqual(whole(39))
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 1000 }), (a, b) => {
        const [cycle, least] = [ratio(BigInt(a), 7n), ratio(BigInt(b), 5n)]
        const found = wholeCycles(cycle, least)
        expect(divide(found, cycle).d).toBe(1n)
        expect(compare(found, least)).toBeGreaterThanOrEqual(0)
        expect(compare(subtract(found, cycle), least)).toBeLessThan(0)
      }),
    )
  })
})
