/** Largest dose: the most drug that left the tip in any window of the given length, over all instants. */
import { largestBurst } from '#hil/oracle/burst'
import { guarded } from '#hil/run/checks/guarded'
import type { Observation } from '#hil/run/checks/observation'
import { type Ledgers, NOTHING } from '#hil/run/ledgers'
import { worst } from '#hil/run/result'
import type { Check } from '#hil/scenario/types'
import { decimal, duration } from '#units/format'
import { compare } from '#units/rational'

type MaxDose = Extract<Check, { check: 'max-dose' }>

export function maxDose(check: MaxDose, ledgers: Ledgers): Observation {
  const { from_us, to_us, window_us, dose_ug } = check
  const { drug: first, delivered, instrument } = ledgers
  const drugs = new Set([first, ...delivered.tipMass.keys()])
  const observations = [...drugs].map((drug) => {
    const tip = delivered.tipMass.get(drug) ?? NOTHING
    const { rise, at_us } = largestBurst(tip.staircase, window_us, { from_us, to_us })
    const detail = `at most ${decimal(rise)} ug of ${drug} in ${duration(window_us)}, first at ${duration(at_us)}`
    const reading = { measured: rise, limit: dose_ug, unit: 'ug', at_us, detail }
    const found = guarded(reading, instrument.tipMass(drug), instrument)
    const parted = [{ pair: 'mass', since_us: at_us }] as const
    return { rise, observation: found.outcome === 'fail' ? { ...found, parted } : found }
  })
  const decisive = worst(observations.map(({ observation }) => observation.outcome))
  const telling = observations.filter(({ observation }) => observation.outcome === decisive)
  return telling.reduce((a, b) => (compare(b.rise, a.rise) > 0 ? b : a)).observation
}
