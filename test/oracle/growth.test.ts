import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { commonUnit, greatestCommonDivisor, multipleOf } from '#hil/oracle/common-unit'
import { deliveryOver, windowsOf, worstDelivery } from '#hil/oracle/delivery'
import { bounded } from '#hil/oracle/guard-band'
import { heightAt, indexHeights, reachedAt, riseOver } from '#hil/oracle/heights'
import {
  changeRate,
  highestRate,
  increment,
  type LinePiece,
  lastAtOrBelow,
  lastStarted,
  lineDuring,
  tailFrom,
  valueAt,
} from '#hil/oracle/line'
import { during, merged } from '#hil/oracle/staircase'
import { add, compare, isPositive, larger, ratio, subtract, sum, toText, whole, ZERO } from '#units/rational'
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
    expect(() => changeRate(pieces, whole(4), whole(1))).toThrow(/in order of time/)
    expect(valueAt(pieces, whole(9))).toEqual(whole(12))
  })

  it('has a piece', () => {
    expect(() => valueAt([], ZERO)).toThrow(/at least one piece/)
    expect(() => changeRate([], ZERO, whole(1))).toThrow(/at least one piece/)
    expect(() => lastAtOrBelow(line, whole(1))).toThrow(/above the value from its start/)
  })

  it('of a part of a run is what holds in it', () => {
    fc.assert(
      fc.property(lines(200_000, 2000), spans(220_000), (pieces, { from_us, to_us }) => {
        const holds = pieces.filter((piece, index) => {
          const end_us = pieces[index + 1]?.from_us
          const begun = compare(piece.from_us, to_us) <= 0
          return begun && (end_us === undefined || compare(end_us, from_us) > 0)
        })
        expect(lineDuring(pieces, from_us, to_us)).toEqual(holds)
        expect(highestRate(pieces, from_us, to_us)).toEqual(holds.map(({ rate }) => rate).reduce(larger, ZERO))
        expect(tailFrom(pieces, from_us)).toEqual(lineDuring(pieces, from_us, whole(2 ** 50)))
        expect(pieces[lastStarted(pieces, -1, to_us)]).toEqual(holds.at(-1))
      }),
    )
  })

  it('before its first piece is that piece', () => {
    const [first, ...others] = line
    expect(lineDuring(line, ZERO, whole(5))).toEqual([first])
    expect(highestRate(line, ZERO, whole(5))).toEqual(ratio(1n, 3n))
    expect(highestRate(line, whole(40), whole(49))).toEqual(ZERO)
    expect(highestRate(line, whole(40), whole(50))).toEqual(whole(1))
    expect([tailFrom(line, ZERO), tailFrom(line, whole(40))]).toEqual([line, others])
    const own = tailFrom(line, ZERO)
    own.pop()
    expect(line).toHaveLength(3)
    expect(lastStarted(line, -1, whole(9))).toBe(-1)
    expect(lastStarted(line, 1, whole(45))).toBe(1)
  })
})

describe('the unit of several amounts', () => {
  it('is the largest of which each is a whole number, and one of nothing', () => {
    const unitOf = (...values: readonly [bigint, bigint][]) => commonUnit(values.map(([n, d]) => ratio(n, d)))
    expect(unitOf([3n, 4n], [5n, 6n])).toEqual(ratio(1n, 12n))
    expect(unitOf([6n, 1n], [4n, 1n])).toEqual(whole(2))
    expect(unitOf([4n, 1n], [6n, 1n], [-8n, 1n])).toEqual(whole(2))
    expect(unitOf([-1n, 2n], [3n, 2n])).toEqual(ratio(1n, 2n))
    expect(unitOf([-6n, 1n], [-4n, 1n])).toEqual(whole(2))
    expect(unitOf([2n, 9n], [0n, 1n], [4n, 15n])).toEqual(ratio(2n, 45n))
    expect([unitOf(), unitOf([0n, 1n])]).toEqual([whole(1), whole(1)])
    expect(multipleOf(ratio(2n, 45n), ratio(-4n, 15n))).toBe(-6n)
    expect(greatestCommonDivisor(-6n, 4n)).toBe(2n)
    expect(greatestCommonDivisor(-6n, -4n)).toBe(2n)
  })
})

describe('a staircase', () => {
  it('says when it has reached a height', () => {
    const rising = staircases(200_000).map((stairs) => stairs.filter(({ rise }) => isPositive(rise)))
    fc.assert(
      fc.property(rising, fc.oneof(fractions(30), fc.nat(80)), (stairs, asked) => {
        const instants = spelledOut(stairs, { from_us: ZERO, to_us: whole(2 ** 50) })
        const heights = instants.map(({ t }) => sumWhere(instants, (at) => compare(at, t) <= 0))
        const value = typeof asked === 'number' ? (heights[asked % Math.max(1, heights.length)] ?? whole(1)) : asked
        if (!isPositive(value)) return
        const first = heights.findIndex((height) => compare(height, value) >= 0)
        expect(reachedAt(indexHeights(stairs), value)).toEqual(instants[first]?.t)
      }),
      { numRuns: 1000 },
    )
    expect(reachedAt(indexHeights([]), whole(1))).toBeUndefined()
  })

  it('stands as high as all rises up to an instant', () => {
    fc.assert(
      fc.property(wanderings(200_000), fractions(220_000), (stairs, t) => {
        const instants = spelledOut(stairs, { from_us: ZERO, to_us: whole(2 ** 50) })
        for (const to of [t, ...instants.slice(0, 9).map((instant) => instant.t)]) {
          expect(heightAt(indexHeights(stairs), to)).toEqual(sumWhere(instants, (at) => compare(at, to) <= 0))
        }
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

describe('the window that decides', () => {
  // 1 an hour is prescribed; what comes in each of four windows is said.
  const HOUR = 3_600_000_000
  const line: readonly LinePiece[] = [{ from_us: ZERO, value: ZERO, rate: ratio(1n, BigInt(HOUR)) }]
  const flight = (hour: number, percent: number) => ({
    tick_us: 1,
    cadence: { first: (hour + 0.5) * HOUR, phase: 0, count: 1, quotient: 1, remainder: 0, divisor: 1 },
    rise: ratio(BigInt(percent), 100n),
  })
  const windows = [0, 1, 2, 3].map((hour) => ({ from_us: whole(hour * HOUR), to_us: whole((hour + 1) * HOUR) }))
  const decides = (percents: readonly number[], within: number, uncertainty: number) => {
    const heights = indexHeights(percents.map((percent, hour) => flight(hour, percent)))
    const tolerance = { within: ratio(BigInt(within), 100n), step: ZERO }
    const found = worstDelivery(heights, line, windows, tolerance, bounded(ZERO, ratio(BigInt(uncertainty), 100n)))
    return [
      windows.findIndex(({ from_us }) => found !== undefined && compare(from_us, found.from_us) === 0),
      found?.outcome,
    ]
  }

  it('is the one furthest beyond its limit, the first of equals', () => {
    expect(decides([100, 120, 70, 120], 10, 0)).toEqual([2, 'fail'])
    expect(decides([100, 120, 80, 120], 10, 0)).toEqual([1, 'fail'])
    expect(decides([105, 103, 95, 99], 10, 0)).toEqual([0, 'pass'])
    expect(decides([101, 103, 109, 91], 10, 0)).toEqual([2, 'pass'])
  })

  it('is one that fails before one that may, and one that may before one that passes', () => {
    // Within 2 % of what was delivered: 111 may be 108.8 to 113.2, and 88 may be 86.2 to 89.8.
    expect(decides([100, 111, 100, 100], 10, 2)).toEqual([1, 'inconclusive'])
    expect(decides([111, 100, 88, 100], 10, 2)).toEqual([2, 'fail'])
    expect(decides([88, 100, 111, 100], 10, 2)).toEqual([0, 'fail'])
    expect(decides([107, 109, 107, 107], 10, 2)).toEqual([1, 'inconclusive'])
    // Within 10 % of it: 122 may be 109.8, which is further out and yet may pass, and 81 is at most 89.1.
    expect(decides([100, 122, 81, 100], 10, 10)).toEqual([2, 'fail'])
    expect(decides([100, 81, 122, 100], 10, 10)).toEqual([1, 'fail'])
  })

  it('has in its truth every size that the error may have', () => {
    const heights = indexHeights([flight(0, 90)])
    const tolerance = { within: ratio(1n, 10n), step: ZERO }
    const found = worstDelivery(heights, line, windows.slice(0, 1), tolerance, bounded(ratio(1n, 100n), ratio(1n, 10n)))
    expect(found?.truth).toEqual({ low: ZERO, high: ratio(20n, 100n) })
    expect(worstDelivery(heights, line, windows, tolerance, { kind: 'unknown' })?.truth).toBeUndefined()
  })

  it('is of no window that lasts no time', () => {
    expect(() => [...windowsOf({ from_us: ZERO, to_us: whole(1) }, ZERO)]).toThrow(/longer than nothing/)
  })
})
