/**
 * What a pump has to do, worked out naively: it walks from one event to the next, and knows nothing of the pump but the
 * vocabulary of its messages and the figures of its model.
 *
 * Where a loss of power at a word write or a damaged memory leaves two outcomes open, the test follows one reference for
 * each of them.
 */
import Fraction from 'fraction.js'
import type { Contents, Dose, PatientBolus, Program, PumpAlarm, Therapy } from '#firmware-sim/messages'
import type { PumpModel } from '#firmware-sim/model'
import type { PumpSetup } from '#firmware-sim/setup'
import { reference } from '../units/arbitraries.ts'
import {
  basalOf,
  DAY_us,
  doseVolume,
  flexStart,
  givesAnything,
  givesDose,
  HOUR_us,
  NOTHING,
  type Start,
} from './reference-rates.ts'

const MOST_BOLUSES = 16
/** Days after which a bridge that lasts longer is not looked at to its end. */
const FARTHEST_d = 60
const STOPPED: Therapy = { mode: 'stopped' }
const MINIMUM_RATE: Therapy = { mode: 'minimum-rate' }
/** The most urgent alarm first. */
const RANKS: readonly PumpAlarm[] = [
  'end-of-service',
  'motor-stall',
  'empty-reservoir',
  'memory-error',
  'low-battery-reset',
  'stopped-pump',
  'low-reservoir',
  'elective-replacement',
  'tube-set-end-of-life',
]

type Mode = Therapy['mode'] | 'empty' | 'safe-state' | 'off'

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
  readonly contents: Contents
}

/** A place in the line: the volume at which it comes to the tip, and the volume at which that was known. */
interface Place {
  readonly until_uL: Fraction
  readonly from_uL: Fraction
}

interface Plug extends Place {
  readonly concentration: Fraction
}

/** Everything the reference knows; copied whole to look ahead. */
interface Facts {
  now_us: Fraction
  mode: Mode
  /** What the record says while the power is off. */
  written: Mode
  therapy: Therapy
  lastGiving: Therapy | null
  boluses: readonly Running[]
  began_us: Fraction
  started: Start['order'] | null
  periods: number
  clock: { readonly reading_us: Fraction; readonly at_us: Fraction; readonly passed_us: Fraction }
  contents: Contents
  prime_uL: Fraction | null
  primed: boolean
  plugs: readonly Plug[]
  bridged: Place | null
  permission: PatientBolus | null
  grants_us: readonly Fraction[]
  volume_uL: Fraction
  steps: number
  lost: readonly number[]
  missed: number
  /** Steps due by the last refill but one, and by the last one. */
  filledAt: readonly [number, number]
  fill: { readonly volume_uL: Fraction; readonly steps: number }
  /** Whether all of what was left was drawn before the last refill. */
  drained: boolean
  masses: ReadonlyMap<string, Fraction>
  alarms: readonly PumpAlarm[]
  stoodSince_us: Fraction | null
  /** Steps due by then. */
  stoodAt: number
  silence: { readonly until_us: Fraction; readonly covered: readonly PumpAlarm[] } | null
  bad: { readonly first: boolean; readonly second: boolean }
  check_us: Fraction | null
  stretches: readonly Stretch[]
  /** Whether what runs cannot be given with what was just put in. */
  unfit: false | 'therapy' | 'boluses'
  /** Whether a program waits for its commit. */
  hasPrepared: boolean
  /** Whether it knows which program was committed last. */
  knowsLast: boolean
}

/** Which events of the last instant wait for an input of the same instant. */
export type Waiting = 'none' | 'patterns' | 'patterns and the empty reservoir'

export class ReferencePump {
  readonly #model: PumpModel
  readonly #setup: PumpSetup
  #is: Facts

  constructor(setup: PumpSetup, facts?: Facts) {
    this.#model = setup.model
    this.#setup = setup
    const clock_us = reference(setup.clock_us)
    this.#is = facts ?? {
      now_us: NOTHING,
      mode: 'stopped',
      written: 'stopped',
      therapy: STOPPED,
      lastGiving: null,
      boluses: [],
      began_us: NOTHING,
      started: null,
      periods: 0,
      clock: { reading_us: clock_us, at_us: NOTHING, passed_us: clock_us },
      contents: setup.contents,
      prime_uL: null,
      primed: setup.line === 'filled',
      plugs: [],
      bridged: null,
      permission: null,
      grants_us: [],
      volume_uL: NOTHING,
      steps: 0,
      lost: [],
      missed: 0,
      filledAt: [0, 0],
      drained: false,
      fill: { volume_uL: reference(setup.volume_uL), steps: 0 },
      masses: new Map(),
      alarms: [],
      stoodSince_us: NOTHING,
      stoodAt: 0,
      silence: null,
      bad: { first: false, second: false },
      check_us: null,
      stretches: [],
      unfit: false,
      hasPrepared: false,
      knowsLast: true,
    }
  }

  copy(): ReferencePump {
    return new ReferencePump(this.#setup, { ...this.#is })
  }

  get facts(): Facts {
    return this.#is
  }

  get believed(): number {
    return this.#is.steps - this.#is.lost.length
  }

  get reservoir_uL(): Fraction {
    const { fill } = this.#is
    return fill.volume_uL.sub(this.#step_uL.mul(this.believed - fill.steps))
  }

  get clock_us(): Fraction {
    const { clock, now_us } = this.#is
    return clock.reading_us.add(now_us.sub(clock.at_us))
  }

  get isResting(): boolean {
    return this.#rate().equals(0)
  }

  /** The alarm that is heard. */
  get sounding(): PumpAlarm | null {
    return this.#is.silence === null ? this.#loudest() : null
  }

  /** When a step was due. */
  due_us(step: number): Fraction {
    return this.#stretchOf(step)[1]
  }

  /** Lets time pass, with everything that happens by itself, those of the last instant that wait left out. */
  advance(to_us: Fraction, waiting: Waiting = 'none'): void {
    const is = this.#is
    if (is.mode === 'off') {
      is.now_us = to_us
      return
    }
    for (let event = this.#event(); event !== null; event = this.#event()) {
      if (event.at_us.gt(to_us) || (event.at_us.equals(to_us) && waits(event.what, waiting))) break
      this.#flow(event.at_us)
      event.happens()
      this.#settle()
    }
    this.#flow(to_us)
    this.#settle()
  }

  /** Flows to an instant without what happens then. */
  flow(to_us: Fraction): void {
    if (this.#is.mode === 'off') this.#is.now_us = to_us
    else this.#flow(to_us)
  }

  /** Whether the pump has to take the program now. */
  accepts(program: Program): boolean {
    const { mode, contents, lastGiving, plugs } = this.#is
    if (program.kind === 'restart') {
      if (lastGiving === null || !(mode === 'stopped' || mode === 'safe-state')) return false
      return this.accepts({ kind: 'therapy', therapy: lastGiving })
    }
    if (program.kind === 'set-clock') {
      const set = this.copy()
      set.apply(program)
      return set.#staysInRange(false)
    }
    if (program.kind === 'therapy' && program.therapy.mode === 'stopped') return true
    if (mode === 'empty' && program.kind !== 'refill') return false
    if (mode === 'safe-state' && program.kind !== 'refill' && program.kind !== 'therapy') return false
    if (reference(contents.concentration_ug_per_uL).equals(0) && givesDose(program)) return false
    if (program.kind === 'patient-bolus') {
      const { dose, over_us } = program.patientBolus
      return doseVolume(dose, contents).div(reference(over_us)).lte(reference(this.#model.rateMax_uL_per_us))
    }
    if (program.kind === 'prime') {
      const primed = this.copy()
      primed.apply(program)
      return !primed.facts.prime_uL?.sub(this.#is.volume_uL).gt(this.reservoir_uL)
    }
    const present = reference(contents.concentration_ug_per_uL)
    if (program.kind === 'bridge' && !plugs.some((plug) => plug.concentration.gt(0) && !isSame(plug, present)))
      return false
    if (program.kind === 'refill') {
      const { withdrawn, volume_uL } = program.refill
      if (this.#residual(withdrawn).add(reference(volume_uL)).gt(reference(this.#model.reservoir_uL))) return false
    }
    // What was put in is in, whatever can be given with it.
    if (program.kind === 'refill') return true
    // A bolus would end with what is about to make way.
    if (program.kind === 'bolus' && this.#is.unfit) return false
    const after = this.copy()
    after.apply(program)
    return after.#staysInRange(program.kind === 'bolus')
  }

  /** Brings a program into force now. */
  apply(program: Program): void {
    const is = this.#is
    switch (program.kind) {
      case 'restart':
        if (is.lastGiving !== null) this.apply({ kind: 'therapy', therapy: is.lastGiving })
        break
      case 'therapy': {
        this.#clear('low-battery-reset', 'memory-error')
        this.#begin(program.therapy)
        if (program.therapy.mode === 'stopped') is.permission = null
        if (is.mode !== 'empty') is.mode = program.therapy.mode
        if (givesAnything(program.therapy, this.#model)) is.lastGiving = program.therapy
        break
      }
      case 'bolus':
        this.#start(program.bolus.dose, reference(program.bolus.over_us), is.now_us)
        break
      case 'prime': {
        const { volume } = program.prime
        const line = is.primed ? reference(this.#setup.catheter_uL) : this.#line_uL
        is.prime_uL = (is.prime_uL ?? is.volume_uL).add(volume === 'auto' ? line : reference(volume))
        is.primed = true
        break
      }
      case 'bridge': {
        const { volume } = program.bridge
        is.unfit = false
        const last = is.plugs.at(-1)
        if (last === undefined) break
        const place: Place =
          volume === 'auto' ? last : { until_uL: is.volume_uL.add(reference(volume)), from_uL: is.volume_uL }
        if (place.until_uL.gt(last.until_uL)) {
          is.plugs = [...is.plugs.slice(0, -1), { ...place, concentration: last.concentration }]
        }
        if (is.bridged === null || place.until_uL.gt(is.bridged.until_uL)) is.bridged = place
        break
      }
      case 'patient-bolus':
        is.permission = program.patientBolus
        break
      case 'refill':
        this.#refill(program)
        break
      case 'set-clock':
        this.#setClock(reference(program.to_us))
        break
    }
    this.#settle()
  }

  stop(): void {
    const is = this.#is
    this.#begin(STOPPED)
    is.prime_uL = null
    is.permission = null
    if (is.mode !== 'empty') is.mode = 'stopped'
    this.#settle()
  }

  /** Whether the request of the patient is granted, which takes effect. */
  request(): boolean {
    const { permission, grants_us, now_us, mode } = this.#is
    if (permission === null || this.#is.unfit || mode === 'empty' || mode === 'safe-state') return false
    const last_us = grants_us.at(-1)
    if (last_us !== undefined && now_us.sub(last_us).lt(reference(permission.lockout_us))) return false
    if (grants_us.filter((at_us) => at_us.gt(now_us.sub(DAY_us))).length >= permission.maxPerDay) return false
    const after = this.copy()
    after.#start(permission.dose, reference(permission.over_us), now_us)
    if (!after.#staysInRange(true)) return false
    after.#is.grants_us = [...grants_us, now_us]
    after.#settle()
    this.#is = after.#is
    return true
  }

  /** The last steps that can still be said not to have moved anything. */
  get lastStep(): number | null {
    const { lost, steps } = this.#is
    let step = steps
    while (lost.includes(step)) step -= 1
    if (step < 1) return null
    // Further back than the last refill the pump does not remember what a step held.
    return step > this.#is.filledAt[0] ? step : null
  }

  /** A step moved nothing; `written` says whether the pump could still write that down. */
  miss(step: number, written = true): void {
    const is = this.#is
    const { drug, concentration_ug_per_uL } = this.#stretchOf(step)[0].contents
    is.lost = [...is.lost, step]
    is.missed += 1
    this.#book(drug, this.#step_uL.mul(reference(concentration_ug_per_uL)).neg())
    if (!written) return
    // A step of before the refill is no part of what was put in by it.
    if (is.drained && step <= is.filledAt[1]) is.fill = { ...is.fill, steps: is.fill.steps - 1 }
    // A step lost before a bridge began is no part of what was in the line then.
    const volume_uL = this.#step_uL.mul(step)
    const moved = <P extends Place>(place: P): P =>
      volume_uL.lte(place.from_uL) ? place : { ...place, until_uL: place.until_uL.add(this.#step_uL) }
    let front_uL = NOTHING
    is.plugs = is.plugs.map(moved).filter(({ until_uL }) => {
      if (until_uL.lte(front_uL)) return false
      front_uL = until_uL
      return true
    })
    if (is.bridged !== null) is.bridged = moved(is.bridged)
    if (is.missed >= this.#model.stallDetection_steps) this.#raise('motor-stall')
    this.#settle()
  }

  move(): void {
    this.#is.missed = 0
    this.#clear('motor-stall')
    this.#settle()
  }

  silence(): void {
    const { now_us, alarms, silence } = this.#is
    if (silence !== null || alarms.length === 0) return
    this.#is.silence = { until_us: now_us.add(reference(this.#model.silence_us)), covered: alarms }
  }

  losePower(): void {
    const is = this.#is
    is.hasPrepared = false
    is.written = is.mode
    is.mode = 'off'
    is.boluses = []
    is.unfit = false
    // A silence does not outlast the pump that keeps it.
    is.silence = null
    is.prime_uL = null
    is.clock = { ...is.clock, reading_us: this.clock_us, at_us: is.now_us }
  }

  /** The supply is back; `remembers` says whether a copy of the record is whole. */
  regainPower(remembers: boolean): void {
    const is = this.#is
    is.clock = { ...is.clock, at_us: is.now_us }
    is.permission = null
    is.bad = { first: false, second: false }
    is.check_us = null
    if (!remembers) this.#forgetAll()
    if (is.written === 'empty' || (is.written === 'stopped' && remembers)) is.mode = is.written
    else this.#trickle()
    this.#raise('low-battery-reset')
    if (!remembers) this.#raise('memory-error')
    this.#settle()
  }

  /** Whether both copies may be bad. */
  get mayHaveForgotten(): boolean {
    return this.#is.bad.first && this.#is.bad.second
  }

  flip(copy: 'first' | 'second' | 'both'): void {
    const is = this.#is
    is.bad = { first: is.bad.first || copy !== 'second', second: is.bad.second || copy !== 'first' }
    if (is.mode !== 'off') is.check_us ??= is.now_us.add(reference(this.#model.memoryCheck_us))
  }

  /** Both copies were found bad by a pump with power. */
  loseMemory(): void {
    const is = this.#is
    this.sound()
    if (is.mode !== 'empty' && is.mode !== 'safe-state') {
      is.boluses = []
      is.prime_uL = null
      is.permission = null
      if (is.mode !== 'stopped') this.#trickle()
    }
    is.lastGiving = null
    is.hasPrepared = false
    this.#raise('memory-error')
    this.#settle()
  }

  /** The memory was checked, or written anew, and is whole. */
  sound(): void {
    this.#is.bad = { first: false, second: false }
    this.#is.check_us = null
  }

  get #step_uL(): Fraction {
    return reference(this.#model.step_uL)
  }

  get #line_uL(): Fraction {
    return reference(this.#model.tube_uL).add(reference(this.#setup.catheter_uL))
  }

  #rate(): Fraction {
    const { mode, prime_uL, contents, boluses, therapy } = this.#is
    if (mode === 'off') return NOTHING
    if (prime_uL !== null) return reference(this.#model.rateMax_uL_per_us)
    if (this.#is.unfit) return NOTHING
    const asked = boluses.reduce(
      (sum, { dose, over_us }) => sum.add(doseVolume(dose, contents).div(over_us)),
      basalOf(therapy, contents, this.#model),
    )
    return asked.mul(this.#factor())
  }

  /** By how much what is asked is multiplied for what lies at the tip. */
  #factor(): Fraction {
    const { volume_uL, plugs, bridged, contents } = this.#is
    const own = reference(contents.concentration_ug_per_uL)
    if (bridged === null || bridged.until_uL.lte(volume_uL)) return new Fraction(1)
    const strength = plugs.find((plug) => plug.until_uL.gt(volume_uL))?.concentration ?? own
    return strength.equals(0) ? new Fraction(1) : own.div(strength)
  }

  #begin(therapy: Therapy): void {
    const is = this.#is
    Object.assign(is, { therapy, boluses: [], began_us: is.now_us, started: null, periods: 0, unfit: false })
    is.clock = { ...is.clock, passed_us: this.clock_us }
  }

  #trickle(): void {
    this.#begin(MINIMUM_RATE)
    this.#is.mode = 'safe-state'
  }

  #start(dose: Dose, over_us: Fraction, at_us: Fraction): void {
    this.#is.boluses = [...this.#is.boluses, { dose, over_us, end_us: at_us.add(over_us) }]
  }

  #pattern(): Start | null {
    const { therapy, began_us, periods, clock, started } = this.#is
    if (therapy.mode === 'periodic-bolus') {
      const { every_us, dose, over_us } = therapy
      const at_us = began_us.add(reference(every_us).mul(periods))
      return { at_us, dose, over_us: reference(over_us), order: [at_us, periods] }
    }
    if (therapy.mode !== 'flex') return null
    return flexStart(therapy, clock.passed_us, started, (reading) => clock.at_us.add(reading.sub(clock.reading_us)))
  }

  /** What happens next by itself. */
  #event() {
    const { boluses, prime_uL, plugs, bridged, mode, silence, stoodSince_us, check_us, alarms, now_us } = this.#is
    const events: { at_us: Fraction; what: string; happens: () => void }[] = []
    const nothing = () => undefined
    const when = (what: string, at_us: Fraction | null, happens: () => void = nothing) => {
      if (at_us !== null) events.push({ at_us: at_us.lt(now_us) ? now_us : at_us, what, happens })
    }
    for (const { end_us } of boluses) when('bolus ended', end_us)
    when('prime ended', prime_uL === null ? null : this.#whenReached(prime_uL))
    if (bridged !== null) {
      for (const { until_uL } of [...plugs, bridged]) when('plug cleared', this.#whenReached(until_uL))
    }
    if (!alarms.includes('low-reservoir')) when('low', this.#whenLeft(reference(this.#model.lowReservoir_uL)))
    if (mode !== 'empty') when('empty', this.#whenLeft(NOTHING), () => this.#runDry())
    if (this.#is.unfit) when('unfit', now_us, () => this.#giveUp())
    const start = this.#pattern()
    if (start !== null) when('pattern', start.at_us, () => this.#follow(start))
    when('silence ended', silence?.until_us ?? null)
    if (stoodSince_us !== null && !alarms.includes('stopped-pump')) {
      when('stood', stoodSince_us.add(reference(this.#model.stoppedAlarm_us)), () => {
        if (this.#is.steps === this.#is.stoodAt) this.#raise('stopped-pump')
      })
    }
    when('memory checked', check_us, () => this.mayHaveForgotten || this.sound())
    return events
      .filter(({ what }) => what !== 'memory checked' || !this.mayHaveForgotten)
      .reduce<(typeof events)[0] | null>(
        (first, event) =>
          first === null ||
          event.at_us.lt(first.at_us) ||
          (event.at_us.equals(first.at_us) && isSooner(event.what, first.what))
            ? event
            : first,
        null,
      )
  }

  #follow({ at_us, dose, over_us, order }: Start): void {
    this.#start(dose, over_us, at_us)
    this.#is.started = order
    this.#is.periods += 1
  }

  /** What cannot be given with what is in the pump ends; a pump in its safe state only ceases to bridge. */
  #giveUp(): void {
    const is = this.#is
    if (is.unfit === 'boluses') {
      Object.assign(is, { boluses: [], unfit: false })
      return
    }
    if (is.mode === 'safe-state') {
      Object.assign(is, { boluses: [], bridged: null, unfit: false })
      return
    }
    this.#begin(STOPPED)
    is.permission = null
    if (is.mode !== 'empty') {
      is.mode = 'stopped'
      this.#settle()
      if (is.stoodSince_us !== null) this.#raise('stopped-pump')
    }
  }

  #runDry(): void {
    this.#begin(STOPPED)
    this.#is.prime_uL = null
    this.#is.mode = 'empty'
    this.#raise('empty-reservoir')
  }

  /** What has ended ends, what is low sounds, and how long the pump stands is told from what it does. */
  #settle(): void {
    const is = this.#is
    if (is.mode === 'off') return
    is.boluses = is.boluses.filter(({ end_us }) => end_us.gt(is.now_us))
    if (is.prime_uL?.lte(is.volume_uL)) is.prime_uL = null
    is.plugs = is.plugs.filter(({ until_uL }) => until_uL.gt(is.volume_uL))
    if (is.bridged?.until_uL.lte(is.volume_uL)) is.bridged = null
    if (this.reservoir_uL.lte(reference(this.#model.lowReservoir_uL))) this.#raise('low-reservoir')
    if (is.mode !== 'stopped' || is.steps > is.stoodAt) is.stoodSince_us = null
    if (is.mode === 'stopped' && this.isResting && is.stoodSince_us === null) {
      Object.assign(is, { stoodSince_us: is.now_us, stoodAt: is.steps })
      this.#clear('stopped-pump')
    }
    if (is.stoodSince_us === null) this.#clear('stopped-pump')
    this.#listen()
  }

  #listen(): void {
    const { silence, now_us, alarms } = this.#is
    if (silence === null) return
    const covered = silence.covered.filter((alarm) => alarms.includes(alarm))
    const urgent = (alarm: PumpAlarm) => covered.every((other) => RANKS.indexOf(alarm) < RANKS.indexOf(other))
    const broken = alarms.some((alarm) => !covered.includes(alarm) && urgent(alarm))
    const over = now_us.gte(silence.until_us) || covered.length === 0 || broken
    this.#is.silence = over ? null : { ...silence, covered }
  }

  #loudest(): PumpAlarm | null {
    return RANKS.find((alarm) => this.#is.alarms.includes(alarm)) ?? null
  }

  #whenReached(volume_uL: Fraction): Fraction | null {
    const rate = this.#rate()
    if (volume_uL.lte(this.#is.volume_uL)) return this.#is.now_us
    return rate.equals(0) ? null : this.#is.now_us.add(volume_uL.sub(this.#is.volume_uL).div(rate))
  }

  /** When as much or less is believed left. */
  #whenLeft(left_uL: Fraction): Fraction | null {
    const { fill, lost } = this.#is
    const step = fill.steps + Math.max(0, Number(fill.volume_uL.sub(left_uL).div(this.#step_uL).ceil()))
    return step <= this.believed ? this.#is.now_us : this.#whenReached(this.#step_uL.mul(step + lost.length))
  }

  /** Volume and booked steps up to an instant. */
  #flow(to_us: Fraction): void {
    const is = this.#is
    const rate = this.#rate()
    if (to_us.lte(is.now_us)) return
    if (rate.gt(0)) {
      is.stretches = [...is.stretches, { from_us: is.now_us, volume_uL: is.volume_uL, rate, contents: is.contents }]
    }
    is.volume_uL = is.volume_uL.add(rate.mul(to_us.sub(is.now_us)))
    is.now_us = to_us
    const steps = Number(is.volume_uL.div(this.#step_uL).floor())
    if (steps === is.steps) return
    const { drug, concentration_ug_per_uL } = is.contents
    this.#book(drug, this.#step_uL.mul(steps - is.steps).mul(reference(concentration_ug_per_uL)))
    is.steps = steps
  }

  #book(drug: string, mass_ug: Fraction): void {
    const masses = new Map(this.#is.masses)
    masses.set(drug, (masses.get(drug) ?? NOTHING).add(mass_ug))
    this.#is.masses = masses
  }

  #stretchOf(step: number): readonly [Stretch, Fraction] {
    const target = this.#step_uL.mul(step)
    const stretch = this.#is.stretches.findLast(({ volume_uL }) => volume_uL.lt(target))
    if (stretch === undefined) throw new Error(`step ${step} is never due`)
    return [stretch, stretch.from_us.add(target.sub(stretch.volume_uL).div(stretch.rate))]
  }

  #raise(alarm: PumpAlarm): void {
    if (!this.#is.alarms.includes(alarm)) this.#is.alarms = [...this.#is.alarms, alarm]
  }

  #clear(...alarms: readonly PumpAlarm[]): void {
    this.#is.alarms = this.#is.alarms.filter((alarm) => !alarms.includes(alarm))
  }

  #residual(withdrawn: Extract<Program, { kind: 'refill' }>['refill']['withdrawn']): Fraction {
    if (withdrawn === 'all') return NOTHING
    const left = this.reservoir_uL.sub(reference(withdrawn))
    return left.lt(0) ? NOTHING : left
  }

  #refill({ refill: { withdrawn, volume_uL, contents } }: Extract<Program, { kind: 'refill' }>): void {
    const is = this.#is
    is.fill = { volume_uL: this.#residual(withdrawn).add(reference(volume_uL)), steps: this.believed }
    is.filledAt = [is.filledAt[1], is.steps]
    is.drained = withdrawn === 'all'
    const concentration = reference(is.contents.concentration_ug_per_uL)
    const plug: Plug = { until_uL: is.volume_uL.add(this.#line_uL), from_uL: is.volume_uL, concentration }
    if (is.contents.drug !== contents.drug) Object.assign(is, { plugs: [], bridged: null })
    else if (
      !isSame(plug, reference(contents.concentration_ug_per_uL)) &&
      is.plugs.every(({ until_uL }) => until_uL.lt(plug.until_uL))
    )
      is.plugs = [...is.plugs, plug]
    is.contents = { ...contents }
    this.#clear('low-reservoir', 'empty-reservoir')
    if (is.mode === 'empty') is.mode = 'stopped'
    const alone = this.copy()
    alone.#is.boluses = []
    is.unfit = this.copy().#staysInRange(false) ? false : alone.#staysInRange(false) ? 'boluses' : 'therapy'
  }

  #setClock(to_us: Fraction): void {
    const is = this.#is
    const shown_us = this.clock_us
    const passed_us = [is.clock.passed_us, shown_us, to_us].reduce((latest, one) => (one.gt(latest) ? one : latest))
    is.clock = { reading_us: to_us, at_us: is.now_us, passed_us }
    is.started = null
    if (to_us.sub(shown_us).abs().gt(HOUR_us.mul(2))) this.#begin(is.therapy)
  }

  #forgetAll(): void {
    const is = this.#is
    Object.assign(is, { therapy: STOPPED, lastGiving: null, grants_us: [], plugs: [], bridged: null })
    is.contents = { drug: 'unknown', concentration_ug_per_uL: { n: 0n, d: 1n } as never }
    is.fill = { volume_uL: reference(this.#model.reservoir_uL), steps: this.believed }
    is.alarms = []
    is.knowsLast = false
    is.filledAt = [is.steps, is.steps]
    is.written = 'safe-state'
  }

  /** Whether the rate lies within the range from now on, or until the boluses under way have ended. */
  #staysInRange(ofBoluses: boolean): boolean {
    const { boluses, now_us, therapy } = this.#is
    if (boluses.length > MOST_BOLUSES) return false
    const last_us = boluses.reduce((last, { end_us }) => (end_us.gt(last) ? end_us : last), now_us)
    const everyDay = therapy.mode !== 'flex' || therapy.days.length === 7
    if (ofBoluses) return this.copy().#inRangeFor(last_us.sub(now_us), now_us)
    const days_us = DAY_us.mul(everyDay ? 4 : 10)
    const cleared = this.copy()
    Object.assign(cleared.#is, { bridged: null, prime_uL: null })
    // As long as prime and bridge last, and then the whole of the pattern.
    return this.copy().#inRangeFor(days_us, now_us.add(DAY_us.mul(FARTHEST_d))) && cleared.#inRangeFor(days_us, now_us)
  }

  /** Whether the rate lies within the range for so long, from when prime and bridge are over, but from an instant at the latest. */
  #inRangeFor(lasts_us: Fraction, latest_us: Fraction): boolean {
    const is = this.#is
    let until_us = is.now_us.add(lasts_us)
    // Nothing but motion: the reservoir neither runs low nor dry.
    const fill = { volume_uL: DAY_us.mul(DAY_us), steps: this.believed }
    Object.assign(is, { fill, check_us: null, unfit: false })
    const highest = reference(this.#model.rateMax_uL_per_us)
    const least = reference(this.#model.rateMin_uL_per_us)
    this.advance(is.now_us)
    while (is.now_us.lt(until_us)) {
      const rate = this.#rate()
      const alone = is.therapy.mode === 'minimum-rate' && is.boluses.length === 0
      const exempt = alone || (is.therapy.mode === 'stopped' && is.boluses.length === 0)
      if (is.prime_uL === null && !rate.equals(0) && (rate.gt(highest) || (!exempt && rate.lt(least)))) return false
      const next = this.#event()
      const isTransporting = is.prime_uL !== null || is.bridged !== null
      if (isTransporting && is.now_us.lt(latest_us)) until_us = is.now_us.add(lasts_us)
      if (next === null || next.at_us.gte(until_us)) break
      this.advance(next.at_us)
    }
    return true
  }
}

function isSame({ concentration }: Plug, other: Fraction): boolean {
  return concentration.equals(other)
}

function waits(what: string, waiting: Waiting): boolean {
  if (what === 'pattern' || what === 'unfit') return waiting !== 'none'
  return what === 'empty' && waiting === 'patterns and the empty reservoir'
}

/** Of several things at one instant the start of a pattern comes last; before it what runs is given up, or runs dry. */
function isSooner(what: string, other: string): boolean {
  const late = (name: string) => (name === 'pattern' ? 3 : name === 'unfit' ? 2 : name === 'empty' ? 1 : 0)
  return late(what) < late(other)
}
