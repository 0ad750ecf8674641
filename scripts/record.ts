/**
 * A record: everything of a campaign in one folder, with a manifest that lists every file and its digest.
 *
 * The folder is new or empty; nothing in it is ever written over. A manifest that says `running` is there from the start,
 * with the inputs; the one that lists everything takes its place last, in one step. Whoever finds the first one knows that
 * the run was killed.
 */
import { readdirSync, statSync } from 'node:fs'
import { join, relative, resolve, sep } from 'node:path'
import type { RunCurves } from '#hil/report/curves/run-curves'
import type { Artifact, ArtifactKind, RecordManifest } from '#hil/report/manifest-schema'
import { render } from '#hil/report/render'
import type { Manifest, Result } from '#hil/run/result'
import { attemptPath, type FilesOf } from '#scripts/commands/run-files'
import { digestOf } from '#scripts/digest'
import { makeFolder } from '#scripts/folders'
import { isFolder, type OutputRequest, realPath, writeWhole, writing } from '#scripts/outputs'
import type { ScenarioFile } from '#scripts/scenario-files'
import type { ViewName } from '#scripts/trace-views'

export const MANIFEST_FILE = 'manifest.json'

/** What a record can hold beyond what it always does. */
export type Extra = 'vcd' | 'steps'

/** A file that was given and is kept as it was. */
interface Given {
  readonly kind: ArtifactKind
  readonly path: string
  readonly bytes: Uint8Array
  readonly scenario?: string
}

/** What a record is of. */
export interface RecordOptions {
  readonly folder: string
  readonly files: readonly ScenarioFile[]
  /** The texts of the file of requirements and of the baseline, where one is in use. */
  readonly requirements: string | null
  readonly baseline: string | null
  readonly extras: readonly Extra[]
  readonly command: RecordManifest['command']
}

/** The views a record keeps of every trace, and what its manifest calls them. */
const KEPT: readonly {
  readonly view: ViewName
  readonly kind: ArtifactKind
  readonly folder: string
  readonly extension: string
  readonly extra?: Extra
}[] = [
  { view: 'csv', kind: 'samples', folder: 'csv', extension: '.csv' },
  { view: 'csvEvents', kind: 'events', folder: 'csv', extension: '.events.csv' },
  { view: 'csvSteps', kind: 'steps', folder: 'csv', extension: '.steps.csv', extra: 'steps' },
  { view: 'vcd', kind: 'waveforms', folder: 'vcd', extension: '.vcd', extra: 'vcd' },
]

/** What is wrong with a folder for a record, one line each. Nothing is created. */
export function recordProblems(folder: string, outputs: readonly OutputRequest[]): string[] {
  const name = `--record ${folder === '' ? '""' : folder}`
  if (folder === '') return [`${name}: name a folder`]
  const place = realPath(folder)
  const inside = outputs.filter(({ path }) => realPath(path).startsWith(place + sep))
  const problems = inside.map(
    ({ option, path }) => `${option} ${path}: this lies in the folder of --record, which holds its own`,
  )
  try {
    if (!isFolder(folder) && statSync(folder, { throwIfNoEntry: false }) !== undefined) {
      problems.push(`${name}: this is a file; name a folder`)
    } else if (isFolder(folder) && readdirSync(folder).length > 0) {
      problems.push(`${name}: the folder is not empty, and a record is never written over; name another, or remove it`)
    }
  } catch (error) {
    problems.push(`${name}: cannot be looked at: ${error instanceof Error ? error.message : String(error)}`)
  }
  return problems
}

/** The files of a run, and beside them those of its record. */
export function withRecord(filesOf: FilesOf, { folder, extras }: Pick<RecordOptions, 'folder' | 'extras'>): FilesOf {
  return (scenario, attempt) => {
    const { traces, views } = filesOf(scenario, attempt)
    const kept = keptViews(extras).map(({ view, ...where }) => ({
      view,
      path: join(folder, viewPath(where, scenario, attempt)),
    }))
    return { traces: [...traces, join(folder, tracePath(scenario, attempt))], views: [...views, ...kept] }
  }
}

/** Creates the folder with the inputs and the manifest of a run that has not ended; what went wrong, or null. */
export function beginRecord(options: RecordOptions, made: Manifest): string | null {
  const { folder } = options
  const given = givenOf(options)
  const folders = ['scenarios', 'traces', ...keptViews(options.extras).map((view) => view.folder)]
  const problem =
    writing(() => {
      makeFolder(resolve(folder))
      for (const name of folders) makeFolder(resolve(folder, name))
      if (given.some(({ kind }) => kind === 'pump-model')) makeFolder(resolve(folder, 'models'))
    }) ?? firstOf(given, ({ path, bytes }) => writeWhole(join(folder, path), bytes))
  if (problem !== null) return `--record ${folder}: ${problem}`
  const inputs = given.map((one) => artifact(folder, one.path, one.kind, [], one.scenario))
  return writeManifest(folder, manifestOf(options, made, 'running', null, inputs))
}

/** Adds the reports and lists everything; one line for each thing that went wrong. */
export function endRecord(
  options: RecordOptions,
  result: Result,
  curves: readonly RunCurves[],
  interrupted: boolean,
): string[] {
  const { folder } = options
  const reports = [
    { path: 'result.json', kind: 'result', format: 'json' },
    { path: 'junit.xml', kind: 'junit', format: 'junit' },
    { path: 'report.html', kind: 'report', format: 'html' },
  ] as const
  const json = render(result, 'json')
  // The reports are made of what was kept, so that they can be made of it again.
  const kept = JSON.parse(json) as Result
  const losses = reports.flatMap(({ path, format }) => {
    const problem = writeWhole(join(folder, path), format === 'json' ? json : render(kept, format, { curves }))
    return problem === null ? [] : [`--record ${folder}: ${path}: ${problem}`]
  })
  const artifacts: Artifact[] = []
  const list = (make: () => Artifact) => {
    const problem = writing(() => {
      artifacts.push(make())
    })
    if (problem !== null) losses.push(`--record ${folder}: ${problem}`)
  }
  for (const { path, kind, scenario } of givenOf(options)) list(() => artifact(folder, path, kind, [], scenario))
  const inputs = artifacts.slice()
  for (const { scenario, attempt = 1, trace_sha256 } of result.runs) {
    const path = tracePath(scenario, attempt)
    const sources = inputs.filter((one) => one.scenario === scenario).map((one) => one.path)
    list(() => artifact(folder, path, 'trace', sources, scenario, attempt))
    if (artifacts.find((one) => one.path === path)?.sha256 !== trace_sha256) {
      losses.push(`--record ${folder}: ${path}: not the trace that was judged`)
    }
    for (const { kind, ...where } of keptViews(options.extras)) {
      list(() => artifact(folder, viewPath(where, scenario, attempt), kind, [path], scenario, attempt))
    }
  }
  const judged = artifacts.filter(({ kind }) => kind === 'trace' || kind === 'requirements' || kind === 'baseline')
  list(() =>
    artifact(
      folder,
      'result.json',
      'result',
      judged.map(({ path }) => path),
    ),
  )
  for (const { path, kind } of reports.slice(1)) list(() => artifact(folder, path, kind, ['result.json']))
  const state = interrupted ? 'interrupted' : 'complete'
  const manifest = manifestOf(options, result.manifest, state, new Date().toISOString(), artifacts)
  const problem = writeManifest(folder, manifest)
  return problem === null ? losses : [...losses, problem]
}

function givenOf({ files, requirements, baseline }: RecordOptions): readonly Given[] {
  const scenarios = files.flatMap(({ text, models, scenario: { name } }): Given[] => [
    { kind: 'scenario', path: `scenarios/${name}.yaml`, bytes: Buffer.from(text), scenario: name },
    ...models.map(
      (model): Given => ({
        kind: 'pump-model',
        path: `models/${name}.yaml`,
        bytes: Buffer.from(model),
        scenario: name,
      }),
    ),
  ])
  return [
    ...scenarios,
    ...(requirements === null
      ? []
      : [{ kind: 'requirements' as const, path: 'requirements.yaml', bytes: Buffer.from(requirements) }]),
    ...(baseline === null ? [] : [{ kind: 'baseline' as const, path: 'baseline.json', bytes: Buffer.from(baseline) }]),
  ]
}

function keptViews(extras: readonly Extra[]) {
  return KEPT.filter(({ extra }) => extra === undefined || extras.includes(extra))
}

function tracePath(scenario: string, attempt: number): string {
  return attemptPath(`traces/${scenario}.ndjson`, attempt)
}

function viewPath(
  where: { readonly folder: string; readonly extension: string },
  scenario: string,
  attempt: number,
): string {
  return attemptPath(`${where.folder}/${scenario}${where.extension}`, attempt)
}

function artifact(
  folder: string,
  path: string,
  kind: ArtifactKind,
  derived_from: readonly string[],
  scenario?: string,
  attempt?: number,
): Artifact {
  const { size, sha256 } = digestOf(join(folder, path))
  return {
    path,
    kind,
    ...(scenario === undefined ? {} : { scenario }),
    ...(attempt === undefined ? {} : { attempt }),
    size,
    sha256,
    derived_from: [...derived_from],
  }
}

function manifestOf(
  { command }: RecordOptions,
  { tool, version, commit, node, platform, started, rig_firmware }: Manifest,
  state: RecordManifest['state'],
  ended: string | null,
  artifacts: Artifact[],
): RecordManifest {
  const schema = 'pumpbench/manifest@1'
  return { schema, tool, version, commit, node, platform, started, ended, state, rig_firmware, command, artifacts }
}

function writeManifest(folder: string, manifest: RecordManifest): string | null {
  const problem = writeWhole(join(folder, MANIFEST_FILE), `${JSON.stringify(manifest, null, 2)}\n`)
  return problem === null ? null : `--record ${folder}: ${MANIFEST_FILE} ${problem}`
}

function firstOf<T>(all: readonly T[], problemOf: (one: T) => string | null): string | null {
  for (const one of all) {
    const problem = problemOf(one)
    if (problem !== null) return problem
  }
  return null
}

/** The line that tells people of a record, with the digest to keep elsewhere. */
export function recordLine(folder: string): string {
  const path = join(folder, MANIFEST_FILE)
  return `record: ${relative('', resolve(path))} sha256 ${digestOf(path).sha256}\n`
}
