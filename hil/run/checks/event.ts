/** Event: something the pump or the bench says, in its time; the events of the result are what can be asked for. */
import type { Observation } from '#hil/run/checks/observation'
import type { Ledgers } from '#hil/run/ledgers'
import { eventsOf } from '#hil/run/views'
import type { Check } from '#hil/scenario/types'
import { duration } from '#units/format'
import { compare, divide, whole } from '#units/rational'

type EventCheck = Extract<Check, { check: 'event' }>

const SECOND_us = whole(1_000_000)

export function eventInTime({ event, saying, after_us, by_us }: EventCheck, ledgers: Ledgers): Observation {
  const times_us = eventsOf(ledgers)
    .filter((one) => one.event === event && (saying === null || String(one['detail'] ?? '').includes(saying)))
    .map(({ t_s }) => whole(Math.round(t_s * 1e6)))
  const inTime = times_us.find((at_us) => compare(at_us, after_us) >= 0 && compare(at_us, by_us) <= 0)
  const found = inTime ?? times_us[0]
  const what = saying === null ? event : `${event} "${saying}"`
  const wanted = `wanted between ${duration(after_us)} and ${duration(by_us)}`
  return {
    outcome: inTime === undefined ? 'fail' : 'pass',
    measured: found === undefined ? null : divide(found, SECOND_us),
    limit: divide(by_us, SECOND_us),
    unit: 's',
    at_us: found ?? null,
    detail: found === undefined ? `${what} never came; ${wanted}` : `${what} came at ${duration(found)}; ${wanted}`,
  }
}
