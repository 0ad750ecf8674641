/**
 * `pumpbench explore`: seeded random scenarios against what must be true of every run. What is found is written as scenario
 * files that `run` takes; what was never come to is named.
 */
import { join } from 'node:path'
import { Exploration, type Found, SITE_DAYS, type SiteCount } from '#hil/explore/campaign'
import { ATTEMPTS, type Explored } from '#hil/explore/explore'
import { EXPLORED_GROUPS, groupsOn } from '#hil/explore/generate'
import { LINE_MISHAPS } from '#hil/explore/mishaps'
import { unreachable } from '#hil/explore/sites'
import type { FaultGroup } from '#hil/fault/catalogue-entry'
import { textTable } from '#hil/report/text-table'
import { crew, usualJobs } from '#scripts/campaign/crew'
import { carryOut, type Job } from '#scripts/campaign/jobs'
import { EXIT, type ExitStatus } from '#scripts/exit'
import { exploreSeed, type SeedTask } from '#scripts/explore-seed'
import { outputProblems, prepareOutputs, writeWhole } from '#scripts/outputs'
import { Progress } from '#scripts/progress'
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
  readonly faults?: string
  readonly out?: string
  readonly json?: string
  readonly quiet?: boolean
}

const USUAL_SEEDS = 1000
const LARGEST_SEED = 2 ** 32 - 1
/** Where what is found goes. */
const USUAL_FOLDER = 'report/explore'
/** Violations that are shrunk and written: more of one cause help nobody. */
const MOST_FOUND = 20

interface Plan {
  readonly from: number
  /** Undefined where time alone ends it. */
  readonly seeds: number | undefined
  readonly for_s: number | undefined
  readonly days: number
  readonly jobs: number
  readonly rig: string
  /** Of those that the rig can carry, the ones that are drawn. */
  readonly groups: readonly FaultGroup[]
  readonly carried: readonly FaultGroup[]
  readonly out: string
  readonly json: string | undefined
}

export async function exploreCommand(options: ExploreCommandOptions): Promise<ExitStatus> {
  const plan = planOf(options)
  if ('problems' in plan) {
    for (const problem of plan.problems) console.error(problem)
    return EXIT.usage
  }
  const interruption = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => interruption.abort())
  const start_ms = performance.now()
  const exploration = new Exploration(plan.groups, plan.carried, plan.days)
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
  return failed ? EXIT.fail : losses.length > 0 ? EXIT.inconclusive : EXIT.pass
}

/** Explores seed after seed, and writes each violation as it is found; what could not be written. */
async function explored(plan: Plan, exploration: Exploration, signal: AbortSignal, quiet: boolean): Promise<string[]> {
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
        return threads === null ? exploreSeed(task, hooks) : threads.perform('explore', task, hooks)
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
  { from, seeds, for_s }: Plan,
  enough: () => boolean,
  same: Omit<SeedTask, 'seed' | 'attempts'>,
): Generator<Job<SeedTask>> {
  const until_ms = for_s === undefined ? Number.POSITIVE_INFINITY : performance.now() + for_s * 1000
  const last = Math.min(seeds === undefined ? LARGEST_SEED : from + seeds - 1, LARGEST_SEED)
  for (let seed = from; seed <= last && performance.now() < until_ms && !enough(); seed += 1) {
    yield { key: `seed ${seed}`, task: { ...same, seed, attempts: ATTEMPTS }, weight: 1 }
  }
}

function fileOf({ out }: Plan, seed: number): string {
  return join(out, `explored-${seed}.yaml`)
}

function lossOf(path: string, problem: string | null): string[] {
  return problem === null ? [] : [`${path}: ${problem}`]
}

/** The command that explores from a seed on as this one did. */
function command(
  { seeds, for_s, days, rig, groups, carried, out }: Omit<Plan, 'from' | 'json' | 'jobs'>,
  from: number,
): string {
  return [
    `pumpbench explore --from ${from}`,
    ...(seeds === undefined ? [] : [`--seeds ${seeds}`]),
    ...(for_s === undefined ? [] : [`--for ${for_s}s`]),
    ...(days === SITE_DAYS ? [] : [`--days ${days}`]),
    ...(rig === 'ideal' ? [] : [`--rig ${rig}`]),
    ...(groups.length === carried.length ? [] : [`--faults ${groups.length === 0 ? 'none' : groups.join(',')}`]),
    ...(out === USUAL_FOLDER ? [] : [`--out ${out}`]),
  ].join(' ')
}

function foundLine(plan: Plan, { seed, invariant, detail, attempts }: Found): string {
  const file = fileOf(plan, seed)
  const alone = command({ ...plan, seeds: 1, for_s: undefined }, seed)
  return [
    `seed ${seed}: ${invariant}: ${detail}`,
    `  shrunk in ${attempts} attempts: pumpbench run ${file} --rig ${plan.rig}`,
    `  as found: ${alone}`,
  ].join('\n')
}

function report(plan: Plan, exploration: Exploration, wall_s: number): string {
  const { seeds, found, missing, strangers, expects } = exploration
  const sites = exploration.sites.toSorted((a, b) => a.seeds - b.seeds || (a.name < b.name ? -1 : 1))
  const rows = sites.map((site) => [{ text: site.name }, { text: String(site.seeds) }, { text: demand(site, expects) }])
  const table = textTable(
    [
      { title: 'site', align: 'left', least: 60 },
      { title: 'seeds', align: 'right' },
      { title: 'expected', align: 'left' },
    ],
    rows,
    { width: 120, indent: '  ', paintHead: (text) => text },
  )
  const undrawn = undrawnOf(plan)
  const rate = wall_s > 0 ? ` (${(seeds / wall_s).toFixed(1)} a second)` : ''
  return [
    ...table,
    '',
    `${seeds} seeds of ${plan.days} d on ${plan.rig} in ${wall_s.toFixed(1)} s${rate}, from ${plan.from}`,
    `${sites.filter((site) => site.seeds > 0).length} of ${sites.length} sites visited`,
    ...(undrawn.length === 0
      ? []
      : [`not drawn, for no line leads to ${plan.rig}: ${undrawn.join(', ')}; --rig avr draws them`]),
    ...missing.map(({ name, within }) => `never visited, and ${within} seeds have to: ${name}`),
    ...strangers.map((name) => `visited, and listed as out of reach: ${name}`),
    ...found.map((one) => foundLine(plan, one)),
    `${found.length} violations`,
  ].join('\n')
}

/** Kinds of faults that are drawn on another rig and not on this one. */
function undrawnOf({ carried }: Plan): readonly string[] {
  return carried.includes('link') ? [] : LINE_MISHAPS
}

function demand({ expected, seeds, within }: SiteCount, expects: boolean): string {
  if (!expects) return ''
  if (!expected) return `in ${within} seeds`
  return seeds > 0 ? 'yes' : `MISSING: in ${within} seeds`
}

function writeJson(path: string, plan: Plan, exploration: Exploration, wall_s: number): string | null {
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
      unreachable: unreachable(),
    },
    null,
    2,
  )}\n`
  if (path !== '-') return writeWhole(path, text)
  process.stdout.write(text)
  return null
}

function planOf(options: ExploreCommandOptions): Plan | { readonly problems: readonly string[] } {
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
  const outputs = json === undefined || json === '-' ? [] : [{ option: '--json', path: json }]
  const places = [...outputs, { option: '--out', path: join(out, 'explored-0.yaml') }]
  problems.push(...outputProblems(places, []))
  if (problems.length === 0) problems.push(...prepareOutputs(places))
  if (problems.length > 0) return { problems }
  return { from, seeds, for_s, days, jobs: options.jobs ?? usualJobs(), rig, groups, carried, out, json }
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
