/**
 * A pump with a motor of its own, from one instant to the next: what it does by itself, what its motor tells it, and what
 * befalls it, each at its own exact instant and in the order in which the bench has it.
 *
 * It looks at no clock: whoever does says what instant it is. So what it believes does not depend on how often it is asked.
 */
import type { PumpInput, PumpOutput } from '#firmware-sim/messages'
import type { FaultTurn } from '#hil/fault/faults'
import { type Befalling, type Cut, comingOf } from '#hil/pump/free-running/befalling'
import { type Grip, LATER_us, OwnMotor, tickThrough } from '#hil/pump/free-running/own-motor'
import type { Pump } from '#hil/pump/pump'
import { TICK_us } from '#hil/rig/rig'
import { Agenda } from '#hil/run/agenda'
import type { Tidings } from '#hil/run/rotor-watch'
import { as, type Fraction, type Time_us } from '#units/quantity'
import { add, compare, larger, type Rational, whole, ZERO } from '#units/rational'

/** Wakes that a pump may ask for within one microsecond, as on the bench. */
const WAKES_LIMIT = 100

type RotorInput = Extract<PumpInput, { kind: 'rotor' }>

type Work = { readonly at_us: Rational } & (
  | { readonly kind: 'grip'; readonly grip: Grip }
  | { readonly kind: 'tidings'; readonly tidings: Tidings }
  | { readonly kind: 'befalling'; readonly befalling: Befalling }
  | { readonly kind: 'wake' }
  | { readonly kind: 'dispatch' }
)

export class FreePump implements Pump {
  readonly #pump: Pump
  readonly #motor = new OwnMotor()
  readonly #onDrift: (drift: Fraction) => void
  #drift: Fraction = as(ZERO)
  readonly #grips = new Agenda<{ readonly at_us: Time_us; readonly grip: Grip }>()
  readonly #befallings = new Agenda<Befalling>()
  /** Cuts that were ordered and have not come, the next first. */
  #cuts: Cut[] = []
  /** What the motor told of while the pump had no power. */
  #untold: RotorInput[] = []
  #powered = true
  #now_us: Rational = ZERO
  #wakesHere = 0

  /** `onDrift` is told by how much its clock runs fast or slow from now on. */
  constructor(pump: Pump, onDrift: (drift: Fraction) => void) {
    this.#pump = pump
    this.#onDrift = onDrift
  }

  get powered(): boolean {
    return this.#powered
  }

  /** How many instants of faults are still to come. */
  get coming(): number {
    return this.#grips.size + this.#befallings.size
  }

  /** By how much its clock runs fast, or slow below zero. */
  get drift(): Fraction {
    return this.#drift
  }

  /**
   * What it says up to the instant, and to the input there. With a `wake` it does what begins by itself at that very
   * instant, which other inputs come before.
   */
  react(at_us: Time_us, input: PumpInput): readonly PumpOutput[] {
    const before = this.#through(at_us, input.kind === 'wake')
    return input.kind === 'wake' ? before : [...before, ...this.#answer(at_us, input)]
  }

  /** What it says up to the instant, but for what begins by itself there. */
  comeTo(at_us: Time_us): readonly PumpOutput[] {
    return this.#through(at_us, false)
  }

  nextWake(): Time_us | null {
    const instants = [this.#pump.nextWake(), this.#motor.next()?.at_us, this.#befallings.next?.at_us].filter(
      (at_us) => at_us !== null && at_us !== undefined,
    )
    const [first, ...others] = instants
    if (first === undefined) return null
    const next = others.reduce((least, at_us) => (compare(at_us, least) < 0 ? at_us : least), first)
    return as(larger(next, this.#now_us))
  }

  close(): void {
    this.#pump.close?.()
  }

  /** Has a fault come over it, at its instants or as soon as it can. Throws RangeError for one that it cannot carry. */
  befall(turns: readonly FaultTurn[]): void {
    for (const turn of turns) {
      const coming = comingOf(turn, as(larger(turn.at_us, this.#now_us)))
      if (coming.kind === 'grip') this.#grips.enter(coming)
      else this.#befallings.enter(coming)
    }
  }

  /** Works through everything before the instant, and at it all but what begins by itself, unless that is asked for too. */
  #through(at_us: Time_us, begins: boolean): PumpOutput[] {
    const outputs: PumpOutput[] = []
    for (;;) {
      const work = this.#earliest()
      const isDue = work !== null && compare(work.at_us, at_us) < (begins || work.kind !== 'wake' ? 1 : 0)
      const until_us = isDue ? work.at_us : at_us
      // What the motor loses on the way can bring up something that comes first.
      if (this.#motor.turn(tickThrough(until_us))) continue
      this.#reach(until_us)
      if (!isDue) return outputs
      outputs.push(...this.#do(work))
      this.#motor.dispatch(tickThrough(until_us))
    }
  }

  #reach(at_us: Rational): void {
    if (tickThroughMicroseconds(at_us) > tickThroughMicroseconds(this.#now_us)) this.#wakesHere = 0
    this.#now_us = at_us
  }

  /** In the order of the bench: motor, its tidings, what befalls the pump, what it does by itself, steps handed on. */
  #earliest(): Work | null {
    let first: Work | null = null
    const { next: grip } = this.#grips
    if (grip !== undefined) first = { kind: 'grip', at_us: add(grip.at_us, whole(LATER_us)), grip: grip.grip }
    const tidings = this.#motor.next()
    if (tidings !== null && isBefore(tidings.at_us, first)) first = { kind: 'tidings', at_us: tidings.at_us, tidings }
    const { next: befalling } = this.#befallings
    if (befalling !== undefined && isBefore(befalling.at_us, first))
      first = { kind: 'befalling', at_us: befalling.at_us, befalling }
    const wake_us = this.#pump.nextWake()
    if (wake_us !== null && isBefore(larger(wake_us, this.#now_us), first))
      first = { kind: 'wake', at_us: larger(wake_us, this.#now_us) }
    const tick = this.#motor.nextDispatch_tick()
    if (!Number.isFinite(tick)) return first
    const at_us = larger(whole(tick * TICK_us), this.#now_us)
    return isBefore(at_us, first) ? { kind: 'dispatch', at_us } : first
  }

  #do(work: Work): readonly PumpOutput[] {
    switch (work.kind) {
      case 'grip':
        this.#grips.taken()
        this.#motor.grip(work.grip, tickThrough(work.at_us))
        return []
      case 'tidings':
        return this.#tell(work.tidings)
      case 'befalling':
        this.#befallings.taken()
        return this.#meet(work.befalling)
      case 'wake':
        this.#wakesHere += 1
        if (this.#wakesHere > WAKES_LIMIT)
          throw new RangeError('the pump asks to be woken again and again at the same instant')
        return this.#ask(as(work.at_us), { kind: 'wake' })
      case 'dispatch':
        return []
    }
  }

  #tell(tidings: Tidings): readonly PumpOutput[] {
    this.#motor.told(tidings)
    const { at_us, due_us, moved, silent } = tidings
    return silent ? [] : this.#feel(at_us, { kind: 'rotor', due_us, moved })
  }

  /** What became of a step; a pump that has lost its power since hears of it when it is back. */
  #feel(at_us: Time_us, input: RotorInput): readonly PumpOutput[] {
    if (this.#powered) return this.#ask(at_us, input)
    this.#untold.push(input)
    return []
  }

  #meet(befalling: Befalling): readonly PumpOutput[] {
    const { at_us } = befalling
    switch (befalling.kind) {
      case 'encoder':
        this.#motor.blind(at_us, befalling.every_steps)
        return []
      case 'crystal':
        this.#drift = as(add(this.#drift, befalling.by))
        this.#onDrift(this.#drift)
        return []
      case 'power-returns': {
        const back = this.#ask(at_us, { kind: 'power-returns' })
        const untold = this.#untold
        this.#untold = []
        return [...back, ...untold.flatMap((input) => this.#feel(at_us, input))]
      }
      case 'input': {
        const { cut, atOnce } = befalling
        if (cut !== null) this.#cuts = atOnce ? [cut, ...this.#cuts] : [...this.#cuts, cut]
        const outputs = this.#ask(at_us, befalling.input)
        // A cut that took no power away, because there was none, never will.
        if (atOnce) this.#cuts = this.#cuts.filter((one) => one !== cut)
        return outputs
      }
    }
  }

  #answer(at_us: Time_us, input: PumpInput): readonly PumpOutput[] {
    const outputs = this.#ask(at_us, input)
    this.#motor.dispatch(tickThrough(at_us))
    return outputs
  }

  /** What the pump says to an input, but for what it says to its motor. */
  #ask(at_us: Time_us, input: PumpInput): readonly PumpOutput[] {
    const outputs = this.#pump.react(at_us, input)
    for (const output of outputs) if (output.kind === 'power') this.#powerChanged(output.on, output.at_us)
    return outputs.filter((output) => !this.#motor.takes(output))
  }

  #powerChanged(on: boolean, at_us: Time_us): void {
    this.#powered = on
    const cut = on ? undefined : this.#cuts.shift()
    if (cut !== undefined) this.#befallings.enter({ kind: 'power-returns', at_us: as(add(at_us, cut.for_us)) })
  }
}

function isBefore(at_us: Rational, work: Work | null): boolean {
  return work === null || compare(at_us, work.at_us) < 0
}

function tickThroughMicroseconds({ n, d }: Rational): bigint {
  return n / d
}
