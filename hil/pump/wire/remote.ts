/**
 * A pump at the end of a wire, as the bench sees every pump: what it is asked goes out as commands, what it says comes back.
 *
 * The bench holds it to what no pump can do: speak of the future, go back in time, answer another digest than it was
 * asked for. Whatever it does beyond that is the pump's own and is judged with the run.
 */
import type { Program, PumpInput, PumpOutput } from '#firmware-sim/messages'
import { definePump, type Pump, type PumpDefinition, type PumpSetup } from '#hil/pump/pump'
import { setupOf } from '#hil/pump/setup'
import { Abilities } from '#hil/pump/wire/abilities'
import type { ByteLink } from '#hil/pump/wire/byte-link'
import { inputMessage, type PlainInput } from '#hil/pump/wire/input-messages'
import { lackOf } from '#hil/pump/wire/lacking'
import { outputsOf, StrangeReply } from '#hil/pump/wire/output-messages'
import { beyondPlain } from '#hil/pump/wire/plain'
import { programMessages } from '#hil/pump/wire/program-messages'
import { type Patience, PumpSession, PumpWireError, type Reply } from '#hil/pump/wire/session'
import { setupMessages } from '#hil/pump/wire/setup-messages'
import { messageText } from '#protocol/pump/frame'
import type { ToBench, ToPump } from '#protocol/pump/message'
import { programSum } from '#protocol/pump/program-sum'
import { duration } from '#units/format'
import { as, type Time_us } from '#units/quantity'
import { compare, type Rational, ZERO } from '#units/rational'

/** Commands that one call may take: a pump that stops again and again, or wakes again and again, never ends otherwise. */
const MOST_ADVANCES = 10_000

type Done = Extract<Reply, { readonly kind: 'done' }>

class RemotePump implements Pump {
  readonly #session: PumpSession
  readonly #abilities: Abilities
  #reached_us: Time_us = as(ZERO)
  /** The instant of the last output. */
  #said_us: Time_us = as(ZERO)
  #wake_us: Time_us | null = null

  /** Sets up a pump with which a session is open. */
  constructor(session: PumpSession, abilities: Abilities, setup: PumpSetup) {
    this.#session = session
    this.#abilities = abilities
    for (const message of setupMessages(setup, abilities)) {
      if (this.#done(message).outputs.length > 0)
        throw new PumpWireError(`the pump said something to ${message.type}, which has no outputs`)
    }
  }

  react(at_us: Time_us, input: PumpInput): readonly PumpOutput[] {
    const before = input.kind === 'wake' ? [] : this.#upTo(at_us)
    return [...before, ...this.#answer(at_us, input)]
  }

  nextWake(): Time_us | null {
    return this.#wake_us
  }

  close(): void {
    this.#session.close()
  }

  /** Has the pump come to each instant of its own before the one it is asked at. */
  #upTo(at_us: Time_us): PumpOutput[] {
    const outputs: PumpOutput[] = []
    for (let n = 0; this.#wake_us !== null && compare(this.#wake_us, at_us) < 0; n += 1) {
      if (n === MOST_ADVANCES) throw new PumpWireError('the pump wakes again and again and does not get on')
      outputs.push(...this.#advance(this.#wake_us))
    }
    return outputs
  }

  #answer(at_us: Time_us, input: PumpInput): readonly PumpOutput[] {
    if (input.kind === 'wake') return this.#advance(at_us)
    if (input.kind === 'prepare') return this.#prepare(at_us, input.program)
    return this.#plain(at_us, input)
  }

  #plain(at_us: Time_us, input: PlainInput): readonly PumpOutput[] {
    const message = inputMessage(at_us, input)
    // Whoever draws the rest of a reservoir has nobody to tell it to.
    if (message.type === 'RESIDUAL' && !this.#abilities.takesInput(message.type)) return []
    const outputs = this.#outputs(message, this.#done(message))
    this.#mustHaveReached(message.type, at_us)
    if (input.kind === 'commit') {
      for (const output of outputs) {
        if (output.kind === 'applied' && output.digest !== input.digest) {
          throw new PumpWireError(`the pump applied the program ${output.digest}, where ${input.digest} was committed`)
        }
      }
    }
    return outputs
  }

  #advance(to_us: Time_us): readonly PumpOutput[] {
    const outputs: PumpOutput[] = []
    for (let n = 0; n < MOST_ADVANCES; n += 1) {
      const message: ToPump = { type: 'ADVANCE', to: to_us }
      const before_us = this.#reached_us
      const said = this.#outputs(message, this.#done(message))
      outputs.push(...said)
      if (compare(this.#reached_us, to_us) >= 0) return outputs
      if (said.length === 0 && compare(this.#reached_us, before_us) === 0) break
    }
    throw new PumpWireError(`the pump does not get on: it stands at ${duration(this.#reached_us)} and was to go on`)
  }

  #prepare(at_us: Time_us, program: Program): readonly PumpOutput[] {
    const parts = programMessages(program)
    for (const part of parts) {
      const reply = this.#ask(part)
      if (reply.kind === 'nak') return [this.#refusal(at_us, part, reply)]
      this.#outputs(part, reply)
    }
    const sum = programSum(parts.map((part) => messageText('to-pump', part)))
    const message: ToPump = { type: 'PREPARE', at: at_us, parts: parts.length - 1, sum }
    const reply = this.#ask(message)
    if (reply.kind === 'nak') return [this.#refusal(at_us, message, reply)]
    const outputs = this.#outputs(message, reply)
    this.#mustHaveReached(message.type, at_us)
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

  /** What the pump said, in order and at instants that can be. */
  #outputs({ type }: ToPump, { outputs: messages, done }: Done): readonly PumpOutput[] {
    if (compare(done.at, this.#reached_us) < 0) {
      throw new PumpWireError(`the pump went back to ${duration(as(done.at))} from ${duration(this.#reached_us)}`)
    }
    const outputs = understood(messages)
    for (const { at_us, kind } of outputs) {
      if (compare(at_us, this.#said_us) < 0 || compare(at_us, done.at) > 0) {
        throw new PumpWireError(
          `the pump said "${kind}" of ${duration(at_us)} in answer to ${type}, between ${duration(this.#said_us)} and ${duration(as(done.at))}`,
        )
      }
      this.#said_us = at_us
    }
    this.#reached_us = as(done.at)
    this.#wake_us = this.#wakeOf(done.wake)
    return outputs
  }

  #wakeOf(wake: Rational | 'never'): Time_us | null {
    if (wake === 'never') return null
    if (compare(wake, this.#reached_us) < 0) {
      throw new PumpWireError(
        `the pump wants to be woken at ${duration(as(wake))}, and it is ${duration(this.#reached_us)} already`,
      )
    }
    return as(wake)
  }

  #mustHaveReached(type: string, at_us: Time_us): void {
    if (compare(this.#reached_us, at_us) === 0) return
    throw new PumpWireError(`the pump answered ${type} of ${duration(at_us)} at ${duration(this.#reached_us)}`)
  }
}

function understood(messages: readonly ToBench[]): readonly PumpOutput[] {
  try {
    return outputsOf(messages)
  } catch (error) {
    if (error instanceof StrangeReply) throw new PumpWireError(error.message, { cause: error })
    throw error
  }
}

export interface WirePumpOptions {
  /** As on the command line and in the result. */
  readonly name: string
  /** Begins a new way to the pump. */
  readonly connect: () => ByteLink
  /** A number for a session, 0 to 2^32 - 1; another one each time. */
  readonly nonce: () => number
  readonly patience?: Patience
  /** Told of each log line of the pump. */
  readonly onLog?: (line: string) => void
}

/** A pump that speaks the protocol of docs/PROTOCOL.md. Each run begins a way to it and a session of its own, and ends both. */
export function wirePump(options: WirePumpOptions): PumpDefinition {
  let known: Abilities | undefined
  const begun = <T>(use: (session: PumpSession, abilities: Abilities) => T): T => {
    const { connect, nonce, patience, onLog } = options
    const session = new PumpSession({
      ...{ link: connect(), nonce: nonce() },
      ...(patience === undefined ? {} : { patience }),
      ...(onLog === undefined ? {} : { onLog }),
    })
    try {
      session.open()
      const reply = session.ask({ type: 'CANS' })
      if (reply.kind === 'nak') throw new PumpWireError(`the pump does not say what it can: ${reply.nak.reason}`)
      known = new Abilities(reply.outputs.flatMap((message) => (message.type === 'CAN' ? [message] : [])))
      return use(session, known)
    } catch (error) {
      session.close()
      throw error
    }
  }
  return definePump({
    name: options.name,
    create: (setup) => begun((session, abilities) => new RemotePump(session, abilities, setup)),
    lacks: (scenario) => {
      const abilities =
        known ??
        begun((session, found) => {
          session.close()
          return found
        })
      return lackOf(scenario, setupOf(scenario), abilities)
    },
  })
}
