/**
 * Chance from a seed, the same everywhere: the finalizer of MurmurHash3 over a counter (SplitMix32).
 *
 * Each fault draws from a seed of its own, so that adding one fault leaves the others as they were.
 */

const GOLDEN = 0x9e3779b9

/** A number from 0 up to but excluding 1. */
export function chance(seed: number): number {
  let mixed = (seed + GOLDEN) | 0
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad)
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
  return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32
}

/** The seed of one of several things that draw from the same. */
export function seedOf(seed: number, index: number): number {
  return Math.floor(chance(Math.floor(seed / 2 ** 32) ^ seed ^ Math.imul(index + 1, GOLDEN)) * 2 ** 32)
}
