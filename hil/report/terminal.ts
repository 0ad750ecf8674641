/**
 * The report on a terminal: what each run found, in 80 columns or more, and one line a run where there are many.
 *
 * Nothing from a scenario or a rig is printed as it came: see {@link plain}.
 */
import picocolors from 'picocolors'
import { analysisLines } from '#hil/report/analysis-lines'
import { checkProvenance } from '#hil/report/check-provenance'
import { detectionLines } from '#hil/report/detection-lines'
import { amount, checkFigures, counted, difference, instant, signed, tally } from '#hil/report/figure'
import { partings, story } from '#hil/report/parting'
import { clip, flow, plain } from '#hil/report/plain'
import { baselineCounts, regressionText, requirementCounts, runName } from '#hil/report/requirements-section'
import { alarms, type Colors, events, INDENT, list, logs, paragraph, type Screen } from '#hil/report/terminal-lists'
import { type Cell, type Column, textTable } from '#hil/report/text-table'
import type { CheckResult, Outcome, Result, RunResult } from '#hil/run/result'
import { decimal } from '#units/format'

export interface TerminalOptions {
  /** Whether color is written as escape sequences. */
  readonly color: boolean
  /** Columns of the terminal. */
  readonly width: number
}

/** From this many runs on, each is one line, and only those that did not pass follow in full. */
const MANY_RUNS = 4
const FULL_RUNS = 10
/** With more runs than this, those that passed are only counted. */
const LISTED_RUNS = 200
const SHOWN_REGRESSIONS = 20
const SHOWN_SKIPPED = 200
const LEAST_WIDTH = 60
/** From this width on checks have a column for the instant. */
const WIDE = 110

/** The report of all runs, ending in one line of counts and a line break. */
export function terminalReport(result: Result, options: TerminalOptions): string {
  const screen: Screen = {
    colors: picocolors.createColors(options.color),
    width: Math.max(LEAST_WIDTH, Math.floor(options.width)),
  }
  const { runs } = result
  const body = runs.length < MANY_RUNS ? runs.flatMap((run) => [...wholeRun(run, screen), '']) : manyRuns(runs, screen)
  const more = [...requirementsTable(result, screen), ...regressions(result, screen), ...skips(result, screen)]
  return `${[...body, ...more, ...closing(result, screen)].join('\n')}\n`
}

function manyRuns(runs: readonly RunResult[], screen: Screen): readonly string[] {
  const bad = runs.filter((run) => run.verdict !== 'pass')
  const more = bad.length - FULL_RUNS
  const listed = runs.length > LISTED_RUNS ? bad : runs
  const passed = runs.length - listed.length
  return [
    ...oneLineEach(listed, screen),
    ...(passed > 0 ? [`... ${passed} more that passed`] : []),
    '',
    ...bad.slice(0, FULL_RUNS).flatMap((run) => [...wholeRun(run, screen), '']),
    ...(more > 0 ? [`... ${more} more that did not pass`, ''] : []),
  ]
}

function oneLineEach(runs: readonly RunResult[], screen: Screen): readonly string[] {
  const heads: readonly Column[] = [
    { title: 'verdict', align: 'left' },
    { title: 'scenario', align: 'left', least: 12 },
    { title: 'rig', align: 'left', least: 6 },
    { title: 'time', align: 'right' },
    { title: 'checks', align: 'left', least: 10 },
    { title: 'tip - prescribed', align: 'right' },
  ]
  const rows = runs.map((run): readonly Cell[] => [
    verdictCell(run.verdict, screen),
    { text: runName(run) },
    { text: run.rig },
    { text: instant(run.simulated_s) },
    { text: tally(run.checks.map((check) => check.verdict)) },
    { text: `${signed(difference(run.prescribed.dose_ug, run.delivered.tip_dose_ug))} ug` },
  ])
  return table(heads, rows, screen, '')
}

function wholeRun(run: RunResult, screen: Screen): readonly string[] {
  const { colors, width } = screen
  const title = clip(plain(`${runName(run)}  ${run.pump_model} on ${run.rig}, ${instant(run.simulated_s)}`), width - 15)
  const unexpected = partings(run).filter((parting) => !parting.expected)
  return [
    `${painted(run.verdict, screen)}  ${colors.bold(title)}`,
    ...paragraph(story(run), INDENT, width),
    ...unexpected.flatMap((parting) =>
      paragraph(`parted: ${parting.ledgers}: ${parting.reading}`, INDENT, width).map(colors.yellow),
    ),
    '',
    ...ledgers(run, screen),
    '',
    ...checks(run, screen),
    ...analysis(run, screen),
    ...detection(run, screen),
    ...alarms(run, screen),
    ...events(run.events, screen),
    ...logs(run.logs ?? [], screen),
  ]
}

function ledgers(run: RunResult, screen: Screen): readonly string[] {
  const { prescribed, believed, delivered } = run
  const heads: readonly Column[] = [
    { title: 'ledger', align: 'left' },
    { title: 'volume uL', align: 'right' },
    { title: 'dose ug', align: 'right' },
    { title: 'reservoir uL', align: 'right' },
    { title: 'steps', align: 'right' },
  ]
  const row = (name: string, volume: number, dose: number | null, reservoir: number | null, steps: number | null) =>
    [name, amount(volume), amount(dose), amount(reservoir), amount(steps)].map((text) => ({ text }))
  return table(
    heads,
    [
      row('prescribed', prescribed.volume_uL, prescribed.dose_ug, null, null),
      row('believed', believed.volume_uL, believed.dose_ug, believed.reservoir_uL, believed.steps),
      row('delivered, rotor', delivered.displaced_uL, null, delivered.reservoir_uL, delivered.steps),
      row('delivered, tip', delivered.tip_volume_uL, delivered.tip_dose_ug, null, null),
    ],
    screen,
  )
}

function checks(run: RunResult, screen: Screen): readonly string[] {
  const list = run.checks
  const wide = screen.width >= WIDE
  const heads: readonly Column[] = [
    { title: 'check', align: 'left', least: 16 },
    { title: 'outcome', align: 'left' },
    { title: 'expected', align: 'left' },
    { title: 'verdict', align: 'left' },
    { title: 'measured', align: 'right' },
    { title: 'limit', align: 'right' },
    { title: 'unit', align: 'left', least: 4 },
    ...(wide ? [{ title: 'at', align: 'left', least: 10 } as const] : []),
  ]
  const rows = list.map((check): readonly Cell[] => {
    const figure = checkFigures(check)
    return [
      { text: check.check },
      { text: check.outcome },
      { text: check.expect },
      verdictCell(check.verdict, screen),
      { text: figure.measured },
      { text: figure.limit },
      { text: figure.unit },
      ...(wide ? [{ text: instant(check.at_s) }] : []),
    ]
  })
  const [head, ...lines] = table(heads, rows, screen)
  return [head ?? '', ...lines.flatMap((line, index) => [line, ...detail(list[index], run, screen)])]
}

function detail(check: CheckResult | undefined, run: RunResult, screen: Screen): readonly string[] {
  if (check === undefined) return []
  const at = screen.width >= WIDE || check.at_s === null ? '' : `at ${instant(check.at_s)}`
  const text = [at, check.detail].filter((part) => part !== '').join(': ')
  const lines = [text, `by: ${checkProvenance(check, run)}`].filter((line) => line !== '')
  return lines.flatMap((line) => paragraph(line, `${INDENT}${INDENT}`, screen.width)).map(screen.colors.dim)
}

function analysis(run: RunResult, screen: Screen): readonly string[] {
  const lines = analysisLines(run.analysis).map(({ label, text }) => ({ at: label, text }))
  return list('analysis', lines, lines.length, screen)
}

function detection(run: RunResult, screen: Screen): readonly string[] {
  const lines = detectionLines(run.detection).map(({ label, text }) => ({ at: label, text }))
  return list('detection and harm', lines, lines.length, screen)
}

/** One line a requirement that was exercised: its id, its verdict, how many runs are its evidence, and what it says. */
function requirementsTable({ requirements }: Result, screen: Screen): readonly string[] {
  if (requirements === undefined) return []
  const heads: readonly Column[] = [
    { title: 'requirement', align: 'left' },
    { title: 'verdict', align: 'left' },
    { title: 'runs', align: 'right' },
    { title: 'what is required', align: 'left', least: 12 },
  ]
  const rows = requirements.flatMap(({ id, verdict, evidence, text }): (readonly Cell[])[] =>
    verdict === 'not exercised'
      ? []
      : [[{ text: id }, verdictCell(verdict, screen), { text: String(evidence.length) }, { text }]],
  )
  const shown = rows.length === 0 ? [] : table(heads, rows, screen, '')
  return [...shown, ...flow(requirementCounts(requirements), screen.width), '']
}

function regressions({ baseline }: Result, screen: Screen): readonly string[] {
  if (baseline === undefined) return []
  const more = baseline.regressions.length - SHOWN_REGRESSIONS
  return [
    ...flow(baselineCounts(baseline), screen.width),
    ...baseline.regressions
      .slice(0, SHOWN_REGRESSIONS)
      .flatMap((regression) => paragraph(regressionText(regression), INDENT, screen.width).map(screen.colors.red)),
    ...(more > 0 ? [`${INDENT}... ${more} more`] : []),
    '',
  ]
}

/** What was not run, and why. */
function skips({ skipped = [] }: Result, screen: Screen): readonly string[] {
  if (skipped.length === 0) return []
  const more = skipped.length - SHOWN_SKIPPED
  return [
    `skipped, and not counted as passed:`,
    ...skipped
      .slice(0, SHOWN_SKIPPED)
      .flatMap(({ scenario, reason }) => paragraph(`${scenario}: ${reason}`, INDENT, screen.width)),
    ...(more > 0 ? [`${INDENT}... ${more} more`] : []),
    '',
  ]
}

function closing({ runs, skipped = [] }: Result, screen: Screen): readonly string[] {
  const simulated = runs.reduce((total, run) => total + run.simulated_s, 0)
  const wall = runs.reduce((total, run) => total + run.wall_s, 0)
  const checked = runs.reduce((total, run) => total + run.checks.length, 0)
  const counts = tally(runs.map((run) => run.verdict))
  const took = `${instant(simulated)} simulated in ${decimal(wall, 3)} s`
  const left = skipped.length === 0 ? '' : `; ${counted(skipped.length, 'scenario')} skipped`
  return flow(`${counted(runs.length, 'run')}: ${counts}${left}; ${counted(checked, 'check')}; ${took}`, screen.width)
}

function table(heads: readonly Column[], rows: readonly (readonly Cell[])[], screen: Screen, indent = INDENT) {
  return textTable(heads, rows, { width: screen.width, indent, paintHead: screen.colors.dim })
}

function verdictCell(verdict: Outcome, screen: Screen): Cell {
  return { text: verdictWord(verdict), paint: (text) => colored(text, verdict, screen.colors) }
}

function painted(verdict: Outcome, screen: Screen): string {
  return screen.colors.bold(colored(verdictWord(verdict), verdict, screen.colors))
}

function verdictWord(verdict: Outcome): string {
  return verdict === 'pass' ? 'pass' : verdict.toUpperCase()
}

function colored(text: string, verdict: Outcome, colors: Colors): string {
  switch (verdict) {
    case 'pass':
      return colors.green(text)
    case 'fail':
      return colors.red(text)
    case 'inconclusive':
      return colors.yellow(text)
  }
}
