/** `pumpbench run`: reads every scenario, runs each, judges each, reports all. Nothing runs until everything is valid. */
import { extname, join } from 'node:path'
import type { PumpDefinition } from '#hil/pump/pump'
import { requirementResults } from '#hil/report/requirements'
import type { Requirement } from '#hil/report/requirements-file'
import type { RigDefinition } from '#hil/rig/rig'
import type { Result } from '#hil/run/result'
import { problemText } from '#hil/scenario/problem'
import { type Baseline, heldAgainst, missingScenarios, readBaseline } from '#scripts/commands/baseline'
import { type CampaignOptions, campaign } from '#scripts/commands/campaign'
import { type RequirementsOption, requirementsInUse, requirementsPath } from '#scripts/commands/requirements-in-use'
import { type SelectionOptions, selected } from '#scripts/commands/selection'
import { EXIT, type ExitStatus, exitStatus } from '#scripts/exit'
import { manifest } from '#scripts/manifest'
import { isFolder, type OutputRequest, outputProblems, prepareOutputs } from '#scripts/outputs'
import { Progress } from '#scripts/progress'
import { pumpNamed, rigNamed } from '#scripts/registry'
import { type ReportOptions, reportFiles, writeReports } from '#scripts/reports'
import { readScenarios, type ScenarioFile } from '#scripts/scenario-files'

export interface RunOptions extends ReportOptions, SelectionOptions {
  readonly rig?: string
  readonly pump?: string
  readonly seed?: number
  readonly speed?: number
  readonly trace?: string
  readonly jobs?: number
  readonly retry?: number
  readonly baseline?: string
  readonly requirements?: RequirementsOption
}

type TracePath = CampaignOptions['tracePath']

/** Everything a run needs, found valid. */
interface Plan {
  readonly files: readonly ScenarioFile[]
  readonly pump: PumpDefinition
  readonly rig: RigDefinition
  readonly tracePath: TracePath
  readonly requirements: readonly Requirement[] | null
  readonly baseline: Baseline | null
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
  const made = await campaign({
    ...plan,
    jobs: options.jobs ?? 1,
    retry: options.retry,
    drawn: options.html !== undefined,
    progress: new Progress(process.stderr, options.quiet === true),
    signal: interruption.signal,
  })
  const { runs, left } = made
  const result: Result = {
    schema: 'pumpbench/result@1',
    manifest: manifest(started, plan.rig.firmware),
    runs,
    ...(plan.requirements === null ? {} : { requirements: requirementResults(plan.requirements, runs) }),
    ...(plan.baseline === null ? {} : { baseline: heldAgainst(plan.baseline, runs) }),
  }
  const losses = [...made.losses, ...writeReports(result, options, made.curves)]
  for (const loss of losses) console.error(loss)
  if (!interruption.signal.aborted) return exitStatus(result, losses.length > 0)
  const rest = left === 0 ? '' : `; ${left} ${left === 1 ? 'scenario was' : 'scenarios were'} not run`
  console.error(`interrupted: the record so far is kept as inconclusive${rest}`)
  return EXIT.interrupted
}

function planOf(paths: readonly string[], options: RunOptions): Plan | { readonly problems: readonly string[] } {
  const requirementsFile = requirementsPath(options.requirements)
  const { scenarios, problems } = readScenarios(
    paths,
    options.seed === undefined ? {} : { seed: options.seed },
    requirementsFile === null ? [] : [requirementsFile],
  )
  const [pump, rig] = [pumpNamed(options.pump ?? 'model'), rigNamed(options.rig ?? 'avr')]
  const selection = selected(scenarios, options)
  const files = selection.ok ? selection.files : []
  const { requirements, problems: unmet } = requirementsInUse(options.requirements, scenarios)
  const baseline = options.baseline === undefined ? null : readBaseline(options.baseline)
  const found = problems.map(problemText)
  if (!pump.ok) found.push(pump.problem)
  if (!rig.ok) found.push(rig.problem)
  else found.push(...clockProblems(rig.value, options))
  if (!selection.ok) found.push(selection.problem)
  found.push(...unmet)
  if (baseline?.ok === false) found.push(baseline.problem)
  // What a scenario that cannot be read would have said of the baseline nobody knows.
  if (baseline?.ok === true && problems.length === 0) {
    const names = scenarios.map(({ scenario }) => scenario.name)
    found.push(...[missingScenarios(baseline.baseline, names) ?? []].flat())
  }
  const tracePath = tracePaths(files, options.trace)
  const inputs = [
    ...scenarios.map(({ file }) => file),
    ...(requirementsFile === null ? [] : [requirementsFile]),
    ...(options.baseline === undefined ? [] : [options.baseline]),
  ]
  const outputs = [...reportFiles(options), ...traceFiles(files, tracePath, options.retry)]
  found.push(...outputProblems(outputs, inputs))
  if (found.length === 0) found.push(...prepareOutputs(outputs))
  if (found.length > 0 || !pump.ok || !rig.ok || baseline?.ok === false) return { problems: found }
  return { files, pump: pump.value, rig: rig.value, tracePath, requirements, baseline: baseline?.baseline ?? null }
}

/** What an option asks of a rig whose clock is of the other kind. */
function clockProblems({ name, clock }: RigDefinition, { speed, jobs = 1 }: RunOptions): string[] {
  if (clock === 'virtual') {
    return speed === undefined ? [] : [`--speed has no meaning on --rig ${name}, whose clock is virtual; leave it out`]
  }
  return jobs === 1 ? [] : [`--jobs ${jobs}: there is one rig ${name} and it runs one scenario at a time; leave it out`]
}

/**
 * One file for one scenario; for several, or where a folder stands already, a file each, named after the scenario. Every
 * attempt after the first has a file of its own beside it.
 */
function tracePaths(files: readonly ScenarioFile[], trace: string | undefined): TracePath {
  if (trace === undefined) return () => undefined
  const one = files.length === 1 && !isFolder(trace)
  return (scenario, attempt) => {
    const path = one ? trace : join(trace, `${scenario}.ndjson`)
    if (attempt === 1) return path
    const extension = extname(path)
    return `${path.slice(0, path.length - extension.length)}.attempt-${attempt}${extension}`
  }
}

/** Every trace that there may be. */
function traceFiles(files: readonly ScenarioFile[], tracePath: TracePath, retry = 0): OutputRequest[] {
  const attempts = Array.from({ length: 1 + retry }, (_, n) => n + 1)
  return files.flatMap(({ scenario }) =>
    attempts.flatMap((attempt) => {
      const path = tracePath(scenario.name, attempt)
      return path === undefined ? [] : [{ option: '--trace', path }]
    }),
  )
}
