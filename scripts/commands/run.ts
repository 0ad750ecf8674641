/** `pumpbench run`: reads every scenario, runs each, judges each, reports all. Nothing runs until everything is valid. */
import { createHash } from 'node:crypto'
import { lineProblem } from '#hil/fault/carried'
import type { PumpDefinition } from '#hil/pump/pump'
import type { RecordManifest } from '#hil/report/manifest-schema'
import { requirementResults } from '#hil/report/requirements'
import type { Requirement } from '#hil/report/requirements-file'
import { windowText } from '#hil/report/window'
import type { RigDefinition } from '#hil/rig/rig'
import type { MeasuredRig } from '#hil/run/measured-rig'
import type { Result, RunResult } from '#hil/run/result'
import { problemText } from '#hil/scenario/problem'
import { BENCH_FILE } from '#scripts/bench-file'
import { aloneCommand, type Circumstances } from '#scripts/campaign/alone'
import { type Facts, type OpenedJournal, openJournal } from '#scripts/campaign/journal'
import { type Made, readMade } from '#scripts/campaign/made'
import { type Baseline, heldAgainst, missingScenarios, readBaseline } from '#scripts/commands/baseline'
import { campaign } from '#scripts/commands/campaign'
import { type RequirementsOption, requirementsInUse, requirementsPath } from '#scripts/commands/requirements-in-use'
import { dayOf, type RigFileOptions, rigFileInUse, stepProblems } from '#scripts/commands/rig-file'
import { keepFaulty, withFault } from '#scripts/commands/run-fault'
import { type FilesOf, filesOf, type RunFileOptions, requestsOf } from '#scripts/commands/run-files'
import { type SelectionOptions, selected } from '#scripts/commands/selection'
import { type EquipmentOptions, equipmentOf, speedProblem } from '#scripts/equipment'
import { EXIT, type ExitStatus, exitStatus } from '#scripts/exit'
import { manifest } from '#scripts/manifest'
import { outputProblems, prepareOutputs } from '#scripts/outputs'
import { Progress } from '#scripts/progress'
import { able, motorProblems } from '#scripts/pump-link/able'
import { jobProblems } from '#scripts/pump-link/wire-pumps'
import {
  beginRecord,
  type Extra,
  endRecord,
  type RecordOptions,
  recordLine,
  recordProblems,
  withRecord,
} from '#scripts/record'
import { type ReportOptions, reportFiles, writeReports } from '#scripts/reports'
import { readScenarios, type ScenarioFile } from '#scripts/scenario-files'
import { commit, version } from '#scripts/version'
import { speedProblems } from '#scripts/wire-rigs'

export interface RunOptions extends ReportOptions, SelectionOptions, RunFileOptions, RigFileOptions, EquipmentOptions {
  readonly seed?: number
  readonly jobs?: number
  readonly allowSkipped?: boolean
  readonly retry?: number
  readonly journal?: string
  readonly fault?: string
  readonly faultyScenario?: string
  readonly baseline?: string
  readonly requirements?: RequirementsOption
  readonly record?: string
  readonly include?: readonly Extra[]
}

/** Everything a run needs, found valid. */
interface Plan {
  readonly files: readonly ScenarioFile[]
  readonly pump: PumpDefinition
  readonly rig: RigDefinition
  readonly measured: MeasuredRig | null
  readonly filesOf: FilesOf
  readonly requirements: readonly Requirement[] | null
  readonly baseline: Baseline | null
  readonly record: RecordOptions | null
}

export async function run(paths: readonly string[], options: RunOptions): Promise<ExitStatus> {
  const plan = planOf(paths, options)
  if ('problems' in plan) return refused(plan.problems)
  const { files, skipped } = able(plan.files, plan.pump, plan.rig)
  const made = manifest(new Date(), plan.rig.firmware)
  const journal = journalOf(plan, options)
  if (journal?.ok === false) return refused([journal.problem])
  const unkept = plan.record === null ? null : beginRecord({ ...plan.record, files }, made)
  if (unkept !== null) return refused([unkept])
  const alone = (file: ScenarioFile) => aloneCommand(file, aloneWith(options))
  const interruption = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => interruption.abort())
  const { runs, left, ...kept } = await campaign({
    ...plan,
    files,
    jobs: options.jobs ?? 1,
    retry: options.retry,
    drawn: options.html !== undefined || options.record !== undefined,
    window: options.window,
    journal: journal?.journal ?? null,
    alone,
    progress: new Progress(process.stderr, options.quiet === true),
    signal: interruption.signal,
  }).finally(() => journal?.journal.close())
  const result: Result = {
    schema: 'pumpbench/result@1',
    manifest: made,
    runs,
    ...(skipped.length === 0 ? {} : { skipped }),
    ...(plan.requirements === null ? {} : { requirements: requirementResults(plan.requirements, runs) }),
    ...(plan.baseline === null ? {} : { baseline: heldAgainst(plan.baseline, runs, skipped) }),
  }
  const losses = [...kept.losses, ...writeReports(result, options, kept.curves)]
  if (plan.record !== null) {
    losses.push(...endRecord({ ...plan.record, files }, result, kept.curves, interruption.signal.aborted))
    if (options.quiet !== true && options.json !== '-') process.stdout.write(recordLine(plan.record.folder))
  }
  for (const loss of losses) console.error(loss)
  if (options.quiet !== true && plan.files.length > 1) sayAgain(plan.files, runs, alone)
  if (!interruption.signal.aborted) return exitStatus(result, losses.length > 0, options.allowSkipped === true)
  const rest = left === 0 ? '' : `; ${left} ${left === 1 ? 'scenario was' : 'scenarios were'} not run`
  console.error(`interrupted: the record so far is kept as inconclusive${rest}`)
  return EXIT.interrupted
}

/** How many commands are printed at most. */
const MOST_COMMANDS = 100

/** One command for each scenario that did not pass: it brings the same about alone. */
function sayAgain(
  files: readonly ScenarioFile[],
  runs: readonly RunResult[],
  alone: (file: ScenarioFile) => string,
): void {
  const names = new Set(runs.flatMap(({ scenario, verdict }) => (verdict === 'pass' ? [] : [scenario])))
  const again = files.filter(({ scenario }) => names.has(scenario.name))
  for (const file of again.slice(0, MOST_COMMANDS)) console.error(`alone: ${alone(file)}`)
  if (again.length > MOST_COMMANDS) console.error(`and ${again.length - MOST_COMMANDS} more that did not pass`)
}

/** What of the command line changes what a run comes to. */
function aloneWith(run: RunOptions): Circumstances {
  const { rig = 'avr', pump = 'model', seed, speed, rigFile, date, fault, sense, encoder = true } = run
  const given = { fault, speed, 'rig-file': rigFile, date, sense }
  const options = Object.entries(given).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, String(value)],
  )
  return { rig: { name: rig }, pump: { name: pump }, seed, options: encoder ? options : [...options, '--no-encoder'] }
}

/** The journal that is asked for, begun or gone on with; null where none is. */
function journalOf(
  { files, pump, rig, measured, filesOf: placesOf }: Plan,
  options: RunOptions,
): OpenedJournal<Made> | null {
  if (options.journal === undefined) return null
  const { retry, speed, window } = options
  const drawn = options.html !== undefined
  const facts: Facts = {
    version: `${version} ${commit ?? 'of no known commit'}`,
    pump: pump.name,
    rig: `${rig.name} ${rig.firmware ?? ''}`.trim(),
    'rig file': measured === null ? 'none' : JSON.stringify(measured),
    scenarios: digestOf(
      files.map(({ file, scenario }) => [file, scenario.origin.sha256, scenario.origin.modelFigures]),
    ),
    seeds: digestOf(files.map(({ scenario }) => scenario.seed)),
    'kept files': digestOf(files.map(({ scenario }) => placesOf(scenario.name, 1))),
    ...{ retry: String(retry ?? 'none'), speed: String(speed ?? 'none'), drawn: String(drawn) },
    window: window === undefined ? 'none' : windowText(window),
  }
  return openJournal({ path: options.journal, option: '--journal', campaign: 'run', facts, read: readMade })
}

function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex')
}

function refused(problems: readonly string[]): ExitStatus {
  for (const problem of problems) console.error(problem)
  console.error(`${problems.length} problem${problems.length === 1 ? '' : 's'}; nothing was run`)
  return EXIT.usage
}

function planOf(paths: readonly string[], options: RunOptions): Plan | { readonly problems: readonly string[] } {
  const requirementsFile = requirementsPath(options.requirements)
  const read = readScenarios(paths, options.seed === undefined ? {} : { seed: options.seed }, [
    BENCH_FILE,
    ...(requirementsFile === null ? [] : [requirementsFile]),
  ])
  const { pump, rig } = equipmentOf(options)
  const { problems } = read
  const { scenarios, problems: unfit } = withFault(read.scenarios, rig.ok ? rig.value : undefined, options)
  const selection = selected(scenarios, options)
  const files = selection.ok ? selection.files : []
  const { requirements, text, problems: unmet } = requirementsInUse(options.requirements, scenarios)
  const baseline = options.baseline === undefined ? null : readBaseline(options.baseline)
  const found = [...problems.map(problemText), ...unfit]
  if (!pump.ok) found.push(pump.problem)
  else found.push(...jobProblems(pump.value, options.jobs))
  if (!rig.ok) found.push(rig.problem)
  else
    found.push(
      ...clockProblems(rig.value, options),
      ...speedProblems(rig.value, files),
      ...lineProblems(rig.value, files),
    )
  const rigFile = rigFileInUse(options, options.rig ?? 'avr', dayOf(new Date()))
  found.push(...rigFile.problems, ...stepProblems(options, rigFile.measured, files))
  if (!selection.ok) found.push(selection.problem)
  found.push(...unmet)
  if (baseline?.ok === false) found.push(baseline.problem)
  // What a scenario that cannot be read would have said of the baseline nobody knows.
  if (baseline?.ok === true && problems.length === 0) {
    const names = scenarios.map(({ scenario }) => scenario.name)
    found.push(...[missingScenarios(baseline.baseline, names) ?? []].flat())
  }
  const places = filesOf(files, options)
  const inputs = [
    ...scenarios.map(({ file }) => file),
    ...(requirementsFile === null ? [] : [requirementsFile]),
    ...(options.baseline === undefined ? [] : [options.baseline]),
    ...(options.rigFile === undefined ? [] : [options.rigFile]),
  ]
  const kept = options.journal === undefined ? [] : [{ option: '--journal', path: options.journal }]
  if (options.faultyScenario !== undefined) kept.push({ option: '--faulty-scenario', path: options.faultyScenario })
  const outputs = [...reportFiles(options), ...kept, ...requestsOf(files, places, options.retry)]
  found.push(...outputProblems(outputs, inputs))
  if (options.record !== undefined) found.push(...recordProblems(options.record, outputs))
  if (options.record !== undefined && options.journal !== undefined) {
    found.push('--journal and --record: a record is made in one go; leave one of them out')
  }
  if (options.record === undefined && options.include !== undefined)
    found.push('--include says what a record holds; give --record too')
  if (found.length === 0 && pump.ok && rig.ok) found.push(...motorProblems(files, pump.value, rig.value))
  if (found.length === 0) found.push(...prepareOutputs(outputs), ...keepFaulty(scenarios, options))
  if (found.length > 0 || !pump.ok || !rig.ok || baseline?.ok === false) return { problems: found }
  const record = recordOf(paths, options, files, text, baseline?.baseline.text ?? null)
  return {
    ...{ files, pump: pump.value, rig: rig.value, requirements, baseline: baseline?.baseline ?? null, record },
    measured: rigFile.measured,
    filesOf: record === null ? places : withRecord(places, record),
  }
}

/** What an option asks of a rig whose clock is of the other kind. */
function clockProblems(rig: RigDefinition, { speed, jobs = 1 }: RunOptions): string[] {
  const { name, clock } = rig
  if (clock === 'virtual') return [speedProblem(rig, speed) ?? []].flat()
  return jobs === 1 ? [] : [`--jobs ${jobs}: there is one rig ${name} and it runs one scenario at a time; leave it out`]
}

/** Scenarios with faults of a line that the rig does not have. */
function lineProblems(rig: RigDefinition, files: readonly ScenarioFile[]): string[] {
  return files.flatMap(({ file, scenario }) => {
    const problem = lineProblem(scenario, rig)
    return problem === null ? [] : [`${file}: ${problem}`]
  })
}

/** The record that is asked for, null where none is. */
function recordOf(
  paths: readonly string[],
  { record, include = [], ...options }: RunOptions,
  files: readonly ScenarioFile[],
  requirements: string | null,
  baseline: string | null,
): RecordOptions | null {
  if (record === undefined) return null
  return {
    ...{ folder: record, files, requirements, baseline, extras: include },
    command: { paths: [...paths], options: written({ ...options, record, include }) },
  }
}

/** The options as a manifest holds them: as they were given. */
function written({ encoder = true, ...given }: RunOptions): RecordManifest['command']['options'] {
  const options: RunOptions = encoder ? given : { ...given, encoder }
  const entries = Object.entries(options).flatMap(([name, value]): [string, string | number | boolean | string[]][] => {
    if (value === undefined || (Array.isArray(value) && value.length === 0)) return []
    if (Array.isArray(value)) return [[name, value.map(String)]]
    if (typeof value === 'object')
      return [[name, 'count' in value ? `${value.index}/${value.count}` : windowText(value)]]
    return [[name, value]]
  })
  return Object.fromEntries(entries)
}
