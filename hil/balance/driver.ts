/**
 * The driver of a balance: bytes in, readings out, without touching a port.
 *
 * A reading carries the instant at which its line was complete, its stable flag and its resolution; nothing is averaged or
 * rounded here. Whatever arrives, the driver never throws, holds at most one line, and counts what it refuses: a line that
 * is malformed, of an unknown unit, too long, or that nobody asked for, such as the answer to a question long given up.
 * A new connection needs a new driver.
 */
import { parseReply, type Query, queryBytes, type Reply, type Weight } from '#hil/balance/mt-sics'

export interface BalanceReading extends Weight {
  /** When the line was complete, on the clock of whoever handed in the bytes. */
  readonly at_us: number
  readonly stable: boolean
}

export type BalanceEvent =
  | { readonly kind: 'reading'; readonly reading: BalanceReading }
  | { readonly kind: 'reply'; readonly reply: Exclude<Reply, { kind: 'weight' | 'malformed' }> }
  /** The text as Latin-1, and why it is no answer. */
  | { readonly kind: 'refused'; readonly text: string; readonly why: string }

/** How much came of each kind. */
export interface BalanceTally {
  readonly stable: number
  readonly unstable: number
  readonly refused: number
}

/** Longest line that is held; no reply that is understood here is as long. */
export const LONGEST_LINE = 128

const [NEWLINE, RETURN] = [0x0a, 0x0d]

export class BalanceDriver {
  readonly #line: number[] = []
  #overflowed = false
  #asked: Query | null = null
  #tally: BalanceTally = { stable: 0, unstable: 0, refused: 0 }

  get tally(): BalanceTally {
    return this.#tally
  }

  /** The bytes of a question. An answer to an earlier one that is still out is refused from now on as unasked for. */
  ask(query: Query): Uint8Array {
    this.#asked = query
    return queryBytes(query)
  }

  /** Takes bytes in chunks of any size; what they complete, in order. */
  receive(bytes: Uint8Array, at_us: number): BalanceEvent[] {
    const events: BalanceEvent[] = []
    for (const byte of bytes) {
      if (byte === NEWLINE) events.push(...this.#complete(at_us))
      else if (this.#line.length < LONGEST_LINE) this.#line.push(byte)
      else this.#overflowed = true
    }
    return events
  }

  #complete(at_us: number): BalanceEvent[] {
    const bytes = this.#line.splice(0)
    const overflowed = this.#overflowed
    this.#overflowed = false
    if (bytes.at(-1) === RETURN) bytes.pop()
    const text = String.fromCharCode(...bytes)
    if (overflowed) return [this.#refuse(text, `a line of more than ${LONGEST_LINE} bytes`)]
    return text === '' ? [] : [this.#read(text, at_us)]
  }

  #read(text: string, at_us: number): BalanceEvent {
    const reply = parseReply(text)
    if (reply.kind === 'malformed') return this.#refuse(text, reply.why)
    if (!answers(reply, this.#asked)) return this.#refuse(text, 'nobody asked for this')
    if (this.#asked !== 'SIR' || reply.kind !== 'weight') this.#asked = null
    if (reply.kind !== 'weight') return { kind: 'reply', reply }
    const kind = reply.stable ? 'stable' : 'unstable'
    this.#tally = { ...this.#tally, [kind]: this.#tally[kind] + 1 }
    return { kind: 'reading', reading: { ...reply.weight, at_us, stable: reply.stable } }
  }

  #refuse(text: string, why: string): BalanceEvent {
    this.#tally = { ...this.#tally, refused: this.#tally.refused + 1 }
    return { kind: 'refused', text, why }
  }
}

/** The command that a reply to each question names. */
const ANSWERED_AS: Readonly<Record<Query, string>> = { S: 'S', SI: 'S', SIR: 'S', Z: 'Z', T: 'T', I4: 'I4', '@': 'I4' }

function answers(reply: Reply, asked: Query | null): boolean {
  if (asked === null) return false
  switch (reply.kind) {
    case 'error':
      return true
    case 'serial':
      return ANSWERED_AS[asked] === 'I4'
    case 'malformed':
      return false
    default:
      return reply.to === ANSWERED_AS[asked]
  }
}
