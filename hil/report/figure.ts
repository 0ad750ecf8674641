/**
 * Figures as the reports print them: amounts, differences, instants and verdicts, the same in every report.
 *
 * Units are always `uL`, `ug` and days of 24 h, as in the JSON report; a report never switches between uL and mL, since
 * a reader who compares two columns must not have to notice the unit first.
 */
import type { CheckResult, Outcome } from '#hil/run/result'
import { decimal, duration } from '#units/format'

/** What is printed where there is no figure. */
export const NONE = '-'

/** An amount with at most nine significant digits: one step of 0.25 uL shows in ten years of delivery. */
export function amount(value: number | null): string {
  return value === null ? NONE : decimal(value, 9)
}

/** What a check measured and its limit, as text: with as many digits as it takes to tell the two apart. */
export function checkFigures(check: CheckResult): {
  readonly measured: string
  readonly limit: string
  readonly unit: string
} {
  const { measured, limit, unit } = check
  if (unit === 's') return { measured: instant(measured), limit: instant(limit), unit: 'time' }
  const most = 12
  let digits = 6
  const text = (value: number | null) => {
    if (value === null) return NONE
    return decimal(value, Number.isInteger(value) ? 15 : digits)
  }
  while (digits < most && measured !== limit && text(measured) === text(limit)) digits++
  return { measured: text(measured), limit: text(limit), unit: unit === '' ? NONE : unit }
}

/** A difference of two amounts, with its sign; what is below the resolution of nine digits counts as nothing. */
export function difference(from: number, to: number): number {
  const gap = to - from
  return Math.abs(gap) <= Math.max(Math.abs(from), Math.abs(to)) * 1e-9 ? 0 : gap
}

/** Eight digits, and no finer than this, which is far below any step and far above what plain numbers leave of nothing. */
const FINEST = 1e-8

/** A value of a drawing as it is told beside it: what is left of nothing by subtraction counts as nothing. */
export function readFrom(value: number): number {
  return Math.abs(value) < FINEST ? 0 : Number((Math.round(value / FINEST) * FINEST).toPrecision(8))
}

/** A number with its sign, `+0.25`. */
export function signed(value: number): string {
  return `${value > 0 ? '+' : ''}${decimal(value)}`
}

const DAY_s = 86_400
const MINUTE_s = 60

/** An instant or a span in days, hours, minutes and seconds; from one day on, to the second. */
export function instant(t_s: number | null): string {
  if (t_s === null || !Number.isFinite(t_s)) return NONE
  const resolution_us = Math.abs(t_s) >= DAY_s ? 1e6 : Math.abs(t_s) >= MINUTE_s ? 1e4 : 1
  return duration(Math.round((t_s * 1e6) / resolution_us) * resolution_us)
}

/** A span to two parts, `3 d 4 h`, where every digit stands elsewhere. */
export function roughly(time_s: number): string {
  return instant(time_s).split(' ').slice(0, 4).join(' ')
}

/** A count with its noun: `1 check`, `3 checks`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

/** How many of the verdicts are each: `2 pass, 1 fail`; kinds that do not occur are left out. */
export function tally(verdicts: readonly Outcome[]): string {
  const kinds: readonly Outcome[] = ['pass', 'fail', 'inconclusive']
  const counts = kinds.map((kind) => ({ kind, count: verdicts.filter((verdict) => verdict === kind).length }))
  const shown = counts.filter(({ count }) => count > 0)
  return shown.length === 0 ? 'none' : shown.map(({ kind, count }) => `${count} ${kind}`).join(', ')
}

/** The text with every figure kept on one line with its unit. */
export function unbroken(text: string): string {
  return text.replaceAll(/(\d) (?=(?:d|h|min|s|uL|ug|%)(?![A-Za-z]))/g, '$1\u00a0')
}

/** `measured 48.4 %, limit 2 %`, or what of it is known. */
export function measuredAgainstLimit(check: CheckResult): string {
  const figures = checkFigures(check)
  const parts: string[] = []
  if (check.measured !== null) parts.push(`measured ${figures.measured}${unitAfter(check, figures.measured)}`)
  if (check.limit !== null) parts.push(`limit ${figures.limit}${unitAfter(check, figures.limit)}`)
  return parts.join(', ')
}

function unitAfter(check: CheckResult, value: string): string {
  if (check.unit === '' || check.unit === 's') return ''
  return check.unit === 'step' && value !== '1' ? ' steps' : ` ${check.unit}`
}
