/**
 * Files a command writes: checked before anything runs, replaced as a whole, never in place of an input.
 */
import { mkdirSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'

/** One output as asked for on the command line. */
export interface OutputRequest {
  readonly option: string
  readonly path: string
}

/** What is wrong with the outputs asked for, one line each; creates the folders they go to when nothing is. */
export function outputProblems(requests: readonly OutputRequest[], inputs: readonly string[]): string[] {
  const problems: string[] = []
  const taken = new Map<string, string>(inputs.map((input) => [identity(input), `the scenario ${input}`]))
  for (const { option, path } of requests) {
    const problem = isFolder(path) ? `${path} is a folder; name a file` : folderProblem(dirname(path))
    const other = taken.get(identity(path))
    if (other !== undefined) problems.push(`${option} ${path}: this is ${other}; choose another file`)
    else if (problem !== null) problems.push(`${option} ${path}: ${problem}`)
    taken.set(identity(path), `the file of ${option}`)
  }
  return problems
}

/** Writes a whole file: either all of the text is there afterwards, or what was there before. */
export function writeWhole(path: string, text: string): void {
  const draft = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`)
  try {
    writeFileSync(draft, text)
    renameSync(draft, path)
  } catch (error) {
    rmSync(draft, { force: true })
    throw error
  }
}

export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}

function folderProblem(folder: string): string | null {
  try {
    mkdirSync(folder, { recursive: true })
    return null
  } catch (error) {
    return `its folder cannot be made (${error instanceof Error ? error.message : String(error)})`
  }
}

function identity(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return resolve(path)
  }
}
