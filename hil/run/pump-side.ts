/**
 * The pump's side of the bench: everything that is asked of the pump, and everything it says, on record.
 *
 * A pump under test may throw, fall silent or talk out of turn; whatever it does ends as a failure of the pump.
 */
import type { BookedRun, Program, PumpInput, PumpOutput } from '#firmware-sim/messages'
import type { Pump, PumpDefinition } from '#hil/pump/pump'
import { byDrug, exact, wholeMicroseconds } from '#hil/run/exact'
import { MOST_STEPS, type Motion } from '#hil/run/motion'
import { programRecord, sendProgram } from '#hil/run/programmer'
import { PumpError } from '#hil/run/pump-error'
import type { Recorder } from '#hil/run/recorder'
import type { Scenario } from '#hil/scenario/types'
import type { Time_us } from '#units/quantity'

/** Wakes a pump may ask for within one microsecond. */
const WAKES_LIMIT = 100

/** Longest reason of a refusal that is kept. */
const LONGEST_REASON = 1000

export class PumpSide {
  readonly #create: () => Pump
  #created: Pump | null = null
  readonly #motion: Motion
  readonly #recorder: Recorder
  #wake_us: Time_us | null = null
  #lastWake_us = -1
  #wakesHere = 0

  constructor(scenario: Scenario, definition: PumpDefinition, motion: Motion, recorder: Recorder) {
    const { programmed } = scenario.fill
    this.#create = () =>
      definition.create({ model: scenario.pump, contents: programmed, volume_uL: programmed.volume_uL })
    this.#motion = motion
    this.#recorder = recorder
  }

  /** Makes the pump, as set up before the start. */
  begin(): void {
    this.#created = this.#guard(this.#create)
    this.#wake_us = this.#guard(() => this.#pump.nextWake())
  }

  get #pump(): Pump {
    if (this.#created === null) throw new RangeError('the pump was not set up')
    return this.#created
  }

  /** When the pump wants to be woken; null when nothing will happen by itself. */
  get wake_us(): Time_us | null {
    return this.#wake_us
  }

  async wake(at_us: Time_us): Promise<void> {
    // A pump that asks to be woken again and again in one microsecond would keep the run there for ever.
    const now_us = wholeMicroseconds(at_us)
    this.#wakesHere = this.#lastWake_us === now_us ? this.#wakesHere + 1 : 0
    this.#lastWake_us = now_us
    if (this.#wakesHere > WAKES_LIMIT)
      throw new PumpError('the pump asks to be woken again and again at the same instant')
    await this.#absorb(this.#ask(at_us, { kind: 'wake' }))
  }

  /** Programs the pump, and records what it applied or refused. `text` is the entry as the scenario wrote it. */
  async program(at_us: Time_us, text: string, program: Program): Promise<void> {
    const others: PumpOutput[] = []
    const answer = this.#guard(() => sendProgram(this.#pump, at_us, program, (outputs) => others.push(...outputs)))
    const when = { t_us: wholeMicroseconds(at_us), at_us: exact(at_us), text }
    if (answer.applied) {
      const { readback, digest, stored } = answer
      const previous_uL = readback?.previousDaily_uL ?? null
      this.#recorder.record({
        kind: 'applied',
        ...when,
        readback: programRecord(stored),
        daily_uL: readback === null ? '0' : exact(readback.daily_uL),
        previousDaily_uL: previous_uL === null ? null : exact(previous_uL),
        digest,
      })
    } else {
      this.#recorder.record({
        kind: 'refused',
        ...when,
        asked: programRecord(program),
        reason: answer.reason.slice(0, LONGEST_REASON),
      })
    }
    await this.#absorb(others)
  }

  /** Asks the pump for its account, and records it. Returns the run it has not closed. */
  async interrogate(at_us: Time_us): Promise<BookedRun | null> {
    const outputs = this.#ask(at_us, { kind: 'interrogate' })
    await this.#absorb(outputs.filter((output) => output.kind !== 'status'))
    const answer = outputs.find((output) => output.kind === 'status')
    if (answer === undefined) throw new PumpError('the pump did not answer an interrogation')
    const { state, steps, volume_uL, dose_ug, reservoir_uL, open } = answer.status
    this.#recorder.record({
      kind: 'status',
      t_us: wholeMicroseconds(at_us),
      state,
      steps,
      volume_uL: exact(volume_uL),
      dose_ug: byDrug(dose_ug),
      reservoir_uL: exact(reservoir_uL),
    })
    return open
  }

  /** The last word of the pump: what it has booked and not yet closed is recorded as booked. */
  async conclude(at_us: Time_us): Promise<void> {
    const open = await this.interrogate(at_us)
    if (open !== null) this.#recordBooked(at_us, open)
  }

  async #absorb(outputs: readonly PumpOutput[]): Promise<void> {
    for (const output of outputs) await this.#heard(output)
    this.#wake_us = this.#guard(() => this.#pump.nextWake())
  }

  async #heard(output: PumpOutput): Promise<void> {
    const t_us = wholeMicroseconds(output.at_us)
    switch (output.kind) {
      case 'order': {
        const { first_us, interval_us, count } = output
        this.#recorder.record({
          kind: 'order',
          t_us,
          first_us: exact(first_us),
          interval_us: exact(interval_us),
          count,
        })
        this.#motion.order(first_us, interval_us, count)
        break
      }
      case 'cancel':
        this.#recorder.record({ kind: 'cancel', t_us, after_us: exact(output.after_us) })
        await this.#motion.cancel(output.after_us)
        break
      case 'booked':
        this.#recordBooked(output.at_us, output.run)
        break
      case 'alarm': {
        const { alarm, priority, state } = output
        this.#recorder.record({ kind: 'alarm', t_us, alarm, priority, state })
        break
      }
      case 'event':
        this.#recorder.record({ kind: 'event', t_us, event: output.event, detail: output.detail })
        break
      case 'readback':
      case 'applied':
      case 'refused':
      case 'status':
        throw new PumpError(`the pump said "${output.kind}" without being asked`)
    }
  }

  #recordBooked(at_us: Time_us, run: BookedRun): void {
    if (!(Number.isSafeInteger(run.count) && run.count > 0 && run.count <= MOST_STEPS)) {
      throw new PumpError(`the pump booked a run of ${run.count} steps; 1 to ${MOST_STEPS} are possible`)
    }
    this.#recorder.record({
      kind: 'booked',
      t_us: wholeMicroseconds(at_us),
      first_us: exact(run.first_us),
      interval_us: exact(run.interval_us),
      count: run.count,
      step_uL: exact(run.step_uL),
      drug: run.drug,
      step_ug: exact(run.step_ug),
    })
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
