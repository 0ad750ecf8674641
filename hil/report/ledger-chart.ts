/**
 * The chart of the three ledgers of a run, in volume or in drug mass, with their differences drawn below on their own
 * scale: one motor step is invisible in a week of delivery, and plain in the difference.
 */
import { amountAxis, type TimeAxis, timeAxis } from '#hil/report/axis'
import type { Point } from '#hil/report/curve'
import type { Curve } from '#hil/report/direct-label'
import { drawing } from '#hil/report/drawing'
import { html, type Markup } from '#hil/report/escape'
import { amount, difference, instant, signed, step_ug, step_uL } from '#hil/report/figure'
import { canBeTold, type Layout, panel, timeLegend } from '#hil/report/panel'
import type { RunResult, Sample } from '#hil/run/result'
import { decimal } from '#units/format'

/** The quantity a chart is in. */
export type Quantity = 'volume' | 'mass'

interface Ledgers {
  readonly unit: 'uL' | 'ug'
  readonly title: string
  /** What the delivered ledger is called here. */
  readonly delivered: string
  readonly prescribed: (sample: Sample) => number
  readonly believed: (sample: Sample) => number
  readonly physical: (sample: Sample) => number
  readonly step: (run: RunResult) => number
}

const LEDGERS: Readonly<Record<Quantity, Ledgers>> = {
  volume: {
    unit: 'uL',
    title: 'volume',
    delivered: 'delivered',
    prescribed: (sample) => sample.prescribed_uL,
    believed: (sample) => sample.believed_uL,
    physical: (sample) => sample.displaced_uL,
    step: step_uL,
  },
  mass: {
    unit: 'ug',
    title: 'drug mass',
    delivered: 'out of the tip',
    prescribed: (sample) => sample.prescribed_ug,
    believed: (sample) => sample.believed_ug,
    physical: (sample) => sample.tip_ug,
    step: step_ug,
  },
}

/** The time axis that every chart of a run shares. */
export function runTime(run: RunResult, layout: Layout): TimeAxis {
  return timeAxis(Math.max(run.simulated_s, run.samples.at(-1)?.t_s ?? 0), layout.timeTicks)
}

const MOST_RAISED = 24
const PANEL_GAP_px = 22

/** Both panels, ledgers and differences, from `top` on: the drawing without its frame, and where it ends. */
export function ledgerPanels(
  run: RunResult,
  quantity: Quantity,
  layout: Layout,
  top: number,
): { readonly markup: Markup; readonly bottom: number } {
  const ledgers = LEDGERS[quantity]
  const { unit, title } = ledgers
  const time = runTime(run, layout)
  const [amounts, gaps] = [amountCurves(run, ledgers), gapCurves(run, ledgers)]
  const step = ledgers.step(run)
  const raised_s = run.alarms.slice(0, MOST_RAISED).map((alarm) => alarm.raised_s)
  const upper = panel(
    {
      title: `${title} since start (${unit})`,
      axis: amountAxis(valuesOf(amounts), 5),
      height: layout.ledgerHeight,
      curves: amounts,
      raised_s,
    },
    time,
    layout,
    top,
  )
  const gapAxis = amountAxis([...valuesOf(gaps), step, -step], 4)
  const height = layout.gapHeight
  const stepped = quantity === 'volume' && canBeTold(gapAxis, height, step)
  const lower = panel(
    {
      title: `difference (${unit})${stepped ? `; dotted: 1 motor step, ${decimal(step)} ${unit}` : ''}`,
      axis: gapAxis,
      height,
      curves: gaps,
      allowed: stepped ? step : undefined,
      raised_s,
    },
    time,
    layout,
    upper.bottom + PANEL_GAP_px,
  )
  const legend = timeLegend(time, layout, lower.bottom)
  return { markup: html`${upper.markup}\n${lower.markup}\n${legend.markup}`, bottom: legend.bottom }
}

/** The chart as an SVG for a page; `id` must be unique on the page. */
export function ledgerChart(run: RunResult, quantity: Quantity, layout: Layout, id: string): Markup {
  const { markup, bottom } = ledgerPanels(run, quantity, layout, 0)
  const caption = { title: chartTitle(run, quantity), text: chartText(run, quantity) }
  return drawing(id, layout.width, bottom, caption, markup)
}

/** What the chart shows, in one line. */
export function chartTitle(run: RunResult, quantity: Quantity): string {
  const what =
    quantity === 'volume'
      ? 'Volume prescribed, believed and delivered'
      : 'Drug mass prescribed, believed and out of the tip'
  return `${what} over ${instant(run.simulated_s)}, and their differences`
}

/** What a reader would see in the chart: where the ledgers end, and the largest differences among the samples. */
export function chartText(run: RunResult, quantity: Quantity): string {
  const ledgers = LEDGERS[quantity]
  const last = run.samples.at(-1)
  if (last === undefined) return 'There are no samples to draw.'
  const { unit } = ledgers
  const ends = [
    `prescribed ${amount(ledgers.prescribed(last))} ${unit}`,
    `believed ${amount(ledgers.believed(last))} ${unit}`,
    `${ledgers.delivered} ${amount(ledgers.physical(last))} ${unit}`,
  ].join(', ')
  const gaps = gapCurves(run, ledgers).map((curve) => {
    const most = curve.points.reduce((a, b) => (Math.abs(b.value) > Math.abs(a.value) ? b : a), { t_s: 0, value: 0 })
    return most.value === 0
      ? `${curve.name}: never apart`
      : `${curve.name}: at most ${signed(most.value)} ${unit}, at ${instant(most.t_s)}`
  })
  return `At the end: ${ends}. Among the samples, ${gaps.join('; ')}.`
}

function amountCurves(run: RunResult, ledgers: Ledgers): readonly Curve[] {
  return [
    { name: 'prescribed', style: 'prescribed', points: points(run, ledgers.prescribed) },
    { name: ledgers.delivered, style: 'delivered', points: points(run, ledgers.physical) },
    { name: 'believed', style: 'believed', points: points(run, ledgers.believed) },
  ]
}

function gapCurves(run: RunResult, ledgers: Ledgers): readonly Curve[] {
  const short = ledgers.unit === 'uL' ? 'delivered' : 'tip'
  return [
    {
      name: `${short} − prescribed`,
      style: 'delivered',
      points: points(run, (sample) => difference(ledgers.prescribed(sample), ledgers.physical(sample))),
    },
    {
      name: `believed − ${short}`,
      style: 'believed',
      points: points(run, (sample) => difference(ledgers.physical(sample), ledgers.believed(sample))),
    },
  ]
}

function points(run: RunResult, value: (sample: Sample) => number): readonly Point[] {
  return run.samples
    .map((sample) => ({ t_s: sample.t_s, value: value(sample) }))
    .filter((point) => Number.isFinite(point.t_s) && Number.isFinite(point.value))
}

function valuesOf(curves: readonly Curve[]): readonly number[] {
  return curves.flatMap((curve) => curve.points.map((point) => point.value))
}
