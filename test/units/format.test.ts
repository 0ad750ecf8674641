/** Quantities as people read them: nothing lost that a reader would miss, and durations that inputs would take back. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decimal, decimalBeside, duration, places } from '#units/format'
import { parseMeasure } from '#units/measure'
import { compare, fromText, magnitude, ratio, subtract, toText, whole } from '#units/rational'

/** What the grammar of inputs makes of a printed duration. */
function readBack(text: string): string {
  const parsed = parseMeasure(text, ['duration'])
  return parsed.ok ? toText(parsed.measure.value) : parsed.problem
}

describe('a duration as text', () => {
  it.each([
    ['0', '0 s'],
    ['1', '1 us'],
    ['999', '999 us'],
    ['1/2', '0.5 us'],
    ['1000', '0.001 s'],
    ['1500000', '1.5 s'],
    ['60000000', '1 min'],
    ['3600000000', '1 h'],
    ['86400000000', '1 d'],
    ['262800000000', '3 d 1 h'],
    ['13399203500000', '155 d 2 h 3.5 s'],
    ['86400000001', '1 d 1 us'],
    ['86399999999', '23 h 59 min 59.999999 s'],
    ['-90000000', '-1 min 30 s'],
  ])('%s us is %s', (value_us, text) => {
    expect(duration(fromText(value_us))).toBe(text)
  })

  it('takes a plain number to the nearest microsecond', () => {
    expect(duration(1_500_000.4)).toBe('1.5 s')
    expect(duration(0.4)).toBe('0 s')
  })

  it('reads back as the same duration, for every whole number of microseconds', () => {
    const values = fc.oneof(
      fc.nat(),
      fc.maxSafeNat(),
      fc.nat(5000).map((ms) => ms * 1000),
    )
    fc.assert(
      fc.property(values, (value_us) => {
        expect(readBack(duration(whole(value_us)))).toBe(String(value_us))
        expect(duration(value_us)).toBe(duration(whole(value_us)))
      }),
      { numRuns: 500 },
    )
  })

  it('is off by no more than a tenth of a microsecond for fractions of one', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.integer({ min: 1, max: 1000 }), (n, d) => {
        const value = ratio(BigInt(n), BigInt(d))
        const off = magnitude(subtract(fromText(readBack(duration(value))), value))
        expect(compare(off, ratio(1n, 10n))).toBeLessThan(0)
      }),
    )
  })
})

describe('a decimal', () => {
  it.each([
    ['0', '0'],
    ['1', '1'],
    ['-1/2', '-0.5'],
    ['1/3', '0.333333'],
    ['2/3', '0.666667'],
    ['100', '100'],
    ['100000', '100000'],
    ['1234567', '1234570'],
    ['1/1000', '0.001'],
    ['24000', '24000'],
  ])('of %s is %s', (text, shown) => {
    expect(decimal(fromText(text))).toBe(shown)
  })

  it('has as many significant digits as asked for, and no zeros behind them', () => {
    expect(decimal(ratio(2n, 3n), 3)).toBe('0.667')
    expect(decimal(ratio(5n, 2n), 9)).toBe('2.5')
    expect(decimal(12.000001, 4)).toBe('12')
  })

  it('is the same for a number and for the fraction it is', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 1000 }), (n, d) => {
        expect(decimal(ratio(BigInt(n), BigInt(d)))).toBe(decimal(n / d))
      }),
    )
  })
})

describe('a value in so many places', () => {
  it.each([
    ['0', '0'],
    ['1/8', '0.125'],
    ['-1/8', '-0.125'],
    ['1/3', '0.333'],
    ['2/3', '0.667'],
    ['1/2000', '0.001'],
    ['-1/2001', '0'],
    ['1999999/1000000', '2'],
    ['123456789012345678901234567890', '123456789012345678901234567890'],
  ])('%s is %s', (value, text) => {
    expect(places(fromText(value), 3)).toBe(text)
  })

  it('is off by half of the last place at most, and exact where it ends before', () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.bigInt({ min: 1n, max: 10n ** 9n }), fc.nat(15), (n, d, most) => {
        const text = places(ratio(n, d), most)
        expect(text).toMatch(/^-?\d+(\.\d*[1-9])?$/)
        const [, sign = '', before = '0', after = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) ?? []
        const read = ratio(BigInt(`${sign}${before}${after}`), 10n ** BigInt(after.length))
        const off = magnitude(subtract(read, ratio(n, d)))
        expect(compare(off, ratio(1n, 2n * 10n ** BigInt(most)))).toBeLessThanOrEqual(0)
      }),
    )
  })
})

describe('a decimal beside another one', () => {
  const beside = (value: string, other: string) => decimalBeside(fromText(value), fromText(other))

  it('has the usual digits where these tell them apart, or where both are the same', () => {
    expect(beside('501/2', '250')).toBe('250.5')
    expect(beside('1000/3', '1000/3')).toBe('333.333')
  })

  it('has as many more as it takes', () => {
    expect(beside('2400001/100', '24000')).toBe('24000.01')
    expect(beside('24000', '2400001/100')).toBe('24000')
    expect(beside('10000000001/10000000', '1000')).toBe('1000.0000001')
  })

  it('has no more than a number of the machine holds', () => {
    expect(beside('1000000000000000000001/1000000000000000000', '1000')).toBe('1000')
  })
})
