/** What it costs to keep, judge and report 90 days of thirteen boluses a day: a result for people, and a trace on disk. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { modelPump } from '#hil/pump/model'
import { curvesOf } from '#hil/report/curves/ledger-curves'
import { render } from '#hil/report/render'
import { vcdReport } from '#hil/report/vcd'
import { WHOLE_RUN } from '#hil/report/window'
import { idealRig } from '#hil/rig/ideal'
import { execute } from '#hil/run/execute'
import { judge } from '#hil/run/judge'
import type { Result } from '#hil/run/result'
import { traceLine } from '#hil/run/trace-line'
import { least_ms, megabytes, milliseconds, type Row, rate } from '#scripts/bench/row'
import { scenarioOf } from '#scripts/bench/scenario'
import { manifest } from '#scripts/manifest'
import { TraceFile } from '#scripts/trace-file'

const TIMES = 3
const DAYS = 90
/** A short trace says little of a disk: it is written so many times over. */
const COPIES = 20

const FLEX = `schema: pumpbench/scenario@1
name: quarter
pump: { model: im-40 }
fill: { drug: baclofen, concentration: 2000 ug/mL, volume: 40 mL }
clock: 2026-01-05T08:00
duration: ${DAYS} d
prescription:
  - at: 0 d
    therapy: { mode: flex, basal: 350 ug/d, boluses: { dose: 50 ug, count: 13, over: 5 min, from: "00:00" } }
`

export async function records(): Promise<Row[]> {
  const trace = await execute(scenarioOf(FLEX), modelPump, idealRig)
  const lines = trace.records.map(traceLine)
  const text = lines.join('')
  const parse_ms = least_ms(TIMES, () => {
    for (const line of lines) JSON.parse(line)
  })
  const run = judge(trace, { file: 'quarter.yaml', wall_s: 0 })
  const result: Result = { schema: 'pumpbench/result@1', manifest: manifest(new Date(0), null), runs: [run] }
  const json_ms = least_ms(TIMES, () => {
    JSON.stringify(result)
  })
  const row = (work: string, work_ms: number, beside: string, floor_ms: number): Row => ({
    ...{ work, measured: milliseconds(work_ms), beside, floor: milliseconds(floor_ms), ratio: work_ms / floor_ms },
  })
  const judged_ms = least_ms(TIMES, () => {
    judge(trace, { file: 'quarter.yaml', wall_s: 0 })
  })
  const rendered = (['html', 'json', 'junit'] as const).map((format) => {
    const work_ms = least_ms(TIMES, () => {
      render(result, format, { curves: format === 'html' ? [curvesOf(trace)] : [] })
    })
    return row(`${DAYS} d of flex: render ${format}`, work_ms, 'JSON.stringify of the result', json_ms)
  })
  const vcd_ms = least_ms(1, () => {
    for (const _ of vcdReport(trace, WHOLE_RUN));
  })
  return [
    row(`${DAYS} d of flex: judge`, judged_ms, 'JSON.parse of its trace', parse_ms),
    ...rendered,
    row(`${DAYS} d of flex: waveforms`, vcd_ms, 'JSON.parse of its trace', parse_ms),
    ...written(lines, text),
  ]
}

/** Lines to a file as a run writes them, beside one piece of the same size. */
function written(lines: readonly string[], text: string): Row[] {
  const folder = mkdtempSync(join(tmpdir(), 'pumpbench-bench-'))
  try {
    const path = join(folder, 'trace.ndjson')
    const whole = text.repeat(COPIES)
    const floor_ms = least_ms(TIMES, () => writeFileSync(path, whole))
    const write_ms = least_ms(TIMES, () => {
      const file = new TraceFile(path)
      for (let copy = 0; copy < COPIES; copy += 1) for (const line of lines) file.write(line)
      const problem = file.close()
      if (problem !== null) throw new Error(problem)
    })
    const bytes = Buffer.byteLength(whole)
    const perSecond = (ms: number) => `${megabytes((bytes / ms) * 1000)}/s`
    const beside = 'one write of the same'
    return [
      {
        ...{ work: 'trace on disk, lines', measured: rate(lines.length * COPIES, write_ms, 'lines'), beside },
        ...{ floor: rate(lines.length * COPIES, floor_ms, 'lines'), ratio: write_ms / floor_ms },
      },
      {
        ...{ work: 'trace on disk, bytes', measured: perSecond(write_ms), beside },
        ...{ floor: perSecond(floor_ms), ratio: write_ms / floor_ms },
      },
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
