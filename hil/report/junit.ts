/**
 * The result as JUnit XML, for the test pages of CI servers: a suite a run, a case a check.
 *
 * A failing verdict is a `failure`; an inconclusive one is an `error`, because the bench could not say, and must not count
 * as passed or skipped.
 */
import { html, type Markup } from '#hil/report/escape'
import { runName } from '#hil/report/requirements-section'
import type { CheckResult, Outcome, Result, RunResult } from '#hil/run/result'
import { decimal } from '#units/format'

const count = (checks: readonly CheckResult[], verdict: Outcome) =>
  checks.filter((one) => one.verdict === verdict).length

/** The XML text. Everything that comes from a scenario or a rig is escaped, and no character is one XML forbids. */
export function junitReport(result: Result): string {
  const checks = result.runs.flatMap((run) => run.checks)
  const seconds = result.runs.reduce((sum, run) => sum + run.wall_s, 0)
  const suites = result.runs.map((run) => suite(run, result.manifest.started))
  return `<?xml version="1.0" encoding="UTF-8"?>\n${html`<testsuites name="pumpbench" tests="${checks.length}" failures="${count(checks, 'fail')}" errors="${count(checks, 'inconclusive')}" time="${decimal(seconds, 9)}">
${suites}</testsuites>
`}`
}

function suite(run: RunResult, started: string): Markup {
  const cases = run.checks.map((check, index) => testcase(run, check, index))
  return html`<testsuite name="${runName(run)}" file="${run.file}" tests="${run.checks.length}" failures="${count(run.checks, 'fail')}" errors="${count(run.checks, 'inconclusive')}" skipped="0" time="${decimal(run.wall_s, 9)}" timestamp="${started}">
<properties>
<property name="pump" value="${run.pump_model} (${run.pump})"/>
<property name="rig" value="${run.rig} (${run.rig_identity})"/>
<property name="seed" value="${run.seed}"/>
<property name="requirements" value="${run.requirements.join(' ')}"/>
<property name="trace_sha256" value="${run.trace_sha256}"/>
</properties>
${cases}</testsuite>
`
}

/** Checks of one kind are told apart by their place, which is that of the scenario file. */
function testcase(run: RunResult, check: CheckResult, index: number): Markup {
  return html`<testcase classname="${runName(run)}" name="${index + 1} ${check.check}" time="0">${content(check)}</testcase>
`
}

function content(check: CheckResult): Markup {
  const measured = `measured ${figure(check.measured)}, limit ${figure(check.limit)} ${check.unit}`.trimEnd()
  const message = `outcome ${check.outcome} where ${check.expect} is expected; ${measured}`
  switch (check.verdict) {
    case 'pass':
      return html`<system-out>${check.detail}</system-out>`
    case 'fail':
      return html`<failure type="fail" message="${message}">${check.detail}</failure>`
    case 'inconclusive':
      return html`<error type="inconclusive" message="${message}">${check.detail}</error>`
  }
}

function figure(value: number | null): string {
  return value === null ? 'nothing' : decimal(value)
}
