/**
 * How much was missed, and how much was given too much, over a whole run: two sums that cannot hide behind each other.
 *
 * A pump that stalls for two hours and then runs too fast for two hours ends with the right total, and harmed twice.
 * Missed is the largest sum, over any choice of stretches of time that do not overlap, of how far delivery fell back
 * behind the prescription in each, less a tolerance for each; given too much is the same of how far it ran ahead. The
 * tolerance keeps the unavoidable come and go between two steps out of the sums.
 *
 * The two differ by what delivery is ahead or behind at the end, to within the tolerance.
 */
import { risesOf } from '#hil/oracle/common-unit'
import type { Line } from '#hil/oracle/line'
import { beforeEach, highestOf, type Lull, lowestOf, type March, partingsOf, partOf } from '#hil/oracle/partings'
import { ruled, timeRulings, toValue, valueRulings } from '#hil/oracle/ruled'
import { during, mustRise, type Span, type Staircase } from '#hil/oracle/staircase'
import { isPositive, type Rational } from '#units/rational'

export interface MissedQuestion extends Span {
  /** More than nothing; below one step and the prescription of one tick of the rig even a faultless pump misses drug. */
  readonly tolerance: Rational
}

export interface Missed {
  readonly under: Rational
  readonly over: Rational
}

/** Exact over all instants. Throws RangeError where what was delivered ever falls, or for a tolerance of nothing. */
export function missedOf(delivered: Staircase, prescribed: Line, question: MissedQuestion): Missed {
  const { from_us, to_us, tolerance } = question
  if (!isPositive(tolerance)) throw new RangeError('a tolerance must be more than nothing')
  const flights = during(delivered, question)
  mustRise(flights)
  const paper = ruled(prescribed, [...risesOf(flights), tolerance], [from_us, to_us])
  const swings = new Swings(valueRulings(paper, tolerance))
  for (const parting of partingsOf(flights, paper, timeRulings(paper, from_us), timeRulings(paper, to_us))) {
    if (parting.kind === 'lull') swings.pass(parting)
    else swings.march(parting)
  }
  return { under: toValue(paper, swings.under), over: toValue(paper, swings.over) }
}

/** Marches of so few steps are walked through. */
const SHORT = 64

/**
 * The best sums so far: with no stretch open, and with one open, from where it was best to open it. As in buying and
 * selling with a fee for each deal, the best of tomorrow follows from these two alone.
 */
class Swings {
  under = 0n
  over = 0n
  readonly #fee: bigint
  /** The sum of an open stretch plus the difference at which it was opened, and for the other direction less it. */
  #falling = 0n
  #rising = 0n

  constructor(fee: bigint) {
    this.#fee = fee
  }

  pass({ from, to, start, rate }: Lull): void {
    this.#reach(start, start)
    const end = start - rate * (to - from)
    this.#reach(end, end)
  }

  march(march: March): void {
    const [lowest, highest] = [lowestOf(march), highestOf(march)]
    const { count } = march.beat
    if (highest - lowest <= this.#fee) this.#reach(lowest, highest)
    else if (count <= SHORT) {
      for (const before of beforeEach(march)) {
        this.#reach(before, before)
        this.#reach(before + march.rise, before + march.rise)
      }
    } else {
      this.march(partOf(march, 0, count >> 1))
      this.march(partOf(march, count >> 1, count))
    }
  }

  /** The difference goes through both values, in any order; they are no further apart than the fee, so that no deal pays. */
  #reach(lowest: bigint, highest: bigint): void {
    const [under, over] = [this.under, this.over]
    this.under = larger(under, this.#falling - lowest - this.#fee)
    this.over = larger(over, this.#rising + highest - this.#fee)
    this.#falling = larger(this.#falling, under + highest)
    this.#rising = larger(this.#rising, over - lowest)
  }
}

function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b
}
