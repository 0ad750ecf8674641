/** Where something is served to programs, until somebody ends it: at a port of a machine or on a pseudo-terminal. */
import { lstatSync, mkdtempSync, rmSync } from 'node:fs'
import type { ListenOptions } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { linkProblem, PtyLink } from '#scripts/pty-link'

/** The address by which only this machine comes. */
export const LOOPBACK = '127.0.0.1'

/** What is wrong with an option, or with what it names. */
export class OptionProblem extends Error {}

/** A server of one thing to one client at a time. */
export interface Server {
  /** What it serves, such as `rig`. */
  readonly what: string
  /** Listens; rejects when it cannot. Answers with the port, or 0 where there is none. */
  listen(where: ListenOptions): Promise<number>
}

export interface Serving {
  /** Told once where it is served, as other commands name it: `tcp:HOST:PORT` or `serial:PATH`. */
  readonly announce: (where: string) => void
  /** Resolves when somebody wants an end. */
  readonly ending: Promise<null>
}

/** Serves at a port, 0 for a free one. Throws {@link OptionProblem} where that cannot be. */
export async function onSocket(
  server: Server,
  { host = LOOPBACK, port }: { readonly host?: string | undefined; readonly port: number },
  { announce, ending }: Serving,
): Promise<void> {
  const served = await listening(server, { host, port })
  announce(`tcp:${host.includes(':') ? `[${host}]` : host}:${served}`)
  await ending
}

/** Serves on a pseudo-terminal, under a name of its own if none is given. Throws {@link OptionProblem} where that cannot be. */
export async function onTerminal(server: Server, named: string | true, { announce, ending }: Serving): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), `pumpbench-${server.what}-`))
  let terminal: PtyLink | undefined
  try {
    const link = named === true ? join(folder, server.what) : named
    const problem = linkProblem(link)
    if (problem !== undefined) throw new OptionProblem(problem)
    const taken = lstatSync(link, { throwIfNoEntry: false }) !== undefined
    if (taken) throw new OptionProblem(`${link} is there already; name a path that is free`)
    const socket = join(folder, 'socket')
    await listening(server, { path: socket })
    const failure = new Promise<string>((resolve) => {
      terminal = new PtyLink({ link, socket, onLaid: () => announce(`serial:${link}`), onFailure: resolve })
    })
    const reason = await Promise.race([failure, ending])
    if (reason !== null) throw new OptionProblem(reason)
  } finally {
    terminal?.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Has it listen. Throws {@link OptionProblem} with what can be done about it. */
export async function listening(server: Server, where: ListenOptions): Promise<number> {
  try {
    return await server.listen(where)
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    const [, advice] = ADVICE.find(([known]) => known === code) ?? []
    const problem = `the ${server.what} cannot be served there: ${message}${advice === undefined ? '' : `; ${advice}`}`
    throw new OptionProblem(problem, { cause })
  }
}

const ADVICE = [
  ['EADDRINUSE', 'something listens there already; take another port, or 0 for a free one'],
  ['EACCES', 'ports below 1024 are for the administrator; take another one, or 0 for a free one'],
  ['EADDRNOTAVAIL', 'this machine has no such address'],
  ['ENOTFOUND', 'this machine knows no such address'],
] as const

/** Resolves when somebody wants an end. */
export function interrupted(): Promise<null> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve(null))
  })
}
