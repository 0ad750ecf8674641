/** Alarms: the one that must sound in its time, and the silence of all others. */
import type { Observation } from '#hil/run/checks/observation'
import { type Ledgers, recordsOf } from '#hil/run/ledgers'
import type { Check } from '#hil/scenario/types'
import { duration } from '#units/format'
import { compare, divide, larger, type Rational, smaller, whole, ZERO } from '#units/rational'

type Alarm = Extract<Check, { check: 'alarm' }>
type NoOtherAlarms = Extract<Check, { check: 'no-other-alarms' }>

const SECOND_us = whole(1_000_000)

function raises(ledgers: Ledgers, within: { readonly from_us: Rational; readonly to_us: Rational }) {
  return recordsOf(ledgers.records, 'alarm')
    .filter(({ state }) => state === 'raised')
    .map(({ alarm, t_us }) => ({ alarm, at_us: whole(t_us) }))
    .filter(({ at_us }) => compare(at_us, within.from_us) >= 0 && compare(at_us, within.to_us) <= 0)
}

/** Whether the alarm was raised in its time; a raise before the first fault is not the answer to it. */
export function alarmInTime(check: Alarm, ledgers: Ledgers): Observation {
  const all = raises(ledgers, { from_us: ZERO, to_us: ledgers.scenario.duration_us }).filter(
    ({ alarm }) => alarm === check.alarm,
  )
  const [fault] = ledgers.scenario.faults
  const after_us = fault === undefined ? check.after_us : larger(check.after_us, fault.at_us)
  const inTime = all.find(({ at_us }) => compare(at_us, after_us) >= 0 && compare(at_us, check.by_us) <= 0)
  const raise = inTime ?? all[0]
  const wanted = `between ${duration(after_us)} and ${duration(check.by_us)}`
  return {
    outcome: inTime === undefined ? 'fail' : 'pass',
    measured: raise === undefined ? null : divide(raise.at_us, SECOND_us),
    limit: divide(check.by_us, SECOND_us),
    unit: 's',
    at_us: raise?.at_us ?? null,
    detail:
      raise === undefined
        ? `${check.alarm} was never raised; wanted ${wanted}`
        : `${check.alarm} was raised at ${duration(raise.at_us)}; wanted ${wanted}`,
  }
}

/**
 * Whether no alarm was raised but those that the scenario names, and none of those before the first time it is wanted in: an
 * alarm that came in its time is no excuse for one that came too early as well.
 */
export function noOtherAlarms(check: NoOtherAlarms, ledgers: Ledgers): Observation {
  const wanted = wantedFrom(ledgers)
  const others = raises(ledgers, check).filter(({ alarm, at_us }) => {
    const from_us = wanted.get(alarm)
    return from_us === undefined || compare(at_us, from_us) < 0
  })
  const [first] = others
  const early = first === undefined ? undefined : wanted.get(first.alarm)
  const why = early === undefined ? '' : `, and is wanted from ${duration(early)} on`
  return {
    outcome: first === undefined ? 'pass' : 'fail',
    measured: whole(others.length),
    limit: ZERO,
    unit: 'alarms',
    at_us: first?.at_us ?? null,
    detail:
      first === undefined
        ? 'no alarm but those the scenario names'
        : `${first.alarm} was raised at ${duration(first.at_us)}${why}${others.length > 1 ? `, and ${others.length - 1} more` : ''}`,
  }
}

/**
 * When each alarm that the scenario names is first wanted: from the earliest beginning of the windows it is to sound in, and
 * at any time where it is only named as what must not sound.
 */
function wantedFrom({ scenario }: Ledgers): ReadonlyMap<string, Rational> {
  const named = scenario.checks.flatMap((check) => (check.check === 'alarm' ? [check] : []))
  const from = new Map<string, Rational>()
  for (const { alarm } of named) {
    const own = named.filter((one) => one.alarm === alarm && one.expect === 'pass')
    from.set(alarm, own.map(({ after_us }): Rational => after_us).reduce(smaller, own[0]?.after_us ?? ZERO))
  }
  return from
}
