/** The verdict on flow errors: what the instrument adds to them, and where a step alone may be the error. */
import { describe, expect, it } from 'vitest'
import { flowTruth, flowVerdict, isCoarse } from '#hil/oracle/flow-verdict'
import { bounded } from '#hil/oracle/guard-band'
import { ratio, ZERO } from '#units/rational'

const percent = (count: number) => ratio(BigInt(count), 100n)
const STEP = ratio(1n, 4n)
const error = (count: number) => ({ error: percent(count), start_us: ZERO })

describe('the true size of the largest flow error', () => {
  const extremes = { most: error(10), least: error(-20), floor: percent(5) }

  it('is that of either extreme, widened by the relative part of the flow and the absolute part of each window', () => {
    // 2 % of the flow is 2.2 % of what is prescribed at +10 % and 1.6 % at -20 %; a step is 5 %, so half a step 2.5 %.
    expect(flowTruth(extremes, STEP, bounded(ZERO, percent(2)))).toEqual({
      low: ratio(184n, 1000n),
      high: ratio(216n, 1000n),
    })
    expect(flowTruth(extremes, STEP, bounded(ratio(1n, 8n), ZERO))).toEqual({
      low: ratio(175n, 1000n),
      high: ratio(225n, 1000n),
    })
  })

  it('is that of the one extreme there is, and nothing where there is none', () => {
    const uncertainty = bounded(ZERO, ZERO)
    expect(flowTruth({ ...extremes, least: undefined }, STEP, uncertainty)).toEqual({
      low: percent(10),
      high: percent(10),
    })
    expect(flowTruth({ ...extremes, most: undefined }, STEP, uncertainty)).toEqual({
      low: percent(20),
      high: percent(20),
    })
    expect(flowTruth({ most: undefined, least: undefined, floor: undefined }, STEP, uncertainty)).toEqual({
      low: ZERO,
      high: ZERO,
    })
  })

  it('is known to nobody where the instrument is not', () => {
    expect(flowTruth(extremes, STEP, { kind: 'unknown' })).toBeUndefined()
  })
})

describe('the verdict on it', () => {
  it('may be a pass up to a limit of one step, and beyond is a fail or nothing', () => {
    const [within, floor] = [percent(5), percent(5)]
    expect(isCoarse({ within, floor })).toBe(false)
    expect(flowVerdict({ low: percent(5), high: percent(5) }, { within, floor })).toBe('pass')
    const coarse = { within: percent(4), floor }
    expect(isCoarse(coarse)).toBe(true)
    expect(flowVerdict({ low: ZERO, high: ZERO }, coarse)).toBe('inconclusive')
    expect(flowVerdict({ low: percent(9), high: percent(9) }, coarse)).toBe('inconclusive')
    expect(flowVerdict({ low: percent(10), high: percent(10) }, coarse)).toBe('fail')
    expect(flowVerdict(undefined, coarse)).toBe('inconclusive')
  })
})
