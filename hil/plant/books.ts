/**
 * The books of the plant: everything that ever came into the body of the pump and everything that ever left it, against
 * what is there. Fluid and every drug must balance exactly, at every instant.
 */
import { addPortions, NOTHING, type Portion } from '#hil/plant/solution'
import { equal, type Rational, toText, ZERO } from '#units/rational'

/** A balance that does not close: what should be there, and what is. */
export interface Imbalance {
  readonly what: string
  readonly expected: string
  readonly found: string
}

export class Books {
  #in: Portion
  #out: Portion = NOTHING

  /** Opens them with what is there at the start. */
  constructor(held: Portion) {
    this.#in = held
  }

  came(portion: Portion): void {
    this.#in = addPortions(this.#in, portion)
  }

  went(portion: Portion): void {
    this.#out = addPortions(this.#out, portion)
  }

  /** Every balance that does not close while so much is there or has leaked; empty as long as the bench keeps them right. */
  imbalances(there: Portion): readonly Imbalance[] {
    const found: Imbalance[] = []
    const check = (what: string, expected: Rational, sum: Rational) => {
      if (!equal(expected, sum)) found.push({ what, expected: toText(expected), found: toText(sum) })
    }
    const total = addPortions(there, this.#out)
    check('fluid in uL', this.#in.volume_uL, total.volume_uL)
    for (const drug of new Set([...this.#in.masses.keys(), ...total.masses.keys()])) {
      check(`${drug} in ug`, this.#in.masses.get(drug) ?? ZERO, total.masses.get(drug) ?? ZERO)
    }
    return found
  }
}
