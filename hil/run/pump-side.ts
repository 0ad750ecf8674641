/**
 * The pump's side of the bench: everything that is asked of the pump, and everything it says, on record.
 *
 * A pump under test may throw, fall silent or talk out of turn; whatever it does ends as a failure of the pump. Only a
 * pump without power may be silent, and then its programmer asks again when power is back.
 */
import type { BookedRun, Program, PumpInput, PumpOutput } from '#firmware-sim/messages'
import { DriftingPump } from '#hil/fault/drifting-pump'
import { isClockDrift } from '#hil/fault/local-clock'
import type { Pump, PumpDefinition } from '#hil/pump/pump'
import { setupOf } from '#hil/pump/setup'
import { wholeMicroseconds } from '#hil/run/exact'
import type { Motion } from '#hil/run/motion'
import { commit, isAnswer, type Programmed, sendProgram, UNANSWERED } from '#hil/run/programmer'
import type { Order } from '#hil/run/programs'
import { PumpError } from '#hil/run/pump-error'
import {
  alarmRecord,
  appliedRecord,
  bookingRecord,
  cancelRecord,
  eventRecord,
  logRecord,
  orderRecord,
  refusedRecord,
  statusRecord,
} from '#hil/run/pump-records'
import type { Recorder } from '#hil/run/recorder'
import type { BenchEvent } from '#hil/scenario/event-names'
import type { Scenario, SimpleEvent } from '#hil/scenario/types'
import { as, type Time_us } from '#units/quantity'
import { compare, ZERO } from '#units/rational'

/** Wakes a pump may ask for within one microsecond. */
const WAKES_LIMIT = 100

/** What has become of something that was sent to the pump; it may become known later. */
export interface Sent {
  state: 'applied' | 'refused' | 'unknown'
}

/** An order that was committed without an answer. */
interface Unanswered {
  readonly at_us: Time_us
  readonly order: Order
  readonly asked: Parameters<typeof commit>[2]
  readonly sent: Sent
}

type RotorInput = Extract<PumpInput, { kind: 'rotor' }>

/** What a person does with the pump that needs neither transaction nor answer. */
export type Command = Exclude<SimpleEvent, 'interrogate' | 'restart'>

export class PumpSide {
  readonly #create: () => Pump
  #created: Pump | null = null
  #turnsMotor = false
  readonly #motion: Motion
  readonly #recorder: Recorder
  readonly #onPower: (on: boolean, at_us: Time_us) => void
  #powered = true
  #unanswered: Unanswered[] = []
  /** What the motor told of steps made before the supply went, which the pump learns once it is back. */
  #untold: RotorInput[] = []
  #wake_us: Time_us | null = null
  #lastWake_us = -1
  #wakesHere = 0

  /** `onPower` is told when the supply of the pump goes or returns. */
  constructor(
    scenario: Scenario,
    definition: PumpDefinition,
    { motion, recorder }: { readonly motion: Motion; readonly recorder: Recorder },
    onPower: (on: boolean, at_us: Time_us) => void,
  ) {
    const drifts = scenario.faults.filter(isClockDrift)
    this.#create = () => {
      const pump = definition.create(setupOf(scenario))
      this.#turnsMotor = pump.start !== undefined
      return drifts.length === 0 ? pump : new DriftingPump(pump, drifts)
    }
    this.#motion = motion
    this.#recorder = recorder
    this.#onPower = onPower
  }

  /** Makes the pump, as set up before the start. */
  setUp(): void {
    this.#created = this.#guard(this.#create)
  }

  /** Whether the pump has a clock of its own, turns its own motor, and is set up. */
  get turnsMotor(): boolean {
    return this.#turnsMotor
  }

  /** The run begins. */
  begin(): void {
    this.#guard(() => this.#pump.start?.())
    this.#wake_us = this.#guard(() => this.#pump.nextWake())
  }

  /** The run is over. */
  close(): void {
    this.#created?.close?.()
  }

  get #pump(): Pump {
    if (this.#created === null) throw new RangeError('the pump was not set up')
    return this.#created
  }

  /** Whether the pump has its supply. */
  get powered(): boolean {
    return this.#powered
  }

  /** When the pump wants to be woken; null when nothing will happen by itself. */
  get wake_us(): Time_us | null {
    return this.#wake_us
  }

  wake(at_us: Time_us): void {
    // A pump that asks to be woken again and again in one microsecond would keep the run there for ever.
    const now_us = wholeMicroseconds(at_us)
    this.#wakesHere = this.#lastWake_us === now_us ? this.#wakesHere + 1 : 0
    this.#lastWake_us = now_us
    if (this.#wakesHere > WAKES_LIMIT)
      throw new PumpError('the pump asks to be woken again and again at the same instant')
    this.meet(at_us, { kind: 'wake' })
  }

  /** Something befalls the pump that asks for no answer. */
  meet(at_us: Time_us, input: PumpInput): void {
    this.#absorb(this.#ask(at_us, input))
  }

  /** What became of a step. The link brings it a round trip late; to a pump that has lost its power since, when it is back. */
  feel(at_us: Time_us, input: RotorInput): void {
    if (this.#powered) this.meet(at_us, input)
    else this.#untold.push(input)
  }

  /** Programs the pump, and records what it applied or refused. */
  program(at_us: Time_us, order: Order): Sent {
    const others: PumpOutput[] = []
    const answer = this.#guard(() => sendProgram(this.#pump, at_us, order, (outputs) => others.push(...outputs)))
    const sent: Sent = { state: 'unknown' }
    if (answer.outcome === 'silent' && !this.#dead(others)) {
      const what = answer.asked === null ? 'read back what it stored' : 'answer'
      this.#conclude({ at_us, order, sent }, at_us, { outcome: 'refused', reason: `${UNANSWERED}${what}` })
    } else this.#conclude({ at_us, order, sent }, at_us, answer)
    this.#absorb(others)
    return sent
  }

  /** Gives the pump its power back; what was left without an answer is then asked again. */
  restorePower(at_us: Time_us): void {
    this.meet(at_us, { kind: 'power-returns' })
    const untold = this.#untold
    this.#untold = []
    for (const input of untold) this.feel(at_us, input)
    const open = this.#unanswered
    this.#unanswered = []
    for (const unanswered of open) {
      const others: PumpOutput[] = []
      const again = () => commit(this.#pump, at_us, unanswered.asked, (outputs) => others.push(...outputs))
      this.#conclude(unanswered, at_us, this.#guard(again))
      this.#absorb(others)
    }
  }

  /** Does something with the pump, and records what came of it. */
  command(at_us: Time_us, command: Command): void {
    const outputs = this.#ask(at_us, { kind: command })
    const others = outputs.filter((output) => !isAnswer(output) && output.kind !== 'log')
    const refused = outputs.find((output) => output.kind === 'refused')
    const applied = outputs.find((output) => output.kind === 'applied')
    if (refused !== undefined) this.#event(at_us, `${command}-refused`, refused.reason)
    if (command === 'stop' && applied !== undefined) this.#stopped(at_us, applied.digest)
    const log = outputs.find((output) => output.kind === 'log')
    if (log !== undefined) {
      if (command !== 'read-log') throw new PumpError('the pump said "log" without being asked')
      this.#event(at_us, 'log-read', `${log.entries.length} entries, ${log.dropped} older ones dropped`)
      this.#recorder.record(logRecord(at_us, log))
    }
    if (applied === undefined && log === undefined && this.#dead(outputs)) this.#lost(at_us, command)
    this.#absorb(others)
  }

  /** Asks the pump for its account, and records it. Returns the run it has not closed. */
  interrogate(at_us: Time_us, kind: 'interrogate' | 'observe'): BookedRun | null {
    const outputs = this.#ask(at_us, { kind })
    this.#absorb(outputs.filter((output) => output.kind !== 'status'))
    const answer = outputs.find((output) => output.kind === 'status')
    if (answer === undefined) {
      if (this.#powered) throw new PumpError('the pump did not answer an interrogation')
      if (kind === 'interrogate') this.#lost(at_us, kind)
      return null
    }
    this.#recorder.record(statusRecord(at_us, answer.status))
    return answer.status.open
  }

  /** The last word of the pump: what it has booked and not yet closed is recorded as booked. */
  conclude(at_us: Time_us): void {
    const open = this.interrogate(at_us, 'observe')
    if (open !== null) this.#recorder.record(bookingRecord('booked', at_us, open))
  }

  /** Tells the pump of its last steps after the end of the run; all that still counts is what it believes no longer. */
  drain(at_us: Time_us, input: PumpInput, end_us: Time_us): void {
    for (const output of this.#ask(at_us, input)) {
      if (output.kind === 'withdrawn' && compare(output.run.first_us, end_us) <= 0)
        this.#recorder.record(bookingRecord('withdrawn', output.at_us, output.run))
    }
  }

  /** Whether the pump is without power once it has said these. */
  #dead(outputs: readonly PumpOutput[]): boolean {
    const power = outputs.findLast((output) => output.kind === 'power')
    return power === undefined ? !this.#powered : !power.on
  }

  #conclude(entry: Omit<Unanswered, 'asked'>, now_us: Time_us, answer: Programmed): void {
    const { at_us, order, sent } = entry
    const sending = { at_us, known_us: now_us, text: order.text }
    switch (answer.outcome) {
      case 'applied':
        for (const warning of answer.confirmed) this.#event(now_us, 'warning-confirmed', `${order.text}: ${warning}`)
        sent.state = 'applied'
        this.#recorder.record(appliedRecord(sending, answer.readback))
        break
      case 'refused':
        sent.state = 'refused'
        this.#recorder.record(refusedRecord(sending, order.program, answer.reason))
        break
      case 'left':
        sent.state = 'refused'
        this.#event(
          now_us,
          'never-committed',
          `${order.text}: read back, and the session ended before it was committed`,
        )
        break
      case 'silent':
        this.#lost(now_us, order.text)
        if (answer.asked === null) {
          const reason = `${UNANSWERED}answer, so nothing was committed`
          this.#conclude(entry, now_us, { outcome: 'refused', reason })
        } else {
          const asked = { readback: answer.asked, confirmed: answer.confirmed }
          this.#unanswered.push({ at_us, order, sent, asked })
        }
        break
    }
  }

  #stopped(at_us: Time_us, digest: string): void {
    const stored: Program = { kind: 'therapy', therapy: { mode: 'stopped' } }
    const sending = { at_us, known_us: at_us, text: 'stop' }
    this.#recorder.record(appliedRecord(sending, { stored, digest, daily_uL: as(ZERO), previousDaily_uL: null }))
  }

  #lost(at_us: Time_us, what: string): void {
    this.#event(at_us, 'answer-lost', `the pump has no power and does not answer "${what}"`)
  }

  #absorb(outputs: readonly PumpOutput[]): void {
    for (const output of outputs) this.#heard(output)
    this.#wake_us = this.#guard(() => this.#pump.nextWake())
  }

  #heard(output: PumpOutput): void {
    switch (output.kind) {
      case 'order':
        this.#recorder.record(orderRecord(output))
        this.#motion.order(output.first_us, output.interval_us, output.count)
        break
      case 'cancel':
        this.#recorder.record(cancelRecord(output))
        this.#motion.cancel(output.after_us)
        break
      case 'booked':
      case 'withdrawn':
        this.#recorder.record(bookingRecord(output.kind, output.at_us, output.run))
        break
      case 'alarm':
        this.#recorder.record(alarmRecord(output))
        break
      case 'event':
        this.#recorder.record(eventRecord(output.at_us, output.event, output.detail))
        break
      case 'tone':
        this.#event(output.at_us, 'tone', output.alarm === null ? 'silent' : `${output.alarm}: ${output.pattern}`)
        break
      case 'power':
        this.#powered = output.on
        this.#event(output.at_us, 'power', output.on ? 'the pump has power again' : 'the pump has lost its power')
        this.#onPower(output.on, output.at_us)
        break
      case 'readback':
      case 'applied':
      case 'refused':
      case 'status':
      case 'log':
        throw new PumpError(`the pump said "${output.kind}" without being asked`)
    }
  }

  #event(at_us: Time_us, event: BenchEvent, detail: string): void {
    this.#recorder.record(eventRecord(at_us, event, detail))
  }

  #ask(at_us: Time_us, input: PumpInput): readonly PumpOutput[] {
    return this.#guard(() => this.#pump.react(at_us, input))
  }

  #guard<T>(call: () => T): T {
    try {
      return call()
    } catch (cause) {
      throw new PumpError(`the pump failed: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
    }
  }
}
