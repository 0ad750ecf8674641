/**
 * The result for programs: JSON with a fixed order of keys, and the schema that describes every field with its unit.
 *
 * The same result gives the same bytes whatever order its keys were built in, so that two reports can be compared with
 * an ordinary diff.
 */
import { z } from 'zod'
import type { Matrix } from '#hil/matrix/types'
import { matrixJsonSchema } from '#hil/report/matrix-schema'
import { RESULT } from '#hil/report/result-schema'
import type { Result } from '#hil/run/result'

/** The part of a JSON Schema that gives the order of keys. */
interface Shape {
  readonly properties?: Readonly<Record<string, Shape>>
  readonly items?: Shape
  readonly anyOf?: readonly Shape[]
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
  return orderedJson(result, resultJsonSchema(), 'result')
}

/** A matrix as JSON, in the same manner. */
export function matrixJson(matrix: Matrix): string {
  return orderedJson(matrix, matrixJsonSchema(), 'matrix')
}

function orderedJson(value: unknown, shape: Shape, path: string): string {
  const text = JSON.stringify(ordered(value, shape, path), null, 2)
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
  const known = shape.properties ?? shapeOf(value, shape)
  const entries = new Map(Object.entries(value))
  const keys = Object.keys(known).filter((key) => entries.has(key))
  const others = [...entries.keys()].filter((key) => !Object.hasOwn(known, key)).sort()
  return Object.fromEntries(
    [...keys, ...others].map((key) => [key, ordered(entries.get(key), known[key] ?? {}, `${path}.${key}`)]),
  )
}

/** The keys of the first of several shapes that has every key of the value; none where none does. */
function shapeOf(value: object, { anyOf = [] }: Shape): Readonly<Record<string, Shape>> {
  const keys = Object.keys(value)
  const fits = anyOf.find(({ properties = {} }) => keys.every((key) => Object.hasOwn(properties, key)))
  return fits?.properties ?? {}
}
