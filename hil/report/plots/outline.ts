/**
 * A curve as the outline of an SVG: one column of the drawing at a time, each as high and as low as the curve goes in it.
 *
 * Points that lie on a straight line with their neighbors are left out, so that a year of steady flow is two points.
 */
import type { Curve } from '#hil/report/curves/curve'
import type { View } from '#hil/report/curves/run-curves'

/** How far across the drawing coordinates go; the drawing is as wide on a page as the page allows. */
export const ACROSS = 1000

/** Height on the drawing of a value, in pixels from the top. */
type Height = (value: number) => number

interface Spot {
  readonly x: number
  readonly y: number
}

/** The parts of a curve in a view, each a chain of points; a curve that pauses has several. */
function chainsOf(curve: Curve, { from_s, to_s }: View, columns: number, height: Height): readonly (readonly Spot[])[] {
  const chains: Spot[][] = []
  let chain: Spot[] | undefined
  const column_s = (to_s - from_s) / columns
  for (let column = 0; column < columns; column += 1) {
    const range = curve.within(from_s + column * column_s, from_s + (column + 1) * column_s)
    if (range === undefined) {
      chain = undefined
      continue
    }
    if (chain === undefined) {
      chain = []
      chains.push(chain)
    }
    const x = (column * ACROSS) / columns
    const { first, last, least, most } = range
    chain.push({ x, y: height(first) })
    // What lies between the ends of a column is drawn at its middle, the nearer extreme first.
    const middle = x + ACROSS / columns / 2
    const [low, high] = [least < Math.min(first, last), most > Math.max(first, last)]
    const downFirst = Math.abs(first - least) <= Math.abs(most - first)
    if (low && downFirst) chain.push({ x: middle, y: height(least) })
    if (high) chain.push({ x: middle, y: height(most) })
    if (low && !downFirst) chain.push({ x: middle, y: height(least) })
    chain.push({ x: x + ACROSS / columns, y: height(last) })
  }
  return chains
}

/** The curve as the path of an SVG, `M0,12.5L1000,3`. */
export function outline(curve: Curve, view: View, columns: number, height: Height): string {
  return chainsOf(curve, view, columns, height)
    .map((chain) => `M${straightened(chain).map(coordinates).join('L')}`)
    .join('')
}

/** The area between two curves as a closed path; empty where either says nothing. */
export function area(lower: Curve, upper: Curve, view: View, columns: number, height: Height): string {
  const [[below], [above]] = [chainsOf(lower, view, columns, height), chainsOf(upper, view, columns, height)]
  if (below === undefined || above === undefined) return ''
  return `M${[...straightened(above), ...straightened(below).toReversed()].map(coordinates).join('L')}Z`
}

function coordinates({ x, y }: Spot): string {
  return `${tenth(x)},${tenth(y)}`
}

/** A coordinate in tenths of a pixel, which is finer than a screen shows. */
export function tenth(value: number): number {
  return Math.round(value * 10) / 10
}

/** How far a point may lie off the straight line that stands for it, in pixels of height. */
const SLACK_px = 0.2

/** The chain without the points that a straight line between the others passes within {@link SLACK_px} of. */
function straightened(chain: readonly Spot[]): readonly Spot[] {
  const kept: Spot[] = []
  let anchor: Spot | undefined
  let before: Spot | undefined
  let [lowest, highest] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
  const keep = (spot: Spot) => {
    kept.push(spot)
    anchor = spot
    lowest = Number.NEGATIVE_INFINITY
    highest = Number.POSITIVE_INFINITY
  }
  for (const spot of chain) {
    if (anchor === undefined || before === undefined) {
      keep(spot)
    } else {
      const slope = slopeTo(anchor, spot)
      if (before !== anchor && (slope < lowest || slope > highest)) keep(before)
      const run = spot.x - anchor.x
      if (run > 0) {
        lowest = Math.max(lowest, (spot.y - SLACK_px - anchor.y) / run)
        highest = Math.min(highest, (spot.y + SLACK_px - anchor.y) / run)
      } else if (spot.y !== anchor.y) keep(spot)
    }
    before = spot
  }
  if (before !== undefined && before !== anchor) kept.push(before)
  return kept
}

function slopeTo(from: Spot, to: Spot): number {
  return to.x === from.x ? (to.y === from.y ? 0 : Number.POSITIVE_INFINITY) : (to.y - from.y) / (to.x - from.x)
}
