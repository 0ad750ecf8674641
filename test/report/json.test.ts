/** The report for programs: the schema describes it, its bytes depend on the result alone, and nothing is lost. */
import { describe, expect, it } from 'vitest'
import { jsonReport, resultJsonSchema } from '#hil/report/json'
import { RESULT } from '#hil/report/result-schema'
import type { Result } from '#hil/run/result'
import { hostileRun, passingWeek, ranDry, result } from './fabricated.ts'

interface Schema {
  readonly description?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
}

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [key, reversed(item)]),
  )
}

/** Every field of a schema as a path, with its own schema. */
function fieldsOf(schema: Schema, path = ''): readonly (readonly [string, Schema])[] {
  const inside = Object.entries(schema.properties ?? {}).flatMap(([key, field]) => [
    [`${path}${key}`, field] as const,
    ...fieldsOf(field, `${path}${key}.`),
  ])
  return schema.items === undefined ? inside : [...inside, ...fieldsOf(schema.items, path)]
}

describe('the JSON report', () => {
  it('holds the result as it is', () => {
    const original = result(passingWeek(), ranDry(), hostileRun())
    expect(JSON.parse(jsonReport(original))).toEqual(original)
  })

  it('is valid by its own schema', () => {
    expect(RESULT.safeParse(JSON.parse(jsonReport(result(passingWeek(), ranDry(), hostileRun())))).success).toBe(true)
    const wrong = { ...result(), runs: [{ ...passingWeek(), verdict: 'maybe' }] }
    expect(RESULT.safeParse(wrong).success).toBe(false)
  })

  it('has the same bytes whatever order its keys were made in', () => {
    const original = result(ranDry())
    expect(jsonReport(reversed(original) as Result)).toBe(jsonReport(original))
  })

  it('begins with the schema, is indented by two and ends in one line break', () => {
    expect(jsonReport(result(passingWeek()))).toMatch(/^\{\n {2}"schema": "pumpbench\/result@1",\n {2}"manifest": \{\n/)
    expect(jsonReport(result(passingWeek()))).toMatch(/[^\n]\n$/)
  })

  it('controls no terminal', () => {
    expect(jsonReport(result(hostileRun())).replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u)
  })

  it('refuses a number that JSON would print as null', () => {
    const broken = { ...passingWeek(), simulated_s: Number.NaN }
    expect(() => jsonReport(result(broken))).toThrow(/result\.runs\[0\]\.simulated_s is NaN/)
  })
})

describe('the schema', () => {
  const fields = fieldsOf(resultJsonSchema() as Schema)

  it('describes every field', () => {
    expect(fields.length).toBeGreaterThan(70)
    expect(fields.filter(([, field]) => (field.description ?? '') === '').map(([path]) => path)).toEqual([])
  })

  it.each([
    ['_uL', /microliters/],
    ['_ug', /micrograms/],
    ['_s', /seconds/],
    ['_percent', /percent/],
    ['steps', /motor steps/],
  ])('gives the unit of every field that ends in %s', (ending, unit) => {
    const measured = fields.filter(([path]) => path.endsWith(ending))
    expect(measured.length).toBeGreaterThan(0)
    expect(measured.filter(([, field]) => !unit.test(field.description ?? '')).map(([path]) => path)).toEqual([])
  })
})
