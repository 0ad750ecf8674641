/**
 * The course of a prescription: what is in force at an instant, and the lines of volume and mass up to it.
 *
 * It knows by itself when a bolus, a prime or a bridged plug of old concentration ends and when a pattern starts its next bolus;
 * whoever holds it says what else happens, and when. At one instant ends come first, then what happens, then the starts
 * of patterns. A course can be forked, to look into the future without changing what is prescribed.
 */
import { BolusRecord } from '#hil/oracle/bolus-record'
import {
  bridged,
  bridgeFactor,
  type Held,
  heldAfter,
  lineVolume,
  NOTHING_OLD,
  nextChange_uL,
  withPlug,
} from '#hil/oracle/bridge'
import { type Flow, flowOf, massRate, NO_FLOW, spread, together, volumeRate } from '#hil/oracle/flow'
import { changeRate, type LinePiece, onPiece, tailFrom } from '#hil/oracle/line'
import { clockSet, isCorrection, type PatternClock, readingAt } from '#hil/oracle/pattern-clock'
import { afterCorrection, afterStart, type Pattern, patternFrom } from '#hil/oracle/patterns'
import type { Plumbing } from '#hil/oracle/plumbing'
import { primedUntil } from '#hil/oracle/prime'
import { UnderWay } from '#hil/oracle/under-way'
import type { Bolus, Bridge, ProgrammedFill, Scenario, Therapy } from '#hil/scenario/types'
import { add, compare, divide, equal, isPositive, multiply, type Rational, subtract, ZERO } from '#units/rational'

/** Changes of rate that one ledger may take, its looks into the future included: a century of 13 boluses a day. */
export const MOST_CHANGES = 2_000_000

const STILL: LinePiece = { from_us: ZERO, value: ZERO, rate: ZERO }

/** What of a scenario a course starts from. */
export interface Start extends Plumbing {
  readonly pump: PumpRates & Plumbing['pump']
  readonly fill: Scenario['fill']
  readonly clock_us: Scenario['clock_us']
}

type PumpRates = Pick<Scenario['pump'], 'rateMax_uL_per_us' | 'minimumRate_uL_per_us'>

interface InForce {
  readonly pump: PumpRates
  /** Volume of tube and catheter. */
  readonly line_uL: Rational
  drug: string
  concentration: Rational
  clock: PatternClock
  therapy: Therapy
  /** How the scenario wrote the therapy. */
  text: string
  basal: Flow
  pattern: Pattern | undefined
  primed_us: Rational | undefined
  /** What the line held when this was last looked at: at every refill and bridge, and at every instant of a bridge. */
  held: Held
  /** When what a bridge multiplies by changes next, at the rate of now. */
  bridgeEnd_us: Rational | undefined
  /** The total rate of now. */
  rate: Rational
  /** The drug that flows since the last change. */
  flowing: string
}

/** The rates of volume and mass, and all but the boluses that they follow from. */
interface Rates extends Pick<InForce, 'basal' | 'concentration'> {
  /** What a bridge multiplies by. */
  readonly factor: Rational
  readonly volume: Rational
  readonly mass: Rational
}

/** What all forks of a course have in common. */
interface Shared {
  /** How many changes all of them took, so that looks into the future are bounded too. */
  changes: number
  readonly mostChanges: number
  /** By the boluses under way. */
  readonly known: WeakMap<Flow, Rates>
}

export class Course {
  /** Prescribed volume, and mass by drug, so far; they go on at the rates of now. */
  readonly volume: LinePiece[]
  readonly mass: Map<string, LinePiece[]>
  /** Every bolus that this course has started. */
  readonly record = new BolusRecord()
  readonly #is: InForce
  readonly #underWay: UnderWay
  readonly #shared: Shared

  private constructor(is: InForce, volume: LinePiece[], mass: LinePiece[], underWay: UnderWay, shared: Shared) {
    this.#is = is
    this.volume = volume
    this.mass = new Map([[is.drug, mass]])
    this.#underWay = underWay
    this.#shared = shared
  }

  /** A stopped pump at the start of a run, whose rate may change so often. */
  static from(start: Start, mostChanges: number): Course {
    const { pump, fill, clock_us } = start
    const { drug, concentration_ug_per_uL: concentration } = fill.meant
    const is: InForce = {
      pump,
      line_uL: lineVolume(start),
      drug,
      concentration,
      clock: clockSet(ZERO, clock_us),
      therapy: { mode: 'stopped' },
      text: 'no therapy yet',
      basal: NO_FLOW,
      pattern: undefined,
      primed_us: undefined,
      held: NOTHING_OLD,
      bridgeEnd_us: undefined,
      rate: ZERO,
      flowing: drug,
    }
    const shared = { changes: 0, mostChanges, known: new WeakMap() }
    const course = new Course(is, [STILL], [STILL], new UnderWay(), shared)
    course.massOf(fill.actual.drug)
    return course
  }

  /** The same course to be played on apart; its lines begin at `from_us` or before. */
  fork(from_us: Rational): Course {
    const volume = tailFrom(this.volume, from_us)
    const mass = tailFrom(this.massOf(this.#is.drug), from_us)
    this.#spend(volume.length + mass.length + this.#underWay.count)
    return new Course({ ...this.#is }, volume, mass, this.#underWay.copy(), this.#shared)
  }

  get therapy(): Therapy {
    return this.#is.therapy
  }

  get concentration(): Rational {
    return this.#is.concentration
  }

  get drug(): string {
    return this.#is.drug
  }

  /** The total prescribed volume rate since the last change. */
  get rate(): Rational {
    return this.#is.rate
  }

  get isPriming(): boolean {
    return this.#is.primed_us !== undefined
  }

  get isBridging(): boolean {
    return this.#is.held.covered_uL !== undefined
  }

  /** What every rate of the therapy is multiplied by since the last change; 1 where no bridge covers the tip. */
  get factor(): Rational {
    return bridgeFactor(this.#is.held, this.#is.concentration)
  }

  /** When the prime under way ends; undefined when none is. */
  get primeEnd_us(): Rational | undefined {
    return this.#is.primed_us
  }

  /** The older concentrations that the line holds at the end of what has been played, the one nearest the tip first. */
  plugsAt(at_us: Rational): readonly Rational[] {
    return heldAfter(this.#is.held, this.#displacedBy(at_us)).plugs.map(({ concentration }) => concentration)
  }

  /** Whether the clock is only corrected by being set to `to_us`, which leaves the therapy as it is. */
  isCorrectedBy(at_us: Rational, to_us: Rational): boolean {
    return isCorrection(readingAt(this.#is.clock, at_us), to_us)
  }

  /** When the last of the boluses under way ends; undefined when none is. */
  get lastEnd_us(): Rational | undefined {
    return this.#underWay.last_us
  }

  /** Prescribed mass of a drug so far; the drug becomes known by asking. */
  massOf(drug: string): LinePiece[] {
    const known = this.mass.get(drug)
    if (known !== undefined) return known
    const line = [STILL]
    this.mass.set(drug, line)
    return line
  }

  /** The next instant at which something ends or starts by itself. */
  get next_us(): Rational | undefined {
    const { primed_us, bridgeEnd_us, pattern } = this.#is
    let next = this.#underWay.next_us
    for (const at_us of [primed_us, bridgeEnd_us, pattern?.start_us]) {
      if (at_us !== undefined && (next === undefined || compare(at_us, next) < 0)) next = at_us
    }
    return next
  }

  /** Lets pass what happens by itself before `to_us`. */
  playTo(to_us: Rational): void {
    for (let next = this.next_us; next !== undefined && compare(next, to_us) < 0; next = this.next_us) this.pass(next)
  }

  /** Lets one instant pass at which nothing happens but by itself. */
  pass(at_us: Rational): void {
    this.open(at_us)
    this.close(at_us)
  }

  /** Opens an instant: what is due to end by then ends. Nothing may be due to happen before it. */
  open(at_us: Rational): void {
    const is = this.#is
    this.#underWay.endBy(at_us)
    if (is.primed_us !== undefined && compare(is.primed_us, at_us) <= 0) is.primed_us = undefined
    if (this.isBridging) is.held = heldAfter(is.held, this.#displacedBy(at_us))
  }

  /** Closes an instant: patterns start their boluses, and the lines go on at the rates that follow. */
  close(at_us: Rational): void {
    const is = this.#is
    for (let { pattern } = is; pattern !== undefined && equal(pattern.start_us, at_us); pattern = is.pattern) {
      this.#start(at_us, pattern.next.over_us, pattern.next.flow)
      is.pattern = afterStart(pattern, is.clock)
      this.#spend(1)
    }
    const { volume, mass } =
      is.primed_us === undefined ? this.#rates() : { volume: is.pump.rateMax_uL_per_us, mass: ZERO }
    is.rate = volume
    if (is.flowing !== is.drug) changeRate(this.massOf(is.flowing), at_us, ZERO)
    is.flowing = is.drug
    changeRate(this.volume, at_us, is.rate)
    changeRate(this.massOf(is.drug), at_us, mass)
    is.bridgeEnd_us = this.#bridgeEnd(at_us)
    this.record.settle(at_us, { concentration: is.concentration, factor: this.factor, isPriming: this.isPriming })
    this.#spend(1)
  }

  /** Sets the pattern clock; more than a correction begins the therapy anew. */
  setClock(at_us: Rational, to_us: Rational): void {
    const is = this.#is
    const from_us = readingAt(is.clock, at_us)
    is.clock = clockSet(at_us, to_us)
    if (!isCorrection(from_us, to_us)) this.begin(at_us, is.therapy, is.text)
    else if (is.pattern !== undefined) is.pattern = afterCorrection(is.pattern, is.clock, to_us)
  }

  /**
   * Another fill in the reservoir, as it was meant: whoever prescribes reckons with nothing else, and what else is in it is
   * known as a drug of which nothing is prescribed. One of another drug ends a bridge, and none can lead from the old to it.
   */
  refill(at_us: Rational, { meant: fill, actual }: ProgrammedFill): void {
    const is = this.#is
    this.massOf(fill.drug)
    this.massOf(actual.drug)
    if (fill.drug !== is.drug) is.held = NOTHING_OLD
    else if (!equal(fill.concentration_ug_per_uL, is.concentration)) {
      const displaced_uL = this.#displacedBy(at_us)
      const plug = { concentration: is.concentration, until_uL: add(displaced_uL, is.line_uL) }
      is.held = withPlug(heldAfter(is.held, displaced_uL), plug, displaced_uL)
    }
    is.drug = fill.drug
    is.concentration = fill.concentration_ug_per_uL
  }

  /** A therapy from its start; every bolus under way ends, prime and bridge go on. */
  begin(at_us: Rational, therapy: Therapy, text: string): void {
    const is = this.#is
    is.therapy = therapy
    is.text = text
    is.basal = basalOf(therapy, is.pump)
    is.pattern = patternFrom(therapy, is.clock, at_us)
    this.#underWay.clear()
    this.record.cut(at_us)
  }

  give(at_us: Rational, { dose, over_us }: Bolus): void {
    this.#start(at_us, over_us, spread(dose, over_us))
  }

  prime(at_us: Rational, volume_uL: Rational): void {
    const is = this.#is
    if (isPositive(volume_uL)) is.primed_us = primedUntil(is.primed_us, at_us, volume_uL, is.pump.rateMax_uL_per_us)
  }

  /** Does nothing unless the line still holds another concentration of the same drug. */
  bridge(at_us: Rational, bridge: Bridge): void {
    const is = this.#is
    const displaced_uL = this.#displacedBy(at_us)
    is.held = bridged(heldAfter(is.held, displaced_uL), displaced_uL, bridge, is.concentration)
  }

  #start(at_us: Rational, over_us: Rational, flow: Flow): void {
    const end_us = add(at_us, over_us)
    this.#underWay.start(end_us, flow)
    this.record.start(at_us, end_us, flow)
  }

  /** What basal and boluses give now; the same boluses over the same basal are added up once. */
  #rates(): Rates {
    const { basal, concentration } = this.#is
    const { factor } = this
    const boluses = this.#underWay.flow
    const known = this.#shared.known.get(boluses)
    if (known?.basal === basal && known.concentration === concentration && equal(known.factor, factor)) return known
    const flow = together(basal, boluses)
    const volume = multiply(volumeRate(flow, concentration), factor)
    const rates = { basal, concentration, factor, volume, mass: massRate(flow, concentration) }
    this.#shared.known.set(boluses, rates)
    return rates
  }

  #displacedBy(at_us: Rational): Rational {
    return onPiece(this.volume.at(-1) ?? STILL, at_us)
  }

  #bridgeEnd(at_us: Rational): Rational | undefined {
    const end_uL = nextChange_uL(this.#is.held)
    if (end_uL === undefined || !isPositive(this.#is.rate)) return undefined
    return add(at_us, divide(subtract(end_uL, this.#displacedBy(at_us)), this.#is.rate))
  }

  #spend(changes: number): void {
    this.#shared.changes += changes
    const { mostChanges } = this.#shared
    if (this.#shared.changes <= mostChanges) return
    throw new RangeError(
      `the therapy "${this.#is.text}" changes its rate too often: a prescribed ledger takes at most ` +
        `${mostChanges} changes; let its boluses come less often, or shorten the run`,
    )
  }
}

/** What flows of a therapy without its boluses. */
export function basalOf(therapy: Therapy, { minimumRate_uL_per_us }: Pick<PumpRates, 'minimumRate_uL_per_us'>): Flow {
  switch (therapy.mode) {
    case 'stopped':
      return NO_FLOW
    case 'minimum-rate':
      return { byMass: ZERO, byVolume: minimumRate_uL_per_us }
    case 'simple-continuous':
      return flowOf(therapy.dose)
    case 'flex':
      return flowOf(therapy.basal)
    case 'periodic-bolus':
      return therapy.basal === null ? NO_FLOW : flowOf(therapy.basal)
  }
}
