/**
 * Motion: the rotor rests where it must, trickles where nothing more is allowed, and never turns out of its range.
 */

import { TICK_us } from '#hil/rig/rig'
import { fromExact } from '#hil/run/exact'
import { alarmSpells } from '#hil/run/invariants/answers'
import { type Breach, type Evidence, isWithin, rotorIn, type Spell } from '#hil/run/invariants/evidence'
import { recordsOf } from '#hil/run/ledgers'
import { decimal, duration } from '#units/format'
import {
  add,
  compare,
  divide,
  isPositive,
  larger,
  magnitude,
  multiply,
  ONE,
  type Rational,
  ratio,
  subtract,
  times,
  toNumber,
  whole,
  ZERO,
} from '#units/rational'

/** A step due at an instant is made by the end of the rig's tick. */
const TICK = whole(TICK_us)

/** A spell in which the rotor may not turn, and why. */
interface Rest extends Spell {
  readonly why: string
}

/** No step without power, past the end of service, with an empty reservoir, or while the pump is stopped. */
export function rest(evidence: Evidence): Breach | null {
  const rests = [
    ...evidence.off.map((spell): Rest => ({ ...spell, why: 'without power' })),
    ...alarmed(evidence, 'end-of-service', 'after the end of its service'),
    ...alarmed(evidence, 'empty-reservoir', 'with a reservoir that it believes empty'),
    ...stops(evidence).map((spell): Rest => ({ ...spell, why: 'while stopped' })),
  ]
  for (const spell of rests) {
    const from_us = add(spell.from_us, TICK)
    if (compare(from_us, spell.to_us) >= 0) continue
    const made = commandedIn(evidence, { from_us, to_us: spell.to_us })
    if (!isPositive(made)) continue
    const detail = `${decimal(made)} steps ${spell.why}, between ${duration(spell.from_us)} and ${duration(spell.to_us)}`
    return { invariant: 'rest', at_us: spell.from_us, detail }
  }
  return null
}

function alarmed(evidence: Evidence, alarm: string, why: string): readonly Rest[] {
  return alarmSpells(evidence, alarm).map((spell) => ({ ...spell, why }))
}

/** From a stop, commanded or by the pump itself, to the next thing that may move the rotor; a prime under way ends first. */
export function stops(evidence: Evidence): readonly Spell[] {
  const { applied, events, alarms, off, end_us } = evidence
  const begins: { readonly stop_us: Rational; readonly from_us: Rational }[] = [{ stop_us: ZERO, from_us: ZERO }]
  const moves: Rational[] = []
  for (const { readback, when_us, text } of applied) {
    const { kind } = readback
    if (kind === 'therapy' && readback.mode === 'stopped') {
      begins.push({ stop_us: when_us, from_us: text === 'stop' ? when_us : primedUntil(evidence, when_us) })
    } else if (kind === 'therapy' || kind === 'bolus' || kind === 'prime') moves.push(when_us)
  }
  for (const { event, t_us } of events) {
    const at_us = whole(t_us)
    if (event === 'therapy-suspended') begins.push({ stop_us: at_us, from_us: primedUntil(evidence, at_us) })
    if (event === 'safe-state' || event === 'patient-bolus-granted') moves.push(at_us)
  }
  // Whether a pump that loses its power was stopped is for its own memory to say.
  for (const { from_us } of off) moves.push(from_us)
  for (const { t_us, state } of alarms) if (state === 'raised') moves.push(whole(t_us))
  return begins.flatMap(({ stop_us, from_us }): Spell[] => {
    const next = moves.filter((at_us) => compare(at_us, stop_us) >= 0).reduce<Rational>(least, end_us)
    return compare(from_us, next) < 0 ? [{ from_us, to_us: next }] : []
  })
}

function least(a: Rational, b: Rational): Rational {
  return compare(b, a) < 0 ? b : a
}

/** Steps of the rotor, without those to which a rotor that was held is pulled when it is let go. */
function commandedIn(evidence: Evidence, spell: Spell): Rational {
  const released = evidence.releases.filter((at_us) =>
    isWithin({ ...spell, from_us: subtract(spell.from_us, TICK) }, at_us),
  )
  return subtract(rotorIn(evidence, spell), whole(released.length))
}

/** When the last prime that was taken by an instant is over at the latest; that instant where none is under way. */
function primedUntil({ applied, scenario }: Evidence, at_us: Rational): Rational {
  const { pump, catheter_uL } = scenario
  const slowest = slowestClock(scenario)
  let until_us = ZERO
  for (const { readback, when_us } of applied) {
    if (readback.kind !== 'prime' || compare(when_us, at_us) > 0) continue
    const volume_uL = readback.volume_uL === 'auto' ? add(pump.tube_uL, catheter_uL) : fromExact(readback.volume_uL)
    const lasting_us = divide(volume_uL, multiply(pump.rateMax_uL_per_us, slowest))
    until_us = add(larger(until_us, when_us), lasting_us)
  }
  return larger(until_us, at_us)
}

/** Drifts that make a clock slower still are not told from one another. */
const SLOWEST_CLOCK: Rational = ratio(1n, 100n)

/** Seconds of the pump in a true one at the least, were all that slows its clock to act at once. */
function slowestClock({ faults }: Evidence['scenario']): Rational {
  const slowed = faults.reduce<Rational>(
    (sum, fault) => (fault.fault === 'clock-drift' && fault.drift.n < 0n ? add(sum, fault.drift) : sum),
    ONE,
  )
  return larger(slowed, SLOWEST_CLOCK)
}

/** Once it has power again or is in its safe state, the pump gives minimum rate at most, until a therapy is programmed. */
export function trickle(evidence: Evidence): Breach | null {
  const { applied, events, off, scenario, end_us } = evidence
  const { pump, faults } = scenario
  // A bridge multiplies minimum rate too, and a clock that runs fast hurries it.
  if (scenario.programming.some(({ kind }) => kind === 'bridge') || faults.some(isDrift)) return null
  const begins = [
    ...events.filter(({ event }) => event === 'safe-state').map(({ t_us }) => whole(t_us)),
    ...off.filter(({ to_us }) => compare(to_us, end_us) < 0).map(({ to_us }) => to_us),
  ]
  for (const from_us of begins) {
    const programmed = applied.find(
      ({ readback, when_us }) => MOVING.has(readback.kind) && compare(add(when_us, ONE), from_us) >= 0,
    )
    const granted = events.find(({ event, t_us }) => event === 'patient-bolus-granted' && t_us >= toNumber(from_us))
    const ends = [programmed?.when_us, granted === undefined ? undefined : whole(granted.t_us)]
    const to_us = ends.reduce<Rational>((first, one) => (one === undefined ? first : least(first, one)), end_us)
    if (compare(add(from_us, TICK), to_us) >= 0) continue
    const made = commandedIn(evidence, { from_us: add(from_us, TICK), to_us })
    const volume_uL = multiply(pump.minimumRate_uL_per_us, subtract(to_us, from_us))
    if (compare(made, add(divide(volume_uL, pump.step_uL), ONE)) <= 0) continue
    const detail = `${decimal(made)} steps from ${duration(from_us)} to ${duration(to_us)}, where minimum rate makes ${decimal(divide(volume_uL, pump.step_uL))}`
    return { invariant: 'trickle', at_us: from_us, detail }
  }
  return null
}

const MOVING: ReadonlySet<string> = new Set(['therapy', 'bolus', 'prime'])

function isDrift({ fault }: Evidence['scenario']['faults'][number]): boolean {
  return fault === 'clock-drift'
}

/** Every order is within the range of the pump; below it, only at minimum rate and where a bridge slows minimum rate down. */
export function range(evidence: Evidence): Breach | null {
  const { records, scenario, applied, events, end_us } = evidence
  const { pump, faults } = scenario
  if (faults.some(isDrift)) return null
  const shortest_us = divide(pump.step_uL, pump.rateMax_uL_per_us)
  const longest_us = divide(pump.step_uL, pump.rateMin_uL_per_us)
  const slow = slowSpells({ applied, events, end_us })
  for (const { t_us, interval_us: text, count } of recordsOf(records, 'order')) {
    // Of a single step the interval says nothing.
    if (count === 1) continue
    const interval_us = fromExact(text)
    const at_us = whole(t_us)
    const isFast = compare(interval_us, shortest_us) < 0 && !isRounded(interval_us, shortest_us, count)
    const isSlow =
      compare(interval_us, longest_us) > 0 &&
      !isRounded(interval_us, longest_us, count) &&
      !slow.some((spell) => isWithin(spell, at_us))
    if (!isFast && !isSlow) continue
    const rate = decimal(multiply(divide(pump.step_uL, interval_us), whole(86_400_000_000)))
    return {
      invariant: 'range',
      at_us,
      detail: `steps are ordered at ${rate} uL/d, ${isFast ? 'above the highest' : 'below the lowest'} rate of the pump`,
    }
  }
  return null
}

/**
 * Whether an interval beyond a limit is explained by whole microseconds: a pump that has integers only rounds each instant up, so
 * that in one order no step is off another by a microsecond.
 */
function isRounded(interval_us: Rational, limit_us: Rational, count: number): boolean {
  const apart_us = times(magnitude(subtract(interval_us, limit_us)), count - 1)
  return interval_us.d === 1n && compare(apart_us, ONE) < 0
}

/** While minimum rate is in force, by program or as the safe state. */
function slowSpells({ applied, events, end_us }: Pick<Evidence, 'applied' | 'events' | 'end_us'>): readonly Spell[] {
  const changes = [
    ...applied.flatMap(({ readback, when_us }) =>
      readback.kind === 'therapy' ? [{ at_us: when_us, slow: readback.mode === 'minimum-rate' }] : [],
    ),
    ...events.filter(({ event }) => event === 'safe-state').map(({ t_us }) => ({ at_us: whole(t_us), slow: true })),
  ].toSorted((a, b) => compare(a.at_us, b.at_us))
  return changes.flatMap(({ at_us, slow }, place): Spell[] =>
    slow ? [{ from_us: at_us, to_us: add(changes[place + 1]?.at_us ?? end_us, ONE) }] : [],
  )
}
