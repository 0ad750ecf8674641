/**
 * A change of concentration in one line of arithmetic: what a bridge has to do, and what the tip gives if there is none.
 *
 * From 500 to 2000 ug/mL at 400 ug/d over 0.375 mL: with a bridge 0.8 mL/d for 11.25 h; without one a quarter of the
 * dose for 45 h. For warnings and tables; `tip.ts` answers the same of any prescription.
 */
import { divide, multiply, type Rational } from '#units/rational'

export interface ConcentrationChange {
  /** Before and after, in ug/uL, more than nothing. */
  readonly from: Rational
  readonly to: Rational
  /** Drug meant to be given, in ug/us, constant and more than nothing. */
  readonly dose: Rational
  /** Volume of tube and catheter in uL. */
  readonly line_uL: Rational
}

export interface Changeover {
  readonly bridge: {
    /** The rate that gives the dose out of the old concentration, how long it is needed, and the old drug in the line. */
    readonly rate_uL_per_us: Rational
    readonly lasts_us: Rational
    readonly dose_ug: Rational
  }
  readonly withoutBridge: {
    /** Given over meant, and for how long. */
    readonly factor: Rational
    readonly lasts_us: Rational
  }
}

export function changeover({ from, to, dose, line_uL }: ConcentrationChange): Changeover {
  const [old, now] = [divide(dose, from), divide(dose, to)]
  return {
    bridge: { rate_uL_per_us: old, lasts_us: divide(line_uL, old), dose_ug: multiply(line_uL, from) },
    withoutBridge: { factor: divide(from, to), lasts_us: divide(line_uL, now) },
  }
}
