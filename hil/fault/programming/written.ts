/**
 * A scenario as its file writes it, taken apart and put together again: the lines that a programmer enters, in order of
 * time, and the events.
 *
 * What is read here was read before by the scenario reader, so that every key has the shape which the language gives it;
 * what has not is left as it is.
 */
import type { WrittenScenario } from '#hil/fault/catalogue-entry'
import { parseMeasure } from '#units/measure'
import { add, compare, type Rational, subtract, ZERO } from '#units/rational'

export type WrittenMap = Readonly<Record<string, unknown>>

/** One line of what is programmed. */
export interface Line {
  readonly at_us: Rational
  /** The time as the file writes it. */
  readonly at: string
  readonly entry: WrittenMap
}

/** One line of `events`, with its place in the file's list. */
export interface WrittenEvent {
  readonly index: number
  readonly at_us: Rational
  readonly at: string
  readonly event: WrittenMap
}

/** The map, or nothing where the value is none. */
export function mapOf(value: unknown): WrittenMap | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as WrittenMap) : undefined
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

export function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

/** A duration in microseconds; zero for what is none. */
export function duration_us(value: unknown): Rational {
  const parsed = parseMeasure(value, ['duration'])
  return parsed.ok ? parsed.measure.value : ZERO
}

/** What is programmed: the file's `programming`, else its prescription; by time, a therapy before what is given once. */
export function linesOf(written: WrittenScenario): readonly Line[] {
  return listOf(written['programming'] ?? written['prescription'])
    .flatMap((value) => {
      const entry = mapOf(value)
      return entry === undefined ? [] : [{ at_us: duration_us(entry['at']), at: textOf(entry['at']), entry }]
    })
    .toSorted((a, b) => compare(a.at_us, b.at_us) || rank(a) - rank(b))
}

function rank({ entry }: Line): number {
  return entry['therapy'] === undefined ? 1 : 0
}

export function eventsOf(written: WrittenScenario): readonly WrittenEvent[] {
  return listOf(written['events']).flatMap((value, index) => {
    const event = mapOf(value)
    return event === undefined ? [] : [{ index, at_us: duration_us(event['at']), at: textOf(event['at']), event }]
  })
}

/** The scenario with these lines programmed; what was prescribed stays. */
export function withLines(written: WrittenScenario, lines: readonly Line[]): WrittenScenario {
  return { ...written, programming: lines.map(({ entry }) => entry) }
}

/** The scenario with one line in the place of another, or with none. */
export function withLine(written: WrittenScenario, line: Line, ...instead: readonly Line[]): WrittenScenario {
  return withLines(
    written,
    linesOf(written).flatMap((one) => (one.entry === line.entry ? instead : [one])),
  )
}

/** The scenario with the event changed, or without it. */
export function withEvent(written: WrittenScenario, index: number, event: WrittenMap | null): WrittenScenario {
  const events = listOf(written['events'])
  return { ...written, events: event === null ? events.toSpliced(index, 1) : events.with(index, event) }
}

/** The line with another therapy. */
export function withTherapy(line: Line, therapy: WrittenMap): Line {
  return { ...line, entry: { ...line.entry, therapy } }
}

/** A therapy in its line, and for how long it is in force. */
export interface Standing {
  readonly line: Line
  readonly therapy: WrittenMap
  readonly for_us: Rational
}

/** The therapies in order of time. */
export function therapiesOf(written: WrittenScenario): readonly Standing[] {
  const lines = linesOf(written).flatMap((line) => {
    const therapy = mapOf(line.entry['therapy'])
    return therapy === undefined ? [] : [{ line, therapy }]
  })
  const end_us = duration_us(written['duration'])
  return lines.map(({ line, therapy }, index) => {
    return { line, therapy, for_us: subtract(lines[index + 1]?.line.at_us ?? end_us, line.at_us) }
  })
}

const WITHOUT_DOSE: ReadonlySet<unknown> = new Set(['stopped', 'minimum-rate'])

/** Whether the therapy is meant to give a dose. */
export function dosed({ therapy }: Standing): boolean {
  return !WITHOUT_DOSE.has(therapy['mode'])
}

/** The therapies that give a dose, the one longest in force first. */
export function dosesOf(written: WrittenScenario): readonly Standing[] {
  return therapiesOf(written)
    .filter(dosed)
    .toSorted((a, b) => compare(b.for_us, a.for_us))
}

/** As {@link dosesOf}, the changes before what the run begins with. */
export function changesOf(written: WrittenScenario): readonly Standing[] {
  const first = therapiesOf(written).find(dosed)
  const doses = dosesOf(written)
  return [...doses.filter((one) => one.line.entry !== first?.line.entry), ...(first === undefined ? [] : [first])]
}

/** How people speak of a therapy: `simple-continuous 400 ug/d`. */
export function therapyText(therapy: WrittenMap): string {
  const { mode, dose, basal, boluses, over, every, days } = therapy
  const under = basal === undefined ? '' : `${textOf(basal)} + `
  switch (mode) {
    case 'simple-continuous':
      return `simple-continuous ${textOf(dose)}`
    case 'flex':
      return `flex ${under}${dayText(boluses)}${days === undefined ? '' : ` on ${listOf(days).join(', ')}`}`
    case 'periodic-bolus':
      return `periodic-bolus ${under}${textOf(dose)} over ${textOf(over)} every ${textOf(every)}`
    default:
      return textOf(mode)
  }
}

const MOST_SHOWN = 3

function dayText(boluses: unknown): string {
  const lines = Array.isArray(boluses) ? boluses : [boluses]
  const shown = lines.slice(0, MOST_SHOWN).map((line) => bolusText(mapOf(line) ?? {}))
  return shown.join(' + ') + (lines.length > MOST_SHOWN ? ` + ${lines.length - MOST_SHOWN} more` : '')
}

/** How people speak of a bolus: `50 ug over 5 min at 08:00`. */
export function bolusText({ count, dose, over, at, from }: WrittenMap): string {
  const often = count === undefined ? '' : `${textOf(count)} x `
  const when = at === undefined ? '' : ` at ${textOf(at)}`
  return `${often}${textOf(dose)} over ${textOf(over)}${when}${from === undefined ? '' : ` from ${textOf(from)}`}`
}

/** How people speak of any entry. */
export function entryText(entry: WrittenMap): string {
  const therapy = mapOf(entry['therapy'])
  if (therapy !== undefined) return therapyText(therapy)
  const { bolus, prime, bridge, 'patient-bolus': patient } = entry
  if (bolus !== undefined) {
    const { dose, over } = mapOf(bolus) ?? {}
    return `bolus ${textOf(dose)} over ${textOf(over)}`
  }
  if (prime !== undefined) return `prime ${displacedText(prime)}`
  if (bridge !== undefined) return `bridge ${displacedText(bridge)}`
  const { dose, over, lockout, max_per_day } = mapOf(patient) ?? {}
  return `patient-bolus ${textOf(dose)} over ${textOf(over)}, lockout ${textOf(lockout)}, at most ${textOf(max_per_day)} a day`
}

function displacedText(value: unknown): string {
  return typeof value === 'string' ? value : textOf(mapOf(value)?.['volume'])
}

/** The sum of times, for the next line. */
export function later(line: Line, by_us: Rational, at: string): Line {
  return { at_us: add(line.at_us, by_us), at, entry: { ...line.entry, at } }
}
