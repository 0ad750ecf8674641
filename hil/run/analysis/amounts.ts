/**
 * Amounts: what was missed and what was too much, by volume at the rotor and by drug at the tip, and for how long.
 */
import { astrayOf, type TimeBeyond } from '#hil/oracle/astray'
import { largestBurst } from '#hil/oracle/burst'
import { highestRate, increment, type Line } from '#hil/oracle/line'
import { missedOf } from '#hil/oracle/missed'
import type { Span, Staircase } from '#hil/oracle/staircase'
import { meanFlow } from '#hil/oracle/start-up'
import { TICK_us } from '#hil/rig/rig'
import { percentOrNull, seconds, secondsOrNull } from '#hil/run/analysis/figures'
import type { DrugAnalysis, TimeApart, VolumeAnalysis } from '#hil/run/analysis/types'
import { type Growth, type Ledgers, NOTHING } from '#hil/run/ledgers'
import { strongest_ug_per_uL } from '#hil/run/strongest'
import { DAY_us } from '#units/quantity'
import { add, multiply, type Rational, times, toNumber } from '#units/rational'

/** What a faultless pump may be out by at any instant: a step, and what is prescribed in a tick of the rig. */
export function resolutionOf(prescribed: Line, step: Rational, { from_us, to_us }: Span): Rational {
  return add(step, times(highestRate(prescribed, from_us, to_us), TICK_us))
}

export function volumeAnalysis({ delivered, prescribed, scenario }: Ledgers, span: Span): VolumeAnalysis {
  const { step_uL } = scenario.pump
  const { displaced } = delivered
  const mean = meanFlow(displaced.heights, prescribed.volume, span, step_uL)
  const resolution = resolutionOf(prescribed.volume, step_uL, span)
  const question = { ...span, tolerance: resolution }
  const { under, over } = missedOf(displaced.staircase, prescribed.volume, question)
  return {
    prescribed_uL: toNumber(increment(prescribed.volume, span.from_us, span.to_us)),
    delivered_uL: toNumber(displaced.total),
    mean_flow_error_percent: percentOrNull(mean.error),
    floor_percent: percentOrNull(mean.floor),
    under_uL: toNumber(under),
    over_uL: toNumber(over),
    ...apart(displaced.staircase, prescribed.volume, question),
    resolution_uL: toNumber(resolution),
  }
}

export function drugAnalyses(ledgers: Ledgers, span: Span): readonly DrugAnalysis[] {
  return [...ledgers.prescribed.mass].map(([drug, prescribed]) => {
    const tip: Growth = ledgers.delivered.tipMass.get(drug) ?? NOTHING
    const step_ug = multiply(ledgers.scenario.pump.step_uL, strongest_ug_per_uL(ledgers.scenario, drug))
    const resolution = resolutionOf(prescribed, step_ug, span)
    const question = { ...span, tolerance: resolution }
    const { under, over } = missedOf(tip.staircase, prescribed, question)
    const burst = largestBurst(tip.staircase, DAY_us, span)
    return {
      drug,
      prescribed_ug: toNumber(increment(prescribed, span.from_us, span.to_us)),
      tip_ug: toNumber(tip.total),
      largest_24h_ug: toNumber(burst.rise),
      largest_24h_at_s: seconds(burst.at_us),
      under_ug: toNumber(under),
      over_ug: toNumber(over),
      ...apart(tip.staircase, prescribed, question),
      resolution_ug: toNumber(resolution),
    }
  })
}

function apart(delivered: Staircase, prescribed: Line, question: Span & { readonly tolerance: Rational }): TimeApart {
  const { behind, ahead } = astrayOf(delivered, prescribed, question)
  const total = ({ total_us }: TimeBeyond) => seconds(total_us)
  return {
    behind_s: total(behind),
    behind_since_s: secondsOrNull(behind.first_us),
    ahead_s: total(ahead),
    ahead_since_s: secondsOrNull(ahead.first_us),
  }
}
