/** Drawings: no spike is lost on paper, nothing is drawn that is not there, and looking closer stays within the run. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Points } from '#hil/report/curves/points'
import { Drawable } from '#hil/report/curves/run-curves'
import { sampledCurves } from '#hil/report/curves/sample-curves'
import { thinned } from '#hil/report/curves/thinned'
import { drawn } from '#hil/report/plots/drawn'
import { ACROSS, area, outline } from '#hil/report/plots/outline'
import { panelsOf } from '#hil/report/plots/panels'
import { fitted, isWhole, moved, showing, zoomed } from '#hil/report/reader/zoom'
import { passingWeek, ranDry } from './fabricated.ts'

const upright = (value: number) => value

function spotsOf(path: string): readonly (readonly [x: number, y: number])[] {
  return path
    .split(/[ML]/)
    .filter((spot) => spot !== '')
    .map((spot) => spot.split(',').map(Number) as [number, number])
}

describe('thinning', () => {
  it.each([0, 1, 499, 50_000, 99_998, 99_999])('keeps a spike of one value at %i', (at) => {
    const values = Array.from({ length: 100_000 }, (_, index) => (index === at ? -7 : 0))
    const kept = thinned(values, 1000)
    expect(kept.length).toBeLessThanOrEqual(1000)
    expect(kept).toContain(at)
    expect([kept.at(0), kept.at(-1)]).toEqual([0, 99_999])
    expect(kept.every((index, place) => place === 0 || index > (kept[place - 1] ?? 0))).toBe(true)
  })

  it('leaves few values as they are', () => {
    expect(thinned([3, 1, 2], 3)).toEqual([0, 1, 2])
  })
})

describe('an outline', () => {
  const points = fc
    .array(fc.tuple(fc.integer({ min: 0, max: 3000 }), fc.integer({ min: -200, max: 200 })), {
      minLength: 2,
      maxLength: 400,
    })
    .map((list) => {
      let now = 0
      const at = list.map(([after]) => {
        now += after
        return now
      })
      return { at, values: list.map(([, value]) => value), end: Math.max(1, now) }
    })

  it('is as high and as low as the curve, in however few columns', () => {
    fc.assert(
      fc.property(points, fc.constantFrom(7, 100, 500), ({ at, values, end }, columns) => {
        const path = outline(new Points(at, values), { from_s: 0, to_s: end }, columns, upright)
        const heights = spotsOf(path).map(([, y]) => y)
        const drawnFrom = values.filter((_, index) => (at[index] ?? 0) >= (at[0] ?? 0))
        expect(Math.abs(Math.max(...heights) - Math.max(...drawnFrom))).toBeLessThan(0.4)
        expect(Math.abs(Math.min(...heights) - Math.min(...drawnFrom))).toBeLessThan(0.4)
      }),
    )
  })

  it('that begins with a jump is at both ends of it', () => {
    const path = outline(new Points([0, 0], [0, 1]), { from_s: 0, to_s: 1 }, 7, upright)
    expect(spotsOf(path).map(([, y]) => y)).toEqual(expect.arrayContaining([0, 1]))
  })

  it('shows a spike of five minutes in ninety days', () => {
    const day = 86_400
    const at = [0, 45 * day, 45 * day, 45 * day + 300, 45 * day + 300, 90 * day]
    const path = outline(new Points(at, [1, 1, 100, 100, 1, 1]), { from_s: 0, to_s: 90 * day }, 500, upright)
    expect(Math.max(...spotsOf(path).map(([, y]) => y))).toBe(100)
    expect(spotsOf(path).length).toBeLessThan(12)
  })

  it('of a steady flow is two points, from end to end', () => {
    expect(outline(new Points([0, 10], [0, 100]), { from_s: 0, to_s: 10 }, 500, upright)).toBe('M0,0L1000,100')
  })

  it('pauses where the curve does, and is empty where it is not', () => {
    const late = new Points([5, 10], [1, 1])
    expect(spotsOf(outline(late, { from_s: 0, to_s: 10 }, 10, upright))[0]).toEqual([ACROSS * 0.4, 1])
    expect(outline(new Points([], []), { from_s: 0, to_s: 10 }, 10, upright)).toBe('')
    expect(area(new Points([], []), late, { from_s: 0, to_s: 10 }, 10, upright)).toBe('')
  })
})

describe('a panel', () => {
  const whole = (run: ReturnType<typeof sampledCurves>) => ({ from_s: 0, to_s: run.end_s })
  const panelOf = (run: ReturnType<typeof sampledCurves>, id: string) => {
    const spec = panelsOf(run).find((panel) => panel.id === id)
    if (spec === undefined) throw new Error(`no panel ${id}`)
    return drawn(spec, new Drawable(run), whole(run), 500)
  }

  it('says when no line can be told from the others, and only then', () => {
    expect(panelOf(sampledCurves(passingWeek()), 'volume').note).toContain('all 3 lines within 1 pixel')
    expect(panelOf(sampledCurves(ranDry()), 'volume').note).not.toContain('within 1 pixel')
  })

  it('puts one motor step into proportion, where it can be seen', () => {
    expect(panelOf(sampledCurves(passingWeek()), 'volume-gap').note).toContain('dotted: 1 motor step, 0.25 uL')
    expect(panelOf(sampledCurves(ranDry()), 'volume-gap').step).toBe('')
  })

  it('is left out where the result says nothing of what it would show', () => {
    expect(panelsOf(sampledCurves(passingWeek())).map(({ id }) => id)).toEqual([
      'volume',
      'volume-gap',
      'mass',
      'mass-gap',
    ])
    expect(panelsOf(sampledCurves({ ...passingWeek(), samples: [] }))).toEqual([])
  })
})

describe('looking closer', () => {
  const view = { from_s: 100, to_s: 200 }

  it('keeps the instant where it is', () => {
    const near = zoomed(view, 0.5, 125, 1000)
    expect((125 - near.from_s) / (near.to_s - near.from_s)).toBe(0.25)
    expect(near.to_s - near.from_s).toBe(50)
  })

  it('never leaves the run, and never shows less than a second', () => {
    const instants = fc.double({ min: -500, max: 1500, noNaN: true })
    fc.assert(
      fc.property(instants, instants, fc.double({ min: 0.5, max: 1000, noNaN: true }), (a, b, end_s) => {
        const { from_s, to_s } = fitted({ from_s: Math.min(a, b), to_s: Math.max(a, b) }, end_s)
        expect(from_s).toBeGreaterThanOrEqual(0)
        expect(to_s).toBeLessThanOrEqual(end_s + 1e-9)
        expect(to_s - from_s).toBeGreaterThanOrEqual(Math.min(1, end_s) - 1e-9)
      }),
    )
    expect(isWhole(zoomed(view, 1e6, 150, 1000), 1000)).toBe(true)
    expect(moved(view, -9, 1000)).toEqual({ from_s: 0, to_s: 100 })
  })

  it('follows the cursor by as little as shows it', () => {
    expect(showing(view, 150, 1000)).toBe(view)
    expect(showing(view, 210, 1000)).toEqual({ from_s: 110, to_s: 210 })
    expect(showing(view, 10, 1000)).toEqual({ from_s: 10, to_s: 110 })
  })
})
