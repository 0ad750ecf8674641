/**
 * Harm: what a drug did more or less than it was meant to, at the tip, in words that a clinician reads right.
 *
 * A stall of two hours is never made up for, so that the patient is behind from then on to the end of the run. That is one
 * figure, how long what was missed stays owed; how much was missed is another, and it is told as the time in which as much
 * is prescribed.
 */
import { largestGrowth } from '#hil/oracle/daily-dose'
import { largestShortfall } from '#hil/oracle/shortfall'
import { seconds } from '#hil/run/analysis/figures'
import type { DrugAnalysis } from '#hil/run/analysis/types'
import type { Harm, LeastDay } from '#hil/run/detection/types'
import { type Ledgers, NOTHING } from '#hil/run/ledgers'
import { DAY_us } from '#units/quantity'
import { toNumber, ZERO } from '#units/rational'

export function harmOf(ledgers: Ledgers, drug: DrugAnalysis): Harm {
  const { duration_us } = ledgers.scenario
  const { over_ug, under_ug, ahead_s, behind_s, prescribed_ug, tip_ug, resolution_ug, largest_24h_ug } = drug
  const line = ledgers.prescribed.mass.get(drug.drug)
  const run_s = seconds(duration_us)
  const equivalent_s = (amount_ug: number) => (prescribed_ug > 0 ? (amount_ug / prescribed_ug) * run_s : null)
  const beyondStep = (gap_ug: number) => (gap_ug > resolution_ug ? gap_ug : 0)
  return {
    ...{ drug: drug.drug, over_ug, under_ug },
    over_equivalent_s: equivalent_s(over_ug),
    under_equivalent_s: equivalent_s(under_ug),
    over_s: ahead_s,
    under_s: behind_s,
    surplus_ug: beyondStep(tip_ug - prescribed_ug),
    owed_ug: beyondStep(prescribed_ug - tip_ug),
    tip_24h_ug: largest_24h_ug,
    prescribed_24h_ug:
      line === undefined ? 0 : toNumber(largestGrowth(line, DAY_us, { from_us: ZERO, to_us: duration_us })),
    least_24h: under_ug > 0 ? leastDay(ledgers, drug.drug) : null,
  }
}

function leastDay({ scenario, delivered, prescribed }: Ledgers, drug: string): LeastDay | null {
  const line = prescribed.mass.get(drug)
  if (line === undefined) return null
  const span = { from_us: ZERO, to_us: scenario.duration_us }
  const found = largestShortfall((delivered.tipMass.get(drug) ?? NOTHING).staircase, line, DAY_us, span)
  if (found === undefined) return null
  return {
    tip_ug: toNumber(found.delivered),
    prescribed_ug: toNumber(found.prescribed),
    to_s: seconds(found.to_us),
  }
}
