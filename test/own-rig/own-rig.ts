/**
 * The rig in Python of examples/own-rig: driven in virtual time, many sessions in one process, or served on a socket until the test
 * is over. Its frames are made and read by the wire's own functions, and nothing of its inside is known here.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Transport } from '#hil/rig/serial/transport'
import { tcpTransport } from '#hil/rig/tcp/client'
import { type Direction, TO_RIG } from '#protocol/catalogue'
import type { Frame, ToHost, ToRig } from '#protocol/message'
import { Splitter } from '#protocol/splitter'

export const OWN_RIG = fileURLToPath(new URL('../../examples/own-rig/', import.meta.url))
const PROGRAM = `${OWN_RIG}own_rig.py`
const DRIVER = fileURLToPath(new URL('drive.py', import.meta.url))

/** With PUMPBENCH_TOOLS=required the absence of Python is an error and not a reason to skip. */
export const HAS_PYTHON =
  process.env['PUMPBENCH_TOOLS'] === 'required' || spawnSync('python3', ['--version']).status === 0

/** A golden vector, as far as it is asked about here. */
export interface Vector {
  readonly name: string
  readonly direction: Direction
  readonly hex: string
  readonly frames: readonly Frame[]
  readonly logs: readonly string[]
  readonly halts: number
  readonly discarded: number
}

/** What is done to a rig at a tick: bytes, or a frame, whatever token it has sent with that of the session. */
export type Deed = { readonly tick: number } & (
  | { readonly hex: string }
  | { readonly sequence: number; readonly message: ToRig }
)

/** Sessions of rigs that lose every so many-th step; 0 loses none. */
export interface Session {
  readonly lose_every: number
  readonly deeds: readonly Deed[]
}

/** Frames that the rig sent before the deed, and to it. */
export interface Heard {
  readonly by_itself: readonly Frame<ToHost>[]
  readonly answer: readonly Frame<ToHost>[]
}

/** What a receiver in Python made of a vector to the rig, in pieces of three sizes, or what it spells one to the host as. */
export interface VectorDone {
  readonly encoded?: string
  readonly received?: readonly { readonly frames: unknown; readonly halts: number; readonly discarded: number }[]
}

/** Late enough for a test in virtual time that lets hours pass at once. */
const NEVER_TOO_LATE_ticks = 2 ** 40
const LONGEST_ANSWER_bytes = 2 ** 27

/** What the rig makes of vectors, and what it says in sessions: all of it in one process. */
export function driven(
  vectors: readonly Vector[],
  sessions: readonly Session[],
): { readonly vectors: readonly VectorDone[]; readonly sessions: readonly (readonly Heard[])[] } {
  const spelled = sessions.map(({ lose_every, deeds }) => {
    return { lose_every, latest_ticks: NEVER_TOO_LATE_ticks, deeds: deeds.map(spelledOut) }
  })
  const input = JSON.stringify({ rig: PROGRAM, vectors, sessions: spelled })
  const ended = spawnSync('python3', ['-IB', DRIVER], { input, maxBuffer: LONGEST_ANSWER_bytes, encoding: 'utf8' })
  if (ended.status !== 0) throw new Error(`${ended.error ?? ''} status ${ended.status}: ${ended.stderr}`)
  type Said = { readonly by_itself: string; readonly answer: string }
  const done = JSON.parse(ended.stdout) as { readonly vectors: VectorDone[]; readonly sessions: Said[][] }
  const heard = ({ by_itself, answer }: Said) => ({ by_itself: framesOf(by_itself), answer: framesOf(answer) })
  return { vectors: done.vectors, sessions: done.sessions.map((session) => session.map(heard)) }
}

/** A frame as its values in the order of the page, and null for the token of the session. */
function spelledOut(deed: Deed): object {
  if ('hex' in deed) return deed
  const { tick, sequence, message } = deed
  const given = new Map<string, unknown>(Object.entries(message))
  const values = Object.keys(TO_RIG[message.type].fields).map((name) => (name === 'token' ? null : given.get(name)))
  return { tick, sequence, type: message.type, values }
}

/** Every frame to the host in the bytes; there must be nothing else. */
export function framesOf(text: string): Frame<ToHost>[] {
  return new Splitter('to-host').push(Buffer.from(text, 'latin1')).map((piece) => {
    if (piece.kind !== 'frame') throw new Error(`no frame: ${JSON.stringify(piece)}`)
    return piece.frame
  })
}

/** A rig in Python on a socket of this machine. */
export interface Served {
  readonly transport: Transport
  readonly port: number
  readonly child: ChildProcess
}

/** Machines on which tests run are busier than any that is to turn a motor. */
const LATEST_ms = 5000

/** Serves one; whoever asks ends it with {@link Served.child}. */
export async function served(...options: readonly string[]): Promise<Served> {
  const args = ['-IB', PROGRAM, '--tcp', '0', '--latest-ms', `${LATEST_ms}`, ...options]
  const child = spawn('python3', args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  child.stdout.on('data', (text) => (said += text))
  child.stderr.on('data', (text) => (said += text))
  await Promise.race([once(child.stdout, 'data'), once(child, 'close')])
  const [, port] = /^serving tcp:127\.0\.0\.1:(\d+)\n$/.exec(said) ?? []
  if (port === undefined) throw new Error(`it does not serve: ${said}`)
  return { transport: tcpTransport({ host: '127.0.0.1', port: Number(port) }), port: Number(port), child }
}

/** Ctrl-C, and how it ended. */
export async function end({ child }: Served): Promise<number | null> {
  if (child.exitCode !== null) return child.exitCode
  const ended = once(child, 'exit') as Promise<[number | null]>
  child.kill('SIGINT')
  return (await ended)[0]
}

/** What any two rigs have to say alike: not who they are, and not how often they have told their counters. */
export function alike({ sequence, message }: Frame<ToHost>): object {
  const isReply = message.type === 'ACK' || message.type === 'NAK'
  return { ...message, sequence: isReply ? sequence : 0, token: 0, boot: '', identity: '', build: '', cell: 0 }
}
