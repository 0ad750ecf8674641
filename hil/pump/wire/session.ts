/**
 * The bench's end of the pump's wire: one command after another, each asked until its whole reply is there.
 *
 * A reply that is lost is asked for again under the same number, so nothing is done twice. Everything a pump may do wrong
 * ends here, within a time and a number of bytes, as an error that says what it did.
 */
import { type ByteLink, LinkEnded } from '#hil/pump/wire/byte-link'
import { LineSplitter } from '#protocol/line-splitter'
import {
  decodePumpLine,
  encodePumpMessage,
  LONGEST_PUMP_FRAME,
  type PumpLine,
  PumpMessageReader,
} from '#protocol/pump/frame'
import { PUMP_LIMITS, PUMP_PROTOCOL_VERSION } from '#protocol/pump/limits'
import type { Numbered, ToBench, ToPump } from '#protocol/pump/message'
import { PUMP_SCHEMA_HASH } from '#protocol/pump/schema-hash'

/** How long the bench waits, in milliseconds. */
export interface Patience {
  /** Until HELLO is sent again. */
  readonly hello_ms: number
  /** Until a command is sent again. */
  readonly retry_ms: number
  /** Until the pump is given up. */
  readonly silence_ms: number
}

/** As docs/PROTOCOL.md says. */
const USUAL_PATIENCE: Patience = { hello_ms: 1000, retry_ms: 2000, silence_ms: 10_000 }

/** Most bytes of one reply, with all that is said between its frames: far more than the longest log. */
const MOST_BYTES = 16 * 2 ** 20
/** Answers in a row that come only once the pump was asked again: a wire that loses some never comes to so many. */
const MOST_REPEATED = 100
const SEQUENCES = 256

/** The pump did something that no pump can mean, or nothing at all. */
export class PumpWireError extends Error {
  override readonly name = 'PumpWireError'
}

type Of<Type extends ToBench['type']> = Extract<ToBench, { readonly type: Type }>

/** What a pump answered. */
export type Reply =
  | { readonly kind: 'done'; readonly outputs: readonly ToBench[]; readonly done: Of<'DONE'> }
  | { readonly kind: 'nak'; readonly nak: Of<'NAK'> }

export interface SessionOptions {
  readonly link: ByteLink
  /** Drawn anew for every session: 0 to 2^32 - 1. */
  readonly nonce: number
  readonly patience?: Patience
  /** Told of each log line of the pump. */
  readonly onLog?: (line: string) => void
}

export class PumpSession {
  readonly #link: ByteLink
  readonly #nonce: number
  readonly #patience: Patience
  readonly #onLog: (line: string) => void
  readonly #splitter = new LineSplitter({
    longestFrame: LONGEST_PUMP_FRAME['to-bench'],
    longestLog: PUMP_LIMITS.log_line,
    halts: false,
    decode: (line, start, end) => decodePumpLine('to-bench', line, start, end),
  })
  readonly #reader = new PumpMessageReader('to-bench')
  #next = 0
  #repeated = 0
  #isOpen = false

  constructor({ link, nonce, patience = USUAL_PATIENCE, onLog = () => undefined }: SessionOptions) {
    this.#link = link
    this.#nonce = nonce
    this.#patience = patience
    this.#onLog = onLog
  }

  /** Opens the session. Throws {@link PumpWireError} where nobody answers, or a pump of another version does. */
  open(): Of<'WELCOME'> {
    const hello = encodePumpMessage('to-pump', 0, { type: 'HELLO', nonce: this.#nonce })
    const { hello_ms, silence_ms } = this.#patience
    this.#write(Uint8Array.of(0x0a), 'HELLO')
    let welcome: Of<'WELCOME'> | undefined
    this.#converse('HELLO', hello, { retry_ms: hello_ms, silence_ms }, (pieces) => {
      welcome = pieces.map((piece) => this.#welcomeIn(piece)).find((one) => one !== undefined)
      return welcome !== undefined
    })
    if (welcome === undefined) throw new PumpWireError('the pump did not answer HELLO')
    this.#isOpen = true
    return welcome
  }

  /** Asks the pump for something. Throws {@link PumpWireError} where no reply comes that can be meant. */
  ask(command: ToPump): Reply {
    const sequence = this.#next
    const bytes = encodePumpMessage('to-pump', sequence, command)
    this.#next = (sequence + 1) % SEQUENCES
    const gathering = new Gathering(command.type, sequence)
    this.#converse(command.type, bytes, this.#patience, (pieces) => {
      for (const piece of pieces) gathering.take(this.#answerIn(piece))
      return gathering.reply !== null
    })
    if (gathering.reply === null) throw new PumpWireError(`the pump did not answer ${command.type}`)
    return gathering.reply
  }

  /** Says good-bye where the pump still listens, and ends the link. Never throws. */
  close(): void {
    try {
      if (this.#isOpen) this.#write(encodePumpMessage('to-pump', this.#next, { type: 'BYE' }), 'BYE')
    } catch (error) {
      if (!(error instanceof PumpWireError)) throw error
    }
    this.#isOpen = false
    this.#link.close()
  }

  /** Sends until `take` has what it needs of what comes back. */
  #converse(
    what: string,
    bytes: Uint8Array,
    { retry_ms, silence_ms }: Pick<Patience, 'retry_ms' | 'silence_ms'>,
    take: (pieces: readonly Piece[]) => boolean,
  ): void {
    const begun_ms = this.#link.now_ms()
    let heard = 0
    for (let sent = 0, resend_ms = begun_ms; ; ) {
      const now_ms = this.#link.now_ms()
      if (now_ms >= begun_ms + silence_ms) this.#giveUp(what, `no whole answer in ${silence_ms / 1000} s`)
      if (now_ms >= resend_ms) {
        this.#write(bytes, what)
        sent += 1
        resend_ms = begun_ms + sent * retry_ms
      }
      const chunk = this.#read(what, Math.min(resend_ms, begun_ms + silence_ms) - now_ms)
      if (chunk === null) continue
      heard += chunk.length
      if (heard > MOST_BYTES) this.#giveUp(what, `more than ${MOST_BYTES / 2 ** 20} MiB without an end`)
      if (!take(this.#splitter.push(chunk))) continue
      this.#repeated = sent > 1 ? this.#repeated + 1 : 0
      if (this.#repeated < MOST_REPEATED) return
      this.#giveUp(what, `it answers only when it is asked again, ${MOST_REPEATED} times in a row`)
    }
  }

  #write(bytes: Uint8Array, what: string): void {
    try {
      this.#link.write(bytes)
    } catch (error) {
      this.#ended(what, error)
    }
  }

  #read(what: string, most_ms: number): Uint8Array | null {
    try {
      return this.#link.read(Math.max(1, Math.ceil(most_ms)))
    } catch (error) {
      return this.#ended(what, error)
    }
  }

  #ended(what: string, error: unknown): never {
    if (!(error instanceof LinkEnded)) throw error
    return this.#giveUp(what, error.message)
  }

  /** A command without an answer may have been executed, and nobody can find out any more. */
  #giveUp(what: string, reason: string): never {
    this.#isOpen = false
    const unknown = what === 'HELLO' ? '' : '; whether it was executed is not known'
    throw new PumpWireError(`the pump did not answer ${what}: ${reason}${unknown}`)
  }

  /** As {@link #messageIn}; a WELCOME that came once for each HELLO says nothing new. */
  #answerIn(piece: Piece): Numbered<'to-bench'> | 'damaged' | null {
    const read = this.#messageIn(piece)
    if (read === null || read === 'damaged' || read.message.type !== 'WELCOME') return read
    return read.message.nonce === this.#nonce ? null : read
  }

  /** The message that a piece of the wire completes; null where it completes none, `damaged` where one was lost. */
  #messageIn(piece: Piece): Numbered<'to-bench'> | 'damaged' | null {
    if (piece.kind === 'log') {
      this.#onLog(piece.text)
      return null
    }
    if (piece.kind !== 'frame') {
      this.#reader.forget()
      return 'damaged'
    }
    const read = this.#reader.take(piece.frame)
    if (read === 'missing') return 'damaged'
    if (typeof read === 'string') {
      throw new PumpWireError(
        `the pump sent ${JSON.stringify(piece.frame.text.slice(0, 80))}, which is no message (${read})`,
      )
    }
    return read
  }

  /** WELCOME to this HELLO; undefined for anything else. Throws where it is from a pump of another version. */
  #welcomeIn(piece: Piece): Of<'WELCOME'> | undefined {
    if (piece.kind === 'log') this.#onLog(piece.text)
    if (piece.kind !== 'frame') return undefined
    const [type, nonce, version, schema] = piece.frame.text.split(',')
    if (type !== 'WELCOME' || nonce !== String(this.#nonce)) return undefined
    if (version !== String(PUMP_PROTOCOL_VERSION)) {
      throw new PumpWireError(
        `the pump speaks version ${String(version)} of the protocol, the bench version ${PUMP_PROTOCOL_VERSION}`,
      )
    }
    if (schema !== PUMP_SCHEMA_HASH) {
      throw new PumpWireError(
        `the pump has the message catalogue ${String(schema)}, the bench ${PUMP_SCHEMA_HASH}; both must be of one version`,
      )
    }
    const read = this.#reader.take(piece.frame)
    if (read === null || typeof read === 'string' || read.message.type !== 'WELCOME') {
      throw new PumpWireError(`the pump sent ${JSON.stringify(piece.frame.text.slice(0, 80))}, which is no WELCOME`)
    }
    return read.message
  }
}

type Piece = ReturnType<LineSplitter<PumpLine>['push']>[number]

/** The frames of a reply, as they come in. */
class Gathering {
  readonly #command: string
  readonly #sequence: number
  #outputs: ToBench[] = []
  #damaged = false
  reply: Reply | null = null

  constructor(command: string, sequence: number) {
    this.#command = command
    this.#sequence = sequence
  }

  /** Takes what came; a reply of which something is missing is dropped, and comes again when it is asked for. */
  take(came: Numbered<'to-bench'> | 'damaged' | null): void {
    if (came === null || this.reply !== null) return
    if (came === 'damaged') {
      this.#damaged = true
      return
    }
    const { sequence, message } = came
    if (message.type === 'WELCOME') throw this.#strange('WELCOME, and nobody said HELLO')
    // What answers the command before was sent twice.
    if (sequence === (this.#sequence + SEQUENCES - 1) % SEQUENCES) return
    if (sequence !== this.#sequence) {
      throw this.#strange(`${message.type} under the number ${sequence}, where ${this.#sequence} was asked`)
    }
    if (message.type === 'NAK') {
      this.reply = { kind: 'nak', nak: message }
    } else if (message.type !== 'DONE') {
      if (this.#outputs.length === PUMP_LIMITS.outputs) {
        throw this.#strange(`more than ${PUMP_LIMITS.outputs} outputs in one reply`)
      }
      this.#outputs.push(message)
    } else if (!this.#damaged && message.outputs === this.#outputs.length) {
      this.reply = { kind: 'done', outputs: this.#outputs, done: message }
    } else {
      this.#outputs = []
      this.#damaged = false
    }
  }

  #strange(what: string): PumpWireError {
    return new PumpWireError(`the pump answered ${this.#command} with ${what}`)
  }
}
