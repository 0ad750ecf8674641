/**
 * Judge: from a trace, and nothing else, to the result.
 *
 * The scenario is read again from the trace, the prescribed ledger is worked out by the oracle, and every check is
 * evaluated. Judging a stored trace tomorrow gives what judging gave today.
 */
import { createHash } from 'node:crypto'
import { MODEL_KEYS, type ModelKey } from '#firmware-sim/models'
import { analysisOf } from '#hil/run/analysis/analysis'
import { secondsOrNull } from '#hil/run/analysis/figures'
import { evaluate } from '#hil/run/checks/checks'
import { conservation } from '#hil/run/checks/conservation'
import { faultsWithoutEffect } from '#hil/run/checks/faults'
import { inconclusive, type Observation } from '#hil/run/checks/observation'
import { detectionOf } from '#hil/run/detection/detection'
import { fromExact } from '#hil/run/exact'
import { type Ledgers, ledgersOf, recordsOf } from '#hil/run/ledgers'
import { provenanceOf } from '#hil/run/provenance'
import { type CheckResult, type RunResult, worst } from '#hil/run/result'
import type { HeaderRecord, Trace } from '#hil/run/trace'
import { TraceError } from '#hil/run/trace-error'
import { alarmsOf, eventsOf, logsOf, samplesOf, totalsOf } from '#hil/run/views'
import { parseScenario } from '#hil/scenario/parse'
import { problemText } from '#hil/scenario/problem'
import type { Check, Scenario } from '#hil/scenario/types'
import { duration } from '#units/format'
import { equal, type Rational, toNumber, whole } from '#units/rational'

/** What a result says of a run that its trace cannot know. */
export interface JudgeContext {
  /** Path of the scenario file, as given. */
  readonly file: string
  /** How long the run took. */
  readonly wall_s: number
  /** Checks of your own, evaluated in every run beside those of the scenario. */
  readonly checks?: readonly CheckDefinition[]
}

/** A check of your own: a name, and what it observes in the ledgers. */
export interface CheckDefinition {
  readonly name: string
  readonly observe: (ledgers: Ledgers) => Observation
}

/** States a check of your own; the types are checked here rather than where it is used. */
export function defineCheck(definition: CheckDefinition): CheckDefinition {
  return definition
}

/** The result of the run a trace is of. Throws {@link TraceError} when it is not a trace this version can judge. */
export function judge(trace: Trace, context: JudgeContext): RunResult {
  const { header, ledgers } = booksOf(trace)
  const { scenario } = ledgers
  const checks = checksOf(ledgers, context.checks ?? [])
  const analysis = analysisOf(ledgers)
  return {
    scenario: scenario.name,
    file: context.file,
    file_sha256: header.file_sha256,
    pump: header.pump,
    pump_model: scenario.pump.name,
    step_uL: toNumber(scenario.pump.step_uL),
    rig: header.rig,
    rig_identity: header.rig_identity,
    seed: header.seed,
    requirements: scenario.requirements,
    outcome: worst(checks.map(({ outcome }) => outcome)),
    verdict: worst(checks.map(({ verdict }) => verdict)),
    simulated_s: ledgers.reached_us / 1e6,
    wall_s: context.wall_s,
    ...totalsOf(ledgers),
    ...provenanceOf(ledgers),
    checks,
    alarms: alarmsOf(ledgers),
    events: eventsOf(ledgers),
    ...logsOf(ledgers),
    samples: samplesOf(ledgers),
    analysis,
    detection: detectionOf(ledgers, analysis),
    ...wireOf(ledgers),
    trace_sha256: trace.sha256,
  }
}

/** What the rig stated of its wire, where it has one. */
function wireOf({ records }: Ledgers): Pick<RunResult, 'wire'> {
  const [record] = recordsOf(records, 'wire')
  if (record === undefined) return {}
  const { kind: _, t_us: __, ...wire } = record
  return { wire }
}

/**
 * The ledgers of the run a trace is of, with the header they were read by. Throws {@link TraceError} when it is not a trace
 * this version can judge.
 */
export function booksOf(trace: Trace): { readonly header: HeaderRecord; readonly ledgers: Ledgers } {
  const header = headerOf(trace)
  return { header, ledgers: ledgersOf(scenarioOf(header), trace) }
}

function headerOf(trace: Trace): HeaderRecord {
  const [header] = trace.records
  if (header?.kind !== 'header') throw new TraceError('the first line is not the header of a trace')
  if (header.schema !== 'pumpbench/trace@1') {
    throw new TraceError(`the trace is of schema "${String(header.schema)}"; this version judges pumpbench/trace@1`)
  }
  return header
}

/** The scenario in a header, which is the text of the file whose digest it states: no other may be judged in its name. */
function scenarioOf(header: HeaderRecord): Scenario {
  const digest = createHash('sha256').update(header.text).digest('hex')
  if (digest !== header.file_sha256) {
    throw new TraceError(
      `its scenario is not the text whose digest it states: the text has sha256 ${digest}, and file_sha256 is ` +
        `${JSON.stringify(header.file_sha256.slice(0, 64))}; it was altered, so judge the trace as it was written`,
    )
  }
  const keys = Object.keys(MODEL_KEYS) as ModelKey[]
  const modelFigures = Object.fromEntries(keys.map((key) => [key, header.model[key] ?? ''])) as Record<ModelKey, string>
  const options = { modelFigures, seed: header.seed, sha256: header.file_sha256 }
  const parsed = parseScenario(header.text, `scenario ${header.scenario} in the trace`, options)
  if (parsed.ok) return parsed.scenario
  throw new TraceError(`its scenario cannot be read: ${parsed.problems.slice(0, 3).map(problemText).join('; ')}`)
}

/** One check held against the ledgers; inconclusive where the run did not reach its end. */
export function judgeCheck(check: Check, ledgers: Ledgers): CheckResult {
  const observation = whileComplete(ledgers, () => evaluate(check, ledgers))
  const named = check.requirements === undefined ? {} : { requirements: check.requirements }
  return { ...result(check.check, check.expect, observation), ...named }
}

function checksOf(ledgers: Ledgers, own: readonly CheckDefinition[]): CheckResult[] {
  const { scenario, end } = ledgers
  const results = scenario.checks.map((check) => judgeCheck(check, ledgers))
  for (const { name, observe } of own)
    results.push(
      result(
        name,
        'pass',
        whileComplete(ledgers, () => observe(ledgers)),
      ),
    )
  results.push(result('mass-conservation', 'pass', conservation(ledgers)))
  for (const refusal of unexpectedRefusals(ledgers)) results.push(result('no-refusal', 'pass', refusal))
  const idle = faultsWithoutEffect(ledgers)
  if (idle !== null) results.push(result('faults', 'pass', idle))
  results.push(...brokenLaws(ledgers))
  if (end === null || !end.complete)
    results.push(result('completed', 'pass', inconclusive('', incompleteBecause(ledgers) + lost(ledgers))))
  return results
}

/** One check for each law but conservation, which has its own, that the bench found broken. */
function brokenLaws(ledgers: Ledgers): CheckResult[] {
  const laws = new Map<string, { readonly detail: string; readonly t_us: number; times: number }>()
  for (const { law, detail, t_us } of recordsOf(ledgers.records, 'violation')) {
    const known = laws.get(law)
    if (known === undefined) laws.set(law, { detail, t_us, times: 1 })
    else known.times += 1
  }
  laws.delete('conservation')
  return [...laws].map(([law, { detail, t_us, times }]) => {
    const again = times === 1 ? '' : `; and ${times - 1} times more`
    return result(law, 'pass', { ...inconclusive('', detail + again), at_us: whole(t_us) })
  })
}

function whileComplete(ledgers: Ledgers, observe: () => Observation): Observation {
  if (ledgers.end?.complete === true) return observe()
  return inconclusive('', `not judged: ${incompleteBecause(ledgers)}`)
}

function incompleteBecause({ end }: Ledgers): string {
  return end === null
    ? 'the trace breaks off before the end of the run'
    : `the run ended at ${duration(whole(end.t_us))}: ${end.reason}`
}

/** How much a trace that breaks off still holds, and what of it is lost. */
function lost({ brokenOff, reached_us, told_us, believed, scenario }: Ledgers): string {
  if (brokenOff === null)
    return believed.told_us < reached_us ? `; what the pump believed is known up to ${duration(believed.told_us)}` : ''
  const { lines, lost_bytes } = brokenOff
  const half = lost_bytes === 0 ? '' : `, and ${lost_bytes} byte${lost_bytes === 1 ? '' : 's'} of half a line are lost`
  const told = told_us < reached_us ? `; what was believed and delivered is known up to ${duration(told_us)}` : ''
  return `: it holds ${lines} whole line${lines === 1 ? '' : 's'}, up to ${duration(reached_us)} of ${duration(scenario.duration_us)}${half}${told}`
}

/** What the pump refused without the scenario expecting it; each check expects one refusal. */
function unexpectedRefusals(ledgers: Ledgers): Observation[] {
  const expected = ledgers.scenario.checks.flatMap((check) => (check.check === 'refused' ? [check.at_us] : []))
  return recordsOf(ledgers.records, 'refused')
    .map((refused) => ({ ...refused, at: fromExact(refused.at_us) }))
    .filter(({ at }) => {
      const place = expected.findIndex((at_us) => equal(at_us, at))
      if (place !== -1) expected.splice(place, 1)
      return place === -1
    })
    .map(({ at, text, reason }) => ({
      outcome: 'fail',
      measured: null,
      limit: null,
      unit: '',
      at_us: at,
      detail: `the pump refused "${text}" at ${duration(at)}: ${reason}`,
      parted: [{ pair: 'program', since_us: at }],
    }))
}

function result(check: string, expect: 'pass' | 'fail', observation: Observation): CheckResult {
  const { outcome, measured, limit, unit, at_us, detail, parted } = observation
  return {
    check,
    outcome,
    expect,
    verdict: outcome === 'inconclusive' ? 'inconclusive' : outcome === expect ? 'pass' : 'fail',
    measured: numberOf(measured),
    limit: numberOf(limit),
    unit,
    at_s: secondsOrNull(at_us),
    detail,
    ...(parted === undefined || outcome !== 'fail'
      ? {}
      : { parted: parted.map(({ pair, since_us }) => ({ pair, since_s: secondsOrNull(since_us) })) }),
  }
}

function numberOf(value: Rational | null): number | null {
  return value === null ? null : toNumber(value)
}
