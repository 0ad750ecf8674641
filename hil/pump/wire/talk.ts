/**
 * What every pump on the wire is asked in the same words: its set-up, its programs and all that it hears.
 *
 * What a pump says is handed to its owner, who knows whose clock its instants are of.
 */
import type { Program, PumpOutput } from '#firmware-sim/messages'
import type { Abilities } from '#hil/pump/wire/abilities'
import { inputMessage, type PlainInput } from '#hil/pump/wire/input-messages'
import { outputsOf, StrangeReply } from '#hil/pump/wire/output-messages'
import { beyondPlain } from '#hil/pump/wire/plain'
import { programMessages } from '#hil/pump/wire/program-messages'
import { type PumpSession, PumpWireError, type Reply } from '#hil/pump/wire/session'
import { messageText } from '#protocol/pump/frame'
import type { ToBench, ToPump } from '#protocol/pump/message'
import { programSum } from '#protocol/pump/program-sum'
import type { Time_us } from '#units/quantity'
import { add, floor, ratio, whole } from '#units/rational'

/** A command that was executed. */
export type Done = Extract<Reply, { readonly kind: 'done' }>

/** What the outputs of a reply are on the axis of the bench; throws {@link PumpWireError} for what no pump can mean. */
export type Hear = (command: ToPump, reply: Done) => readonly PumpOutput[]

export class PumpTalk {
  readonly #session: PumpSession
  readonly #abilities: Abilities
  readonly #hear: Hear

  /** With a pump with which a session is open. */
  constructor(session: PumpSession, abilities: Abilities, hear: Hear) {
    this.#session = session
    this.#abilities = abilities
    this.#hear = hear
  }

  /** Says what has no outputs, as all set-up. */
  tell(messages: readonly ToPump[]): void {
    for (const message of messages) {
      if (this.#done(message).outputs.length > 0)
        throw new PumpWireError(`the pump said something to ${message.type}, which has no outputs`)
    }
  }

  /** Asks what has happened up to an instant. */
  advance(to_us: Time_us): readonly PumpOutput[] {
    const message: ToPump = { type: 'ADVANCE', to: to_us }
    return this.#hear(message, this.#done(message))
  }

  /** Has the pump hear anything but that time passes. */
  input(at_us: Time_us, input: PlainInput | { readonly kind: 'prepare'; readonly program: Program }) {
    return input.kind === 'prepare' ? this.#prepare(at_us, input.program) : this.#plain(at_us, input)
  }

  close(): void {
    this.#session.close()
  }

  #plain(at_us: Time_us, input: PlainInput): readonly PumpOutput[] {
    const message = this.#measured(inputMessage(at_us, input))
    // Whoever draws the rest of a reservoir has nobody to tell it to.
    if (message.type === 'RESIDUAL' && !this.#abilities.takesInput(message.type)) return []
    const outputs = this.#hear(message, this.#done(message))
    if (input.kind === 'commit') {
      for (const output of outputs) {
        if (output.kind === 'applied' && output.digest !== input.digest) {
          throw new PumpWireError(`the pump applied the program ${output.digest}, where ${input.digest} was committed`)
        }
      }
    }
    return outputs
  }

  /** What is measured during the run nobody can foresee; a pump without fractions is told it to the nearest whole unit. */
  #measured(message: ToPump): ToPump {
    if (message.type !== 'RESIDUAL' || this.#abilities.understandsFractions) return message
    return { ...message, volume: whole(floor(add(message.volume, ratio(1n, 2n)))) }
  }

  #prepare(at_us: Time_us, program: Program): readonly PumpOutput[] {
    const parts = programMessages(program)
    const sum = programSum(parts.map((part) => messageText('to-pump', part)))
    const outputs: PumpOutput[] = []
    for (const message of [...parts, { type: 'PREPARE', at: at_us, parts: parts.length - 1, sum } as const]) {
      const reply = this.#ask(message)
      if (reply.kind === 'nak') return [...outputs, this.#refusal(at_us, message, reply)]
      outputs.push(...this.#hear(message, reply))
    }
    return outputs
  }

  /** A program that a pump cannot hold is refused, to the programmer. */
  #refusal(at_us: Time_us, { type }: ToPump, { nak }: Extract<Reply, { kind: 'nak' }>): PumpOutput {
    if (nak.reason !== 'RANGE' && nak.reason !== 'FULL' && nak.reason !== 'SUM') this.#refused(type, nak)
    return { kind: 'refused', at_us, reason: `the pump did not take ${type}: ${nak.reason} ${nak.detail}`.trimEnd() }
  }

  #ask(message: ToPump): Reply {
    const beyond = this.#abilities.understandsFractions ? null : beyondPlain(message)
    if (beyond !== null) throw new PumpWireError(`the pump does not have the option fractions, and ${beyond}`)
    return this.#session.ask(message)
  }

  #done(message: ToPump): Done {
    const reply = this.#ask(message)
    return reply.kind === 'done' ? reply : this.#refused(message.type, reply.nak)
  }

  #refused(type: string, { reason, detail }: Extract<ToBench, { type: 'NAK' }>): never {
    throw new PumpWireError(`the pump did not execute ${type}: ${reason}${detail === '' ? '' : `, ${detail}`}`)
  }
}

/** The outputs of a reply by the clock of the pump. Throws {@link PumpWireError} where its messages do not go together. */
export function understood({ outputs }: Done): readonly PumpOutput[] {
  try {
    return outputsOf(outputs)
  } catch (error) {
    if (error instanceof StrangeReply) throw new PumpWireError(error.message, { cause: error })
    throw error
  }
}
