/**
 * A flow of drug as a prescriber writes it: partly by mass, partly by volume.
 *
 * The two parts stay apart because a refill treats them differently: what is written by mass keeps its mass at any
 * concentration, what is written by volume keeps its volume.
 */
import type { Dose, DoseRate } from '#hil/scenario/types'
import { add, divide, isZero, multiply, type Rational, subtract, ZERO } from '#units/rational'

/** ug/us of what keeps its mass and uL/us of what keeps its volume. */
export interface Flow {
  readonly byMass: Rational
  readonly byVolume: Rational
}

export const NO_FLOW: Flow = { byMass: ZERO, byVolume: ZERO }

export function flowOf(dose: DoseRate): Flow {
  return dose.by === 'mass'
    ? { byMass: dose.rate_ug_per_us, byVolume: ZERO }
    : { byMass: ZERO, byVolume: dose.rate_uL_per_us }
}

/** A dose given evenly over a time, which is longer than nothing. */
export function spread(dose: Dose, over_us: Rational): Flow {
  return dose.by === 'mass'
    ? { byMass: divide(dose.mass_ug, over_us), byVolume: ZERO }
    : { byMass: ZERO, byVolume: divide(dose.volume_uL, over_us) }
}

/** The sum; one of the two itself where the other is {@link NO_FLOW}. */
export function together(a: Flow, b: Flow): Flow {
  if (a === NO_FLOW) return b
  if (b === NO_FLOW) return a
  return { byMass: add(a.byMass, b.byMass), byVolume: add(a.byVolume, b.byVolume) }
}

export function without(a: Flow, b: Flow): Flow {
  return { byMass: subtract(a.byMass, b.byMass), byVolume: subtract(a.byVolume, b.byVolume) }
}

/** No volume of a fill without drug carries a mass: such a dose stays prescribed by mass and takes no volume. */
export function volumeRate(flow: Flow, concentration: Rational): Rational {
  return isZero(concentration) ? flow.byVolume : add(flow.byVolume, divide(flow.byMass, concentration))
}

export function massRate(flow: Flow, concentration: Rational): Rational {
  return add(flow.byMass, multiply(flow.byVolume, concentration))
}
