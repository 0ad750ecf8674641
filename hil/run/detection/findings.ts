/**
 * What each detector noticed, as a table: the pump that refuses, the programmer that is shown a warning, the pump that
 * alarms, the bench that holds volume and drug against the prescription, and the refill that shows a residual.
 */

import { firstBeyond } from '#hil/oracle/beyond'
import { resolutionOf } from '#hil/run/analysis/amounts'
import type { Noticing, Yardstick } from '#hil/run/detection/types'
import type { JudgedVolume } from '#hil/run/detection/volume-check'
import { fromExact } from '#hil/run/exact'
import { type Ledgers, NOTHING, recordsOf } from '#hil/run/ledgers'
import { UNANSWERED } from '#hil/run/programmer'
import { strongest_ug_per_uL } from '#hil/run/strongest'
import { decimal } from '#units/format'
import { multiply, type Rational, times, whole, ZERO } from '#units/rational'

/** Something noticed, exactly. */
export interface Noticed {
  readonly what: string
  readonly at_us: Rational
  readonly detail: string
  readonly yardstick?: Yardstick
}

/** How the programmer says that a warning was not confirmed. */
const NOT_CONFIRMED = 'not confirmed: '

/** How refusals begin that the pump has no part in. */
const NOT_THE_PUMPS = [NOT_CONFIRMED, UNANSWERED]

/** Each detector but the volume check with all that it noticed in a run that reached its end, in order of time. */
export const NOTICED: { readonly [D in Exclude<Noticing, 'volume-check'>]: (ledgers: Ledgers) => readonly Noticed[] } =
  {
    refused: (ledgers) =>
      refusals(ledgers).filter(({ detail }) => !NOT_THE_PUMPS.some((how) => detail.startsWith(how))),
    warned: (ledgers) => [
      ...refusals(ledgers).filter(({ detail }) => detail.startsWith(NOT_CONFIRMED)),
      ...events('warning-confirmed', ledgers),
    ],
    alarmed: ({ records }) =>
      recordsOf(records, 'alarm')
        .filter(({ state }) => state === 'raised')
        .map(({ alarm, t_us, priority }) => ({ what: alarm, at_us: whole(t_us), detail: `${alarm}, ${priority}` })),
    'dose-check': doseCheck,
    reconciliation: (ledgers) => events('residual-differs', ledgers),
  }

function refusals({ records }: Ledgers): readonly Noticed[] {
  return recordsOf(records, 'refused').map(({ text, at_us, reason }) => ({
    what: text,
    at_us: fromExact(at_us),
    detail: reason,
  }))
}

function events(name: string, { records }: Ledgers): readonly Noticed[] {
  return recordsOf(records, 'event')
    .filter(({ event }) => event === name)
    .map(({ t_us, detail }) => ({ what: name, at_us: whole(t_us), detail }))
}

/** By the yardstick that the check says; see {@link volumeCheckOf}. */
export function volumeFindings({ noticed, judged_by }: JudgedVolume, { scenario }: Ledgers): readonly Noticed[] {
  if (noticed === null) return []
  const { at_us, side } = noticed
  const detail = side === null ? 'more than a step off what is prescribed' : beyond(side, scenario.pump.tolerance)
  return [{ what: 'volume', at_us, detail, yardstick: judged_by }]
}

/** Every drug at the tip, within the tolerance of the device of all that was prescribed since the start, and a step. */
function doseCheck(ledgers: Ledgers): readonly Noticed[] {
  const { scenario, delivered, prescribed } = ledgers
  const { step_uL, tolerance } = scenario.pump
  const span = { from_us: ZERO, to_us: scenario.duration_us }
  return [...prescribed.mass].flatMap(([drug, line]): Noticed[] => {
    const tip = delivered.tipMass.get(drug) ?? NOTHING
    const step = resolutionOf(line, multiply(step_uL, strongest_ug_per_uL(scenario, drug)), span)
    const found = firstBeyond(tip.staircase, line, { ...span, part: tolerance, step })
    if (found === undefined) return []
    return [{ what: drug, at_us: found.at_us, detail: `${drug} at the tip ${beyond(found.side, tolerance)}` }]
  })
}

function beyond(side: 'over' | 'under', tolerance: Rational): string {
  return `more than ${decimal(times(tolerance, 100))} % ${side} what is prescribed`
}
