/**
 * Each step moves more than it should, or less, from some day on and perhaps more and more: a pump whose tube and gears are
 * not what they were (TGA RC-2014-RN-00357-1). The pump counts steps and sees nothing of it.
 */
import { endOf, type FaultOf, type Injection, lasting, type PlantDeed, type Sign, type Turn } from '#hil/fault/fault'
import { decimal } from '#units/format'
import { as, type Fraction, type Time_us } from '#units/quantity'
import { add, compare, isPositive, ONE, type Rational, subtract, times, ZERO } from '#units/rational'

export const overInfusion: Injection<FaultOf<'over-infusion' | 'under-infusion'>> = (fault, { duration_us }) => {
  const { at_us, by, drift } = fault
  const amplified = (part: Rational): PlantDeed => ({
    kind: 'amplify',
    factor: as<Fraction>(fault.fault === 'over-infusion' ? add(ONE, part) : subtract(ONE, part)),
  })
  const [begun, ...ended] = lasting(fault, { to: 'plant', act: amplified(by) }, { to: 'plant', act: amplified(ZERO) })
  const end_us = endOf(fault) ?? duration_us
  const changes: Turn[] = []
  for (let times_ = 1; drift !== null; times_ += 1) {
    const then_us = as<Time_us>(add(at_us, times(drift.every_us, times_)))
    if (compare(then_us, end_us) >= 0) break
    const act = amplified(add(by, times(drift.by, times_)))
    changes.push({ at_us: then_us, state: 'changed', deed: { to: 'plant', act } })
  }
  return begun === undefined ? [] : [begun, ...changes, ...ended]
}

export const overInfusionShows: Sign = ({ displaced_uL }) =>
  isPositive(displaced_uL) ? `a step moved ${decimal(displaced_uL)} uL` : null
