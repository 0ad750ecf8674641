/**
 * Files a command writes: checked before anything runs, replaced as a whole, never in place of an input.
 *
 * A place that cannot be written to is found out by writing there, because permissions, quotas and file systems have more
 * ways to say no than can be asked for. The path of an output is cleared of `..` first: what is checked is what is written.
 */
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { getSystemErrorMap } from 'node:util'
import { threadId } from 'node:worker_threads'
import { makeFolder } from '#scripts/folders'

/** One output as asked for on the command line. */
export interface OutputRequest {
  readonly option: string
  readonly path: string
}

/** What is wrong with the outputs asked for, one line each. Nothing is written or created. */
export function outputProblems(requests: readonly OutputRequest[], inputs: readonly string[]): string[] {
  const problems: string[] = []
  const taken = new Map<string, string>(inputs.map((input) => [identity(input), `the input ${input}`]))
  for (const { option, path } of requests) {
    const name = `${option} ${path === '' ? '""' : path}`
    const place = resolve(path)
    const other = path === '' ? undefined : taken.get(identity(place))
    const problem = path === '' ? 'name a file' : placeProblem(place)
    if (other !== undefined) problems.push(`${name}: this is ${other}; choose another file`)
    else if (problem !== null) problems.push(`${name}: ${problem}`)
    taken.set(identity(place), `the file of ${option}`)
  }
  return problems
}

/** Creates the folders the outputs go to and tries each place; what is wrong with them, one line each. */
export function prepareOutputs(requests: readonly OutputRequest[]): string[] {
  return requests.flatMap(({ option, path }) => {
    const problem = writing(() => {
      makeFolder(dirname(resolve(path)))
      const target = realPath(path)
      if (isSpecial(target)) return
      const draft = draftOf(target)
      writeFileSync(draft, '')
      rmSync(draft)
    })
    return problem === null ? [] : [`${option} ${path}: ${problem}`]
  })
}

/**
 * Writes a whole file: either all of the text is there afterwards, or what was there before. Devices and pipes are written
 * to as they are. Returns what went wrong, or null.
 */
export function writeWhole(path: string, text: string | Uint8Array): string | null {
  return writeParts(path, [text])
}

/** Like {@link writeWhole} for a text that is made while it is written. */
export function writeParts(path: string, parts: Iterable<string | Uint8Array>): string | null {
  return writing(() => {
    const target = realPath(path)
    if (isSpecial(target)) {
      writeAll(target, parts)
      return
    }
    const draft = draftOf(target)
    try {
      writeAll(draft, parts)
      renameSync(draft, target)
    } catch (error) {
      rmSync(draft, { force: true })
      throw error
    }
  })
}

/** Pieces of text are gathered up to so many characters before they are written. */
const BATCH = 65_536

function writeAll(path: string, parts: Iterable<string | Uint8Array>): void {
  const file = openSync(path, 'w')
  const put = (bytes: Uint8Array) => {
    for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done)
  }
  try {
    let text = ''
    for (const part of parts) {
      if (typeof part === 'string') text += part
      if (text.length < BATCH && typeof part === 'string') continue
      put(Buffer.from(text))
      text = ''
      if (typeof part !== 'string') put(part)
    }
    put(Buffer.from(text))
  } finally {
    closeSync(file)
  }
}

/** Runs a piece of writing; what went wrong in words, or null. */
export function writing(work: () => void): string | null {
  try {
    work()
    return null
  } catch (error) {
    return `cannot be written: ${reasonOf(error)}`
  }
}

export function isFolder(path: string): boolean {
  return statsOf(path)?.isDirectory() ?? false
}

/** What keeps a file from being written at an absolute path, as far as can be told without writing. */
function placeProblem(place: string): string | null {
  if (isFolder(place)) return 'this is a folder; name a file'
  const folder = nearestExisting(dirname(place))
  if (!isFolder(folder)) return `${relative('', folder)} is a file, where a folder was expected`
  const touched = statsOf(place) === undefined ? folder : place
  return isWritable(touched) ? null : `no permission to write to ${touched}`
}

/** A device, a pipe or a socket: something to write to, and not to replace. */
function isSpecial(path: string): boolean {
  const stats = statsOf(path)
  return stats !== undefined && !stats.isFile()
}

/** Beside the file, so that moving it into place is one step of the file system; no two threads share one. */
function draftOf(path: string): string {
  return join(dirname(path), `.pumpbench.${process.pid}.${threadId}.tmp`)
}

/** The path itself, or the first folder above it that there is. */
function nearestExisting(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearestExisting(dirname(path))
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK)
    return true
  } catch {
    return false
  }
}

function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path)
  } catch {
    return undefined
  }
}

/** The same text for every name of one file, whether through links or through `..`, and whether it exists or not. */
function identity(path: string): string {
  if (statsOf(path)?.isFile() !== true) return realPath(path)
  const { dev, ino } = statSync(path, { bigint: true })
  return `file ${ino} of device ${dev}`
}

/** The path without links, as far as it exists. */
export function realPath(path: string): string {
  const absolute = resolve(path)
  try {
    return realpathSync(absolute)
  } catch {
    const folder = dirname(absolute)
    return folder === absolute ? absolute : join(realPath(folder), basename(absolute))
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const [, reason] = ('errno' in error && getSystemErrorMap().get(Number(error.errno))) || []
  return reason ?? error.message
}
