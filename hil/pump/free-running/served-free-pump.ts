/**
 * A pump of this process that runs by a clock of its own on the pump's wire, as docs/PROTOCOL.md section 21 says: every
 * command is executed when it comes, and what has happened in between waits until it is asked for.
 */
import type { PumpModel } from '#firmware-sim/model'
import { readFaultLine } from '#hil/pump/free-running/fault-line'
import { FreePump } from '#hil/pump/free-running/free-pump'
import { OwnClock } from '#hil/pump/free-running/own-clock'
import { type Happening, Waiting } from '#hil/pump/free-running/waiting'
import { definePump, type PumpDefinition } from '#hil/pump/pump'
import { outputMessages } from '#hil/pump/wire/output-messages'
import { type Served, Unfit } from '#hil/pump/wire/served'
import { ServedPump } from '#hil/pump/wire/served-pump'
import { PUMP_LIMITS } from '#protocol/pump/limits'
import type { ToBench, ToPump } from '#protocol/pump/message'
import type { OptionName } from '#protocol/pump/words'
import { decimal, duration } from '#units/format'
import { as, type Time_us } from '#units/quantity'
import { add, compare, magnitude, ratio, times, toNumber, whole, ZERO } from '#units/rational'

/** What the bench does to a pump in virtual time alone: here its motor is its own, and faults come by the back door. */
const NOT_ON_THIS_WIRE: readonly ToPump['type'][] = ['ROTOR', 'CUT', 'RESTORE', 'SAG', 'OHM', 'JUMP', 'FLIP']

/** The EVENT of a pump whose clock stood still. */
const SUSPENDED = 'suspended'

export interface ServedFreePumpOptions {
  readonly pump: PumpDefinition
  /** The figures that hold unless others are sent. */
  readonly model: PumpModel
  /** Microseconds that never go back, since any instant. */
  readonly clock: () => number
  /** Told, in words, that the clock of the pump stood still. */
  readonly onStood?: (text: string) => void
}

/** Most instants of faults that wait. */
const MOST_COMING = 10_000

/** Drifts that are there at one time add up to no more. */
const LARGEST_DRIFT = ratio(1n, 2n)

interface Running {
  readonly pump: FreePump
  readonly clock: OwnClock
}

export class ServedFreePump implements Served {
  readonly #options: ServedFreePumpOptions
  readonly #served: ServedPump
  readonly #waiting = new Waiting()
  /** The pump as the set-up made it. */
  #made: FreePump | null = null
  /** The pump once it has been switched on, and until it is switched off. */
  #running: Running | null = null
  #faults = 0
  now_us: Time_us = as(ZERO)

  constructor(options: ServedFreePumpOptions) {
    this.#options = options
    const create: PumpDefinition['create'] = (setup) => {
      this.#made = new FreePump(options.pump.create(setup), (drift) => this.#running?.clock.run(1 + toNumber(drift)))
      return this.#made
    }
    this.#served = new ServedPump(definePump({ name: options.pump.name, create }), options.model)
  }

  get wake_us(): Time_us | null {
    if (this.#running === null) return null
    if (this.#waiting.size > 0) return this.now_us
    return this.due_us
  }

  /** When something happens by itself next, which may be past; null while nothing will. */
  get due_us(): Time_us | null {
    return this.#running?.pump.nextWake() ?? null
  }

  execute(command: ToPump): readonly ToBench[] {
    if (NOT_ON_THIS_WIRE.includes(command.type))
      throw new Unfit(`${command.type}: the pump is free-running`, { reason: 'LACKS' })
    const running = this.#running
    if (running === null) return this.#standing(command)
    const now_us = this.#pass(running, command.type === 'ADVANCE')
    const answer = this.#answer(command, now_us)
    if (command.type === 'BYE') this.switchOff()
    return [...this.#waiting.take(PUMP_LIMITS.outputs - answer.length), ...answer]
  }

  /** Works through what has become due. */
  pass(): void {
    if (this.#running !== null) this.#pass(this.#running, true)
  }

  /** The pump stands, and does nothing any more. */
  switchOff(): void {
    this.#running?.pump.close()
    this.#running = null
  }

  /** Has what a line of the back door says befall the pump; what was done, or why nothing was. */
  befall(line: string): string {
    const running = this.#running
    if (running === null) return 'refused: the pump is not switched on; HELLO, set-up and START come first'
    const now_us = this.#pass(running, false)
    const read = readFaultLine(line, now_us, this.#faults)
    if (!read.ok) return `refused: ${read.problem}`
    const drift = read.fault.fault === 'clock-drift' ? add(running.pump.drift, read.fault.drift) : ZERO
    if (compare(magnitude(drift), LARGEST_DRIFT) > 0)
      return `refused: ${read.fault.text}: with what is under way its clock would be off by ${decimal(times(drift, 100))} %; a half is the most`
    const { coming } = running.pump
    if (coming + read.turns.length > MOST_COMING)
      return `refused: ${coming} instants of faults are still to come, and ${read.turns.length} more are beyond ${MOST_COMING}; wait until some are over`
    this.#faults += 1
    running.pump.befall(read.turns)
    const powered = running.pump.powered ? '' : ', and the pump has no power'
    this.#pass(running, true)
    return `done: ${read.fault.text}, at ${now_us.n} us of the pump${powered}`
  }

  /** The reply before the pump is switched on, and after. */
  #standing(command: ToPump): readonly ToBench[] {
    if (command.type === 'CANS') return this.#cans()
    if (this.#made !== null) throw new Unfit('the pump was switched off', { reason: 'ORDER' })
    const answer = this.#served.execute(command)
    if (command.type === 'START' && this.#made !== null) {
      const { clock } = this.#options
      this.#running = { pump: this.#made, clock: new OwnClock({ clock, onStood: (us) => this.#stood(us) }) }
    }
    return answer
  }

  /** What there is to say to the command itself. */
  #answer(command: ToPump, now_us: Time_us): readonly ToBench[] {
    if (command.type === 'ADVANCE') return []
    return command.type === 'CANS' ? this.#cans() : this.#served.execute(stamped(command, now_us))
  }

  #pass({ pump, clock }: Running, begins: boolean): Time_us {
    const now_us = as<Time_us>(whole(clock.now_us()))
    this.now_us = now_us
    const said = begins ? pump.react(now_us, { kind: 'wake' }) : pump.comeTo(now_us)
    this.#waiting.add(said.flatMap(outputMessages).map(happening))
    return now_us
  }

  #stood(stood_us: number): void {
    const text = `the process was suspended: the clock of the pump stood still for ${duration(as(whole(Math.round(stood_us))))}, and nothing of that is made up for`
    this.#options.onStood?.(text)
    this.#waiting.add([{ type: 'EVENT', at: this.now_us, event: SUSPENDED, detail: text }])
  }

  #cans(): readonly ToBench[] {
    const here: ToBench = { type: 'CAN', what: 'option', name: 'free-running' satisfies OptionName }
    const others = this.#served
      .execute({ type: 'CANS' })
      .filter((can) => can.type !== 'CAN' || !NOT_ON_THIS_WIRE.some((name) => name === can.name))
    return [...others, here]
  }
}

/** What a pump says by itself, which has an instant. */
function happening(message: ToBench): Happening {
  if ('at' in message) return message
  throw new RangeError(`the pump said ${message.type} without being asked`)
}

/** The command as if it had been sent for this instant. */
function stamped(command: ToPump, now_us: Time_us): ToPump {
  return 'at' in command ? { ...command, at: now_us } : command
}
