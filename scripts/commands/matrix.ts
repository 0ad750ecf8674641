/**
 * `pumpbench matrix`: every fault in every scenario, each held against the same scenario without it.
 *
 * The campaign goes on where it was killed when its folder is given again, and comes to the same text.
 */
import { createHash } from 'node:crypto'
import { dirname, join, relative, resolve, sep } from 'node:path'
import type { CatalogueEntry } from '#hil/fault/catalogue-entry'
import type { CellAttempt } from '#hil/matrix/attempt'
import { type EarlierCell, regressionsOf } from '#hil/matrix/baseline'
import { cellOf, controlOf, faultOf } from '#hil/matrix/cells'
import type { Cell, Matrix, MatrixScenario } from '#hil/matrix/types'
import type { PumpDefinition } from '#hil/pump/pump'
import { matrixJson } from '#hil/report/json'
import { matrixPage } from '#hil/report/matrix-page'
import { matrixTerminal } from '#hil/report/matrix-terminal'
import type { RigDefinition } from '#hil/rig/rig'
import { problemText } from '#hil/scenario/problem'
import { BENCH_FILE } from '#scripts/bench-file'
import { aloneCommand } from '#scripts/campaign/alone'
import { readCellAttempt } from '#scripts/campaign/cell-attempt'
import { crew, usualJobs } from '#scripts/campaign/crew'
import { carryOut, type Job, type JobHooks } from '#scripts/campaign/jobs'
import { type Journal, openJournal } from '#scripts/campaign/journal'
import { type CellTask, cell } from '#scripts/cell'
import { readMatrixBaseline } from '#scripts/commands/matrix-baseline'
import { faultsChosen } from '#scripts/commands/matrix-faults'
import { EXIT, type ExitStatus } from '#scripts/exit'
import { outputProblems, prepareOutputs, writeWhole } from '#scripts/outputs'
import { Progress } from '#scripts/progress'
import { motorProblems } from '#scripts/pump-link/able'
import { anyPumpNamed, isOnWire, jobProblems } from '#scripts/pump-link/wire-pumps'
import { rigNamed } from '#scripts/registry'
import { readScenarios, type ScenarioFile } from '#scripts/scenario-files'
import { commit, version } from '#scripts/version'
import { toNumber } from '#units/rational'

export interface MatrixOptions {
  readonly faults?: string
  readonly rig?: string
  readonly pump?: string
  readonly seed?: number
  readonly jobs?: number
  readonly json?: string
  readonly html?: string
  readonly baseline?: string
  readonly out?: string
  readonly allowSkipped?: boolean
  readonly quiet?: boolean
}

/** Cells that have a report of their own: each takes some hundred kilobytes. The others have their command. */
const MOST_REPORTS = 1000
const STANDARD_OUTPUT = '-'

interface Plan {
  readonly files: readonly ScenarioFile[]
  readonly pump: PumpDefinition
  readonly rig: RigDefinition
  readonly entries: readonly CatalogueEntry[]
  readonly unwanted: readonly CatalogueEntry[]
  readonly baseline: { readonly file: string; readonly sha256: string; readonly cells: readonly EarlierCell[] } | null
  readonly journal: Journal<CellAttempt> | null
}

/** One cell of the campaign. */
interface CellJob {
  readonly file: ScenarioFile
  /** Null for the control. */
  readonly entry: CatalogueEntry | null
}

export async function matrix(paths: readonly string[], options: MatrixOptions): Promise<ExitStatus> {
  const plan = planOf(paths, options)
  if ('problems' in plan) {
    for (const problem of plan.problems) console.error(problem)
    console.error(`${plan.problems.length} problem${plan.problems.length === 1 ? '' : 's'}; nothing was run`)
    return EXIT.usage
  }
  const interruption = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => interruption.abort())
  const attempts = await attempted(plan, options, interruption.signal)
  const made = matrixOf(plan, options, attempts)
  const losses = written(made, options)
  for (const loss of losses) console.error(loss)
  if (interruption.signal.aborted) {
    const kept = options.out === undefined ? '' : `; the same command goes on with what is kept in ${options.out}`
    console.error(`interrupted: ${attempts.size} of ${jobsOf(plan).length} runs were begun${kept}`)
    return EXIT.interrupted
  }
  if ((made.baseline?.regressions.length ?? 0) > 0) return EXIT.fail
  const isSkipped = (file: ScenarioFile) => attempts.get(keyOf(file, null))?.kind === 'skipped'
  const skipped = made.cells.some(({ state }) => state === 'skipped') || plan.files.some(isSkipped)
  const unshown =
    made.cells.some(({ state }) => state === 'error') ||
    made.scenarios.some(({ control }, index) => {
      const file = plan.files[index]
      return control.problem !== null && !(file !== undefined && isSkipped(file))
    }) ||
    (skipped && options.allowSkipped !== true)
  const nowhere = made.cells.every(({ state }) => state === 'not-applicable' || state === 'skipped')
  if (nowhere)
    console.error('no fault that was asked for has a place in any of the scenarios: nothing is shown of them')
  return unshown || nowhere || losses.length > 0 ? EXIT.inconclusive : EXIT.pass
}

function planOf(paths: readonly string[], options: MatrixOptions): Plan | { readonly problems: readonly string[] } {
  const { seed, out } = options
  const { scenarios: files, problems } = readScenarios(paths, seed === undefined ? {} : { seed }, [
    BENCH_FILE,
    'requirements.yaml',
  ])
  const found = problems.map(problemText)
  const [pump, rig] = [anyPumpNamed(options.pump ?? 'model'), rigNamed(options.rig ?? 'ideal', '--rig of a matrix')]
  if (!pump.ok) found.push(pump.problem)
  else found.push(...jobProblems(pump.value, options.jobs))
  if (!rig.ok) found.push(rig.problem)
  const chosen = faultsChosen(options.faults, rig.ok ? rig.value : undefined)
  found.push(...chosen.problems)
  const baseline = options.baseline === undefined ? null : readMatrixBaseline(options.baseline)
  if (baseline !== null && 'problem' in baseline) found.push(baseline.problem)
  else if (baseline !== null && problems.length === 0) {
    const names = new Set(files.map(({ scenario }) => scenario.name))
    const missing = [...new Set(baseline.cells.map(({ scenario }) => scenario))].filter((name) => !names.has(name))
    if (missing.length > 0) {
      found.push(
        `--baseline ${baseline.file}: not among the scenarios given: ${missing.slice(0, 10).join(', ')}; run them too`,
      )
    }
  }
  const outputs = outputsOf(options)
  found.push(...outputProblems(outputs, [...files.map(({ file }) => file), ...[options.baseline ?? []].flat()]))
  if (found.length === 0 && pump.ok && rig.ok) found.push(...motorProblems(files, pump.value, rig.value))
  if (found.length === 0) found.push(...prepareOutputs(outputs))
  if (found.length > 0 || !pump.ok || !rig.ok || (baseline !== null && 'problem' in baseline))
    return { problems: found }
  const plan = { files, pump: pump.value, rig: rig.value, entries: chosen.entries, unwanted: chosen.left, baseline }
  if (out === undefined) return { ...plan, journal: null }
  const opened = openJournal<CellAttempt>({
    path: join(out, 'journal.ndjson'),
    option: '--out',
    campaign: 'matrix',
    facts: {
      version: `${version} ${commit ?? 'of no known commit'}`,
      pump: plan.pump.name,
      rig: `${plan.rig.name} ${plan.rig.firmware ?? ''}`.trim(),
      scenarios: digestOf(
        files.map(({ file, scenario }) => [file, scenario.origin.sha256, scenario.origin.modelFigures, scenario.seed]),
      ),
      faults: digestOf(plan.entries.map(({ name }) => name)),
    },
    read: readCellAttempt,
  })
  return opened.ok ? { ...plan, journal: opened.journal } : { problems: [opened.problem] }
}

function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex')
}

function jobsOf({ files, entries }: Pick<Plan, 'files' | 'entries'>): readonly Job<CellJob>[] {
  return files.flatMap((file) =>
    [null, ...entries].map((entry) => ({
      key: keyOf(file, entry),
      task: { file, entry },
      weight: Number(file.scenario.duration_us.n),
    })),
  )
}

function keyOf({ scenario }: ScenarioFile, entry: CatalogueEntry | null): string {
  return `${scenario.name}/${entry?.name ?? 'without-a-fault'}`
}

async function attempted(
  plan: Plan,
  options: MatrixOptions,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, CellAttempt>> {
  const jobs = jobsOf(plan)
  const many = isOnWire(plan.pump.name) ? 1 : Math.min(options.jobs ?? usualJobs(), jobs.length)
  const threads = many > 1 ? crew(many) : null
  const progress = new Progress(process.stderr, options.quiet === true)
  const attempts = new Map<string, CellAttempt>()
  const made = (task: CellTask, hooks: JobHooks) =>
    threads === null ? cell(task, hooks, plan.pump) : threads.perform('cell', task, hooks)
  try {
    await carryOut<CellJob, CellAttempt>({
      ...{ jobs, abreast: many, journal: plan.journal, signal },
      extent: { count: jobs.length, weight: jobs.reduce((sum, { weight }) => sum + weight, 0) },
      perform: ({ key, task }, index) => {
        const hooks = { signal, onProgress: (part: number) => progress.reached(key, index, jobs.length, part) }
        return made(taskOf(plan, options, task, index), hooks)
      },
      alone: ({ task }) => commandOf(plan, options, task),
      onStanding: (standing) => progress.stands(standing),
      deliver: (attempt, { key }) => {
        attempts.set(key, attempt)
      },
    })
    return attempts
  } finally {
    progress.end()
    plan.journal?.close()
    await threads?.close()
  }
}

function taskOf({ pump, rig }: Plan, { out }: MatrixOptions, { file, entry }: CellJob, index: number): CellTask {
  const { origin, seed, name } = file.scenario
  const report = `cells/${name}/${entry?.name ?? 'without-a-fault'}.html`
  return {
    ...{ text: origin.text, sha256: origin.sha256, modelFigures: origin.modelFigures, seed },
    ...{ file: file.file, pump: pump.name, rig: rig.name, fault: entry?.name ?? null },
    report: out === undefined || index >= MOST_REPORTS ? null : { path: join(out, report), name: report },
  }
}

function commandOf({ pump, rig }: Plan, { seed }: MatrixOptions, { file, entry }: CellJob): string {
  return aloneCommand(file, { pump, rig, seed, options: entry === null ? [] : ['--fault', entry.name] })
}

const NOT_RUN: CellAttempt = { kind: 'error', reason: 'it was not run: the campaign was interrupted' }

function matrixOf(plan: Plan, options: MatrixOptions, attempts: ReadonlyMap<string, CellAttempt>): Matrix {
  const { files, entries, rig, baseline } = plan
  const attemptAt = (file: ScenarioFile, entry: CatalogueEntry | null) => attempts.get(keyOf(file, entry)) ?? NOT_RUN
  const command = (file: ScenarioFile, entry: CatalogueEntry | null) => commandOf(plan, options, { file, entry })
  const cells = files.flatMap((file): Cell[] =>
    entries.map((entry) => {
      const { name, pump } = file.scenario
      const place = { scenario: name, entry, command: command(file, entry), tolerance: toNumber(pump.tolerance) }
      return cellOf(attemptAt(file, entry), attemptAt(file, null), place)
    }),
  )
  return {
    schema: 'pumpbench/matrix@1',
    tool: { version, commit, rig_firmware: rig.firmware },
    ...{ pump: plan.pump.name, rig: rig.name },
    scenarios: files.map((file): MatrixScenario => {
      const { name, seed, origin, duration_us } = file.scenario
      return {
        ...{ scenario: name, file: file.file, file_sha256: origin.sha256, seed },
        simulated_s: Number(duration_us.n) / 1e6,
        control: controlOf(attemptAt(file, null), command(file, null)),
      }
    }),
    faults: entries.map((entry) => faultOf(entry, cells)),
    not_carried: plan.unwanted.map(({ name }) => name),
    cells,
    ...(baseline === null
      ? {}
      : {
          baseline: { file: baseline.file, sha256: baseline.sha256, regressions: regressionsOf(baseline.cells, cells) },
        }),
  }
}

function outputsOf({ json, html, out }: MatrixOptions) {
  const inFolder =
    out === undefined
      ? []
      : ['matrix.json', 'matrix.html', 'journal.ndjson'].map((name) => ({ option: '--out', path: join(out, name) }))
  return [
    ...inFolder,
    ...(json === undefined || json === STANDARD_OUTPUT ? [] : [{ option: '--json', path: json }]),
    ...(html === undefined ? [] : [{ option: '--html', path: html }]),
  ]
}

/** Writes and prints what was asked for; one line for what could not be written. */
function written(made: Matrix, { json, html, out, quiet }: MatrixOptions): readonly string[] {
  const text = matrixJson(made)
  const toStandardOutput = json === STANDARD_OUTPUT
  const people = toStandardOutput ? process.stderr : process.stdout
  if (quiet !== true) people.write(matrixTerminal(made, { width: Math.max(60, people.columns ?? 100) }))
  if (toStandardOutput) process.stdout.write(text)
  const wanted: readonly (readonly [option: string, path: string | undefined, text: (path: string) => string])[] = [
    ['--out', out && join(out, 'matrix.json'), () => text],
    ['--out', out && join(out, 'matrix.html'), () => matrixPage(made, '')],
    ['--json', toStandardOutput ? undefined : json, () => text],
    ['--html', html, (path) => matrixPage(made, wayTo(out, path))],
  ]
  return wanted.flatMap(([option, path, content]) => {
    if (path === undefined) return []
    const problem = writeWhole(path, content(path))
    if (problem === null && quiet !== true) people.write(`${path.endsWith('html') ? 'page' : 'matrix'}: ${path}\n`)
    return problem === null ? [] : [`${option} ${path}: ${problem}`]
  })
}

/** The way from a page to the folder of the reports, as it stands in a link. */
function wayTo(out: string | undefined, path: string): string {
  if (out === undefined) return ''
  const way = relative(dirname(resolve(path)), resolve(out))
  return way === '' ? '' : `${way.split(sep).map(encodeURIComponent).join('/')}/`
}
