/**
 * The result as JUnit XML, for the test pages of CI servers: a suite a run, a case a check.
 *
 * Keeps to the elements and attributes that the strictest of the readers in use takes (the schema `junit-10.xsd` of the
 * xUnit plug-in of Jenkins); the others read a subset. A failing verdict is a `failure`; an inconclusive one is an `error`,
 * because the bench could not say, and must not count as passed or skipped. A scenario that was not run is a case that was
 * `skipped`. A check that was expected to fail and did
 * passes, and its output says so.
 */
import { html, type Markup } from '#hil/report/escape'
import { plain } from '#hil/report/plain'
import { runName } from '#hil/report/requirements-section'
import type { BaselineResult, CheckResult, Result, RunResult, SkippedScenario } from '#hil/run/result'
import { decimal } from '#units/format'

/** Texts beyond these lengths are cut: servers keep every line of every build. */
const LONGEST_MESSAGE = 500
const LONGEST_OUTPUT = 10_000
/** Alarms that the output of a suite lists at most. */
const MOST_ALARMS = 100

interface Case {
  readonly name: string
  readonly time_s: number
  readonly kind: 'passed' | 'failure' | 'error' | 'skipped'
  /** Why it did not pass, in a word and in a line; empty where it passed. */
  readonly type: string
  readonly message: string
  readonly text: string
}

interface Suite {
  readonly name: string
  readonly file: string
  readonly time_s: number
  readonly properties: readonly (readonly [name: string, value: string])[]
  readonly cases: readonly Case[]
  readonly output: readonly string[]
}

/** The XML text. Everything that comes from a scenario or a rig is escaped, and no character is one XML forbids. */
export function junitReport(result: Result): string {
  const { started } = result.manifest
  const suites = [
    ...result.runs.map(suiteOf),
    ...(result.skipped ?? []).map(skippedSuite),
    ...(result.baseline === undefined ? [] : [baselineSuite(result.baseline)]),
  ]
  const cases = suites.flatMap((suite) => suite.cases)
  const time_s = suites.reduce((sum, suite) => sum + suite.time_s, 0)
  return `<?xml version="1.0" encoding="UTF-8"?>\n${html`<testsuites name="pumpbench" tests="${cases.length}" failures="${count(cases, 'failure')}" errors="${count(cases, 'error')}" time="${seconds(time_s)}">
${suites.map((suite, index) => suiteXml(suite, index, started))}</testsuites>
`}`
}

/** One suite for a run. None of its checks has a time of its own, and servers add up cases: each takes an equal share. */
function suiteOf(run: RunResult): Suite {
  const names = caseNames(run.checks)
  return {
    name: runName(run),
    file: run.file,
    time_s: run.wall_s,
    properties: [
      ['pump', `${run.pump_model} (${run.pump})`],
      ['rig', `${run.rig} (${run.rig_identity})`],
      ['seed', String(run.seed)],
      ...(run.attempt === undefined ? [] : [['attempt', String(run.attempt)] as const]),
      ['requirements', run.requirements.join(' ')],
      ['verdict', run.verdict],
      ['file_sha256', run.file_sha256],
      ['trace_sha256', run.trace_sha256],
    ],
    cases: run.checks.map((check, index) => caseOf(check, names[index] ?? '', run.wall_s / run.checks.length)),
    output: outputOf(run),
  }
}

/** A check is named as itself; checks of one name are told apart by their place among them, as baselines tell them apart. */
function caseNames(checks: readonly CheckResult[]): readonly string[] {
  const times = new Map<string, number>()
  return checks.map(({ check }) => {
    const place = (times.get(check) ?? 0) + 1
    times.set(check, place)
    return place === 1 ? check : `${check} (${place})`
  })
}

function caseOf(check: CheckResult, name: string, time_s: number): Case {
  const measured = `measured ${figure(check.measured)}, limit ${figure(check.limit)} ${check.unit}`.trimEnd()
  const expected = check.expect === 'fail' ? ' (expected to fail)' : ''
  const named = (check.requirements ?? []).length === 0 ? '' : ` [${check.requirements?.join(' ')}]`
  const text = `${check.detail}${expected}; ${measured}${named}`
  const message = `outcome ${check.outcome} where ${check.expect} is expected; ${measured}`
  switch (check.verdict) {
    case 'pass':
      return { name, time_s, kind: 'passed', type: '', message: '', text }
    case 'fail':
      return {
        name,
        time_s,
        kind: 'failure',
        type: check.expect === 'fail' ? 'unexpected-pass' : 'fail',
        message,
        text,
      }
    case 'inconclusive':
      return { name, time_s, kind: 'error', type: 'inconclusive', message, text }
  }
}

/** The ledgers at the end and the alarms, a line each. */
function outputOf({ prescribed, believed, delivered, alarms }: RunResult): readonly string[] {
  const more = alarms.length - MOST_ALARMS
  return [
    `prescribed ${decimal(prescribed.volume_uL)} uL, ${decimal(prescribed.dose_ug)} ug`,
    `believed ${decimal(believed.volume_uL)} uL, ${decimal(believed.dose_ug)} ug`,
    `delivered ${decimal(delivered.displaced_uL)} uL, ${decimal(delivered.tip_dose_ug)} ug out of the tip`,
    ...alarms.slice(0, MOST_ALARMS).map(({ alarm, raised_s, cleared_s }) => {
      const until = cleared_s === null ? 'not cleared' : `cleared at ${decimal(cleared_s, 12)} s`
      return `alarm ${alarm} at ${decimal(raised_s, 12)} s, ${until}`
    }),
    ...(more > 0 ? [`and ${more} alarms more`] : []),
  ]
}

/** What no longer passes is a failure of its own: the run it is of may pass, where the check is gone. */
function baselineSuite({ file, sha256, regressions }: BaselineResult): Suite {
  const passed: Case = { name: 'no regressions', time_s: 0, kind: 'passed', type: '', message: '', text: '' }
  const cases = regressions.map(({ scenario, check, verdict, detail }): Case => {
    const message = `passed in the baseline, now ${verdict}`
    return { name: `${scenario}: ${check}`, time_s: 0, kind: 'failure', type: 'regression', message, text: detail }
  })
  const properties = [['baseline_sha256', sha256]] as const
  return { name: 'baseline', file, time_s: 0, properties, cases: cases.length === 0 ? [passed] : cases, output: [] }
}

/** A scenario that the pump does not have the means for. */
function skippedSuite({ scenario, file, reason }: SkippedScenario): Suite {
  const one: Case = { name: 'run', time_s: 0, kind: 'skipped', type: 'skipped', message: reason, text: '' }
  return { name: scenario, file, time_s: 0, properties: [], cases: [one], output: [] }
}

function suiteXml(suite: Suite, index: number, started: string): Markup {
  const { name, file, cases, properties, output } = suite
  return html`<testsuite id="${index}" name="${name}" file="${file}" tests="${cases.length}" failures="${count(cases, 'failure')}" errors="${count(cases, 'error')}" skipped="${count(cases, 'skipped')}" time="${seconds(suite.time_s)}" timestamp="${started}">
<properties>
${properties.map(([key, value]) => html`<property name="${key}" value="${cut(value, LONGEST_MESSAGE)}"/>\n`)}</properties>
${cases.map((one) => caseXml(one, name))}<system-out>${output.map((line) => html`${cut(line, LONGEST_MESSAGE)}\n`)}</system-out>
</testsuite>
`
}

function caseXml({ name, time_s, kind, type, message, text }: Case, suite: string): Markup {
  const output = cut(text, LONGEST_OUTPUT)
  const content =
    kind === 'passed'
      ? html`<system-out>${output}</system-out>`
      : kind === 'failure'
        ? html`<failure type="${type}" message="${cut(message, LONGEST_MESSAGE)}">${output}</failure>`
        : kind === 'skipped'
          ? html`<skipped message="${cut(message, LONGEST_MESSAGE)}"/>`
          : html`<error type="${type}" message="${cut(message, LONGEST_MESSAGE)}">${output}</error>`
  return html`<testcase classname="${suite}" name="${name}" time="${seconds(time_s)}">${content}</testcase>
`
}

function count(cases: readonly Case[], kind: Case['kind']): number {
  return cases.filter((one) => one.kind === kind).length
}

/** Readers of this format know no exponents. */
function seconds(time_s: number): string {
  return Math.max(0, time_s).toFixed(6)
}

/** A cut never halves a character. */
function cut(text: string, longest: number): string {
  const shown = plain(text)
  if (shown.length <= longest) return shown
  return `${shown.slice(0, longest - 3).replace(/[\ud800-\udbff]$/, '')}...`
}

function figure(value: number | null): string {
  return value === null ? 'nothing' : decimal(value)
}
