import { alarmSpells } from '#hil/run/invariants/answers'
import { toldVolumes } from '#hil/run/invariants/belief'
import { type Breach, type Evidence, isWithin, type Spell } from '#hil/run/invariants/evidence'
import { duration } from '#units/format'
import { add, ceil, compare, equal, isPositive, larger, type Rational, subtract, whole, ZERO } from '#units/rational'

const MICROSECOND = whole(1)

/** The alarms of the reservoir sound with the step that brings the believed volume to their level. */
export function levels(evidence: Evidence): Breach | null {
  const { scenario, loses, end_us } = evidence
  if (loses || evidence.alarms.some(({ alarm }) => alarm === 'memory-error')) return null
  const { pump } = scenario
  const walk = toldVolumes(evidence)
  for (const [place, told] of walk.entries()) {
    const until_us = walk[place + 1]?.from_us ?? end_us
    const before = walk[place - 1]
    // Of several refills at one instant the last one tells.
    if (equal(until_us, told.from_us) || (before !== undefined && equal(before.from_us, told.from_us))) continue
    for (const [alarm, level_uL] of [
      ['low-reservoir', pump.lowReservoir_uL],
      ['empty-reservoir', ZERO],
    ] as const) {
      const missing_uL = subtract(told.volume_uL, level_uL)
      const due_us = isPositive(missing_uL)
        ? stepReached(evidence, add(told.steps, { n: ceilOf(missing_uL, pump.step_uL), d: 1n }))
        : alarm === 'low-reservoir'
          ? told.from_us
          : undefined
      const wrong = mistimed(evidence, alarm, { from_us: told.from_us, to_us: until_us }, due_us)
      if (wrong !== null) return wrong
    }
  }
  return null
}

/** The alarm of the tube sounds with the step that wears it out. */
export function tubeLife(evidence: Evidence): Breach | null {
  const { scenario, loses, end_us } = evidence
  if (loses || evidence.alarms.some(({ alarm }) => alarm === 'memory-error')) return null
  const { pump } = scenario
  const worn_us = stepReached(evidence, { n: ceilOf(pump.tubeLife_uL, pump.step_uL), d: 1n })
  return mistimed(evidence, 'tube-set-end-of-life', { from_us: ZERO, to_us: end_us }, worn_us)
}

function ceilOf(volume_uL: Rational, step_uL: Rational): bigint {
  return ceil({ n: volume_uL.n * step_uL.d, d: volume_uL.d * step_uL.n })
}

/** When the pump first believed in so many steps, in whole microseconds. */
function stepReached({ believedBy, end_us }: Evidence, steps: Rational): Rational | undefined {
  if (compare(believedBy(end_us), steps) < 0) return undefined
  let [low, high] = [-1n, end_us.n / end_us.d]
  while (high - low > 1n) {
    const middle = (low + high) / 2n
    if (compare(believedBy({ n: middle, d: 1n }), steps) >= 0) high = middle
    else low = middle
  }
  return { n: high, d: 1n }
}

/** Whether an instant lies in a spell, its end not included. */
function isAmid({ from_us, to_us }: Spell, at_us: Rational): boolean {
  return compare(at_us, from_us) >= 0 && compare(at_us, to_us) < 0
}

/** An alarm that did not sound when it was due in a spell, or sounded when it was not. */
function mistimed(
  { alarms, off, end_us }: Evidence,
  alarm: string,
  spell: Spell,
  due_us: Rational | undefined,
): Breach | null {
  const invariant = alarm === 'tube-set-end-of-life' ? 'tube-life' : 'levels'
  const isDue = due_us !== undefined && compare(due_us, spell.to_us) < 0
  const raised = alarms.find(
    ({ alarm: name, state, t_us }) => name === alarm && state === 'raised' && isAmid(spell, whole(t_us)),
  )
  const wrong = (why: string, at_us: Rational): Breach => ({ invariant, at_us, detail: `${alarm} ${why}` })
  if (raised !== undefined) {
    const at_us = whole(raised.t_us)
    const restored = off.some(({ to_us }) => equal(to_us, at_us))
    if (!restored && (due_us === undefined || compare(at_us, subtract(due_us, MICROSECOND)) < 0))
      return wrong(`was raised at ${duration(at_us)}, before its level was reached`, at_us)
  }
  if (!isDue || equal(due_us, end_us)) return null
  // What falls due as the power goes is said when it is back.
  const cut = off.find((one) => isWithin({ from_us: subtract(one.from_us, MICROSECOND), to_us: one.to_us }, due_us))
  const latest_us = larger(cut === undefined ? due_us : cut.to_us, larger(due_us, spell.from_us))
  if (compare(latest_us, spell.to_us) >= 0) return null
  const ended = alarms.some(
    ({ alarm: name, state, t_us }) =>
      name === 'end-of-service' && state === 'raised' && compare(whole(t_us), latest_us) <= 0,
  )
  if (ended && alarm === 'empty-reservoir') return null
  if (raised !== undefined && compare(whole(raised.t_us), add(latest_us, MICROSECOND)) <= 0) return null
  // A refill that does not fill beyond the level may leave on what is on.
  const on = alarmSpells({ alarms, end_us }, alarm)
  if (equal(due_us, spell.from_us) && on.some((one) => isAmid(one, latest_us))) return null
  return wrong(
    `was due at ${duration(due_us)} and was ${raised === undefined ? 'never raised' : `raised at ${duration(whole(raised.t_us))}`}`,
    due_us,
  )
}
