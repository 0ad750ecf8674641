/**
 * The files of a run: the traces and views of every attempt, each with its place.
 *
 * One file for one scenario; for several, or where a folder stands already, a file each, named after the scenario. Every
 * attempt after the first has files of its own beside those of the first.
 */
import { extname, join } from 'node:path'
import { isFolder, type OutputRequest } from '#scripts/outputs'
import type { ScenarioFile } from '#scripts/scenario-files'
import { VIEWS, type ViewFile, type ViewOptions } from '#scripts/trace-views'

/** Where the trace and the views of one attempt go. */
export interface AttemptFiles {
  readonly traces: readonly string[]
  readonly views: readonly ViewFile[]
}

/** The files of an attempt, from 1, at the scenario of a name. */
export type FilesOf = (scenario: string, attempt: number) => AttemptFiles

export interface RunFileOptions extends ViewOptions {
  readonly trace?: string
}

export function filesOf(files: readonly ScenarioFile[], options: RunFileOptions): FilesOf {
  const one = files.length === 1
  return (scenario, attempt) => ({
    traces: options.trace === undefined ? [] : [placed(options.trace, one, `${scenario}.ndjson`, attempt)],
    views: VIEWS.flatMap(({ option, extension }) => {
      const path = options[option]
      return path === undefined ? [] : [{ view: option, path: placed(path, one, scenario + extension, attempt) }]
    }),
  })
}

/** Every file that there may be. */
export function requestsOf(files: readonly ScenarioFile[], filesFor: FilesOf, retry = 0): OutputRequest[] {
  const attempts = Array.from({ length: 1 + retry }, (_, n) => n + 1)
  return files.flatMap(({ scenario }) =>
    attempts.flatMap((attempt) => {
      const { traces, views } = filesFor(scenario.name, attempt)
      return [
        ...traces.map((path) => ({ option: '--trace', path })),
        ...views.map(({ view, path }) => ({ option: VIEWS.find(({ option }) => option === view)?.flag ?? view, path })),
      ]
    }),
  )
}

function placed(path: string, one: boolean, name: string, attempt: number): string {
  return attemptPath(one && !isFolder(path) ? path : join(path, name), attempt)
}

/** Where the file of a later attempt lies beside that of the first: `x.ndjson`, `x.attempt-2.ndjson`. */
export function attemptPath(path: string, attempt: number): string {
  if (attempt === 1) return path
  const extension = VIEWS.find((view) => path.endsWith(view.extension))?.extension ?? extname(path)
  return `${path.slice(0, path.length - extension.length)}.attempt-${attempt}${extension}`
}
