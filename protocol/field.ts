/**
 * What a field of a frame can hold: a whole number within a range, or a short word.
 *
 * Nothing on the wire is a fraction, and nothing is free text, so that a controller with two kilobytes of memory can
 * check every field against a table before it acts on any of them.
 */

/** A whole number in decimal, without leading zeros; a minus sign only where `min` is negative, and never for zero. */
export interface IntegerField {
  readonly kind: 'integer'
  readonly min: number
  readonly max: number
  /** What one counts: `tick`, `mV`, `Hz`, `step`, `byte`; empty for plain numbers and marks. */
  readonly unit: string
  readonly doc: string
}

/** A word of 1 to `longest` letters, digits, dots, underscores and hyphens. */
export interface TokenField {
  readonly kind: 'token'
  readonly longest: number
  readonly doc: string
}

/** 32 bits as exactly eight upper-case hex digits. */
export interface Hex8Field {
  readonly kind: 'hex8'
  readonly doc: string
}

/** One of the words that are listed. */
export interface ChoiceField {
  readonly kind: 'choice'
  /** Name of the list in `CHOICES`. */
  readonly list: string
  readonly of: readonly string[]
  readonly doc: string
}

export type Field = IntegerField | TokenField | Hex8Field | ChoiceField

/** The fields of a message by name, in the order of the wire. */
export type Fields = Readonly<Record<string, Field>>

/** What a field holds once decoded. */
export type ValueOf<F extends Field> = F extends IntegerField
  ? number
  : F extends { readonly kind: 'choice'; readonly of: readonly (infer Word)[] }
    ? Word
    : string

/** 2^16 - 1, 2^31 - 1 and 2^32 - 1. */
const [U16, U31, U32] = [65_535, 2_147_483_647, 4_294_967_295]

/** An unsigned 16-bit number. */
export function u16(doc: string, unit = ''): IntegerField {
  return integer(0, U16, doc, unit)
}

/** An unsigned 31-bit number: it is also a non-negative signed 32-bit number. */
export function u31(doc: string, unit = ''): IntegerField {
  return integer(0, U31, doc, unit)
}

/** An unsigned 32-bit number. */
export function u32(doc: string, unit = ''): IntegerField {
  return integer(0, U32, doc, unit)
}

/** A signed 32-bit number. */
export function i32(doc: string, unit = ''): IntegerField {
  return integer(-U31 - 1, U31, doc, unit)
}

/** A session token: any unsigned 32-bit number but zero, which stands for no session. */
export function session(): IntegerField {
  return integer(1, U32, 'token of the session, never 0')
}

/** A whole number from `min` to `max`, both included. */
export function integer(min: number, max: number, doc: string, unit = ''): IntegerField {
  return { kind: 'integer', min, max, unit, doc }
}

export function token(longest: number, doc: string): TokenField {
  return { kind: 'token', longest, doc }
}

export function hex8(doc: string): Hex8Field {
  return { kind: 'hex8', doc }
}
