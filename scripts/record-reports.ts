/**
 * The reports, tables and waveforms of a record, made again from its result and its traces.
 *
 * The same version makes the same bytes, and is held to each of them. Of what another version made only the counts are
 * looked at: words and layout may differ.
 */
import { createHash } from 'node:crypto'
import { curvesOf } from '#hil/report/curves/ledger-curves'
import type { RunCurves } from '#hil/report/curves/run-curves'
import { MOST_DRAWN } from '#hil/report/html'
import type { Artifact, ArtifactKind, RecordManifest } from '#hil/report/manifest-schema'
import { type ReportFormat, render } from '#hil/report/render'
import { WHOLE_RUN, type Window, windowOf } from '#hil/report/window'
import { readTrace } from '#hil/run/read-trace'
import type { Result } from '#hil/run/result'
import type { Trace } from '#hil/run/trace'
import { TraceError } from '#hil/run/trace-error'
import { VIEWS, type ViewName } from '#scripts/trace-views'

/** The bytes of a file of the record by its path, or why there are none. Files that do not hold are not asked for. */
export type BytesOf = (path: string) => Buffer | string

/** A record as far as reports are made of it. */
export interface Recorded {
  readonly manifest: RecordManifest
  readonly result: Result
  readonly bytesOf: BytesOf
}

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

/** Which of them are not what result and traces say, one line each. */
export function reportProblems(recorded: Recorded, sameVersion: boolean): readonly string[] {
  const { artifacts, command } = recorded.manifest
  if (!sameVersion) return artifacts.flatMap((artifact) => miscounted(artifact, recorded))
  const option = command.options['window']
  const window = typeof option === 'string' ? windowOf(option) : WHOLE_RUN
  if (typeof window === 'string') return [`manifest.json: --window ${JSON.stringify(option)}: ${window}`]
  return artifacts.flatMap((artifact) => altered(artifact, recorded, window))
}

function altered({ path, kind, sha256, derived_from }: Artifact, recorded: Recorded, window: Window): string[] {
  const format = REPORTS.get(kind)
  if (format !== undefined) {
    const curves = format === 'html' ? drawn(recorded) : []
    const isSame = digestOfBytes(render(recorded.result, format, { curves })) === sha256
    return isSame ? [] : [`${path}: not what this version makes of the result`]
  }
  const view = VIEWS.find(({ option }) => option === TABLES.get(kind))
  if (view === undefined) return []
  const trace = traceIn(derived_from[0] ?? '', recorded.bytesOf)
  // A trace that cannot be read has been told of before.
  if (typeof trace === 'string') return []
  const hash = createHash('sha256')
  try {
    for (const part of view.render(trace, window)) hash.update(part)
  } catch (error) {
    // Of a trace that breaks off early a view holds what came before.
    if (!(error instanceof TraceError || error instanceof RangeError)) throw error
  }
  return hash.digest('hex') === sha256 ? [] : [`${path}: not what this version makes of the trace`]
}

const COUNTS = /^<testsuites name="pumpbench" tests="(\d+)" failures="(\d+)" errors="(\d+)"/m

/** What is in a report of another version that can be counted: cases of every kind, and rows of samples. */
function miscounted({ path, kind, scenario, attempt }: Artifact, { result, bytesOf }: Recorded): string[] {
  if (kind !== 'junit' && kind !== 'samples') return []
  const bytes = bytesOf(path)
  if (typeof bytes === 'string') return []
  const text = bytes.toString('utf8')
  if (kind === 'junit') {
    const [found, due] = [text, render(result, 'junit')].map((xml) => COUNTS.exec(xml)?.slice(1).join(', ') ?? 'none')
    return found === due ? [] : [`${path}: tests, failures and errors are ${found}, and by the result ${due}`]
  }
  const run = result.runs.find((one) => one.scenario === scenario && (one.attempt ?? 1) === attempt)
  const rows = text.split('\r\n').length - 2
  const due = run?.samples.length ?? 0
  return rows === due ? [] : [`${path}: ${rows} rows, and by the result ${due}`]
}

/** What a page draws, of the runs that it draws: those that did not pass, then those that come first. */
function drawn({ manifest, result, bytesOf }: Recorded): RunCurves[] {
  const [passed, others] = [true, false].map((is) => result.runs.filter(({ verdict }) => (verdict === 'pass') === is))
  return [...(others ?? []), ...(passed ?? [])].slice(0, MOST_DRAWN).flatMap(({ trace_sha256 }) => {
    const path = manifest.artifacts.find(({ kind, sha256 }) => kind === 'trace' && sha256 === trace_sha256)?.path
    const trace = path === undefined ? '' : traceIn(path, bytesOf)
    if (typeof trace === 'string') return []
    try {
      return [curvesOf(trace)]
    } catch (error) {
      // The page then differs, and the run has been told of as one that cannot be judged.
      if (!(error instanceof TraceError || error instanceof RangeError)) throw error
      return []
    }
  })
}

/** The trace at a path, or why there is none. */
export function traceIn(path: string, bytesOf: BytesOf): Trace | string {
  const bytes = bytesOf(path)
  if (typeof bytes === 'string') return `${path}: ${bytes}`
  try {
    return readTrace(bytes)
  } catch (error) {
    if (!(error instanceof TraceError)) throw error
    return `${path}: ${error.message}`
  }
}

export function digestOfBytes(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}
