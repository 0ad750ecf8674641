/**
 * `pumpbench rig`: the emulated rig, served in real time on a pseudo-terminal or a socket, until somebody ends it.
 *
 * What a board would be to a program, before the board has arrived: the same machine code behind a line of the same speed.
 */
import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs'
import { PacedRig, type PacedStep } from '#hil/rig/avr/paced'
import { EEPROM_BYTES } from '#hil/rig/avr/registers'
import { rigFirmware } from '#hil/rig/avr/rig'
import { RIG_BUILD } from '#hil/rig/firmware/image'
import { EXIT, type ExitStatus } from '#scripts/exit'
import { RigServer } from '#scripts/rig-server'
import { interrupted, OptionProblem, onSocket, onTerminal } from '#scripts/serving'

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
  const serving = { announce, ending: interrupted() }
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
    if (options.pty !== undefined) await onTerminal(server, options.pty, serving)
    else await onSocket(server, { host: options.host, port: options.tcp ?? 0 }, serving)
    return EXIT.pass
  } finally {
    await server?.close()
    steps?.close()
  }
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
