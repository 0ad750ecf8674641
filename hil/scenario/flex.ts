/** The boluses of a day: each at its time, a count of them spread evenly over 24 h, all in order of the clock. */
import type { z } from 'zod'
import type { Findings } from '#hil/scenario/findings'
import type { Path } from '#hil/scenario/sheet'
import { type dailyBolusSchema, MOST_DAILY_BOLUSES } from '#hil/scenario/therapy-language'
import type { DailyBolus, Dose, Weekday } from '#hil/scenario/types'
import { WEEKDAYS } from '#hil/scenario/types'
import { as, DAY_us, type Time_us } from '#units/quantity'
import { add, compare, divide, type Rational, subtract, times, whole } from '#units/rational'

type WrittenBolus = z.output<typeof dailyBolusSchema>

/** Boluses as one line of the file writes them. */
export interface WrittenDay {
  readonly boluses: WrittenBolus | readonly WrittenBolus[]
  readonly days?: readonly Weekday[] | undefined
}

/** What one line of the file asks for: its place, and the boluses it stands for. */
interface Line {
  readonly path: Path
  readonly written: WrittenBolus
}

/** The boluses of a day, by time of day; undefined when the file does not say which. */
export function dailyBoluses(
  findings: Findings,
  path: Path,
  boluses: WrittenDay['boluses'],
  doseOf: (dose: WrittenBolus['dose']) => Dose,
): readonly DailyBolus[] | undefined {
  const lines: readonly Line[] =
    'dose' in boluses
      ? [{ path, written: boluses }]
      : boluses.map((written, index) => ({ path: [...path, index], written }))
  const readable = lines.filter((line) => timed(findings, line))
  if (readable.length < lines.length) return undefined
  const total = readable.reduce((sum, { written }) => sum + (written.count ?? 1), 0)
  if (total > MOST_DAILY_BOLUSES) {
    findings.add(path, `${total} boluses a day; at most ${MOST_DAILY_BOLUSES} are read`)
    return undefined
  }
  return readable
    .flatMap(({ written }) =>
      startsOf(written).map((at_us) => ({
        at_us,
        dose: doseOf(written.dose),
        over_us: as<Time_us>(written.over.value),
      })),
    )
    .toSorted((a, b) => compare(a.at_us, b.at_us))
}

/** Whether the line has either one time or a count with a time to count from. */
function timed(findings: Findings, { path, written: { at, count, from } }: Line): boolean {
  if (at !== undefined ? count === undefined && from === undefined : count !== undefined && from !== undefined)
    return true
  findings.add(path, 'a daily bolus has either "at", or "count" and "from"')
  return false
}

function startsOf({ at, count, from }: WrittenBolus): readonly Time_us[] {
  if (at !== undefined) return [at.value]
  if (count === undefined || from === undefined) return []
  const apart_us = divide(DAY_us, whole(count))
  return Array.from({ length: count }, (_, k) => as<Time_us>(withinDay(add(from.value, times(apart_us, k)))))
}

/** A time of less than two days, past as many midnights as it takes. */
function withinDay(time_us: Rational): Rational {
  return compare(time_us, DAY_us) < 0 ? time_us : subtract(time_us, DAY_us)
}

/** The days with boluses, in the order of the week; undefined when one is named twice. */
export function daysOf(findings: Findings, path: Path, days: WrittenDay['days']): readonly Weekday[] | undefined {
  if (days === undefined) return WEEKDAYS
  const twice = days.findIndex((day, index) => days.indexOf(day) < index)
  if (twice < 0) return WEEKDAYS.filter((day) => days.includes(day))
  findings.add([...path, twice], `"${days[twice] ?? ''}" is named twice; name each day once`)
  return undefined
}

const MOST_SHOWN = 3

/** The boluses for people: `13 x 50 ug over 5 min on mon, tue`. */
export function dayText({ boluses, days }: WrittenDay): string {
  const lines = 'dose' in boluses ? [boluses] : boluses
  const shown = lines.slice(0, MOST_SHOWN).map(lineText)
  const more = lines.length > MOST_SHOWN ? ` + ${lines.length - MOST_SHOWN} more` : ''
  return `${shown.join(' + ')}${more}${days === undefined ? '' : ` on ${days.join(', ')}`}`
}

function lineText({ at, count, dose, over }: WrittenBolus): string {
  const one = `${dose.text} over ${over.text}`
  return at === undefined ? `${count ?? 1} x ${one}` : `${one} at ${at.text}`
}
