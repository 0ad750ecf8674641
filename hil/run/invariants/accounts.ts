/**
 * Accounts: whenever the pump is asked, what it says it has made and given, drug by drug, is what it booked by then, less what it withdrew.
 */

import type { Breach, Evidence } from '#hil/run/invariants/evidence'
import { reportedFigures } from '#hil/run/reported-figures'
import { decimal, duration } from '#units/format'
import { equal, whole } from '#units/rational'

export function accounts({ ledgers }: Evidence): Breach | null {
  for (const status of ledgers.believed.statuses) {
    const at_us = whole(status.t_us)
    const wrong = [...reportedFigures(status, ledgers)].filter(({ reported, booked }) => !equal(reported, booked))
    // Volume and drug follow from the steps.
    const first = wrong.find(({ what }) => what === 'steps') ?? wrong[0]
    if (first === undefined) continue
    const { what, reported, booked } = first
    const done = what === 'steps' ? 'made' : 'given'
    const detail = `at ${duration(at_us)} the pump says it has ${done} ${decimal(reported)} ${what}, where it booked ${decimal(booked)}`
    return { invariant: 'accounts', at_us, detail }
  }
  return null
}
