/**
 * Axes of a chart: the range shown and the ticks on it, in sensible steps of 1, 2 and 5, or of a clock for times.
 */

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

/** A time axis, and how its labels are to be read: a unit, or days and a clock. */
export interface TimeAxis extends Axis {
  readonly unit: string
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

/** Amounts closer together than this part of them are one amount, to plain numbers. */
const LEAST_SPAN = 1e-9

/** An axis that holds all the values, ends on ticks and is never empty; it holds zero too unless told otherwise. */
export function amountAxis(values: Iterable<number>, most: number, zero = true): Axis {
  const finite = [...values].filter(Number.isFinite)
  if (zero || finite.length === 0) finite.push(0)
  let low = finite.reduce((a, b) => Math.min(a, b))
  let high = finite.reduce((a, b) => Math.max(a, b))
  const least = Math.max(LEAST_SPAN, LEAST_SPAN * Math.max(Math.abs(low), Math.abs(high)))
  if (high - low < least) {
    const room = zero || high === 0 ? 1 : Math.abs(high) / 100
    high += room
    if (!zero) low -= room
  }
  const step = niceStep(high - low, most)
  const first = Math.floor(low / step + 1e-9)
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9))
  return { from: first * step, to: last * step, ticks: ticksBetween(first, last, step) }
}

function ticksBetween(first: number, last: number, step: number): readonly Tick[] {
  return Array.from({ length: last - first + 1 }, (_, index) => {
    const at = (first + index) * step
    return { at, label: stepped(at, step) }
  })
}

const MOST_DECIMALS = 12

/** A multiple of a step with as many decimals as the step has. */
function stepped(value: number, step: number): string {
  const decimals = Math.min(MOST_DECIMALS, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)))
  const text = value.toFixed(decimals)
  return Number(text) === 0 ? '0' : text.includes('.') ? text.replace(/\.?0+$/, '') : text
}

interface TimeUnit {
  readonly unit: 'd' | 'h' | 'min' | 's'
  readonly size_s: number
  /** Steps in this unit that a reader of clocks expects; beyond them, 1, 2 and 5 times a power of ten. */
  readonly steps: readonly number[]
}

const SECONDS: TimeUnit = { unit: 's', size_s: 1, steps: [] }
const TIME_UNITS: readonly TimeUnit[] = [
  { unit: 'd', size_s: 86_400, steps: [0.5, 1, 2, 5, 10, 20, 50, 100] },
  { unit: 'h', size_s: 3600, steps: [0.5, 1, 2, 3, 6, 12, 24] },
  { unit: 'min', size_s: 60, steps: [0.5, 1, 2, 5, 10, 15, 30, 60] },
  SECONDS,
]

/** Spans from this many of a unit on are labeled in it. */
const FEWEST_UNITS = 3

/**
 * The axis from one instant to another. From the start, and for days on end, labels count in the largest unit that suits,
 * which the last one names; a short time far from the start has a clock that counts from the start: `12 d 03:10`.
 */
export function timeAxis(from_s: number, to_s: number, most: number): TimeAxis {
  const from = Number.isFinite(from_s) ? from_s : 0
  const to = Number.isFinite(to_s) && to_s > from ? to_s : from + 1
  const span = to - from
  const found = TIME_UNITS.find((candidate) => span >= FEWEST_UNITS * candidate.size_s) ?? SECONDS
  if (from > 0 && found.unit !== 'd') return clockAxis(from, to, most)
  const { unit, size_s, steps } = found
  const units = span / size_s
  const step = steps.find((candidate) => units / candidate <= most) ?? niceStep(units, most)
  const [first, last] = [Math.ceil(from / size_s / step - 1e-9), Math.floor(to / size_s / step + 1e-9)]
  const ticks = ticksBetween(first, Math.max(first, last), step).map(({ at, label }, index) => ({
    at: at * size_s,
    label: index === Math.max(first, last) - first ? `${label} ${unit}` : label,
  }))
  return { from, to, unit, ticks }
}

const CLOCK_STEPS_s: readonly number[] = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400,
]

function clockAxis(from: number, to: number, most: number): TimeAxis {
  const span = to - from
  const step =
    CLOCK_STEPS_s.find((candidate) => span / candidate <= most && span >= 2 * candidate) ?? niceStep(span, most)
  const first = Math.ceil(from / step - 1e-9)
  const last = Math.max(first, Math.floor(to / step + 1e-9))
  let day = -1
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => {
    const at = (first + index) * step
    const clock = clockText(at, step)
    const isNewDay = Math.floor(at / 86_400) !== day
    day = Math.floor(at / 86_400)
    return { at, label: isNewDay && day > 0 ? `${day} d ${clock}` : clock }
  })
  return { from, to, unit: step >= 60 ? 'days, h:min' : 'days, h:min:s', ticks }
}

function clockText(t_s: number, step_s: number): string {
  const seconds = t_s - Math.floor(t_s / 60) * 60
  const minutes = Math.floor(t_s / 60)
  const clock = `${two(Math.floor(minutes / 60) % 24)}:${two(minutes % 60)}`
  if (step_s >= 60) return clock
  const text = stepped(seconds, step_s)
  return `${clock}:${seconds < 10 ? '0' : ''}${text}`
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}

/** Where a value falls when the axis is drawn from `start` to `end`; values outside fall outside. */
export function placed(axis: Pick<Axis, 'from' | 'to'>, value: number, start: number, end: number): number {
  return start + ((value - axis.from) / (axis.to - axis.from)) * (end - start)
}
