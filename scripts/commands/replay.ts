/** `pumpbench replay`: judges a stored trace again, from the trace alone. */
import { readFileSync, statSync } from 'node:fs'
import { curvesOf } from '#hil/report/curves/ledger-curves'
import { judge } from '#hil/run/judge'
import { readTrace } from '#hil/run/read-trace'
import type { Result } from '#hil/run/result'
import { TraceError, TruncatedTraceError } from '#hil/run/trace-error'
import { EXIT, type ExitStatus, exitStatus } from '#scripts/exit'
import { manifest } from '#scripts/manifest'
import { outputProblems, prepareOutputs } from '#scripts/outputs'
import { type ReportOptions, reportFiles, writeReports } from '#scripts/reports'
import { VIEWS, type ViewOptions, writeViews } from '#scripts/trace-views'

/** Largest trace that is read: a text has to fit one string. */
const LARGEST_TRACE = 256 * 1024 * 1024
/** A message that quotes a number of a thousand digits is cut. */
const LONGEST_REASON = 200

export interface ReplayOptions extends ReportOptions, ViewOptions {}

export function replay(path: string, options: ReplayOptions): ExitStatus {
  const started = new Date()
  const views = VIEWS.flatMap(({ option, flag }) => {
    const place = options[option]
    return place === undefined ? [] : [{ view: option, option: flag, path: place }]
  })
  const files = [...reportFiles(options), ...views]
  const problems = outputProblems(files, [path])
  if (problems.length === 0) problems.push(...prepareOutputs(files))
  if (problems.length > 0) return refused(problems)
  try {
    const start_ms = performance.now()
    const trace = readTrace(bytesOf(path))
    const run = judge(trace, { file: path, wall_s: (performance.now() - start_ms) / 1000 })
    const result: Result = { schema: 'pumpbench/result@1', manifest: manifest(started, null), runs: [run] }
    const curves = options.html === undefined ? [] : [curvesOf(trace)]
    const losses = [...writeReports(result, options, curves), ...writeViews(trace, views, options.window)]
    for (const loss of losses) console.error(loss)
    return exitStatus(result, losses.length > 0)
  } catch (error) {
    // Figures that no run produces, found where something is computed from them, are as wrong as a line that is no record.
    if (error instanceof RangeError)
      return refused([`${path}: cannot be judged: ${error.message.slice(0, LONGEST_REASON)}`])
    if (error instanceof TruncatedTraceError) {
      console.error(`${path}: inconclusive: ${error.message}`)
      return EXIT.inconclusive
    }
    if (!(error instanceof TraceError)) throw error
    return refused([`${path}: ${error.message}`])
  }
}

function refused(problems: readonly string[]): ExitStatus {
  for (const problem of problems) console.error(problem)
  return EXIT.usage
}

function bytesOf(path: string): Buffer {
  try {
    const stats = statSync(path)
    if (!stats.isFile()) throw new TraceError('not a regular file')
    if (stats.size > LARGEST_TRACE) {
      throw new TraceError(`${stats.size} bytes is more than the ${LARGEST_TRACE} that are read`)
    }
    return readFileSync(path)
  } catch (error) {
    if (error instanceof TraceError) throw error
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      throw new TraceError('no such file', { cause: error })
    throw new TraceError(`cannot be read: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}
