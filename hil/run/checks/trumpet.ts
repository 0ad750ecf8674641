/**
 * Trumpet by a published protocol: after settling, the flow error in each window of the protocol, wherever it starts in the
 * analysis period. Each window has a limit of its own.
 */
import { lineDuring } from '#hil/oracle/line'
import { TRUMPET_PROTOCOLS } from '#hil/oracle/published-trumpets'
import type { Span } from '#hil/oracle/staircase'
import { decisive } from '#hil/run/checks/flow-error'
import { joinDetails } from '#hil/run/checks/guarded'
import { inconclusive, type Observation } from '#hil/run/checks/observation'
import { observedWindow } from '#hil/run/checks/windowed-flow'
import type { Ledgers } from '#hil/run/ledgers'
import type { Check } from '#hil/scenario/types'
import { duration } from '#units/format'
import { add, compare, isPositive, larger, type Rational } from '#units/rational'

type TrumpetCheck = Extract<Check, { check: 'trumpet' }>

export function trumpet(check: TrumpetCheck, ledgers: Ledgers): Observation {
  const start_us = firstFlow(ledgers, check)
  if (start_us === undefined) return inconclusive('%', 'nothing is prescribed in this span')
  const from_us = add(start_us, check.settling_us)
  const to_us = add(from_us, check.analysis_us)
  if (compare(to_us, check.to_us) > 0) {
    const ends = `the analysis period would end at ${duration(to_us)}, after the part of the run that is judged`
    return inconclusive('%', `flow begins at ${duration(start_us)}: ${ends}`)
  }
  const { windows_us } = TRUMPET_PROTOCOLS[check.protocol]
  const observations = windows_us.flatMap((window_us, index) => {
    const within = check.within[index]
    return within === undefined ? [] : [observedWindow({ from_us, to_us, within, window_us }, ledgers)]
  })
  const [first, ...others] = observations
  if (first === undefined) return inconclusive('%', 'the protocol has no window')
  const period = `${check.protocol}, ${duration(from_us)} to ${duration(to_us)}`
  const details = joinDetails(observations.map(({ detail }) => detail))
  return { ...decisive([first, ...others]), detail: `${period}: ${details}` }
}

/** The first instant of a span at which anything is prescribed; undefined where nothing is. */
export function firstFlow({ prescribed }: Ledgers, { from_us, to_us }: Span): Rational | undefined {
  const flowing = lineDuring(prescribed.volume, from_us, to_us).find(({ rate }) => isPositive(rate))
  return flowing && larger(flowing.from_us, from_us)
}
