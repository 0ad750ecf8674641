/**
 * Tables of the report page: headings that are announced, figures that line up, and a frame that scrolls by keyboard
 * where the screen is too narrow.
 */
import { html, type Markup } from '#hil/report/escape'

/** The heading of a column: its title, the unit below it, and whether it holds figures. */
export interface Head {
  readonly title: string
  readonly unit?: string
  readonly figures?: boolean
}

/** A heading of a column of figures. */
export function figures(title: string, unit?: string): Head {
  return unit === undefined ? { title, figures: true } : { title, unit, figures: true }
}

/** A heading of a column of words. */
export function words(title: string): Head {
  return { title }
}

/** The cell that names its row. */
export function nameCell(content: string | Markup): Markup {
  return html`<th scope="row">${content}</th>`
}

/** The cell that names its row with a word that is never broken. */
export function wordCell(content: string): Markup {
  return html`<th scope="row" class="short">${content}</th>`
}

/** A cell with text that may run over several lines. */
export function textCell(content: string | Markup): Markup {
  return html`<td>${content}</td>`
}

/** A cell with a word or an instant, never broken. */
export function shortCell(content: string | Markup): Markup {
  return html`<td class="short">${content}</td>`
}

/** A cell with a figure. */
export function figureCell(content: string): Markup {
  return html`<td class="n">${content}</td>`
}

/** A row of cells. */
export function row(...cells: readonly Markup[]): Markup {
  return html`<tr>${cells}</tr>\n`
}

/** The table, labeled for readers who cannot see it; `bodies` are groups of rows, see {@link body}. */
export function scrollTable(label: string, heads: readonly Head[], bodies: readonly Markup[]): Markup {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${label}"><table>
<thead><tr>${heads.map(heading)}</tr></thead>
${bodies}</table></div>`
}

/** Rows as the body of a table. */
export function body(rows: readonly Markup[]): Markup {
  return html`<tbody>
${rows}</tbody>\n`
}

function heading(head: Head): Markup {
  const unit = head.unit === undefined ? null : html`<br>${head.unit}`
  return html`<th scope="col" class="${head.figures === true ? 'n' : ''}">${head.title}${unit}</th>`
}
