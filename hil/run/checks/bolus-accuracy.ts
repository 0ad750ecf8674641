/**
 * Bolus accuracy: every bolus that ran undisturbed, and the mean of all, against the dose.
 *
 * A published figure is the mean and the worst each way of at least 25. Of fewer a mean is quoted with that remark, and is
 * not judged where the check asks for more.
 */
import { type BolusAccuracy, type BolusError, bolusAccuracy } from '#hil/oracle/bolus-accuracy'
import { wholeBoluses } from '#hil/oracle/bolus-record'
import { around } from '#hil/oracle/guard-band'
import { riseOver } from '#hil/oracle/heights'
import { decisive, percentText } from '#hil/run/checks/flow-error'
import { guardedWithin } from '#hil/run/checks/guarded'
import { inconclusive, type Observation } from '#hil/run/checks/observation'
import type { Ledgers } from '#hil/run/ledgers'
import type { Check } from '#hil/scenario/types'
import { decimal, duration } from '#units/format'
import { add, compare, divide, equal, larger, magnitude, type Rational, subtract, times, ZERO } from '#units/rational'

type BolusCheck = Extract<Check, { check: 'bolus-accuracy' }>

export function bolusesAccurate(check: BolusCheck, ledgers: Ledgers): Observation {
  const { delivered, prescribed, scenario } = ledgers
  const boluses = wholeBoluses(prescribed.boluses, check.to_us).filter(
    ({ from_us }) => compare(from_us, check.from_us) >= 0,
  )
  const question = { measure: check.measure, step: scenario.pump.step_uL }
  const found = bolusAccuracy(delivered.displaced.heights, prescribed.volume, boluses, question)
  if (found === undefined) return inconclusive('%', 'no bolus ran undisturbed in this span')
  const each = [found.most, found.least].map((bolus) => judgedBolus(bolus, check, ledgers, found.floor))
  const telling = decisive([judgedMean(found, check, ledgers), ...each])
  return { ...telling, detail: `${describe(found)}${limitsText(check)}${telling.detail}` }
}

function judgedBolus(bolus: BolusError, { within }: BolusCheck, ledgers: Ledgers, floor: Rational): Observation {
  const reading = {
    measured: times(magnitude(bolus.error), 100),
    limit: times(within, 100),
    unit: '%',
    at_us: bolus.from_us,
    detail: '',
  }
  const half = halfOf(bolus, ledgers)
  return judged(reading, half, { within, floor }, ledgers)
}

function judgedMean(found: BolusAccuracy, check: BolusCheck, ledgers: Ledgers): Observation {
  const { mean, floor, most, least } = found
  const reading = {
    measured: times(magnitude(mean), 100),
    limit: times(check.mean, 100),
    unit: '%',
    at_us: null,
    detail: '',
  }
  if (found.count < check.count) {
    return { ...reading, outcome: 'inconclusive', detail: `; the mean is judged from ${check.count} boluses on` }
  }
  const halves = [most, least].map((bolus) => halfOf(bolus, ledgers))
  const half = halves.reduce((a, b) => (a === undefined || b === undefined ? undefined : larger(a, b)))
  return judged(reading, half, { within: check.mean, floor }, ledgers)
}

interface Percentages {
  readonly measured: Rational
  readonly limit: Rational
  readonly unit: string
  readonly at_us: Rational | null
  readonly detail: string
}

/** Where one step is more than the limit, only an error beyond both together tells anything. */
function judged(
  reading: Percentages,
  half: Rational | undefined,
  { within, floor }: { readonly within: Rational; readonly floor: Rational },
  ledgers: Ledgers,
): Observation {
  const { measured } = reading
  const truth =
    half === undefined
      ? undefined
      : { low: larger(subtract(measured, times(half, 100)), ZERO), high: add(measured, times(half, 100)) }
  const found =
    compare(floor, within) <= 0
      ? guardedWithin(reading, truth, ledgers.instrument)
      : { ...reading, ...coarse(truth?.low, times(add(within, floor), 100)) }
  return found.outcome === 'fail' ? { ...found, parted: [{ pair: 'volume' as const, since_us: reading.at_us }] } : found
}

function coarse(least: Rational | undefined, beyond: Rational): Pick<Observation, 'outcome' | 'detail'> {
  return least !== undefined && compare(least, beyond) > 0
    ? { outcome: 'fail', detail: '; beyond the limit by more than a step' }
    : { outcome: 'inconclusive', detail: '; unresolvable: a step is more than the limit' }
}

/** How far the error of a bolus may be out, as a fraction of it; undefined where nobody can say. */
function halfOf(bolus: BolusError, { delivered, instrument }: Ledgers): Rational | undefined {
  const total = riseOver(delivered.displaced.heights, bolus)
  const truth = around(total, instrument.displaced)
  return truth && divide(subtract(truth.high, total), bolus.prescribed)
}

/** The limits of mean and worst, of which a check reports the one that is nearer; nothing where they are one. */
function limitsText({ within, mean }: BolusCheck): string {
  if (equal(within, mean)) return ''
  return `; at most ${decimal(times(mean, 100))} % in the mean and ${decimal(times(within, 100))} % in each`
}

function describe({ count, mean, most, least, floor, isEnough }: BolusAccuracy): string {
  const few = isEnough ? '' : ', fewer than the 25 of which a mean is quoted'
  const worst = `worst ${percentText(least.error)} at ${duration(least.from_us)} and ${percentText(most.error)} at ${duration(most.from_us)}`
  return `mean ${percentText(mean)} of ${count} boluses${few}; ${worst}; one step is ${percentText(floor)} of the smallest`
}
