/** Axes: every one is one a reader can use, however far one looks into a run. */
import { describe, expect, it } from 'vitest'
import { amountAxis, placed, timeAxis } from '#hil/report/axis'

const DAY_s = 86_400

describe('an axis of time', () => {
  it.each([
    [7 * DAY_s, ['0', '1', '2', '3', '4', '5', '6', '7 d']],
    [171.67 * DAY_s, ['0', '20', '40', '60', '80', '100', '120', '140', '160 d']],
    [DAY_s, ['0', '3', '6', '9', '12', '15', '18', '21', '24 h']],
    [3600, ['0', '10', '20', '30', '40', '50', '60 min']],
    [0, ['0', '0.1', '0.2', '0.3', '0.4', '0.5', '0.6', '0.7', '0.8', '0.9', '1 s']],
  ] as const)('of %d s from the start counts in one unit, and names it', (end_s, labels) => {
    expect(timeAxis(0, end_s, 10).ticks.map(({ label }) => label)).toEqual(labels)
  })

  it.each([
    [16 * DAY_s, 18 * DAY_s, ['16 d 00:00', '12:00', '17 d 00:00', '12:00', '18 d 00:00']],
    [3 * DAY_s + 7200, 3 * DAY_s + 7800, ['3 d 02:00', '02:02', '02:04', '02:06', '02:08', '02:10']],
    [40 * DAY_s - 2.5, 40 * DAY_s + 0.5, ['39 d 23:59:58', '23:59:59', '40 d 00:00:00']],
    [30, 31, ['00:00:30', '00:00:30.2', '00:00:30.4', '00:00:30.6', '00:00:30.8', '00:00:31']],
  ] as const)('from %d s to %d s has a clock that counts from the start', (from_s, to_s, labels) => {
    const { from, to, ticks } = timeAxis(from_s, to_s, 5)
    expect([from, to]).toEqual([from_s, to_s])
    expect(ticks.map(({ label }) => label)).toEqual(labels)
  })

  it('counts days where many are looked at, wherever they are', () => {
    expect(timeAxis(30 * DAY_s, 60 * DAY_s, 5).ticks.map(({ label }) => label)).toEqual(['30', '40', '50', '60 d'])
  })
})

describe('an axis of amounts', () => {
  it.each([[[]], [[0, 0]], [[-0.1, 0.25]], [[23_300]], [[Number.NaN, 3]], [[-1e-12]], [[1e9, -1e-3]]])(
    'for %j holds them all and zero',
    (values) => {
      const axis = amountAxis(values, 5)
      const finite = [0, ...values.filter(Number.isFinite)]
      expect(axis.from).toBeLessThanOrEqual(Math.min(...finite) + 1e-8 * (axis.to - axis.from))
      expect(axis.to).toBeGreaterThanOrEqual(Math.max(...finite))
      expect(axis.to).toBeGreaterThan(axis.from)
      expect(axis.ticks.length).toBeGreaterThan(1)
      expect(axis.ticks.length).toBeLessThan(9)
      expect(placed(axis, axis.to, 10, 20)).toBe(20)
    },
  )

  it('tells apart what one looks at closely', () => {
    const { ticks } = amountAxis([12_345.25, 12_345.75], 5, false)
    expect(ticks.map(({ label }) => label)).toEqual([
      '12345.2',
      '12345.3',
      '12345.4',
      '12345.5',
      '12345.6',
      '12345.7',
      '12345.8',
    ])
  })

  it('is not empty about one value', () => {
    const { from, to } = amountAxis([2000, 2000], 5, false)
    expect([from < 2000, to > 2000]).toEqual([true, true])
  })
})
