/**
 * `pumpbench flash`: puts the firmware of this version onto a board with avrdude, and asks the board whether it is there.
 *
 * avrdude is started without a shell, in a folder that holds the image and nothing else, for so long and no longer.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RIG_BUILD, RIG_HEX } from '#hil/rig/firmware/image'
import { type Greeting, greet } from '#hil/rig/link/greeting'
import { RigError } from '#hil/rig/rig'
import { holdersOf } from '#hil/rig/serial/holders'
import { serialTransport } from '#hil/rig/serial/port'
import { portPath } from '#hil/rig/serial/port-list'
import { told } from '#scripts/commands/ports'
import { EXIT, type ExitStatus } from '#scripts/exit'

/** Boards by the speed of their boot loaders. */
export const BOARDS = { uno: 115_200, nano: 115_200, 'nano-old': 57_600 } as const

export interface FlashOptions {
  readonly port: string
  readonly board?: keyof typeof BOARDS
  readonly baud?: number
  readonly programmer?: string
  readonly avrdude?: string
}

/** A board with a boot loader is programmed through the port that it is then used by. */
const BOOT_LOADERS: readonly string[] = ['arduino', 'urclock']
const IMAGE = 'rig.hex'
/** Writing and verifying 11 kB takes some seconds at the slowest boot loader. */
const LONGEST_ms = 120_000
/** avrdude that does not end when asked to is ended. */
const MERCY_ms = 3000

type Ending =
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'missing'; readonly reason: string }
  | { readonly kind: 'interrupted' }

export async function flashCommand(options: FlashOptions): Promise<ExitStatus> {
  const where = options.port.replace(/^serial:/, '')
  let path: string
  try {
    path = await portPath(where)
  } catch (error) {
    if (!(error instanceof RigError)) throw error
    console.error(error.message)
    return EXIT.usage
  }
  const [holder] = holdersOf([path], '/')?.get(path)?.holders ?? []
  if (holder !== undefined) {
    console.error(`${path} is held by ${holder.program} (process ${holder.pid}); end that one first`)
    return EXIT.usage
  }
  const ending = await programmed(path, options)
  switch (ending.kind) {
    case 'missing':
      console.error(ending.reason)
      return EXIT.usage
    case 'failed':
      console.error(`${ending.reason}; the board may have no firmware now`)
      return EXIT.inconclusive
    case 'interrupted':
      console.error('interrupted; the board may have no firmware now')
      return EXIT.interrupted
    case 'done':
      return answer(path, await greet(serialTransport(path), () => performance.now() * 1000))
  }
}

function answer(path: string, greeting: Greeting): ExitStatus {
  if (greeting.kind === 'rig' && greeting.welcome.build === RIG_BUILD) {
    console.log(`${path}: ${told(greeting)}`)
    return EXIT.pass
  }
  const rule = `firmware ${RIG_BUILD} was written and has to answer`
  console.error(`${path}: ${told(greeting)}; ${rule}. Try again, with another --board if this is a Nano`)
  return EXIT.inconclusive
}

/** The arguments of avrdude, each one of them whole whatever characters it has. */
function avrdudeArguments(path: string, { board = 'uno', baud, programmer = 'arduino' }: FlashOptions): string[] {
  const loads = BOOT_LOADERS.includes(programmer)
  return [
    ...['-c', programmer, '-p', 'm328p'],
    // A programmer of its own has a port of its own, and erases the chip with its boot loader.
    ...(loads
      ? ['-P', path, '-b', String(baud ?? BOARDS[board]), '-D']
      : baud === undefined
        ? []
        : ['-b', String(baud)]),
    ...['-U', `flash:w:${IMAGE}:i`],
  ]
}

async function programmed(path: string, options: FlashOptions): Promise<Ending> {
  const folder = mkdtempSync(join(tmpdir(), 'pumpbench-flash-'))
  try {
    writeFileSync(join(folder, IMAGE), RIG_HEX)
    return await ran(options.avrdude ?? 'avrdude', avrdudeArguments(path, options), folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function ran(program: string, words: readonly string[], folder: string): Promise<Ending> {
  return new Promise((resolve) => {
    let child: ChildProcess | undefined
    let broken: Ending | undefined
    const breakOff = (why: Ending) => {
      broken ??= why
      child?.kill()
      setTimeout(() => child?.kill('SIGKILL'), MERCY_ms).unref()
    }
    const interrupt = () => breakOff({ kind: 'interrupted' })
    // Before avrdude is there, lest Ctrl-C ends this process and leaves avrdude alone.
    process.on('SIGINT', interrupt)
    const late = setTimeout(() => {
      breakOff({ kind: 'failed', reason: `avrdude was not done after ${LONGEST_ms / 1000} s and was ended` })
    }, LONGEST_ms)
    const end = (ending: Ending) => {
      clearTimeout(late)
      process.off('SIGINT', interrupt)
      resolve(broken ?? ending)
    }
    child = spawn(program, words, { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] })
    child.once('error', ({ code, message }: NodeJS.ErrnoException) => end(unstarted(program, code, message)))
    child.once('close', (status, signal) => {
      const how = signal === null ? `with status ${status}` : `by ${signal}`
      end(status === 0 ? { kind: 'done' } : { kind: 'failed', reason: `avrdude ended ${how}` })
    })
  })
}

function unstarted(program: string, code: string | undefined, message: string): Ending {
  if (code !== 'ENOENT') return { kind: 'missing', reason: `${program} cannot be started: ${message}` }
  const remedy = '`apt-get install avrdude`, `brew install avrdude`, or --avrdude with its path'
  return { kind: 'missing', reason: `${program} is not installed, which writes to boards: ${remedy}` }
}
