/**
 * Reservoir estimate: what the pump believes is left against what truly is, at the worst instant of the span.
 *
 * Both are read at ticks of the rig, so that a step on its way from due time to tick does not count. A wrong fill volume
 * shows here and nowhere else until the pump runs dry.
 */
import { differenceOf } from '#hil/oracle/difference'
import type { Interval } from '#hil/oracle/guard-band'
import { heightAt } from '#hil/oracle/heights'
import { TICK_us } from '#hil/rig/rig'
import { guardedWithin, sizeAround } from '#hil/run/checks/guarded'
import { inconclusive, type Observation } from '#hil/run/checks/observation'
import { displacedUntilEmptied } from '#hil/run/emptied'
import { fromExact } from '#hil/run/exact'
import { atRigTick, type Ledgers, type RecordOf, recordsOf, rigReading } from '#hil/run/ledgers'
import type { Check } from '#hil/scenario/types'
import { decimal, duration } from '#units/format'
import {
  add,
  compare,
  isNegative,
  larger,
  magnitude,
  type Rational,
  smaller,
  subtract,
  whole,
  ZERO,
} from '#units/rational'

type ReservoirEstimate = Extract<Check, { check: 'reservoir-estimate' }>

/** How far the believed volume is above the true one at an instant. */
interface Estimate {
  readonly at_us: Rational
  readonly error: Rational
  /** The first instant beyond the limit, where that is not `at_us`. */
  readonly since_us?: Rational | undefined
  /** How many refills there had been. */
  readonly refills: number
  /** The last instant that it speaks for. */
  readonly until_us: Rational
}

/** From one answer of the pump to the next fill, or to the end. */
interface Stretch extends Estimate {
  readonly to_us: Rational
}

export function reservoirEstimate(check: ReservoirEstimate, ledgers: Ledgers): Observation {
  const answers = answersOf(ledgers)
  const inSpan = ({ at_us }: Estimate) => compare(at_us, check.from_us) >= 0 && compare(at_us, check.to_us) <= 0
  const estimates: Estimate[] = [
    ...answers.filter(inSpan),
    ...stretchesOf(answers, ledgers).flatMap((stretch) => worstOf(stretch, check, ledgers)),
  ]
  const [first, ...others] = estimates
  if (first === undefined) return inconclusive('uL', 'the pump was never asked for its reservoir in this span')
  const { at_us, error } = others.reduce((a, b) => (compare(magnitude(b.error), magnitude(a.error)) > 0 ? b : a), first)
  const direction = isNegative(error) ? 'less' : 'more'
  const size = magnitude(error)
  const reading = {
    measured: size,
    limit: check.within_uL,
    unit: 'uL',
    at_us,
    detail:
      size.n === 0n
        ? 'the pump believes what is true'
        : `the pump believes up to ${decimal(size)} uL ${direction} than is left, at ${duration(at_us)}`,
  }
  const found = guardedWithin(reading, truthOf([first, ...others], ledgers), ledgers.instrument)
  if (found.outcome !== 'fail') return found
  const beyond = estimates.filter(({ error: one }) => compare(magnitude(one), check.within_uL) > 0)
  const since_us = beyond.map((estimate) => estimate.since_us ?? estimate.at_us).reduce(smaller, at_us)
  return { ...found, parted: [{ pair: 'belief', since_us }] }
}

/**
 * All that the largest error may truly be. Each is out by what was displaced since the reservoir was last emptied, up to
 * the last instant that it speaks for: no error of a stretch is known worse than that.
 */
function truthOf(estimates: readonly [Estimate, ...Estimate[]], ledgers: Ledgers): Interval | undefined {
  const { delivered, instrument } = ledgers
  const emptied_uL = displacedUntilEmptied(ledgers)
  const [first, ...others] = estimates.map(({ error, refills, until_us }) => {
    const displaced_uL = subtract(rigReading(delivered.displaced, until_us), emptied_uL[refills] ?? ZERO)
    return sizeAround(magnitude(error), displaced_uL, instrument.displaced)
  })
  return others.reduce<Interval | undefined>(
    (a, b) => a && b && { low: larger(a.low, b.low), high: larger(a.high, b.high) },
    first,
  )
}

/** Every answer in the order of the record, which tells exactly which refill it came after. */
function answersOf(ledgers: Ledgers): Estimate[] {
  const volumes = filledVolumes(ledgers)
  const answers: Estimate[] = []
  let refills = 0
  for (const record of ledgers.records) {
    if (isRefill(record)) refills += 1
    if (record.kind !== 'status') continue
    answers.push({ ...estimateOf(record, volumes[refills] ?? ZERO, ledgers), refills })
  }
  return answers
}

/** What had been filled less what had been drawn, after the first fill and after each refill. */
function filledVolumes({ records }: Ledgers): Rational[] {
  let filled: Rational = ZERO
  return recordsOf(records, 'fill').map((fill) => {
    filled = add(filled, subtract(fromExact(fill.volume_uL), fromExact(fill.withdrawn_uL)))
    return filled
  })
}

/** The programmer tells the pump of every refill; the pump may refuse to hear of it. */
function isRefill(record: Ledgers['records'][number]): boolean {
  if (record.kind === 'applied') return record.readback.kind === 'refill'
  return record.kind === 'refused' && record.asked.kind === 'refill'
}

/** The answer carried to the next tick of the rig by what the pump books until then, and held against the truth there. */
function estimateOf(status: RecordOf<'status'>, filled_uL: Rational, ledgers: Ledgers): Omit<Estimate, 'refills'> {
  const { believed, delivered } = ledgers
  const asked_us = whole(status.t_us)
  const at_us = atRigTick(asked_us)
  const booked = subtract(heightAt(believed.volume.heights, at_us), heightAt(believed.volume.heights, asked_us))
  const left = subtract(fromExact(status.reservoir_uL), booked)
  return { at_us, until_us: at_us, error: subtract(left, subtract(filled_uL, rigReading(delivered.drained, at_us))) }
}

function stretchesOf(answers: readonly Estimate[], ledgers: Ledgers): Stretch[] {
  const fills = recordsOf(ledgers.records, 'fill')
  return fills.flatMap((_, index): Stretch[] => {
    const answer = answers.find(({ refills }) => refills === index)
    const next = fills[index + 1]
    if (answer === undefined) return []
    return [{ ...answer, to_us: next === undefined ? ledgers.scenario.duration_us : whole(next.t_us) }]
  })
}

/** The worst of a stretch within the span of the check, both taken to ticks of the rig. */
function worstOf(stretch: Stretch, check: ReservoirEstimate, { believed, delivered }: Ledgers): Estimate[] {
  const from_us = atRigTick(larger(stretch.at_us, check.from_us))
  const to_us = smaller(stretch.to_us, check.to_us)
  if (compare(from_us, to_us) > 0) return []
  const since = (read: (at_us: Rational) => Rational) => subtract(read(from_us), read(stretch.at_us))
  const booked = since((at_us) => heightAt(believed.volume.heights, at_us))
  const made = since((at_us) => rigReading(delivered.drained, at_us))
  const offset = add(stretch.error, subtract(made, booked))
  const question = { from_us, to_us, grid_us: TICK_us, offset, within: check.within_uL }
  const { worst, firstViolation_us } = differenceOf(delivered.drained.staircase, believed.volume.staircase, question)
  const { refills } = stretch
  return [{ at_us: worst.at_us, error: worst.difference, since_us: firstViolation_us, refills, until_us: to_us }]
}
