/** The time axis of a scenario: how long it runs, where entries may lie on it, and in which order they happen. */

import type { Findings } from '#hil/scenario/findings'
import { scenarioSchema } from '#hil/scenario/language'
import type { Path } from '#hil/scenario/sheet'
import { given, peek, read, valueIn } from '#hil/scenario/structure'
import { at as atSchema } from '#hil/scenario/therapy-language'
import { found, quoted } from '#hil/scenario/wording'
import { as, type Time_us } from '#units/quantity'
import { ceil, compare, divide, whole } from '#units/rational'

/** The length of the run, with the text that wrote it. */
export interface Span {
  readonly text: string
  readonly duration_us: Time_us
}

const DAY = 86_400_000_000n
const LONGEST_us = whole(20n * 365n * DAY)
const HOURLY_UP_TO_us = whole(90n * DAY)
const MOST_SAMPLES = 100_000n

/** The length of the run; undefined when something is wrong with it. */
export function readDuration(findings: Findings): Span | undefined {
  const written = read(findings, ['duration'], scenarioSchema.shape.duration)
  if (written === undefined) return undefined
  const { text, value } = written
  if (compare(value, LONGEST_us) > 0) findings.add(['duration'], `${quoted(text)}: a run is at most 20 years, 7300 d`)
  else if (value.d !== 1n) findings.add(['duration'], `${quoted(text)}: a duration is a whole number of microseconds`)
  else return { text, duration_us: as(value) }
  return undefined
}

/** The spacing of samples; undefined when something is wrong with it. */
export function readSample(findings: Findings, run: Span | undefined): Time_us | undefined {
  if (!given(findings, ['sample'])) {
    if (run === undefined) return undefined
    return as(whole(compare(run.duration_us, HOURLY_UP_TO_us) <= 0 ? DAY / 24n : DAY))
  }
  const written = read(findings, ['sample'], scenarioSchema.shape.sample)
  if (written === undefined) return undefined
  const { text, value } = written
  if (value.d !== 1n) {
    findings.add(['sample'], `${quoted(text)}: the spacing of samples is a whole number of microseconds`)
    return undefined
  }
  if (run !== undefined && ceil(divide(run.duration_us, value)) + 1n > MOST_SAMPLES) {
    findings.add(
      ['sample'],
      `${quoted(text)} gives more than ${MOST_SAMPLES} samples in ${run.text}; sample less often`,
    )
    return undefined
  }
  return as(value)
}

/** The paths of the items of a list; reports a list that is none or is too long, and then has no items. */
export function listAt(findings: Findings, path: Path, most: number): Path[] {
  const list = valueIn(findings.sheet.root, path)
  if (list === undefined) return []
  const key = quoted(String(path.at(-1)))
  if (!Array.isArray(list)) findings.add(path, `${key} takes a list, found ${found(list)}; begin each item with "- "`)
  else if (list.length > most) findings.add(path, `${key} has ${list.length} items; it takes at most ${most}`)
  else return list.map((_, index) => [...path, index])
  return []
}

/** The `at` of an entry, whatever else is wrong with the entry; reports one that does not lie within the run. */
export function instantWithin(findings: Findings, entry: Path, run: Span | undefined): Time_us | undefined {
  const path = [...entry, 'at']
  const at = peek(findings, path, atSchema)
  if (at === undefined) return undefined
  if (run !== undefined && compare(at.value, run.duration_us) >= 0) {
    findings.add(path, `${quoted(at.text)} is not before the end of the run at ${run.text}`)
    return undefined
  }
  return as(at.value)
}

/** Items by time, then by rank, then as the file lists them. */
export function inTimeOrder<T extends { readonly at_us: Time_us }>(
  items: readonly T[],
  rank: (item: T) => number,
): T[] {
  return items.toSorted((a, b) => compare(a.at_us, b.at_us) || rank(a) - rank(b))
}
