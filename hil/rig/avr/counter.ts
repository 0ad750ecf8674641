/**
 * The counter of a timer with its two compare registers, without a clock of its own.
 *
 * What happens at one edge of the timer clock (DS40002061, sections 15.5 to 15.8 and 16.7 to 16.10): a compare flag is set
 * if the counter equaled that register before the edge; the counter then goes up by one, or to zero after its top or its
 * maximum, and passing the maximum sets the overflow flag. Many edges at once give the same as each on its own, at a cost
 * that does not grow with their number.
 */

export const OVERFLOWED = 0x01
export const MATCHED_A = 0x02
export const MATCHED_B = 0x04

export class Counter {
  readonly max: number
  value = 0
  compareA = 0
  compareB = 0
  /** Whether the counter clears after matching compare register A (CTC), or runs to its maximum. */
  clears = false
  /** Set by a write to the counter: the next edge compares nothing. */
  blocked = false

  constructor(max: number) {
    this.max = max
  }

  get #top(): number {
    return this.clears ? this.compareA : this.max
  }

  /** Passes so many edges; answers with the flags that they set. */
  advance(edges: number): number {
    let flags = 0
    let left = edges
    if (left > 0 && this.blocked) {
      this.blocked = false
      flags |= this.#edge(false)
      left -= 1
    }
    while (left > 0) {
      const lap = this.#top + 1
      if (this.value < lap && left >= 2 * lap) left = lap + (left % lap)
      const quiet = Math.min(left, this.#quietEdges())
      this.value += quiet
      left -= quiet
      if (left > 0) {
        flags |= this.#edge(true)
        left -= 1
      }
    }
    return flags
  }

  /** How many edges until one sets the flag; infinity when none ever will. A block of the compare is not foreseen. */
  edgesUntil(flag: number): number {
    const { value, max } = this
    const top = this.#top
    const target = flag === MATCHED_A ? this.compareA : flag === MATCHED_B ? this.compareB : max
    const end = value <= top ? top : max
    if (target >= value && target <= end) return target - value + 1
    return target <= top ? end - value + 1 + target + 1 : Number.POSITIVE_INFINITY
  }

  /** Edges that do nothing but count up. */
  #quietEdges(): number {
    const { value, compareA, compareB, max } = this
    let quiet = max - value
    if (compareA >= value) quiet = Math.min(quiet, compareA - value)
    if (compareB >= value) quiet = Math.min(quiet, compareB - value)
    return quiet
  }

  #edge(compares: boolean): number {
    const { value } = this
    const matchesA = compares && value === this.compareA
    const overflows = value === this.max
    this.value = overflows || (this.clears && matchesA) ? 0 : value + 1
    return (
      (matchesA ? MATCHED_A : 0) | (compares && value === this.compareB ? MATCHED_B : 0) | (overflows ? OVERFLOWED : 0)
    )
  }
}
