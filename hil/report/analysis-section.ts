/**
 * The analysis of a run on the page: the trumpet and the start of the flow drawn, and every other figure as a table.
 */
import { analysisLines } from '#hil/report/analysis-lines'
import { html, type Markup } from '#hil/report/escape'
import { instant, NONE, signed } from '#hil/report/figure'
import {
  body,
  figureCell,
  figures,
  nameCell,
  row,
  scrollTable,
  shortCell,
  textCell,
  words,
} from '#hil/report/html-table'
import { type Spot, type XyLine, xyFigure } from '#hil/report/plots/xy-figure'
import type { Analysis, StartUpAnalysis, TrumpetAnalysis, TrumpetPoint } from '#hil/run/analysis/types'
import { decimal } from '#units/format'

/** The section of the analysis; `id` must be unique on the page. */
export function analysisSection(analysis: Analysis, id: string): Markup {
  const { trumpet, start_up } = analysis
  const lines = analysisLines(analysis).filter(({ label }) => label !== 'trumpet')
  return html`<h3>Analysis</h3>
<p class="small">What a pump test reports of any run. None of it is a verdict; every figure is exact over all instants.</p>
${
  lines.length === 0
    ? null
    : scrollTable(
        'Analysis',
        [words('figure'), words('value')],
        [body(lines.map(({ label, text }) => row(nameCell(label), textCell(text))))],
      )
}
${trumpet === null || trumpet.points.length === 0 ? null : trumpetFigure(trumpet, `${id}-trumpet`)}
${start_up === null || start_up.points.length === 0 ? null : startUpFigure(start_up, `${id}-start-up`)}`
}

const HEIGHT_px = 170

/** The trumpet: the flow error furthest each way over the length of the window, on a scale on which each doubling is as wide. */
function trumpetFigure(trumpet: TrumpetAnalysis, id: string): Markup {
  const { points, within_percent, protocol, source, from_s, to_s } = trumpet
  const windows = points.map(({ window_s }) => Math.log(window_s))
  const [first, last] = [Math.min(...windows), Math.max(...windows)]
  const part = (window_s: number) =>
    last > first ? 0.03 + (0.94 * (Math.log(window_s) - first)) / (last - first) : 0.5
  const spots = (value: (point: TrumpetPoint) => number | null): readonly Spot[] =>
    points.flatMap((point) => {
      const found = value(point)
      return found === null
        ? []
        : [{ part: part(point.window_s), value: found, hollow: point.state === 'unresolvable' }]
    })
  const limit = (name: string, value: number): XyLine => ({
    ...{ name, look: 'limit', dots: false },
    spots: [0, 1].map((end) => ({ part: end, value })),
  })
  const floor = (sign: number): XyLine => ({
    ...{ name: 'one step', look: 'allowed', dots: false },
    spots: spots(({ floor_percent }) => (floor_percent === null ? null : sign * floor_percent)),
  })
  const words = points.map((point) => `${instant(point.window_s)}: ${pointWords(point)}`).join('. ')
  return html`<figure>
${xyFigure({
  id,
  title: 'trumpet: largest flow error over the length of the window',
  unit: '%',
  height: HEIGHT_px,
  lines: [
    limit(`tolerance of the pump, ±${decimal(within_percent)} %`, within_percent),
    { name: 'most', look: 'delivered', spots: spots(({ most_percent }) => most_percent), dots: true },
    { name: 'least', look: 'believed', spots: spots(({ least_percent }) => least_percent), dots: true },
    floor(1),
  ],
  mirrored: [limit('', -within_percent), floor(-1)],
  ticks: points.map(({ window_s }) => ({ part: part(window_s), label: instant(window_s) })),
  note: points.some(({ state }) => state === 'unresolvable')
    ? 'hollow: one step is more than the tolerance, so the window resolves nothing'
    : '',
  words: `${words}.`,
})}
<figcaption>Windows of ${protocol}, from ${instant(from_s)} to ${instant(to_s)}, at every start. ${source}</figcaption>
${trumpetTable(points)}
</figure>`
}

const STATE: Readonly<Record<TrumpetPoint['state'], string>> = {
  resolved: 'resolved',
  unresolvable: 'unresolvable: one step is more than the tolerance',
  unprescribed: 'in some window nothing is prescribed',
}

function pointWords({ state, least_percent, most_percent }: TrumpetPoint): string {
  if (least_percent === null || most_percent === null) return STATE[state]
  return `${signed(Number(least_percent.toPrecision(4)))} % to ${signed(Number(most_percent.toPrecision(4)))} %, ${STATE[state]}`
}

const TRUMPET_HEADS = [
  words('window'),
  figures('least', '%'),
  words('at'),
  figures('most', '%'),
  words('at'),
  figures('one step', '%'),
  words('state'),
]

function trumpetTable(points: readonly TrumpetPoint[]): Markup {
  const figure = (value: number | null) => figureCell(value === null ? NONE : signed(Number(value.toPrecision(5))))
  const rows = points.map((point) =>
    row(
      nameCell(instant(point.window_s)),
      figure(point.least_percent),
      shortCell(instant(point.least_at_s)),
      figure(point.most_percent),
      shortCell(instant(point.most_at_s)),
      figureCell(point.floor_percent === null ? NONE : decimal(point.floor_percent, 4)),
      textCell(STATE[point.state]),
    ),
  )
  return scrollTable('Trumpet', TRUMPET_HEADS, [body(rows)])
}

/** How the flow settles from the first instant at which anything is prescribed. */
function startUpFigure({ points, interval_s }: StartUpAnalysis, id: string): Markup {
  const begin = points[0]?.from_s ?? 0
  const end = points.at(-1)?.to_s ?? begin + 1
  const part = (t_s: number) => (t_s - begin) / (end - begin)
  const spots = (value: (point: (typeof points)[number]) => number): readonly Spot[] =>
    points.flatMap((point) => [point.from_s, point.to_s].map((t_s) => ({ part: part(t_s), value: value(point) })))
  const flows = points.map(({ delivered_mL_per_d }) => delivered_mL_per_d)
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((at) => ({ part: at, label: instant(begin + at * (end - begin)) }))
  return html`<figure>
${xyFigure({
  id,
  title: 'start-up: mean flow in each interval',
  unit: 'mL/d',
  height: HEIGHT_px,
  lines: [
    {
      name: 'prescribed',
      look: 'prescribed',
      spots: spots(({ prescribed_mL_per_d }) => prescribed_mL_per_d),
      dots: false,
    },
    { name: 'delivered', look: 'delivered', spots: spots(({ delivered_mL_per_d }) => delivered_mL_per_d), dots: false },
  ],
  mirrored: [],
  ticks,
  note: `intervals of ${instant(interval_s)}`,
  words: `${points.length} intervals, delivered from ${decimal(Math.min(...flows))} to ${decimal(Math.max(...flows))} mL/d.`,
})}
</figure>`
}
