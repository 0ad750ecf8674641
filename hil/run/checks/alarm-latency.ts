/**
 * Alarm latency: from each cause of an alarm, which the bench knows and the pump does not, until it sounds.
 *
 * A cause that is over before the limit has passed, or that comes so late that the run ends before, shows nothing where
 * the alarm stays silent; when that is so of all of them the check is inconclusive. An alarm that sounds already is in time.
 */
import { type Answered, answersOf, idleFaults } from '#hil/run/alarm-causes'
import { decisive } from '#hil/run/checks/flow-error'
import { inconclusive, type Observation } from '#hil/run/checks/observation'
import type { Ledgers } from '#hil/run/ledgers'
import type { Check } from '#hil/scenario/types'
import { duration } from '#units/format'
import { compare, divide, type Rational, smaller, subtract, whole, ZERO } from '#units/rational'

type LatencyCheck = Extract<Check, { check: 'alarm-latency' }>

const SECOND_us = whole(1_000_000)
/** Most faults that a detail names. */
const MOST_NAMED = 3

export function alarmLatencies(check: LatencyCheck, ledgers: Ledgers): Observation {
  const answered = answersOf(check.alarm, ledgers).filter(
    ({ cause }) => compare(cause.at_us, check.from_us) >= 0 && compare(cause.at_us, check.to_us) <= 0,
  )
  if (answered.length === 0) return inconclusive('s', withoutCause(check, ledgers))
  const observations = answered.map((one) => observe(one, check))
  const shown = observations.filter(({ outcome }) => outcome !== 'inconclusive')
  const [first, ...others] = shown.length > 0 ? shown : observations
  if (first === undefined) return inconclusive('s', withoutCause(check, ledgers))
  const found = decisive([first, ...others])
  const silent = observations.length - shown.length
  const rest = shown.length > 0 && silent > 0 ? `; ${silent} more that show nothing` : ''
  const count = observations.length === 1 ? '' : `worst of ${observations.length}: `
  return { ...found, detail: `${count}${found.detail}${rest}` }
}

/** Why there is nothing to answer: a fault that never had its effect is named, for somebody meant it to. */
function withoutCause({ alarm, from_us, to_us }: LatencyCheck, ledgers: Ledgers): string {
  const idle = idleFaults(alarm, ledgers).filter(
    ({ at_us }) => compare(at_us, from_us) >= 0 && compare(at_us, to_us) <= 0,
  )
  const names = idle.slice(0, MOST_NAMED).map(({ text, at_us }) => `"${text}" at ${duration(at_us)}`)
  const more = idle.length > MOST_NAMED ? ` and ${idle.length - MOST_NAMED} more` : ''
  const why = idle.length === 0 ? '' : `; never fired: ${names.join(', ')}${more}`
  return `nothing in this span should raise ${alarm}${why}`
}

function observe({ alarm, cause, latency }: Answered, { within_us }: LatencyCheck): Observation {
  const of = `${cause.text} at ${duration(cause.at_us)}`
  const limit = divide(within_us, SECOND_us)
  const base = { limit, unit: 's', at_us: cause.at_us }
  const seconds = (time_us: Rational) => divide(time_us, SECOND_us)
  switch (latency.kind) {
    case 'raised': {
      const outcome = compare(latency.latency_us, within_us) > 0 ? 'fail' : 'pass'
      const detail = `${alarm} was raised ${duration(latency.latency_us)} after ${of}`
      return { ...base, outcome, measured: seconds(latency.latency_us), detail }
    }
    case 'standing': {
      const detail = `${alarm} sounded already, since ${duration(latency.raised_us)}, when it came to ${of}`
      return { ...base, outcome: 'pass', measured: ZERO, detail }
    }
    case 'missed': {
      const lasted_us = cause.end_us === null ? undefined : subtract(cause.end_us, cause.at_us)
      // After its cause was over nobody waited for the alarm any longer.
      const measured = seconds(smaller(lasted_us ?? latency.atLeast_us, latency.atLeast_us))
      if (lasted_us !== undefined && compare(lasted_us, within_us) <= 0) {
        const detail = `${alarm} was not raised, but ${of} was over after ${duration(lasted_us)}`
        return { ...base, outcome: 'inconclusive', measured: null, detail }
      }
      if (compare(latency.atLeast_us, within_us) < 0) {
        const detail = `${alarm} was not raised in the ${duration(latency.atLeast_us)} left after ${of}`
        return { ...base, outcome: 'inconclusive', measured: null, detail }
      }
      const never =
        lasted_us === undefined ? `never raised after ${of}` : `not raised in the ${duration(lasted_us)} of ${of}`
      return { ...base, outcome: 'fail', measured, detail: `${alarm} was ${never}` }
    }
  }
}
