/**
 * Delivered volume and dose at the tip against what was prescribed, over the whole span or over each whole window.
 *
 * Fails when the difference exceeds `within` of the prescribed amount by more than one step, which no motor can divide.
 * A pump beyond 5 % but within its tolerance passes, and the detail says that it is marginal.
 */

import { type WorstDelivery, windowsOf, worstDelivery } from '#hil/oracle/delivery'
import type { Uncertainty } from '#hil/oracle/guard-band'
import type { Line } from '#hil/oracle/line'
import { trackingOf } from '#hil/oracle/tracking'
import { TICK_us } from '#hil/rig/rig'
import { inWords } from '#hil/run/checks/guarded'
import { inconclusive, type Observation } from '#hil/run/checks/observation'
import type { Instrument } from '#hil/run/instrument'
import { atRigTick, type Growth, type Ledgers, NOTHING } from '#hil/run/ledgers'
import type { LedgerPair } from '#hil/run/result'
import { strongest_ug_per_uL } from '#hil/run/strongest'
import type { Check } from '#hil/scenario/types'
import { decimal, duration } from '#units/format'
import {
  compare,
  divide,
  isNegative,
  isPositive,
  isZero,
  multiply,
  type Rational,
  ratio,
  subtract,
  times,
  whole,
} from '#units/rational'

type DeliveredVolume = Extract<Check, { check: 'delivered-volume' }>
type DoseAtTip = Extract<Check, { check: 'dose-at-tip' }>

const MARGINAL = ratio(5n, 100n)

export function deliveredVolume(check: DeliveredVolume, ledgers: Ledgers): Observation {
  const { prescribed, delivered, instrument } = ledgers
  const { step_uL } = ledgers.scenario.pump
  const ledgersOfVolume = { delivered: delivered.displaced, prescribed: prescribed.volume }
  const compared: Compared = { pair: 'volume', ...ledgersOfVolume, uncertainty: instrument.displaced }
  return observe(check, compared, { step: step_uL, unit: 'uL' }, instrument)
}

/** Every drug that was ever filled is judged; the worst one is reported. */
export function doseAtTip(check: DoseAtTip, ledgers: Ledgers): Observation {
  const observations = [...ledgers.prescribed.mass].map(([drug, prescribed]) => {
    const step_ug = multiply(ledgers.scenario.pump.step_uL, strongest_ug_per_uL(ledgers.scenario, drug))
    const { delivered, instrument } = ledgers
    const compared: Compared = {
      pair: 'mass',
      delivered: delivered.tipMass.get(drug) ?? NOTHING,
      prescribed,
      uncertainty: instrument.tipMass(drug),
    }
    const found = observe(check, compared, { step: step_ug, unit: 'ug' }, instrument)
    return { ...found, detail: `${drug}: ${found.detail}` }
  })
  const rank = (found: Observation) => (found.outcome === 'fail' ? 2 : found.outcome === 'inconclusive' ? 1 : 0)
  return observations.reduce((a, b) => (rank(b) > rank(a) ? b : a))
}

/** The two ledgers that are compared. */
interface Compared {
  readonly pair: LedgerPair
  readonly delivered: Growth
  readonly prescribed: Line
  /** How well what was delivered is known. */
  readonly uncertainty: Uncertainty
}

function observe(
  check: DeliveredVolume | DoseAtTip,
  { pair, delivered, prescribed, uncertainty }: Compared,
  { step, unit }: { readonly step: Rational; readonly unit: string },
  instrument: Instrument,
): Observation {
  const { from_us, within, every_us } = check
  const span = { from_us, to_us: check.to_us }
  const windows = every_us === undefined ? [span] : windowsOf(span, every_us)
  const worst = worstDelivery(delivered.heights, prescribed, onRigTicks(windows), { within, step }, uncertainty)
  if (worst === undefined) return inconclusive(unit, 'no whole window lies between `from` and `to`')
  const reading = {
    measured: worst.error,
    limit: worst.limit,
    unit,
    at_us: worst.to_us,
    detail: describe(worst, unit, every_us !== undefined) + marginal(worst),
  }
  const found = inWords(reading, worst.outcome, worst.truth, instrument)
  if (found.outcome !== 'fail') return found
  const question = { from_us: worst.from_us, to_us: worst.to_us, within: worst.limit, rigTick_us: whole(TICK_us) }
  const { firstViolation_us } = trackingOf(delivered.staircase, prescribed, question)
  return { ...found, parted: [{ pair, since_us: firstViolation_us ?? worst.to_us }] }
}

/** The rig is read at the first of its ticks at or after each instant; the prescription changes by nothing that matters. */
function* onRigTicks(windows: Iterable<{ readonly from_us: Rational; readonly to_us: Rational }>) {
  for (const { from_us, to_us } of windows) yield { from_us: atRigTick(from_us), to_us: atRigTick(to_us) }
}

function describe(worst: WorstDelivery, unit: string, windowed: boolean): string {
  const { delivered, prescribed, from_us, to_us } = worst
  const where = windowed ? ` in the worst window, ${duration(from_us)} to ${duration(to_us)}` : ''
  const amounts = `${decimal(delivered)} ${unit} delivered of ${decimal(prescribed)} ${unit} prescribed${where}`
  if (isZero(prescribed)) return amounts
  const deviation = divide(subtract(delivered, prescribed), prescribed)
  return `${amounts} (${isNegative(deviation) ? '' : '+'}${decimal(times(deviation, 100), 4)} %)`
}

/** Within its tolerance, yet further out than a pump should be. */
function marginal({ outcome, error, prescribed }: WorstDelivery): string {
  return outcome === 'pass' && isPositive(prescribed) && compare(error, multiply(prescribed, MARGINAL)) > 0
    ? '; marginal: beyond 5 %'
    : ''
}
