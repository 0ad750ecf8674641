/**
 * Accounts: whenever the pump is asked, what it says it has made and given is what it booked by then, less what it withdrew.
 */

import { fromExact } from '#hil/run/exact'
import type { Breach, Evidence } from '#hil/run/invariants/evidence'
import { recordsOf } from '#hil/run/ledgers'
import { decimal, duration } from '#units/format'
import { as } from '#units/quantity'
import { equal, times, toNumber, whole } from '#units/rational'

export function accounts({ records, scenario, believedBy }: Evidence): Breach | null {
  for (const { t_us, steps, volume_uL } of recordsOf(records, 'status')) {
    const at_us = whole(t_us)
    const booked = toNumber(believedBy(at_us))
    const said = `at ${duration(as(at_us))} the pump says`
    if (steps !== booked) {
      return { invariant: 'accounts', at_us, detail: `${said} it has made ${steps} steps, where it booked ${booked}` }
    }
    const given_uL = times(scenario.pump.step_uL, steps)
    if (!equal(fromExact(volume_uL), given_uL)) {
      const detail = `${said} it has given ${volume_uL} uL, where ${steps} steps are ${decimal(given_uL)} uL`
      return { invariant: 'accounts', at_us, detail }
    }
  }
  return null
}
