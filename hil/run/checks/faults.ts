/**
 * Faults: whether each of the scenario's had its effect. A pump that came through a fault which never came has shown
 * nothing, so the run is inconclusive.
 */
import { mustFire } from '#hil/fault/faults'
import { inconclusive, type Observation } from '#hil/run/checks/observation'
import { type Ledgers, recordsOf } from '#hil/run/ledgers'
import { duration } from '#units/format'

/** The faults that never had their effect in a run that went to its end; null when there are none. */
export function faultsWithoutEffect({ scenario, records, end }: Ledgers): Observation | null {
  if (end?.complete !== true) return null
  const turns = recordsOf(records, 'fault')
  const idle = scenario.faults.filter((fault, index) => {
    const own = turns.filter(({ number }) => number === index + 1)
    return !own.some(({ state }) => state === 'fired' || !mustFire(fault))
  })
  if (idle.length === 0) return null
  const names = idle.map(({ text, at_us }) => `"${text}" at ${duration(at_us)}`)
  return inconclusive('', `never fired, so nothing is shown of it: ${names.join(', ')}`)
}
