/**
 * Which conditions hold of a scenario with a fault in it, by which the catalogue expects another one to notice first.
 *
 * They follow from the two scenarios alone, with what the prescription asks of the reservoir, and with what the model of the
 * pump says of the programs when it is asked; none looks at who noticed what in the run.
 */
import type { Condition } from '#hil/fault/catalogue-entry'
import { increment, type Line } from '#hil/oracle/line'
import { prescribe } from '#hil/oracle/prescribed'
import { modelPump } from '#hil/pump/model'
import { rehearsal } from '#hil/run/rehearse'
import type { Fault, Scenario } from '#hil/scenario/types'
import { add, compare, equal, multiply, ONE, type Rational, subtract, ZERO } from '#units/rational'

/** What the pump says of the programs: it has to be asked, which costs half as much as a run. */
const ANSWERS = ['refused', 'given', 'warned'] as const satisfies readonly Condition[]

/**
 * Which of the conditions asked for hold, where the fault begins at `since_us`. All but `tolerable`, which is told by the harm
 * of the runs.
 */
export function conditionsOf(
  without: Scenario,
  withIt: Scenario,
  since_us: Rational,
  asked: ReadonlySet<Condition>,
): readonly Condition[] {
  if (asked.size === 0) return []
  const line = prescribe(withIt).volume
  const found: readonly Condition[] = [
    ...(ANSWERS.some((one) => asked.has(one)) ? answers(without, withIt, since_us) : []),
    runsDry(withIt, line) ? ('dry' as const) : ('enough' as const),
    ...(lasts(withIt, line, since_us) ? ['lasting' as const] : []),
    ...(isStronger(withIt) ? ['stronger' as const] : []),
    ...(withIt.programming.some(({ at_us }) => equal(at_us, since_us)) ? ['programmed' as const] : []),
  ]
  return found.filter((one) => asked.has(one))
}

/** Whether the pump refuses or warns of something that it does not without the fault; `given` where it refuses nothing at once. */
function answers(without: Scenario, withIt: Scenario, since_us: Rational): readonly Condition[] {
  const [before, after] = [rehearsal(without, modelPump), rehearsal(withIt, modelPump)]
  const atOnce = ({ refusals }: typeof before) => refusals.filter(({ at_us }) => equal(at_us, since_us)).length
  return [
    ...(after.refusals.length > before.refusals.length ? ['refused' as const] : []),
    ...(atOnce(after) > atOnce(before) ? [] : ['given' as const]),
    ...(after.warnings.length > before.warnings.length ? ['warned' as const] : []),
  ]
}

/** One filling of the reservoir: when, with how much on top of what was left, and what leaked until the next one. */
interface Filling {
  readonly at_us: Rational
  readonly volume_uL: Rational
  /** Null where all of it was drawn before. */
  readonly withdrawn_uL: Rational | null
}

function fillingsOf({ fill, events, faults }: Scenario, side: 'actual' | 'programmed'): readonly Filling[] {
  const beside = faults.find(isKind('pocket-fill'))
  const refills = events.flatMap((event) => (event.kind === 'refill' ? [event] : []))
  const missed = refills.find(({ at_us }) => beside !== undefined && compare(at_us, beside.at_us) >= 0)
  return [
    { at_us: ZERO, volume_uL: fill[side].volume_uL, withdrawn_uL: null },
    ...refills.map((refill): Filling => {
      const { at_us, withdraw, fill: filled } = refill
      const part = side === 'actual' && refill === missed && beside ? subtract(ONE, beside.fraction) : ONE
      const withdrawn_uL = withdraw.amount === 'all' ? null : withdraw.volume_uL
      return { at_us, volume_uL: multiply(filled[side].volume_uL, part), withdrawn_uL }
    }),
  ]
}

/** Whether less is ever left than is prescribed until the next filling or the end of the run. */
function runsDry(scenario: Scenario, line: Line): boolean {
  const fillings = fillingsOf(scenario, 'actual')
  let left: Rational = ZERO
  return fillings.some(({ at_us, volume_uL, withdrawn_uL }, index) => {
    const until_us = fillings[index + 1]?.at_us ?? scenario.duration_us
    left = withdrawn_uL === null ? volume_uL : add(subtract(left, withdrawn_uL), volume_uL)
    const leaked = scenario.faults
      .filter(isKind('septum-leak'))
      .filter((fault) => compare(fault.at_us, at_us) >= 0 && compare(fault.at_us, until_us) < 0)
    left = leaked.reduce((sum, fault) => subtract(sum, fault.volume_uL), left)
    left = subtract(left, increment(line, at_us, until_us))
    return compare(left, ZERO) < 0
  })
}

/** Whether what the pump is told of the filling at the instant keeps above its low level to the next one or to the end. */
function lasts(scenario: Scenario, line: Line, since_us: Rational): boolean {
  const fillings = fillingsOf(scenario, 'programmed')
  const index = fillings.findIndex(({ at_us }) => equal(at_us, since_us))
  const filling = fillings[index]
  if (filling === undefined) return false
  const until_us = fillings[index + 1]?.at_us ?? scenario.duration_us
  const left = subtract(filling.volume_uL, increment(line, since_us, until_us))
  return compare(left, scenario.pump.lowReservoir_uL) > 0
}

function isStronger({ fill, events }: Scenario): boolean {
  return events.some(
    (event) =>
      event.kind === 'refill' && !equal(event.fill.meant.concentration_ug_per_uL, fill.meant.concentration_ug_per_uL),
  )
}

function isKind<K extends Fault['fault']>(kind: K) {
  return (fault: Fault): fault is Extract<Fault, { readonly fault: K }> => fault.fault === kind
}
