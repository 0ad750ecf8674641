/**
 * Tracking: delivered against prescribed, and believed against delivered, at every instant.
 *
 * The most searching check: a pump that loses, doubles, hurries or forgets a single step beyond `within` fails it. What
 * the pump reports of itself when asked must also be what it has booked.
 */
import { differenceOf } from '#hil/oracle/difference'
import type { Interval } from '#hil/oracle/guard-band'
import { riseOver } from '#hil/oracle/heights'
import { trackingOf } from '#hil/oracle/tracking'
import { TICK_us } from '#hil/rig/rig'
import { guardedWithin, sizeAround } from '#hil/run/checks/guarded'
import type { Observation } from '#hil/run/checks/observation'
import type { Ledgers } from '#hil/run/ledgers'
import { reportedFigures } from '#hil/run/reported-figures'
import { type LedgerPair, worst } from '#hil/run/result'
import type { Check } from '#hil/scenario/types'
import { decimal, duration } from '#units/format'
import {
  add,
  compare,
  divide,
  isNegative,
  isZero,
  larger,
  magnitude,
  multiply,
  type Rational,
  subtract,
  whole,
  ZERO,
} from '#units/rational'

type Tracking = Extract<Check, { check: 'tracking' }>

/** One of the comparisons of the check, by volume. */
interface Leg {
  readonly excess: Rational
  readonly at_us: Rational
  readonly detail: string
  readonly pair: LedgerPair
  /** The first instant beyond the limit; undefined where there is none. */
  readonly since_us: Rational | undefined
}

/** A comparison with what was delivered is as uncertain as that; one of the pump with itself is not. */
type Judge = (leg: Leg) => Observation

export function tracking(check: Tracking, ledgers: Ledgers): Observation {
  const { step_uL } = ledgers.scenario.pump
  const inSteps = check.within.in === 'steps'
  const within = check.within.in === 'steps' ? multiply(check.within.steps, step_uL) : check.within.volume_uL
  const { delivered, instrument } = ledgers
  const displaced = riseOver(delivered.displaced.heights, check)
  const reach = sizeAround(ZERO, displaced, instrument.displaced)?.high
  // A faultless pump is up to a step away before each of its steps.
  const finest = reach === undefined || isZero(reach) ? ZERO : add(reach, step_uL)
  const measured: Judge = (leg) => {
    const found = observed(leg, sizeAround(leg.excess, displaced, instrument.displaced))
    if (compare(finest, within) <= 0 || found.outcome !== 'inconclusive') return found
    return { ...found, detail: `${found.detail}${remedy(finest)}` }
  }
  const counted: Judge = (leg) => observed(leg, { low: leg.excess, high: leg.excess })
  const observed = (leg: Leg, truth: Interval | undefined): Observation => {
    const { excess, at_us, detail, pair, since_us } = leg
    const found = guardedWithin({ measured: excess, limit: within, unit: 'uL', at_us, detail }, truth, instrument)
    return found.outcome === 'fail' ? { ...found, parted: [{ pair, since_us: since_us ?? at_us }] } : found
  }
  const legs = [
    measured(deliveredLeg(check, ledgers, within)),
    measured(believedLeg(check, ledgers, within)),
    counted(reportedLeg(check, ledgers, within)),
  ]
  const decisive = worst(legs.map(({ outcome }) => outcome))
  const telling = legs
    .filter(({ outcome }) => outcome === decisive)
    .reduce((a, b) => (compare(b.measured ?? ZERO, a.measured ?? ZERO) > 0 ? b : a))
  const scaled = (value: Rational) => (inSteps ? divide(value, step_uL) : value)
  return {
    ...telling,
    measured: scaled(telling.measured ?? ZERO),
    limit: scaled(within),
    unit: inSteps ? 'step' : 'uL',
    ...(decisive === 'fail' ? { parted: legs.flatMap(({ parted }) => parted ?? []) } : {}),
  }
}

/** What to ask for instead where no pump, however good, could pass: the limit is finer than the instrument. */
function remedy(finest: Rational): string {
  return (
    `; no pump can be shown to keep a limit below ${decimal(finest)} uL here, a step and what the volume is uncertain by: ` +
    'ask for more, or for delivered-volume, whose limit grows with the volume'
  )
}

function deliveredLeg(check: Tracking, ledgers: Ledgers, within: Rational): Leg {
  const { from_us, to_us } = check
  const rigTick_us = ledgers.instrument.late_us
  const found = trackingOf(ledgers.delivered.displaced.staircase, ledgers.prescribed.volume, {
    from_us,
    to_us,
    within,
    rigTick_us,
  })
  const direction = isNegative(found.deviation) ? 'behind' : 'ahead of'
  const since =
    found.firstViolation_us === undefined ? '' : `; beyond the limit since ${duration(found.firstViolation_us)}`
  return {
    excess: larger(found.excess, ZERO),
    at_us: found.at_us,
    detail: `delivered is at most ${decimal(magnitude(found.deviation))} uL ${direction} prescribed${since}`,
    pair: 'volume',
    since_us: found.firstViolation_us,
  }
}

function believedLeg(check: Tracking, ledgers: Ledgers, within: Rational): Leg {
  const { from_us, to_us } = check
  const { believed, delivered } = ledgers
  const question = { from_us, to_us, grid_us: TICK_us, within }
  const { worst, firstViolation_us } = differenceOf(believed.volume.staircase, delivered.displaced.staircase, question)
  const direction = isNegative(worst.difference) ? 'below' : 'above'
  return {
    excess: magnitude(worst.difference),
    at_us: worst.at_us,
    detail: `believed is at most ${decimal(magnitude(worst.difference))} uL ${direction} delivered`,
    pair: 'belief',
    since_us: firstViolation_us,
  }
}

/** Every figure the pump answered when asked, against what it had booked by then, each turned into volume. */
function reportedLeg(check: Tracking, ledgers: Ledgers, within: Rational): Leg {
  const none = { pair: 'belief', since_us: undefined } as const
  let worst: Leg = { excess: ZERO, at_us: check.from_us, detail: 'the pump reports what it has booked', ...none }
  let since_us: Rational | undefined
  for (const status of ledgers.believed.statuses) {
    const at_us = whole(status.t_us)
    if (compare(at_us, check.from_us) < 0 || compare(at_us, check.to_us) > 0) continue
    for (const { what, reported, booked, perUnit_uL } of reportedFigures(status, ledgers)) {
      const excess = multiply(magnitude(subtract(reported, booked)), perUnit_uL)
      if (compare(excess, within) > 0) since_us ??= at_us
      if (compare(excess, worst.excess) <= 0) continue
      const detail = `the pump reported ${decimal(reported)} ${what} at ${duration(at_us)} where it had booked ${decimal(booked)}`
      worst = { excess, at_us, detail, pair: 'belief', since_us }
    }
  }
  return { ...worst, since_us }
}
