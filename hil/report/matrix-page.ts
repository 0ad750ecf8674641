/**
 * A matrix as one page: a table that is read by eye, by keyboard and by ear, in which every cell says in words who noticed
 * first, how soon and at what harm, and leads to the report of its run.
 *
 * Color repeats what the words say and never says more. A table has few columns, so that it fits paper; more scenarios are
 * further tables of the same rows.
 */
import type { FaultGroup } from '#hil/fault/catalogue-entry'
import type { Cell, Matrix, MatrixFault, MatrixScenario, RunCell } from '#hil/matrix/types'
import { html, type Markup } from '#hil/report/escape'
import { instant, unbroken } from '#hil/report/figure'
import { daysText } from '#hil/report/harm-days'
import {
  body,
  figureCell,
  figures,
  nameCell,
  row,
  scrollTable,
  shortCell,
  textCell,
  words,
} from '#hil/report/html-table'
import { MATRIX_STYLE } from '#hil/report/matrix-style'
import { countsText, expectedText, foundText, harmOf, SHORT, soonText, whoText } from '#hil/report/matrix-text'
import { page } from '#hil/report/page'
import { definitions } from '#hil/report/run-section'

/** Scenarios beside each other in one table. */
const COLUMNS = 5
/** Cells that the page holds at most; a larger matrix is read by scenario. */
const MOST_CELLS = 20_000
const MOST_LISTED = 500

const GROUPS: Readonly<Record<FaultGroup, string>> = {
  plant: 'Plant: motor, line and reservoir',
  link: 'Link: the wire between host and rig',
  power: 'Power',
  memory: 'Memory',
  clock: 'Clock',
  programming: 'Programming errors',
}

const MEANINGS = [
  ['refused', 'the pump refused what it was told'],
  ['warned', 'the programmer was shown a warning'],
  ['alarmed', 'the pump raised an alarm'],
  ['volume-check', 'only the bench saw it, by the volume at the rotor'],
  ['dose-check', 'only the bench saw it, by the drug at the tip'],
  ['reconciliation', 'only a refill showed it; next refill: only the next one would'],
  ['nobody', 'nobody noticed, and no refill will'],
] as const

/** The page; `base` is the way from the page to the folder of the reports, with a slash at its end or empty. */
export function matrixPage(matrix: Matrix, base: string): string {
  const { scenarios, faults, cells } = matrix
  const title = `${faults.length} faults in ${scenarios.length} scenarios`
  return page(
    `${title} - pumpbench matrix`,
    html`<header>
<p class="over">pumpbench matrix</p>
<h1>${title}</h1>
<p>Which layer catches which error: ${matrix.pump} on ${matrix.rig}. Each cell is a run with one fault, held against the same run without
it.</p>
<p>${countsText(cells)}.</p>
</header>
<main>
${regressions(matrix)}
${legend(cells.some(({ state }) => state === 'skipped'))}
${cells.length > MOST_CELLS ? html`<p>${cells.length} cells are more than a page can hold; they are in the JSON of the matrix.</p>` : blocks(matrix, base)}
${byFault(faults)}
${otherwise(matrix)}
${errors(matrix)}
${left(matrix)}
</main>
<footer>
<h2>How this was made</h2>
${definitions([
  ['pumpbench', matrix.tool.version],
  ['commit', matrix.tool.commit ?? 'not known'],
  ['pump', matrix.pump],
  ['rig', matrix.rig],
  ['rig firmware', matrix.tool.rig_firmware ?? 'none'],
])}
<p class="small">ug: microgram, d: a day of 24 h. Harm is what left the tip of the catheter beyond the prescription or was missing from it, less what
it is without the fault; "as in 2 h": as much as is prescribed in 2 h, at the mean rate of the run. Latencies are counted from the beginning of the fault.
The volume check goes by one motor step where nothing but what the pump was told can be wrong, else by the tolerance of the device.</p>
</footer>`,
    MATRIX_STYLE,
  )
}

function legend(hasSkipped: boolean): Markup {
  return html`<ul class="legend" aria-label="What the cells say">
${MEANINGS.map(([detector, meaning]) => html`<li><span class="who d-${detector}">${SHORT[detector]}</span> ${meaning}</li>\n`)}
<li><span class="who d-other">error</span> nothing is shown of the fault, which is no pass</li>
${hasSkipped ? html`<li><span class="who d-skipped">skipped</span> the pump does not have what the run needs, which is no pass</li>\n` : null}
<li><span class="mark">≠</span> another one than the catalogue expects</li>
</ul>`
}

function blocks({ scenarios, faults, cells }: Matrix, base: string): Markup {
  const known = new Map(cells.map((cell) => [`${cell.scenario} ${cell.fault}`, cell]))
  const tables: Markup[] = []
  for (let first = 0; first < scenarios.length; first += COLUMNS) {
    const part = scenarios.slice(first, first + COLUMNS)
    const names = part.map(({ scenario }) => scenario).join(', ')
    tables.push(html`<h2>${scenarios.length <= COLUMNS ? 'The matrix' : `Scenarios ${first + 1} to ${first + part.length}`}</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Faults in ${names}"><table class="matrix">
<thead><tr><th scope="col">fault</th>${part.map(columnHead)}</tr></thead>
<tbody><tr class="control"><th scope="row">without a fault</th>${part.map((scenario) => controlCell(scenario, base))}</tr></tbody>
${groupsOf(faults).map(
  ([
    group,
    own,
  ]) => html`<tbody><tr class="group"><th scope="rowgroup" colspan="${part.length + 1}">${GROUPS[group]}</th></tr>
${own.map(
  (fault) =>
    html`<tr><th scope="row">${fault.name}<br><span class="small">expected: ${SHORT[fault.expected]}</span></th>${part.map(
      (scenario) => cellMarkup(known.get(`${scenario.scenario} ${fault.name}`), scenario, base),
    )}</tr>\n`,
)}</tbody>\n`,
)}</table></div>`)
  }
  return html`${tables}`
}

function groupsOf(faults: readonly MatrixFault[]): readonly (readonly [FaultGroup, readonly MatrixFault[]])[] {
  const groups = [...new Set(faults.map(({ group }) => group))]
  return groups.map((group) => [group, faults.filter((fault) => fault.group === group)] as const)
}

function columnHead({ scenario, simulated_s }: MatrixScenario): Markup {
  return html`<th scope="col">${scenario}<br><span class="small">${instant(simulated_s)}</span></th>`
}

function linked(report: string | null, base: string, text: Markup): Markup {
  return report === null ? text : html`<a href="${base}${report}">${text}</a>`
}

function controlCell({ control }: MatrixScenario, base: string): Markup {
  const isSkipped = control.problem?.startsWith('skipped: ') === true
  const word = control.problem === null ? control.verdict : isSkipped ? 'skipped' : 'error'
  const noticed = control.findings.length === 0 ? 'nothing noticed' : `${control.findings.length} noticed`
  return html`<td>${linked(control.report, base, html`<b>${word}</b>`)} <span class="small">${control.problem?.replace(/^skipped: /, '') ?? noticed}</span></td>`
}

const OTHER = { skipped: ['d-skipped', 'skipped'], error: ['d-other', 'error'] } as const

function cellMarkup(cell: Cell | undefined, scenario: MatrixScenario, base: string): Markup {
  if (cell === undefined) return html`<td class="none">not run</td>`
  if (cell.state !== 'run') {
    if (cell.state === 'not-applicable') return html`<td class="none">no place: ${cell.reason}</td>`
    const [look, word] = OTHER[cell.state]
    return html`<td class="${look}"><b>${word}</b>: ${cell.reason}</td>`
  }
  const [harm] = cell.harm
  const day = harm === undefined ? null : html`<br><span class="small">${unbroken(daysText(harm))}</span>`
  const unlike = cell.as_expected
    ? null
    : html` <abbr class="mark" title="the catalogue expects: ${expectedText(cell)}">≠</abbr><span class="unseen"> not as expected</span>`
  return html`<td class="d-${cell.first}">${linked(cell.report, base, html`<b>${whoText(cell)}</b>`)} ${unbroken(soonText(cell))}${unlike}<br>${unbroken(harmOf(cell, scenario.control))}${day}</td>`
}

function byFault(faults: readonly MatrixFault[]): Markup {
  const hasSkipped = faults.some(({ skipped = 0 }) => skipped > 0)
  const heads = [
    words('fault'),
    words('expected first'),
    words('was first'),
    figures('no place'),
    ...(hasSkipped ? [figures('skipped')] : []),
    figures('errors'),
    words('what happens, and why nobody sooner'),
  ]
  const rows = faults.map((fault) =>
    row(
      nameCell(fault.name),
      shortCell(SHORT[fault.expected]),
      textCell(
        html`${foundText(fault)}${fault.otherwise > 0 ? html` <span class="mark">≠ ${fault.otherwise}</span>` : null}`,
      ),
      figureCell(String(fault.not_applicable)),
      ...(hasSkipped ? [figureCell(String(fault.skipped ?? 0))] : []),
      figureCell(String(fault.errors)),
      textCell(`${fault.mechanism} ${fault.because}`),
    ),
  )
  return html`<h2>By fault</h2>
${scrollTable('Who noticed each fault', heads, [body(rows)])}`
}

function otherwise({ cells }: Matrix): Markup | null {
  const found = cells.flatMap((cell) => (cell.state === 'run' && !cell.as_expected ? [cell] : []))
  if (found.length === 0) return null
  const line = (cell: RunCell) =>
    html`<li>${cell.fault} in ${cell.scenario} (${cell.injected}): ${whoText(cell)} ${soonText(cell)}, expected ${expectedText(cell)}.${
      cell.unnoticed_because === null ? null : ` The pump did not notice: ${cell.unnoticed_because}.`
    } <code>${cell.command}</code></li>\n`
  return html`<h2>Otherwise than the catalogue expects</h2>
<ul class="parted">
${found.slice(0, MOST_LISTED).map(line)}</ul>${more(found.length)}`
}

function errors({ cells }: Matrix): Markup | null {
  const found = cells.flatMap((cell) => (cell.state === 'error' ? [cell] : []))
  if (found.length === 0) return null
  return html`<h2>Errors</h2>
<p>Nothing is shown of these. None of them is a pass.</p>
<ul class="parted">
${found.slice(0, MOST_LISTED).map((cell) => html`<li>${cell.fault} in ${cell.scenario}: ${cell.reason}. <code>${cell.command}</code></li>\n`)}</ul>${more(found.length)}`
}

function regressions({ baseline }: Matrix): Markup | null {
  if (baseline === undefined) return null
  const found = baseline.regressions
  const counts =
    found.length === 0 ? 'everybody who noticed then notices now, and no later' : `${found.length} later or vanished`
  return html`<h2>Held against ${baseline.file}</h2>
<p>${counts}.</p>
${
  found.length === 0
    ? null
    : html`<ul class="parted">
${found.slice(0, MOST_LISTED).map(({ fault, scenario, detector, change, detail }) => html`<li>${fault} in ${scenario}: ${SHORT[detector]} <b>${change}</b>: ${detail}</li>\n`)}</ul>${more(found.length)}`
}`
}

function more(count: number): Markup | null {
  return count > MOST_LISTED ? html`<p>${count - MOST_LISTED} more are in the JSON of the matrix.</p>` : null
}

function left({ not_carried, rig }: Matrix): Markup | null {
  if (not_carried.length === 0) return null
  return html`<h2>Left out</h2>
<p>The rig ${rig} cannot carry ${not_carried.join(', ')}. Named by --faults they are errors.</p>`
}
