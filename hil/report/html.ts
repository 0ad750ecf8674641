/**
 * The report as one page to hand over: the verdict on top, then what happened, the ledgers, every check, and with what
 * the run was made. Written for somebody who was not there and has to sign.
 */
import { verdictBadge } from '#hil/report/check-table'
import type { RunCurves } from '#hil/report/curves/run-curves'
import { sampledCurves } from '#hil/report/curves/sample-curves'
import { html, type Markup } from '#hil/report/escape'
import { amount, counted, difference, instant, signed, tally, unbroken } from '#hil/report/figure'
import {
  figureCell,
  figures,
  nameCell,
  scrollTable,
  shortCell,
  body as tableBody,
  textCell,
  words,
} from '#hil/report/html-table'
import { page } from '#hil/report/page'
import { story } from '#hil/report/parting'
import {
  baselineCounts,
  baselineSection,
  requirementCounts,
  requirementsSection,
  runName,
} from '#hil/report/requirements-section'
import { banner, definitions, runSection } from '#hil/report/run-section'
import { type Manifest, type Outcome, type Result, type RunResult, type SkippedScenario, worst } from '#hil/run/result'

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

/** Most runs that are drawn: each takes some hundred kilobytes of the page. */
export const MOST_DRAWN = 24

/** How much a page holds; one with more could not be opened. */
export interface PageLimits {
  /** Most runs with a section of their own, and the most bytes of all sections together. */
  readonly sections: number
  readonly sections_bytes: number
  /** Most bytes of the table of all runs. */
  readonly rows_bytes: number
}

const MEBIBYTE = 2 ** 20
const LIMITS: PageLimits = { sections: 200, sections_bytes: 32 * MEBIBYTE, rows_bytes: 8 * MEBIBYTE }

/**
 * The whole report as one self-contained HTML document; runs are drawn from the curves with the digest of their trace. What
 * goes beyond the limits is left out, of runs that passed first, and the page says so.
 */
export function htmlReport(result: Result, curves: readonly RunCurves[] = [], limits: PageLimits = LIMITS): string {
  const { runs, skipped = [] } = result
  const verdict = worst(runs.map((run) => run.verdict))
  const outcome = runs.length === 0 ? 'nothing tested' : verdict
  const [only] = runs
  const single = runs.length === 1 && only !== undefined
  const subject = single ? runName(only) : counted(runs.length, 'run')
  const order = failingFirst(runs)
  const known = new Map(curves.map((one) => [one.trace_sha256, one]))
  const section = (index: number, isDrawn: boolean) => {
    const run = runs[index]
    if (run === undefined) return html``
    const drawing = isDrawn ? (known.get(run.trace_sha256) ?? sampledCurves(run)) : null
    const content = runSection(run, { id: idOf(index), curves: drawing })
    return single
      ? html`<section class="run" id="${idOf(index)}"><h2>The run</h2>
${content}</section>`
      : folded(run, index, content)
  }
  const sections = fitting(order.slice(0, limits.sections), limits.sections_bytes, (index, rank) =>
    rank < MOST_DRAWN ? [() => section(index, true), () => section(index, false)] : [() => section(index, false)],
  )
  const body = html`<header>
<p class="over">pumpbench report</p>
<h1>${subject}</h1>
${single ? banner(only) : summary(runs, verdict, { order, limits, sectioned: new Set(sections.keys()) })}
${furtherVerdicts(result)}
</header>
<main>
${[...sections].sort(([a], [b]) => a - b).map(([, markup]) => markup)}
${single && sections.size === 0 ? html`<p>${TOO_LARGE}</p>` : null}
${skippedSection(skipped)}
${result.baseline === undefined ? null : baselineSection(result.baseline)}
${result.requirements === undefined ? null : requirementsSection(result.requirements)}
</main>
${manifest(result.manifest)}`
  const missing = skipped.length === 0 ? '' : `, ${counted(skipped.length, 'scenario')} skipped`
  return page(`${outcome}: ${subject}${missing} - pumpbench report`, body)
}

/** Most skipped scenarios that a page lists. */
const MOST_SKIPPED = 1000

/** What was not run, and why; nothing where everything was. */
function skippedSection(skipped: readonly SkippedScenario[]): Markup | null {
  if (skipped.length === 0) return null
  const more = skipped.length - MOST_SKIPPED
  return html`<section id="skipped"><h2>Skipped</h2>
<p>Not run, because the pump does not have what they need; none of them counts as passed.${more > 0 ? ` ${more} more are in the JSON report.` : ''}</p>
<ul>${skipped.slice(0, MOST_SKIPPED).map(({ scenario, reason }) => html`<li>${scenario}: ${reason}</li>`)}</ul></section>`
}

const TOO_LARGE =
  'All else that is known of this run is more than a page can hold: it is in the JSON report and in the trace.'

/**
 * Of what is made for each place the first that still fits, in the order of the places; what does not fit at all is left out,
 * and smaller ones that come later are not.
 */
function fitting(
  places: readonly number[],
  most_bytes: number,
  choicesFor: (place: number, rank: number) => readonly (() => Markup)[],
): ReadonlyMap<number, Markup> {
  const found = new Map<number, Markup>()
  let left_bytes = most_bytes
  for (const [rank, place] of places.entries()) {
    for (const choice of choicesFor(place, rank)) {
      const markup = choice()
      const size = Buffer.byteLength(markup.toString())
      if (size > left_bytes) continue
      found.set(place, markup)
      left_bytes -= size
      break
    }
  }
  return found
}

/** The places of the runs, those that did not pass first: whom the limits of a page leave out last. */
function failingFirst(runs: readonly Pick<RunResult, 'verdict'>[]): readonly number[] {
  const all = [...runs.keys()]
  const passed = (index: number) => runs[index]?.verdict === 'pass'
  return [...all.filter((index) => !passed(index)), ...all.filter(passed)]
}

/** One of many runs: its verdict and story in a line, the rest on demand. */
function folded(run: RunResult, index: number, content: Markup): Markup {
  return html`<details class="run ${run.verdict}-run"><summary><h2>${verdictBadge(run.verdict)} ${runName(run)}</h2>
<span>${unbroken(story(run))}</span></summary>
<section id="${idOf(index)}">
${banner(run)}
${content}</section></details>\n`
}

/** What else has a verdict on this page, in a line each, with the way there. */
function furtherVerdicts({ baseline, requirements, skipped = [] }: Result): Markup {
  return html`${
    skipped.length === 0
      ? null
      : html`<p><b>${counted(skipped.length, 'scenario')} <a href="#skipped">skipped</a>: not run, and no pass.</b></p>`
  }${baseline === undefined ? null : html`<p><a href="#baseline">Baseline</a>: ${baselineCounts(baseline)}.</p>`}${
    requirements === undefined
      ? null
      : html`<p><a href="#requirements">Requirements</a>: ${requirementCounts(requirements)}.</p>`
  }`
}

function idOf(index: number): string {
  return `run-${index + 1}`
}

/** The name of a run, linked to its section where it has one. */
function nameOf(run: RunResult, index: number, shown: ReadonlySet<number>): Markup {
  return shown.has(index) ? html`<a href="#${idOf(index)}">${runName(run)}</a>` : html`${runName(run)}`
}

/** What a summary is made with: which runs come first, how much it holds, and which have a section. */
interface Shown {
  readonly order: readonly number[]
  readonly limits: PageLimits
  readonly sectioned: ReadonlySet<number>
}

function summary(runs: readonly RunResult[], verdict: Outcome, { order, limits, sectioned: shown }: Shown): Markup {
  if (runs.length === 0) return html`<p>This result holds no runs: nothing was tested.</p>`
  const rows = fitting(order, limits.rows_bytes, (index) => {
    const run = runs[index]
    return run === undefined ? [] : [() => summaryRow(run, index, shown)]
  })
  const table = [...rows].sort(([a], [b]) => a - b).map(([, markup]) => markup)
  return html`<div class="banner ${verdict}">${verdictBadge(verdict)}
<div><p>${tally(runs.map((run) => run.verdict))} of ${counted(runs.length, 'run')}.</p></div></div>
${worstStories(runs, shown)}
<p class="small">Volumes and doses at the end of each run. Tip: the dose out of the catheter tip.${leftOut(runs.length, rows.size, shown.size)}</p>
${verdictFilter(runs)}
${scrollTable('Summary of all runs', HEADS, [tableBody(table)])}`
}

/** What the page does not hold, and where it is. */
function leftOut(runs: number, rows: number, sections: number): string {
  const where = 'in the JSON report, and drawn by replay of their traces'
  const [bare, absent] = [rows - sections, runs - rows]
  return [
    bare > 0 ? ` ${counted(bare, 'run')} without a link: the page is full, and the rest of them is ${where}.` : '',
    absent > 0 ? ` ${counted(absent, 'run')} not even in the table: ${where}.` : '',
  ].join('')
}

/** Which runs the table and the sections below it show; works without a script. Left out where all verdicts are the same. */
function verdictFilter(runs: readonly RunResult[]): Markup | null {
  const kinds: readonly Outcome[] = ['fail', 'inconclusive', 'pass']
  const found = kinds.filter((kind) => runs.some(({ verdict }) => verdict === kind))
  if (found.length < 2) return null
  const choice = (id: string, label: string, checked: Markup | null) =>
    html`<label><input type="radio" name="show" id="show-${id}"${checked}> ${label}</label>\n`
  return html`<fieldset class="filter"><legend>Show</legend>
${choice('all', 'all', html` checked`)}${found.map((kind) => choice(kind, kind, null))}</fieldset>`
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
  return html`<tr class="${run.verdict}-run">${[
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
  ]}</tr>\n`
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
