/**
 * What a field of a frame between bench and pump can hold, beyond whole numbers and short words: exact numbers and texts.
 *
 * A dose of 350/3 ug has no decimal of any length, so numbers of therapy are fractions on this wire. A pump that reckons in
 * whole numbers says so and is never sent anything else; each unit is small enough that whole numbers suffice for what a
 * clinic writes.
 */
import type { Field, IntegerField } from '#protocol/field'
import type { Rational } from '#units/rational'

/** A whole number in decimal, or a fraction `n/d` in lowest terms with d of 2 or more; or one of some words in its place. */
export interface ExactField<Words extends readonly string[] = readonly string[]> {
  readonly kind: 'exact'
  /** What it may be: any number, zero or more, or more than zero. */
  readonly sign: 'any' | 'not-negative' | 'positive'
  readonly unit: string
  /** Words that may stand in its place. */
  readonly words: Words
  readonly doc: string
}

/** UTF-8 of at most so many bytes, which may be none; written with percent escapes. */
export interface TextField {
  readonly kind: 'text'
  readonly longest: number
  readonly doc: string
}

export type PumpField = Field | ExactField | TextField

/** The fields of a message by name, in the order of the wire. */
export type PumpFields = Readonly<Record<string, PumpField>>

/** What a field holds once decoded. */
export type PumpValue<F extends PumpField> = F extends IntegerField
  ? number
  : F extends ExactField<infer Words>
    ? Rational | Words[number]
    : F extends { readonly kind: 'choice'; readonly of: readonly (infer Word)[] }
      ? Word
      : string

/** An exact number of the sign, in the unit. */
export function exact<const W extends readonly string[] = readonly []>(
  sign: ExactField['sign'],
  unit: string,
  doc: string,
  ...words: W
): ExactField<W> {
  return { kind: 'exact', sign, unit, words, doc }
}

/** An instant, counted from the start of the run. */
export function instant(doc: string): ExactField<readonly []> {
  return exact('not-negative', 'us', `${doc}, from the start of the run`)
}

export function text(longest: number, doc: string): TextField {
  return { kind: 'text', longest, doc }
}
