/**
 * The interrupt lines: which vectors are requested at this moment.
 *
 * A line is a level. The peripheral that owns it raises it while its flag and its enable bit are both set and drops it
 * when one of them goes, as the hardware does; a request that has gone is never served. The lowest vector goes first
 * (DS40002061, section 7.7).
 */
export class Interrupts {
  /** Bit n is set while vector n is requested. */
  requested = 0
  readonly #entered = new Map<number, () => void>()

  request(vector: number, wanted: boolean): void {
    if (wanted) this.requested |= 1 << vector
    else this.requested &= ~(1 << vector)
  }

  /** What the hardware does when the vector is entered: for most it clears the flag. */
  onEntry(vector: number, clearFlag: () => void): void {
    this.#entered.set(vector, clearFlag)
  }

  /** The vector to serve; only while one is requested. */
  first(): number {
    return 31 - Math.clz32(this.requested & -this.requested)
  }

  enter(vector: number): void {
    this.#entered.get(vector)?.()
  }
}
