/**
 * Scenario files on disk: finds them, reads them safely, and parses all of them before anything runs.
 *
 * A path may be a file or a folder; whatever it turns out to be, a device, a pipe, a loop of links or a picture, comes
 * back as a problem with its name, never as an exception.
 */
import { createHash } from 'node:crypto'
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  type Stats,
  statSync,
} from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import { LARGEST_TEXT } from '#hil/scenario/bounds'
import { type ParseOptions, parseScenario } from '#hil/scenario/parse'
import { type Problem, problemText } from '#hil/scenario/problem'
import type { ModelFile } from '#hil/scenario/pump'
import type { Scenario } from '#hil/scenario/types'

/** A scenario with the file it was read from. */
export interface ScenarioFile {
  /** The path as given; for a file found in a folder, the folder as given joined with the file's place in it. */
  readonly file: string
  readonly text: string
  /** SHA-256 of the bytes of the file, in hexadecimal. */
  readonly sha256: string
  readonly scenario: Scenario
  /** The texts of the pump models in files of their own that the scenario names; one at most. */
  readonly models: readonly string[]
}

/** What was found at the paths. */
export interface ScenarioFiles {
  /** In the order of the paths; within a folder by name. */
  readonly scenarios: readonly ScenarioFile[]
  /** Of all files together; when there is one, nothing should run. */
  readonly problems: readonly Problem[]
}

const DEEPEST_FOLDER = 16
const MOST_FILES = 10_000
const MOST_FOLDERS = 10_000
const EXTENSION = /\.ya?ml$/i

type Content = { readonly bytes: Buffer } | { readonly problem: string }

/**
 * Reads every scenario at the paths. Never throws on account of what is there. `others` are files that a folder may hold
 * and that are known to be no scenarios.
 */
export function readScenarios(
  paths: readonly string[],
  options: ParseOptions = {},
  others: readonly string[] = [],
): ScenarioFiles {
  const found = findFiles(paths, others)
  const problems: Problem[] = [...found.problems]
  const scenarios: ScenarioFile[] = []
  for (const file of found.files) {
    const content = readContent(file)
    if ('problem' in content) {
      problems.push(problemOf(file, content.problem))
      continue
    }
    const text = decoded(content.bytes)
    if (text === undefined) {
      problems.push(problemOf(file, `binary: a scenario is ${TEXT}`))
      continue
    }
    const sha256 = createHash('sha256').update(content.bytes).digest('hex')
    const models = new Map<string, string>()
    const named = (path: string) => {
      const model = modelFile(file, path)
      if ('text' in model) models.set(model.file, model.text)
      return model
    }
    const parsed = parseScenario(text, file, { modelFile: named, ...options, sha256 })
    if (parsed.ok) scenarios.push({ file, text, sha256, scenario: parsed.scenario, models: [...models.values()] })
    else problems.push(...parsed.problems)
  }
  return { scenarios, problems: once([...problems, ...duplicates(scenarios)]) }
}

/** The text of a file of bounded size, or what is wrong with it. Never throws on account of what is there. */
export function readText(file: string): { readonly text: string } | { readonly problem: string } {
  const content = readContent(file)
  if ('problem' in content) return content
  const text = decoded(content.bytes)
  return text === undefined ? { problem: `binary: this takes ${TEXT}` } : { text }
}

const TEXT = 'text in UTF-8 without NUL bytes'

/** The pump model that a scenario names by a path, seen from the folder of the scenario. */
function modelFile(scenario: string, path: string): ModelFile {
  const file = isAbsolute(path) ? path : join(dirname(scenario), path)
  const content = readContent(file)
  if ('problem' in content) return content
  const text = decoded(content.bytes)
  return text === undefined ? { problem: `binary: a pump model is ${TEXT}` } : { file, text }
}

/** Every problem once: several scenarios may name the same pump model. */
function once(problems: readonly Problem[]): readonly Problem[] {
  return [...new Map(problems.map((problem) => [problemText(problem), problem])).values()]
}

function problemOf(file: string, message: string): Problem {
  return { file, line: 1, column: 1, message }
}

interface Found {
  readonly files: readonly string[]
  readonly problems: readonly Problem[]
}

/** The files at the paths, each once whatever names lead to it. */
function findFiles(paths: readonly string[], others: readonly string[]): Found {
  const apart = new Set(others.map(identityOf))
  const files = new Map<string, string>()
  const problems: Problem[] = []
  for (const path of paths) {
    const stats = statsOf(path)
    if (typeof stats === 'string') {
      problems.push(problemOf(path, stats))
      continue
    }
    if (!stats.isDirectory()) {
      remember(files, path)
      continue
    }
    const walk: Walk = { files: [], problems: [], searched: new Set() }
    search(path, 0, walk)
    if (walk.files.length === 0 && walk.problems.length === 0) {
      walk.problems.push(problemOf(path, 'no scenario in this folder; scenario files end in .yaml or .yml'))
    }
    for (const file of walk.files) if (!apart.has(identityOf(file))) remember(files, file)
    problems.push(...walk.problems)
  }
  return { files: [...files.values()], problems }
}

function remember(files: Map<string, string>, file: string): void {
  const identity = identityOf(file)
  if (!files.has(identity)) files.set(identity, file)
}

/** The one path behind all links to a file; the path itself where that cannot be told. */
function identityOf(file: string): string {
  try {
    return realpathSync(file)
  } catch {
    return file
  }
}

interface Walk {
  readonly files: string[]
  readonly problems: Problem[]
  /** The folders searched so far: a link to one of them is not followed, and the search ends. */
  readonly searched: Set<string>
}

function search(folder: string, depth: number, walk: Walk): void {
  const identity = identityOf(folder)
  if (walk.searched.has(identity)) return
  if (depth > DEEPEST_FOLDER) {
    walk.problems.push(
      problemOf(folder, `folders are searched ${DEEPEST_FOLDER} levels deep, and this one lies deeper`),
    )
    return
  }
  const names = namesIn(folder)
  if (typeof names === 'string') {
    walk.problems.push(problemOf(folder, names))
    return
  }
  walk.searched.add(identity)
  for (const name of names) {
    if (walk.files.length >= MOST_FILES || walk.searched.size > MOST_FOLDERS) {
      const full = `more than ${MOST_FILES} scenarios or ${MOST_FOLDERS} folders; name a smaller folder`
      if (walk.problems.at(-1)?.message !== full) walk.problems.push(problemOf(folder, full))
      break
    }
    const path = join(folder, name)
    const stats = statsOf(path)
    if (typeof stats === 'string') {
      if (EXTENSION.test(name)) walk.problems.push(problemOf(path, stats))
    } else if (stats.isDirectory()) search(path, depth + 1, walk)
    else if (EXTENSION.test(name)) walk.files.push(path)
  }
}

function namesIn(folder: string): string[] | string {
  try {
    return readdirSync(folder).toSorted()
  } catch (error) {
    return reasonOf(error)
  }
}

function statsOf(path: string): Stats | string {
  try {
    return statSync(path)
  } catch (error) {
    return reasonOf(error)
  }
}

const TOO_LARGE = `larger than ${LARGEST_TEXT} bytes; nothing that is read here is so large`

/** The bytes of a regular file of bounded size. A pipe is opened without waiting for its other end. */
function readContent(file: string): Content {
  let handle: number | undefined
  try {
    // Looked at before it is opened: opening a device can have effects, and a pipe can block.
    const found = statSync(file)
    if (found.isDirectory()) return { problem: `cannot be read: ${REASONS['EISDIR']}` }
    if (!found.isFile()) return { problem: 'not a regular file' }
    handle = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK)
    const stats = fstatSync(handle)
    if (!stats.isFile()) return { problem: 'not a regular file' }
    if (stats.size > LARGEST_TEXT) return { problem: TOO_LARGE }
    const bytes = readBounded(handle)
    return bytes.length > LARGEST_TEXT ? { problem: TOO_LARGE } : { bytes }
  } catch (error) {
    return { problem: reasonOf(error) }
  } finally {
    if (handle !== undefined) closeSync(handle)
  }
}

/** Reads to the end, or to one byte beyond the largest file: a file may grow, and some have no honest size. */
function readBounded(handle: number): Buffer {
  const buffer = Buffer.alloc(LARGEST_TEXT + 1)
  let length = 0
  while (length < buffer.length) {
    const count = readSync(handle, buffer, length, buffer.length - length, null)
    if (count === 0) break
    length += count
  }
  return buffer.subarray(0, length)
}

function decoded(bytes: Buffer): string | undefined {
  if (bytes.includes(0)) return undefined
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ENOTDIR: 'a part of this path is a file and not a folder',
  EISDIR: 'a folder, where a file was expected',
  ELOOP: 'too many links, or links in a loop',
  ENAMETOOLONG: 'the name is too long',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
  EIO: 'the medium cannot be read',
  ENXIO: 'no such device',
  ERR_INVALID_ARG_VALUE: 'not a path: it contains a NUL character',
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return `cannot be read: ${REASONS[code] ?? (code || 'unknown reason')}`
}

/** The key of a scenario's name, up to the name. */
const NAME = /^(?:name|"name"|'name')\s*:[ \t]*/m

/** A name that occurs twice would make results ambiguous. */
function duplicates(scenarios: readonly ScenarioFile[]): Problem[] {
  const first = new Map<string, string>()
  return scenarios.flatMap(({ file, text, scenario: { name } }) => {
    const earlier = first.get(name)
    if (earlier === undefined) {
      first.set(name, file)
      return []
    }
    const before = text.slice(0, text.search(NAME)).split('\n')
    const key = NAME.exec(text)?.[0].length ?? 0
    const place = key === 0 ? {} : { line: before.length, column: key + 1 }
    return [{ ...problemOf(file, `the name "${name}" is already that of ${earlier}`), ...place }]
  })
}
