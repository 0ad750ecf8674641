/**
 * A pump at the end of a wire that has a clock of its own and turns its own motor (docs/PROTOCOL.md, section 21).
 *
 * The bench cannot hold its time. It asks now and then what has happened, and puts each instant that the pump states on its own axis by how long ago
 * it was when the pump answered: so a crystal that is off makes an instant wrong by what it is off since then, and nothing adds
 * up. An exchange takes its time, in which the bench stands and the pump goes on; nothing is ever said to be later than the question, and
 * nothing before what was said already.
 */
import type { BookedRun, PumpInput, PumpOutput } from '#firmware-sim/messages'
import type { Pump, PumpSetup } from '#hil/pump/pump'
import type { Abilities } from '#hil/pump/wire/abilities'
import { type PumpSession, PumpWireError } from '#hil/pump/wire/session'
import { setupMessages } from '#hil/pump/wire/setup-messages'
import { type Done, PumpTalk, understood } from '#hil/pump/wire/talk'
import type { ToPump } from '#protocol/pump/message'
import { OUTPUTS_DROPPED } from '#protocol/pump/words'
import { duration } from '#units/format'
import { as, type Time_us } from '#units/quantity'
import { add, compare, larger, type Rational, subtract, times, whole, ZERO } from '#units/rational'

/** Questions in a row to a pump that always has more to say. */
const MOST_QUESTIONS = 100

export class FreeRunningPump implements Pump {
  readonly #talk: PumpTalk
  readonly #ask_us: Rational
  /** When it was asked last, on the axis of the bench; null before it was started. */
  #asked_us: Time_us | null = null
  /** How far it has come by its own clock, as far as it has said. */
  #present_us: Rational = ZERO
  /** On the axis of the bench: the instant of the last output, and of the last step that was booked. */
  #said_us: Rational = ZERO
  #booked_us: Rational = ZERO
  #hasMore = false

  /** Sets up a pump with which a session is open; it is asked at least every `ask_us`. */
  constructor(session: PumpSession, abilities: Abilities, setup: PumpSetup, ask_us: number) {
    this.#ask_us = whole(ask_us)
    this.#talk = new PumpTalk(session, abilities, (command, reply) => this.#heard(command, reply))
    this.#talk.tell(setupMessages(setup, abilities))
  }

  start(): void {
    this.#talk.tell([{ type: 'START' }])
    this.#asked_us = as(ZERO)
  }

  react(at_us: Time_us, input: PumpInput): readonly PumpOutput[] {
    if (this.#asked_us === null) throw new PumpWireError(`the pump was to hear "${input.kind}" before it was started`)
    this.#asked_us = at_us
    if (input.kind === 'wake') return this.#ask(at_us)
    if (input.kind === 'rotor')
      throw new PumpWireError('the pump turns its own motor, and was told of a step that a rig made')
    return this.#talk.input(at_us, input)
  }

  nextWake(): Time_us | null {
    return this.#asked_us === null ? null : as(add(this.#asked_us, this.#ask_us))
  }

  close(): void {
    this.#talk.close()
  }

  #ask(at_us: Time_us): readonly PumpOutput[] {
    const outputs: PumpOutput[] = []
    for (let n = 0; n < MOST_QUESTIONS; n += 1) {
      outputs.push(...this.#talk.advance(at_us))
      if (!this.#hasMore) return outputs
    }
    throw new PumpWireError(`the pump was asked ${MOST_QUESTIONS} times what has happened, and always had more to say`)
  }

  /** What the pump said, each at its instant on the axis of the bench. */
  #heard({ type }: ToPump, reply: Done): readonly PumpOutput[] {
    const { at: present_us, wake } = reply.done
    if (compare(present_us, this.#present_us) < 0) {
      throw new PumpWireError(
        `the pump went back to ${duration(as(present_us))} from ${duration(as(this.#present_us))}`,
      )
    }
    this.#present_us = present_us
    this.#hasMore = wake !== 'never' && compare(wake, present_us) <= 0
    const onBench = (own_us: Rational): Rational => subtract(this.#asked_us ?? ZERO, subtract(present_us, own_us))
    return understood(reply).map((output) => {
      mustBeOfOwnMotor(output)
      const last_us = lastInstant(output)
      if (compare(last_us, present_us) > 0) {
        throw new PumpWireError(
          `the pump said "${output.kind}" of ${duration(as(last_us))} in answer to ${type}, and it is ${duration(as(present_us))} by its clock`,
        )
      }
      this.#said_us = larger(this.#said_us, onBench(output.at_us))
      return this.#moved({ ...output, at_us: as(this.#said_us) }, onBench)
    })
  }

  /** The steps of an output on the axis of the bench; those that are booked come after all that were. */
  #moved(output: PumpOutput, onBench: (own_us: Rational) => Rational): PumpOutput {
    switch (output.kind) {
      case 'booked': {
        const run = this.#afterBooked(output.run, onBench)
        this.#booked_us = lastStep(run)
        return { ...output, run }
      }
      case 'withdrawn':
        return { ...output, run: { ...output.run, first_us: as(larger(ZERO, onBench(output.run.first_us))) } }
      case 'status': {
        const { open } = output.status
        return open === null
          ? output
          : { ...output, status: { ...output.status, open: this.#afterBooked(open, onBench) } }
      }
      case 'log': {
        const entries = output.entries.map((one) => ({ ...one, at_us: as<Time_us>(larger(ZERO, onBench(one.at_us))) }))
        return { ...output, entries }
      }
      default:
        return output
    }
  }

  #afterBooked(run: BookedRun, onBench: (own_us: Rational) => Rational): BookedRun {
    return { ...run, first_us: as(larger(this.#booked_us, onBench(run.first_us))) }
  }
}

function lastStep({ first_us, interval_us, count }: BookedRun): Rational {
  return add(first_us, times(interval_us, count - 1))
}

/** The last instant of which an output speaks. */
function lastInstant(output: PumpOutput): Rational {
  if (output.kind === 'booked' || output.kind === 'withdrawn') return larger(output.at_us, lastStep(output.run))
  if (output.kind === 'status' && output.status.open !== null) return larger(output.at_us, lastStep(output.status.open))
  return output.at_us
}

function mustBeOfOwnMotor(output: PumpOutput): void {
  if (output.kind === 'order' || output.kind === 'cancel') {
    const what = output.kind === 'order' ? 'ordered steps' : 'took back steps'
    throw new PumpWireError(
      `the pump ${what} of a rig, and says of itself that it turns its own motor (option free-running)`,
    )
  }
  if (output.kind === 'event' && output.event === OUTPUTS_DROPPED) {
    throw new PumpWireError(
      `the pump could not keep what it had to say until it was asked: ${output.detail.slice(0, 20)} outputs are lost, and what they were is not known`,
    )
  }
}
