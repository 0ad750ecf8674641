/** One cell of a matrix: the fault put into the scenario, run and judged, its report written. The same here and in a thread. */
import { createHash } from 'node:crypto'
import { dirname, resolve } from 'node:path'
import { type CellAttempt, type CellRun, problemOf } from '#hil/matrix/attempt'
import { conditionsOf } from '#hil/matrix/conditions'
import { injectedAt } from '#hil/matrix/injected'
import type { PumpDefinition } from '#hil/pump/pump'
import { curvesOf } from '#hil/report/curves/ledger-curves'
import { render } from '#hil/report/render'
import { seconds } from '#hil/run/analysis/figures'
import { execute } from '#hil/run/execute'
import { judge } from '#hil/run/judge'
import type { FigureTexts } from '#hil/scenario/model-file'
import { parseScenario } from '#hil/scenario/parse'
import { problemText } from '#hil/scenario/problem'
import type { Scenario } from '#hil/scenario/types'
import type { JobHooks } from '#scripts/campaign/jobs'
import { entryNamed, faulty, uncarried } from '#scripts/faulty'
import { makeFolder } from '#scripts/folders'
import { manifest } from '#scripts/manifest'
import { writeWhole } from '#scripts/outputs'
import { lackFor } from '#scripts/pump-link/able'
import { pumpNamed, rigNamed } from '#scripts/registry'

/** What a cell is made of: all of it text, so that it crosses to a thread. */
export interface CellTask {
  readonly text: string
  readonly file: string
  readonly sha256: string
  readonly seed: number
  readonly modelFigures: FigureTexts
  readonly pump: string
  readonly rig: string
  /** The name of the fault; null for the control. */
  readonly fault: string | null
  /** Where the report goes, and how the matrix refers to it; null where none is wanted. */
  readonly report: { readonly path: string; readonly name: string } | null
}

/** `given` is the pump where it cannot be made of its name alone. */
export async function cell(task: CellTask, hooks: JobHooks, given?: PumpDefinition): Promise<CellAttempt> {
  const pump = given ?? pumpOf(task)
  const { text, file, sha256, seed, modelFigures } = task
  const parsed = parseScenario(text, file, { sha256, seed, modelFigures })
  if (!parsed.ok) throw new Error(parsed.problems.map(problemText).join('; '))
  if (task.fault === null) return await made(parsed.scenario, NOTHING_INJECTED, pump, task, hooks)
  const named = entryNamed(task.fault)
  if (!named.ok) throw new Error(named.problem)
  const reason = uncarried(named.entry, { name: task.rig })
  if (reason !== null) return { kind: 'error', reason }
  const put = faulty(named.entry, parsed.scenario, file)
  if (!put.ok) return { kind: 'not-applicable', reason: put.reason }
  const asked = new Set((named.entry.otherwise ?? []).map(({ where }) => where))
  const injected_us = injectedAt(parsed.scenario, put.scenario)
  const injection: Injection = {
    injected: put.words,
    injected_s: injected_us === undefined ? null : seconds(injected_us),
    conditions: injected_us === undefined ? [] : conditionsOf(parsed.scenario, put.scenario, injected_us, asked),
  }
  return await made(put.scenario, injection, pump, task, hooks)
}

type Injection = Pick<CellRun, 'injected' | 'injected_s' | 'conditions'>

const NOTHING_INJECTED: Injection = { injected: '', injected_s: null, conditions: [] }

function pumpOf(task: CellTask): PumpDefinition {
  const pump = pumpNamed(task.pump)
  if (!pump.ok) throw new Error(pump.problem)
  return pump.value
}

async function made(
  scenario: Scenario,
  injection: Injection,
  pump: PumpDefinition,
  task: CellTask,
  hooks: JobHooks,
): Promise<CellAttempt> {
  const rig = rigNamed(task.rig)
  if (!rig.ok) throw new Error(rig.problem)
  const lack = lackFor(scenario, pump, rig.value)
  if (lack !== null) return { kind: 'skipped', reason: lack }
  const course = new Course()
  const length_us = Number(scenario.duration_us.n)
  const start_ms = performance.now()
  const trace = await execute(scenario, pump, rig.value, {
    signal: hooks.signal,
    onLine: (line) => course.add(line),
    onProgress: (simulated_s) => hooks.onProgress((simulated_s * 1e6) / length_us),
  })
  const run = judge(trace, { file: task.file, wall_s: (performance.now() - start_ms) / 1000 })
  const lost =
    task.report === null
      ? null
      : written(task.report.path, () => {
          const result = {
            schema: 'pumpbench/result@1',
            manifest: manifest(new Date(), rig.value.firmware),
            runs: [run],
          } as const
          return render(result, 'html', { curves: [curvesOf(trace)] })
        })
  return {
    kind: 'run',
    ...{ ...injection, verdict: run.verdict, detection: run.detection },
    problem: lost ?? problemOf(run),
    simulated_s: run.simulated_s,
    trace_sha256: run.trace_sha256,
    course_sha256: course.sha256,
    report: task.report?.name ?? null,
  }
}

function written(path: string, page: () => string): string | null {
  makeFolder(dirname(resolve(path)))
  const problem = writeWhole(path, page())
  return problem === null ? null : `its report ${path} ${problem}`
}

/** How a line begins that says no more than that a fault was declared. */
const DECLARED = '{"kind":"fault"'

/** Digest of what happened: every line but the first, with the scenario, the last, with digests, and those of the fault itself. */
class Course {
  readonly #hash = createHash('sha256')
  #lines = 0
  #last = ''

  add(line: string): void {
    if (this.#lines > 1 && !this.#last.startsWith(DECLARED)) this.#hash.update(this.#last)
    this.#lines += 1
    this.#last = line
  }

  get sha256(): string {
    return this.#hash.digest('hex')
  }
}
