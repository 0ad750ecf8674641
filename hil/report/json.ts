/**
 * The result for programs: JSON with a fixed order of keys, and the schema that describes every field with its unit.
 *
 * The same result gives the same bytes whatever order its keys were built in, so that two reports can be compared with
 * an ordinary diff.
 */
import { z } from 'zod'
import { RESULT } from '#hil/report/result-schema'
import type { Result } from '#hil/run/result'

/** The part of a JSON Schema that gives the order of keys. */
interface Shape {
  readonly properties?: Readonly<Record<string, Shape>>
  readonly items?: Shape
}

/** The JSON Schema (draft 2020-12) of the report, with a description and a unit for every field. */
export function resultJsonSchema(): Readonly<Record<string, unknown>> {
  const { $schema, ...rest } = z.toJSONSchema(RESULT, { target: 'draft-2020-12' })
  return { $schema, $id: 'urn:pumpbench:result:1', ...rest }
}

/** Invisible characters that JSON allows as they are but a terminal may obey. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}]/gu

/**
 * The result as JSON: keys in the order of the schema, indented by two, with a line break at the end. Throws RangeError
 * for a number that JSON cannot hold, which would otherwise be printed as null.
 */
export function jsonReport(result: Result): string {
  const text = JSON.stringify(ordered(result, resultJsonSchema(), 'result'), null, 2)
  return `${text.replaceAll(UNPRINTABLE, (character) => (character === '\n' ? character : escaped(character)))}\n`
}

function escaped(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('')
}

function ordered(value: unknown, shape: Shape, path: string): unknown {
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new RangeError(`${path} is ${value}, not a finite number`)
  if (Array.isArray(value)) return value.map((item, index) => ordered(item, shape.items ?? {}, `${path}[${index}]`))
  if (typeof value !== 'object' || value === null) return value
  const known = shape.properties ?? {}
  const entries = new Map(Object.entries(value))
  const keys = Object.keys(known).filter((key) => entries.has(key))
  const others = [...entries.keys()].filter((key) => !Object.hasOwn(known, key)).sort()
  return Object.fromEntries(
    [...keys, ...others].map((key) => [key, ordered(entries.get(key), known[key] ?? {}, `${path}.${key}`)]),
  )
}
