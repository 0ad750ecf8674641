/** What a pump says of itself when it is asked, figure by figure, beside what it had booked by then. */
import { heightAt } from '#hil/oracle/heights'
import { amountOf, fromExact } from '#hil/run/exact'
import type { Ledgers, RecordOf } from '#hil/run/ledgers'
import type { Scenario } from '#hil/scenario/types'
import { divide, isPositive, larger, ONE, type Rational, whole, ZERO } from '#units/rational'

export interface ReportedFigure {
  /** Its unit: `uL`, `steps`, or `ug of` a drug. */
  readonly what: string
  readonly reported: Rational
  readonly booked: Rational
  /** Volume that one unit of the figure stands for. */
  readonly perUnit_uL: Rational
}

/** Volume, steps, and each drug that was booked or is told of. */
export function* reportedFigures(status: RecordOf<'status'>, ledgers: Ledgers): Generator<ReportedFigure> {
  const { believed, scenario } = ledgers
  const at_us = whole(status.t_us)
  const { step_uL } = scenario.pump
  yield {
    what: 'uL',
    reported: fromExact(status.volume_uL),
    booked: heightAt(believed.volume.heights, at_us),
    perUnit_uL: ONE,
  }
  yield {
    what: 'steps',
    reported: whole(status.steps),
    booked: heightAt(believed.steps.heights, at_us),
    perUnit_uL: step_uL,
  }
  for (const [drug, mass] of believed.mass) {
    yield {
      what: `ug of ${drug}`,
      reported: amountOf(status.dose_ug, drug),
      booked: heightAt(mass.heights, at_us),
      perUnit_uL: believed.volumePerMass.get(drug) ?? ZERO,
    }
  }
  for (const [drug, mass] of status.dose_ug) {
    if (believed.mass.has(drug)) continue
    yield {
      what: `ug of ${drug}`,
      reported: fromExact(mass),
      booked: ZERO,
      perUnit_uL: mostVolumePerMass(scenario, drug),
    }
  }
}

/**
 * The most volume, in uL, that a microgram stands for which a pump reports and never booked: by the weakest fill of the drug
 * that it was told of, and where it was told of none by the weakest of all.
 */
function mostVolumePerMass({ fill, events }: Scenario, drug: string): Rational {
  const told = [fill, ...events.flatMap((event) => (event.kind === 'refill' ? [event.fill] : []))]
    .map(({ programmed }) => programmed)
    .filter(({ concentration_ug_per_uL }) => isPositive(concentration_ug_per_uL))
  const own = told.filter((one) => one.drug === drug)
  const volumes = (own.length > 0 ? own : told).map(({ concentration_ug_per_uL }) =>
    divide(ONE, concentration_ug_per_uL),
  )
  return volumes.reduce(larger, ZERO)
}
