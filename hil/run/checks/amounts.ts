/**
 * Under- and over-delivery: all that was missed and all that was too much, by drug out of the tip or by volume at the
 * rotor, and for how long. What comes later never makes up for what came before: see `hil/oracle/missed.ts`.
 */
import { astrayOf } from '#hil/oracle/astray'
import { around, type Interval, type Uncertainty } from '#hil/oracle/guard-band'
import { riseOver } from '#hil/oracle/heights'
import type { Line } from '#hil/oracle/line'
import { missedOf } from '#hil/oracle/missed'
import type { Span } from '#hil/oracle/staircase'
import { resolutionOf } from '#hil/run/analysis/amounts'
import { decisive } from '#hil/run/checks/flow-error'
import { guardedWithin, sizeAround } from '#hil/run/checks/guarded'
import { inconclusive, type Observation } from '#hil/run/checks/observation'
import { type Growth, type Ledgers, NOTHING } from '#hil/run/ledgers'
import type { LedgerPair } from '#hil/run/result'
import { strongest_ug_per_uL } from '#hil/run/strongest'
import type { Check } from '#hil/scenario/types'
import { decimal, duration } from '#units/format'
import { add, divide, larger, multiply, type Rational, subtract, whole, ZERO } from '#units/rational'

type AmountCheck = Extract<Check, { check: 'under-delivery' | 'over-delivery' }>

const SECOND_us = whole(1_000_000)

/** What is held against the prescription: volume, or one of the drugs. */
interface Quantity {
  readonly name: string
  readonly unit: string
  readonly pair: LedgerPair
  readonly delivered: Growth
  readonly prescribed: Line
  readonly step: Rational
  readonly uncertainty: Uncertainty
}

export function amountDelivered(check: AmountCheck, ledgers: Ledgers): Observation {
  const observations = quantitiesOf(check, ledgers).flatMap((quantity) => observe(check, quantity, ledgers))
  const [first, ...others] = observations
  if (first === undefined) return inconclusive('', 'nothing was ever filled')
  const found = decisive([first, ...others])
  return { ...found, detail: observations.map(({ detail }) => detail).join('; ') }
}

function quantitiesOf(
  { of }: AmountCheck,
  { delivered, prescribed, scenario, instrument }: Ledgers,
): readonly Quantity[] {
  const { step_uL } = scenario.pump
  if (of === 'volume') {
    const volume = { name: 'volume', unit: 'uL', pair: 'volume', step: step_uL } as const
    const ledgers = { delivered: delivered.displaced, prescribed: prescribed.volume }
    return [{ ...volume, ...ledgers, uncertainty: instrument.displaced }]
  }
  return [...prescribed.mass].map(([drug, line]) => ({
    name: drug,
    unit: 'ug',
    pair: 'mass',
    delivered: delivered.tipMass.get(drug) ?? NOTHING,
    prescribed: line,
    step: multiply(step_uL, strongest_ug_per_uL(scenario, drug)),
    uncertainty: instrument.tipMass(drug),
  }))
}

function observe(check: AmountCheck, quantity: Quantity, ledgers: Ledgers): readonly Observation[] {
  const { prescribed, step } = quantity
  const tolerance = larger(check.beyond ?? ZERO, resolutionOf(prescribed, step, check))
  const question = { from_us: check.from_us, to_us: check.to_us, tolerance }
  const { amount, time_us } = check
  return [
    ...(amount === null ? [] : [amountOf(check, quantity, { ...question, amount }, ledgers)]),
    ...(time_us === null ? [] : [timeOf(check, quantity, { ...question, time_us }, ledgers)]),
  ]
}

type Question = Span & { readonly tolerance: Rational }

function amountOf(
  { check }: AmountCheck,
  quantity: Quantity,
  { amount, ...question }: Question & { readonly amount: Rational },
  ledgers: Ledgers,
): Observation {
  const { name, unit, delivered, prescribed, uncertainty } = quantity
  const { under, over } = missedOf(delivered.staircase, prescribed, question)
  const [measured, what] = check === 'under-delivery' ? [under, 'too little'] : [over, 'too much']
  const truth = sizeAround(measured, riseOver(delivered.heights, question), uncertainty)
  const since_us = sinceOf(check, quantity, question)
  const detail = `${name}: ${decimal(measured)} ${unit} ${what}${since_us === null ? '' : `, since ${duration(since_us)}`}`
  const reading = { measured, limit: amount, unit, at_us: since_us, detail }
  return parted(guardedWithin(reading, truth, ledgers.instrument), quantity, since_us)
}

function timeOf(
  { check }: AmountCheck,
  quantity: Quantity,
  { time_us, ...question }: Question & { readonly time_us: Rational },
  ledgers: Ledgers,
): Observation {
  const { name, delivered, prescribed, uncertainty } = quantity
  const at = (tolerance: Rational) => {
    const { behind, ahead } = astrayOf(delivered.staircase, prescribed, { ...question, tolerance })
    return check === 'under-delivery' ? behind : ahead
  }
  const found = at(question.tolerance)
  const measured = divide(found.total_us, SECOND_us)
  const side = check === 'under-delivery' ? 'behind' : 'ahead'
  const since_us = found.first_us ?? null
  const detail = `${name}: ${side} for ${duration(found.total_us)}${since_us === null ? '' : `, first at ${duration(since_us)}`}`
  const reading = { measured, limit: divide(time_us, SECOND_us), unit: 's', at_us: since_us, detail }
  const half = halfOf(riseOver(delivered.heights, question), uncertainty)
  // A true difference may be larger or smaller by `half`, which is as a smaller or larger tolerance.
  const secondsAt = (tolerance: Rational) => divide(at(tolerance).total_us, SECOND_us)
  const truth: Interval | undefined =
    half === undefined
      ? undefined
      : half.n === 0n
        ? { low: measured, high: measured }
        : {
            low: secondsAt(add(question.tolerance, half)),
            high: secondsAt(larger(subtract(question.tolerance, half), ZERO)),
          }
  return parted(guardedWithin(reading, truth, ledgers.instrument), quantity, since_us)
}

function halfOf(delivered: Rational, uncertainty: Uncertainty): Rational | undefined {
  const truth = around(delivered, uncertainty)
  return truth && subtract(truth.high, delivered)
}

function sinceOf(
  check: AmountCheck['check'],
  { delivered, prescribed }: Quantity,
  question: Question,
): Rational | null {
  const { behind, ahead } = astrayOf(delivered.staircase, prescribed, question)
  return (check === 'under-delivery' ? behind : ahead).first_us ?? null
}

function parted(observation: Observation, { pair }: Quantity, since_us: Rational | null): Observation {
  return observation.outcome === 'fail' ? { ...observation, parted: [{ pair, since_us }] } : observation
}
