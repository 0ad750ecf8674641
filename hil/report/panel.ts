/**
 * One panel of a chart: curves over time between two axes. Panels are stacked on one time axis.
 */
import { type Axis, placed, type TimeAxis } from '#hil/report/axis'
import { pathOf, tenth, thinned } from '#hil/report/curve'
import { beside, type Curve, coinciding, listed, listedHeight } from '#hil/report/direct-label'
import { html, type Markup } from '#hil/report/escape'

/** Where things stand in a drawing of a certain width. */
export interface Layout {
  readonly width: number
  /** Room for the labels of the amount axis, and for the names of curves. */
  readonly left: number
  readonly right: number
  readonly labels: 'beside' | 'above'
  readonly ledgerHeight: number
  readonly gapHeight: number
  readonly timeTicks: number
}

/** For screens and paper from about 760 pixels on. */
export const WIDE: Layout = {
  width: 900,
  left: 72,
  right: 196,
  labels: 'beside',
  ledgerHeight: 220,
  gapHeight: 110,
  timeTicks: 10,
}

/** For a telephone held upright. */
export const NARROW: Layout = {
  width: 400,
  left: 58,
  right: 14,
  labels: 'above',
  ledgerHeight: 190,
  gapHeight: 110,
  timeTicks: 5,
}

/** What one panel shows. */
export interface PanelSpec {
  /** What the amount axis measures, with its unit: `volume (uL)`. */
  readonly title: string
  readonly axis: Axis
  readonly height: number
  /** Drawn in this order, the last on top. */
  readonly curves: readonly Curve[]
  /** A difference that is allowed, drawn on both sides of zero. */
  readonly allowed?: number | undefined
  /** Instants marked through the panel. */
  readonly raised_s: readonly number[]
}

/** Curves with more samples than this are thinned for drawing. */
export const DRAWN_SAMPLES = 1000
const HEAD_px = 24
/** A line closer to zero than this is taken for zero. */
const LEAST_APART_px = 8

/** Whether a line at `value` could be told from the line at zero. */
export function canBeTold(axis: Axis, height: number, value: number): boolean {
  return Math.abs(placed(axis, value, height, 0) - placed(axis, 0, height, 0)) >= LEAST_APART_px
}

/** The panel drawn from `top` on, and the height at which it ends. */
export function panel(
  spec: PanelSpec,
  time: TimeAxis,
  layout: Layout,
  top: number,
): { readonly markup: Markup; readonly bottom: number } {
  const [start, end] = [layout.left, layout.width - layout.right]
  const groups = coinciding(spec.curves, (value) => placed(spec.axis, value, spec.height, 0))
  const listing = layout.labels === 'above' ? listedHeight(groups) + 6 : 0
  const plotTop = top + HEAD_px + listing
  const bottom = plotTop + spec.height
  const x = (t_s: number) => placed(time, t_s, start, end)
  const y = (value: number) => placed(spec.axis, value, bottom, plotTop)
  const names =
    layout.labels === 'above'
      ? listed(groups, start, top + HEAD_px - 4)
      : beside(groups, { plotEnd: end, x: end + 24, top: plotTop - 8, bottom: bottom + 8 }, y)
  const markup = html`<g>
<text class="head" x="${start}" y="${top + 13}">${spec.title}</text>
${amountGrid(spec.axis, y, start, end)}${timeGrid(time, x, plotTop, bottom)}
${allowance(spec, y, start, end)}${raisedLines(spec.raised_s, x, plotTop, bottom)}
${spec.curves.map((curve) => line(curve, x, y))}
${names}
</g>`
  return { markup, bottom }
}

function line(curve: Curve, x: (t_s: number) => number, y: (value: number) => number): Markup {
  return html`<path class="line ${curve.style}" d="${pathOf(thinned(curve.points, DRAWN_SAMPLES), x, y)}"/>\n`
}

function amountGrid(axis: Axis, y: (value: number) => number, start: number, end: number): readonly Markup[] {
  return axis.ticks.map(({ at, label }) => {
    const height = tenth(y(at))
    const kind = at === 0 ? 'zero' : 'grid'
    return html`<path class="${kind}" d="M${start},${height}H${end}"/>
<text class="tick" x="${start - 8}" y="${height + 4}" text-anchor="end">${label}</text>\n`
  })
}

function timeGrid(time: TimeAxis, x: (t_s: number) => number, top: number, bottom: number): Markup {
  const lines = time.ticks.map(({ at }) => `M${tenth(x(at))},${tenth(top)}V${tenth(bottom)}`)
  return html`<path class="grid" d="${lines.join('')}"/>`
}

function allowance(spec: PanelSpec, y: (value: number) => number, start: number, end: number): Markup | null {
  const { allowed } = spec
  if (allowed === undefined) return null
  const lines = [allowed, -allowed].map((at) => `M${start},${tenth(y(at))}H${end}`)
  return html`<path class="allowed" d="${lines.join('')}"/>`
}

function raisedLines(raised_s: readonly number[], x: (t_s: number) => number, top: number, bottom: number): Markup {
  const places = new Set(raised_s.map((t_s) => Math.round(x(t_s))))
  const lines = [...places].map((place) => `M${place},${tenth(top)}V${tenth(bottom)}`)
  return html`<path class="raised" d="${lines.join('')}"/>`
}

/** The labels and the title of the time axis under the last panel, and the height at which they end. */
export function timeLegend(
  time: TimeAxis,
  layout: Layout,
  top: number,
): { readonly markup: Markup; readonly bottom: number } {
  const [start, end] = [layout.left, layout.width - layout.right]
  const labels = time.ticks.map(({ at, label }) => {
    const x = tenth(placed(time, at, start, end))
    return html`<text class="tick" x="${x}" y="${top + 18}" text-anchor="middle">${label}</text>`
  })
  const middle = (start + end) / 2
  const title = html`<text class="axis" x="${middle}" y="${top + 38}" text-anchor="middle">time since start
(${time.unit})</text>`
  return { markup: html`${labels}${title}`, bottom: top + 44 }
}
