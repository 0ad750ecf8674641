/**
 * `pumpbench explore`: seeded random scenarios against what must be true of every run. What is found is written as scenario
 * files that `run` takes; what was never come to is named.
 */
import { join } from 'node:path'
import { Exploration, SITE_DAYS } from '#hil/explore/campaign'
import { ATTEMPTS, type Explored } from '#hil/explore/explore'
import { EXPLORED_GROUPS, groupsOn } from '#hil/explore/generate'
import { unreachable } from '#hil/explore/sites'
import type { FaultGroup } from '#hil/fault/catalogue-entry'
import { LinkEnded } from '#hil/pump/wire/byte-link'
import { PumpWireError } from '#hil/pump/wire/session'
import { plain } from '#hil/report/plain'
import type { RigDefinition } from '#hil/rig/rig'
import { invariantsOfOthers } from '#hil/run/invariants/invariants'
import { crew, usualJobs } from '#scripts/campaign/crew'
import { carryOut, type Job } from '#scripts/campaign/jobs'
import {
  command,
  type ExplorationPlan,
  fileOf,
  foundLine,
  report,
  skippedIn,
  USUAL_FOLDER,
  undrawnOf,
} from '#scripts/commands/explore-report'
import { EXIT, type ExitStatus } from '#scripts/exit'
import { exploreSeed, type SeedTask } from '#scripts/explore-seed'
import { outputProblems, prepareOutputs, writeWhole } from '#scripts/outputs'
import { Progress } from '#scripts/progress'
import { motorProblems } from '#scripts/pump-link/able'
import { anyPumpNamed, isOnWire, jobProblems } from '#scripts/pump-link/wire-pumps'
import { rigNamed } from '#scripts/registry'
import { commit, version } from '#scripts/version'
import { parseMeasure } from '#units/measure'
import { toNumber } from '#units/rational'

export interface ExploreCommandOptions {
  readonly seeds?: number
  readonly from?: number
  readonly for?: string
  readonly days?: number
  readonly jobs?: number
  readonly rig?: string
  readonly pump?: string
  readonly allowSkipped?: boolean
  readonly faults?: string
  readonly out?: string
  readonly json?: string
  readonly quiet?: boolean
}

const USUAL_SEEDS = 1000
const LARGEST_SEED = 2 ** 32 - 1
/** Violations that are shrunk and written: more of one cause help nobody. */
const MOST_FOUND = 20

export async function exploreCommand(options: ExploreCommandOptions): Promise<ExitStatus> {
  const plan = planOf(options)
  if ('problems' in plan) {
    for (const problem of plan.problems) console.error(problem)
    return EXIT.usage
  }
  const interruption = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => interruption.abort())
  const start_ms = performance.now()
  const exploration = new Exploration(plan.groups, plan.carried, plan.days, plan.other === null ? undefined : [])
  const losses = await explored(plan, exploration, interruption.signal, options.quiet === true)
  const wall_s = (performance.now() - start_ms) / 1000
  if (plan.json !== undefined) losses.push(...lossOf(plan.json, writeJson(plan.json, plan, exploration, wall_s)))
  if (options.quiet !== true && plan.json !== '-') console.log(report(plan, exploration, wall_s))
  for (const loss of losses) console.error(loss)
  if (interruption.signal.aborted) {
    const { seeds: over } = exploration
    const left = plan.seeds === undefined ? undefined : plan.seeds - over
    const onward =
      left === 0 ? 'every seed was over' : `${command({ ...plan, seeds: left }, plan.from + over)} goes on from there`
    console.error(`interrupted: what was found is kept; ${onward}`)
    return EXIT.interrupted
  }
  const failed = exploration.found.length > 0 || exploration.missing.length > 0 || exploration.strangers.length > 0
  if (failed) return EXIT.fail
  const { seeds } = exploration
  const skipped = skippedIn(exploration)
  const unshown = skipped > 0 && (skipped === seeds || options.allowSkipped !== true)
  return losses.length > 0 || unshown ? EXIT.inconclusive : EXIT.pass
}

/** Explores seed after seed, and writes each violation as it is found; what could not be written. */
async function explored(
  plan: ExplorationPlan,
  exploration: Exploration,
  signal: AbortSignal,
  quiet: boolean,
): Promise<string[]> {
  const { seeds, groups, days, rig } = plan
  const losses: string[] = []
  const progress = new Progress(process.stderr, quiet)
  const abreast = Math.min(plan.jobs, seeds ?? plan.jobs)
  const threads = abreast > 1 ? crew(abreast) : null
  const hooks = { signal, onProgress: () => undefined }
  try {
    await carryOut<SeedTask, Explored>({
      jobs: tasks(plan, () => exploration.found.length >= MOST_FOUND, { groups, days, rig }),
      extent: seeds === undefined || plan.for_s !== undefined ? null : { count: seeds, weight: seeds },
      abreast,
      journal: null,
      signal,
      perform: async ({ task }) => {
        await progress.reached(`seed ${task.seed}`, task.seed - plan.from, seeds ?? task.seed - plan.from + 1, 0)
        return threads === null
          ? exploreSeed(task, hooks, plan.other ?? undefined)
          : threads.perform('explore', task, hooks)
      },
      alone: ({ task }) => command({ ...plan, seeds: 1, for_s: undefined }, task.seed),
      onStanding: (standing) => progress.stands(standing),
      deliver: (outcome) => {
        exploration.add(outcome)
        if (outcome.violation === null) return
        progress.end()
        const path = fileOf(plan, outcome.seed)
        losses.push(...lossOf(path, writeWhole(path, outcome.violation.text)))
        if (!quiet) console.error(foundLine(plan, { seed: outcome.seed, ...outcome.violation }))
      },
    })
  } finally {
    progress.end()
    await threads?.close()
  }
  return losses
}

function* tasks(
  { from, seeds, for_s }: ExplorationPlan,
  enough: () => boolean,
  same: Omit<SeedTask, 'seed' | 'attempts'>,
): Generator<Job<SeedTask>> {
  const until_ms = for_s === undefined ? Number.POSITIVE_INFINITY : performance.now() + for_s * 1000
  const last = Math.min(seeds === undefined ? LARGEST_SEED : from + seeds - 1, LARGEST_SEED)
  for (let seed = from; seed <= last && performance.now() < until_ms && !enough(); seed += 1) {
    yield { key: `seed ${seed}`, task: { ...same, seed, attempts: ATTEMPTS }, weight: 1 }
  }
}

function lossOf(path: string, problem: string | null): string[] {
  return problem === null ? [] : [`${path}: ${problem}`]
}

function writeJson(path: string, plan: ExplorationPlan, exploration: Exploration, wall_s: number): string | null {
  const { from, days, rig, groups } = plan
  const { seeds, found, sites, missing, strangers } = exploration
  const text = `${JSON.stringify(
    {
      schema: 'pumpbench/explore@1',
      ...{ version, commit, from, seeds, days, rig, groups, wall_s },
      violations: found.map(({ text: _, ...one }) => ({ ...one, file: fileOf(plan, one.seed) })),
      sites,
      missing: missing.map(({ name }) => name),
      strangers,
      not_drawn: undrawnOf(plan),
      ...(plan.other === null
        ? {}
        : {
            pump: plan.other.pump.name,
            invariants: plan.other.only,
            changed: exploration.changed,
            skipped: exploration.skipped,
          }),
      unreachable: unreachable(),
    },
    null,
    2,
  )}\n`
  if (path !== '-') return writeWhole(path, text)
  process.stdout.write(text)
  return null
}

function planOf(options: ExploreCommandOptions): ExplorationPlan | { readonly problems: readonly string[] } {
  const { from = 0, days = SITE_DAYS, rig = 'ideal', out = USUAL_FOLDER, json } = options
  const problems: string[] = []
  const wired = /^(serial|tcp):/.test(rig)
  if (wired)
    problems.push(`--rig ${rig}: seeds are explored in virtual time, which no rig on a wire has; choose ideal or avr`)
  // Those that can be named here, without those on a wire.
  const named = rigNamed(rig, 'explore --rig')
  if (!named.ok && !wired) problems.push(named.problem)
  const carried = named.ok ? groupsOn(named.value) : EXPLORED_GROUPS
  const groups = groupsOf(options.faults, carried, rig, problems)
  const for_s = timeOf(options.for, problems)
  const seeds = options.seeds ?? (for_s === undefined ? USUAL_SEEDS : undefined)
  if (seeds !== undefined && from + seeds - 1 > LARGEST_SEED)
    problems.push(`--from ${from} --seeds ${seeds}: the last seed there is, is ${LARGEST_SEED}`)
  const other = named.ok && problems.length === 0 ? otherOf(options, named.value, problems) : null
  const jobs = other === null ? (options.jobs ?? usualJobs()) : 1
  const outputs = json === undefined || json === '-' ? [] : [{ option: '--json', path: json }]
  const places = [...outputs, { option: '--out', path: join(out, 'explored-0.yaml') }]
  problems.push(...outputProblems(places, []))
  if (problems.length === 0) problems.push(...prepareOutputs(places))
  if (problems.length > 0) return { problems }
  return { from, seeds, for_s, days, jobs, rig, other, groups, carried, out, json }
}

/** The pump where it is not ours, asked what it can; null where it is ours, or where something is wrong with it. */
function otherOf({ pump: name = 'model', jobs }: ExploreCommandOptions, rig: RigDefinition, problems: string[]) {
  const pump = anyPumpNamed(name)
  if (!pump.ok) problems.push(pump.problem)
  if (!pump.ok || !isOnWire(name)) return null
  problems.push(...jobProblems(pump.value, jobs), ...motorProblems([], pump.value, rig))
  if (problems.length > 0) return null
  try {
    return { pump: pump.value, only: invariantsOfOthers((alarm) => pump.value.hasAlarm?.(alarm) ?? true) }
  } catch (error) {
    if (!(error instanceof PumpWireError || error instanceof LinkEnded)) throw error
    problems.push(`--pump ${plain(name)}: it cannot be asked what it can: ${plain(error.message)}`)
    return null
  }
}

function groupsOf(
  text: string | undefined,
  carried: readonly FaultGroup[],
  rig: string,
  problems: string[],
): readonly FaultGroup[] {
  if (text === undefined) return carried
  if (text === 'none') return []
  return text.split(',').flatMap((name) => {
    const group = carried.find((one) => one === name)
    if (group !== undefined) return group
    problems.push(
      name === 'link'
        ? `--faults link: no line leads to the rig ${rig}; take --rig avr`
        : `--faults ${name}: choose of ${carried.join(', ')}, or none`,
    )
    return []
  })
}

/** A time such as `10 min` or `90s`. */
function timeOf(text: string | undefined, problems: string[]): number | undefined {
  if (text === undefined) return undefined
  const parsed = parseMeasure(text.replace(/^(\d+)([a-z]+)$/, '$1 $2'), ['duration'])
  if (parsed.ok && parsed.measure.value.n > 0n) return toNumber(parsed.measure.value) / 1e6
  problems.push(`--for ${text}: write a time above zero, such as 10min or 1h`)
  return undefined
}
