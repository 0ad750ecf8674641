/** Requirements and the baseline as reports show them: on the page and on a terminal. */
import { verdictBadge } from '#hil/report/check-table'
import { html, type Markup } from '#hil/report/escape'
import { counted, NONE, tally } from '#hil/report/figure'
import { body, nameCell, row, scrollTable, shortCell, textCell, words } from '#hil/report/html-table'
import type { BaselineResult, Regression, RequirementEvidence, RequirementResult } from '#hil/run/result'

const HEADS = [words('id'), words('verdict'), words('requirement'), words('evidence')]

/** The section of the page: every requirement with its risk, its evidence and its verdict. */
export function requirementsSection(requirements: readonly RequirementResult[]): Markup {
  const rows = requirements.map((requirement) =>
    row(
      nameCell(requirement.id),
      shortCell(
        requirement.verdict === 'not exercised' ? html`${requirement.verdict}` : verdictBadge(requirement.verdict),
      ),
      textCell(whatAndWhy(requirement)),
      textCell(evidence(requirement.evidence)),
    ),
  )
  return html`<section id="requirements">
<h2>Requirements</h2>
<p class="small">${requirementCounts(requirements)}. The verdict is the worst of the checks that are evidence; a requirement
that nothing exercised has not passed.</p>
${scrollTable('Requirements', HEADS, [body(rows)])}
</section>
`
}

function whatAndWhy({ text, risk, source }: RequirementResult): Markup {
  return html`${text}<br><span class="small">Risk: ${risk}${source === undefined ? '' : ` Source: ${source}`}</span>`
}

/** Scenarios that one requirement lists; the JSON report has all of them. */
const MOST_EVIDENCE = 12

function evidence(all: readonly RequirementEvidence[]): Markup {
  if (all.length === 0) return html`${NONE}`
  const failed = all.filter(({ verdict }) => verdict !== 'pass')
  const shown = [...failed, ...all.filter(({ verdict }) => verdict === 'pass')].slice(0, MOST_EVIDENCE)
  const more = all.length - shown.length
  const line = (one: RequirementEvidence) => {
    const bad = one.checks.filter(({ verdict }) => verdict !== 'pass')
    const named = (bad.length > 0 ? bad : one.checks).map(({ check, verdict }) =>
      verdict === 'pass' ? check : `${check}: ${verdict}`,
    )
    return html`${runName(one)} (${[...new Set(named)].join(', ')})<br>`
  }
  return html`${shown.map(line)}${more > 0 ? `${more} more` : null}`
}

/** How many requirements fared how: `14 requirements: 12 pass, 2 not exercised`. */
export function requirementCounts(requirements: readonly RequirementResult[]): string {
  const verdicts = requirements.flatMap(({ verdict }) => (verdict === 'not exercised' ? [] : [verdict]))
  const idle = requirements.length - verdicts.length
  const counts = [verdicts.length === 0 ? [] : tally(verdicts), idle === 0 ? [] : `${idle} not exercised`].flat()
  return `${counted(requirements.length, 'requirement')}: ${counts.join(', ')}`
}

/** Checks that the page lists of those that no longer pass; the JSON report has all of them. */
const MOST_REGRESSIONS = 1000

const BASELINE_HEADS = [words('scenario'), words('check'), words('now'), words('what it found')]

/** The section of the page on an earlier result: which checks passed then and do not any more. */
export function baselineSection(baseline: BaselineResult): Markup {
  const { file, sha256, regressions } = baseline
  const more = regressions.length - MOST_REGRESSIONS
  const rows = regressions
    .slice(0, MOST_REGRESSIONS)
    .map(({ scenario, check, verdict, detail }) =>
      row(
        nameCell(scenario),
        shortCell(check),
        shortCell(verdict === 'gone' ? html`${verdict}` : verdictBadge(verdict)),
        textCell(detail === '' ? NONE : detail),
      ),
    )
  return html`<section id="baseline">
<h2>Held against the baseline</h2>
<p class="small">${baselineCounts(baseline)}. Baseline: <code>${file}</code>, SHA-256 <code>${sha256}</code></p>
${rows.length === 0 ? null : scrollTable('Checks that no longer pass', BASELINE_HEADS, [body(rows)])}
${more > 0 ? html`<p>${more} more are in the JSON report.</p>` : null}
</section>
`
}

/** `2 checks that passed in the baseline no longer do`. */
export function baselineCounts({ regressions }: BaselineResult): string {
  if (regressions.length === 0) return 'Every check that passed in the baseline and was made again passes'
  return `${counted(regressions.length, 'check')} that passed in the baseline no longer ${regressions.length === 1 ? 'does' : 'do'}`
}

/** A regression in one line: `flex-1000: tracking: fail: delivered is ...`. */
export function regressionText({ scenario, check, verdict, detail }: Regression): string {
  return [scenario, check, verdict, detail].filter((part) => part !== '').join(': ')
}

/** The name of a scenario in a report, with the attempt where there was more than one. */
export function runName({ scenario, attempt }: { readonly scenario: string; readonly attempt?: number }): string {
  return attempt === undefined ? scenario : `${scenario}, attempt ${attempt}`
}
