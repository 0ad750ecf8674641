/**
 * Every check of a run as a table: what was observed, what was expected, and the figure it was decided by.
 */

import { checkProvenance } from '#hil/report/check-provenance'
import { html, type Markup } from '#hil/report/escape'
import { checkFigures, instant } from '#hil/report/figure'
import { figureCell, figures, scrollTable, shortCell, words } from '#hil/report/html-table'
import type { CheckResult, Outcome, RunResult } from '#hil/run/result'

const HEADS = [
  words('check'),
  words('verdict'),
  words('outcome'),
  words('expected'),
  figures('measured'),
  figures('limit'),
  words('unit'),
  words('at'),
]

/** A verdict as a word in a colored box; the word alone carries the meaning. */
export function verdictBadge(verdict: Outcome): Markup {
  return html`<span class="verdict ${verdict}">${verdict}</span>`
}

/** The checks of a run in their order, each with its detail and with what it measured by below it. */
export function checkTable(run: RunResult): Markup {
  const { checks } = run
  if (checks.length === 0) return html`<p>No checks were made.</p>`
  return html`<p class="small">The verdict is pass when the outcome is the expected one. Inconclusive: the bench
could not measure well enough to say; it is never a pass.</p>
${scrollTable(
  'Checks',
  HEADS,
  checks.map((check) => checkRows(check, run)),
)}`
}

const ROW_CLASS: Readonly<Record<Outcome, string>> = { pass: '', fail: 'fail-row', inconclusive: 'unsure-row' }

function checkRows(check: CheckResult, run: RunResult): Markup {
  const mark = ROW_CLASS[check.verdict]
  const figure = checkFigures(check)
  const cells = [
    html`<th scope="row" class="short">${check.check}</th>`,
    shortCell(verdictBadge(check.verdict)),
    shortCell(check.outcome),
    shortCell(check.expect),
    figureCell(figure.measured),
    figureCell(figure.limit),
    shortCell(figure.unit),
    shortCell(instant(check.at_s)),
  ]
  const { detail } = check
  return html`<tbody><tr class="${mark} with-detail">${cells}</tr>
<tr class="detail ${mark}"><td colspan="${HEADS.length}">${detail}${detail === '' ? null : html`<br>`}<span class="small">By: ${checkProvenance(check, run)}.</span></td></tr></tbody>\n`
}
