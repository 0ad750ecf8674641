/**
 * Functions that remember their last few answers.
 *
 * A pattern of doses asks for the same few rates, intervals and texts day by day. What was asked counts as the same only
 * where it is the very same value, which is seen at a glance; anything else is worked out, so that an answer never depends
 * on what was asked before.
 */
import type { Rational } from '#units/rational'

/** Answers that are remembered: those of a day of thirteen boluses, and a few more. */
const REMEMBERED = 16

/** A function of one value that has no other effect than its answer. */
export function remembered<A, V>(answer: (a: A) => V): (a: A) => V {
  const known: { readonly a: A; readonly value: V }[] = []
  let oldest = 0
  return (a) => {
    for (const one of known) if (one.a === a) return one.value
    const value = answer(a)
    known[oldest] = { a, value }
    oldest = (oldest + 1) % REMEMBERED
    return value
  }
}

/** A function of two values that has no other effect than its answer. */
export function rememberedOfTwo<A, B, V>(answer: (a: A, b: B) => V): (a: A, b: B) => V {
  const known: { readonly a: A; readonly b: B; readonly value: V }[] = []
  let oldest = 0
  return (a, b) => {
    for (const one of known) if (one.b === b && one.a === a) return one.value
    const value = answer(a, b)
    known[oldest] = { a, b, value }
    oldest = (oldest + 1) % REMEMBERED
    return value
  }
}

/** A function of a fraction from anywhere: one that was changed in place since it was asked about counts as another. */
export function rememberedOfFraction<V>(answer: (value: Rational) => V): (value: Rational) => V {
  const known: { readonly fraction: Rational; readonly n: bigint; readonly d: bigint; readonly value: V }[] = []
  let oldest = 0
  return (fraction) => {
    for (const one of known) {
      if (one.fraction === fraction && one.n === fraction.n && one.d === fraction.d) return one.value
    }
    const value = answer(fraction)
    known[oldest] = { fraction, n: fraction.n, d: fraction.d, value }
    oldest = (oldest + 1) % REMEMBERED
    return value
  }
}
