/**
 * When the tip gives another dose than is meant although every volume is right, how much of it, and for how long.
 *
 * Two lines are held against each other, the drug that leaves the tip and the drug that is prescribed: after a change of
 * concentration without a bridge the first is a quarter of the second for 45 hours, say.
 */
import { type Line, lastStarted } from '#hil/oracle/line'
import type { Span } from '#hil/oracle/staircase'
import { compare, divide, equal, isZero, ONE, type Rational, smaller, ZERO } from '#units/rational'

/** A time in which what is given is a constant multiple of what is meant. */
export interface WrongDose extends Span {
  /** Given over meant: 1/4 is 75 % too little. Null where nothing is meant and something is given. */
  readonly factor: Rational | null
}

/** All such times of a span, in order, those that touch and have one factor as one. Takes O(n) for n pieces. */
export function wrongDoses(given: Line, meant: Line, { from_us, to_us }: Span): readonly WrongDose[] {
  const wrong: { from_us: Rational; to_us: Rational; factor: Rational | null }[] = []
  let [g, m] = [-1, -1]
  for (let at_us = from_us; compare(at_us, to_us) < 0; ) {
    g = lastStarted(given, g, at_us)
    m = lastStarted(meant, m, at_us)
    const next = [given[g + 1], meant[m + 1]]
    const end_us = next.reduce((end, piece) => (piece === undefined ? end : smaller(end, piece.from_us)), to_us)
    const factor = factorOf(given[g]?.rate ?? ZERO, meant[m]?.rate ?? ZERO)
    const last = wrong.at(-1)
    if (factor === null || !equal(factor, ONE)) {
      if (last !== undefined && equal(last.to_us, at_us) && same(last.factor, factor)) last.to_us = end_us
      else wrong.push({ from_us: at_us, to_us: end_us, factor })
    }
    at_us = end_us
  }
  return wrong
}

function factorOf(given: Rational, meant: Rational): Rational | null {
  if (isZero(meant)) return isZero(given) ? ONE : null
  return divide(given, meant)
}

function same(a: Rational | null, b: Rational | null): boolean {
  return a === null || b === null ? a === b : equal(a, b)
}
