/**
 * The report as one page to hand over: the verdict on top, then what happened, the ledgers, every check, and with what
 * the run was made. Written for somebody who was not there and has to sign.
 */
import { verdictBadge } from '#hil/report/check-table'
import { html, type Markup } from '#hil/report/escape'
import { amount, counted, difference, instant, signed, tally, unbroken } from '#hil/report/figure'
import {
  figureCell,
  figures,
  nameCell,
  row,
  scrollTable,
  shortCell,
  body as tableBody,
  textCell,
  words,
} from '#hil/report/html-table'
import { page } from '#hil/report/page'
import { story } from '#hil/report/parting'
import { baselineSection, requirementsSection, runName } from '#hil/report/requirements-section'
import { definitions, runSection } from '#hil/report/run-section'
import { type Manifest, type Outcome, type Result, type RunResult, worst } from '#hil/run/result'

const HEADS = [
  words('verdict'),
  words('scenario'),
  words('rig'),
  words('time'),
  figures('prescribed', 'uL'),
  figures('believed', 'uL'),
  figures('delivered', 'uL'),
  figures('prescribed', 'ug'),
  figures('tip - prescr.', 'ug'),
  words('checks'),
]

/** The whole report as one self-contained HTML document. */
export function htmlReport(result: Result): string {
  const verdict = worst(result.runs.map((run) => run.verdict))
  const outcome = result.runs.length === 0 ? 'nothing tested' : verdict
  const [only] = result.runs
  const single = result.runs.length === 1 && only !== undefined
  const subject = single ? only.scenario : counted(result.runs.length, 'run')
  const shown = sections(result.runs)
  const body = html`<header>
<p class="over">pumpbench report</p>
<h1>${subject}</h1>
${single ? null : summary(result.runs, verdict, shown)}
</header>
<main>
${result.requirements === undefined ? null : requirementsSection(result.requirements)}
${result.baseline === undefined ? null : baselineSection(result.baseline)}
${shown.map((index) => section(result.runs[index], index, single))}
</main>
${manifest(result.manifest)}`
  return page(`${outcome}: ${subject} - pumpbench report`, body)
}

/** Most runs with a section of their own; a page with more could not be opened. */
const MOST_SECTIONS = 200

/** The runs with a section of their own, in their order; where there are too many, those that did not pass come first. */
function sections(runs: readonly RunResult[]): readonly number[] {
  const all = [...runs.keys()]
  if (runs.length <= MOST_SECTIONS) return all
  const passed = (index: number) => runs[index]?.verdict === 'pass'
  const order = [...all.filter((index) => !passed(index)), ...all.filter(passed)]
  return order.slice(0, MOST_SECTIONS).sort((a, b) => a - b)
}

function section(run: RunResult | undefined, index: number, single: boolean): Markup {
  return run === undefined ? html`` : runSection(run, { id: idOf(index), titled: !single })
}

function idOf(index: number): string {
  return `run-${index + 1}`
}

/** The name of a run, linked to its section where it has one. */
function nameOf(run: RunResult, index: number, shown: ReadonlySet<number>): Markup {
  return shown.has(index) ? html`<a href="#${idOf(index)}">${runName(run)}</a>` : html`${runName(run)}`
}

function summary(runs: readonly RunResult[], verdict: Outcome, sectioned: readonly number[]): Markup {
  const shown = new Set(sectioned)
  const hidden = runs.length - shown.size
  const only = hidden > 0 ? ` ${counted(hidden, 'run')} without a link: only in the table and in the JSON report.` : ''
  if (runs.length === 0) return html`<p>This result holds no runs: nothing was tested.</p>`
  return html`<div class="banner ${verdict}">${verdictBadge(verdict)}
<div><p>${tally(runs.map((run) => run.verdict))} of ${counted(runs.length, 'run')}.</p></div></div>
${worstStories(runs, shown)}
<p class="small">Volumes and doses at the end of each run. Tip: the dose out of the catheter tip.${only}</p>
${scrollTable('Summary of all runs', HEADS, [tableBody(runs.map((run, index) => summaryRow(run, index, shown)))])}`
}

const MOST_STORIES = 5

function worstStories(runs: readonly RunResult[], shown: ReadonlySet<number>): Markup | null {
  const bad = runs.map((run, index) => ({ run, index })).filter(({ run }) => run.verdict !== 'pass')
  if (bad.length === 0) return null
  const more = bad.length - MOST_STORIES
  const line = ({ run, index }: (typeof bad)[number]) =>
    html`<li>${nameOf(run, index, shown)}: ${unbroken(story(run))}</li>\n`
  return html`<ul class="parted">
${bad.slice(0, MOST_STORIES).map(line)}
${more > 0 ? html`<li>${more} more in the table below.</li>` : null}
</ul>`
}

function summaryRow(run: RunResult, index: number, shown: ReadonlySet<number>): Markup {
  return row(
    shortCell(verdictBadge(run.verdict)),
    nameCell(nameOf(run, index, shown)),
    textCell(run.rig),
    shortCell(instant(run.simulated_s)),
    figureCell(amount(run.prescribed.volume_uL)),
    figureCell(amount(run.believed.volume_uL)),
    figureCell(amount(run.delivered.displaced_uL)),
    figureCell(amount(run.prescribed.dose_ug)),
    figureCell(signed(difference(run.prescribed.dose_ug, run.delivered.tip_dose_ug))),
    shortCell(tally(run.checks.map((check) => check.verdict))),
  )
}

function manifest(made: Manifest): Markup {
  const entries: readonly (readonly [string, string])[] = [
    ['tool', `${made.tool} ${made.version}`],
    ['commit', made.commit ?? 'not known'],
    ['rig firmware', made.rig_firmware ?? 'none'],
    ['Node.js', made.node],
    ['platform', made.platform],
    ['started', made.started],
  ]
  return html`<footer>
<h2>How this was made</h2>
${definitions(entries)}
<p class="small">uL: microliter, ug: microgram, d: a day of 24 h. Figures are rounded for reading, times from one
day on to the second; the JSON report holds every digit, and the trace every event.</p>
</footer>`
}
