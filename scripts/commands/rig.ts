/**
 * `pumpbench rig`: the emulated rig, served in real time on a pseudo-terminal or a socket, until somebody ends it.
 *
 * What a board would be to a program, before the board has arrived: the same machine code behind a line of the same speed.
 */
import { randomBytes } from 'node:crypto'
import {
  closeSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import type { ListenOptions } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PacedRig, type PacedStep } from '#hil/rig/avr/paced'
import { EEPROM_BYTES } from '#hil/rig/avr/registers'
import { rigFirmware } from '#hil/rig/avr/rig'
import { RIG_BUILD } from '#hil/rig/firmware/image'
import { EXIT, type ExitStatus } from '#scripts/exit'
import { linkProblem, PtyLink } from '#scripts/pty-link'
import { RigServer } from '#scripts/rig-server'

const LOOPBACK = '127.0.0.1'

export interface RigOptions {
  readonly tcp?: number
  readonly host?: string
  /** A name for the terminal, or true for one in a folder for passing files. */
  readonly pty?: string | true
  readonly eeprom?: string
  readonly clockPpm?: number
  readonly resetOnConnect?: boolean
  readonly steps?: string
}

/** What is wrong with an option, or with what it names. */
class OptionProblem extends Error {}

export async function rigCommand(options: RigOptions): Promise<ExitStatus> {
  try {
    return await serve(options)
  } catch (error) {
    if (!(error instanceof OptionProblem)) throw error
    console.error(error.message)
    return EXIT.usage
  }
}

async function serve(options: RigOptions): Promise<ExitStatus> {
  if ((options.tcp === undefined) === (options.pty === undefined)) {
    throw new OptionProblem('say where to serve the rig: --tcp PORT or --pty, one of them')
  }
  if (options.host !== undefined && options.tcp === undefined) throw new OptionProblem('--host is for --tcp')
  const folder = mkdtempSync(join(tmpdir(), 'pumpbench-rig-'))
  const ending = interrupted()
  let steps: StepFile | undefined
  let server: RigServer | undefined
  try {
    const eeprom = storedIn(options.eeprom)
    steps = options.steps === undefined ? undefined : new StepFile(options.steps)
    const rig = new PacedRig({ flash: rigFirmware(), eeprom, clock_ppm: options.clockPpm ?? 0 }, now_us())
    if (options.eeprom !== undefined) keepIn(options.eeprom, eeprom, rig)
    if (steps !== undefined) rig.onStep = steps.note
    const resets = options.resetOnConnect === true
    const visitor = options.pty === undefined ? {} : { visitor: 'a client' }
    server = new RigServer({ rig, clock: now_us, log, resets, ...visitor })
    return options.pty === undefined
      ? await overSocket(server, options, ending)
      : await overTerminal(server, typeof options.pty === 'string' ? options.pty : undefined, folder, ending)
  } finally {
    await server?.close()
    steps?.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function overSocket(server: RigServer, { tcp = 0, host = LOOPBACK }: RigOptions, ending: Promise<null>) {
  const port = await listening(server, { host, port: tcp })
  announce(`tcp:${host.includes(':') ? `[${host}]` : host}:${port}`)
  await ending
  return EXIT.pass
}

async function overTerminal(server: RigServer, named: string | undefined, folder: string, ending: Promise<null>) {
  const link = named ?? join(folder, 'rig')
  const problem = linkProblem(link)
  if (problem !== undefined) throw new OptionProblem(problem)
  const taken = lstatSync(link, { throwIfNoEntry: false }) !== undefined
  if (taken) throw new OptionProblem(`${link} is there already; name a path that is free`)
  const socket = join(folder, 'socket')
  await listening(server, { path: socket })
  let terminal: PtyLink | undefined
  const failure = new Promise<string>((resolve) => {
    terminal = new PtyLink({ link, socket, onLaid: () => announce(`serial:${link}`), onFailure: resolve })
  })
  const reason = await Promise.race([failure, ending])
  terminal?.close()
  if (reason === null) return EXIT.pass
  throw new OptionProblem(reason)
}

async function listening(server: RigServer, where: ListenOptions): Promise<number> {
  try {
    return await server.listen(where)
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    const [, advice] = ADVICE.find(([known]) => known === code) ?? []
    throw new OptionProblem(`the rig cannot be served there: ${message}${advice === undefined ? '' : `; ${advice}`}`, {
      cause,
    })
  }
}

const ADVICE = [
  ['EADDRINUSE', 'something listens there already; take another port, or 0 for a free one'],
  ['EACCES', 'ports below 1024 are for the administrator; take another one, or 0 for a free one'],
  ['EADDRNOTAVAIL', 'this machine has no such address'],
  ['ENOTFOUND', 'this machine knows no such address'],
] as const

/** Resolves when somebody wants an end. */
function interrupted(): Promise<null> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve(null))
  })
}

function now_us(): number {
  return performance.now() * 1000
}

function announce(where: string): void {
  console.log(`emulated rig, firmware ${RIG_BUILD}, at ${where}`)
  console.log('Ctrl-C ends it')
}

function log(line: string): void {
  console.log(`${new Date().toISOString()} ${line}`)
}

/**
 * What the EEPROM holds at first. Without a file it is as a chip comes: with nothing the firmware could know, and other
 * things each time, so that no two starts have one boot id.
 */
function storedIn(file: string | undefined): Uint8Array {
  if (file === undefined || !existsSync(file)) return randomBytes(EEPROM_BYTES)
  let bytes: Uint8Array
  try {
    bytes = readFileSync(file)
  } catch (cause) {
    throw new OptionProblem(`--eeprom ${file} cannot be read: ${(cause as Error).message}`, { cause })
  }
  if (bytes.length === EEPROM_BYTES) return bytes
  throw new OptionProblem(
    `--eeprom ${file} has ${bytes.length} bytes, and an EEPROM has ${EEPROM_BYTES}: it is no file of this option`,
  )
}

/** Keeps in the file what the rig stores, whole or not at all. */
function keepIn(file: string, first: Uint8Array, rig: PacedRig): void {
  const keep = (eeprom: Uint8Array) => {
    const beside = `${file}.new`
    writeFileSync(beside, eeprom)
    renameSync(beside, file)
  }
  try {
    keep(first)
  } catch (cause) {
    throw new OptionProblem(`--eeprom ${file} cannot be written: ${(cause as Error).message}`, { cause })
  }
  rig.onStored = (eeprom) => {
    try {
      keep(eeprom)
    } catch (cause) {
      log(`the EEPROM could not be kept: ${(cause as Error).message}`)
    }
  }
}

/** A table of every step of the rotor, written as it is made. */
class StepFile {
  readonly #file: number

  constructor(path: string) {
    try {
      this.#file = openSync(path, 'w')
    } catch (cause) {
      throw new OptionProblem(`--steps ${path} cannot be written: ${(cause as Error).message}`, { cause })
    }
    writeSync(this.#file, 'resets,tick,position\n')
  }

  readonly note = ({ resets, tick, position }: PacedStep): void => {
    writeSync(this.#file, `${resets},${tick},${position}\n`)
  }

  close(): void {
    closeSync(this.#file)
  }
}
