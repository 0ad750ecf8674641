/** The strongest fill of a drug: one step of it is the most that a step of the pump can bring, or is meant to. */
import type { Scenario } from '#hil/scenario/types'
import { larger, type Rational, ZERO } from '#units/rational'

/** The highest concentration a drug was ever filled with or meant to be, in ug/uL; nothing where it never was. */
export function strongest_ug_per_uL({ fill, events }: Pick<Scenario, 'fill' | 'events'>, drug: string): Rational {
  const fills = [fill, ...events.flatMap((event) => (event.kind === 'refill' ? [event.fill] : []))]
  const concentrations = fills
    .flatMap(({ actual, meant }) => [actual, meant])
    .flatMap((one) => (one.drug === drug ? [one.concentration_ug_per_uL] : []))
  return concentrations.reduce<Rational>((most, next) => larger(most, next), ZERO)
}
