/** What happens to the pump in a scenario: refills, what people do with it, and what goes wrong. */
import { eventSchema, faultSchema, type WrittenFault } from '#hil/scenario/event-language'
import type { Findings } from '#hil/scenario/findings'
import { MOST_EVENTS, MOST_FAULTS } from '#hil/scenario/language'
import type { Written } from '#hil/scenario/quantities'
import { readRefill } from '#hil/scenario/reservoir'
import type { Path } from '#hil/scenario/sheet'
import { given, read } from '#hil/scenario/structure'
import { instantWithin, inTimeOrder, listAt, type Span } from '#hil/scenario/timeline'
import type { Fault, ScenarioEvent } from '#hil/scenario/types'
import { quoted } from '#hil/scenario/wording'
import { as, type Fraction, type Time_us, type Volume_uL } from '#units/quantity'
import { add, compare, magnitude, ratio, toText } from '#units/rational'

/** Faster or slower than this is not a crystal. */
const LARGEST_DRIFT = ratio(1n, 10n)

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

/** The faults, in order of time. */
export function readFaults(findings: Findings, run: Span | undefined): Fault[] {
  const faults = listAt(findings, ['faults'], MOST_FAULTS).flatMap((path) => {
    const written = read(findings, path, faultSchema)
    const at_us = instantWithin(findings, path, run)
    const fault = written && faultOf(findings, path, written)
    return fault === undefined || at_us === undefined ? [] : [{ at_us, path, fault: { at_us, ...fault } }]
  })
  const inOrder = inTimeOrder(faults, () => 0)
  for (const kind of ONE_AT_A_TIME) {
    refuseOverlaps(
      findings,
      inOrder.filter(({ fault }) => fault.fault === kind && !(fault.fault === 'power-cut' && fault.write !== null)),
    )
  }
  return inOrder.map(({ fault }) => fault)
}

/** Faults of which a second one cannot begin while the first lasts: no power cannot be cut, and a carrier is there or not. */
const ONE_AT_A_TIME = ['power-cut', 'telemetry-carrier'] as const satisfies readonly Fault['fault'][]

/** Reports each fault of a kind, in order of time, that begins while the one before it lasts. */
function refuseOverlaps(findings: Findings, faults: readonly { readonly path: Path; readonly fault: Fault }[]): void {
  for (const [index, { path, fault }] of faults.entries()) {
    const before = faults[index - 1]?.fault
    if (before === undefined) continue
    const end_us = before.for_us === null ? null : add(before.at_us, before.for_us)
    const lasts = end_us === null ? before.fault === 'telemetry-carrier' : compare(fault.at_us, end_us) < 0
    if (lasts) findings.add([...path, 'at'], `"${fault.text}" begins while "${before.text}" lasts; write them as one`)
  }
}

type Without<K extends PropertyKey, T> = T extends unknown ? Omit<T, K> : never

function faultOf(findings: Findings, path: Path, written: WrittenFault): Without<'at_us', Fault> | undefined {
  switch (written.fault) {
    case 'motor-stall':
    case 'telemetry-carrier':
      return { fault: written.fault, ...lasting(written.for), text: `${written.fault}${forText(written.for)}` }
    case 'power-cut': {
      const { fault, write } = written
      const where = write === undefined ? '' : ` at word write ${write}`
      return { fault, write: write ?? null, ...lasting(written.for), text: `${fault}${where}${forText(written.for)}` }
    }
    case 'bit-flip': {
      const { fault, copy = 'first', bit } = written
      const where = `${fault} in ${copy === 'both' ? 'both copies' : `the ${copy} copy`}`
      return { fault, copy, bit: bit ?? null, for_us: null, text: `${where}${bit === undefined ? '' : `, bit ${bit}`}` }
    }
    case 'clock-drift': {
      const { fault, by } = written
      if (compare(magnitude(by.value), LARGEST_DRIFT) > 0) {
        findings.add([...path, 'by'], `${quoted(by.text)} is no drift of a crystal; write -100000 ppm to 100000 ppm`)
        return undefined
      }
      const drift = as<Fraction>(by.value)
      return { fault, drift, ...lasting(written.for), text: `${fault} by ${by.text}${forText(written.for)}` }
    }
  }
}

function lasting(written: Written | undefined): { readonly for_us: Time_us | null } {
  return { for_us: written === undefined ? null : as<Time_us>(written.value) }
}

function forText(written: Written | undefined): string {
  return written === undefined ? '' : ` for ${written.text}`
}
