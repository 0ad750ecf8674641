/**
 * Reads one part of a file by its schema and says, in the words of the language, what does not fit.
 *
 * Parts are read one by one, so that a mistake in one entry hides nothing in another.
 */
import { z } from 'zod'
import type { Findings } from '#hil/scenario/findings'
import type { Path } from '#hil/scenario/sheet'
import { didYouMean, found, quoted } from '#hil/scenario/wording'

type Issue = z.core.$ZodIssue

/** Beyond this many problems nobody reads suggestions, and they are not looked for. */
const MOST_HINTS = 200

/** The value at a path inside a value; undefined where there is none. */
export function valueIn(value: unknown, path: Path): unknown {
  let inner = value
  for (const step of path) {
    if (typeof inner !== 'object' || inner === null || !Object.hasOwn(inner, step)) return undefined
    inner = Reflect.get(inner, step)
  }
  return inner
}

/** Whether the file has anything at the path. */
export function given(findings: Findings, path: Path): boolean {
  return valueIn(findings.sheet.root, path) !== undefined
}

/**
 * The part of the file at the path, as its schema reads it; undefined when it does not fit, and then the findings say
 * why. Unknown keys are reported and otherwise ignored, so that the rules for the known ones still apply.
 */
export function read<S extends z.ZodType>(findings: Findings, path: Path, schema: S): z.output<S> | undefined {
  const value = valueIn(findings.sheet.root, path)
  const parsed = schema.safeParse(value, { error: wording })
  if (parsed.success) return parsed.data
  const issues = meant(parsed.error.issues)
  report(findings, path, value, issues)
  if (issues.some((issue) => issue.code !== 'unrecognized_keys')) return undefined
  return schema.safeParse(withoutUnknown(value, issues)).data
}

/** The part of the file at the path, or undefined when it does not fit; reports nothing. */
export function peek<S extends z.ZodType>(findings: Findings, path: Path, schema: S): z.output<S> | undefined {
  return schema.safeParse(valueIn(findings.sheet.root, path)).data
}

/** Of a value that may have several shapes, what is wrong with the one shape that it has. */
function meant(issues: readonly Issue[]): Issue[] {
  return issues.flatMap((issue) => {
    if (issue.code !== 'invalid_union') return [issue]
    const [shape, ...others] = issue.errors.filter((inner) => !inner.some(isAboutShape))
    if (shape === undefined || others.length > 0) return [issue]
    return meant(shape.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] })))
  })
}

function isAboutShape({ code, path }: Issue): boolean {
  return path.length === 0 && (code === 'invalid_type' || code === 'invalid_value')
}

function report(findings: Findings, base: Path, value: unknown, issues: readonly Issue[]): void {
  for (const issue of issues) {
    const path = [...base, ...issue.path.filter((step) => typeof step !== 'symbol')]
    const inner = valueIn(value, path.slice(base.length))
    if (issue.code === 'unrecognized_keys') unknownKeys(findings, path, issue.keys, issue.message.split(', '))
    else findings.add(path, messageOf(issue, path, inner))
  }
}

/** Reports keys that the map at the path does not have; `known` are those it has. */
export function unknownKeys(findings: Findings, path: Path, keys: readonly string[], known: readonly string[]): void {
  for (const key of keys) {
    const hint = findings.count < MOST_HINTS ? didYouMean(key, known) : ''
    const rule = `unknown key ${quoted(key)}${hint === '' ? `; the keys here are ${known.join(', ')}` : hint}`
    findings.addAtKey([...path, key], rule)
  }
}

function messageOf(issue: Issue, path: Path, value: unknown): string {
  const key = quoted(String(path.at(-1) ?? 'scenario'))
  if (issue.code === 'invalid_union' && value !== undefined && value !== null) return issue.message
  if (value === undefined) return `missing key ${key}${continued(issue.message)}`
  if (value === null) return `${key} has no value${continued(issue.message)}`
  return issue.message
}

/** A message as the continuation of another: schemas with a rule of their own state it as a whole sentence. */
function continued(message: string): string {
  return message === '' || message.startsWith(';') ? message : `; ${message}`
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  int: 'a whole number',
  number: 'a whole number',
  boolean: 'true or false',
  object: 'a map of keys',
  array: 'a list',
  tuple: 'a list',
}

/**
 * The message of an issue. For a key without a value only its continuation; for unknown keys the keys that are known,
 * from which the reader makes one message a key.
 */
const wording: z.core.$ZodErrorMap = (issue) => {
  const value =
    issue.code === 'invalid_union' && issue.discriminator ? valueIn(issue.input, [issue.discriminator]) : issue.input
  if (issue.code === 'unrecognized_keys') return shapeOf(issue.inst).join(', ')
  if (value === undefined || value === null) return continuation(issue)
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${TYPES[issue.expected] ?? issue.expected}, found ${found(value)}`
    case 'invalid_value':
      return oneOf(value, issue.values.map(String))
    case 'invalid_union':
      return oneOf(value, optionsOf(issue))
    case 'too_small':
      return sized(issue.origin, value, 'few', `at least ${issue.minimum}`)
    case 'too_big':
      return sized(issue.origin, value, 'many', `at most ${issue.maximum}`)
    default:
      return `${found(value)} does not fit here`
  }
}

/** What is wrong with how large a list, a text or a number is. */
function sized(origin: string, value: unknown, how: 'few' | 'many', bound: string): string {
  if (origin === 'array') return `this list has too ${how} items; it takes ${bound}`
  if (origin === 'string') return `this text has too ${how} characters; it takes ${bound}`
  return `${found(value)} does not fit here; write ${bound}`
}

function continuation(issue: z.core.$ZodRawIssue): string {
  if (issue.code === 'invalid_union') return `; it is ${alternatives(optionsOf(issue))}`
  if (issue.code === 'invalid_value') return `; it is ${alternatives(issue.values.map(String))}`
  const { inst } = issue
  const examples = inst instanceof z.ZodType ? inst.meta()?.['examples'] : undefined
  const example: unknown = Array.isArray(examples) ? examples[0] : undefined
  if (example !== undefined) return `; for example ${String(example)}`
  const keys = shapeOf(inst)
  if (keys.length > 0) return `; it is a map with the keys ${keys.join(', ')}`
  return issue.code === 'invalid_type' ? `; it takes ${TYPES[issue.expected] ?? issue.expected}` : ''
}

function optionsOf(issue: z.core.$ZodRawIssue): string[] {
  return issue.code === 'invalid_union' && Array.isArray(issue['options']) ? issue['options'].map(String) : []
}

function oneOf(value: unknown, options: readonly string[]): string {
  const hint = typeof value === 'string' ? didYouMean(value, options) : ''
  return `${found(value)} is not ${alternatives(options)}${hint}`
}

function alternatives(options: readonly string[]): string {
  return options.length === 1 ? options.join() : `one of ${options.join(', ')}`
}

function shapeOf(schema: unknown): string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : []
}

function withoutUnknown(value: unknown, issues: readonly Issue[]): unknown {
  const copy = structuredClone(value)
  for (const issue of issues) {
    if (issue.code !== 'unrecognized_keys') continue
    const holder = valueIn(
      copy,
      issue.path.filter((step) => typeof step !== 'symbol'),
    )
    if (typeof holder === 'object' && holder !== null) for (const key of issue.keys) Reflect.deleteProperty(holder, key)
  }
  return copy
}
