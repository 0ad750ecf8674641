/** `pumpbench run`: reads every scenario, runs each, judges each, reports all. Nothing runs until everything is valid. */
import { join } from 'node:path'
import type { PumpDefinition } from '#hil/pump/pump'
import type { RigDefinition } from '#hil/rig/rig'
import { execute } from '#hil/run/execute'
import { judge } from '#hil/run/judge'
import type { Result, RunResult } from '#hil/run/result'
import { problemText } from '#hil/scenario/problem'
import { EXIT, type ExitStatus, exitStatus } from '#scripts/exit'
import { manifest } from '#scripts/manifest'
import { isFolder, type OutputRequest, outputProblems, prepareOutputs } from '#scripts/outputs'
import { Progress } from '#scripts/progress'
import { pumpNamed, rigNamed } from '#scripts/registry'
import { type ReportOptions, reportFiles, writeReports } from '#scripts/reports'
import { readScenarios, type ScenarioFile } from '#scripts/scenario-files'
import { TraceFile } from '#scripts/trace-file'

export interface RunOptions extends ReportOptions {
  readonly rig?: string
  readonly pump?: string
  readonly seed?: number
  readonly speed?: number
  readonly trace?: string
}

/** Everything a run needs, found valid. */
interface Plan {
  readonly files: readonly ScenarioFile[]
  readonly pump: PumpDefinition
  readonly rig: RigDefinition
  readonly traces: readonly (string | undefined)[]
}

export async function run(paths: readonly string[], options: RunOptions): Promise<ExitStatus> {
  const plan = planOf(paths, options)
  if ('problems' in plan) {
    for (const problem of plan.problems) console.error(problem)
    console.error(`${plan.problems.length} problem${plan.problems.length === 1 ? '' : 's'}; nothing was run`)
    return EXIT.usage
  }
  const started = new Date()
  const interruption = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => interruption.abort())
  const progress = new Progress(process.stderr, options.quiet === true)
  const { runs, losses } = await runAll(plan, progress, interruption.signal)
  const result: Result = { schema: 'pumpbench/result@1', manifest: manifest(started, plan.rig.firmware), runs }
  losses.push(...writeReports(result, options))
  for (const loss of losses) console.error(loss)
  if (!interruption.signal.aborted) return exitStatus(result, losses.length > 0)
  const left = plan.files.length - runs.length
  const rest = left === 0 ? '' : `; ${left} ${left === 1 ? 'scenario was' : 'scenarios were'} not run`
  console.error(`interrupted: the record so far is kept as inconclusive${rest}`)
  return EXIT.interrupted
}

/** The results, and one line for each trace that could not be kept whole. */
interface Campaign {
  readonly runs: RunResult[]
  readonly losses: string[]
}

async function runAll(plan: Plan, progress: Progress, signal: AbortSignal): Promise<Campaign> {
  const runs: RunResult[] = []
  const losses: string[] = []
  const count = plan.files.length
  for (const [index, { file, scenario }] of plan.files.entries()) {
    if (signal.aborted) break
    const { name } = scenario
    const length_us = Number(scenario.duration_us.n)
    const path = plan.traces[index]
    const trace = path === undefined ? undefined : new TraceFile(path)
    const start_ms = performance.now()
    progress.begin(name, index, count, length_us)
    try {
      const record = await execute(scenario, plan.pump, plan.rig, {
        signal,
        onLine: (line) => trace?.write(line),
        onProgress: (simulated_s) => progress.reached(name, index, count, (simulated_s * 1e6) / length_us),
      })
      runs.push(judge(record, { file, wall_s: (performance.now() - start_ms) / 1000 }))
    } finally {
      progress.end()
      const loss = trace?.close() ?? null
      if (loss !== null) losses.push(loss)
    }
  }
  return { runs, losses }
}

function planOf(paths: readonly string[], options: RunOptions): Plan | { readonly problems: readonly string[] } {
  const { scenarios: files, problems } = readScenarios(paths, options.seed === undefined ? {} : { seed: options.seed })
  const [pump, rig] = [pumpNamed(options.pump ?? 'model'), rigNamed(options.rig ?? 'avr')]
  const found = problems.map(problemText)
  if (!pump.ok) found.push(pump.problem)
  if (!rig.ok) found.push(rig.problem)
  if (options.speed !== undefined && rig.ok && rig.value.clock === 'virtual') {
    found.push(`--speed has no meaning on --rig ${rig.value.name}, whose clock is virtual; leave it out`)
  }
  const traces = tracePaths(files, options.trace)
  const traceFiles = traces.flatMap((path): OutputRequest[] =>
    path === undefined ? [] : [{ option: '--trace', path }],
  )
  const outputs = [...reportFiles(options), ...traceFiles]
  found.push(
    ...outputProblems(
      outputs,
      files.map(({ file }) => file),
    ),
  )
  if (found.length === 0) found.push(...prepareOutputs(outputs))
  if (found.length > 0 || !pump.ok || !rig.ok) return { problems: found }
  return { files, pump: pump.value, rig: rig.value, traces }
}

/** One file for one scenario; for several, or where a folder stands already, a file each, named after the scenario. */
function tracePaths(files: readonly ScenarioFile[], trace: string | undefined): (string | undefined)[] {
  if (trace === undefined) return files.map(() => undefined)
  if (files.length === 1 && !isFolder(trace)) return [trace]
  return files.map(({ scenario }) => join(trace, `${scenario.name}.ndjson`))
}
