/**
 * The text in which the pump's state is kept: canonical, so that equal states have equal texts and a text that is not
 * exactly what some state is written as is no record.
 *
 * It is JSON with sorted keys and no spaces, in which strings that begin with # have a meaning: `"#-5"` is the bigint
 * -5, `"#350/3"` the object `{ n: 350n, d: 3n }` just as it is, in lowest terms or not, and `"##5"` the string `#5`.
 */
import { PAYLOAD_LIMIT_bytes } from '#firmware-sim/memory/store'

/** The deepest nesting of arrays and objects. */
export const DEPTH_LIMIT = 32

const TAG = '#'
const BIGINTS = /^#(-?\d+)(?:\/(-?\d+))?$/
/** Assigned to an object, this key would give it another prototype. */
const FORBIDDEN_KEY = '__proto__'
/** Characters of a text that an error quotes. */
const EXCERPT = 40

/**
 * The text of a plain value: null, booleans, finite numbers, bigints, strings, and arrays and object literals of these.
 *
 * Throws RangeError for anything else, undefined and class instances included, for nesting beyond {@link DEPTH_LIMIT},
 * for a key `__proto__`, and for a text beyond {@link PAYLOAD_LIMIT_bytes}: every record fits the memory.
 */
export function recordText(value: unknown): string {
  const text = textOf(value, { spent: 0, trail: [] })
  checkLength(Buffer.byteLength(text))
  return text
}

/** The value whose {@link recordText} this is; throws RangeError where there is none. */
export function recordOf(text: string): unknown {
  checkLength(Buffer.byteLength(text))
  const value = revived(parsed(text), 0)
  if (recordText(value) === text) return value
  throw notARecord(text, 'keys must be sorted and each there once, without spaces, numbers in their shortest form')
}

function checkLength(bytes: number): void {
  if (bytes <= PAYLOAD_LIMIT_bytes) return
  throw new RangeError(
    `a record of ${bytes} bytes or more is beyond the ${PAYLOAD_LIMIT_bytes} of the memory: keep less`,
  )
}

/** Where a value is being written. */
interface Place {
  /** Characters there will be at least, so that a value that shares its parts ends early too. */
  spent: number
  /** Keys and indices that lead to the value. */
  readonly trail: (string | number)[]
}

function textOf(value: unknown, place: Place): string {
  switch (typeof value) {
    case 'string':
      return spent(place, JSON.stringify(value.startsWith(TAG) ? TAG + value : value))
    case 'bigint':
      return spent(place, `"${TAG}${value}"`)
    case 'boolean':
      return spent(place, value ? 'true' : 'false')
    case 'number':
      if (!Number.isFinite(value)) throw notPlain(String(value), place)
      return spent(place, Object.is(value, -0) ? '-0' : String(value))
    case 'object':
      if (value === null) return spent(place, 'null')
      return Array.isArray(value) ? arrayText(value, place) : objectText(value, place)
    default:
      throw notPlain(typeof value, place)
  }
}

function spent(place: Place, text: string): string {
  place.spent += text.length
  checkLength(place.spent)
  return text
}

function arrayText(values: readonly unknown[], place: Place): string {
  let text = spent(place, '[')
  enter(place)
  for (let i = 0; i < values.length; i += 1) {
    if (i > 0) text += ','
    place.trail[place.trail.length - 1] = i
    text += textOf(values[i], place)
  }
  place.trail.pop()
  return `${text}]`
}

function objectText(value: object, place: Place): string {
  if (Object.getPrototypeOf(value) !== Object.prototype) throw notPlain('an object of a class', place)
  if (Object.getOwnPropertySymbols(value).length > 0) throw notPlain('an object with a symbol for a key', place)
  const parts = value as { readonly [key: string]: unknown }
  const keys = Object.keys(parts)
  const { n, d } = parts
  if (keys.length === 2 && typeof n === 'bigint' && typeof d === 'bigint') return spent(place, `"${TAG}${n}/${d}"`)
  let text = spent(place, '{')
  enter(place)
  // Without an argument, sort goes by code units, which no locale changes.
  for (const key of keys.sort()) {
    place.trail[place.trail.length - 1] = key
    if (key === FORBIDDEN_KEY) throw notPlain('a key with a meaning of its own', place)
    if (text.length > 1) text += ','
    text += `${spent(place, JSON.stringify(key))}:`
    text += textOf(parts[key], place)
  }
  place.trail.pop()
  return `${text}}`
}

function enter({ trail }: Place): void {
  if (trail.length === DEPTH_LIMIT) {
    const where = trail.join('.')
    throw new RangeError(`at ${where}: nested deeper than ${DEPTH_LIMIT}; a record is flat data without cycles`)
  }
  trail.push('')
}

function notPlain(what: string, { trail }: Place): RangeError {
  const where = trail.length === 0 ? 'the value itself' : trail.join('.')
  const rule = 'a record is null, booleans, finite numbers, bigints, strings, arrays and object literals'
  return new RangeError(`at ${where}: ${what} cannot be kept; ${rule}`)
}

function notARecord(text: string, rule: string, cause?: unknown): RangeError {
  const shown = text.length > EXCERPT ? `${text.slice(0, EXCERPT)}...` : text
  return new RangeError(`${JSON.stringify(shown)} is no record: ${rule}`, { cause })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw notARecord(text, 'it must be JSON', error)
  }
}

/** The value meant by parsed JSON. */
function revived(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return value.startsWith(TAG) ? untagged(value) : value
  if (typeof value !== 'object' || value === null) return value
  if (depth === DEPTH_LIMIT) throw new RangeError(`the record is nested deeper than ${DEPTH_LIMIT}`)
  if (Array.isArray(value)) return value.map((part) => revived(part, depth + 1))
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, revived(part, depth + 1)]))
}

function untagged(text: string): unknown {
  if (text.startsWith(TAG + TAG)) return text.slice(TAG.length)
  const [, n, d] = BIGINTS.exec(text) ?? []
  if (n === undefined) throw notARecord(text, `a string that begins with ${TAG} is a whole number or two, n/d`)
  return d === undefined ? BigInt(n) : { n: BigInt(n), d: BigInt(d) }
}
