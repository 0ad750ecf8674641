/** The commands `pumpbench rig` and `pumpbench serve` as a user starts them, until the test is over. */
import type { ChildProcess } from 'node:child_process'
import { afterEach, expect } from 'vitest'
import { tcpTransport } from '#hil/rig/tcp/client'
import { RigClient } from '../support/rig-client.ts'
import { type Ended, ended, type Folder } from './command.ts'

/** A command that says where it serves takes a second or two on a busy machine. */
const PATIENCE_ms = 30_000

export interface Served {
  readonly child: ChildProcess
  /** As it says: `tcp:HOST:PORT` or `serial:PATH`. */
  readonly where: string
  /** What it has said so far. */
  readonly said: () => string
  /** Ctrl-C, and what became of it. */
  readonly end: () => Promise<Ended>
}

/** Serves rigs, or pumps, for the tests of the file that calls this, and ends those that a test leaves. */
export function servedRigs(folder: Folder, command: 'rig' | 'serve' = 'rig'): (...args: string[]) => Promise<Served> {
  const left: { readonly child: ChildProcess; readonly end: Promise<Ended> }[] = []
  afterEach(async () => {
    for (const { child, end } of left.splice(0)) {
      child.kill('SIGINT')
      await end
    }
  })
  return async (...args) => {
    const child = folder.start([command, ...args])
    let text = ''
    child.stdout?.setEncoding('utf8').on('data', (more: string) => {
      text += more
    })
    const end = ended(child)
    left.push({ child, end })
    const where = () => /at ((?:tcp|serial):\S+)\nCtrl-C/.exec(text)?.[1]
    await until(() => where() !== undefined || child.exitCode !== null)
    const found = where()
    if (found === undefined) throw new Error(`it does not serve: ${(await end).stderr}`)
    return {
      child,
      where: found,
      said: () => text,
      end: async () => {
        child.kill('SIGINT')
        return await end
      },
    }
  }
}

export async function until(holds: () => boolean): Promise<void> {
  const end = performance.now() + PATIENCE_ms
  while (!holds()) {
    expect(performance.now(), `waited ${PATIENCE_ms / 1000} s in vain`).toBeLessThan(end)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** Connects to where a rig is served on a socket. */
export function connect({ where }: Pick<Served, 'where'>): Promise<RigClient> {
  const [, host, port] = /^tcp:(.+):(\d+)$/.exec(where) ?? []
  if (host === undefined) throw new Error(`${where} is no socket`)
  return RigClient.connect(tcpTransport({ host, port: Number(port) }))
}
