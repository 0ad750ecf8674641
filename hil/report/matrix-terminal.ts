/** A matrix on a terminal: who noticed each fault, what is otherwise than expected, and every cell of which nothing is shown. */
import type { Cell, Matrix, RunCell } from '#hil/matrix/types'
import { countsText, expectedText, foundText, SHORT, soonText, whoText } from '#hil/report/matrix-text'
import { flow, plain } from '#hil/report/plain'
import { textTable } from '#hil/report/text-table'

const MOST_LISTED = 40

export function matrixTerminal(matrix: Matrix, { width }: { readonly width: number }): string {
  const { faults, cells, not_carried, baseline } = matrix
  const skipped = cells.flatMap((cell) => (cell.state === 'skipped' ? [cell] : []))
  const rows = faults.map((fault) => [
    { text: fault.name },
    { text: fault.group },
    { text: SHORT[fault.expected] },
    { text: foundText(fault) },
    { text: String(fault.not_applicable) },
    ...(skipped.length === 0 ? [] : [{ text: String(fault.skipped ?? 0) }]),
    { text: String(fault.errors) },
  ])
  const heads = [
    { title: 'fault', align: 'left', least: 30 },
    { title: 'group', align: 'left' },
    { title: 'expected first', align: 'left' },
    { title: 'was first', align: 'left', least: 14 },
    { title: 'no place', align: 'right' },
    ...(skipped.length === 0 ? [] : [{ title: 'skipped', align: 'right' } as const]),
    { title: 'errors', align: 'right' },
  ] as const
  const otherwise = cells.flatMap((cell) => (cell.state === 'run' && !cell.as_expected ? [cell] : []))
  const errors = cells.flatMap((cell) => (cell.state === 'error' ? [cell] : []))
  return [
    ...textTable(heads, rows, { width, indent: '', paintHead: (text) => text }),
    '',
    ...listed('otherwise than expected', otherwise, mismatch, width),
    ...listed('skipped, which is no pass', skipped, (cell) => `${where(cell)}: ${cell.reason}`, width),
    ...listed('errors', errors, (cell) => `${where(cell)}: ${cell.reason}; alone: ${cell.command}`, width),
    ...(not_carried.length === 0
      ? []
      : flow(`not carried by ${matrix.rig}, and left out: ${not_carried.join(', ')}`, width)),
    ...listed(
      'later than in the baseline, or not at all',
      baseline?.regressions ?? [],
      ({ scenario, fault, detector, change, detail }) =>
        `${fault} in ${scenario}: ${SHORT[detector]} ${change}: ${detail}`,
      width,
    ),
    ...flow(countsText(cells), width),
    '',
  ].join('\n')
}

function where({ scenario, fault }: Cell): string {
  return `${fault} in ${scenario}`
}

function mismatch(cell: RunCell): string {
  const found = [whoText(cell), soonText(cell)].filter((text) => text !== '').join(' ')
  return `${where(cell)}: ${found}, expected ${expectedText(cell)}; alone: ${cell.command}`
}

function listed<T>(title: string, items: readonly T[], text: (item: T) => string, width: number): readonly string[] {
  if (items.length === 0) return []
  const more = items.length - MOST_LISTED
  return [
    `${title}:`,
    ...items.slice(0, MOST_LISTED).flatMap((item) => flow(plain(text(item)), width - 2).map((line) => `  ${line}`)),
    ...(more > 0 ? [`  ... ${more} more`] : []),
    '',
  ]
}
