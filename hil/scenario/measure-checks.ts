/** Checks of what a pump test measures, with what a file left out filled in. */
import { TRUMPET_PROTOCOLS } from '#hil/oracle/published-trumpets'
import type { WrittenCheck } from '#hil/scenario/check-language'
import type { Findings } from '#hil/scenario/findings'
import type { Written } from '#hil/scenario/quantities'
import type { Path } from '#hil/scenario/sheet'
import type { AmountLimits, Check, CheckScope } from '#hil/scenario/types'
import { quoted } from '#hil/scenario/wording'
import { as, type Fraction, type Time_us } from '#units/quantity'
import { add, compare, divide, subtract, whole, ZERO } from '#units/rational'

type WrittenOf<K extends WrittenCheck['check']> = Extract<WrittenCheck, { readonly check: K }>

/** A mean is worth quoting of so many boluses. */
const QUOTED_BOLUSES = 25
/** Most intervals of a start-up curve. */
const MOST_INTERVALS = whole(100_000)

export function trumpetCheck(
  findings: Findings,
  path: Path,
  { check, protocol: name = 'ambulatory', within, settling, analysis }: WrittenOf<'trumpet'>,
  scope: CheckScope,
): Check | undefined {
  const protocol = TRUMPET_PROTOCOLS[name]
  const { windows_us } = protocol
  const limits = Array.isArray(within) ? within : windows_us.map(() => within)
  if (limits.length !== windows_us.length) {
    const count = `${limits.length} limits for the ${windows_us.length} windows`
    findings.add([...path, 'within'], `${count} of protocol ${name}; give one limit for all, or one for each`)
    return undefined
  }
  const settling_us = settling?.value ?? protocol.settling_us
  const analysis_us = analysis?.value ?? protocol.analysis_us
  const longest_us = windows_us.at(-1) ?? ZERO
  if (compare(analysis_us, longest_us) < 0) {
    findings.add([...path, 'analysis'], 'the analysis period is shorter than the longest window of the protocol')
    return undefined
  }
  if (compare(add(settling_us, analysis_us), subtract(scope.to_us, scope.from_us)) > 0) {
    findings.add(path, 'settling and analysis period are longer than the part of the run that is judged')
    return undefined
  }
  const fractions = limits.map(({ value }) => as<Fraction>(value))
  return {
    check,
    protocol: name,
    within: fractions,
    settling_us: as(settling_us),
    analysis_us: as(analysis_us),
    ...scope,
  }
}

export function startUpCheck(
  findings: Findings,
  path: Path,
  { check, protocol = 'ambulatory', within, interval, after }: WrittenOf<'start-up'>,
  scope: CheckScope,
): Check | undefined {
  const interval_us = interval?.value ?? TRUMPET_PROTOCOLS[protocol].interval_us
  const lasts_us = subtract(scope.to_us, scope.from_us)
  const after_us = after?.value ?? ZERO
  if (compare(add(after_us, interval_us), lasts_us) > 0) {
    findings.add(path, 'not one interval fits into the part of the run that is judged')
    return undefined
  }
  if (compare(divide(lasts_us, interval_us), MOST_INTERVALS) > 0) {
    findings.add([...path, 'interval'], `more than ${MOST_INTERVALS.n} intervals; judge longer ones`)
    return undefined
  }
  const timing = { interval_us: as<Time_us>(interval_us), after_us: as<Time_us>(after_us) }
  return { check, protocol, within: as<Fraction>(within.value), ...timing, ...scope }
}

export function bolusCheck(
  { check, within, mean, count, measure = 'above-basal' }: WrittenOf<'bolus-accuracy'>,
  scope: CheckScope,
): Check {
  const least = count ?? (mean === undefined ? 1 : QUOTED_BOLUSES)
  const limits = { within: as<Fraction>(within.value), mean: as<Fraction>((mean ?? within).value) }
  return { check, ...limits, count: least, measure, ...scope }
}

export function amountCheck(
  findings: Findings,
  path: Path,
  written: WrittenOf<'under-delivery' | 'over-delivery'>,
  scope: CheckScope,
): Check | undefined {
  const { check, amount, time, beyond } = written
  if (amount === undefined && time === undefined) {
    findings.add(path, `${check} has a limit: "amount", "time" or both`)
    return undefined
  }
  const of = written.of ?? (amount?.dimension === 'volume' ? 'volume' : 'drug')
  const fit = [fits(findings, [...path, 'amount'], amount, of), fits(findings, [...path, 'beyond'], beyond, of)]
  if (fit.includes(false)) return undefined
  const limits = { of, amount: amount?.value ?? null, beyond: beyond?.value ?? null, time_us: time?.value ?? null }
  return { check, ...(limits as AmountLimits), ...scope }
}

/** Whether a quantity is of the kind that is judged. */
function fits(findings: Findings, path: Path, written: Written | undefined, of: 'drug' | 'volume'): boolean {
  if (written === undefined || (written.dimension === 'volume') === (of === 'volume')) return true
  const units = of === 'drug' ? 'a mass, such as 20 ug' : 'a volume, such as 10 uL'
  findings.add(path, `${quoted(written.text)} is not ${units}, and ${of} is judged`)
  return false
}
