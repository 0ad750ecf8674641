/**
 * One panel as it stands on the page: its heading with the names of the lines, the drawing, and the same in words.
 *
 * The drawing fills whatever width the page has: what has to keep its shape (text, marks) is placed in percent of the
 * width, what may be stretched (lines) in thousandths of it.
 */
import type { Drawable, View } from '#hil/report/curves/run-curves'
import { html, type Markup } from '#hil/report/escape'
import { amount, instant } from '#hil/report/figure'
import { type DrawnLine, type DrawnPanel, drawn } from '#hil/report/plots/drawn'
import { type Mark, markLayer } from '#hil/report/plots/marks'
import { ACROSS } from '#hil/report/plots/outline'
import type { LineSpec, PanelSpec } from '#hil/report/plots/panels'
import { amountTicks, type PlacedTick, sharedTime, timeGrid, timeTicks } from '#hil/report/plots/ticks'

/** Columns of a drawing that is printed or read without a script. */
const COLUMNS = 500
/** Room for half a label above the panel, and for the labels of the time axis below it. */
export const HEAD_px = 6
export const FOOT_px = 20

/** What stands between and beside the axes of a panel, how high it is, and what it shows in words. */
export interface PanelDrawing {
  readonly markup: Markup
  readonly height: number
  readonly words: string
  readonly panel: DrawnPanel
}

/** A panel drawn as wide as the place it is put in; labels lie outside of it, to the left and below. */
export function panelDrawing(spec: PanelSpec, run: Drawable, view: View, marks: readonly Mark[]): PanelDrawing {
  const time = sharedTime(view)
  const panel = drawn(spec, run, view, COLUMNS)
  // The shade of a fault lies under the lines, which are what it is looked at for; an alarm crosses them.
  const layer = (kind: Mark['kind']) =>
    markLayer(
      marks.filter((mark) => mark.kind === kind),
      view,
      HEAD_px,
      spec.height,
    )
  const markup = html`<g class="amounts">${tickLabels(amountTicks(panel.axis, spec.height, HEAD_px), 'end')}</g>
${layer('faulted')}
<svg class="drawing" y="${HEAD_px}" width="100%" height="${spec.height}" viewBox="0 0 ${ACROSS} ${spec.height}"
preserveAspectRatio="none"><path class="band" d="${panel.band}"/><path class="grid amount-grid" d="${panel.grid}"/>
<path class="grid time-grid" d="${timeGrid(time, spec.height)}"/><path class="zero" d="${panel.zero}"/>
<path class="allowed" d="${panel.step}"/>${panel.lines.map(linePath)}</svg>
${layer('raised')}
<g class="times">${tickLabels(timeTicks(time, spec.height + HEAD_px), 'middle')}</g>`
  return { markup, height: spec.height + HEAD_px + FOOT_px, words: wordsOf(spec, panel), panel }
}

/** A panel of the page with the names of its lines; `id` must be unique on the page. */
export function panelFigure(spec: PanelSpec, run: Drawable, marks: readonly Mark[], id: string): Markup {
  const { markup, height, words, panel } = panelDrawing(spec, run, { from_s: 0, to_s: run.run.end_s }, marks)
  return html`<div class="panel" data-panel="${spec.id}">
<p class="panel-head"><span class="panel-title">${spec.title} (${spec.unit})</span>
${panel.lines.filter(({ path }) => path !== '').map(({ spec: line }) => key(line))}
${panel.band === '' ? null : bandKey(run.run.tolerance)}<span class="note">${panel.note}</span></p>
<svg class="chart" role="img" height="${height}" aria-labelledby="${id}-title ${id}-text">
<title id="${id}-title">${titleOf(spec, run)}</title>
<desc id="${id}-text">${words}</desc>
${markup}
</svg></div>\n`
}

function linePath({ spec, path }: DrawnLine): Markup {
  return html`<path class="line ${spec.ledger}" data-curve="${spec.curve}" d="${path}"/>\n`
}

function key({ name, ledger, curve }: LineSpec): Markup {
  return html`<span class="key" data-curve="${curve}"><svg class="chart swatch" width="24" height="10" aria-hidden="true"><path
class="line ${ledger}" d="M3,5H21"/></svg> ${name} <span class="now"></span></span> `
}

function bandKey(tolerance: number): Markup {
  return html`<span class="key"><svg class="chart swatch" width="24" height="10" aria-hidden="true"><path class="band"
d="M2,0H22V10H2Z"/></svg> tolerance of the pump, ±${amount(tolerance * 100)} %</span> `
}

/** Labels of an axis. */
export function tickLabels(ticks: readonly PlacedTick[], anchor: 'middle' | 'end'): readonly Markup[] {
  return ticks.map(
    ({ x, y, label }) => html`<text class="tick" x="${x}" y="${y}" text-anchor="${anchor}">${label}</text>`,
  )
}

function titleOf(spec: PanelSpec, run: Drawable): string {
  const names = spec.lines.map(({ name }) => name)
  return `${spec.title} in ${spec.unit} over ${instant(run.run.end_s)}: ${names.join(', ')}`
}

/** What a reader would see: where each line goes. */
function wordsOf(spec: PanelSpec, { lines, note }: DrawnPanel): string {
  const said = lines.flatMap(({ spec: { name }, range }) => {
    if (range === undefined) return []
    const { first, last, least, most } = range
    const figure = (value: number) => amount(quiet(value, range.most - range.least))
    return `${name}: from ${figure(first)} to ${figure(last)} ${spec.unit}, never below ${figure(least)} or above ${figure(most)}`
  })
  return `${[...said, note].filter((part) => part !== '').join('. ')}.`
}

/** A figure without what plain numbers leave behind of nothing. */
function quiet(value: number, span: number): number {
  return Math.abs(value) <= Math.max(span, Math.abs(value)) * 1e-7 && Math.abs(value) < 1e-6
    ? 0
    : Number(value.toPrecision(8))
}
