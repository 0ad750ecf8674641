/**
 * What a record says twice, held against itself: the manifest against the result, the list of files against the runs, the
 * attempts against the rule by which they are made.
 *
 * Every digest can be worked out anew by whoever alters a record; what stands in two places then has to be altered in both.
 */
import type { Artifact, ArtifactKind, RecordManifest } from '#hil/report/manifest-schema'
import type { Manifest, Result, RunResult } from '#hil/run/result'

/** In what a manifest and the result it lists contradict each other or themselves, one line each. */
export function inconsistencies(manifest: RecordManifest, result: Result): readonly string[] {
  return [
    ...makers(manifest, result.manifest),
    ...states(manifest),
    ...scenarios(manifest, result.runs),
    ...attempts(manifest, result.runs),
    ...options(manifest, result.runs),
    ...listing(manifest, result.runs),
  ]
}

const MAKERS: readonly (readonly [keyof Manifest, string])[] = [
  ['tool', ''],
  ['version', 'pumpbench '],
  ['commit', 'commit '],
  ['node', 'Node.js '],
  ['platform', ''],
  ['started', 'a run started at '],
  ['rig_firmware', 'rig firmware '],
]

function makers(manifest: RecordManifest, made: Manifest): string[] {
  const named = (kind: string, value: string | null) => `${kind}${value ?? 'that is not known'}`
  return MAKERS.flatMap(([key, kind]) =>
    manifest[key] === made[key]
      ? []
      : [`the manifest is by ${named(kind, manifest[key])} and the result by ${named(kind, made[key])}`],
  )
}

function states({ state, started, ended }: RecordManifest): string[] {
  if ((state === 'running') !== (ended === null))
    return [`manifest.json: state ${state}, and ended ${ended ?? 'never'}`]
  return ended !== null && Date.parse(ended) < Date.parse(started)
    ? [`manifest.json: ended ${ended}, before it started ${started}`]
    : []
}

/** Every scenario of a record that is complete was run, and every one that was run is kept. */
function scenarios({ artifacts, state }: RecordManifest, runs: readonly RunResult[]): string[] {
  const kept = artifacts.flatMap(({ kind, scenario, path }) => (kind === 'scenario' ? [{ scenario, path }] : []))
  const names = new Set(runs.map(({ scenario }) => scenario))
  const idle = kept.filter(({ scenario }) => scenario === undefined || !names.has(scenario))
  const twice = kept.filter(({ scenario }, index) => kept.findIndex((one) => one.scenario === scenario) !== index)
  return [
    ...(state === 'complete' ? idle.map(({ path }) => `${path}: there is no run of this scenario`) : []),
    ...twice.map(({ path }) => `${path}: another file is kept as the same scenario`),
    ...[...names]
      .filter((name) => !kept.some(({ scenario }) => scenario === name))
      .map((name) => `the scenario of the run ${name} is not kept`),
  ]
}

/** Attempts count from 1, and another one is made exactly where the last was inconclusive and one is left. */
function attempts({ state, command }: RecordManifest, runs: readonly RunResult[]): string[] {
  const byScenario = new Map<string, RunResult[]>()
  for (const run of runs) byScenario.set(run.scenario, [...(byScenario.get(run.scenario) ?? []), run])
  const { retry } = command.options
  return [...byScenario].flatMap(([name, made]) => {
    if (retry === undefined) {
      const counted = made.length > 1 || made.some(({ attempt }) => attempt !== undefined)
      return counted ? [`the run ${name} is there more than once, and no --retry was asked for`] : []
    }
    if (made.some(({ attempt }, index) => attempt !== index + 1)) {
      const found = made.map(({ attempt }) => attempt ?? 'none').join(', ')
      return [
        `the attempts at ${name} are numbered ${found}, where they count from 1: one is gone, or came from elsewhere`,
      ]
    }
    const settled = made.slice(0, -1).find(({ verdict }) => verdict !== 'inconclusive')
    if (settled !== undefined) {
      return [`attempt ${settled.attempt} at ${name} is recorded as ${settled.verdict}, after which there is no other`]
    }
    const open = made.at(-1)?.verdict === 'inconclusive' && made.length <= Number(retry)
    return open && state === 'complete'
      ? [`attempt ${made.length + 1} at ${name}, which --retry asks for, is not there`]
      : []
  })
}

/** What the command asked for, against what was run. */
function options({ command }: RecordManifest, runs: readonly RunResult[]): string[] {
  const { rig, pump, seed } = command.options
  return runs.flatMap((run) =>
    (
      [
        ['--rig', rig, run.rig],
        ['--pump', pump, run.pump],
        ['--seed', seed, run.seed],
      ] as const
    ).flatMap(([flag, asked, used]) =>
      asked === undefined || asked === used
        ? []
        : [`the run ${run.scenario} is of ${flag.slice(2)} ${used}, and the command asked for ${flag} ${asked}`],
    ),
  )
}

/** What every record that has ended lists of each run, and what the command had it include. */
const ALWAYS: readonly ArtifactKind[] = ['samples', 'events']
const INCLUDED: readonly (readonly [option: string, kind: ArtifactKind])[] = [
  ['steps', 'steps'],
  ['vcd', 'waveforms'],
]

function listing({ artifacts, command, state }: RecordManifest, runs: readonly RunResult[]): string[] {
  const problems = artifacts.flatMap((artifact) => strangeOrigin(artifact, artifacts))
  if (state === 'running') return problems
  for (const kind of ['junit', 'report'] as const) {
    const count = artifacts.filter((one) => one.kind === kind).length
    if (count !== 1) problems.push(`manifest.json: lists ${count === 0 ? 'no' : count} ${kind}, where a record has one`)
  }
  const { include } = command.options
  const asked = Array.isArray(include) ? include : []
  const kinds = [...ALWAYS, ...INCLUDED.flatMap(([option, kind]) => (asked.includes(option) ? [kind] : []))]
  for (const { scenario, attempt = 1 } of runs) {
    for (const kind of kinds) {
      const found = artifacts.some((one) => one.kind === kind && one.scenario === scenario && one.attempt === attempt)
      if (!found) problems.push(`manifest.json: lists no ${kind} of the run ${scenario}, attempt ${attempt}`)
    }
  }
  return problems
}

const OF_A_TRACE: ReadonlySet<ArtifactKind> = new Set(['samples', 'events', 'steps', 'waveforms'])

/** A view is of the trace it names, and of no other run than that. */
function strangeOrigin({ path, kind, scenario, attempt, derived_from }: Artifact, all: readonly Artifact[]): string[] {
  if (!OF_A_TRACE.has(kind)) return []
  const [source, ...others] = derived_from.map((from) => all.find((one) => one.path === from))
  const isOf = source?.kind === 'trace' && source.scenario === scenario && source.attempt === attempt
  return isOf && others.length === 0 ? [] : [`${path}: not listed as made from the trace of its own run`]
}
