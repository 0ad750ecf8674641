/**
 * Mean flow: the error A of a whole span, and the start-up curve, which is the same of intervals laid end to end.
 *
 * In a span or an interval in which nothing is prescribed there is no error; more than one step in it is too much.
 */
import { TRUMPET_PROTOCOLS } from '#hil/oracle/published-trumpets'
import { type MeanFlow, meanFlow, startUpCurve } from '#hil/oracle/start-up'
import { decisive, judgedFlow } from '#hil/run/checks/flow-error'
import { inconclusive, type Observation } from '#hil/run/checks/observation'
import { firstFlow } from '#hil/run/checks/trumpet'
import { judgedUnprescribed } from '#hil/run/checks/windowed-flow'
import type { Ledgers } from '#hil/run/ledgers'
import type { Check } from '#hil/scenario/types'
import { duration } from '#units/format'
import { add, compare, multiply, type Rational, smaller, subtract } from '#units/rational'

type MeanFlowError = Extract<Check, { check: 'mean-flow-error' }>
type StartUp = Extract<Check, { check: 'start-up' }>

export function meanFlowError(check: MeanFlowError, ledgers: Ledgers): Observation {
  const { delivered, prescribed, scenario } = ledgers
  const flow = meanFlow(delivered.displaced.heights, prescribed.volume, check, scenario.pump.step_uL)
  const found = judgedMean(flow, check.within, ledgers)
  if (flow.error !== undefined || found.outcome !== 'pass') return found
  return inconclusive('%', 'nothing is prescribed in this span')
}

export function startUp(check: StartUp, ledgers: Ledgers): Observation {
  const { delivered, prescribed, scenario } = ledgers
  const { interval_us, protocol, after_us, within } = check
  const start_us = firstFlow(ledgers, check)
  if (start_us === undefined) return inconclusive('%', 'nothing is prescribed in this span')
  const to_us = smaller(add(start_us, larger_us(protocol, interval_us)), check.to_us)
  const question = { from_us: start_us, to_us, interval_us, step: scenario.pump.step_uL }
  const settled_us = add(start_us, after_us)
  const flows = startUpCurve(delivered.displaced.heights, prescribed.volume, question)
    .filter(({ from_us }) => compare(from_us, settled_us) >= 0)
    .map((flow) => judgedMean(flow, within, ledgers))
  const [first, ...others] = flows
  if (first === undefined) return inconclusive('%', 'no whole interval lies between settling and the end of the curve')
  const found = decisive([first, ...others])
  return { ...found, detail: `worst of ${flows.length} intervals of ${duration(interval_us)}: ${found.detail}` }
}

/** How long the curve of the protocol runs; one interval where that is longer. */
function larger_us(protocol: StartUp['protocol'], interval_us: Rational): Rational {
  const { startUp_us } = TRUMPET_PROTOCOLS[protocol]
  return compare(interval_us, startUp_us) > 0 ? interval_us : startUp_us
}

function judgedMean(flow: MeanFlow, within: Rational, ledgers: Ledgers): Observation {
  const { from_us, to_us, error, floor } = flow
  const name = `${duration(from_us)} to ${duration(to_us)}`
  if (error === undefined) {
    const delivered = multiply(flow.delivered_uL_per_us, subtract(to_us, from_us))
    return judgedUnprescribed({ name, within, delivered, at_us: from_us }, ledgers)
  }
  const end = { error, start_us: from_us }
  return judgedFlow({ most: end, least: end, floor }, { name, within }, ledgers)
}
