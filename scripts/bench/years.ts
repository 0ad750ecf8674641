/**
 * Ten years of one pump in this process, with a bolus a day, with flex of five, and with flex of thirteen: the run and the judging apart,
 * and what the memory does meanwhile. The run counts by the time of all its processors, the least of several, so that a
 * machine with other work to do shows the same.
 *
 * The floors are a loop that does nothing but visit every step of those years at its tick, and the writing of the record alone.
 */

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { modelPump } from '#hil/pump/model'
import { idealRig } from '#hil/rig/ideal'
import { execute } from '#hil/run/execute'
import { judge } from '#hil/run/judge'
import { recordsOf } from '#hil/run/ledgers'
import { Recorder } from '#hil/run/recorder'
import type { Trace } from '#hil/run/trace'
import type { Scenario } from '#hil/scenario/types'
import { least_ms, median, megabytes, milliseconds, type Row } from '#scripts/bench/row'
import { scenarioOf } from '#scripts/bench/scenario'
import { type Cadence, tickOf } from '#units/cadence'

const YEARS = 10
const YEAR_d = 365
const DAY_s = 86_400
/** Up to five boluses a day, and thirteen: what is done is done at the changes of rate, of which there are 26 a day then. */
const BUDGET_ms = 1000
const DENSEST_BUDGET_ms = 2500
const TIMES = 3
/** Bytes within which memory counts as flat: less than the records of a month take. */
const FLAT = 1e6
/** Days after which memory is looked at: each year, the last while the run still holds what it needs. */
const LOOKS_d = Array.from({ length: YEARS }, (_, year) => (year + 1) * YEAR_d - (year + 1 === YEARS ? 1 : 0))

const FILL = '{ drug: baclofen, concentration: 2000 ug/mL, volume: 40 mL }'
const DAYS = Array.from({ length: YEARS * YEAR_d }, (_, day) => day)

/** 0.5 mL a day, 100 ug on top once a day. */
const ONE_A_DAY = [
  '{ at: 0 d, therapy: { mode: simple-continuous, dose: 0.5 mL/d } }',
  ...DAYS.map((day) => `{ at: ${day} d 12 h, bolus: { dose: 100 ug, over: 10 min } }`),
]

/** Flex of 350 ug a day and boluses of 50 ug. Thirteen are the most that a day takes: 26 changes of rate, at thirteenths of a day. */
const flex = (count: number) => [
  `{ at: 0 d, therapy: { mode: flex, basal: 350 ug/d, boluses: { dose: 50 ug, count: ${count}, over: 5 min, from: "00:00" } } }`,
]

/** The prescription for ten years, with a refill every sixty days. */
function tenYears(prescription: readonly string[]): Scenario {
  const refills = DAYS.filter((day) => day % 60 === 0 && day > 0)
  return scenarioOf(`schema: pumpbench/scenario@1
name: ten-years
pump: { model: im-40 }
fill: ${FILL}
clock: 2026-01-05T08:00
duration: ${DAYS.length} d
prescription:
${prescription.map((entry) => `  - ${entry}\n`).join('')}events:
${refills.map((day) => `  - { at: ${day} d, refill: { fill: ${FILL} } }\n`).join('')}`)
}

export interface Years {
  readonly rows: Row[]
  readonly trace: Trace
}

/** The rows, and the trace of the ten years with a bolus a day for those who read traces. */
export async function years(): Promise<Years> {
  const simple = await yearsOf('ten pump-years', tenYears(ONE_A_DAY))
  const five = await yearsOf('ten pump-years, flex of 5 boluses a day', tenYears(flex(5)))
  const thirteen = await yearsOf('ten pump-years, flex of 13 boluses a day', tenYears(flex(13)), DENSEST_BUDGET_ms)
  return { rows: [...simple.rows, ...five.rows, ...thirteen.rows], trace: simple.trace }
}

async function yearsOf(name: string, scenario: Scenario, budget_ms = BUDGET_ms): Promise<Years> {
  const executions: number[] = []
  let trace: Trace = { records: [], sha256: '' }
  for (let turn = 0; turn < TIMES; turn += 1) {
    const start = process.cpuUsage()
    trace = await execute(scenario, modelPump, idealRig)
    const { user, system } = process.cpuUsage(start)
    executions.push((user + system) / 1000)
  }
  const judged_ms = median(Array.from({ length: TIMES }, () => timedJudge(trace)))
  const steps = recordsOf(trace.records, 'delivered').map(({ cadence }) => cadence)
  const count = steps.reduce((total, cadence) => total + cadence.count, 0)
  const floor_ms = least_ms(TIMES, () => visit(steps))
  const execute_ms = Math.min(...executions)
  const beside = `a loop over ${(count / 1e6).toFixed(1)} million steps`
  const floor = milliseconds(floor_ms)
  return {
    rows: [
      {
        ...{ work: `${name}: execute`, measured: milliseconds(execute_ms), beside, floor },
        ratio: execute_ms / floor_ms,
        budget: { text: `${budget_ms / 1000} s`, kept: execute_ms <= budget_ms },
      },
      written(trace, execute_ms),
      { work: 'the same, judge', measured: milliseconds(judged_ms), beside, floor, ratio: judged_ms / floor_ms },
      ...(await memoryRows(scenario)),
    ],
    trace,
  }
}

/** What of it no bench that keeps a record can do without: its lines are written and digested. */
function written({ records }: Trace, execute_ms: number): Row {
  const floor_ms = least_ms(TIMES, () => {
    const recorder = new Recorder(false)
    for (const record of records) recorder.record(record)
    recorder.trace()
  })
  const count = `${Math.round(records.length / 1000)}k lines written and digested`
  const floor = { beside: count, floor: milliseconds(floor_ms), ratio: execute_ms / floor_ms }
  return { work: 'the same', measured: milliseconds(execute_ms), ...floor }
}

function timedJudge(trace: Trace): number {
  const start_ms = performance.now()
  const { verdict } = judge(trace, { file: 'ten-years.yaml', wall_s: 0 })
  if (verdict !== 'pass') throw new Error(`the verdict of the ten years is ${verdict}`)
  return performance.now() - start_ms
}

interface Memory {
  readonly heap: number
  readonly resident: number
}

/** What memory holds after some of the years, the lines of the trace handed on and not kept here. */
async function memoryRows(scenario: Scenario): Promise<Row[]> {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const look = (): Memory => {
    collect()
    const { heapUsed, rss } = process.memoryUsage()
    return { heap: heapUsed, resident: rss }
  }
  const before = look()
  const found: Memory[] = []
  const onProgress = (simulated_s: number) => {
    const next_d = LOOKS_d[found.length]
    if (next_d !== undefined && simulated_s >= next_d * DAY_s) found.push(look())
  }
  await execute(scenario, modelPump, idealRig, { keep: false, onProgress })
  const heap = found.map((memory) => memory.heap - before.heap)
  const resident = found.map((memory) => memory.resident)
  return [grown('heap', heap), grown('resident memory', resident)]
}

/** What it was after each year, and the most of any later year beside the first, which it must not exceed by a megabyte. */
function grown(what: string, found: readonly number[]): Row {
  const [first = Number.NaN, ...later] = found
  const most = Math.max(...later)
  const kept = found.length === LOOKS_d.length && most < first + FLAT
  return {
    ...{ work: `${what}, most of years 2 to ${found.length}`, measured: megabytes(most) },
    ...{ beside: `after 1 year; each year: ${found.map(megabytes).join(', ')}`, floor: megabytes(first) },
    ...{ ratio: most / first, budget: { text: 'flat', kept } },
  }
}

/** The least that can be done with every step: know its tick. */
function visit(cadences: readonly Cadence[]): number {
  let sum = 0
  for (const cadence of cadences) {
    for (let j = 0; j < cadence.count; j += 1) sum = (sum + tickOf(cadence, j)) % 1_000_003
  }
  return sum
}
