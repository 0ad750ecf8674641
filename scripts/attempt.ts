/** One attempt at one scenario: executed, judged, its trace on disk. The same here and in a thread of its own. */
import type { PumpDefinition } from '#hil/pump/pump'
import { curvesOf } from '#hil/report/curves/ledger-curves'
import type { RunCurves } from '#hil/report/curves/run-curves'
import type { Window } from '#hil/report/window'
import type { RigDefinition } from '#hil/rig/rig'
import { execute } from '#hil/run/execute'
import { judge } from '#hil/run/judge'
import type { MeasuredRig } from '#hil/run/measured-rig'
import type { RunResult } from '#hil/run/result'
import type { Scenario } from '#hil/scenario/types'
import type { JobHooks } from '#scripts/campaign/jobs'
import type { AttemptFiles } from '#scripts/commands/run-files'
import { TraceFile } from '#scripts/trace-file'
import { writeViews } from '#scripts/trace-views'

/** What is attempted, and with what. */
export interface Attempt {
  readonly scenario: Scenario
  /** Path of the scenario file, as given. */
  readonly file: string
  readonly pump: PumpDefinition
  readonly rig: RigDefinition
  /** What was measured of the rig; null where nothing was. */
  readonly measured: MeasuredRig | null
  /** Where the trace and views of it go. */
  readonly files: AttemptFiles
  /** What part of the run views of single steps show; undefined for all of it. */
  readonly window: Window | undefined
  /** For which verdicts what a report draws is worked out. */
  readonly drawn: 'never' | 'unless passed' | 'always'
}

/** The result, what a report draws of it where that was asked for, and what of the trace and its views could not be kept. */
export interface Attempted {
  readonly run: RunResult
  readonly curves: RunCurves | null
  readonly losses: readonly string[]
}

/** Runs the scenario once. Ended by the signal, what there is so far is judged, as inconclusive. */
export async function attempt(
  { scenario, file, pump, rig, measured, ...kept }: Attempt,
  hooks: JobHooks,
): Promise<Attempted> {
  const length_us = Number(scenario.duration_us.n)
  const records = kept.files.traces.map((path) => new TraceFile(path))
  const start_ms = performance.now()
  try {
    const made = await execute(scenario, pump, rig, {
      ...(measured === null ? {} : { measured }),
      signal: hooks.signal,
      onLine: (line) => {
        for (const record of records) record.write(line)
      },
      onProgress: (simulated_s) => hooks.onProgress((simulated_s * 1e6) / length_us),
    })
    const run = judge(made, { file, wall_s: (performance.now() - start_ms) / 1000 })
    const isDrawn = kept.drawn === 'always' || (kept.drawn === 'unless passed' && run.verdict !== 'pass')
    const losses = records.flatMap((record) => record.close() ?? [])
    losses.push(...writeViews(made, kept.files.views, kept.window))
    return { run, curves: isDrawn ? curvesOf(made) : null, losses }
  } finally {
    for (const record of records) record.close()
  }
}
