/**
 * What a pump has to do, worked out from the list of programs it took and nothing else.
 *
 * Written for clarity and on another implementation of fractions: between two events the rate is constant, volume is its
 * integral, and a step is due whenever volume passes a multiple of the step.
 */
import type Fraction from 'fraction.js'
import type { Contents, Dose, DoseRate, Program, Therapy } from '#firmware-sim/messages'
import type { PumpModel } from '#firmware-sim/model'
import { type Rational, ZERO } from '#units/rational'
import { reference } from '../units/arbitraries.ts'

const NOTHING = reference(ZERO)
const MOST_BOLUSES = 16

interface Running {
  readonly dose: Dose
  readonly over_us: Fraction
  readonly end_us: Fraction
}

/** From an instant on, volume grows at a rate. */
interface Stretch {
  readonly from_us: Fraction
  readonly volume_uL: Fraction
  readonly rate: Fraction
}

export class ReferencePump {
  now_us = NOTHING
  readonly alarms: string[] = []
  readonly masses = new Map<string, Fraction>()
  readonly #model: PumpModel
  #therapy: Therapy = { mode: 'stopped' }
  #boluses: readonly Running[] = []
  #contents: Contents
  /** What the reservoir held when it was last filled, and the steps made by then. */
  #fill: { readonly volume_uL: Fraction; readonly steps: number }
  #empty = false
  #sounding: readonly string[] = []
  #volume_uL = NOTHING
  #stretches: Stretch[] = []
  #steps = 0

  constructor(model: PumpModel, contents: Contents, volume_uL: Fraction) {
    this.#model = model
    this.#contents = contents
    this.#fill = { volume_uL, steps: 0 }
  }

  /** A copy that can look ahead. */
  ahead(): ReferencePump {
    const copy = new ReferencePump(this.#model, this.#contents, NOTHING)
    Object.assign(copy, { now_us: this.now_us })
    copy.#therapy = this.#therapy
    copy.#boluses = this.#boluses
    copy.#fill = this.#fill
    copy.#empty = this.#empty
    copy.#sounding = this.#sounding
    copy.#volume_uL = this.#volume_uL
    copy.#stretches = [...this.#stretches]
    copy.#steps = this.#steps
    return copy
  }

  get steps(): number {
    return this.#steps
  }

  get volume_uL(): Fraction {
    return this.#step_uL.mul(this.#steps)
  }

  /** Cumulative volume as the programs have it, to the fraction of a step. */
  get exact_uL(): Fraction {
    return this.#volume_uL
  }

  get state(): string {
    return this.#empty ? 'empty' : this.#therapy.mode
  }

  get reservoir_uL(): Fraction {
    return this.#fill.volume_uL.sub(this.#step_uL.mul(this.#steps - this.#fill.steps))
  }

  get isResting(): boolean {
    return this.#rate().equals(NOTHING)
  }

  /** When a step was due. */
  due_us(step: number): Fraction {
    const target = this.#step_uL.mul(step)
    const stretch = this.#stretches.findLast(({ volume_uL, rate }) => volume_uL.lt(target) && rate.gt(NOTHING))
    if (stretch === undefined) throw new Error(`step ${step} is never due`)
    return stretch.from_us.add(target.sub(stretch.volume_uL).div(stretch.rate))
  }

  /** Lets time pass, with everything that happens by itself. */
  advance(to_us: Fraction): void {
    this.#sound()
    while (this.now_us.lt(to_us)) {
      const rate = this.#rate()
      const events = this.#boluses.map(({ end_us }) => end_us)
      if (rate.gt(NOTHING)) events.push(...this.#levels().map((step) => this.#whenDue(step, rate)))
      const next = events.reduce((earliest, instant) => (instant.lt(earliest) ? instant : earliest), to_us)
      this.#flow(next, rate)
      this.#boluses = this.#boluses.filter(({ end_us }) => end_us.gt(next))
      this.#sound()
    }
  }

  /** Whether the pump has to take the program now. */
  accepts(program: Program): boolean {
    switch (program.kind) {
      case 'therapy': {
        const { therapy } = program
        if (therapy.mode === 'stopped') return true
        return !this.#empty && this.#permits(therapyRate(therapy, this.#contents, this.#model), therapy, 0)
      }
      case 'bolus':
        return !this.#empty && this.#permitsAll([...this.#boluses, this.#started(program)], this.#contents)
      case 'refill': {
        const { withdrawn, volume_uL, contents } = program.refill
        const after = this.#residual(withdrawn).add(reference(volume_uL))
        if (after.gt(reference(this.#model.reservoir_uL))) return false
        return this.#empty || this.#permitsAll(this.#boluses, contents)
      }
    }
  }

  /** Brings a program into force now. */
  apply(program: Program): void {
    switch (program.kind) {
      case 'therapy':
        this.#therapy = program.therapy
        this.#boluses = []
        break
      case 'bolus':
        this.#boluses = [...this.#boluses, this.#started(program)]
        break
      case 'refill': {
        const { withdrawn, volume_uL, contents } = program.refill
        this.#fill = { volume_uL: this.#residual(withdrawn).add(reference(volume_uL)), steps: this.#steps }
        this.#contents = contents
        this.#empty = false
        for (const alarm of this.#sounding) this.#tell(alarm, 'cleared')
        this.#sounding = []
        this.#soundLow()
        break
      }
    }
  }

  get #step_uL(): Fraction {
    return reference(this.#model.step_uL)
  }

  #rate(): Fraction {
    return this.#rateOf(this.#boluses, this.#contents)
  }

  #rateOf(boluses: readonly Running[], contents: Contents): Fraction {
    const base = therapyRate(this.#therapy, contents, this.#model)
    return boluses.reduce((sum, { dose, over_us }) => sum.add(doseVolume(dose, contents).div(over_us)), base)
  }

  /** The steps with which an alarm sounds that does not sound yet. */
  #levels(): readonly number[] {
    const levels = this.#sounding.includes('low-reservoir')
      ? [NOTHING]
      : [NOTHING, reference(this.#model.lowReservoir_uL)]
    return levels.map((left) => this.#fill.steps + Number(this.#fill.volume_uL.sub(left).div(this.#step_uL).ceil()))
  }

  #whenDue(step: number, rate: Fraction): Fraction {
    return this.now_us.add(this.#step_uL.mul(step).sub(this.#volume_uL).div(rate))
  }

  /** Volume and booked steps up to an instant. */
  #flow(to_us: Fraction, rate: Fraction): void {
    this.#stretches.push({ from_us: this.now_us, volume_uL: this.#volume_uL, rate })
    this.#volume_uL = this.#volume_uL.add(rate.mul(to_us.sub(this.now_us)))
    this.now_us = to_us
    const steps = Number(this.#volume_uL.div(this.#step_uL).floor())
    if (steps === this.#steps) return
    const { drug, concentration_ug_per_uL } = this.#contents
    const mass = this.#step_uL.mul(steps - this.#steps).mul(reference(concentration_ug_per_uL))
    this.masses.set(drug, (this.masses.get(drug) ?? NOTHING).add(mass))
    this.#steps = steps
  }

  #sound(): void {
    this.#soundLow()
    if (this.#empty || this.reservoir_uL.gt(NOTHING)) return
    this.#empty = true
    this.#therapy = { mode: 'stopped' }
    this.#boluses = []
    this.#raise('empty-reservoir')
  }

  #soundLow(): void {
    if (this.reservoir_uL.lte(reference(this.#model.lowReservoir_uL))) this.#raise('low-reservoir')
  }

  #raise(alarm: string): void {
    if (this.#sounding.includes(alarm)) return
    this.#sounding = [...this.#sounding, alarm]
    this.#tell(alarm, 'raised')
  }

  #tell(alarm: string, what: 'raised' | 'cleared'): void {
    this.alarms.push(`${alarm} ${what} at ${this.now_us.toFraction()}`)
  }

  #residual(withdrawn: 'all' | Rational): Fraction {
    if (withdrawn === 'all') return NOTHING
    const left = this.reservoir_uL.sub(reference(withdrawn))
    return left.lt(NOTHING) ? NOTHING : left
  }

  #started({ bolus }: Extract<Program, { kind: 'bolus' }>): Running {
    const over_us = reference(bolus.over_us)
    return { dose: bolus.dose, over_us, end_us: this.now_us.add(over_us) }
  }

  /** Whether the rate lies within the range from now on, through the end of every bolus. */
  #permitsAll(boluses: readonly Running[], contents: Contents): boolean {
    if (boluses.length > MOST_BOLUSES) return false
    return [this.now_us, ...boluses.map(({ end_us }) => end_us)].every((start) => {
      const running = boluses.filter(({ end_us }) => end_us.gt(start))
      return this.#permits(this.#rateOf(running, contents), this.#therapy, running.length)
    })
  }

  #permits(rate: Fraction, therapy: Therapy, boluses: number): boolean {
    if (rate.equals(NOTHING)) return true
    if (rate.gt(reference(this.#model.rateMax_uL_per_us))) return false
    return (therapy.mode === 'minimum-rate' && boluses === 0) || rate.gte(reference(this.#model.rateMin_uL_per_us))
  }
}

function therapyRate(therapy: Therapy, contents: Contents, model: PumpModel): Fraction {
  switch (therapy.mode) {
    case 'stopped':
      return NOTHING
    case 'minimum-rate':
      return reference(model.minimumRate_uL_per_us)
    case 'simple-continuous':
      return rateVolume(therapy.dose, contents)
  }
}

function rateVolume(dose: DoseRate, contents: Contents): Fraction {
  return dose.by === 'volume'
    ? reference(dose.rate_uL_per_us)
    : reference(dose.rate_ug_per_us).div(reference(contents.concentration_ug_per_uL))
}

function doseVolume(dose: Dose, contents: Contents): Fraction {
  return dose.by === 'volume'
    ? reference(dose.volume_uL)
    : reference(dose.mass_ug).div(reference(contents.concentration_ug_per_uL))
}
