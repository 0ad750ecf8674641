/** What went wrong first: a fault that had its effect, or an entry that is not what was prescribed. */
import { mustFire } from '#hil/fault/faults'
import { firstSlip } from '#hil/run/checks/programming'
import { type Ledgers, recordsOf } from '#hil/run/ledgers'
import { compare, type Rational, subtract, whole } from '#units/rational'

export interface Cause {
  readonly at_us: Rational
  /** For people. */
  readonly text: string
}

/** The earliest cause that the bench knows of; undefined where it knows of none. Of one instant, the entry. */
export function firstCause(ledgers: Ledgers): Cause | undefined {
  const slip = firstSlip(ledgers.scenario)
  const causes = [...(slip === undefined ? [] : [slip]), ...faultsOf(ledgers)]
  return causes.toSorted((a, b) => compare(a.at_us, b.at_us))[0]
}

/** A fault that has to be seen to have its effect and was not is no cause of anything. */
function faultsOf({ scenario, records }: Ledgers): readonly Cause[] {
  const turns = recordsOf(records, 'fault')
  return scenario.faults.flatMap((fault, index): Cause[] => {
    const own = turns.filter(({ number, state }) => number === index + 1 && state !== 'ended')
    const [first] = own
    if (first === undefined || (mustFire(fault) && !own.some(({ state }) => state === 'fired'))) return []
    return [{ at_us: whole(first.t_us), text: fault.text }]
  })
}

/** How long after the cause something was. */
export function latency_us(cause: Cause | undefined, at_us: Rational): Rational | null {
  return cause === undefined ? null : subtract(at_us, cause.at_us)
}
