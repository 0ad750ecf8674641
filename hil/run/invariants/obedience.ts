/**
 * Obedience: the pump calls for exactly the volume that follows from what it has accepted, whoever meant what by it.
 *
 * The oracle works out the ledger of what the pump took, with the fluid as it was told: what was refused is left out, a
 * slip is in, a stop and a restart are therapies. Held against it are the steps that the pump booked, lost ones included. So
 * this holds with programming errors, refusals and most faults, up to the first instant at which the pump gives up by
 * itself what it was told, and again from a therapy programmed after that.
 */
import type { Grant } from '#hil/oracle/patient-bolus'
import { prescribe } from '#hil/oracle/prescribed'
import { trackingOf } from '#hil/oracle/tracking'
import { fromExact } from '#hil/run/exact'
import { acceptedBy } from '#hil/run/invariants/accepted'
import type { Breach, Evidence, Spell } from '#hil/run/invariants/evidence'
import { recordsOf } from '#hil/run/ledgers'
import { cadencesOf } from '#units/cadence'
import { decimal, duration } from '#units/format'
import { add, ceil, compare, equal, multiply, times, whole } from '#units/rational'

export function obedience(evidence: Evidence): Breach | null {
  const { scenario } = evidence
  const { intent, spells, apart_us } = acceptedBy(evidence)
  const { volume, grants } = prescribe(intent)
  const called = calledFor(evidence)
  const { step_uL, rateMax_uL_per_us } = scenario.pump
  // What was set apart from its instant flowed for so much shorter or longer.
  const astray_uL = multiply(rateMax_uL_per_us, apart_us)
  for (const [index, spell] of spells.entries()) {
    // Where in a step the pump stands after it gave up is its own affair.
    const allowed_uL = times(step_uL, index === 0 ? 1 : 2)
    const within = add(allowed_uL, astray_uL)
    const found = trackingOf(called, volume, { ...spell, within, rigTick_us: whole(1) })
    if (found.firstViolation_us === undefined) continue
    const way = found.deviation.n < 0n ? 'less' : 'more'
    return {
      invariant: 'obedience',
      at_us: found.firstViolation_us,
      detail:
        `the pump calls for up to ${decimal(found.excess)} uL ${way} than follows from what it accepted, ` +
        `beyond ${decimal(allowed_uL)} uL since ${duration(found.firstViolation_us)}`,
    }
  }
  return requests(evidence, grants, spells)
}

/** Every step that the pump booked, on a clock of microseconds. */
function calledFor({ records, scenario }: Evidence) {
  const { step_uL } = scenario.pump
  return recordsOf(records, 'booked').flatMap(({ first_us, interval_us, count }) =>
    cadencesOf(fromExact(first_us), fromExact(interval_us), count).map((cadence) => ({
      tick_us: 1,
      cadence,
      rise: step_uL,
    })),
  )
}

/** Requests of the patient, as long as the pump obeys: each answered as the oracle answers it. */
function requests(evidence: Evidence, grants: readonly Grant[], [first]: readonly Spell[]): Breach | null {
  if (first === undefined) return null
  const answers = evidence.events.filter(({ event }) => event.startsWith('patient-bolus-'))
  for (const [index, grant] of grants.entries()) {
    const answer = answers[index]
    // What gives up the therapy comes before whatever is asked in its microsecond.
    if (compare(whole(ceil(grant.at_us)), first.to_us) >= 0 && !equal(first.to_us, evidence.end_us)) return null
    const got = answer === undefined ? 'no answer' : answer.event === 'patient-bolus-granted' ? 'a bolus' : 'none'
    const due = grant.granted ? 'a bolus' : 'none'
    if (got === due) continue
    const why = grant.granted ? '' : `: ${grant.reason}`
    const said = answer === undefined ? '' : ` (${answer.detail})`
    const detail = `the patient asked at ${duration(grant.at_us)} and got ${got}${said} where ${due} was due${why}`
    return { invariant: 'patient-bolus', at_us: grant.at_us, detail }
  }
  return null
}
