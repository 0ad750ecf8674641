/**
 * `pumpbench ports`: the serial ports of this machine, what is on them, who holds them, and with --probe which is a rig.
 *
 * Asking is opening, and opening the port of an Uno resets the board; so nobody is asked unless it is wanted.
 */
import { accessSync, constants, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { RIG_BUILD } from '#hil/rig/firmware/image'
import { type Greeting, greet } from '#hil/rig/link/greeting'
import { usually } from '#hil/rig/serial/boards'
import { type Holders, holdersOf } from '#hil/rig/serial/holders'
import { serialTransport } from '#hil/rig/serial/port'
import type { PortFound } from '#hil/rig/serial/port-found'
import { identityOf, type PortLister, systemPorts } from '#hil/rig/serial/port-list'
import { EXIT, type ExitStatus } from '#scripts/exit'

export interface PortsOptions {
  readonly probe?: boolean
  readonly json?: boolean
}

/** Where ports, processes and groups are looked for, and how a port is asked; injected, so that tests have machines of their own. */
export interface PortsMachine {
  readonly list: PortLister
  /** The root of the file system with /proc, /dev and /etc. */
  readonly root: string
  readonly ask: (path: string) => Promise<Greeting>
  /** Whether this user may read and write the file. */
  readonly may: (file: string) => boolean
}

const THIS_MACHINE: PortsMachine = {
  list: systemPorts,
  root: '/',
  ask: (path) => greet(serialTransport(path), () => performance.now() * 1000),
  may: (file) => {
    try {
      accessSync(file, constants.R_OK | constants.W_OK)
      return true
    } catch (error) {
      return (error as NodeJS.ErrnoException).code !== 'EACCES'
    }
  },
}

/** All that is known of one port. */
export interface PortReport {
  readonly port: PortFound
  /** Null where the system cannot tell. */
  readonly holders: Holders | null
  /** What to do where this user may not open it. */
  readonly forbidden: string | undefined
  /** What answered; undefined when it was not asked. */
  readonly greeting: Greeting | undefined
}

export async function portsCommand(options: PortsOptions, machine = THIS_MACHINE): Promise<ExitStatus> {
  let reports: readonly PortReport[]
  try {
    reports = await portReports(options, machine)
  } catch (error) {
    console.error(`the ports of this machine cannot be listed: ${error instanceof Error ? error.message : error}`)
    return EXIT.inconclusive
  }
  if (options.json === true)
    console.log(JSON.stringify({ schema: 'pumpbench/ports@1', ports: reports.map(plain) }, null, 2))
  else if (reports.length === 0) console.log('this machine has no serial port; a board shows up when it is plugged in')
  else for (const report of reports) console.log(lines(report).join('\n    '))
  return EXIT.pass
}

export async function portReports({ probe = false }: PortsOptions, machine: PortsMachine): Promise<PortReport[]> {
  const ports = await machine.list()
  const holders = holdersOf(
    ports.map(({ path }) => path),
    machine.root,
  )
  return await Promise.all(
    ports.map(async (port) => {
      const held = holders?.get(port.path) ?? null
      const forbidden = prohibition(port.path, machine)
      const asks = probe && forbidden === undefined && (held?.holders.length ?? 0) === 0
      return { port, holders: held, forbidden, greeting: asks ? await machine.ask(port.path) : undefined }
    }),
  )
}

/** What keeps this user from opening the port, and how that is changed; undefined when nothing does. */
function prohibition(path: string, { root, may }: PortsMachine): string | undefined {
  const file = join(root, path)
  if (!path.startsWith('/') || may(file)) return undefined
  return `you may not use it: \`sudo usermod -aG ${groupOf(file, root)} $USER\`, then log in again`
}

/** The group that may use the file; dialout, as most have it, where it cannot be told. */
function groupOf(file: string, root: string): string {
  try {
    const { gid } = statSync(file)
    const groups = readFileSync(join(root, 'etc/group'), 'utf8').split('\n')
    const [name] = groups.map((line) => line.split(':')).find(([, , id]) => Number(id) === gid) ?? []
    return name ?? 'dialout'
  } catch {
    return 'dialout'
  }
}

function lines({ port, holders, forbidden, greeting }: PortReport): string[] {
  const { path, vendor, product, description, byId } = port
  const what = vendor === undefined || product === undefined ? undefined : usually(vendor, product)
  const words = [description, what].filter((word) => word !== undefined).join('; ')
  return [
    [path, identityOf(port), words].filter((word) => word !== undefined && word !== '').join('  '),
    ...(byId === undefined ? [] : [byId]),
    ...(forbidden === undefined ? [] : [forbidden]),
    holding(holders),
    ...(greeting === undefined ? [] : [told(greeting)]),
  ]
}

function holding(holders: Holders | null): string {
  if (holders === null) return 'who holds it is not known on this system'
  const names = holders.holders.map(({ pid, program }) => `${program} (process ${pid})`)
  if (names.length > 0) return `held by ${names.join(', ')}`
  return holders.complete
    ? 'nobody holds it'
    : 'nobody of your own holds it; processes of others could not be looked at'
}

/** In a line, what answered. */
export function told(greeting: Greeting): string {
  switch (greeting.kind) {
    case 'rig': {
      const { identity, build, boot } = greeting.welcome
      const own = build === RIG_BUILD ? 'that of this version' : `this version has ${RIG_BUILD}`
      return `rig ${identity}, firmware ${build} (${own}), boot id ${boot}`
    }
    case 'mismatch':
      return `a rig of another version: ${greeting.what} ${greeting.found} where ${greeting.needed} is needed; \`pumpbench flash\` brings it up to date`
    case 'silent':
      if (greeting.heard !== '') return `no rig: it says ${JSON.stringify(greeting.heard)}`
      return greeting.bytes > 0
        ? 'no rig, or at another speed: what it says means nothing'
        : 'no rig answers: nothing was heard'
    case 'unreachable':
      return `it cannot be asked: ${greeting.reason}`
  }
}

function plain({ port, holders, forbidden, greeting }: PortReport) {
  const { path, byId, vendor, product, serial, description } = port
  return {
    path,
    identity: identityOf(port) ?? null,
    usb:
      vendor === undefined || product === undefined
        ? null
        : { vendor, product, serial: serial ?? null, description: description ?? null },
    by_id: byId ?? null,
    holders: holders?.holders ?? null,
    holders_complete: holders?.complete ?? false,
    permitted: forbidden === undefined,
    answer:
      greeting === undefined
        ? null
        : greeting.kind === 'rig'
          ? { kind: 'rig', ...welcomed(greeting.welcome) }
          : greeting,
  }
}

function welcomed({ identity, build, boot, version, schema }: Extract<Greeting, { kind: 'rig' }>['welcome']) {
  return { identity, build, boot, version, schema }
}
