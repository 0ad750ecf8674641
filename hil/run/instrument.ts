/**
 * The instrument: how well the bench knows what it says was delivered.
 *
 * The bench counts steps; a volume is steps times the volume of one. Without a rig file that volume is what the pump model
 * says, which makes it a model and not a measurement. With one it is what a calibration found, uncertain by a fraction
 * that is the same for every step, and by the steps that an encoder cannot tell apart. A calibration holds from its day to
 * its due date; outside of that nobody can say, and no verdict may rest on it.
 */
import { bounded, EXACTLY, type Uncertainty } from '#hil/oracle/guard-band'
import { TICK_us } from '#hil/rig/rig'
import { fromExact } from '#hil/run/exact'
import type { CalibrationRecord, HeaderRecord } from '#hil/run/trace'
import type { Scenario } from '#hil/scenario/types'
import {
  add,
  ceil,
  divide,
  isZero,
  larger,
  multiply,
  ONE,
  type Rational,
  ratio,
  smaller,
  subtract,
  sum,
  times,
  whole,
  ZERO,
} from '#units/rational'

export interface Instrument {
  /** How well a volume that the rotor displaced is known, in uL. */
  readonly displaced: Uncertainty
  /** How well a mass of a drug that left the tip between two instants is known, in ug. */
  readonly tipMass: (drug: string) => Uncertainty
  /** Why `displaced` is unknown; null where it is not. */
  readonly doubt: string | null
  /** How long after its due time a step may be stated to be made by a faultless pump: a tick of the rig, and how far the instant may be out. */
  readonly late_us: Rational
  /** Volume of one step of the motor as far as it is known: as calibrated, or that of the pump model. */
  readonly step_uL: Rational
  /** The steps that its count may be out by: none where it tells every step apart. */
  readonly uncountedSteps: number
  /** Null where the volume of a step is that of the pump model. */
  readonly calibration: CalibrationRecord | null
}

/** What can be said of the figures of a run with this header. */
export function instrumentOf(scenario: Scenario, header: HeaderRecord | undefined): Instrument {
  const calibration = header?.calibration
  const late_us = whole(TICK_us + (header?.provenance.instant_us ?? 0))
  if (calibration === undefined) {
    const relative = divide(exactly(header?.provenance.uncertainty_percent ?? 0), whole(100))
    const displaced = isZero(relative) ? EXACTLY : bounded(ZERO, relative)
    const { step_uL } = scenario.pump
    const tipMass = tipMassOf(scenario, displaced)
    return { displaced, tipMass, doubt: null, late_us, step_uL, uncountedSteps: 0, calibration: null }
  }
  const uncountedSteps = uncounted(calibration.encoder_steps)
  const doubt = doubtOf(calibration)
  const displaced = doubt === null ? measured(calibration, uncountedSteps) : UNKNOWN
  const step_uL = fromExact(calibration.step_uL)
  return { displaced, tipMass: tipMassOf(scenario, displaced), doubt, late_us, step_uL, uncountedSteps, calibration }
}

const UNKNOWN: Uncertainty = { kind: 'unknown' }

function measured({ step_uL, uncertainty_uL }: CalibrationRecord, uncountedSteps: number): Uncertainty {
  const step = fromExact(step_uL)
  return bounded(times(step, uncountedSteps), divide(fromExact(uncertainty_uL), step))
}

/** An encoder with one count for several steps leaves all but one of them open; a finer one leaves none. */
function uncounted(encoder_steps: string | null): number {
  return encoder_steps === null ? 0 : Number(ceil(fromExact(encoder_steps))) - 1
}

/** Why a calibration says nothing of a run on the day it was used; null where it does. */
function doubtOf({ calibrated, due, used, instruments }: CalibrationRecord): string | null {
  // Days written as YYYY-MM-DD are in the order of their texts.
  if (used > due) return `the calibration of the rig was due on ${due}, and this run is of ${used}`
  if (used < calibrated) return `the rig was calibrated on ${calibrated}, and this run is of ${used}`
  const late = instruments.find((instrument) => calibrated > instrument.due)
  return late === undefined
    ? null
    : `the ${late.instrument} ${late.serial} was due on ${late.due}, and the rig was calibrated with it on ${calibrated}`
}

/**
 * A step volume that is out by a fraction changes the mass in two ways: every step brings more or less, and each front in the
 * line arrives after fewer or more steps, which is as if the line were shorter or longer by that fraction. The second is
 * at most the volume it is out by times the largest change of concentration.
 *
 * Where a refill was put on top of a residual the concentration itself depends on how much was left. A residual that is out
 * by e moves the mixture of a fill F by at most e / F of the difference of concentrations; `blur` is the sum of that over
 * all mixtures, relative to the weakest. Where one of them has none of the drug, all that can be said is that what was
 * displaced too much or too little held at most the strongest solution.
 */
function tipMassOf(scenario: Scenario, displaced: Uncertainty): (drug: string) => Uncertainty {
  return (drug) => {
    if (displaced.kind === 'unknown') return UNKNOWN
    const { absolute, relative } = displaced
    if (isZero(absolute) && isZero(relative)) return EXACTLY
    const { strongest, weakest, mixtures_uL } = solutionsOf(scenario, drug)
    const contrast = subtract(strongest, weakest)
    const line_uL = add(scenario.pump.tube_uL, scenario.catheter_uL)
    const late_uL = multiply(line_uL, divide(multiply(relative, add(ONE, relative)), subtract(ONE, relative)))
    const fronts_ug = add(multiply(absolute, strongest), multiply(late_uL, contrast))
    if (mixtures_uL.length === 0 || isZero(contrast)) return bounded(fronts_ug, relative)
    const astray_uL = add(absolute, multiply(relative, filled_uL(scenario)))
    if (isZero(weakest)) return bounded(add(fronts_ug, multiply(astray_uL, strongest)), relative)
    const blur = sum(mixtures_uL.map((fill_uL) => divide(multiply(astray_uL, contrast), multiply(fill_uL, weakest))))
    return bounded(fronts_ug, add(relative, multiply(blur, add(ONE, relative))))
  }
}

interface Solutions {
  readonly strongest: Rational
  readonly weakest: Rational
  /** Each volume that was put on top of a residual. */
  readonly mixtures_uL: readonly Rational[]
}

/** Concentrations of the drug that ever enter the line; a line that is empty or full of water counts as one without it. */
function solutionsOf({ fill, events, line }: Scenario, drug: string): Solutions {
  const refills = events.flatMap((event) => (event.kind === 'refill' ? [event] : []))
  const found = [fill, ...refills.map((refill) => refill.fill)].map(({ actual }) =>
    actual.drug === drug ? actual.concentration_ug_per_uL : ZERO,
  )
  const all: Rational[] = line !== 'filled' ? [...found, ZERO] : found
  const onTop = refills.filter(({ withdraw }) => withdraw.amount !== 'all')
  return {
    strongest: all.reduce(larger),
    weakest: all.reduce(smaller),
    mixtures_uL: onTop.map(({ fill: { actual } }) => actual.volume_uL),
  }
}

/** All that was ever filled: no more than that can be displaced. */
function filled_uL({ fill, events }: Scenario): Rational {
  const refills = events.flatMap((event) => (event.kind === 'refill' ? [event.fill.actual.volume_uL] : []))
  return sum([fill.actual.volume_uL, ...refills])
}

/** The very value of a double that is finite and not below zero. */
function exactly(value: number): Rational {
  let [numerator, denominator] = [value, 1n]
  for (; !Number.isInteger(numerator); denominator *= 2n) numerator *= 2
  return ratio(BigInt(numerator), denominator)
}
