/**
 * Changeover: the drug that leaves the tip from a change of drug or concentration until the line has cleared, against what
 * is prescribed for that time. A forgotten bridge fails it, whoever forgot it: the prescription or the programming.
 */
import { around } from '#hil/oracle/guard-band'
import { type ChangeoverFound, changeoversOf, type DoseThen, meantAtTip } from '#hil/run/changeovers'
import { decisive, percentText } from '#hil/run/checks/flow-error'
import { guardedWithin, sizeAround } from '#hil/run/checks/guarded'
import { inconclusive, type Observation } from '#hil/run/checks/observation'
import type { Ledgers } from '#hil/run/ledgers'
import { strongest_ug_per_uL } from '#hil/run/strongest'
import type { Check, Fill } from '#hil/scenario/types'
import { decimal, duration } from '#units/format'
import { add, compare, magnitude, multiply, subtract, times } from '#units/rational'

type ChangeoverCheck = Extract<Check, { check: 'changeover' }>

export function changeovers(check: ChangeoverCheck, ledgers: Ledgers): Observation {
  const found = changeoversOf(ledgers).filter(
    ({ from_us }) => compare(from_us, check.from_us) >= 0 && compare(from_us, check.to_us) < 0,
  )
  const observations = found.flatMap((one) => one.doses.map((dose) => observe(check, one, dose, ledgers)))
  const [first, ...others] = observations
  if (first === undefined) return inconclusive('ug', 'no refill in this span changes drug or concentration')
  return decisive([first, ...others])
}

function observe({ within }: ChangeoverCheck, change: ChangeoverFound, dose: DoseThen, ledgers: Ledgers): Observation {
  const { instrument, scenario } = ledgers
  const step_ug = multiply(scenario.pump.step_uL, strongest_ug_per_uL(scenario, dose.drug))
  const measured = magnitude(subtract(dose.tip, dose.prescribed))
  const limit = add(multiply(within, dose.prescribed), step_ug)
  const reading = { measured, limit, unit: 'ug', at_us: change.from_us, detail: describe(change, dose, ledgers) }
  const truth =
    around(dose.tip, instrument.tipMass(dose.drug)) && sizeAround(measured, dose.tip, instrument.tipMass(dose.drug))
  const observation = guardedWithin(reading, truth, instrument)
  return observation.outcome === 'fail'
    ? { ...observation, parted: [{ pair: 'mass', since_us: change.from_us }] }
    : observation
}

function describe(change: ChangeoverFound, { drug, tip, prescribed, error }: DoseThen, ledgers: Ledgers): string {
  const { from_us, to_us, from, to, end } = change
  const lasts = duration(subtract(to_us, from_us))
  const amounts = `${decimal(tip)} ug out of the tip of ${decimal(prescribed)} ug prescribed`
  const share = error === undefined ? '' : ` (${percentText(error)})`
  const open = { cleared: '', 'next-change': ', until the next change', 'end-of-run': ', to the end of the run' }[end]
  const meant = meantAtTip(ledgers, change).length > 0 ? '; the prescription has no bridge that makes up for it' : ''
  return `${changingText(from)} to ${changingText(to)} at ${duration(from_us)}: ${drug}: ${amounts}${share} in ${lasts}${open}${meant}`
}

/** A fill as it is, and as it was meant where that is another. */
function changingText({ actual, meant }: ChangeoverFound['from']): string {
  const [filled, label] = [fillText(actual), fillText(meant)]
  return filled === label ? filled : `${filled} (meant: ${label})`
}

function fillText({ drug, concentration_ug_per_uL }: Fill): string {
  return `${drug} ${decimal(times(concentration_ug_per_uL, 1000))} ug/mL`
}
