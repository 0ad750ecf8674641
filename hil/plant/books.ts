/**
 * The books of the plant: everything that ever came into the body of the pump and everything that ever left it, against
 * what is there. Fluid and every drug must balance exactly, at every instant.
 */
import type { Portion } from '#hil/plant/solution'
import { add, equal, type Rational, toText, ZERO } from '#units/rational'

/** A balance that does not close: what should be there, and what is. */
export interface Imbalance {
  readonly what: string
  readonly expected: string
  readonly found: string
}

/** What was entered so far; it grows in place, for there is an entry with every movement. */
class Tally {
  volume_uL: Rational = ZERO
  readonly masses = new Map<string, Rational>()

  enter({ volume_uL, masses }: Portion): void {
    this.volume_uL = add(this.volume_uL, volume_uL)
    for (const [drug, mass] of masses) {
      const before = this.masses.get(drug)
      this.masses.set(drug, before === undefined ? mass : add(before, mass))
    }
  }
}

export class Books {
  readonly #in = new Tally()
  readonly #out = new Tally()

  /** Opens them with what is there at the start. */
  constructor(held: readonly Portion[]) {
    for (const portion of held) this.#in.enter(portion)
  }

  came(portion: Portion): void {
    this.#in.enter(portion)
  }

  went(portion: Portion): void {
    this.#out.enter(portion)
  }

  /** Every balance that does not close while so much is there or has leaked; empty as long as the bench keeps them right. */
  imbalances(there: readonly Portion[]): readonly Imbalance[] {
    const found: Imbalance[] = []
    const check = (what: string, expected: Rational, sum: Rational) => {
      if (!equal(expected, sum)) found.push({ what, expected: toText(expected), found: toText(sum) })
    }
    let volume_uL = this.#out.volume_uL
    for (const portion of there) volume_uL = add(volume_uL, portion.volume_uL)
    check('fluid in uL', this.#in.volume_uL, volume_uL)
    for (const [drug, mass] of this.#in.masses) check(`${drug} in ug`, mass, this.#massOf(drug, there))
    for (const drug of this.#strange(there)) check(`${drug} in ug`, ZERO, this.#massOf(drug, there))
    return found
  }

  #massOf(drug: string, there: readonly Portion[]): Rational {
    let mass = this.#out.masses.get(drug) ?? ZERO
    for (const { masses } of there) {
      const part = masses.get(drug)
      if (part !== undefined) mass = add(mass, part)
    }
    return mass
  }

  /** Drugs that never came in, each once. */
  #strange(there: readonly Portion[]): ReadonlySet<string> {
    const strange = new Set<string>()
    for (const { masses } of [...there, this.#out]) {
      for (const drug of masses.keys()) if (!this.#in.masses.has(drug)) strange.add(drug)
    }
    return strange
  }
}
