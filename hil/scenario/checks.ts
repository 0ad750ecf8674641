/** The checks of a scenario, each with the part of the run it judges. */

import { checkSchema, type WrittenCheck } from '#hil/scenario/check-language'
import type { Findings } from '#hil/scenario/findings'
import { MOST_CHECKS } from '#hil/scenario/language'
import { amountCheck, bolusCheck, startUpCheck, trumpetCheck } from '#hil/scenario/measure-checks'
import type { Written } from '#hil/scenario/quantities'
import type { Path } from '#hil/scenario/sheet'
import { given, read, valueIn } from '#hil/scenario/structure'
import { listAt, type Span } from '#hil/scenario/timeline'
import type { Check, CheckScope, Fault, VolumeOrSteps } from '#hil/scenario/types'
import { quoted } from '#hil/scenario/wording'
import { as, type Fraction, type Time_us } from '#units/quantity'
import { compare, divide, larger, ONE, type Rational, smaller, subtract, whole, ZERO } from '#units/rational'

/** Most windows of one check. */
const MOST_WINDOWS = whole(100_000)

/**
 * What is demanded of a run when the scenario demands nothing: one motor step of agreement at every instant; where
 * faults are injected, the volume within the tolerance of the device, and no alarm.
 */
export function defaultChecks(run: Span, faults: readonly Fault[], tolerance: Fraction): readonly Check[] {
  if (faults.length > 0) {
    return [
      { check: 'delivered-volume', within: tolerance, ...wholeRun(run) },
      { check: 'no-other-alarms', ...wholeRun(run) },
    ]
  }
  return [{ check: 'tracking', within: { in: 'steps', steps: as(ONE) }, ...wholeRun(run) }]
}

function wholeRun(run: Span): CheckScope {
  return { from_us: as(ZERO), to_us: run.duration_us, expect: 'pass' }
}

/** The checks the file lists; undefined when it lists none. */
export function readChecks(findings: Findings, run: Span | undefined): readonly Check[] | undefined {
  if (!given(findings, ['checks'])) return undefined
  const list = valueIn(findings.sheet.root, ['checks'])
  if (Array.isArray(list) && list.length === 0) {
    findings.add(['checks'], 'a scenario that checks nothing proves nothing; leave the key out for the default checks')
  }
  return listAt(findings, ['checks'], MOST_CHECKS).flatMap((path) => {
    const written = read(findings, path, checkSchema)
    if (written === undefined || run === undefined) return []
    const scope = scopeOf(findings, path, written, run)
    const check = scope && checkOf(findings, path, written, scope)
    return check === undefined ? [] : [check]
  })
}

function scopeOf(
  findings: Findings,
  path: Path,
  { from, to, expect, requirements }: WrittenCheck,
  run: Span,
): CheckScope | undefined {
  const all = wholeRun(run)
  const [from_us, to_us] = [from?.value ?? all.from_us, to?.value ?? all.to_us]
  if (to !== undefined && compare(to_us, run.duration_us) > 0) {
    findings.add([...path, 'to'], `${quoted(to.text)} is beyond the end of the run at ${run.text}`)
    return undefined
  }
  if (compare(from_us, to_us) >= 0) {
    const limit = to === undefined ? `the end of the run at ${run.text}` : `"to", ${to.text}`
    findings.add([...path, from === undefined ? 'to' : 'from'], `"from" is not before ${limit}`)
    return undefined
  }
  const named = requirements === undefined ? {} : { requirements }
  return { from_us: as(from_us), to_us: as(to_us), expect: expect ?? all.expect, ...named }
}

function checkOf(findings: Findings, path: Path, written: WrittenCheck, scope: CheckScope): Check | undefined {
  switch (written.check) {
    case 'tracking':
      return { check: written.check, within: closeness(written.within), ...scope }
    case 'delivered-volume':
    case 'dose-at-tip': {
      const { check, within, every } = written
      const part = { check, within: as<Fraction>(within.value), ...scope }
      if (every === undefined) return part
      if (!fitting(findings, [...path, 'every'], every, scope)) return undefined
      return few(findings, [...path, 'every'], every, scope) ? { ...part, every_us: as(every.value) } : undefined
    }
    case 'reservoir-estimate':
      return { check: written.check, within_uL: as(written.within.value), ...scope }
    case 'windowed-flow': {
      const { check, windows, within } = written
      const fit = windows.filter((window, index) => fitting(findings, [...path, 'windows', index], window, scope))
      if (fit.length < windows.length) return undefined
      return { check, windows_us: fit.map(({ value }) => as<Time_us>(value)), within: as(within.value), ...scope }
    }
    case 'max-dose': {
      const { check, window, dose } = written
      return { check, window_us: as(window.value), dose_ug: as(dose.value), ...scope }
    }
    case 'alarm': {
      const interval = intervalOf(findings, path, written, scope)
      return interval && { check: written.check, alarm: written.alarm, ...interval, ...scope }
    }
    case 'event': {
      const interval = intervalOf(findings, path, written, scope)
      return (
        interval && {
          check: written.check,
          event: written.event,
          saying: written.saying ?? null,
          ...interval,
          ...scope,
        }
      )
    }
    case 'trumpet':
      return trumpetCheck(findings, path, written, scope)
    case 'start-up':
      return startUpCheck(findings, path, written, scope)
    case 'bolus-accuracy':
      return bolusCheck(written, scope)
    case 'under-delivery':
    case 'over-delivery':
      return amountCheck(findings, path, written, scope)
    case 'mean-flow-error':
    case 'changeover':
      return { check: written.check, within: as(written.within.value), ...scope }
    case 'interruption':
      return { check: written.check, within_us: as(written.within.value), ...scope }
    case 'alarm-latency':
      return { check: written.check, alarm: written.alarm, within_us: as(written.within.value), ...scope }
    case 'believed-dose':
      return { check: written.check, within_ug: as(written.within.value), ...scope }
    case 'refused': {
      const at_us = within(findings, [...path, 'at'], written.at, scope)
      return at_us && { check: written.check, at_us, ...scope }
    }
    case 'invariants':
      return { check: written.check, only: written.only ?? null, ...scope }
    default:
      return { check: written.check, ...scope }
  }
}

function closeness({ dimension, value }: Written): VolumeOrSteps {
  return dimension === 'steps' ? { in: 'steps', steps: as(value) } : { in: 'volume', volume_uL: as(value) }
}

/** Whether a window is no longer than the part of the run that is judged. */
function fitting(findings: Findings, path: Path, window: Written, { from_us, to_us }: CheckScope): boolean {
  if (compare(window.value, subtract(to_us, from_us)) <= 0) return true
  findings.add(path, `${quoted(window.text)} is longer than the part of the run that is judged`)
  return false
}

/** Whether the windows laid end to end are so few that each can be judged. */
function few(findings: Findings, path: Path, window: Written, { from_us, to_us }: CheckScope): boolean {
  if (compare(divide(subtract(to_us, from_us), window.value), MOST_WINDOWS) <= 0) return true
  findings.add(path, `${quoted(window.text)} gives more than ${MOST_WINDOWS.n} windows; judge longer ones`)
  return false
}

/** The instant, which must lie in the part of the run that is judged. */
function within(findings: Findings, path: Path, at: Written, { from_us, to_us }: CheckScope): Time_us | undefined {
  if (compare(at.value, from_us) >= 0 && compare(at.value, to_us) <= 0) return as(at.value)
  findings.add(path, `${quoted(at.text)} is outside the part of the run that is judged`)
  return undefined
}

type WrittenInTime = Extract<WrittenCheck, { readonly check: 'alarm' | 'event' }>

/** The interval of a check that wants something in time; `from` and `to` narrow it as they narrow every check. */
function intervalOf(findings: Findings, path: Path, { check, by, between }: WrittenInTime, scope: CheckScope) {
  if ((by === undefined) === (between === undefined)) {
    findings.add(path, `an ${check} check has either "by" or "between"`)
    return undefined
  }
  const [earliest, latest] = between ?? [undefined, by]
  if (latest === undefined) return undefined
  const latestPath = between === undefined ? [...path, 'by'] : [...path, 'between', 1]
  const last = within(findings, latestPath, latest, scope)
  const first = earliest === undefined ? scope.from_us : within(findings, [...path, 'between', 0], earliest, scope)
  if (first === undefined || last === undefined) return undefined
  if (compare(first, last) > 0) {
    findings.add([...path, 'between'], `the earliest time of the ${check} is after the latest`)
    return undefined
  }
  return interval(first, last, scope)
}

function interval(first: Rational, last: Rational, { from_us, to_us }: CheckScope) {
  return { after_us: as<Time_us>(larger(first, from_us)), by_us: as<Time_us>(smaller(last, to_us)) }
}
