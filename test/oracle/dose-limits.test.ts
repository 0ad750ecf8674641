import { describe, expect, it } from 'vitest'
import { heldLimits } from '#hil/oracle/dose-limits'
import { bounded, EXACTLY } from '#hil/oracle/guard-band'
import { ratio, whole, ZERO } from '#units/rational'

const HOUR_us = 3_600_000_000
const hours = (count: number) => whole(count * HOUR_us)
/** 10 ug an hour for two days, and 100 ug at once 20.5 h after the start. */
const cadence = (first: number, count: number) => ({
  first,
  phase: 0,
  count,
  quotient: HOUR_us,
  remainder: 0,
  divisor: 1,
})
const TIP = [
  { tick_us: 1, cadence: cadence(HOUR_us, 20), rise: whole(10) },
  { tick_us: 1, cadence: cadence(20.5 * HOUR_us, 1), rise: whole(100) },
  { tick_us: 1, cadence: cadence(21 * HOUR_us, 27), rise: whole(10) },
]
const RUN = { from_us: ZERO, to_us: hours(48) }

describe('dose limits', () => {
  it('are held against the largest dose in any window', () => {
    const limits = [
      { window_us: hours(1), most: whole(110) },
      { window_us: hours(24), most: whole(339) },
    ]
    const [hour, day] = heldLimits(TIP, limits, RUN, EXACTLY)
    expect([hour?.largest, hour?.outcome]).toEqual([{ rise: whole(110), at_us: whole(20.5 * HOUR_us) }, 'pass'])
    expect([day?.largest, day?.outcome]).toEqual([{ rise: whole(340), at_us: hours(24) }, 'fail'])
  })

  it('are not decided by a dose that is too uncertain', () => {
    const limits = [{ window_us: hours(24), most: whole(350) }]
    const outcomes = [1n, 3n].map((n) => heldLimits(TIP, limits, RUN, bounded(ZERO, ratio(n, 100n)))[0]?.outcome)
    expect(outcomes).toEqual(['pass', 'inconclusive'])
  })
})
