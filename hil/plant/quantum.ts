/**
 * The quantum of drug: mass as a whole number, so that mixing can go on for years and stay exact.
 *
 * A fraction that is mixed again and again grows without bound; a whole number does not. One quantum is a yoctogram, less
 * than a hydrogen atom weighs (1.67 yg), so that rounding to it means nothing to any drug. What does not make a whole
 * quantum is never dropped: whoever counts in quanta keeps the rest beside them.
 */
import { as, type Mass_ug } from '#units/quantity'
import { floor, type Rational, ratio, subtract } from '#units/rational'

/** Quanta in a microgram. */
const QUANTA_PER_ug = 10n ** 18n

/** A femtogram, in quanta. */
export const FEMTOGRAM = 10n ** 9n

/** The mass of so many quanta. */
export function quanta(count: bigint): Mass_ug {
  return as(ratio(count, QUANTA_PER_ug))
}

/** The whole quanta in a mass, and what is left over: at least nothing and less than one. */
export function inQuanta(mass_ug: Rational): { readonly count: bigint; readonly rest_ug: Mass_ug } {
  const count = floor({ n: mass_ug.n * QUANTA_PER_ug, d: mass_ug.d })
  return { count, rest_ug: as(subtract(mass_ug, quanta(count))) }
}
