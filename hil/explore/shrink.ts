/**
 * Shrinking: from a scenario that fails to the shortest that still fails in the same way.
 *
 * Works on what is written, so that the outcome is a file like any other. Lists lose their items by halves, then one by one
 * (delta debugging: A. Zeller, R. Hildebrandt, IEEE TSE 2002); what a file may leave out is left out; the run becomes shorter;
 * figures become round. Deterministic, and bounded by a number of attempts.
 */
import { rounder } from '#hil/explore/rounder'
import type { WrittenScenario } from '#hil/fault/catalogue-entry'
import { parseMeasure } from '#units/measure'
import { compare, type Rational } from '#units/rational'

export interface ShrinkOptions {
  /** Whether a scenario fails in the way that is looked for. */
  readonly fails: (written: WrittenScenario) => Promise<boolean>
  /** Most scenarios that are tried. */
  readonly attempts: number
  /** Ends it with the shortest that was found so far. */
  readonly signal?: AbortSignal | undefined
}

export interface Shrunk {
  readonly written: WrittenScenario
  readonly attempts: number
}

/** Lists whose items may be left out. */
const LISTS = ['faults', 'events', 'programming', 'prescription'] as const
/** Durations that are tried in place of a longer one. */
const SHORTER = ['1 h', '3 h', '6 h', '12 h', '1 d', '2 d', '3 d', '5 d', '7 d', '10 d', '15 d', '20 d'] as const

type Path = readonly (string | number)[]

/** The shortest scenario that was found; the one given where nothing shorter fails. */
export async function shrink(written: WrittenScenario, { fails, attempts, signal }: ShrinkOptions): Promise<Shrunk> {
  let best = written
  let tried = 0
  const seen = new Set([JSON.stringify(written)])
  const attempt = async (candidate: WrittenScenario): Promise<boolean> => {
    const key = JSON.stringify(candidate)
    if (tried >= attempts || signal?.aborted === true || seen.has(key)) return false
    seen.add(key)
    tried += 1
    if (!(await fails(candidate))) return false
    best = candidate
    return true
  }
  for (let before: WrittenScenario | null = null; before !== best && tried < attempts; ) {
    before = best
    // What is shorter runs faster, and so does whatever is tried after it.
    best = await improved(best, shorter, attempt)
    for (const list of LISTS) best = await withFewer(best, list, attempt)
    for (const pass of [withoutParts, rounded]) best = await improved(best, pass, attempt)
  }
  return { written: best, attempts: tried }
}

type Attempt = (candidate: WrittenScenario) => Promise<boolean>
type Pass = (written: WrittenScenario) => Iterable<WrittenScenario>

/** Takes each candidate of a pass that fails, and begins the pass anew from it. */
async function improved(written: WrittenScenario, pass: Pass, attempt: Attempt): Promise<WrittenScenario> {
  let best = written
  for (let found = true; found; ) {
    found = false
    for (const candidate of pass(best)) {
      if (!(await attempt(candidate))) continue
      best = candidate
      found = true
      break
    }
  }
  return best
}

/** Without runs of items of a list, from half of them down to one. */
async function withFewer(written: WrittenScenario, list: string, attempt: Attempt): Promise<WrittenScenario> {
  let best = written
  for (let size = Math.ceil(itemsOf(best, list).length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < itemsOf(best, list).length; ) {
      const items = itemsOf(best, list)
      const left = items.toSpliced(from, size)
      if (await attempt(withList(best, list, left))) best = withList(best, list, left)
      else from += size
    }
  }
  return best
}

/** The items of a list of what is written; none where it has no such list. */
export function itemsOf(written: WrittenScenario, list: string): readonly unknown[] {
  const items = written[list]
  return Array.isArray(items) ? items : []
}

/** The list with other items; an empty one is left out, but for a programming in which nothing is sent. */
function withList(written: WrittenScenario, list: string, items: readonly unknown[]): WrittenScenario {
  return items.length === 0 && list !== 'programming' ? without(written, [list]) : { ...written, [list]: items }
}

/** Without each of what a file may leave out. What has to be there makes a file that cannot be read, and fails in no other way. */
function* withoutParts(written: WrittenScenario): Iterable<WrittenScenario> {
  for (const path of pathsOf(written)) {
    if (typeof path.at(-1) === 'string' && !(path.length === 1 && LISTS.some((list) => list === path[0]))) {
      yield without(written, path)
    }
  }
  if ('programming' in written) {
    yield without(written, ['programming'])
    yield without({ ...written, prescription: written['programming'] }, ['programming'])
  }
}

/** A shorter run, without what would come after its end. */
function* shorter(written: WrittenScenario): Iterable<WrittenScenario> {
  const now = timeOf(written['duration'])
  for (const duration of SHORTER) {
    const end = timeOf(duration)
    if (end === undefined || now === undefined || compare(end, now) >= 0) continue
    const early = (item: unknown) => {
      const at = timeOf(valueAt(item, ['at']))
      return at === undefined || compare(at, end) < 0
    }
    const lists = LISTS.filter((list) => list in written)
    const ended = lists.reduce((left, list) => withList(left, list, itemsOf(written, list).filter(early)), written)
    yield { ...ended, duration }
  }
}

/** With each figure in a rounder form. */
function* rounded(written: WrittenScenario): Iterable<WrittenScenario> {
  for (const path of pathsOf(written)) {
    const value = valueAt(written, path)
    for (const simpler of rounder(value)) yield withValue(written, path, simpler) as WrittenScenario
  }
}

/** Every key and item below a value, the outer ones first. */
function pathsOf(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return []
  const keys = Array.isArray(value) ? value.map((_, index) => index) : Object.keys(value)
  return keys.flatMap((key) => {
    const below = [...path, key]
    return [below, ...pathsOf(valueAt(value, [key]), below)]
  })
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  )
}

/** The value with another one at a path; `undefined` takes out what is there. */
function withValue(value: unknown, [key, ...rest]: Path, other: unknown): unknown {
  if (key === undefined) return other
  const inner = withValue(valueAt(value, [key]), rest, other)
  if (Array.isArray(value)) return value.with(Number(key), inner)
  if (inner !== undefined) return { ...Object(value), [key]: inner }
  return Object.fromEntries(Object.entries(Object(value)).filter(([name]) => name !== key))
}

function without(written: WrittenScenario, path: Path): WrittenScenario {
  return withValue(written, path, undefined) as WrittenScenario
}

function timeOf(text: unknown): Rational | undefined {
  const parsed = parseMeasure(text, ['duration'])
  return parsed.ok ? parsed.measure.value : undefined
}
