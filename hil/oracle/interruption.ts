/**
 * The longest interruption: the longest time a patient waits for a step that is overdue.
 *
 * A pump in steps pauses between any two of them, so a pause alone is none. A step is overdue once as much has been
 * prescribed since the one before as a step gives; from then on, time in which something is prescribed counts until the
 * next step. At a tick of the rig later a faultless pump's step has come.
 */
import { risesOf } from '#hil/oracle/common-unit'
import type { Line } from '#hil/oracle/line'
import { type Lull, type March, partingsOf } from '#hil/oracle/partings'
import { type RuledLine, ruled, timeRulings, toTime_us, valueRulings } from '#hil/oracle/ruled'
import { during, mustRise, type Span, type Staircase } from '#hil/oracle/staircase'
import { add, compare, divide, isPositive, type Rational, ratio, subtract, whole, ZERO } from '#units/rational'

export interface InterruptionQuestion extends Span {
  /** What one step gives, in the unit of the line: its volume, or its drug at the concentration of the line. */
  readonly step: Rational
}

export interface Interruption {
  /** Since when the step was overdue. */
  readonly from_us: Rational
  /** When it came; the end of the span when it never did. */
  readonly to_us: Rational
  /** How long of it something was prescribed. */
  readonly due_us: Rational
}

/**
 * The one with the longest `due_us`, the first of equals; undefined when no step was ever overdue. Exact; takes time for
 * the flights and the changes of rate, not for the steps. Throws RangeError where what was delivered ever falls.
 */
export function longestInterruption(
  delivered: Staircase,
  prescribed: Line,
  question: InterruptionQuestion,
): Interruption | undefined {
  const { from_us, to_us, step } = question
  if (!isPositive(step)) throw new RangeError('a step must give more than nothing')
  const flights = during(delivered, question)
  mustRise(flights)
  const paper = ruled(prescribed, [...risesOf(flights), step], [from_us, to_us])
  const [from, to] = [timeRulings(paper, from_us), timeRulings(paper, to_us)]
  const wait = new Wait(valueRulings(paper, step))
  for (const parting of partingsOf(flights, paper, from, to)) {
    if (parting.kind === 'lull') wait.pass(parting)
    else {
      wait.end(parting.timeOf(0))
      wait.march(parting)
    }
  }
  wait.end(to)
  return wait.longest && inTime(paper, wait.longest)
}

/** In rulings. */
interface Overdue {
  readonly from: Rational
  readonly to: bigint
  readonly due: Rational
}

function inTime(paper: RuledLine, { from, to, due }: Overdue): Interruption {
  const perMicrosecond = whole(paper.perMicrosecond)
  return { from_us: divide(from, perMicrosecond), to_us: toTime_us(paper, to), due_us: divide(due, perMicrosecond) }
}

/** The time since the last step. */
class Wait {
  longest: Overdue | undefined
  readonly #step: bigint
  #prescribed = 0n
  #from: Rational | undefined
  #due = ZERO

  constructor(step: bigint) {
    this.#step = step
  }

  pass({ from, to, rate }: Lull): void {
    const grown = rate * (to - from)
    const before = this.#step - this.#prescribed
    this.#prescribed += grown
    if (grown <= 0n || grown <= before) return
    const start = before > 0n ? add(whole(from), ratio(before, rate)) : whole(from)
    this.#from ??= start
    this.#due = add(this.#due, subtract(whole(to), start))
  }

  /** A step came. */
  end(to: bigint): void {
    if (this.#from !== undefined) this.#consider({ from: this.#from, to, due: this.#due })
    this.#prescribed = 0n
    this.#from = undefined
    this.#due = ZERO
  }

  /** Within a march the pauses are the quotient of its cadence, and a tick more wherever rounding says so. */
  march({ beat, rate, timeOf }: March): void {
    const { count, remainder, phase } = beat
    if (count < 2 || rate <= 0n) return
    const wider = remainder > 0 ? Math.floor(phase / remainder) : count
    const index = wider + 1 < count ? wider : 0
    const [last, next] = [timeOf(index), timeOf(index + 1)]
    const due = subtract(whole(next - last), ratio(this.#step, rate))
    if (isPositive(due)) this.#consider({ from: subtract(whole(next), due), to: next, due })
  }

  #consider(overdue: Overdue): void {
    if (this.longest === undefined || compare(overdue.due, this.longest.due) > 0) this.longest = overdue
  }
}
