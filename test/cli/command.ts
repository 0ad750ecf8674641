/**
 * The command in a folder of its own: its whole command line as a function in this process, because a start costs half a second of a
 * core; and, where processes, threads or the bundle matter, the built bundle as a user starts it.
 *
 * Whatever a test asks of it, it must end by itself and must not show a stack trace: every call checks both.
 */
import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process'
import { Console } from 'node:console'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, sep } from 'node:path'
import { Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, vi } from 'vitest'
import type { CheckResult, Result, RunResult } from '#hil/run/result'
import { commandLine } from '#scripts/command-line'
import type { ExitStatus } from '#scripts/exit'

/** The command that `npm run build` makes; the setup of this suite has just built it. */
export const COMMAND = fileURLToPath(new URL('../../dist/pumpbench.js', import.meta.url))

/** The scenarios that come along. */
export const LIBRARY = fileURLToPath(new URL('../../scenarios', import.meta.url))

/** A process that takes longer hangs: the work asked for here takes seconds, the whole library a minute on a busy machine. */
const HANGS_AFTER_ms = 120_000

export interface Ended {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A folder of one test, in which the command is started. */
export interface Folder {
  readonly path: string
  /** Writes a file, creating the folders above it; returns its name. */
  readonly write: (name: string, content: string | Uint8Array) => string
  readonly read: (name: string) => string
  /** The result that a command wrote to this file. */
  readonly result: (name: string) => Result
  /** Every file in the folder, however deep, with `/` between folders. */
  readonly names: () => string[]
  /** The command line in this process, in the folder. */
  readonly pumpbench: (...args: string[]) => Promise<Ended>
  /** Starts the command in the folder and waits for its end. */
  readonly process: (...args: string[]) => Ended
  /** Runs the command as a function, in this process and in the folder. */
  readonly here: (command: () => ExitStatus | Promise<ExitStatus>) => Promise<Ended>
  /** Starts the command in the folder; see {@link ended}. */
  readonly start: (args: readonly string[], options?: SpawnOptions) => ChildProcess
}

/** An empty folder for each test of the file that calls this, removed after the test. */
export function emptyFolder(): Folder {
  let path = ''
  beforeEach(() => {
    path = mkdtempSync(join(tmpdir(), 'pumpbench-cli-'))
  })
  afterEach(() => rmSync(path, { recursive: true, force: true }))
  return {
    get path() {
      return path
    },
    write: (name, content) => {
      mkdirSync(dirname(join(path, name)), { recursive: true })
      writeFileSync(join(path, name), content)
      return name
    },
    read: (name) => readFileSync(join(path, name), 'utf8'),
    result: (name) => JSON.parse(readFileSync(join(path, name), 'utf8')) as Result,
    names: () => filesIn(path),
    pumpbench: (...args) => capturing(path, () => commandLine(onIdeal(args))),
    process: (...args) => {
      const { status, stdout, stderr } = spawnSync(process.execPath, [COMMAND, ...onIdeal(args)], {
        cwd: path,
        encoding: 'utf8',
        timeout: HANGS_AFTER_ms,
        maxBuffer: 2 ** 28,
      })
      return checked({ status, stdout, stderr })
    },
    here: (command) => capturing(path, command),
    start: (args, options) => spawn(process.execPath, [COMMAND, ...onIdeal(args)], { cwd: path, ...options }),
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Runs a command in a folder, with everything it prints kept; an exception is a defect of it. */
async function capturing(folder: string, command: () => ExitStatus | Promise<ExitStatus>): Promise<Ended> {
  const texts = { stdout: '', stderr: '' }
  const into = (name: keyof typeof texts) =>
    new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        texts[name] += chunk.toString('utf8')
        done()
      },
    })
  const [stdout, stderr] = [into('stdout'), into('stderr')]
  const before = { cwd: process.cwd(), console: globalThis.console }
  const heard = SIGNALS.map((signal) => process.listeners(signal))
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => stdout.write(text)),
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => stderr.write(text)),
  ]
  process.chdir(folder)
  globalThis.console = new Console({ stdout, stderr })
  try {
    const status = await command()
    return checked({ status, ...texts })
  } finally {
    globalThis.console = before.console
    process.chdir(before.cwd)
    for (const spy of spies) spy.mockRestore()
    // A command listens until its process ends, and this one goes on.
    for (const [index, signal] of SIGNALS.entries()) {
      for (const listener of process.listeners(signal)) {
        if (heard[index]?.includes(listener) === false) process.off(signal, listener)
      }
    }
  }
}

/** What these tests are about does not depend on the rig; the ideal one is the quickest, where a test names none. */
function onIdeal(args: readonly string[]): readonly string[] {
  const [command, ...rest] = args
  return command === 'run' && !args.includes('--rig') ? [command, '--rig', 'ideal', ...rest] : args
}

/** Waits for the end of a command that was started; what it wrote to a pipe that was left open is kept. */
export async function ended(child: ChildProcess): Promise<Ended> {
  const texts = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      texts[name] += text
    })
  }
  const hung = setTimeout(() => child.kill('SIGKILL'), HANGS_AFTER_ms)
  const status = await new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)))
  clearTimeout(hung)
  return checked({ status, ...texts })
}

/** The only run of a result. */
export function onlyRun(result: Result): RunResult {
  const [run, ...others] = result.runs
  if (run === undefined || others.length > 0) throw new Error(`${result.runs.length} runs where one was expected`)
  return run
}

/** The only check of that name in a run. */
export function checkOf(run: RunResult, name: string): CheckResult {
  const [check, ...others] = run.checks.filter((one) => one.check === name)
  if (check === undefined || others.length > 0)
    throw new Error(`not one check ${name} in ${JSON.stringify(run.checks)}`)
  return check
}

/** What two runs of one scenario must agree in: everything but where the file was and how long it took. */
export function withoutCircumstances(run: RunResult): Omit<RunResult, 'file' | 'wall_s'> {
  const { file, wall_s, ...rest } = run
  return rest
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll(sep, '/'),
    )
    .sort()
}

const STACK_LINE = /^\s+at .*(?::\d+:\d+|\(native\)|<anonymous>)\)?$/m

function checked(end: Ended): Ended {
  expect(end.status, `the command did not end by itself\n${end.stderr}`).not.toBeNull()
  expect(end.stdout + end.stderr).not.toMatch(STACK_LINE)
  expect(end.stderr).not.toContain('internal error')
  return end
}
