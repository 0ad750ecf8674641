/** Invariants: nothing happened that must not happen in any run, whatever the scenario says. */
import type { Observation } from '#hil/run/checks/observation'
import { breachesOf } from '#hil/run/invariants/invariants'
import type { Ledgers } from '#hil/run/ledgers'
import type { Check } from '#hil/scenario/types'
import { compare, whole, ZERO } from '#units/rational'

type Invariants = Extract<Check, { check: 'invariants' }>

export function invariants({ only, from_us, to_us }: Invariants, ledgers: Ledgers): Observation {
  const breaches = breachesOf(ledgers, only).filter(
    ({ at_us }) => at_us === null || (compare(at_us, from_us) >= 0 && compare(at_us, to_us) <= 0),
  )
  const [first] = breaches
  return {
    outcome: first === undefined ? 'pass' : 'fail',
    measured: whole(breaches.length),
    limit: ZERO,
    unit: 'breaches',
    at_us: first?.at_us ?? null,
    detail:
      first === undefined
        ? 'what must be true of every run is'
        : breaches.map(({ invariant, detail }) => `${invariant}: ${detail}`).join('; '),
  }
}
