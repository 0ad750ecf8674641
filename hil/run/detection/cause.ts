/** What went wrong: faults that had their effect, and entries, fills and clocks that are not what was prescribed, meant or true. */
import { mustFire } from '#hil/fault/faults'
import { slipsOf } from '#hil/run/checks/programming'
import { type Ledgers, recordsOf } from '#hil/run/ledgers'
import { compare, type Rational, whole } from '#units/rational'

export interface Cause {
  readonly at_us: Rational
  /** For people. */
  readonly text: string
  /** The number of the fault in the scenario, from 1; null: an entry, a fill or a clock. */
  readonly fault: number | null
}

/** Every cause that the bench knows of, in order of time; of one instant, the entry first. */
export function causesOf(ledgers: Ledgers): readonly Cause[] {
  const slips = slipsOf(ledgers.scenario).map((slip): Cause => ({ ...slip, fault: null }))
  return [...slips, ...faultsOf(ledgers)].toSorted((a, b) => compare(a.at_us, b.at_us))
}

/** A fault that has to be seen to have its effect and was not is no cause of anything. */
function faultsOf({ scenario, records }: Ledgers): readonly Cause[] {
  const turns = recordsOf(records, 'fault')
  return scenario.faults.flatMap((fault, index): Cause[] => {
    const own = turns.filter(({ number, state }) => number === index + 1 && state !== 'ended')
    const [first] = own
    if (first === undefined || (mustFire(fault) && !own.some(({ state }) => state === 'fired'))) return []
    return [{ at_us: whole(first.t_us), text: fault.text, fault: index + 1 }]
  })
}
