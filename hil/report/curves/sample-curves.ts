/**
 * The curves of a run as far as its samples tell them: for a result whose trace is not at hand.
 */
import type { CurveName, RunCurves } from '#hil/report/curves/run-curves'
import { type CurveTable, pointsTable } from '#hil/report/curves/table'
import { thinned } from '#hil/report/curves/thinned'
import { difference } from '#hil/report/figure'
import type { RunResult, Sample } from '#hil/run/result'

/** More points than a screen has columns; the extremes among more samples are kept. */
const MOST_POINTS = 4000

const OF_SAMPLE: readonly (readonly [name: CurveName, value: (sample: Sample) => number])[] = [
  ['prescribed_uL', (sample) => sample.prescribed_uL],
  ['believed_uL', (sample) => sample.believed_uL],
  ['displaced_uL', (sample) => sample.displaced_uL],
  ['displaced_minus_prescribed_uL', (sample) => difference(sample.prescribed_uL, sample.displaced_uL)],
  ['believed_minus_displaced_uL', (sample) => difference(sample.displaced_uL, sample.believed_uL)],
  ['prescribed_ug', (sample) => sample.prescribed_ug],
  ['believed_ug', (sample) => sample.believed_ug],
  ['tip_ug', (sample) => sample.tip_ug],
  ['tip_minus_prescribed_ug', (sample) => difference(sample.prescribed_ug, sample.tip_ug)],
  ['believed_minus_tip_ug', (sample) => difference(sample.tip_ug, sample.believed_ug)],
]

export function sampledCurves(run: RunResult): RunCurves {
  const samples = run.samples.filter((sample) => Object.values(sample).every(Number.isFinite))
  const tables: Partial<Record<CurveName, CurveTable>> = {}
  for (const [name, value] of OF_SAMPLE) {
    if (samples.length === 0) break
    const values = samples.map(value)
    const kept = thinned(values, MOST_POINTS)
    tables[name] = pointsTable(
      kept.map((index) => samples[index]?.t_s ?? 0),
      kept.map((index) => values[index] ?? 0),
    )
  }
  const end_s = Math.max(run.simulated_s, samples.at(-1)?.t_s ?? 0)
  return {
    trace_sha256: run.trace_sha256,
    detail: 'samples',
    end_s: end_s > 0 ? end_s : 1,
    step_uL: run.step_uL,
    tolerance: 0,
    drugs: [],
    flowWindow_s: null,
    tables,
  }
}
