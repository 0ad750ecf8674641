/** Between the units of the pump's wire, small enough for whole numbers, and those of the bench. Both are exact. */
import { as, DAY_us, type Quantity } from '#units/quantity'
import { type Rational, ratio, times } from '#units/rational'

/** How many of the wire's unit are one of the bench's. */
export const SCALES = {
  /** pL in a uL, pg in a ug, pg/uL in a ug/uL, ppm in a whole. */
  micro: 1_000_000n,
  /** pL/d in a uL/us, pg/d in a ug/us. */
  daily: 1_000_000n * DAY_us.n,
  /** us, pC, mV, ohm, uA and steps are the same on both sides. */
  same: 1n,
} as const

export type Scale = keyof typeof SCALES

export function toWire(value: Rational, scale: Scale): Rational {
  return times(value, SCALES[scale])
}

export function fromWire<Q extends Quantity<string>>(value: Rational, scale: Scale): Q {
  return as<Q>(ratio(value.n, value.d * SCALES[scale]))
}
