/**
 * One run on the report page: verdict and story, checks, ledgers, drawings, alarms, events and provenance.
 */
import { analysisSection } from '#hil/report/analysis-section'
import { checkTable, verdictBadge } from '#hil/report/check-table'
import type { RunCurves } from '#hil/report/curves/run-curves'
import { detectionLines } from '#hil/report/detection-lines'
import { html, type Markup } from '#hil/report/escape'
import { amount, difference, instant, NONE, signed, unbroken } from '#hil/report/figure'
import { alarmList, eventList, logList } from '#hil/report/happenings'
import {
  body,
  figureCell,
  figures,
  nameCell,
  row,
  scrollTable,
  textCell,
  wordCell,
  words,
} from '#hil/report/html-table'
import { keySamples } from '#hil/report/key-samples'
import { partings, story } from '#hil/report/parting'
import { plots } from '#hil/report/plots/plots'
import { wireTable } from '#hil/report/wire-table'
import type { RunResult } from '#hil/run/result'
import { decimal } from '#units/format'

/** What the section of a run is made with. */
export interface SectionOptions {
  /** Unique on the page. */
  readonly id: string
  /** What is drawn; null for a run without drawings of its own on this page. */
  readonly curves: RunCurves | null
}

/** The whole of one run below its verdict, which stands above: what parted, checks, ledgers, drawings and the rest. */
export function runSection(run: RunResult, { id, curves }: SectionOptions): Markup {
  return html`${parted(run)}
<h3>Checks</h3>
${checkTable(run)}
<h3>The three ledgers at the end</h3>
${ledgerTable(run)}
<h3>The course of the run</h3>
${curves === null ? html`<p class="small">${UNDRAWN}</p>` : plots(run, curves, id)}
${keySamples(run)}
${analysisSection(run.analysis, id)}
${detection(run)}
${alarmList(run.alarms)}
${eventList(run.events)}
${logList(run.logs ?? [])}
${run.wire === undefined ? null : wireTable(run.wire)}
<h3>Where the figures come from</h3>
${provenance(run)}
<h3>Identification</h3>
${identification(run)}`
}

const UNDRAWN =
  'Not drawn on this page, which has drawings of a limited number and size, of those that did not pass first. A report of ' +
  'this scenario alone has them.'

/** The verdict of a run and what happened, in a sentence. */
export function banner(run: RunResult): Markup {
  return html`<div class="banner ${run.verdict}">${verdictBadge(run.verdict)}
<div><p>${unbroken(story(run))}</p>
<p>${run.pump_model} (${run.pump}) on ${run.rig}, ${instant(run.simulated_s)} of pump time.</p></div></div>`
}

function parted(run: RunResult): Markup | null {
  const list = partings(run)
  if (list.length === 0) return null
  const headline = story(run)
  return html`<h3>Which ledgers parted</h3>
<ul class="parted">
${list.map((parting) => {
  const what = headline.includes(parting.what) ? '' : ` ${parting.what}`
  const expected = parting.expected ? ' The scenario expects this.' : ''
  return html`<li><strong>${parting.ledgers}</strong>: ${parting.reading}.${unbroken(what)}${expected}</li>\n`
})}
</ul>`
}

function detection(run: RunResult): Markup | null {
  const lines = detectionLines(run.detection)
  if (lines.length === 0) return null
  const rows = lines.map(({ label, text }) => row(nameCell(label), textCell(text)))
  return html`<h3>Detection and harm</h3>
<p class="small">Who noticed that something was wrong, counted from the first thing that was, and what it did at the tip. None
of it is a verdict.</p>
${scrollTable('Detection and harm', [words('figure'), words('value')], [body(rows)])}`
}

const LEDGER_HEADS = [
  words('ledger'),
  words('what it is'),
  figures('volume', 'uL'),
  figures('dose', 'ug'),
  figures('reservoir', 'uL'),
  figures('motor', 'steps'),
]

function ledgerTable(run: RunResult): Markup {
  const { prescribed, believed, delivered } = run
  const line = (name: string, meaning: string, ...values: readonly (number | null)[]) =>
    row(wordCell(name), textCell(meaning), ...values.map((value) => figureCell(amount(value))))
  const rows = [
    line('prescribed', 'what the prescriber meant', prescribed.volume_uL, prescribed.dose_ug, null, null),
    line(
      'believed',
      "the pump's own account",
      believed.volume_uL,
      believed.dose_ug,
      believed.reservoir_uL,
      believed.steps,
    ),
    line('delivered', 'at the rotor', delivered.displaced_uL, null, delivered.reservoir_uL, delivered.steps),
    line('delivered', 'out of the catheter tip', delivered.tip_volume_uL, delivered.tip_dose_ug, null, null),
  ]
  return html`${scrollTable('The three ledgers', LEDGER_HEADS, [body(rows)])}
<p class="small">${balance(run)}</p>`
}

function balance(run: RunResult): string {
  const { prescribed, believed, delivered } = run
  const gaps = [
    `delivered − prescribed: ${signed(difference(prescribed.volume_uL, delivered.displaced_uL))} uL`,
    `believed − delivered: ${signed(difference(delivered.displaced_uL, believed.volume_uL))} uL`,
    `tip − prescribed: ${signed(difference(prescribed.dose_ug, delivered.tip_dose_ug))} ug`,
  ].join('; ')
  const places = [
    `in tube and catheter ${amount(delivered.in_line_uL)} uL`,
    `leaked ${amount(delivered.leaked_uL)} uL`,
    `withdrawn at refills ${amount(delivered.withdrawn_uL)} uL`,
  ].join(', ')
  return `Differences at the end: ${gaps}. The rest of the fluid: ${places}.`
}

function provenance(run: RunResult): Markup {
  const from = run.provenance
  const line = (name: string, source: string, uncertainty: number | null, unit: string) => {
    const sure = uncertainty === null ? 'unknown' : uncertainty === 0 ? 'none' : `±${decimal(uncertainty, 3)} ${unit}`
    return row(nameCell(name), textCell(source), figureCell(sure))
  }
  const rows = [
    line('steps of the rotor', from.steps, from.steps_uncertainty, 'steps'),
    line('volume at the rotor', from.displaced, from.displaced_uncertainty_uL, 'uL'),
    line('volume at the tip', from.tip, from.tip_uncertainty_uL, 'uL'),
    line('dose at the tip', from.tip, from.tip_dose_uncertainty_ug, 'ug'),
    line('leaked volume', from.leaked, from.leaked_uncertainty_uL, 'uL'),
    line('withdrawn volume', from.withdrawn, from.withdrawn_uncertainty_uL, 'uL'),
    line('true reservoir volume', from.reservoir, from.reservoir_uncertainty_uL, 'uL'),
    line('volume in the line', from.in_line, from.in_line_uncertainty_uL, 'uL'),
  ]
  return html`${scrollTable('Provenance', [words('figure'), words('source'), figures('uncertainty')], [body(rows)])}
<p class="small">Prescribed figures follow from the scenario alone; believed figures are the pump's own account, read by
telemetry. Neither is measured.</p>`
}

function identification(run: RunResult): Markup {
  const entries: readonly (readonly [string, string])[] = [
    ['scenario', run.scenario],
    ['file', run.file],
    ['file SHA-256', run.file_sha256],
    ['trace SHA-256', run.trace_sha256],
    ['pump', `${run.pump_model}, firmware: ${run.pump}`],
    ['rig', run.rig],
    ['rig identity', run.rig_identity],
    ['seed', String(run.seed)],
    ['requirements', run.requirements.join(', ')],
    ['simulated', instant(run.simulated_s)],
    ['wall time', `${decimal(run.wall_s, 3)} s`],
  ]
  return definitions(entries)
}

/** Names and values, one a line, in the type of codes and digests. */
export function definitions(entries: readonly (readonly [name: string, value: string])[]): Markup {
  const line = (name: string, value: string) =>
    html`<dt>${name}</dt><dd><code>${value === '' ? NONE : value}</code></dd>\n`
  return html`<dl>${entries.map(([name, value]) => line(name, value))}</dl>`
}
