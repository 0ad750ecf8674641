/** Exact values in and out of trace records. */
import type { ByDrug, Exact } from '#hil/run/trace'
import { ceil, fromText, type Rational, toSafeInteger, toText, ZERO } from '#units/rational'
import { remembered, rememberedOfFraction } from '#units/remembered'

export const exact: (value: Rational) => Exact = toText
export const fromExact: (text: Exact) => Rational = fromText

/** The text of a value that comes again and again: of a step, an interval, a run that was ordered and is booked. */
export const exactAgain = rememberedOfFraction(exact)

export function byDrug(amounts: Iterable<readonly [string, Rational]>): ByDrug {
  return [...amounts].map(([drug, amount]) => [drug, toText(amount)])
}

/** The amounts of a portion that comes again and again. */
export const byDrugAgain = remembered(byDrug)

/** An instant as whole microseconds, rounded up as every due time is. */
export function wholeMicroseconds(at_us: Rational): number {
  return toSafeInteger(ceil(at_us))
}

/** The amount of one drug; nothing when it is not listed. */
export function amountOf(amounts: ByDrug, drug: string): Rational {
  const found = amounts.find(([name]) => name === drug)
  return found === undefined ? ZERO : fromText(found[1])
}
