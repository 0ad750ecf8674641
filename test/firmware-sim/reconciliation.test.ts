/** Reconciliation at a refill: what was drawn is judged by what was dispensed, to the microliter. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { reconcile } from '#firmware-sim/reconciliation'
import { as, type Fraction, type Volume_uL } from '#units/quantity'
import { equal, type Rational, ratio, subtract, whole } from '#units/rational'

const MODEL = { tolerance: as<Fraction>(ratio(145n, 1000n)), residualTolerance_uL: as<Volume_uL>(whole(1000)) }

const uL = (value: Rational | number): Volume_uL => as(typeof value === 'number' ? whole(value) : value)

function judged(expected: number, measured: Rational | number, dispensed: number) {
  return reconcile(MODEL, { expected_uL: uL(expected), measured_uL: uL(measured), dispensed_uL: uL(dispensed) })
}

describe('a residual', () => {
  it.each([
    ['as expected', 2000, 2000, 18_000, true],
    ['3 mL above the 20 mL expected, after 20 mL', 20_000, 23_000, 20_000, false],
    ['2.9 mL above, exactly 14.5 % of the 20 mL dispensed', 20_000, 22_900, 20_000, true],
    ['2.9 mL below, exactly as much', 20_000, 17_100, 20_000, true],
    ['3 mL below', 20_000, 17_000, 20_000, false],
    ['1 mL above, after so little that a percentage would be nothing', 20_000, 21_000, 10, true],
    ['1 mL below', 20_000, 19_000, 10, true],
    ['more than 1 mL off', 20_000, 21_001, 10, false],
    ['1 mL off with nothing dispensed', 20_000, 21_000, 0, true],
    ['five times the residual, which is little after 18 mL', 600, 3000, 18_000, true],
    ['a tenth of the residual, which is much after 2 mL', 18_000, 16_200, 2000, false],
  ])('%s', (_, expected, measured, dispensed, agrees) => {
    expect(judged(expected, measured, dispensed).agrees).toBe(agrees)
  })

  it('disagrees as soon as it is beyond the allowed difference', () => {
    const hair = ratio(1n, 10n ** 18n)
    expect(judged(20_000, subtract(whole(17_100), hair), 20_000).agrees).toBe(false)
    expect(judged(20_000, subtract(whole(19_000), hair), 10).agrees).toBe(false)
  })

  it('agrees exactly when neither tolerance is exceeded, either way', () => {
    const volumes = fc.integer({ min: 0, max: 40_000 })
    fc.assert(
      fc.property(volumes, volumes, volumes, (expected, measured, dispensed) => {
        const off = Math.abs(measured - expected)
        const { agrees, difference_uL, allowed_uL } = judged(expected, measured, dispensed)
        expect(agrees).toBe(off <= 1000 || off * 1000 <= 145 * dispensed)
        expect(equal(difference_uL, whole(measured - expected))).toBe(true)
        expect(equal(allowed_uL, ratio(BigInt(Math.max(1_000_000, 145 * dispensed)), 1000n))).toBe(true)
      }),
    )
  })
})

describe('what is said', () => {
  const REMEDY = 'watch the patient, and check needle place, last fill, pump and catheter before relying on this fill'

  it('of agreement: the figures', () => {
    expect(judged(2000, 2500, 18_000).text).toBe(
      'drawn 2500 uL, expected 2000 uL after 18000 uL dispensed; a difference of 500 uL is within the 2610 uL allowed',
    )
  })

  it('of more than expected: that less was given, and what to do', () => {
    expect(judged(20_000, 23_000, 20_000).text).toBe(
      'drawn 23000 uL, expected 20000 uL after 20000 uL dispensed; a difference of 3000 uL is beyond the 2900 uL allowed: ' +
        `less was given than the pump believes, or what was drawn is not from the reservoir; ${REMEDY}`,
    )
  })

  it('of less than expected: that more was given, and what to do', () => {
    expect(judged(20_000, 17_000, 20_000).text).toBe(
      'drawn 17000 uL, expected 20000 uL after 20000 uL dispensed; a difference of 3000 uL is beyond the 2900 uL allowed: ' +
        `more was given than the pump believes, or drug left the reservoir another way; ${REMEDY}`,
    )
  })
})
