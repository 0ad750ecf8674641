/** What a cell of a matrix says, in a few words: the same on the page and on a terminal. */
import type { Detector } from '#hil/fault/catalogue-entry'
import type { Cell, ControlCell, MatrixFault, RunCell } from '#hil/matrix/types'
import { instant, roughly } from '#hil/report/figure'
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

/** `240 ug too little, as in 12 h`, beyond what the control does; `no harm` where there is none. */
export function harmOf(cell: RunCell, control: ControlCell): string {
  const texts = cell.harm.flatMap((harm) => {
    const before = control.harm.find(({ drug }) => drug === harm.drug)
    const parts = [
      side('too much', harm.over_ug, harm.over_equivalent_s, before?.over_ug),
      side('too little', harm.under_ug, harm.under_equivalent_s, before?.under_ug),
    ].flat()
    return parts.map((part) => (cell.harm.length > 1 ? `${harm.drug} ${part}` : part))
  })
  return texts.length === 0 ? 'no harm' : texts.join('; ')
}

/** What is below a millionth of a microgram is the rounding of a difference. */
const LEAST_ug = 1e-6

function side(word: string, all_ug: number, all_s: number | null, before_ug = 0): readonly string[] {
  const amount_ug = all_ug - before_ug
  if (amount_ug <= LEAST_ug) return []
  // What is the fault's of it is as prescribed in the same part of the time.
  const worth_s = all_s === null ? 0 : all_s * (amount_ug / all_ug)
  return [`${decimal(amount_ug, 3)} ug ${word}${worth_s > 1 ? `, as in ${roughly(worth_s)}` : ''}`]
}

/** `volume check`, or `volume check or refused`. */
export function expectedText({ expected }: RunCell): string {
  return expected.map((detector) => SHORT[detector]).join(' or ')
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
  const skipped = other('skipped')
  return [
    `${cells.length} cells: ${run.length} run, ${other('not-applicable')} not applicable, ${skipped === 0 ? '' : `${skipped} skipped, `}${other('error')} in error`,
    `${attended} noticed first by pump or programmer, ${run.filter(({ first }) => first === 'nobody').length} by nobody`,
    `${otherwise} otherwise than the catalogue expects`,
  ].join('; ')
}
