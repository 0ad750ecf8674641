/**
 * Fields as characters: the only spelling of each value, written and read.
 *
 * `007`, `+7`, `-0`, `7.0` and an empty field are not numbers here. With one spelling a value, a damaged field that still
 * reads as a number has a different value, and the sum over the frame tells.
 */
import type { Field, IntegerField } from '#protocol/field'

const [MINUS, DIGIT_0, DIGIT_9, LETTER_A, LETTER_F] = [0x2d, 0x30, 0x39, 0x41, 0x46]
const TOKEN = /^[A-Za-z0-9._-]+$/
const HEX8 = /^[0-9A-F]{8}$/
/** Numbers are written in two halves of at most five digits, because small integers divide many times faster. */
const HALF = 100_000
/** More digits than any range of the catalogue needs. */
const MOST_DIGITS = 10

/** Writes `value` as `digits` upper-case hex digits at `position`. */
export function writeHex(bytes: Uint8Array, position: number, digits: number, value: number): void {
  for (let i = 0, shift = 4 * (digits - 1); i < digits; i += 1, shift -= 4) {
    const digit = (value >>> shift) & 0xf
    bytes[position + i] = digit < 10 ? DIGIT_0 + digit : LETTER_A - 10 + digit
  }
}

/** The number that `digits` upper-case hex digits at `position` stand for; negative if they are not such digits. */
export function readHex(bytes: Uint8Array, position: number, digits: number): number {
  let value = 0
  for (let i = position; i < position + digits; i += 1) {
    const byte = bytes[i] ?? 0
    if (byte >= DIGIT_0 && byte <= DIGIT_9) value = (value << 4) | (byte - DIGIT_0)
    else if (byte >= LETTER_A && byte <= LETTER_F) value = (value << 4) | (byte - LETTER_A + 10)
    else return -1
  }
  return value >>> 0
}

/** Writes the value of a field at `position`; where it ends. Throws RangeError if the field cannot hold it. */
export function writeField(
  bytes: Uint8Array,
  position: number,
  field: Field,
  value: number | string | undefined,
  name: string,
): number {
  if (field.kind === 'integer') {
    if (typeof value === 'number' && Number.isInteger(value) && value >= field.min && value <= field.max) {
      return writeInteger(bytes, position, value)
    }
  } else if (typeof value === 'string' && holds(field, value)) {
    for (let i = 0; i < value.length; i += 1) bytes[position + i] = value.charCodeAt(i)
    return position + value.length
  }
  throw new RangeError(`the field ${name} cannot hold ${JSON.stringify(value)}`)
}

function writeInteger(bytes: Uint8Array, position: number, value: number): number {
  let [start, rest] = [position, value]
  if (value < 0) {
    bytes[start] = MINUS
    start += 1
    rest = -value
  }
  const high = Math.floor(rest / HALF)
  if (high === 0) return writeDigits(bytes, start, digitsOf(rest), rest)
  const middle = writeDigits(bytes, start, digitsOf(high), high)
  return writeDigits(bytes, middle, 5, rest - high * HALF)
}

function digitsOf(value: number): number {
  return value < 10 ? 1 : value < 100 ? 2 : value < 1000 ? 3 : value < 10_000 ? 4 : 5
}

function writeDigits(bytes: Uint8Array, start: number, digits: number, value: number): number {
  let rest = value
  for (let i = start + digits - 1; i >= start; i -= 1) {
    const shorter = (rest / 10) | 0
    bytes[i] = DIGIT_0 + rest - 10 * shorter
    rest = shorter
  }
  return start + digits
}

function holds(field: Exclude<Field, IntegerField>, value: string): boolean {
  switch (field.kind) {
    case 'token':
      return value.length <= field.longest && TOKEN.test(value)
    case 'hex8':
      return HEX8.test(value)
    case 'choice':
      return field.of.includes(value)
  }
}

/** The value of the field spelled from `start` to `end` (exclusive); undefined if it does not spell one. */
export function readField(bytes: Uint8Array, start: number, end: number, field: Field): number | string | undefined {
  switch (field.kind) {
    case 'integer':
      return readInteger(bytes, start, end, field)
    case 'token':
    case 'hex8': {
      const longest = field.kind === 'token' ? field.longest : 8
      if (end === start || end - start > longest) return undefined
      const text = textOf(bytes, start, end)
      return holds(field, text) ? text : undefined
    }
    case 'choice':
      return field.of.find((word) => spells(word, bytes, start, end))
  }
}

function readInteger(bytes: Uint8Array, start: number, end: number, field: IntegerField): number | undefined {
  const negative = field.min < 0 && bytes[start] === MINUS
  const first = negative ? start + 1 : start
  if (end === first || end - first > MOST_DIGITS) return undefined
  if (bytes[first] === DIGIT_0 && (negative || end - first > 1)) return undefined
  let magnitude = 0
  for (let i = first; i < end; i += 1) {
    const byte = bytes[i] ?? 0
    if (byte < DIGIT_0 || byte > DIGIT_9) return undefined
    magnitude = magnitude * 10 + byte - DIGIT_0
  }
  const value = negative ? -magnitude : magnitude
  return value >= field.min && value <= field.max ? value : undefined
}

function textOf(bytes: Uint8Array, start: number, end: number): string {
  let text = ''
  for (let i = start; i < end; i += 1) text += String.fromCharCode(bytes[i] ?? 0)
  return text
}

function spells(word: string, bytes: Uint8Array, start: number, end: number): boolean {
  if (word.length !== end - start) return false
  for (let i = 0; i < word.length; i += 1) {
    if (word.charCodeAt(i) !== bytes[start + i]) return false
  }
  return true
}
