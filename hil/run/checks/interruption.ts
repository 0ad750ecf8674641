/** Interruption: the longest time that a step was overdue, and with it the patient without drug. */
import { longestInterruption } from '#hil/oracle/interruption'
import { increment } from '#hil/oracle/line'
import { inconclusive, type Observation } from '#hil/run/checks/observation'
import type { Ledgers } from '#hil/run/ledgers'
import type { Check } from '#hil/scenario/types'
import { duration } from '#units/format'
import { compare, divide, isPositive, subtract, whole, ZERO } from '#units/rational'

type Interruption = Extract<Check, { check: 'interruption' }>

const SECOND_us = whole(1_000_000)

export function interruption(check: Interruption, { delivered, prescribed, scenario }: Ledgers): Observation {
  const { from_us, to_us, within_us } = check
  if (!isPositive(increment(prescribed.volume, from_us, to_us))) {
    return inconclusive('s', 'nothing is prescribed in this span')
  }
  const question = { from_us, to_us, step: scenario.pump.step_uL }
  const found = longestInterruption(delivered.displaced.staircase, prescribed.volume, question)
  const limit = divide(within_us, SECOND_us)
  if (found === undefined) {
    return { outcome: 'pass', measured: ZERO, limit, unit: 's', at_us: null, detail: 'no step was ever overdue' }
  }
  const counted = compare(found.due_us, subtract(found.to_us, found.from_us)) < 0
  const only = counted ? ', of which only the time counts in which something is prescribed' : ''
  const beyond = compare(found.due_us, within_us) > 0
  const observation: Observation = {
    outcome: beyond ? 'fail' : 'pass',
    measured: divide(found.due_us, SECOND_us),
    limit,
    unit: 's',
    at_us: found.from_us,
    detail: `a step was overdue for ${duration(found.due_us)}, from ${duration(found.from_us)} to ${duration(found.to_us)}${only}`,
  }
  return beyond ? { ...observation, parted: [{ pair: 'volume', since_us: found.from_us }] } : observation
}
