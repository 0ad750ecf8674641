import { alarmSpells } from '#hil/run/invariants/answers'
import { type Breach, type Evidence, isWithin, type Spell } from '#hil/run/invariants/evidence'
import { duration } from '#units/format'
import { add, compare, type Rational, smaller, subtract, whole } from '#units/rational'

const MICROSECOND = whole(1)

/** Power that comes back is alarmed, and so is a record of which no copy is whole; one that can be mended is. */
export function resets(evidence: Evidence): Breach | null {
  const { off, scenario, end_us, alarms, events } = evidence
  const resets = alarmSpells(evidence, 'low-battery-reset')
  for (const { to_us } of off) {
    if (compare(to_us, end_us) < 0 && !resets.some((spell) => isWithin(spell, to_us)))
      return {
        invariant: 'resets',
        at_us: to_us,
        detail: `power came back at ${duration(to_us)} and low-battery-reset does not sound`,
      }
  }
  const flips = scenario.faults.filter(({ fault }) => fault === 'bit-flip')
  const [flip] = flips
  if (
    flip?.fault !== 'bit-flip' ||
    flips.length > 1 ||
    scenario.faults.some(({ fault }) => fault === 'clock-drift' || fault === 'power-cut')
  )
    return null
  const latest_us = add(add(flip.at_us, scenario.pump.memoryCheck_us), MICROSECOND)
  if (compare(latest_us, end_us) >= 0) return null
  const between: Spell = { from_us: subtract(flip.at_us, MICROSECOND), to_us: latest_us }
  const found =
    flip.copy === 'both'
      ? alarms.some(
          ({ alarm, state, t_us }) => alarm === 'memory-error' && state === 'raised' && isWithin(between, whole(t_us)),
        )
      : events.some(({ event, t_us }) => event === 'memory-repaired' && isWithin(between, whole(t_us)))
  if (found) return null
  return {
    invariant: 'resets',
    at_us: flip.at_us,
    detail: `${flip.text} at ${duration(flip.at_us)} was not found by ${duration(latest_us)}`,
  }
}

/** Service ends a replacement period after replacement fell due, and replacement is due at the age of the model at the latest. */
export function service(evidence: Evidence): Breach | null {
  const { alarms, off, scenario, end_us } = evidence
  const { pump, faults } = scenario
  if (faults.some(({ fault }) => fault === 'clock-drift')) return null
  const raisedAt = (name: string) => {
    const found = alarms.find(({ alarm, state }) => alarm === name && state === 'raised')
    return found === undefined ? undefined : whole(found.t_us)
  }
  const [due_us, ended_us] = [raisedAt('elective-replacement'), raisedAt('end-of-service')]
  const [worn_us] = [raisedAt('tube-set-end-of-life')]
  const late = (what: string, at_us: Rational, found: Rational | undefined): Breach | null => {
    const cut = off.find((one) => isWithin(one, at_us))
    const latest_us = add(cut === undefined ? at_us : cut.to_us, MICROSECOND)
    if (compare(latest_us, end_us) >= 0 || (found !== undefined && compare(found, latest_us) <= 0)) return null
    return {
      invariant: 'service',
      at_us,
      detail: `${what} was due at ${duration(at_us)} and came ${found === undefined ? 'never' : `at ${duration(found)}`}`,
    }
  }
  const byAge = late('elective-replacement', pump.serviceLife_us, due_us)
  if (byAge !== null) return byAge
  if (worn_us !== undefined && due_us === undefined)
    return { invariant: 'service', at_us: worn_us, detail: 'the tube is worn out and replacement is not due' }
  if (due_us === undefined) {
    return ended_us === undefined
      ? null
      : { invariant: 'service', at_us: ended_us, detail: 'service ended without notice' }
  }
  // What fell due by age without power is said when it is back, and has been due since.
  const end = add(smaller(due_us, pump.serviceLife_us), pump.replacementPeriod_us)
  if (ended_us !== undefined && compare(ended_us, subtract(end, MICROSECOND)) < 0)
    return {
      invariant: 'service',
      at_us: ended_us,
      detail: `service ended at ${duration(ended_us)}, before ${duration(end)}`,
    }
  return late('end-of-service', end, ended_us)
}
