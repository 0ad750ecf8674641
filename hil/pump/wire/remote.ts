/**
 * A pump at the end of a wire, as the bench sees every pump: what it is asked goes out as commands, what it says comes back.
 *
 * The bench holds it to what no pump can do: speak of the future, go back in time, answer another digest than it was
 * asked for. Whatever it does beyond that is the pump's own and is judged with the run.
 */
import type { PumpInput, PumpOutput } from '#firmware-sim/messages'
import { definePump, type Pump, type PumpDefinition, type PumpSetup } from '#hil/pump/pump'
import { setupOf } from '#hil/pump/setup'
import { Abilities } from '#hil/pump/wire/abilities'
import type { ByteLink } from '#hil/pump/wire/byte-link'
import { FreeRunningPump } from '#hil/pump/wire/free-running'
import { FREE_RUNNING, lackOf } from '#hil/pump/wire/lacking'
import { type Patience, PumpSession, PumpWireError } from '#hil/pump/wire/session'
import { setupMessages } from '#hil/pump/wire/setup-messages'
import { type Done, PumpTalk, understood } from '#hil/pump/wire/talk'
import type { ToPump } from '#protocol/pump/message'
import { duration } from '#units/format'
import { as, type Time_us } from '#units/quantity'
import { compare, type Rational, ZERO } from '#units/rational'

/** Commands that one call may take: a pump that stops again and again, or wakes again and again, never ends otherwise. */
const MOST_ADVANCES = 10_000

class RemotePump implements Pump {
  readonly #talk: PumpTalk
  #reached_us: Time_us = as(ZERO)
  /** The instant of the last output. */
  #said_us: Time_us = as(ZERO)
  #wake_us: Time_us | null = null

  /** Sets up a pump with which a session is open. */
  constructor(session: PumpSession, abilities: Abilities, setup: PumpSetup) {
    this.#talk = new PumpTalk(session, abilities, (command, reply) => this.#outputs(command, reply))
    this.#talk.tell([...setupMessages(setup, abilities), { type: 'START' }])
  }

  react(at_us: Time_us, input: PumpInput): readonly PumpOutput[] {
    if (input.kind === 'wake') return this.#advance(at_us)
    return [...this.#upTo(at_us), ...this.#talk.input(at_us, input)]
  }

  nextWake(): Time_us | null {
    return this.#wake_us
  }

  close(): void {
    this.#talk.close()
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

  #advance(to_us: Time_us): readonly PumpOutput[] {
    const outputs: PumpOutput[] = []
    for (let n = 0; n < MOST_ADVANCES; n += 1) {
      const before_us = this.#reached_us
      const said = this.#talk.advance(to_us)
      outputs.push(...said)
      if (compare(this.#reached_us, to_us) >= 0) return outputs
      if (said.length === 0 && compare(this.#reached_us, before_us) === 0) break
    }
    throw new PumpWireError(`the pump does not get on: it stands at ${duration(this.#reached_us)} and was to go on`)
  }

  /** What the pump said, in order and at instants that can be. */
  #outputs(command: ToPump, reply: Done): readonly PumpOutput[] {
    const { type } = command
    const { done } = reply
    if (compare(done.at, this.#reached_us) < 0) {
      throw new PumpWireError(`the pump went back to ${duration(as(done.at))} from ${duration(this.#reached_us)}`)
    }
    const outputs = understood(reply)
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
    if ('at' in command) this.#mustHaveReached(type, as(command.at))
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

export interface WirePumpOptions {
  /** As on the command line and in the result. */
  readonly name: string
  /** Begins a new way to the pump. */
  readonly connect: () => ByteLink
  /** A number for a session, 0 to 2^32 - 1; another one each time. */
  readonly nonce: () => number
  readonly patience?: Patience
  /** How often one that turns its own motor is asked at least, in microseconds; each 10 s if not given. */
  readonly ask_us?: number
  /** Told of each log line of the pump. */
  readonly onLog?: (line: string) => void
}

/** How often a free-running pump is asked what has happened: it keeps what it has to say for longer than that. */
const ASK_us = 10_000_000

/** A pump that speaks the protocol of docs/PROTOCOL.md. Each run begins a way to it and a session of its own, and ends both. */
export function wirePump(options: WirePumpOptions): PumpDefinition {
  let known: Abilities | undefined
  /** Why it could not be asked what it can: the run that follows need not try again. */
  let failure: PumpWireError | undefined
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
  const abilities = () => {
    if (failure !== undefined) throw failure
    try {
      known ??= begun((session, found) => {
        session.close()
        return found
      })
      return known
    } catch (error) {
      if (error instanceof PumpWireError) failure = error
      throw error
    }
  }
  return definePump({
    name: options.name,
    create: (setup) => {
      const met = failure
      failure = undefined
      if (met !== undefined) throw met
      return begun((session, found) =>
        found.isFreeRunning
          ? new FreeRunningPump(session, found, setup, options.ask_us ?? ASK_us)
          : new RemotePump(session, found, setup),
      )
    },
    hasAlarm: (name) => abilities().hasAlarm(name),
    turnsMotor: () => abilities().isFreeRunning,
    lacks: (scenario, looksOn = false) =>
      abilities().isFreeRunning && !looksOn ? FREE_RUNNING : lackOf(scenario, setupOf(scenario), abilities()),
  })
}
