/**
 * Reservoir estimate: what the pump believes is left against what truly is, at the worst instant of the span.
 *
 * Both are read at ticks of the rig, so that a step on its way from due time to tick does not count. A wrong fill volume
 * shows here and nowhere else until the pump runs dry.
 */
import { differenceOf } from '#hil/oracle/difference'
import { heightAt } from '#hil/oracle/heights'
import { TICK_us } from '#hil/rig/rig'
import { guardedWithin, sizeAround } from '#hil/run/checks/guarded'
import { inconclusive, type Observation } from '#hil/run/checks/observation'
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
}

/** From one answer of the pump to the next fill, or to the end. */
interface Stretch extends Estimate {
  readonly to_us: Rational
}

export function reservoirEstimate(check: ReservoirEstimate, ledgers: Ledgers): Observation {
  const answers = answersOf(ledgers)
  const inSpan = ({ at_us }: Estimate) => compare(at_us, check.from_us) >= 0 && compare(at_us, check.to_us) <= 0
  const estimates: Estimate[] = [
    ...answers.map(({ estimate }) => estimate).filter(inSpan),
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
  const { delivered, instrument } = ledgers
  const truth = sizeAround(size, rigReading(delivered.displaced, check.to_us), instrument.displaced)
  const found = guardedWithin(reading, truth, instrument)
  if (found.outcome !== 'fail') return found
  const beyond = estimates.filter(({ error: one }) => compare(magnitude(one), check.within_uL) > 0)
  const since_us = beyond.map((estimate) => estimate.since_us ?? estimate.at_us).reduce(smaller, at_us)
  return { ...found, parted: [{ pair: 'belief', since_us }] }
}

/** An answer of the pump, and how many refills it had been told of by then. */
interface Answer {
  readonly refills: number
  readonly estimate: Estimate
}

/** Every answer in the order of the record, which tells exactly which refill it came after. */
function answersOf(ledgers: Ledgers): Answer[] {
  const volumes = filledVolumes(ledgers)
  const answers: Answer[] = []
  let refills = 0
  for (const record of ledgers.records) {
    if (isRefill(record)) refills += 1
    if (record.kind !== 'status') continue
    answers.push({ refills, estimate: estimateOf(record, volumes[refills] ?? ZERO, ledgers) })
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
function estimateOf(status: RecordOf<'status'>, filled_uL: Rational, ledgers: Ledgers): Estimate {
  const { believed, delivered } = ledgers
  const asked_us = whole(status.t_us)
  const at_us = atRigTick(asked_us)
  const booked = subtract(heightAt(believed.volume.heights, at_us), heightAt(believed.volume.heights, asked_us))
  const left = subtract(fromExact(status.reservoir_uL), booked)
  return { at_us, error: subtract(left, subtract(filled_uL, rigReading(delivered.drained, at_us))) }
}

function stretchesOf(answers: readonly Answer[], ledgers: Ledgers): Stretch[] {
  const fills = recordsOf(ledgers.records, 'fill')
  return fills.flatMap((_, index): Stretch[] => {
    const answer = answers.find(({ refills }) => refills === index)
    const next = fills[index + 1]
    if (answer === undefined) return []
    return [{ ...answer.estimate, to_us: next === undefined ? ledgers.scenario.duration_us : whole(next.t_us) }]
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
  return [{ at_us: worst.at_us, error: worst.difference, since_us: firstViolation_us }]
}
