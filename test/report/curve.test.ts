/** Thinning and axes: a spike is never lost, and every axis is one a reader can use. */
import { describe, expect, it } from 'vitest'
import { amountAxis, placed, timeAxis } from '#hil/report/axis'
import { pathOf, thinned } from '#hil/report/curve'
import { beside, coinciding } from '#hil/report/direct-label'

const flat = (count: number) => Array.from({ length: count }, (_, index) => ({ t_s: index, value: 0 }))

describe('thinning', () => {
  it.each([0, 1, 499, 50_000, 99_998, 99_999])('keeps a spike of one sample at %i', (at) => {
    const points = flat(100_000).map((point) => (point.t_s === at ? { ...point, value: -7 } : point))
    const kept = thinned(points, 1000)
    expect(kept.length).toBeLessThanOrEqual(1000)
    expect(kept).toContainEqual({ t_s: at, value: -7 })
  })

  it('keeps the ends and the order of time', () => {
    const kept = thinned(flat(4801), 1000)
    expect([kept.at(0)?.t_s, kept.at(-1)?.t_s]).toEqual([0, 4800])
    expect(kept.every((point, index) => index === 0 || point.t_s > (kept[index - 1]?.t_s ?? 0))).toBe(true)
  })

  it('leaves few points as they are', () => {
    const points = flat(1000)
    expect(thinned(points, 1000)).toBe(points)
  })
})

describe('a path', () => {
  const same = (value: number) => value
  it('is empty without points, a dot for one, and a line for more', () => {
    expect(pathOf([], same, same)).toBe('')
    expect(pathOf([{ t_s: 1, value: 2 }], same, same)).toBe('M1,2h0.1')
    expect(
      pathOf(
        [
          { t_s: 1, value: 2 },
          { t_s: 3, value: 4.44 },
        ],
        same,
        same,
      ),
    ).toBe('M1,2L3,4.4')
  })
})

describe('an axis', () => {
  it.each([
    [7 * 86_400, 'd', ['0', '1', '2', '3', '4', '5', '6', '7']],
    [171.67 * 86_400, 'd', ['0', '20', '40', '60', '80', '100', '120', '140', '160']],
    [86_400, 'h', ['0', '3', '6', '9', '12', '15', '18', '21', '24']],
    [3600, 'min', ['0', '10', '20', '30', '40', '50', '60']],
    [0, 's', ['0', '0.1', '0.2', '0.3', '0.4', '0.5', '0.6', '0.7', '0.8', '0.9', '1']],
  ] as const)('of %d s counts in %s', (end_s, unit, labels) => {
    const axis = timeAxis(end_s, 10)
    expect(axis.unit).toBe(unit)
    expect(axis.ticks.map(({ label }) => label)).toEqual(labels)
  })

  it.each([[[]], [[0, 0]], [[-0.1, 0.25]], [[23_300]], [[Number.NaN, 3]], [[-1e-12]], [[1e9, -1e-3]]])(
    'of amounts %j holds them all and zero',
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
})

describe('labels', () => {
  const curve = (name: string, value: number) => ({ name, style: 'believed' as const, points: [{ t_s: 0, value }] })
  const y = (value: number) => 100 - value

  it('are shared by curves within a pixel at every sample, and by no others', () => {
    const groups = coinciding([curve('a', 10), curve('b', 10.9), curve('c', 11.1)], y)
    expect(groups.map((group) => group.map(({ name }) => name))).toEqual([['a', 'b'], ['c']])
  })

  it.each([[[50, 52, 54]], [[0, 2, 4]], [[100, 98, 96]], [[0, 100, 50]]])(
    'never overlap when curves end at %j, and stay within the plot',
    (ends) => {
      const groups = ends.map((end, index) => [curve(`curve ${index}`, end)])
      const labels = beside(groups, { plotEnd: 0, x: 20, top: -8, bottom: 108 }, y)
      const heights = labels
        .flatMap((label) =>
          [...label.toString().matchAll(/<text x="\d+" y="([\d.-]+)"/g)].map((match) => Number(match[1])),
        )
        .sort((a, b) => a - b)
      expect(heights).toHaveLength(3)
      for (const [index, height] of heights.entries()) {
        expect(height - (heights[index - 1] ?? -100)).toBeGreaterThanOrEqual(14.9)
        expect(height).toBeGreaterThanOrEqual(-8)
        expect(height).toBeLessThanOrEqual(108)
      }
    },
  )
})
