/**
 * Whole-number arithmetic in two sizes: plain numbers where every sum stays a safe integer, big ones anywhere else.
 *
 * A walk over millions of instants is written once against this table and runs on either; both are exact.
 */
export interface Arithmetic<N> {
  readonly zero: N
  readonly of: (value: bigint) => N
  readonly big: (value: N) => bigint
  /** The nearest double. */
  readonly near: (value: N) => number
  readonly plus: (a: N, b: N) => N
  readonly minus: (a: N, b: N) => N
  readonly below: (a: N, b: N) => boolean
}

/** Exact while every value and every sum is below {@link SAFE}. */
export const PLAIN: Arithmetic<number> = {
  zero: 0,
  of: Number,
  big: BigInt,
  near: (value) => value,
  plus: (a, b) => a + b,
  minus: (a, b) => a - b,
  below: (a, b) => a < b,
}

export const BIG: Arithmetic<bigint> = {
  zero: 0n,
  of: (value) => value,
  big: (value) => value,
  near: Number,
  plus: (a, b) => a + b,
  minus: (a, b) => a - b,
  below: (a, b) => a < b,
}

/** Whole numbers of smaller magnitude are exact as plain numbers, and so is any sum that stays below. */
export const SAFE = 2n ** 53n
