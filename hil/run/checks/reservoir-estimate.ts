/**
 * Reservoir estimate: what the pump believes is left against what truly is, at the worst instant of the span.
 *
 * Both are read at ticks of the rig, so that a step on its way from due time to tick does not count. A wrong fill volume
 * shows here and nowhere else until the pump runs dry.
 */
import { differenceOf } from '#hil/oracle/difference'
import { heightAt } from '#hil/oracle/heights'
import { TICK_us } from '#hil/rig/rig'
import { inconclusive, type Observation } from '#hil/run/checks/observation'
import { fromExact } from '#hil/run/exact'
import { type Ledgers, recordsOf, rigReading } from '#hil/run/ledgers'
import type { Check } from '#hil/scenario/types'
import { decimal, duration } from '#units/format'
import {
  add,
  compare,
  isNegative,
  isPositive,
  larger,
  magnitude,
  negate,
  type Rational,
  smaller,
  subtract,
  whole,
  ZERO,
} from '#units/rational'

type ReservoirEstimate = Extract<Check, { check: 'reservoir-estimate' }>

/** A stretch between two fills, with what was believed and what was true in the reservoir at its start. */
interface Stretch {
  readonly from_us: Rational
  readonly to_us: Rational
  readonly error_uL: Rational
}

export function reservoirEstimate(check: ReservoirEstimate, ledgers: Ledgers): Observation {
  let worst: { readonly error: Rational; readonly at_us: Rational } | undefined
  for (const stretch of stretchesOf(ledgers)) {
    const from_us = larger(stretch.from_us, check.from_us)
    const to_us = smaller(stretch.to_us, check.to_us)
    if (compare(from_us, to_us) > 0) continue
    const start = startingError(stretch, from_us, ledgers)
    const { worst: apart } = differenceOf(ledgers.delivered.displaced.staircase, ledgers.believed.volume.staircase, {
      from_us,
      to_us,
      grid_us: TICK_us,
      offset: start,
    })
    if (worst === undefined || compare(magnitude(apart.difference), magnitude(worst.error)) > 0) {
      worst = { error: apart.difference, at_us: apart.at_us }
    }
  }
  for (const asked of answers(ledgers)) {
    if (compare(asked.at_us, check.from_us) < 0 || compare(asked.at_us, check.to_us) > 0) continue
    if (worst === undefined || compare(magnitude(asked.error), magnitude(worst.error)) > 0) worst = asked
  }
  if (worst === undefined) return inconclusive('uL', 'the pump was never asked for its reservoir in this span')
  const error = magnitude(worst.error)
  const direction = isNegative(worst.error) ? 'too little' : 'too much'
  return {
    outcome: compare(error, check.within_uL) > 0 ? 'fail' : 'pass',
    measured: error,
    limit: check.within_uL,
    unit: 'uL',
    at_us: worst.at_us,
    detail: `the pump believes at most ${decimal(error)} uL ${direction} at ${duration(worst.at_us)}`,
  }
}

/** What the pump answered each time it was asked, less the truth. */
function* answers(ledgers: Ledgers): Generator<{ readonly error: Rational; readonly at_us: Rational }> {
  const fills = recordsOf(ledgers.records, 'fill')
  let [next, filled] = [0, ZERO]
  for (const status of ledgers.believed.statuses) {
    for (let fill = fills[next]; fill !== undefined && fill.t_us <= status.t_us; fill = fills[next]) {
      filled = add(filled, subtract(fromExact(fill.volume_uL), fromExact(fill.withdrawn_uL)))
      next += 1
    }
    const at_us = whole(status.t_us)
    const truth = subtract(filled, rigReading(ledgers.delivered.displaced, at_us))
    const error = subtract(fromExact(status.reservoir_uL), truth)
    // Between two ticks a step may be booked before it is made, or the other way round.
    const onTick = status.t_us % TICK_us === 0
    yield { error: onTick ? error : closerToZero(error, ledgers.scenario.pump.step_uL), at_us }
  }
}

function closerToZero(value: Rational, by: Rational): Rational {
  const size = subtract(magnitude(value), by)
  if (!isPositive(size)) return ZERO
  return isNegative(value) ? negate(size) : size
}

/** Between the fills: the error at the start of each stretch is what the pump said right after it, less the truth. */
function stretchesOf(ledgers: Ledgers): Stretch[] {
  const fills = recordsOf(ledgers.records, 'fill')
  const stretches: Stretch[] = []
  let filled = whole(0)
  for (const [index, fill] of fills.entries()) {
    filled = add(filled, subtract(fromExact(fill.volume_uL), fromExact(fill.withdrawn_uL)))
    const from_us = whole(fill.t_us)
    const status = ledgers.believed.statuses.find(({ t_us }) => t_us >= fill.t_us)
    const next = fills[index + 1]
    const to_us = next === undefined ? ledgers.scenario.duration_us : whole(next.t_us)
    if (status === undefined || compare(whole(status.t_us), to_us) > 0) continue
    const at_us = larger(from_us, whole(status.t_us))
    const truth = subtract(filled, rigReading(ledgers.delivered.displaced, at_us))
    stretches.push({ from_us: at_us, to_us, error_uL: subtract(fromExact(status.reservoir_uL), truth) })
  }
  return stretches
}

/** The error where the span begins inside a stretch: that of its start, moved by what both booked since. */
function startingError(stretch: Stretch, from_us: Rational, ledgers: Ledgers): Rational {
  const since = (read: (at_us: Rational) => Rational) => subtract(read(from_us), read(stretch.from_us))
  const believed = since((at_us) => heightAt(ledgers.believed.volume.heights, at_us))
  const delivered = since((at_us) => rigReading(ledgers.delivered.displaced, at_us))
  return add(stretch.error_uL, subtract(delivered, believed))
}
