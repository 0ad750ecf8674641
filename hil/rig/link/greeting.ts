/** Who is at the end of a transport: one HELLO, and what answers it. Nothing is commanded, and nothing moves. */
import { randomInt } from 'node:crypto'
import { OPENING_us, OVERHEARD_characters } from '#hil/rig/link/opening'
import { RigError } from '#hil/rig/rig'
import type { Connection, Transport } from '#hil/rig/serial/transport'
import { HostLink } from '#protocol/host-link'
import { type HostEvent, type Mismatch, SERIAL_TIMES, type Turn } from '#protocol/link'
import type { MessageOf } from '#protocol/message'

const NONCES = 2 ** 32
const LEGIBLE = /^[\x20-\x7e\t]*\r?\n$/

export type Greeting =
  /** A rig that speaks the protocol of this version; `welcome` says which. */
  | { readonly kind: 'rig'; readonly welcome: MessageOf<'WELCOME'> }
  /** A rig of another version. */
  | ({ readonly kind: 'mismatch' } & Mismatch)
  /** Something else, or nothing: `heard` has the beginning of what it said. */
  | { readonly kind: 'silent'; readonly heard: string; readonly bytes: number }
  /** The transport could not be opened, or was lost; why, and what to do about it. */
  | { readonly kind: 'unreachable'; readonly reason: string }

/** Opens the transport, asks who is there, and closes it; what goes wrong is an answer too. `now_us` never goes back. */
export async function greet(transport: Transport, now_us: () => number): Promise<Greeting> {
  let connection: Connection
  try {
    connection = await transport.open()
  } catch (error) {
    if (!(error instanceof RigError)) throw error
    return { kind: 'unreachable', reason: error.message }
  }
  try {
    return await answered(connection, now_us)
  } finally {
    await connection.close()
  }
}

function answered(connection: Connection, now_us: () => number): Promise<Greeting> {
  const link = new HostLink({ times: { ...SERIAL_TIMES, beat_us: null }, nonce: () => randomInt(NONCES) })
  const end_us = now_us() + OPENING_us
  let heard = ''
  let bytes = 0
  let timer: NodeJS.Timeout | undefined
  let over = false
  return new Promise((resolve) => {
    const settle = (greeting: Greeting) => {
      over = true
      clearTimeout(timer)
      resolve(greeting)
    }
    const take = (turn: Turn) => {
      if (over) return
      for (const frame of turn.send) connection.write(frame)
      const answer = turn.events.map(answerOf).find((one) => one !== undefined)
      clearTimeout(timer)
      const now = now_us()
      if (answer !== undefined) settle(answer)
      else if (now >= end_us) settle({ kind: 'silent', heard: heard.trim(), bytes })
      else if (turn.events.some(({ kind }) => kind === 'silent' || kind === 'restarted')) take(link.open(now))
      else timer = setTimeout(() => take(link.pass(now_us())), Math.max(1, ((turn.wake_us ?? end_us) - now) / 1000))
    }
    connection.received.subscribe((line) => {
      bytes += line.length
      const text = Buffer.from(line).toString('latin1')
      if (LEGIBLE.test(text)) heard = `${heard}${text}`.slice(0, OVERHEARD_characters)
      take(link.receive(line, now_us()))
    })
    connection.lost.subscribe((reason) => settle({ kind: 'unreachable', reason }))
    take(link.open(now_us()))
  })
}

function answerOf(event: HostEvent): Greeting | undefined {
  switch (event.kind) {
    case 'session':
      return { kind: 'rig', welcome: event.welcome }
    case 'mismatch':
      return event
    default:
      return undefined
  }
}
