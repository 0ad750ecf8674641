/**
 * Axes of a chart: the range shown, the ticks on it and where a value falls, in sensible steps of 1, 2 and 5.
 */
import { decimal } from '#units/format'

/** A mark on an axis with its text. */
export interface Tick {
  readonly at: number
  readonly label: string
}

/** The range of an axis and its ticks; `from` < `to` always. */
export interface Axis {
  readonly from: number
  readonly to: number
  readonly ticks: readonly Tick[]
}

/** A time axis, with the unit that its labels are in. */
export interface TimeAxis extends Axis {
  readonly unit: 'd' | 'h' | 'min' | 's'
}

/** The step of 1, 2 or 5 times a power of ten that cuts the span in at most `most` parts. */
function niceStep(span: number, most: number): number {
  const least = span / Math.max(1, most)
  const power = 10 ** Math.floor(Math.log10(least))
  for (const factor of [1, 2, 5]) {
    if (factor * power >= least * (1 - 1e-9)) return factor * power
  }
  return 10 * power
}

const LEAST_SPAN = 1e-9

/** An axis that holds zero and all the values, ends on ticks, and is never empty: without values, 0 to 1. */
export function amountAxis(values: Iterable<number>, most: number): Axis {
  let [low, high] = [0, 0]
  for (const value of values) {
    if (!Number.isFinite(value)) continue
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  if (high - low < LEAST_SPAN) high = low + 1
  const step = niceStep(high - low, most)
  const first = Math.floor(low / step + 1e-9)
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9))
  return { from: first * step, to: last * step, ticks: ticksBetween(first, last, step) }
}

function ticksBetween(first: number, last: number, step: number): readonly Tick[] {
  return Array.from({ length: last - first + 1 }, (_, index) => {
    const at = (first + index) * step
    return { at, label: decimal(at) }
  })
}

interface TimeUnit {
  readonly unit: TimeAxis['unit']
  readonly size_s: number
  /** Steps in this unit that a reader of clocks expects; beyond them, 1, 2 and 5 times a power of ten. */
  readonly steps: readonly number[]
}

const TIME_UNITS: readonly TimeUnit[] = [
  { unit: 'd', size_s: 86_400, steps: [0.5, 1, 2, 5, 10, 20, 50, 100] },
  { unit: 'h', size_s: 3600, steps: [0.5, 1, 2, 3, 6, 12, 24] },
  { unit: 'min', size_s: 60, steps: [0.5, 1, 2, 5, 10, 15, 30, 60] },
  { unit: 's', size_s: 1, steps: [] },
]

/** Spans from this many of a unit on are labeled in it. */
const FEWEST_UNITS = 3

/** The axis from the start to `end_s`, in the largest unit that suits it. The range ends where the run ends. */
export function timeAxis(end_s: number, most: number): TimeAxis {
  const span = Number.isFinite(end_s) && end_s > 0 ? end_s : 1
  const { unit, size_s, steps } = TIME_UNITS.find((candidate) => span >= FEWEST_UNITS * candidate.size_s) ?? {
    unit: 's' as const,
    size_s: 1,
    steps: [],
  }
  const units = span / size_s
  const step = steps.find((candidate) => units / candidate <= most) ?? niceStep(units, most)
  const last = Math.floor(units / step + 1e-9)
  const ticks = ticksBetween(0, last, step).map(({ at, label }) => ({ at: at * size_s, label }))
  return { from: 0, to: span, unit, ticks }
}

/** Where a value falls when the axis is drawn from `start` to `end`; values outside fall outside. */
export function placed(axis: Axis, value: number, start: number, end: number): number {
  return start + ((value - axis.from) / (axis.to - axis.from)) * (end - start)
}
