/**
 * Ten years of one pump in this process: the run and the judging apart, and what the memory does meanwhile.
 *
 * The floor is a loop that does nothing but visit every step of those years at its tick.
 */

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { modelPump } from '#hil/pump/model'
import { idealRig } from '#hil/rig/ideal'
import { execute } from '#hil/run/execute'
import { judge } from '#hil/run/judge'
import { recordsOf } from '#hil/run/ledgers'
import type { Trace } from '#hil/run/trace'
import { parseScenario } from '#hil/scenario/parse'
import { problemText } from '#hil/scenario/problem'
import type { Scenario } from '#hil/scenario/types'
import { least_ms, median, megabytes, milliseconds, type Row } from '#scripts/bench/row'
import { type Cadence, tickOf } from '#units/cadence'

const YEARS = 10
const YEAR_d = 365
const BUDGET_ms = 1000
/** Years after which the heap is looked at. */
const LOOKS = [1, 5, YEARS] as const

/** 0.5 mL a day, 100 ug on top once a day, a refill every sixty days. */
function tenYears(): Scenario {
  const days = Array.from({ length: YEARS * YEAR_d }, (_, day) => day)
  const fill = 'drug: baclofen, concentration: 2000 ug/mL, volume: 40 mL'
  const boluses = days.map((day) => `  - { at: ${day} d 12 h, bolus: { dose: 100 ug, over: 10 min } }\n`)
  const refills = days
    .filter((day) => day % 60 === 0 && day > 0)
    .map((day) => `  - { at: ${day} d, refill: { fill: { ${fill} } } }\n`)
  const parsed = parseScenario(
    `schema: pumpbench/scenario@1
name: ten-years
pump: { model: im-40 }
fill: { ${fill} }
clock: 2026-01-05T08:00
duration: ${days.length} d
prescription:
  - { at: 0 d, therapy: { mode: simple-continuous, dose: 0.5 mL/d } }
${boluses.join('')}events:
${refills.join('')}`,
    'ten-years.yaml',
  )
  if (!parsed.ok) throw new Error(parsed.problems.map(problemText).join('\n'))
  return parsed.scenario
}

export interface Years {
  readonly rows: Row[]
  readonly trace: Trace
}

/** The rows, and the trace of the ten years for those who read traces. */
export async function years(): Promise<Years> {
  const scenario = tenYears()
  const executions: number[] = []
  let trace: Trace = { records: [], sha256: '' }
  for (let turn = 0; turn < 3; turn += 1) {
    const start_ms = performance.now()
    trace = await execute(scenario, modelPump, idealRig)
    executions.push(performance.now() - start_ms)
  }
  const judged_ms = median(Array.from({ length: 3 }, () => timedJudge(trace)))
  const steps = recordsOf(trace.records, 'delivered').map(({ cadence }) => cadence)
  const count = steps.reduce((total, cadence) => total + cadence.count, 0)
  const floor_ms = least_ms(3, () => visit(steps))
  const execute_ms = median(executions)
  const beside = `a loop over ${(count / 1e6).toFixed(1)} million steps`
  const floor = milliseconds(floor_ms)
  return {
    rows: [
      {
        ...{ work: 'ten pump-years: execute', measured: milliseconds(execute_ms), beside, floor },
        ratio: execute_ms / floor_ms,
        budget: { text: '1 s', kept: execute_ms <= BUDGET_ms },
      },
      { work: 'ten pump-years: judge', measured: milliseconds(judged_ms), beside, floor, ratio: judged_ms / floor_ms },
      ...(await heapRows(scenario)),
    ],
    trace,
  }
}

function timedJudge(trace: Trace): number {
  const start_ms = performance.now()
  const { verdict } = judge(trace, { file: 'ten-years.yaml', wall_s: 0 })
  if (verdict !== 'pass') throw new Error(`the verdict of the ten years is ${verdict}`)
  return performance.now() - start_ms
}

/** What is live on the heap after some of the years, the lines of the trace handed on and not kept here. */
async function heapRows(scenario: Scenario): Promise<Row[]> {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const live = () => {
    collect()
    return process.memoryUsage().heapUsed
  }
  const before = live()
  const found: number[] = []
  const onProgress = (simulated_s: number) => {
    const [next] = LOOKS.slice(found.length)
    if (next !== undefined && next < YEARS && simulated_s >= next * YEAR_d * 86_400) found.push(live() - before)
  }
  await execute(scenario, modelPump, idealRig, { keep: false, onProgress })
  found.push(live() - before)
  const first = found[0] ?? Number.NaN
  return LOOKS.map((year, index) => ({
    work: `heap after ${year} ${year === 1 ? 'year' : 'years'}`,
    measured: megabytes(found[index] ?? Number.NaN),
    beside: 'after 1 year',
    floor: megabytes(first),
    ratio: (found[index] ?? Number.NaN) / first,
    ...(year === YEARS ? { budget: { text: 'flat', kept: (found[index] ?? Number.NaN) < 2 * first } } : {}),
  }))
}

/** The least that can be done with every step: know its tick. */
function visit(cadences: readonly Cadence[]): number {
  let sum = 0
  for (const cadence of cadences) {
    for (let j = 0; j < cadence.count; j += 1) sum = (sum + tickOf(cadence, j)) % 1_000_003
  }
  return sum
}
