/** A free-running pump of this process at the end of a wire, on a clock that a test moves. */
import type { PumpInput, PumpOutput } from '#firmware-sim/messages'
import { ServedFreePump, type ServedFreePumpOptions } from '#hil/pump/free-running/served-free-pump'
import { modelPump } from '#hil/pump/model'
import { setupOf } from '#hil/pump/setup'
import { Abilities } from '#hil/pump/wire/abilities'
import { inputMessage } from '#hil/pump/wire/input-messages'
import { outputsOf } from '#hil/pump/wire/output-messages'
import { programMessages } from '#hil/pump/wire/program-messages'
import { PumpEnd } from '#hil/pump/wire/pump-end'
import { PumpSession, type Reply } from '#hil/pump/wire/session'
import { setupMessages } from '#hil/pump/wire/setup-messages'
import type { Scenario } from '#hil/scenario/types'
import { messageText } from '#protocol/pump/frame'
import type { ToBench, ToPump } from '#protocol/pump/message'
import { programSum } from '#protocol/pump/program-sum'
import type { Time_us } from '#units/quantity'
import { type Rational, toNumber, whole } from '#units/rational'
import { type Far, im20, MemoryLink } from './links.ts'

export const SECOND_us = 1_000_000
export const MINUTE_us = 60 * SECOND_us
export const HOUR_us = 60 * MINUTE_us

/** So far a test moves the clock at once; of a longer gap only a minute counts. */
const STRIDE_us = 50 * SECOND_us

export type Done = Extract<Reply, { readonly kind: 'done' }>

export class FreeBench {
  /** Microseconds, since an instant of no meaning. */
  clock_us = 7_000_000_123
  #zero_us = 0
  served: ServedFreePump | undefined
  readonly stood: string[] = []
  readonly end: PumpEnd
  session: PumpSession
  /** What of the pump's answers comes through. */
  up: Far = (bytes) => [bytes]

  constructor(options: Partial<ServedFreePumpOptions> = {}) {
    const serve = () => {
      this.served = new ServedFreePump({
        ...{ pump: modelPump, model: im20(), clock: () => this.clock_us },
        onStood: (text) => this.stood.push(text),
        ...options,
      })
      return this.served
    }
    this.end = new PumpEnd({ serve, identity: 'free', build: '00000000' })
    this.session = this.begin(1)
  }

  /** A session of that nonce, on a link of its own. */
  begin(nonce: number): PumpSession {
    const link = new MemoryLink((bytes) => this.up(this.end.receive(bytes)))
    this.session = new PumpSession({ link, nonce })
    this.session.open()
    return this.session
  }

  done(message: ToPump): Done {
    const reply = this.session.ask(message)
    if (reply.kind === 'nak') throw new Error(`${message.type}: ${reply.nak.reason} ${reply.nak.detail}`)
    return reply
  }

  cans(): readonly string[] {
    return this.done({ type: 'CANS' }).outputs.flatMap((can) => (can.type === 'CAN' ? [`${can.what} ${can.name}`] : []))
  }

  /** Sets it up as the scenario says and switches it on. */
  start(scenario: Scenario): void {
    const { outputs } = this.done({ type: 'CANS' })
    const abilities = new Abilities(outputs.filter((message) => message.type === 'CAN'))
    for (const message of setupMessages(setupOf(scenario), abilities)) this.done(message)
    this.done({ type: 'START' })
    this.#zero_us = this.clock_us
  }

  /** Moves the clock to an instant of the pump, a little at a time, as a timer does that wakes it. */
  moveTo(at_us: number): void {
    const target_us = this.#zero_us + at_us
    while (target_us - this.clock_us > STRIDE_us) {
      this.clock_us += STRIDE_us
      this.served?.pass()
    }
    this.clock_us = target_us
  }

  advance(): Done {
    return this.done({ type: 'ADVANCE', to: whole(0) })
  }

  /** Says to the pump what an input is, at the present instant; what it says. */
  say(input: PumpInput): readonly PumpOutput[] {
    // What the bench thinks that it is does not matter.
    const stale = whole(3) as Time_us
    if (input.kind !== 'prepare') return outputsOf(this.done(inputMessage(stale, input)).outputs)
    const parts = programMessages(input.program)
    const before: ToBench[] = parts.flatMap((part) => this.done(part).outputs)
    const sum = programSum(parts.map((part) => messageText('to-pump', part)))
    const reply = this.done({ type: 'PREPARE', at: stale, parts: parts.length - 1, sum })
    return outputsOf([...before, ...reply.outputs])
  }
}

export function us(at_us: Rational): number {
  return toNumber(at_us)
}
