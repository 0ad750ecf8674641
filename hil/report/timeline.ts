/**
 * What happened when: alarms as bars from raised to cleared, and events as dots, on the time axis of the charts.
 */
import { placed } from '#hil/report/axis'
import { tenth } from '#hil/report/curve'
import { drawing } from '#hil/report/drawing'
import { html, type Markup } from '#hil/report/escape'
import { counted, instant } from '#hil/report/figure'
import { runTime } from '#hil/report/ledger-chart'
import { type Layout, timeLegend } from '#hil/report/panel'
import { clip, plain } from '#hil/report/plain'
import type { RunResult } from '#hil/run/result'

interface Lane {
  readonly name: string
  readonly kind: 'alarm' | 'event'
  readonly spans: readonly { readonly from_s: number; readonly to_s: number }[]
}

const MOST_LANES = 12
const LANE_px = 34
const LONGEST_NAME = 44
const RADIUS_px = 4

/** Whether there is anything to put on a timeline. */
export function hasTimeline(run: RunResult): boolean {
  return run.alarms.length + run.events.length > 0
}

/** The timeline as an SVG for a page; `id` must be unique on the page. */
export function timeline(run: RunResult, layout: Layout, id: string): Markup {
  const lanes = lanesOf(run)
  const shown = lanes.slice(0, MOST_LANES)
  const rows = shown.map((lane, index) => row(lane, run, layout, 6 + index * LANE_px))
  const hidden = lanes.length - shown.length
  const base = 6 + shown.length * LANE_px
  const more =
    hidden > 0
      ? html`<text class="note" x="${layout.left}" y="${base + 13}">and ${counted(hidden, 'more kind')} of event</text>`
      : null
  const legend = timeLegend(runTime(run, layout), layout, base + (hidden > 0 ? 20 : 0))
  const caption = {
    title: `Alarms and events over ${instant(run.simulated_s)}`,
    text: `${shown.map(described).join('. ')}.`,
  }
  return drawing(id, layout.width, legend.bottom, caption, html`${rows}${more}${legend.markup}`)
}

function lanesOf(run: RunResult): readonly Lane[] {
  const end_s = Math.max(run.simulated_s, run.samples.at(-1)?.t_s ?? 0)
  const alarms = grouped(
    run.alarms.map((alarm) => ({ name: alarm.alarm, from_s: alarm.raised_s, to_s: alarm.cleared_s ?? end_s })),
    'alarm',
  )
  return [
    ...alarms,
    ...grouped(
      run.events.map(({ event, t_s }) => ({ name: event, from_s: t_s, to_s: t_s })),
      'event',
    ),
  ]
}

function grouped(
  entries: readonly { readonly name: string; readonly from_s: number; readonly to_s: number }[],
  kind: Lane['kind'],
): readonly Lane[] {
  const spans = new Map<string, { readonly from_s: number; readonly to_s: number }[]>()
  for (const { name, from_s, to_s } of entries) {
    const list = spans.get(name)
    if (list === undefined) spans.set(name, [{ from_s, to_s }])
    else list.push({ from_s, to_s })
  }
  return [...spans].map(([name, list]) => ({ name, kind, spans: list }))
}

function described(lane: Lane): string {
  const first = lane.spans[0]?.from_s ?? 0
  return `${lane.kind} ${lane.name}: ${counted(lane.spans.length, 'time')}, first at ${instant(first)}`
}

function row(lane: Lane, run: RunResult, layout: Layout, top: number): Markup {
  const [start, end] = [layout.left, layout.width - layout.right]
  const time = runTime(run, layout)
  const x = (t_s: number) => Math.min(end, Math.max(start, placed(time, t_s, start, end)))
  const middle = top + 23
  const count = lane.spans.length > 1 ? ` (${lane.spans.length})` : ''
  const places = new Map(
    lane.spans.map(({ from_s, to_s }) => [`${Math.round(x(from_s))} ${Math.round(x(to_s))}`, [x(from_s), x(to_s)]]),
  )
  const marks = [...places.values()].map(([from = start, to = start]) =>
    lane.kind === 'alarm' ? bar(from, to, middle) : dot(from, middle),
  )
  return html`<text x="${start}" y="${top + 12}">${lane.kind}: ${clip(plain(lane.name), LONGEST_NAME)}${count}</text>
<path class="grid" d="M${start},${middle}H${end}"/>${marks}\n`
}

function bar(from: number, to: number, middle: number): Markup {
  const head = html`<path class="bar" d="M${tenth(from - 5)},${middle - 6}h10l-5,9z"/>`
  return to - from < 1
    ? head
    : html`${head}<rect class="bar" x="${tenth(from)}" y="${middle - 2}" width="${tenth(to - from)}" height="4"/>`
}

function dot(at: number, middle: number): Markup {
  return html`<circle class="dot" cx="${tenth(at)}" cy="${middle}" r="${RADIUS_px}"/>`
}
