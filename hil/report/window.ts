/** The part of a run that a view of single steps shows. */
import { duration } from '#units/format'
import { parseMeasure } from '#units/measure'
import { compare, toNumber } from '#units/rational'

/** Both ends belong to it; in whole microseconds from the start. */
export interface Window {
  readonly from_us: number
  readonly to_us: number
}

/** The window that leaves nothing out. */
export const WHOLE_RUN: Window = { from_us: 0, to_us: Number.POSITIVE_INFINITY }

/** A window as `FROM..TO`, each a duration from the start, or left out; the window, or what is wrong with it. */
export function windowOf(text: string): Window | string {
  const rule = 'a window is written FROM..TO, each a time from the start such as 3 d 1 h or left out, FROM before TO'
  const [from = '', to = '', ...more] = text.split('..')
  if (!text.includes('..') || more.length > 0) return rule
  const [start, end] = [from, to].map((part) => (part.trim() === '' ? null : parseMeasure(part, ['duration'])))
  if (start?.ok === false) return `${rule}: ${start.problem}`
  if (end?.ok === false) return `${rule}: ${end.problem}`
  if (start?.ok && end?.ok && compare(start.measure.value, end.measure.value) >= 0) return rule
  return {
    from_us: start?.ok ? Math.ceil(toNumber(start.measure.value)) : WHOLE_RUN.from_us,
    to_us: end?.ok ? Math.floor(toNumber(end.measure.value)) : WHOLE_RUN.to_us,
  }
}

/** What to say of a window that begins after a run has ended; null of any other. */
export function beyondEnd({ from_us }: Window, reached: () => number): string | null {
  if (from_us === WHOLE_RUN.from_us || from_us <= reached()) return null
  return `holds nothing: the window begins at ${duration(from_us)}, and the run ends at ${duration(reached())}`
}

/** The window as {@link windowOf} reads it. */
export function windowText({ from_us, to_us }: Window): string {
  return `${from_us === WHOLE_RUN.from_us ? '' : `${from_us} us`}..${to_us === WHOLE_RUN.to_us ? '' : `${to_us} us`}`
}
