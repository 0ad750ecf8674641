/** Standing still: a stopped pump says so in time, and a stall is noticed with as many lost steps as the model says. */
import { TICK_us } from '#hil/rig/rig'
import { fromExact } from '#hil/run/exact'
import { alarmSpells } from '#hil/run/invariants/answers'
import { type Breach, type Evidence, isWithin, rotorIn } from '#hil/run/invariants/evidence'
import { stops } from '#hil/run/invariants/motion'
import { recordsOf } from '#hil/run/ledgers'
import { duration } from '#units/format'
import { add, compare, equal, isPositive, isZero, type Rational, subtract, whole, ZERO } from '#units/rational'

const MICROSECOND = whole(1)

/** A pump that stands says so when its time has come, and never before. */
export function standing(evidence: Evidence): Breach | null {
  const { scenario, alarms, events, off, loses } = evidence
  const { pump, faults } = scenario
  // A step that was lost ends a stop for the pump, and one that a rotor let go jumps does not.
  if (loses || faults.some(({ fault }) => fault === 'clock-drift')) return null
  const stands = alarmSpells(evidence, 'stopped-pump')
  const others = [...alarmSpells(evidence, 'end-of-service'), ...alarmSpells(evidence, 'empty-reservoir')]
  const warned = events.filter(({ event }) => event === 'stopped-warning').map(({ t_us }) => whole(t_us))
  const suspended = events.filter(({ event }) => event === 'therapy-suspended').map(({ t_us }) => whole(t_us))
  for (const spell of stops(evidence)) {
    const isDue = (lasting_us: Rational) => compare(add(spell.from_us, lasting_us), spell.to_us) < 0
    const isOff = off.some((one) => compare(one.to_us, spell.from_us) >= 0 && compare(one.from_us, spell.to_us) <= 0)
    // A pump that is empty, or past its service, does not stand because somebody stopped it.
    if (isOff || others.some((one) => isWithin(one, spell.from_us))) continue
    const warning_us = add(spell.from_us, pump.stoppedWarning_us)
    const alarm_us = add(add(spell.from_us, pump.stoppedAlarm_us), MICROSECOND)
    if (
      isDue(pump.stoppedWarning_us) &&
      !warned.some(
        (at_us) =>
          compare(at_us, add(warning_us, MICROSECOND)) <= 0 && compare(at_us, lastMotion(evidence, spell.from_us)) >= 0,
      )
    )
      return {
        invariant: 'standing',
        at_us: warning_us,
        detail: `a pump stopped at ${duration(spell.from_us)} never warned`,
      }
    if (isDue(add(pump.stoppedAlarm_us, whole(2))) && !stands.some((one) => isWithin(one, alarm_us)))
      return {
        invariant: 'standing',
        at_us: alarm_us,
        detail: `stopped-pump does not sound though the pump was stopped at ${duration(spell.from_us)}`,
      }
  }
  for (const { alarm, state, t_us } of alarms) {
    const at_us = whole(t_us)
    if (alarm !== 'stopped-pump' || state !== 'raised' || off.some((one) => equal(one.to_us, at_us))) continue
    if (suspended.some((one_us) => equal(one_us, at_us))) continue
    const spell = {
      from_us: add(subtract(at_us, pump.stoppedAlarm_us), whole(TICK_us)),
      to_us: subtract(at_us, whole(TICK_us)),
    }
    if (compare(spell.from_us, spell.to_us) >= 0 || spell.from_us.n < 0n) continue
    const pulled = evidence.releases.filter((one_us) => isWithin(spell, one_us)).length
    if (isPositive(subtract(rotorIn(evidence, spell), whole(pulled))))
      return {
        invariant: 'standing',
        at_us,
        detail: `stopped-pump was raised at ${duration(at_us)}, though the rotor has turned since`,
      }
  }
  return null
}

/** The last instant by which the rotor had made every step it had made by then; nothing before the first. */
function lastMotion({ rotorBy }: Evidence, at_us: Rational): Rational {
  const steps = rotorBy(at_us)
  if (isZero(steps)) return ZERO
  let [low, high] = [-1n, at_us.n / at_us.d]
  while (high - low > 1n) {
    const middle = (low + high) / 2n
    if (compare(rotorBy({ n: middle, d: 1n }), steps) >= 0) high = middle
    else low = middle
  }
  return subtract({ n: high, d: 1n }, whole(TICK_us))
}

/** A stall is noticed with as many lost steps in a row as the model says, when the pump hears of the last of them. */
export function stalls(evidence: Evidence): Breach | null {
  const { records, scenario, off, rotorBy } = evidence
  if (off.length > 0 || scenario.faults.some(({ fault }) => fault === 'clock-drift')) return null
  const { stallDetection_steps } = scenario.pump
  const spells = alarmSpells(evidence, 'motor-stall')
  let [row, last_us]: [number, Rational | null] = [0, null]
  for (const run of recordsOf(records, 'withdrawn')) {
    const due_us = fromExact(run.first_us)
    // Who is told of no lost step for longer than a step takes has been told of one that moved.
    const moved =
      last_us !== null &&
      isPositive(subtract(rotorBy(subtract(due_us, MICROSECOND)), rotorBy(add(last_us, whole(TICK_us)))))
    row = moved ? 1 : row + 1
    last_us = due_us
    const at_us = whole(run.t_us)
    if (compare(at_us, evidence.end_us) >= 0) break
    if (
      row >= stallDetection_steps &&
      !spells.some((spell) => isWithin(spell, at_us)) &&
      evidence.releases.length === 0
    )
      return {
        invariant: 'stalls',
        at_us,
        detail: `${row} steps in a row were lost by ${duration(at_us)} and motor-stall does not sound`,
      }
  }
  const lost = recordsOf(records, 'withdrawn')
  for (const { from_us } of spells) {
    if (!lost.some(({ t_us }) => equal(whole(t_us), from_us)))
      return {
        invariant: 'stalls',
        at_us: from_us,
        detail: `motor-stall was raised at ${duration(from_us)}, when no step was lost`,
      }
  }
  return null
}
