import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deliveryOver, windowsOf, worstDelivery } from '#hil/oracle/delivery'
import { heightAt, indexHeights, riseOver } from '#hil/oracle/heights'
import { changeRate, increment, type LinePiece, lastAtOrBelow, valueAt } from '#hil/oracle/line'
import { during, merged } from '#hil/oracle/staircase'
import { add, compare, ratio, subtract, sum, toText, whole, ZERO } from '#units/rational'
import { fractions, lines, spans, staircases, wanderings } from './arbitraries.ts'
import { idealSteps, spelledOut, sumWhere } from './naive.ts'

const STEP = ratio(1n, 4n)

describe('a line', () => {
  const line: readonly LinePiece[] = [
    { from_us: whole(10), value: whole(2), rate: ratio(1n, 3n) },
    { from_us: whole(40), value: whole(12), rate: ZERO },
    { from_us: whole(50), value: whole(12), rate: whole(1) },
  ]

  it('holds its first value before its first piece, and its last rate for ever', () => {
    expect([0, 10, 25, 40, 45, 50, 1050].map((t) => valueAt(line, whole(t)))).toEqual(
      [2, 2, 7, 12, 12, 12, 1012].map(whole),
    )
    expect(increment(line, whole(25), whole(60))).toEqual(whole(15))
  })

  it('says until when it lies at or below a value', () => {
    expect([2, 7, 12, 20].map((value) => lastAtOrBelow(line, whole(value)))).toEqual([10, 25, 50, 58].map(whole))
    expect(lastAtOrBelow(line.slice(0, 2), whole(12))).toBeUndefined()
    expect(() => lastAtOrBelow(line, whole(1))).toThrow(RangeError)
  })

  it('changes its rate in order of time, the last change at an instant holding', () => {
    const pieces: LinePiece[] = [{ from_us: ZERO, value: ZERO, rate: ZERO }]
    changeRate(pieces, whole(5), whole(2))
    changeRate(pieces, whole(5), whole(3))
    changeRate(pieces, whole(7), whole(3))
    expect(pieces.at(-1)).toEqual({ from_us: whole(5), value: ZERO, rate: whole(3) })
    expect(() => changeRate(pieces, whole(4), whole(1))).toThrow(RangeError)
    expect(valueAt(pieces, whole(9))).toEqual(whole(12))
  })
})

describe('a staircase', () => {
  it('stands as high as all rises up to an instant', () => {
    fc.assert(
      fc.property(wanderings(200_000), fractions(220_000), (stairs, t) => {
        const instants = spelledOut(stairs, { from_us: ZERO, to_us: whole(2 ** 50) })
        expect(heightAt(indexHeights(stairs), t)).toEqual(sumWhere(instants, (at) => compare(at, t) <= 0))
      }),
      { numRuns: 500 },
    )
  })

  it('has the instants of a span and no others, and rises by as much', () => {
    fc.assert(
      fc.property(staircases(200_000), spans(220_000), (stairs, span) => {
        const instants = spelledOut(stairs, span)
        const run = { from_us: ZERO, to_us: whole(2 ** 50) }
        expect(spelledOut(during(stairs, span), run)).toEqual(instants)
        expect(riseOver(indexHeights(stairs), span)).toEqual(sum(instants.map(({ rise }) => rise)))
      }),
      { numRuns: 500 },
    )
  })

  it('merges with another into one that holds the instants of both and never goes back in time', () => {
    fc.assert(
      fc.property(wanderings(200_000), wanderings(200_000), fractions(220_000), (a, b, t) => {
        const run = { from_us: ZERO, to_us: whole(2 ** 50) }
        const both = merged(a, b)
        const instants = spelledOut(both, run)
        for (const [index, { t: at }] of instants.entries()) {
          expect(compare(instants[index - 1]?.t ?? ZERO, at)).toBeLessThanOrEqual(0)
        }
        const text = (stairs: typeof a) =>
          spelledOut(stairs, run).map((each) => `${toText(each.t)} ${toText(each.rise)}`)
        expect(text(both).sort()).toEqual([...text(a), ...text(b)].sort())
        const [left, right] = [a, b].map((stairs) => heightAt(indexHeights(stairs), t))
        expect(heightAt(indexHeights(both), t)).toEqual(add(left ?? ZERO, right ?? ZERO))
      }),
      { numRuns: 500 },
    )
  })

  it('is cut no more often than the other has instants when it is merged', () => {
    const cadence = { first: 10, phase: 0, count: 2_000_000, quotient: 10, remainder: 0, divisor: 1 }
    const few = { first: 5_000_000, phase: 0, count: 3, quotient: 1000, remainder: 0, divisor: 1 }
    const long = [{ tick_us: 64, cadence, rise: STEP }]
    expect(merged(long, [{ tick_us: 1, cadence: few, rise: ratio(-1n, 4n) }])).toHaveLength(7)
    expect(merged(long, [])).toEqual(long)
  })

  it('leaves no instant out and counts none twice when a run is cut into parts', () => {
    fc.assert(
      fc.property(staircases(200_000), fractions(200_000), (stairs, cut) => {
        const heights = indexHeights(stairs)
        const [first, second] = [
          { from_us: ZERO, to_us: cut },
          { from_us: cut, to_us: whole(200_000) },
        ].map((part) => riseOver(heights, part))
        if (compare(cut, ZERO) === 0) return
        expect(add(first ?? ZERO, second ?? ZERO)).toEqual(heightAt(heights, whole(200_000)))
      }),
    )
  })
})

describe('delivery over whole windows', () => {
  it('lays windows end to end and leaves the rest out', () => {
    const span = { from_us: whole(10), to_us: whole(100) }
    expect([...windowsOf(span, whole(40))]).toEqual([
      { from_us: whole(10), to_us: whole(50) },
      { from_us: whole(50), to_us: whole(90) },
    ])
    expect([...windowsOf(span, whole(45))]).toHaveLength(2)
    expect([...windowsOf(span)]).toEqual([span])
    expect([...windowsOf(span, whole(91))]).toEqual([])
    expect(() => [...windowsOf(span, ZERO)]).toThrow(RangeError)
  })

  it('finds an ideal pump within one step and one rig tick of every window', () => {
    fc.assert(
      fc.property(lines(200_000, 3000), fractions(50_000), (line, every) => {
        const run = { from_us: ZERO, to_us: whole(200_000) }
        const heights = indexHeights(idealSteps(line, STEP, 64, run.to_us))
        const windows = windowsOf(run, add(every, whole(5000)))
        const worst = worstDelivery(heights, line, windows, { within: ZERO, step: STEP })
        if (worst === undefined) return
        const blur = increment(line, subtract(worst.from_us, whole(64)), worst.from_us)
        const late = increment(line, subtract(worst.to_us, whole(64)), worst.to_us)
        expect(compare(worst.error, sum([STEP, blur, late]))).toBeLessThanOrEqual(0)
      }),
      { numRuns: 200 },
    )
  })

  it('picks the window that is furthest beyond its limit', () => {
    const line = [{ from_us: ZERO, value: ZERO, rate: ratio(1n, 10n) }]
    const cadence = { first: 10, phase: 0, count: 40, quotient: 10, remainder: 0, divisor: 1 }
    const missing = { ...cadence, first: 520, count: 49 }
    const heights = indexHeights([cadence, missing].map((part) => ({ tick_us: 1, cadence: part, rise: whole(1) })))
    const windows = windowsOf({ from_us: ZERO, to_us: whole(1000) }, whole(100))
    const worst = worstDelivery(heights, line, windows, { within: ratio(1n, 10n), step: whole(1) })
    expect(worst).toMatchObject({
      from_us: whole(400),
      delivered: ZERO,
      prescribed: whole(10),
      error: whole(10),
      limit: whole(2),
    })
    expect(deliveryOver(heights, line, { from_us: ZERO, to_us: whole(1000) })).toMatchObject({
      delivered: whole(89),
      prescribed: whole(100),
    })
    expect(worstDelivery(heights, line, [], { within: ZERO, step: whole(1) })).toBeUndefined()
  })
})
