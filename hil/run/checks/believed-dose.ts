/**
 * Believed dose: the drug that the pump believes it gave against the drug that left the reservoir, at every instant.
 *
 * Volumes may agree to the last step while the pump counts the wrong drug, or at the wrong concentration; here that shows.
 * Both are read at ticks of the rig, so that a step on its way from due time to tick does not count.
 */
import { differenceOf } from '#hil/oracle/difference'
import { indexHeights, riseOver } from '#hil/oracle/heights'
import { TICK_us } from '#hil/rig/rig'
import { decisive } from '#hil/run/checks/flow-error'
import { guardedWithin, sizeAround } from '#hil/run/checks/guarded'
import { inconclusive, type Observation } from '#hil/run/checks/observation'
import { type Ledgers, NOTHING } from '#hil/run/ledgers'
import { rotorMass } from '#hil/run/rotor-mass'
import type { Check } from '#hil/scenario/types'
import { decimal, duration } from '#units/format'
import { isNegative, isZero, magnitude } from '#units/rational'

type BelievedDose = Extract<Check, { check: 'believed-dose' }>

export function believedDose(check: BelievedDose, ledgers: Ledgers): Observation {
  const { from_us, to_us, within_ug } = check
  const { believed, instrument } = ledgers
  const left = rotorMass(ledgers)
  const drugs = [...new Set([...left.keys(), ...believed.mass.keys()])]
  const observations = drugs.map((drug): Observation => {
    const thought = (believed.mass.get(drug) ?? NOTHING).staircase
    const gone = left.get(drug) ?? []
    const question = { from_us, to_us, grid_us: TICK_us, within: within_ug }
    const { worst, firstViolation_us } = differenceOf(thought, gone, question)
    const measured = magnitude(worst.difference)
    const truth = sizeAround(measured, riseOver(indexHeights(gone), { from_us, to_us }), instrument.tipMass(drug))
    const more = isNegative(worst.difference) ? 'less' : 'more'
    const detail = isZero(measured)
      ? `${drug}: the pump believes what left the reservoir`
      : `${drug}: the pump believes up to ${decimal(measured)} ug ${more} than left the reservoir, at ${duration(worst.at_us)}`
    const reading = { measured, limit: within_ug, unit: 'ug', at_us: worst.at_us, detail }
    const found = guardedWithin(reading, truth, instrument)
    return found.outcome === 'fail'
      ? { ...found, parted: [{ pair: 'believed-mass', since_us: firstViolation_us ?? worst.at_us }] }
      : found
  })
  const [first, ...others] = observations
  if (first === undefined) return inconclusive('ug', 'nothing was ever filled')
  return { ...decisive([first, ...others]), detail: observations.map(({ detail }) => detail).join('; ') }
}
