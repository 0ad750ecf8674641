/**
 * Dice: all chance that an exploration takes, from one seed.
 *
 * The numbers are those of {@link ../fault/seed.ts}, a counter through the finalizer of MurmurHash3, so that a seed gives the
 * same throws on every machine and in every version of Node.
 */
import { chance, seedOf } from '#hil/fault/seed'

/** The step of the counter: the one that {@link chance} adds too, so that each throw is that of the next count. */
const GOLDEN = 0x9e3779b9

export class Dice {
  #count: number

  constructor(seed: number) {
    this.#count = seedOf(seed, 0)
  }

  /** From 0 up to but excluding 1. */
  unit(): number {
    const thrown = chance(this.#count)
    this.#count = (this.#count + GOLDEN) | 0
    return thrown
  }

  /** True in so many cases out of one. */
  chance(part: number): boolean {
    return this.unit() < part
  }

  /** A whole number from `least` to `most`, both included. */
  integer(least: number, most: number): number {
    return least + Math.floor(this.unit() * (most - least + 1))
  }

  /** A whole number from `least` to `most`, small ones as likely by their size as large ones. Both are above zero. */
  scaled(least: number, most: number): number {
    return Math.round(least * (most / least) ** this.unit())
  }

  pick<const T>(of: readonly [T, ...T[]]): T {
    return of[Math.floor(this.unit() * of.length)] ?? of[0]
  }

  /** One of several, each as likely as its weight is large beside those of the others. */
  weighted<const T>(of: readonly [readonly [number, T], ...(readonly [number, T])[]]): T {
    let left = this.unit() * of.reduce((sum, [weight]) => sum + weight, 0)
    for (const [weight, value] of of) {
      left -= weight
      if (left < 0) return value
    }
    return of[0][1]
  }

  /** Each of a list with the given likelihood, in their order. */
  some<T>(of: readonly T[], part: number): readonly T[] {
    return of.filter(() => this.chance(part))
  }
}
