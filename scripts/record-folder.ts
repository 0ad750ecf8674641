/**
 * A record on disk as it is found: its manifest read, its files listed and opened, none of them believed.
 *
 * Nothing outside of the folder is ever read: links are reported and not followed, and a file counts only where the walk
 * through the folder came across it.
 */
import { closeSync, constants, fstatSync, openSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { LARGEST_MANIFEST, MANIFEST, type RecordManifest } from '#hil/report/manifest-schema'
import { type Digest, digestOfOpen } from '#scripts/digest'
import { isFolder } from '#scripts/outputs'
import { MANIFEST_FILE } from '#scripts/record'

/** Largest file that is read into memory, as a text has to fit one string. */
const LARGEST_TEXT = 256 * 1024 * 1024
const DEEPEST_FOLDER = 8
const MOST_ENTRIES = 300_000

export type ReadManifest =
  | { readonly ok: true; readonly folder: string; readonly manifest: RecordManifest; readonly sha256: string }
  | { readonly ok: false; readonly problem: string }

/** The manifest of a folder, or at a path of its own, or why it is none. */
export function readManifest(path: string): ReadManifest {
  const problem = (what: string): ReadManifest => ({ ok: false, problem: `${path === '' ? '""' : path}: ${what}` })
  if (path === '') return problem('name a folder or a manifest')
  const file = isFolder(path) ? join(path, MANIFEST_FILE) : path
  let text: string
  let sha256: string
  try {
    const stats = statSync(file, { throwIfNoEntry: false })
    if (stats === undefined) {
      return problem(file === path ? 'no such file or folder' : `there is no ${MANIFEST_FILE}: this is not a record`)
    }
    if (!stats.isFile()) return problem(`${MANIFEST_FILE} is not a regular file`)
    if (stats.size > LARGEST_MANIFEST) return problem(`more than the ${LARGEST_MANIFEST} bytes of any manifest`)
    const handle = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK)
    try {
      const bytes = readFileSync(handle)
      text = bytes.toString('utf8')
    } finally {
      closeSync(handle)
    }
    sha256 = digestAt(file).sha256
  } catch (error) {
    return problem(`cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
  const parsed = MANIFEST.safeParse(jsonOf(text))
  if (parsed.success) return { ok: true, folder: dirname(file), manifest: parsed.data, sha256 }
  const [issue] = parsed.error.issues
  const where = issue === undefined || issue.path.length === 0 ? '' : ` at ${issue.path.map(String).join('.')}`
  return problem(`not a manifest as run --record writes it${where}: ${issue?.message ?? 'not JSON'}`)
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What lies in a folder: regular files, and whatever is none. */
export interface Contents {
  readonly files: ReadonlySet<string>
  /** Links, pipes and devices, and folders that are too deep or too many. */
  readonly strange: ReadonlyMap<string, string>
}

/** Everything below a folder but the manifest; paths with `/` from the folder. */
export function contentsOf(folder: string): Contents {
  const files = new Set<string>()
  const strange = new Map<string, string>()
  const walk = (below: string, depth: number) => {
    for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`
      if (path === MANIFEST_FILE) continue
      if (files.size + strange.size >= MOST_ENTRIES) {
        strange.set(path, `not looked at: more than ${MOST_ENTRIES} files`)
        return
      }
      if (entry.isFile()) files.add(path)
      else if (!entry.isDirectory()) strange.set(path, entry.isSymbolicLink() ? 'a link' : 'not a regular file')
      else if (depth === DEEPEST_FOLDER) strange.set(path, `not looked at: more than ${DEEPEST_FOLDER} folders deep`)
      else walk(path, depth + 1)
    }
  }
  walk('', 0)
  return { files, strange }
}

/** The digest of a file of the folder; a sentence where it cannot be read. */
export function digestIn(folder: string, path: string): Digest | string {
  return opened(folder, path, digestOfOpen)
}

/** The bytes of a file of the folder; a sentence where it cannot be read. */
export function bytesIn(folder: string, path: string): Buffer | string {
  return opened(folder, path, (file) => {
    const { size } = fstatSync(file)
    return size > LARGEST_TEXT ? `${size} bytes is more than the ${LARGEST_TEXT} that are judged` : readFileSync(file)
  })
}

/** Opens a file that no link leads to. */
function opened<T>(folder: string, path: string, work: (file: number) => T): T | string {
  let file: number | undefined
  try {
    const place = join(realpathSync(folder), path)
    if (realpathSync(place) !== place) return 'a link leads there'
    file = openSync(place, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW)
    return fstatSync(file).isFile() ? work(file) : 'not a regular file'
  } catch (error) {
    return `cannot be read: ${error instanceof Error ? error.message : String(error)}`
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

function digestAt(path: string): Digest {
  const file = openSync(path, constants.O_RDONLY)
  try {
    return digestOfOpen(file)
  } finally {
    closeSync(file)
  }
}
