/**
 * A pump at the bedside: the words a clinician would use for it, and a record of everything it said.
 *
 * Whatever it orders of its motor is kept as a list of due steps, with what it takes back removed.
 */
import type { Dose, DoseRate, Limits, Program, PumpInput, PumpOutput, Status, Weekday } from '#firmware-sim/messages'
import type { PumpModel } from '#firmware-sim/model'
import { figureTexts, MODELS, type ModelKey, modelOf } from '#firmware-sim/models'
import { nextWake, react } from '#firmware-sim/pump'
import type { PumpSetup } from '#firmware-sim/setup'
import { type PumpState, poweredOn } from '#firmware-sim/state'
import { type Dimension, parseMeasure } from '#units/measure'
import {
  as,
  type Concentration_ug_per_uL,
  type Fraction,
  type Mass_ug,
  type MassRate_ug_per_us,
  type Time_us,
  type Volume_uL,
  type VolumeRate_uL_per_us,
} from '#units/quantity'
import {
  add,
  compare,
  floor,
  type Rational,
  ratio,
  subtract,
  times,
  toSafeInteger,
  toText,
  whole,
} from '#units/rational'

function quantity(text: string, ...accepted: Dimension[]) {
  const parsed = parseMeasure(text, accepted)
  if (!parsed.ok) throw new Error(parsed.problem)
  return parsed.measure
}

export const at = (text: string): Time_us => as(quantity(text, 'duration').value)
const volume = (text: string): Volume_uL => as(quantity(text, 'volume').value)
const concentration = (text: string): Concentration_ug_per_uL => as(quantity(text, 'concentration').value)

export const STOPPED: Program = { kind: 'therapy', therapy: { mode: 'stopped' } }
export const MINIMUM_RATE: Program = { kind: 'therapy', therapy: { mode: 'minimum-rate' } }

/** Simple continuous at a rate of drug or of volume, such as `100 ug/d` or `1 mL/d`. */
export function continuous(dose: string): Program {
  return { kind: 'therapy', therapy: { mode: 'simple-continuous', dose: rateOf(dose) } }
}

function doseOf(text: string): Dose {
  const { dimension, value } = quantity(text, 'mass', 'volume')
  return dimension === 'mass' ? { by: 'mass', mass_ug: as<Mass_ug>(value) } : { by: 'volume', volume_uL: as(value) }
}

function rateOf(text: string): DoseRate {
  const { dimension, value } = quantity(text, 'mass rate', 'volume rate')
  return dimension === 'mass rate'
    ? { by: 'mass', rate_ug_per_us: as<MassRate_ug_per_us>(value) }
    : { by: 'volume', rate_uL_per_us: as<VolumeRate_uL_per_us>(value) }
}

/** A single bolus of drug or of volume. */
export function bolus(dose: string, over: string): Program {
  return { kind: 'bolus', bolus: { dose: doseOf(dose), over_us: at(over) } }
}

const WEEK: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']

/** Flex with boluses given as [time of day, dose, over], such as `['6 h', '50 ug', '5 min']`. */
export function flex(
  basal: string,
  boluses: readonly (readonly [at: string, dose: string, over: string])[],
  days: readonly Weekday[] = WEEK,
): Program {
  return {
    kind: 'therapy',
    therapy: {
      mode: 'flex',
      basal: rateOf(basal),
      boluses: boluses.map(([time, dose, over]) => ({ at_us: at(time), dose: doseOf(dose), over_us: at(over) })),
      days,
    },
  }
}

export function periodic(dose: string, over: string, every: string, basal?: string): Program {
  return {
    kind: 'therapy',
    therapy: {
      mode: 'periodic-bolus',
      basal: basal === undefined ? null : rateOf(basal),
      dose: doseOf(dose),
      over_us: at(over),
      every_us: at(every),
    },
  }
}

export function prime(amount: string): Program {
  return { kind: 'prime', prime: { volume: amount === 'auto' ? 'auto' : volume(amount) } }
}

export function bridge(amount: string): Program {
  return { kind: 'bridge', bridge: { volume: amount === 'auto' ? 'auto' : volume(amount) } }
}

export function patientBolus(dose: string, over: string, lockout: string, maxPerDay: number): Program {
  return {
    kind: 'patient-bolus',
    patientBolus: { dose: doseOf(dose), over_us: at(over), lockout_us: at(lockout), maxPerDay },
  }
}

export function setClock(to: string): Program {
  return { kind: 'set-clock', to_us: clockAt(to) }
}

export interface Syringe {
  readonly withdrawn?: string
  readonly drug?: string
  readonly concentration?: string
  readonly volume: string
}

export function refill(syringe: Syringe): Program {
  const withdrawn = syringe.withdrawn ?? 'all'
  return {
    kind: 'refill',
    refill: {
      withdrawn: withdrawn === 'all' ? 'all' : volume(withdrawn),
      contents: {
        drug: syringe.drug ?? 'baclofen',
        concentration_ug_per_uL: concentration(syringe.concentration ?? '1000 ug/mL'),
      },
      volume_uL: volume(syringe.volume),
    },
  }
}

/** The 40 mL pump with other figures. */
function pumpModel(figures: Partial<Record<ModelKey, string>> = {}): PumpModel {
  const usual = MODELS.get('im-40')
  if (usual === undefined) throw new Error('there is no pump model im-40')
  return modelOf('im-40', { ...figureTexts(usual), ...figures })
}

/** Steps in a row that the motor was told to make. */
interface Ordered {
  readonly first_us: Time_us
  readonly interval_us: Time_us
  readonly count: number
}

export interface BedsideSetup {
  readonly figures?: Partial<Record<ModelKey, string>>
  readonly fill?: string
  readonly concentration?: string
  readonly limits?: LimitTexts
  /** What the pump's clock shows at the start; a Monday at midnight by default. */
  readonly clock?: string
  readonly catheter?: string
  readonly line?: 'filled' | 'empty'
}

/** Limits of the clinic, as a scenario writes them. */
interface LimitTexts {
  readonly dose?: { readonly soft?: string; readonly hard?: string }
  readonly change?: { readonly soft?: string; readonly hard?: string }
}

function limitsOf({ dose = {}, change = {} }: LimitTexts): Limits {
  const ofDose = (text?: string) => (text === undefined ? null : doseOf(text))
  const ofChange = (text?: string) => (text === undefined ? null : as<Fraction>(quantity(text, 'percentage').value))
  return {
    dailyDose: { soft: ofDose(dose.soft), hard: ofDose(dose.hard) },
    change: { soft: ofChange(change.soft), hard: ofChange(change.hard) },
  }
}

/** A local time as the pump's clock counts it. */
export function clockAt(text: string): Time_us {
  return as(whole(BigInt(Date.parse(`${text}Z`)) * 1000n))
}

/** Calls that a pump may ask for before one instant of a test. */
const MOST_CALLS = 1000

export class Bedside {
  readonly model: PumpModel
  readonly setup: PumpSetup
  /** Everything the pump said, in order. */
  readonly said: PumpOutput[] = []
  state: PumpState
  readonly #motion: Ordered[] = []
  readonly #react: typeof react
  readonly #asked: BedsideSetup

  /** With `reacts`, another pump than the real one. */
  constructor(setup: BedsideSetup = {}, reacts: typeof react = react) {
    this.#react = reacts
    this.#asked = setup
    this.model = pumpModel(setup.figures)
    this.setup = {
      model: this.model,
      contents: { drug: 'baclofen', concentration_ug_per_uL: concentration(setup.concentration ?? '1000 ug/mL') },
      volume_uL: volume(setup.fill ?? '40 mL'),
      limits: limitsOf(setup.limits ?? {}),
      clock_us: clockAt(setup.clock ?? '2026-01-05T00:00'),
      catheter_uL: volume(setup.catheter ?? '176 uL'),
      line: setup.line ?? 'filled',
    }
    this.state = poweredOn(this.setup)
  }

  /** Another pump with the same past. */
  copy(): Bedside {
    const copy = new Bedside(this.#asked, this.#react)
    copy.state = this.state
    copy.said.push(...this.said)
    copy.#motion.push(...this.#motion)
    return copy
  }

  /** What the pump says to an input. */
  hear(at_us: Time_us, input: PumpInput): readonly PumpOutput[] {
    const { state, outputs } = this.#react(this.model, this.state, at_us, input)
    this.state = state
    this.said.push(...outputs)
    for (const output of outputs) this.#move(output)
    return outputs
  }

  wake(time: string): readonly PumpOutput[] {
    return this.hear(at(time), { kind: 'wake' })
  }

  /** Wakes the pump whenever it wants to be, up to a time. */
  pass(time: string): void {
    this.passTo(at(time))
  }

  passTo(to_us: Time_us): void {
    let calls = 0
    for (let wake = this.nextWake(); wake !== null && compare(wake, to_us) <= 0; wake = this.nextWake()) {
      calls += 1
      if (calls > MOST_CALLS) throw new Error('the pump asks to be woken again and again')
      this.hear(wake, { kind: 'wake' })
    }
    this.hear(to_us, { kind: 'wake' })
  }

  stop(time: string): readonly PumpOutput[] {
    return this.hear(at(time), { kind: 'stop' })
  }

  prepare(time: string, program: Program): readonly PumpOutput[] {
    return this.hear(at(time), { kind: 'prepare', program })
  }

  commit(time: string, digest: string): readonly PumpOutput[] {
    return this.hear(at(time), { kind: 'commit', digest })
  }

  /** Prepares and commits as a programmer does; gives everything that was said. */
  program(time: string, program: Program): readonly PumpOutput[] {
    const prepared = this.prepare(time, program)
    const digest = digestIn(prepared)
    return digest === null ? prepared : [...prepared, ...this.commit(time, digest)]
  }

  status(time: string): Status {
    const answer = this.hear(at(time), { kind: 'interrogate' }).find((output) => output.kind === 'status')
    if (answer === undefined) throw new Error('the pump did not answer')
    return answer.status
  }

  /** The account at the present instant, read from a copy of the pump. */
  peek(): Status {
    const { outputs } = react(this.model, structuredClone(this.state), this.state.now_us, { kind: 'interrogate' })
    const [answer] = outputs.filter((output) => output.kind === 'status')
    if (answer === undefined) throw new Error('the pump did not answer')
    return answer.status
  }

  nextWake(): Time_us | null {
    return nextWake(this.model, this.state)
  }

  /** Due times of the steps that stand ordered up to and including a time. */
  stepsBy(time: string): readonly string[] {
    return this.#motion
      .flatMap((ordered) => keptOf(ordered, at(time)))
      .flatMap(({ first_us, interval_us, count }) =>
        Array.from({ length: count }, (_, j) => toText(add(first_us, times(interval_us, j)))),
      )
  }

  /** How many steps stand ordered, however far ahead. */
  get stepCount(): number {
    return this.#motion.reduce((sum, { count }) => sum + count, 0)
  }

  /** When the step with this number, from 1, stands to be made; undefined when it does not. */
  dueOf(step: number): Time_us | undefined {
    if (step < 1) return undefined
    let before = 0
    for (const { first_us, interval_us, count } of this.#motion) {
      if (step <= before + count) return as(add(first_us, times(interval_us, step - before - 1)))
      before += count
    }
    return undefined
  }

  /** Raised and cleared alarms, with their times. */
  alarms(): readonly string[] {
    return this.said.flatMap((output) =>
      output.kind === 'alarm' ? [`${output.alarm} ${output.state} at ${toText(output.at_us)}`] : [],
    )
  }

  #move(output: PumpOutput): void {
    const last = this.#motion.at(-1)
    if (output.kind === 'order') {
      if (output.count < 1) throw new Error('the pump orders no steps at all')
      if (last !== undefined && compare(lastDue(last), output.first_us) >= 0) {
        throw new Error('an order begins before the one before it has ended')
      }
      this.#motion.push(output)
    }
    if (output.kind === 'cancel') {
      if (last === undefined) throw new Error('there is no motion to take back')
      const kept: Ordered[] = []
      for (let next = this.#motion.pop(); next !== undefined; next = this.#motion.pop()) {
        kept.unshift(...keptOf(next, output.after_us))
        if (compare(next.first_us, output.after_us) <= 0) break
      }
      this.#motion.push(...kept)
    }
  }
}

function lastDue({ first_us, interval_us, count }: Ordered): Rational {
  return add(first_us, times(interval_us, count - 1))
}

function keptOf(ordered: Ordered, after_us: Time_us): readonly Ordered[] {
  const since = subtract(after_us, ordered.first_us)
  if (since.n < 0n) return []
  const { interval_us } = ordered
  const due = toSafeInteger(floor(ratio(since.n * interval_us.d, since.d * interval_us.n))) + 1
  return due >= ordered.count ? [ordered] : [{ ...ordered, count: due }]
}

/** The digest of what was read back; null when the program was refused. */
export function digestIn(outputs: readonly PumpOutput[]): string | null {
  return outputs.find((output) => output.kind === 'readback')?.digest ?? null
}

/** Why the pump refused; null when it did not. */
export function reasonIn(outputs: readonly PumpOutput[]): string | null {
  return outputs.find((output) => output.kind === 'refused')?.reason ?? null
}

export function wasApplied(outputs: readonly PumpOutput[]): boolean {
  return outputs.some((output) => output.kind === 'applied')
}
