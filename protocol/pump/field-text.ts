/** Exact numbers and texts as characters: the only spelling of each value, written and read. */
import { readField, writeField } from '#protocol/field-text'
import type { ExactField, PumpField, TextField } from '#protocol/pump/field'
import { PUMP_LIMITS } from '#protocol/pump/limits'
import { type Rational, ratio } from '#units/rational'

const EXACT = /^(-?)(0|[1-9]\d*)(?:\/([1-9]\d*))?$/
/** Printable ASCII that stands for itself: all but what frames are made of, `+`, and the escape. */
const PLAIN = /^[ !"#&'()./0-9:;<=>?@A-Z[\\\]^_`a-z{|}~-]$/
const LONGEST_SPELLED = 64

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export type PumpFieldValue = number | string | Rational

/** The characters of a value. Throws RangeError if the field cannot hold it. */
export function spelled(field: PumpField, value: unknown, name: string): string {
  if (field.kind === 'exact') return spelledExact(field, value, name)
  if (field.kind === 'text') return spelledText(field, value, name)
  if (typeof value !== 'number' && typeof value !== 'string') cannotHold(name, value)
  const bytes = new Uint8Array(LONGEST_SPELLED)
  const end = writeField(bytes, 0, field, value, name)
  return String.fromCharCode(...bytes.subarray(0, end))
}

function spelledExact(field: ExactField, value: unknown, name: string): string {
  if (typeof value === 'string' && field.words.includes(value)) return value
  if (!isRational(value) || !hasSign(field, value)) cannotHold(name, value)
  const { n, d } = value
  const text = d === 1n ? `${n}` : `${n}/${d}`
  // What is not in lowest terms would read as another spelling of its value.
  if (readExact(field, text) === undefined) cannotHold(name, value)
  return text
}

function isRational(value: unknown): value is Rational {
  const { n, d } = (typeof value === 'object' && value !== null ? value : {}) as Partial<Rational>
  return typeof n === 'bigint' && typeof d === 'bigint'
}

function hasSign({ sign }: ExactField, { n }: Rational): boolean {
  return sign === 'any' || (sign === 'positive' ? n > 0n : n >= 0n)
}

function spelledText(field: TextField, value: unknown, name: string): string {
  if (typeof value !== 'string') cannotHold(name, value)
  const bytes = new TextEncoder().encode(value)
  if (bytes.length > field.longest) cannotHold(name, value)
  let text = ''
  for (const byte of bytes) {
    const character = String.fromCharCode(byte)
    text += PLAIN.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }
  return text
}

function cannotHold(name: string, value: unknown): never {
  const plain = (_: string, part: unknown) => (typeof part === 'bigint' ? `${part}` : part)
  const shown = isRational(value) ? `${value.n}/${value.d}` : JSON.stringify(value, plain)
  throw new RangeError(`the field ${name} cannot hold ${shown}`)
}

/** The value that the characters spell; undefined if they do not spell one of the field. */
export function unspelled(field: PumpField, text: string): PumpFieldValue | undefined {
  if (field.kind === 'exact') return readExact(field, text)
  if (field.kind === 'text') return readText(field, text)
  return readField(
    Uint8Array.from(text, (character) => character.charCodeAt(0)),
    0,
    text.length,
    field,
  )
}

function readExact(field: ExactField, text: string): Rational | string | undefined {
  if (field.words.includes(text)) return text
  if (text.length > 2 * PUMP_LIMITS.digits + 2) return undefined
  const [, minus, numerator, denominator] = EXACT.exec(text) ?? []
  if (numerator === undefined || (denominator ?? '').length > PUMP_LIMITS.digits) return undefined
  if (numerator.length > PUMP_LIMITS.digits || (minus === '-' && numerator === '0')) return undefined
  const [n, d] = [BigInt(numerator), BigInt(denominator ?? '1')]
  const value = ratio(minus === '-' ? -n : n, d)
  // One spelling a value: lowest terms, and no denominator of one.
  if (value.d !== d || denominator === '1') return undefined
  return hasSign(field, value) ? value : undefined
}

function readText({ longest }: TextField, text: string): string | undefined {
  const bytes: number[] = []
  for (let i = 0; i < text.length; i += 1) {
    const character = text.charAt(i)
    if (character === '%') {
      const digits = text.slice(i + 1, i + 3)
      if (!/^[0-9A-F]{2}$/.test(digits)) return undefined
      const byte = Number.parseInt(digits, 16)
      if (PLAIN.test(String.fromCharCode(byte))) return undefined
      bytes.push(byte)
      i += 2
    } else if (PLAIN.test(character)) bytes.push(character.charCodeAt(0))
    else return undefined
    if (bytes.length > longest) return undefined
  }
  try {
    return utf8.decode(Uint8Array.from(bytes))
  } catch {
    return undefined
  }
}
