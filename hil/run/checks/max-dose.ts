/** Largest dose: the most drug that left the tip in any window of the given length, over all instants. */
import { largestBurst } from '#hil/oracle/burst'
import type { Observation } from '#hil/run/checks/observation'
import { type Ledgers, NOTHING } from '#hil/run/ledgers'
import type { Check } from '#hil/scenario/types'
import { decimal, duration } from '#units/format'
import { compare } from '#units/rational'

type MaxDose = Extract<Check, { check: 'max-dose' }>

export function maxDose(check: MaxDose, ledgers: Ledgers): Observation {
  const { from_us, to_us, window_us, dose_ug } = check
  const drugs = [ledgers.drug, ...ledgers.delivered.tipMass.keys()]
  const bursts = [...new Set(drugs)].map((drug) => {
    const tip = ledgers.delivered.tipMass.get(drug) ?? NOTHING
    return { drug, ...largestBurst(tip.staircase, window_us, { from_us, to_us }) }
  })
  const worst = bursts.reduce((a, b) => (compare(b.rise, a.rise) > 0 ? b : a))
  return {
    outcome: compare(worst.rise, dose_ug) > 0 ? 'fail' : 'pass',
    measured: worst.rise,
    limit: dose_ug,
    unit: 'ug',
    at_us: worst.at_us,
    detail: `at most ${decimal(worst.rise)} ug of ${worst.drug} in ${duration(window_us)}, first at ${duration(worst.at_us)}`,
  }
}
