/**
 * The pump in C of examples/c-pump as a process that is given a whole session at once and answers it: what the tests of this
 * folder are written in. Its frames are made and read by the wire's own functions, and nothing of its inside is known here.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { crc32, hex8Text } from '#protocol/crc32'
import { decodePumpLine, readMessage } from '#protocol/pump/frame'
import type { ToBench } from '#protocol/pump/message'
import { programSum } from '#protocol/pump/program-sum'

export const C_PUMP = fileURLToPath(new URL('../../examples/c-pump/', import.meta.url))

const page = readFileSync(new URL('../../docs/PROTOCOL.md', import.meta.url), 'utf8')

/** Every line of the worked session of the page that goes in this direction, `>` to the pump and `<` to the bench. */
export function workedSession(direction: '>' | '<'): string[] {
  const [, shown = ''] = /session: checked.*?```\n(.*?)```/s.exec(page) ?? []
  return shown.split('\n').flatMap((line) => (line.startsWith(direction) ? [line.slice(2)] : []))
}

/** What two pumps must say alike: not what they are called, nor what they can. */
export function alike(lines: readonly string[]): string[] {
  return lines.filter(
    (line) => !['WELCOME,', 'CAN,'].some((type) => line.startsWith(type, 5)) && !/^\$..00DONE/.test(line),
  )
}

/** With PUMPBENCH_TOOLS=required the absence of the compiler is an error and not a reason to skip. */
export const HAS_CC = process.env['PUMPBENCH_TOOLS'] === 'required' || spawnSync('cc', ['--version']).status === 0

const LONGEST_ANSWER_bytes = 2 ** 26
const LONGEST_SESSION_ms = 30_000

/** Builds of the pump, in a folder that is removed with `close`. */
export class Builds {
  readonly #folder = mkdtempSync(join(tmpdir(), 'c-pump-'))

  /** Compiled as examples/c-pump/build.sh does it, any mistake in calculating ends it. Answers with the program. */
  build(name: string, defines: readonly string[] = [], sources = C_PUMP): string {
    const program = join(this.#folder, name)
    const flags = ['-O1', '-Wall', '-Wextra', '-Werror', '-fsanitize=undefined,address', '-fno-sanitize-recover']
    const CFLAGS = [...flags, ...defines.map((define) => `-D${define}`)].join(' ')
    execFileSync('sh', [join(sources, 'build.sh'), program], { env: { ...process.env, CC: 'cc', CFLAGS } })
    return program
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

/** The lines with which the pump answers these, all sent at once; it has ended itself. */
export function answerTo(program: string, lines: readonly string[]): string[] {
  const input = Buffer.from(lines.map((line) => `${line}\n`).join(''), 'latin1')
  const ended = spawnSync(program, { input, maxBuffer: LONGEST_ANSWER_bytes, timeout: LONGEST_SESSION_ms })
  if (ended.status !== 0) throw new Error(`${ended.error ?? ''} status ${ended.status}: ${ended.stderr.toString()}`)
  return ended.stdout.toString('latin1').split('\n').slice(0, -1)
}

/** The frame of a message, without its newline. */
export function frameOf(sequence: number, text: string): string {
  const digits = (value: number) => value.toString(16).toUpperCase().padStart(2, '0')
  const summed = `${digits(text.length + 2)}${digits(sequence % 256)}${text}`
  return `$${summed}*${hex8Text(crc32(Buffer.from(summed, 'latin1')))}`
}

/** What a program is sent with. */
export function programmed(at: number | bigint, parts: readonly string[]): string[] {
  return [...parts, `PREPARE,${at},${parts.length - 1},${programSum(parts)}`]
}

/** The digest of a transaction, which examples/c-pump/program.c makes as the page proposes. */
export function digestOf(transaction: number, parts: readonly string[]): string {
  return hex8Text(crc32(Buffer.from(`${transaction} ${programSum(parts)}`)))
}

/** The usual set-up of a pump of 20 mL with 0.25 uL a step, filled with 500 ug/mL on Monday 2026-01-05T08:00. */
export const SET_UP: readonly string[] = [
  'FIGURE,reservoir_volume,20000000000',
  'FIGURE,low_reservoir,2000000000',
  'FIGURE,step_volume,250000',
  'FIGURE,rate_min,48000000',
  'FIGURE,rate_max,24000000000',
  'HOLDS,baclofen,500000,20000000000',
  'PLACE,1767600000000000,176000000,filled',
  'START',
]

/** The replies to commands, one after the other from 00 on: what each said, as texts, DONE or NAK last. Every frame is of the catalogue. */
export function repliesTo(program: string, commands: readonly string[]): string[][] {
  const sent = commands.map((text, index) => frameOf(index, text))
  const [welcome = '', ...lines] = answerTo(program, ['', frameOf(0, 'HELLO,1'), ...sent])
  textOf(welcome)
  const replies: string[][] = [[]]
  for (const line of lines) {
    const text = textOf(line)
    replies.at(-1)?.push(text)
    if (/^(DONE|NAK),/.test(text)) replies.push([])
  }
  return replies.slice(0, -1)
}

/** The characters of a frame from TYPE on. Throws when it is none that a pump may send. */
export function textOf(line: string): string {
  const frame = decodePumpLine('to-bench', Buffer.from(line, 'latin1'))
  if (typeof frame === 'string' || frame.part !== null) throw new Error(`${line}: ${JSON.stringify(frame)}`)
  const message: ToBench | string = readMessage('to-bench', frame.text)
  if (typeof message === 'string') throw new Error(`${line}: ${message}`)
  return frame.text
}
