/** One attempt at one scenario: executed, judged, its trace on disk. The same here and in a thread of its own. */
import type { PumpDefinition } from '#hil/pump/pump'
import { curvesOf } from '#hil/report/curves/ledger-curves'
import type { RunCurves } from '#hil/report/curves/run-curves'
import type { RigDefinition } from '#hil/rig/rig'
import { execute } from '#hil/run/execute'
import { judge } from '#hil/run/judge'
import type { RunResult } from '#hil/run/result'
import type { Scenario } from '#hil/scenario/types'
import { TraceFile } from '#scripts/trace-file'

/** What is attempted, and with what. */
export interface Attempt {
  readonly scenario: Scenario
  /** Path of the scenario file, as given. */
  readonly file: string
  readonly pump: PumpDefinition
  readonly rig: RigDefinition
  /** Where the trace goes; undefined for nowhere. */
  readonly trace: string | undefined
  /** For which verdicts what a report draws is worked out. */
  readonly drawn: 'never' | 'unless passed' | 'always'
}

/** The result, what a report draws of it where that was asked for, and what of the trace could not be kept. */
export interface Attempted {
  readonly run: RunResult
  readonly curves: RunCurves | null
  readonly loss: string | null
}

/** How a long attempt is followed and ended. */
export interface AttemptHooks {
  readonly signal: AbortSignal
  /** Called with the part of the scenario that is over, 0 to 1; awaited. */
  readonly onProgress: (part: number) => Promise<void> | void
}

/** Runs the scenario once. Ended by the signal, what there is so far is judged, as inconclusive. */
export async function attempt(
  { scenario, file, pump, rig, trace, drawn }: Attempt,
  hooks: AttemptHooks,
): Promise<Attempted> {
  const length_us = Number(scenario.duration_us.n)
  const record = trace === undefined ? undefined : new TraceFile(trace)
  const start_ms = performance.now()
  try {
    const made = await execute(scenario, pump, rig, {
      signal: hooks.signal,
      onLine: (line) => record?.write(line),
      onProgress: (simulated_s) => hooks.onProgress((simulated_s * 1e6) / length_us),
    })
    const run = judge(made, { file, wall_s: (performance.now() - start_ms) / 1000 })
    const isDrawn = drawn === 'always' || (drawn === 'unless passed' && run.verdict !== 'pass')
    return { run, curves: isDrawn ? curvesOf(made) : null, loss: record?.close() ?? null }
  } finally {
    record?.close()
  }
}
