/**
 * The boluses of a flexible day with one of them entered otherwise: left out, entered twice, the wrong way round, past
 * midnight.
 *
 * A file says them one by one or as a count around the clock. A count of which each falls on a whole second is taken apart
 * first; where it does not, the count or its beginning is what is entered wrong.
 */
import { bolusText, mapOf, textOf, type WrittenMap } from '#hil/fault/programming/written'

export type StepDeed = 'missing' | 'doubled' | 'swapped' | 'over-midnight'

interface Stepped {
  readonly therapy: WrittenMap
  readonly text: string
}

type Steps = { readonly boluses: readonly WrittenMap[]; readonly text: string }

const DAY_s = 86_400
const HOUR_s = 3600

/** The therapy with the deed done to one of its steps; nothing where no step allows it. */
export function withStep(therapy: WrittenMap, deed: StepDeed): Stepped | undefined {
  const { boluses } = therapy
  const lines: readonly unknown[] = Array.isArray(boluses) ? boluses : [boluses]
  const steps = stepped(
    lines.flatMap((line) => apart(mapOf(line) ?? {})),
    deed,
  )
  return steps && { therapy: { ...therapy, boluses: steps.boluses }, text: steps.text }
}

function stepped(steps: readonly WrittenMap[], deed: StepDeed): Steps | undefined {
  const [first] = steps
  if (first === undefined) return undefined
  switch (deed) {
    case 'missing':
      return missing(steps, first)
    case 'doubled': {
      const { dose, over } = first
      const again = { at: first['at'] ?? first['from'], dose, over }
      return { boluses: [...steps, again], text: `${bolusText(again)} entered twice` }
    }
    case 'swapped':
      return swapped(steps)
    case 'over-midnight':
      return overMidnight(steps)
  }
}

/** The bolus at its time, or the count of them one by one where each falls on a whole second. */
function apart(line: WrittenMap): readonly WrittenMap[] {
  const { count, from, dose, over } = line
  if (typeof count !== 'number' || (DAY_s % count !== 0 && count > 1)) return [line]
  return Array.from({ length: count }, (_, k) => {
    return { at: timeText((secondsOf(from) + (k * DAY_s) / count) % DAY_s), dose, over }
  })
}

function missing(steps: readonly WrittenMap[], first: WrittenMap): Steps | undefined {
  const { count } = first
  if (typeof count === 'number') {
    if (count === 1) return undefined
    const fewer = { ...first, count: count - 1 }
    return { boluses: [fewer, ...steps.slice(1)], text: `${bolusText(first)} entered as ${bolusText(fewer)}` }
  }
  if (steps.length === 1) return undefined
  return { boluses: steps.slice(1), text: `${bolusText(first)} left out` }
}

function swapped(steps: readonly WrittenMap[]): Steps | undefined {
  const single = steps.filter(({ at }) => at !== undefined)
  const one = single.findIndex((step, index) => index > 0 && step['dose'] !== single[0]?.['dose'])
  const [a, b] = [single[0], single[one]]
  if (one < 0 || a === undefined || b === undefined) return undefined
  const boluses = steps.map((step) =>
    step === a ? { ...step, dose: b['dose'] } : step === b ? { ...step, dose: a['dose'] } : step,
  )
  return { boluses, text: `the doses of ${bolusText(a)} and ${bolusText(b)} swapped` }
}

function overMidnight(steps: readonly WrittenMap[]): Steps | undefined {
  const timeKey = (step: WrittenMap) => (step['at'] === undefined ? 'from' : 'at')
  const last = steps.toSorted((a, b) => secondsOf(b[timeKey(b)]) - secondsOf(a[timeKey(a)]))[0]
  if (last === undefined) return undefined
  const key = timeKey(last)
  const at_s = secondsOf(last[key])
  // A pattern around the clock has a step before midnight wherever it begins; an hour more takes that over it.
  const by_h = key === 'from' ? 1 : Math.ceil((DAY_s - at_s) / HOUR_s)
  const late = { ...last, [key]: timeText((at_s + by_h * HOUR_s) % DAY_s) }
  const boluses = steps.map((step) => (step === last ? late : step))
  return { boluses, text: `${bolusText(last)} entered as ${bolusText(late)}` }
}

function secondsOf(time: unknown): number {
  const [h = 0, min = 0, s = 0] = textOf(time).split(':').map(Number)
  return h * HOUR_s + min * 60 + s
}

function timeText(at_s: number): string {
  const parts = [Math.floor(at_s / HOUR_s), Math.floor((at_s % HOUR_s) / 60), at_s % 60]
  const shown = parts[2] === 0 ? parts.slice(0, 2) : parts
  return shown.map((part) => String(part).padStart(2, '0')).join(':')
}
