/**
 * What lies across all drawings of a run: when alarms were raised, and how long faults lasted.
 */
import type { View } from '#hil/report/curves/run-curves'
import { html, type Markup } from '#hil/report/escape'
import type { RunResult } from '#hil/run/result'

/** Something at an instant, or from one to another. */
export interface Mark {
  readonly kind: 'raised' | 'faulted'
  readonly from_s: number
  readonly to_s: number
}

/** Most marks of a kind: more would hide what they are drawn over, and the timeline has them all. */
const MOST_MARKS = 60

/** The marks of a run: raised alarms as instants, faults from their beginning to their end. */
export function marksOf(run: RunResult, end_s: number): readonly Mark[] {
  const raised = run.alarms
    .slice(0, MOST_MARKS)
    .map(({ raised_s }): Mark => ({ kind: 'raised', from_s: raised_s, to_s: raised_s }))
  const faulted = faultSpans(run, end_s)
    .slice(0, MOST_MARKS)
    .map(({ from_s, to_s }): Mark => ({ kind: 'faulted', from_s, to_s }))
  return [...faulted, ...raised]
}

/** When each fault began and ended; one that never ended lasts to the end of the run. */
export function faultSpans(
  run: RunResult,
  end_s: number,
): readonly { readonly name: string; readonly from_s: number; readonly to_s: number }[] {
  const spans: { name: string; detail: string; from_s: number; to_s: number }[] = []
  const open: typeof spans = []
  for (const { t_s, event, ...fields } of run.events) {
    const [name, detail] = [String(fields['fault'] ?? ''), String(fields['detail'] ?? '')]
    if (event === 'fault-begun') {
      const span = { name, detail, from_s: t_s, to_s: end_s }
      spans.push(span)
      open.push(span)
    }
    if (event !== 'fault-ended') continue
    const place = open.findIndex((span) => span.name === name)
    const [ended] = place === -1 ? [] : open.splice(place, 1)
    if (ended !== undefined) ended.to_s = t_s
  }
  return spans
}

/** The marks over a drawing. Each carries its times, so that a reader who zooms sees it move. */
export function markLayer(marks: readonly Mark[], view: View, top: number, height: number): Markup {
  if (marks.length === 0) return html``
  const part = (t_s: number) => `${Math.round(((t_s - view.from_s) / (view.to_s - view.from_s)) * 1e5) / 1e3}%`
  const shapes = marks.map(({ kind, from_s, to_s }) =>
    kind === 'raised'
      ? html`<line class="raised" data-from="${from_s}" x1="${part(from_s)}" x2="${part(from_s)}" y1="0" y2="${height}"/>`
      : html`<rect class="faulted" data-from="${from_s}" data-to="${to_s}" x="${part(from_s)}"
width="${part(view.from_s + to_s - from_s)}" y="0" height="${height}"/>`,
  )
  return html`<svg class="marks" y="${top}" width="100%" height="${height}">${shapes}</svg>`
}
