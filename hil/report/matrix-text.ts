/** What a cell of a matrix says, in a few words: the same on the page and on a terminal. */
import type { Detector } from '#hil/fault/catalogue-entry'
import type { Cell, ControlCell, MatrixFault, RunCell } from '#hil/matrix/types'
import { instant } from '#hil/report/figure'
import type { Harm } from '#hil/run/detection/types'
import { decimal } from '#units/format'

export const SHORT: Readonly<Record<Detector, string>> = {
  refused: 'refused',
  warned: 'warned',
  alarmed: 'alarmed',
  'volume-check': 'volume check',
  'dose-check': 'dose check',
  reconciliation: 'refill',
  nobody: 'nobody',
}

/** `alarmed`, or `next refill` where nobody has noticed yet. */
export function whoText({ first, first_s }: RunCell): string {
  return first === 'reconciliation' && first_s === null ? 'next refill' : SHORT[first]
}

/** `after 2 min`, `at once`, or nothing. */
export function soonText({ first_s, latency_s }: RunCell): string {
  if (first_s === null) return ''
  if (latency_s === null) return `at ${instant(first_s)}`
  return latency_s === 0 ? 'at once' : `after ${roughly(latency_s)}`
}

/** A time to two parts: `3 d 4 h`; every digit is in the report of the run. */
function roughly(time_s: number): string {
  const parts = instant(time_s).split(' ')
  return parts.slice(0, 4).join(' ')
}

/** `240 ug too little, 1 d`, beyond what the control does; `no harm` where there is none. */
export function harmOf(cell: RunCell, control: ControlCell): string {
  const texts = cell.harm.flatMap((harm) => {
    const before = control.harm.find(({ drug }) => drug === harm.drug)
    const parts = [
      side(harm.over_ug - (before?.over_ug ?? 0), harm.over_s - (before?.over_s ?? 0), 'too much'),
      side(harm.under_ug - (before?.under_ug ?? 0), harm.under_s - (before?.under_s ?? 0), 'too little'),
    ].flat()
    return parts.map((part) => (cell.harm.length > 1 ? `${harm.drug} ${part}` : part))
  })
  return texts.length === 0 ? 'no harm' : texts.join('; ')
}

/** `worst 24 h 4800 of 480 ug`. */
export function worstDay({ tip_24h_ug, prescribed_24h_ug }: Harm): string {
  return `worst 24 h ${decimal(tip_24h_ug, 4)} of ${decimal(prescribed_24h_ug, 4)} ug`
}

/** What is below a millionth of a microgram is the rounding of a difference. */
const LEAST_ug = 1e-6

function side(amount_ug: number, time_s: number, word: string): readonly string[] {
  if (amount_ug <= LEAST_ug) return []
  return [`${decimal(amount_ug, 3)} ug ${word}${time_s > 1 ? `, ${roughly(time_s)}` : ''}`]
}

/** `3 alarmed, 1 nobody`. */
export function foundText({ found }: MatrixFault): string {
  return found.length === 0 ? 'none' : found.map(({ detector, count }) => `${count} ${SHORT[detector]}`).join(', ')
}

/** How many cells are what, in a line. */
export function countsText(cells: readonly Cell[]): string {
  const run = cells.flatMap((cell) => (cell.state === 'run' ? [cell] : []))
  const other = (state: Cell['state']) => cells.filter((cell) => cell.state === state).length
  const otherwise = run.filter(({ as_expected }) => !as_expected).length
  const attended = run.filter(({ first }) => first === 'refused' || first === 'warned' || first === 'alarmed').length
  return [
    `${cells.length} cells: ${run.length} run, ${other('not-applicable')} not applicable, ${other('error')} in error`,
    `${attended} noticed first by pump or programmer, ${run.filter(({ first }) => first === 'nobody').length} by nobody`,
    `${otherwise} otherwise than the catalogue expects`,
  ].join('; ')
}
