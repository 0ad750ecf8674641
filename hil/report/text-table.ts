/**
 * Tables of plain text: aligned columns two spaces apart, never wider than asked.
 *
 * Color is applied after the padding, so that escape sequences never count as width.
 */
import { clip, columns, plain } from '#hil/report/plain'

/** A column: its heading, whether figures line up at the right, and how far it may shrink. */
export interface Column {
  readonly title: string
  readonly align: 'left' | 'right'
  /** Columns of the terminal this column never goes below; it is never cut when left out. */
  readonly least?: number
}

/** What one cell holds, and how it is colored. */
export interface Cell {
  readonly text: string
  readonly paint?: (text: string) => string
}

const GUTTER = '  '

/** The rows under their headings, each one line, indented, at most `width` columns wide where `least` allows it. */
export function textTable(
  heads: readonly Column[],
  rows: readonly (readonly Cell[])[],
  options: { readonly width: number; readonly indent: string; readonly paintHead: (text: string) => string },
): readonly string[] {
  const safe = rows.map((row) => row.map((cell) => ({ ...cell, text: plain(cell.text) })))
  const natural = heads.map((head, index) =>
    safe.reduce((most, row) => Math.max(most, columns(row[index]?.text ?? '')), columns(head.title)),
  )
  const room = options.width - columns(options.indent) - GUTTER.length * (heads.length - 1)
  const widths = shrunk(natural, heads, room)
  const line = (cells: readonly Cell[]) =>
    options.indent + heads.map((head, index) => padded(cells[index], head, widths[index] ?? 0)).join(GUTTER)
  const headings = heads.map((head) => ({ text: head.title, paint: options.paintHead }))
  return [headings, ...safe].map((row) => line(row).trimEnd())
}

function shrunk(natural: readonly number[], heads: readonly Column[], room: number): readonly number[] {
  const widths = [...natural]
  let excess = widths.reduce((total, width) => total + width, 0) - room
  for (const [index, head] of heads.entries()) {
    const width = widths[index] ?? 0
    const cut = Math.max(0, Math.min(excess, width - (head.least ?? width)))
    widths[index] = width - cut
    excess -= cut
  }
  return widths
}

function padded(cell: Cell | undefined, head: Column, width: number): string {
  const text = clip(cell?.text ?? '', width)
  const space = ' '.repeat(Math.max(0, width - columns(text)))
  const shown = cell?.paint === undefined ? text : cell.paint(text)
  return head.align === 'left' ? shown + space : space + shown
}
