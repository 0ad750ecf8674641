/**
 * A record judged again: every verdict from its trace, and every report from what it was made of.
 *
 * A digest shows that a file is the one that was listed; it does not show that the result says what the traces say, nor the
 * page what the result says. The same version makes the same bytes, so it can be held to them; another one may word things
 * differently, and is held to the verdicts.
 */
import { createHash } from 'node:crypto'
import { curvesOf } from '#hil/report/curves/ledger-curves'
import type { RunCurves } from '#hil/report/curves/run-curves'
import { MOST_DRAWN } from '#hil/report/html'
import type { Artifact, ArtifactKind, RecordManifest } from '#hil/report/manifest-schema'
import { type ReportFormat, render } from '#hil/report/render'
import { requirementResults } from '#hil/report/requirements'
import { parseRequirements } from '#hil/report/requirements-file'
import { RESULT } from '#hil/report/result-schema'
import { WHOLE_RUN, windowOf } from '#hil/report/window'
import { judge } from '#hil/run/judge'
import { readTrace } from '#hil/run/read-trace'
import type { Result, RunResult } from '#hil/run/result'
import type { Trace } from '#hil/run/trace'
import { TraceError } from '#hil/run/trace-error'
import { heldAgainst, readBaselineText } from '#scripts/commands/baseline'
import { VIEWS, type ViewName } from '#scripts/trace-views'
import { commit, version } from '#scripts/version'

/** What came of it. */
export interface Judgement {
  /** The result as recorded; null where there is none to read. */
  readonly result: Result | null
  /** How many runs were judged again. */
  readonly judged: number
  /** In what the record contradicts itself, one line each. */
  readonly problems: readonly string[]
  /** What could not be looked at, and what another version says otherwise, one line each. */
  readonly notes: readonly string[]
}

/** The bytes of a file of the record by its path, or why there are none. Files that do not hold are not asked for. */
export type BytesOf = (path: string) => Buffer | string

const REPORTS: ReadonlyMap<ArtifactKind, ReportFormat> = new Map([
  ['junit', 'junit'],
  ['report', 'html'],
])
const TABLES: ReadonlyMap<ArtifactKind, ViewName> = new Map([
  ['samples', 'csv'],
  ['events', 'csvEvents'],
  ['steps', 'csvSteps'],
  ['waveforms', 'vcd'],
])

export function judgeRecord(manifest: RecordManifest, bytesOf: BytesOf): Judgement {
  const found = new Findings(manifest)
  const [file, ...others] = manifest.artifacts.filter(({ kind }) => kind === 'result')
  if (file === undefined || others.length > 0) {
    const none = 'manifest.json: lists no result, or several'
    return manifest.state === 'running' ? found.judgement(null, 0) : found.problem(none).judgement(null, 0)
  }
  const bytes = bytesOf(file.path)
  if (typeof bytes === 'string') return found.problem(`${file.path}: ${bytes}`).judgement(null, 0)
  const result = resultOf(bytes)
  if (typeof result === 'string') return found.problem(`${file.path}: ${result}`).judgement(null, 0)
  let judged = 0
  const traces = manifest.artifacts.filter(({ kind }) => kind === 'trace')
  for (const run of result.runs) {
    const name = run.attempt === undefined ? run.scenario : `${run.scenario}, attempt ${run.attempt}`
    const artifact = traces.find((one) => one.scenario === run.scenario && one.attempt === (run.attempt ?? 1))
    if (artifact === undefined) found.problem(`${file.path}: there is no trace of the run ${name}`)
    else if (judgeRun(found, run, artifact, bytesOf)) judged += 1
  }
  const runless = traces.length - result.runs.length
  if (runless > 0)
    found.problem(`${file.path}: ${runless} of the traces listed ${runless === 1 ? 'is' : 'are'} of no run`)
  compareSummaries(found, manifest, result, file.path, bytesOf)
  if (found.sameVersion) compareReports(found, manifest, result, bytesOf)
  else found.note('reports and tables were not made again: another version of pumpbench made them')
  return found.judgement(result, judged)
}

/** What is found on the way. */
class Findings {
  readonly sameVersion: boolean
  readonly #problems: string[] = []
  readonly #notes: string[] = []

  constructor(manifest: RecordManifest) {
    this.sameVersion = manifest.version === version && manifest.commit === commit
  }

  problem(what: string): this {
    this.#problems.push(what)
    return this
  }

  note(what: string): this {
    this.#notes.push(what)
    return this
  }

  /** Another version may find other words; it must not come to another verdict. */
  difference(what: string, ofVerdict: boolean): this {
    return ofVerdict || this.sameVersion ? this.problem(what) : this.note(what)
  }

  judgement(result: Result | null, judged: number): Judgement {
    return { result, judged, problems: this.#problems, notes: this.#notes }
  }
}

function resultOf(bytes: Buffer): Result | string {
  let value: unknown
  try {
    value = JSON.parse(bytes.toString('utf8'))
  } catch {
    return 'not JSON'
  }
  const parsed = RESULT.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  return `not a result at ${issue?.path.map(String).join('.')}: ${issue?.message}`
}

/** Judges the trace of a run again; whether that was possible. */
function judgeRun(
  found: Findings,
  run: RunResult,
  { path, sha256, derived_from }: Artifact,
  bytesOf: BytesOf,
): boolean {
  if (run.trace_sha256 !== sha256) found.problem(`${path}: not the trace that its run was judged from`)
  const trace = traceOf(path, bytesOf)
  if (typeof trace === 'string') {
    found.problem(trace)
    return false
  }
  const [header] = trace.records
  if (header?.kind === 'header') {
    const scenario = derived_from
      .map(bytesOf)
      .find((bytes) => typeof bytes !== 'string' && sha(bytes) === header.file_sha256)
    if (scenario === undefined)
      found.problem(`${path}: the scenario that it is of is not among those that it derives from`)
  }
  try {
    const { file, wall_s } = run
    const now = judge(trace, { file, wall_s })
    const again: unknown = JSON.parse(
      JSON.stringify(run.attempt === undefined ? now : { ...now, attempt: run.attempt }),
    )
    for (const difference of differences(run, again, '')) {
      const { at } = difference
      const ofVerdict = /^\.(?:verdict|outcome|scenario)$|^\.checks\[\d+\]\.(?:check|outcome|expect|verdict)$/.test(at)
      found.difference(
        `${path}: ${at.slice(1)} is recorded as ${difference.recorded}, and judged again it is ${difference.found}`,
        ofVerdict,
      )
    }
    return true
  } catch (error) {
    if (!(error instanceof TraceError || error instanceof RangeError)) throw error
    found.problem(`${path}: cannot be judged: ${error.message}`)
    return false
  }
}

function traceOf(path: string, bytesOf: BytesOf): Trace | string {
  const bytes = bytesOf(path)
  if (typeof bytes === 'string') return `${path}: ${bytes}`
  try {
    return readTrace(bytes)
  } catch (error) {
    if (!(error instanceof TraceError)) throw error
    return `${path}: ${error.message}`
  }
}

/** Requirements and baseline, worked out again from the runs. */
function compareSummaries(
  found: Findings,
  manifest: RecordManifest,
  result: Result,
  path: string,
  bytesOf: BytesOf,
): void {
  const given = (kind: ArtifactKind) => {
    const artifact = manifest.artifacts.find((one) => one.kind === kind)
    const bytes = artifact === undefined ? 'not among the files' : bytesOf(artifact.path)
    return typeof bytes === 'string' ? null : bytes.toString('utf8')
  }
  if (result.requirements !== undefined) {
    const parsed = parseRequirements(given('requirements') ?? '', 'requirements')
    const again = parsed.ok ? requirementResults(parsed.requirements, result.runs) : null
    if (differences(result.requirements, again, '').length > 0) {
      found.problem(`${path}: the requirements do not follow from the runs and from the requirements that were kept`)
    }
  }
  if (result.baseline === undefined) return
  const baseline = readBaselineText(given('baseline') ?? '', result.baseline.file)
  const again = baseline.ok ? heldAgainst(baseline.baseline, result.runs) : null
  if (differences(result.baseline, again, '').length > 0) {
    found.problem(`${path}: the regressions do not follow from the runs and from the baseline that was kept`)
  }
}

/** Reports, tables and waveforms made again. */
function compareReports(found: Findings, manifest: RecordManifest, result: Result, bytesOf: BytesOf): void {
  const option = manifest.command.options['window']
  const window = typeof option === 'string' ? windowOf(option) : WHOLE_RUN
  for (const { path, kind, sha256, derived_from } of manifest.artifacts) {
    const format = REPORTS.get(kind)
    const curves = format === 'html' ? drawn(manifest, result, bytesOf) : []
    if (format !== undefined && sha(render(result, format, { curves })) !== sha256) {
      found.problem(`${path}: not what this version makes of the result`)
    }
    const view = VIEWS.find(({ option }) => option === TABLES.get(kind))
    if (view === undefined || typeof window === 'string') continue
    const trace = traceOf(derived_from[0] ?? '', bytesOf)
    // A trace that cannot be read has been told of before.
    if (typeof trace === 'string') continue
    const hash = createHash('sha256')
    for (const part of view.render(trace, window)) hash.update(part)
    if (hash.digest('hex') !== sha256) found.problem(`${path}: not what this version makes of the trace`)
  }
}

/** What a page draws, of the runs that it draws: those that did not pass, then those that come first. */
function drawn(manifest: RecordManifest, result: Result, bytesOf: BytesOf): RunCurves[] {
  const [passed, others] = [true, false].map((is) => result.runs.filter(({ verdict }) => (verdict === 'pass') === is))
  return [...(others ?? []), ...(passed ?? [])].slice(0, MOST_DRAWN).flatMap(({ trace_sha256 }) => {
    const path = manifest.artifacts.find(({ kind, sha256 }) => kind === 'trace' && sha256 === trace_sha256)?.path
    const trace = path === undefined ? '' : traceOf(path, bytesOf)
    return typeof trace === 'string' ? [] : [curvesOf(trace)]
  })
}

function sha(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}

interface Difference {
  readonly at: string
  readonly recorded: string
  readonly found: string
}

const MOST_DIFFERENCES = 10
const LONGEST_VALUE = 80

/** Where two values of JSON differ; the first few places. */
function differences(then: unknown, now: unknown, at: string): Difference[] {
  if (Object.is(then, now) || (then === 0 && now === 0)) return []
  if (typeof then !== 'object' || typeof now !== 'object' || then === null || now === null) {
    return [{ at, recorded: shown(then), found: shown(now) }]
  }
  const [a, b] = [new Map(Object.entries(then)), new Map(Object.entries(now))]
  const found: Difference[] = []
  for (const key of new Set([...a.keys(), ...b.keys()])) {
    if (found.length >= MOST_DIFFERENCES) break
    found.push(...differences(a.get(key), b.get(key), Array.isArray(then) ? `${at}[${key}]` : `${at}.${key}`))
  }
  return found
}

function shown(value: unknown): string {
  const text = value === undefined ? 'absent' : JSON.stringify(value)
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}...` : text
}
