/**
 * A record judged again: every verdict from its trace, and every report from what it was made of.
 *
 * A digest shows that a file is the one that was listed; it does not show that the result says what the traces say, nor the
 * page what the result says. The same version makes the same bytes, so it can be held to them; another one may word things
 * differently, and is held to the verdicts.
 */
import type { Artifact, ArtifactKind, RecordManifest } from '#hil/report/manifest-schema'
import { requirementResults } from '#hil/report/requirements'
import { parseRequirements } from '#hil/report/requirements-file'
import { RESULT } from '#hil/report/result-schema'
import { judge } from '#hil/run/judge'
import type { Outcome, Result, RunResult } from '#hil/run/result'
import { TraceError } from '#hil/run/trace-error'
import { heldAgainst, readBaselineText } from '#scripts/commands/baseline'
import { inconsistencies } from '#scripts/record-consistency'
import { type BytesOf, digestOfBytes, reportProblems, traceIn } from '#scripts/record-reports'
import { headerProblems, type KeptScenario } from '#scripts/record-scenario'
import { commit, version } from '#scripts/version'

/** What came of it. */
export interface Judgement {
  /** The result as recorded; null where there is none to read. */
  readonly result: Result | null
  /** What each run is that was judged again, in the order of the result. */
  readonly judged: readonly Outcome[]
  /** In what the record contradicts itself, one line each. */
  readonly problems: readonly string[]
  /** What could not be looked at, and what another version says otherwise, one line each. */
  readonly notes: readonly string[]
}

export function judgeRecord(manifest: RecordManifest, bytesOf: BytesOf): Judgement {
  const found = new Findings(manifest)
  const [file, ...others] = manifest.artifacts.filter(({ kind }) => kind === 'result')
  if (file === undefined || others.length > 0) {
    const none = 'manifest.json: lists no result, or several'
    return manifest.state === 'running' ? found.judgement(null, []) : found.problem(none).judgement(null, [])
  }
  const bytes = bytesOf(file.path)
  if (typeof bytes === 'string') return found.problem(`${file.path}: ${bytes}`).judgement(null, [])
  const result = resultOf(bytes)
  if (typeof result === 'string') return found.problem(`${file.path}: ${result}`).judgement(null, [])
  for (const problem of inconsistencies(manifest, result)) found.problem(problem)
  const judged = judgeRuns(found, manifest, { result, path: file.path, bytesOf })
  compareSummaries(found, manifest, result, file.path, bytesOf)
  for (const problem of reportProblems({ manifest, result, bytesOf }, found.sameVersion)) found.problem(problem)
  if (!found.sameVersion) {
    found.note('reports and tables were counted and not made again: another version of pumpbench made them')
  }
  return found.judgement(result, judged)
}

/** Judges every run again by the one trace that is its own; what each is that could be. */
function judgeRuns(
  found: Findings,
  manifest: RecordManifest,
  { result, path, bytesOf }: { readonly result: Result; readonly path: string; readonly bytesOf: BytesOf },
): readonly Outcome[] {
  const traces = new Set(manifest.artifacts.filter(({ kind }) => kind === 'trace'))
  const judged: Outcome[] = []
  for (const run of result.runs) {
    const name = run.attempt === undefined ? run.scenario : `${run.scenario}, attempt ${run.attempt}`
    const [artifact] = [...traces].filter((one) => one.scenario === run.scenario && one.attempt === (run.attempt ?? 1))
    if (artifact === undefined) {
      found.problem(`${path}: there is no trace of the run ${name}, or another run is of it`)
      continue
    }
    traces.delete(artifact)
    const verdict = judgeRun(found, run, artifact, { manifest, bytesOf })
    if (verdict !== null) judged.push(verdict)
  }
  for (const trace of traces) found.problem(`${trace.path}: there is no run of this trace in ${path}`)
  return judged
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

  judgement(result: Result | null, judged: readonly Outcome[]): Judgement {
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

/** Judges the trace of a run again; null where that was not possible. */
function judgeRun(
  found: Findings,
  run: RunResult,
  { path, sha256, derived_from }: Artifact,
  { manifest, bytesOf }: { readonly manifest: RecordManifest; readonly bytesOf: BytesOf },
): Outcome | null {
  if (run.trace_sha256 !== sha256) found.problem(`${path}: not the trace that its run was judged from`)
  const trace = traceIn(path, bytesOf)
  if (typeof trace === 'string') {
    found.problem(trace)
    return null
  }
  const [header] = trace.records
  if (header?.kind === 'header') {
    for (const problem of headerProblems(header, keptFor(derived_from, manifest, bytesOf), found.sameVersion)) {
      found.problem(`${path}: ${problem}`)
    }
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
    return now.verdict
  } catch (error) {
    if (!(error instanceof TraceError || error instanceof RangeError)) throw error
    found.problem(`${path}: cannot be judged: ${error.message}`)
    return null
  }
}

/** The scenario that a trace derives from, as far as it is there and holds. */
function keptFor(sources: readonly string[], { artifacts, command }: RecordManifest, bytesOf: BytesOf): KeptScenario {
  const [scenario, model] = (['scenario', 'pump-model'] as const).map((kind) => {
    const artifact = artifacts.find((one) => one.kind === kind && sources.includes(one.path))
    const bytes = artifact === undefined ? '' : bytesOf(artifact.path)
    return typeof bytes === 'string' ? null : bytes
  })
  const { seed } = command.options
  return {
    text: scenario?.toString('utf8') ?? '',
    sha256: scenario ? digestOfBytes(scenario) : '',
    model: model?.toString('utf8') ?? null,
    seed: typeof seed === 'number' ? seed : undefined,
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
