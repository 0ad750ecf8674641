/** `pumpbench compare`: two pumps on the same scenarios, and where they part. */
import { type Divergence, divergences } from '#hil/compare/divergence'
import type { PumpDefinition } from '#hil/pump/pump'
import { plain } from '#hil/report/plain'
import { PLAYOUT_us, type RigDefinition } from '#hil/rig/rig'
import { execute } from '#hil/run/execute'
import type { Trace } from '#hil/run/trace'
import { problemText } from '#hil/scenario/problem'
import type { Scenario } from '#hil/scenario/types'
import { BENCH_FILE } from '#scripts/bench-file'
import { EXIT, type ExitStatus } from '#scripts/exit'
import { able } from '#scripts/pump-link/able'
import { anyPumpNamed } from '#scripts/pump-link/wire-pumps'
import { rigNamed } from '#scripts/registry'
import { readScenarios } from '#scripts/scenario-files'
import { duration } from '#units/format'

export interface CompareOptions {
  readonly rig?: string
  readonly seed?: number
  readonly allowSkipped?: boolean
}

/** What two pumps came to on one scenario. */
export interface Compared {
  readonly found: readonly Divergence[]
  /** Why the comparison says nothing, for each pump whose run broke off; empty where both came to the end. */
  readonly broken: readonly string[]
}

/** Runs the scenario with both pumps, one after the other. */
export async function compared(
  scenario: Scenario,
  pumps: readonly [PumpDefinition, PumpDefinition],
  rig: RigDefinition,
  signal?: AbortSignal,
): Promise<Compared> {
  const options = signal === undefined ? {} : { signal }
  const [a, b] = [await execute(scenario, pumps[0], rig, options), await execute(scenario, pumps[1], rig, options)]
  const broken = [a, b].flatMap((trace, index) => {
    const reason = brokenOff(trace)
    return reason === null ? [] : [`${pumps[index]?.name}: ${reason}`]
  })
  const all = divergences(a, b, scenario.pump.step_uL)
  if (broken.length === 0) return { found: all, broken }
  // What a run that broke off never came to is no difference between the pumps, nor are steps that were still under way.
  const before_us = Math.min(...[a, b].map(endOf)) - UNDER_WAY_us
  return { found: all.filter(({ at_us }) => at_us < before_us), broken }
}

/** A step is made, and heard of, within two playouts of the instant it is due. */
const UNDER_WAY_us = 2 * PLAYOUT_us

function endOf({ records }: Trace): number {
  const end = records.at(-1)
  return end?.kind === 'end' ? end.t_us : 0
}

function brokenOff({ records }: Trace): string | null {
  const end = records.at(-1)
  if (end?.kind !== 'end') return 'the run has no end'
  return end.complete ? null : end.reason
}

export async function compareCommand(
  names: readonly [string, string],
  paths: readonly string[],
  options: CompareOptions,
): Promise<ExitStatus> {
  const pumps = names.map((name) => anyPumpNamed(name, 'compare'))
  const rig = rigNamed(options.rig ?? 'ideal', '--rig of compare')
  const { scenarios, problems } = readScenarios(paths, options.seed === undefined ? {} : { seed: options.seed }, [
    BENCH_FILE,
  ])
  const found = [...problems.map(problemText), ...[...pumps, rig].flatMap((one) => (one.ok ? [] : [one.problem]))]
  const [a, b] = pumps
  if (found.length > 0 || a?.ok !== true || b?.ok !== true || !rig.ok) {
    for (const problem of found) console.error(problem)
    console.error('nothing was run')
    return EXIT.usage
  }
  const interruption = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => interruption.abort())
  const counts = { same: 0, diverging: 0, broken: 0, skipped: 0 }
  const both: readonly [PumpDefinition, PumpDefinition] = [a.value, b.value]
  for (const file of scenarios) {
    if (interruption.signal.aborted) break
    const lacking = both.flatMap((pump) => able([file], pump).skipped.map(({ reason }) => `${pump.name}: ${reason}`))
    if (lacking.length > 0) {
      counts.skipped += 1
      say(`${file.scenario.name}: skipped: ${lacking.join('; ')}`)
      continue
    }
    const result = await compared(file.scenario, both, rig.value, interruption.signal)
    if (interruption.signal.aborted) break
    counts[kindOf(result)] += 1
    for (const line of linesOf(file.scenario.name, both, result)) say(line)
  }
  say(
    `${scenarios.length} ${scenarios.length === 1 ? 'scenario' : 'scenarios'}: ${counts.same} the same, ${counts.diverging} diverging, ${counts.broken} broken off, ${counts.skipped} skipped`,
  )
  if (interruption.signal.aborted) return EXIT.interrupted
  if (counts.diverging > 0) return EXIT.fail
  const isShort = counts.skipped > 0 && (options.allowSkipped !== true || counts.same === 0)
  return counts.broken > 0 || isShort ? EXIT.inconclusive : EXIT.pass
}

function kindOf({ found, broken }: Compared): 'same' | 'diverging' | 'broken' {
  if (found.length > 0) return 'diverging'
  return broken.length > 0 ? 'broken' : 'same'
}

/** What is told of one scenario: where the pumps part first, and then where else. */
export function linesOf(
  scenario: string,
  pumps: readonly [Pick<PumpDefinition, 'name'>, Pick<PumpDefinition, 'name'>],
  { found, broken }: Compared,
): readonly string[] {
  const [first] = found
  if (first === undefined && broken.length === 0) return [`${scenario}: the same`]
  if (first === undefined) return [`${scenario}: broken off: ${broken.join('; ')}`]
  return [
    `${scenario}: diverges at ${duration(first.at_us)}`,
    ...broken.map((reason) => `  broken off: ${reason}`),
    ...found.flatMap(({ aspect, at_us, a, b }) => [
      `  ${aspect} at ${duration(at_us)}`,
      `    ${pumps[0].name}: ${a}`,
      `    ${pumps[1].name}: ${b}`,
    ]),
  ]
}

function say(line: string): void {
  console.log(plain(line))
}
