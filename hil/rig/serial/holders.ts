/** Who has a port open, as far as this user may know: on Linux, from the open files of every process. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'

export interface Holder {
  readonly pid: number
  /** The name of its program. */
  readonly program: string
}

export interface Holders {
  readonly holders: readonly Holder[]
  /** Whether every process could be looked at; if not, one that is not shown may hold the port. */
  readonly complete: boolean
}

/** Who holds each of the paths, under the root of a file system; null where the system has no way to tell. */
export function holdersOf(paths: readonly string[], root: string): ReadonlyMap<string, Holders> | null {
  const processes = entries(join(root, 'proc'))?.filter((name) => /^\d+$/.test(name))
  if (processes === undefined || processes.length === 0) return null
  const held = new Map<string, Map<number, Holder>>(paths.map((path) => [path, new Map()]))
  let complete = true
  for (const process of processes) {
    const files = join(root, 'proc', process, 'fd')
    const open = entries(files)
    // A process that has ended meanwhile holds nothing.
    if (open === undefined) complete &&= entries(join(root, 'proc', process)) === undefined
    for (const file of open ?? []) {
      const target = targetOf(join(files, file))
      if (target === undefined) continue
      held.get(target)?.set(Number(process), { pid: Number(process), program: programOf(root, process) })
    }
  }
  return new Map([...held].map(([path, holders]) => [path, { holders: [...holders.values()], complete }]))
}

function programOf(root: string, process: string): string {
  try {
    return readFileSync(join(root, 'proc', process, 'comm'), 'utf8').trim()
  } catch {
    return 'unknown'
  }
}

function targetOf(link: string): string | undefined {
  try {
    return readlinkSync(link)
  } catch {
    return undefined
  }
}

function entries(folder: string): string[] | undefined {
  try {
    return readdirSync(folder)
  } catch {
    return undefined
  }
}
