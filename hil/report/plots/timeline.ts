/**
 * What happened when: alarms from raised to cleared, faults from begun to ended and events as dots, each kind on a lane of
 * its own, on the time axis of the other drawings.
 */
import type { View } from '#hil/report/curves/run-curves'
import { html, type Markup } from '#hil/report/escape'
import { counted, instant } from '#hil/report/figure'
import { clip, plain } from '#hil/report/plain'
import { faultSpans } from '#hil/report/plots/marks'
import { ACROSS } from '#hil/report/plots/outline'
import { FOOT_px, tickLabels } from '#hil/report/plots/panel-figure'
import { percent, sharedTime, timeGrid, timeTicks } from '#hil/report/plots/ticks'
import type { RunResult } from '#hil/run/result'

interface Span {
  readonly from_s: number
  readonly to_s: number
}

interface Lane {
  readonly name: string
  readonly kind: 'alarm' | 'fault' | 'event'
  readonly spans: readonly Span[]
}

const MOST_LANES = 14
const LANE_px = 30
const LONGEST_NAME = 44
/** Marks on a lane are told apart down to this part of the run; the list of events has them all. */
const PLACES = 1000

/** Whether there is anything to put on a timeline. */
export function hasTimeline(run: RunResult): boolean {
  return run.alarms.length + run.events.length > 0
}

/** The timeline of a run up to `end_s`; `id` must be unique on the page. */
export function timeline(run: RunResult, end_s: number, id: string): Markup {
  const lanes = lanesOf(run, end_s)
  const shown = lanes.slice(0, MOST_LANES)
  const hidden = lanes.length - shown.length
  const view: View = { from_s: 0, to_s: end_s }
  const time = sharedTime(view)
  const height = shown.length * LANE_px
  return html`<div class="panel" data-panel="timeline">
<p class="panel-head"><span class="panel-title">alarms, faults and events</span>
${key('bar', 'alarm, from raised to cleared')}${key('fault', 'fault, from begun to ended')}${key('dot', 'event')}
${hidden > 0 ? html`<span class="note">and ${counted(hidden, 'more kind')} of event</span>` : null}</p>
<svg class="chart" role="img" height="${height + FOOT_px}" aria-labelledby="${id}-title ${id}-text">
<title id="${id}-title">Alarms, faults and events over ${instant(end_s)}</title>
<desc id="${id}-text">${shown.map(described).join('. ')}.</desc>
<svg class="drawing" width="100%" height="${height}" viewBox="0 0 ${ACROSS} ${height}" preserveAspectRatio="none"><path
class="grid time-grid" d="${timeGrid(time, height)}"/></svg>
<svg class="marks" width="100%" height="${height}">${shown.map((lane, index) => row(lane, view, index * LANE_px))}</svg>
<g class="times">${tickLabels(timeTicks(time, height), 'middle')}</g>
</svg></div>\n`
}

function key(kind: string, name: string): Markup {
  const shape = { bar: html`<path class="bar" d="M2,3H22V7H2Z"/>`, fault: html`<path class="fault" d="M2,3H22V7H2Z"/>` }
  return html`<span class="key"><svg class="chart swatch" width="24" height="10" aria-hidden="true">${
    kind === 'bar' ? shape.bar : kind === 'fault' ? shape.fault : html`<circle class="dot" cx="12" cy="5" r="4"/>`
  }</svg> ${name}</span> `
}

function lanesOf(run: RunResult, end_s: number): readonly Lane[] {
  const alarms = run.alarms.map(({ alarm, raised_s, cleared_s }) => ({
    name: alarm,
    from_s: raised_s,
    to_s: cleared_s ?? end_s,
  }))
  const others = run.events.filter(({ event }) => event !== 'fault-begun' && event !== 'fault-ended')
  return [
    ...grouped(alarms, 'alarm'),
    ...grouped(faultSpans(run, end_s), 'fault'),
    ...grouped(
      others.map(({ event, t_s }) => ({ name: event, from_s: t_s, to_s: t_s })),
      'event',
    ),
  ]
}

function grouped(entries: readonly (Span & { readonly name: string })[], kind: Lane['kind']): readonly Lane[] {
  const spans = new Map<string, Span[]>()
  for (const { name, from_s, to_s } of entries) spans.set(name, [...(spans.get(name) ?? []), { from_s, to_s }])
  return [...spans].map(([name, list]) => ({ name, kind, spans: list }))
}

function described({ kind, name, spans }: Lane): string {
  const first = spans[0]?.from_s ?? 0
  return `${kind} ${name}: ${counted(spans.length, 'time')}, first at ${instant(first)}`
}

function row({ name, kind, spans }: Lane, { from_s, to_s }: View, top: number): Markup {
  const part = (t_s: number) => Math.min(1, Math.max(0, (t_s - from_s) / (to_s - from_s)))
  const middle = top + 21
  const count = spans.length > 1 ? ` (${spans.length})` : ''
  const places = new Map(
    spans.map((span) => [[span.from_s, span.to_s].map((t_s) => Math.round(part(t_s) * PLACES)).join(), span]),
  )
  const marks = [...places.values()].map((span) => mark(kind, span, part, middle))
  return html`<text x="0" y="${top + 12}">${kind}: ${clip(plain(name), LONGEST_NAME)}${count}</text>
<line class="grid" x1="0" x2="100%" y1="${middle}" y2="${middle}"/>${marks}\n`
}

function mark(kind: Lane['kind'], { from_s, to_s }: Span, part: (t_s: number) => number, middle: number): Markup {
  const at = percent(part(from_s))
  if (kind === 'event') return html`<circle class="dot" data-from="${from_s}" cx="${at}" cy="${middle}" r="4"/>`
  const width = percent(part(to_s) - part(from_s))
  const bar = html`<rect class="${kind === 'alarm' ? 'bar' : 'fault'}" data-from="${from_s}" data-to="${to_s}" x="${at}"
width="${width}" y="${middle - 2}" height="4"/>`
  const shape = kind === 'alarm' ? 'M-5,-6h10l-5,9z' : 'M0,-6l5,6l-5,6l-5,-6z'
  return html`${bar}<svg class="head-mark" data-from="${from_s}" x="${at}" y="${middle}" overflow="visible"><path
class="${kind === 'alarm' ? 'bar' : 'fault'}" d="${shape}"/></svg>`
}
