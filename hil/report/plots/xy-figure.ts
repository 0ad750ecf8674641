/**
 * A drawing over something else than the time of the run: the trumpet over its windows, the start of the flow.
 */
import { amountAxis, placed } from '#hil/report/axis'
import { html, type Markup } from '#hil/report/escape'
import { ACROSS, tenth } from '#hil/report/plots/outline'
import { FOOT_px, HEAD_px, tickLabels } from '#hil/report/plots/panel-figure'
import { amountTicks, percent } from '#hil/report/plots/ticks'

/** A point: how far across, from 0 to 1, and how high. */
export interface Spot {
  readonly part: number
  readonly value: number
  /** Drawn hollow where the figure says nothing by itself. */
  readonly hollow?: boolean
}

export interface XyLine {
  readonly name: string
  /** Class of the line in the style sheet. */
  readonly look: 'prescribed' | 'believed' | 'delivered' | 'allowed' | 'limit'
  readonly spots: readonly Spot[]
  readonly dots: boolean
}

export interface XySpec {
  /** Unique on the page. */
  readonly id: string
  readonly title: string
  readonly unit: string
  readonly height: number
  readonly lines: readonly XyLine[]
  /** Lines that mirror some of those above and have no name of their own. */
  readonly mirrored: readonly XyLine[]
  readonly ticks: readonly { readonly part: number; readonly label: string }[]
  readonly note: string
  readonly words: string
}

const AMOUNT_TICKS = 5

/** The drawing with its names and what it shows in words. */
export function xyFigure(spec: XySpec): Markup {
  const all = [...spec.lines, ...spec.mirrored]
  const axis = amountAxis(
    all.flatMap(({ spots }) => spots.map(({ value }) => value)),
    AMOUNT_TICKS,
  )
  const y = (value: number) => tenth(placed(axis, value, spec.height, 0))
  const path = ({ spots }: XyLine) => spots.map(({ part, value }) => `${tenth(part * ACROSS)},${y(value)}`).join('L')
  const ticks = spec.ticks.map(({ part, label }) => ({ x: percent(part), y: spec.height + HEAD_px + 15, label }))
  const grid = [
    ...axis.ticks.map(({ at }) => `M0,${y(at)}H${ACROSS}`),
    ...spec.ticks.map(({ part }) => `M${tenth(part * ACROSS)},0V${spec.height}`),
  ].join('')
  return html`<div class="panel"><p class="panel-head"><span class="panel-title">${spec.title} (${spec.unit})</span>
${spec.lines.map(key)}<span class="note">${spec.note}</span></p>
<svg class="chart" role="img" height="${spec.height + HEAD_px + FOOT_px}"
aria-labelledby="${spec.id}-title ${spec.id}-text">
<title id="${spec.id}-title">${spec.title} in ${spec.unit}</title>
<desc id="${spec.id}-text">${spec.words}</desc>
<g>${tickLabels(amountTicks(axis, spec.height, HEAD_px), 'end')}</g>
<svg class="drawing" y="${HEAD_px}" width="100%" height="${spec.height}" viewBox="0 0 ${ACROSS} ${spec.height}"
preserveAspectRatio="none"><path class="grid" d="${grid}"/><path class="zero" d="M0,${y(0)}H${ACROSS}"/>
${all.map((line) => html`<path class="line ${line.look}" d="M${path(line)}"/>\n`)}</svg>
<svg class="marks" y="${HEAD_px}" width="100%" height="${spec.height}">${spec.lines.flatMap((line) => dots(line, y))}</svg>
<g>${tickLabels(ticks, 'middle')}</g>
</svg></div>\n`
}

function key({ name, look, dots }: XyLine): Markup {
  const dot = dots ? html`<circle class="spot ${look}-spot" cx="12" cy="5" r="3.5"/>` : null
  return html`<span class="key"><svg class="chart swatch" width="24" height="10" aria-hidden="true"><path
class="line ${look}" d="M3,5H21"/>${dot}</svg> ${name}</span> `
}

function dots({ look, spots, dots }: XyLine, y: (value: number) => number): readonly Markup[] {
  if (!dots) return []
  return spots.map(
    ({ part, value, hollow }) =>
      html`<circle class="spot ${look}-spot${hollow === true ? ' hollow' : ''}" cx="${percent(part)}" cy="${y(value)}" r="3.5"/>`,
  )
}
