/** What happens to the pump in a scenario: refills, and what people do with it. */
import { eventSchema } from '#hil/scenario/event-language'
import type { Findings } from '#hil/scenario/findings'
import { MOST_EVENTS } from '#hil/scenario/language'
import { readRefill } from '#hil/scenario/reservoir'
import type { Path } from '#hil/scenario/sheet'
import { given, read } from '#hil/scenario/structure'
import { instantWithin, inTimeOrder, listAt, type Span } from '#hil/scenario/timeline'
import type { ScenarioEvent } from '#hil/scenario/types'
import { quoted } from '#hil/scenario/wording'
import type { Volume_uL } from '#units/quantity'
import { toText } from '#units/rational'

/** At one instant the clock is set first, then comes a refill, then the rest as the file lists it. */
const RANKS: Readonly<Partial<Record<ScenarioEvent['kind'], number>>> = { 'set-clock': 0, refill: 1 }
const LAST = 2

/** The events, in order of time. `reservoir_uL` is undefined when the pump is not known. */
export function readEvents(
  findings: Findings,
  run: Span | undefined,
  reservoir_uL: Volume_uL | undefined,
): ScenarioEvent[] {
  const paths = listAt(findings, ['events'], MOST_EVENTS)
  const set = new Set<string>()
  const events = paths.flatMap((path) => readEvent(findings, path, run, reservoir_uL, set))
  return inTimeOrder(events, ({ kind }) => RANKS[kind] ?? LAST)
}

/** `set` holds the times at which the clock is set. */
function readEvent(
  findings: Findings,
  path: Path,
  run: Span | undefined,
  reservoir_uL: Volume_uL | undefined,
  set: Set<string>,
): ScenarioEvent[] {
  const before = findings.count
  const written = read(findings, path, eventSchema)
  const at_us = instantWithin(findings, path, run)
  if (written === undefined) return []
  const { at, do: action, to, refill } = written
  if (to !== undefined && action !== 'set-clock') findings.addAtKey([...path, 'to'], '"to" belongs to do: set-clock')
  if ((action === undefined) === (refill === undefined)) {
    if (findings.count === before) findings.add(path, 'an event has either "do" or "refill"')
    return []
  }
  if (refill !== undefined) {
    const refilling = readRefill(findings, [...path, 'refill'], refill, reservoir_uL)
    return at_us === undefined ? [] : [{ at_us, ...refilling }]
  }
  if (action !== 'set-clock') return at_us === undefined || action === undefined ? [] : [{ at_us, kind: action }]
  if (to === undefined) {
    if (!given(findings, [...path, 'to'])) {
      findings.add(path, 'do: set-clock needs "to", a local time; for example to: 2026-03-29T03:00')
    }
    return []
  }
  if (at_us === undefined) return []
  const time = toText(at_us)
  if (set.has(time)) findings.add([...path, 'at'], `${quoted(at.text)}: the clock is already set then`)
  set.add(time)
  return [{ at_us, kind: action, to_us: to }]
}
