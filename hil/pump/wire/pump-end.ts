/**
 * The pump's end of the wire, with any pump of this process behind it: bytes in, bytes out.
 *
 * It is what docs/PROTOCOL.md asks of a pump: each command is executed once, and one that comes again is answered with the
 * reply that was kept.
 */
import { type Served, Unfit } from '#hil/pump/wire/served'
import { LineSplitter } from '#protocol/line-splitter'
import {
  decodePumpLine,
  encodePumpMessage,
  LONGEST_PUMP_FRAME,
  type PumpLine,
  PumpMessageReader,
} from '#protocol/pump/frame'
import { PUMP_LIMITS, PUMP_PROTOCOL_VERSION } from '#protocol/pump/limits'
import type { ToBench, ToPump } from '#protocol/pump/message'
import { PUMP_SCHEMA_HASH } from '#protocol/pump/schema-hash'

type Of<Type extends ToPump['type']> = Extract<ToPump, { readonly type: Type }>

const SEQUENCES = 256

export interface PumpEndOptions {
  /** What is behind it, anew for each session. */
  readonly serve: () => Served
  /** What the pump calls itself: a token of at most 32 characters; and its build hash, eight upper-case hex digits. */
  readonly identity: string
  readonly build: string
}

export class PumpEnd {
  readonly #options: PumpEndOptions
  readonly #splitter = new LineSplitter<PumpLine>({
    longestFrame: LONGEST_PUMP_FRAME['to-pump'],
    longestLog: 0,
    halts: false,
    decode: (line, start, end) => decodePumpLine('to-pump', line, start, end),
  })
  readonly #reader = new PumpMessageReader('to-pump')
  #nonce: number | null = null
  #next = 0
  #kept: { readonly sequence: number; readonly bytes: Uint8Array } | null = null
  #served: Served
  #isOver = false

  constructor(options: PumpEndOptions) {
    this.#options = options
    this.#served = options.serve()
  }

  /** Whether the bench has said good-bye. */
  get isOver(): boolean {
    return this.#isOver
  }

  /** Takes the next bytes from the bench; what there is to say to them. */
  receive(bytes: Uint8Array): Uint8Array {
    const answers: Uint8Array[] = []
    for (const piece of this.#splitter.push(bytes)) {
      if (piece.kind === 'frame') answers.push(this.#frame(piece.frame))
      else this.#reader.forget()
    }
    return answers.length === 1 && answers[0] !== undefined ? answers[0] : Buffer.concat(answers)
  }

  #frame(line: PumpLine): Uint8Array {
    const read = this.#reader.take(line)
    if (read === null || read === 'missing') return Uint8Array.of()
    if (typeof read !== 'string' && read.message.type === 'HELLO') return this.#welcome(read.message)
    const { sequence } = line
    if (this.#kept?.sequence === sequence && sequence !== this.#next) return this.#kept.bytes
    if (this.#nonce === null || this.#isOver || sequence !== this.#next) return Uint8Array.of()
    this.#next = (sequence + 1) % SEQUENCES
    const messages = this.#executed(typeof read === 'string' ? read : read.message)
    const reply = Buffer.concat(messages.map((message) => encodePumpMessage('to-bench', sequence, message)))
    this.#kept = { sequence, bytes: reply }
    return reply
  }

  #welcome({ nonce }: Of<'HELLO'>): Uint8Array {
    if (nonce !== this.#nonce || this.#isOver) {
      this.#nonce = nonce
      this.#next = 0
      this.#kept = null
      this.#isOver = false
      this.#served = this.#options.serve()
    }
    const { identity, build } = this.#options
    const [version, schema] = [PUMP_PROTOCOL_VERSION, PUMP_SCHEMA_HASH]
    return encodePumpMessage('to-bench', 0, { type: 'WELCOME', nonce, version, schema, identity, build })
  }

  /** Executes a command, or what was wrong with its fields; the messages of its reply. */
  #executed(command: ToPump | string): readonly ToBench[] {
    try {
      if (command === 'type') throw new Unfit('a command of that name is not known', { reason: 'LACKS' })
      if (typeof command === 'string') throw new Unfit(`fields that cannot be read: ${command}`, { reason: 'RANGE' })
      if (command.type === 'BYE') this.#isOver = true
      const outputs = this.#served.execute(command)
      const { now_us: at, wake_us } = this.#served
      if (outputs.length > PUMP_LIMITS.outputs) throw new Error(`${outputs.length} outputs in one reply`)
      return [...outputs, { type: 'DONE', outputs: outputs.length, at, wake: wake_us ?? 'never' }]
    } catch (error) {
      if (!(error instanceof Unfit)) throw error
      return [{ type: 'NAK', reason: error.reason, detail: error.message }]
    }
  }
}
