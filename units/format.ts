/**
 * Quantities as people read them: short decimals and durations in days, hours, minutes and seconds.
 *
 * For messages, tables and reports only; nothing is ever computed from these texts.
 */
import {
  compare,
  equal,
  floor,
  isNegative,
  isZero,
  magnitude,
  type Rational,
  ratio,
  toNumber,
  whole,
} from '#units/rational'

/** At most `digits` significant digits, without trailing zeros or an exponent where it can be helped. */
export function decimal(value: Rational | number, digits = 6): string {
  const number = typeof value === 'number' ? value : toNumber(value)
  const text = number.toPrecision(digits)
  return text.includes('e') ? String(Number(text)) : text.includes('.') ? text.replace(/\.?0+$/, '') : text
}

/** Most significant digits that a number of the machine holds. */
const MOST_DIGITS = 17

/** {@link decimal} of a value beside another one, with as many digits as it takes to tell them apart. */
export function decimalBeside(value: Rational, other: Rational): string {
  if (equal(value, other)) return decimal(value)
  let digits = 6
  while (digits < MOST_DIGITS && decimal(value, digits) === decimal(other, digits)) digits += 1
  return decimal(value, digits)
}

const PARTS: readonly (readonly [unit: string, us: bigint])[] = [
  ['d', 86_400_000_000n],
  ['h', 3_600_000_000n],
  ['min', 60_000_000n],
]

/** A duration in microseconds as `155 d 2 h 3.5 s`, to the nanosecond, in the grammar that inputs use. */
export function duration(value_us: Rational | number): string {
  const value = typeof value_us === 'number' ? whole(Math.round(value_us)) : value_us
  const nanoseconds = ratio(floor(ratio(value.n * 2000n + value.d, value.d * 2n)), 1000n)
  if (isZero(nanoseconds)) return '0 s'
  const parts: string[] = []
  let rest = magnitude(nanoseconds)
  for (const [unit, size] of PARTS) {
    const count = floor(ratio(rest.n, rest.d * size))
    if (count > 0n) parts.push(`${count} ${unit}`)
    rest = ratio(rest.n - count * size * rest.d, rest.d)
  }
  if (!isZero(rest)) parts.push(subMinute(rest))
  return (isNegative(value) ? '-' : '') + parts.join(' ')
}

/** Less than a minute, in whole nanoseconds, without losing a digit. */
function subMinute(rest: Rational): string {
  if (compare(rest, whole(1000)) < 0) return `${decimal(rest, 6)} us`
  return `${decimal(ratio(rest.n, rest.d * 1_000_000n), 11)} s`
}

/**
 * The value as a plain decimal: exact where it ends within so many places, else rounded to the nearest, halves away from
 * zero. Never an exponent, never a trailing zero.
 */
export function places(value: Rational, most: number): string {
  const scale = 10n ** BigInt(most)
  const size = magnitude(value)
  const scaled = (size.n * scale * 2n + size.d) / (size.d * 2n)
  const fraction = (scaled % scale).toString().padStart(most, '0').replace(/0+$/, '')
  const sign = isNegative(value) && scaled > 0n ? '-' : ''
  return `${sign}${scaled / scale}${fraction === '' ? '' : `.${fraction}`}`
}
