/**
 * Belief: what the pump believes of its steps is what the rotor made, but for what it has not been told yet and for the step
 * under way at a loss of power; and what it says of itself is what follows from what it was told.
 */
import { differenceOf } from '#hil/oracle/difference'
import { PLAYOUT_us, TICK_us } from '#hil/rig/rig'
import { exact, fromExact } from '#hil/run/exact'
import { type Breach, type Evidence, isWithin } from '#hil/run/invariants/evidence'
import { recordsOf } from '#hil/run/ledgers'
import { decimal, duration } from '#units/format'
import {
  add,
  ceil,
  compare,
  divide,
  equal,
  isZero,
  larger,
  magnitude,
  multiply,
  negate,
  ONE,
  type Rational,
  subtract,
  times,
  whole,
  ZERO,
} from '#units/rational'

/** Believed steps against those of the rotor, at every instant and at the end. */
export function believedSteps(evidence: Evidence): Breach | null {
  const { ledgers, rotor, scenario, off, end_us, loses } = evidence
  const unknown = whole(off.length + evidence.releases.length)
  // What was turned back is turned forward again, step for step, and what was not seen was made all the same.
  const [turned, unseen] = [withdrawnDuring(evidence, 'motor-reverse'), withdrawnDuring(evidence, 'encoder-loss')]
  const found = differenceOf(ledgers.believed.steps.staircase, rotor, {
    from_us: ZERO,
    to_us: end_us,
    grid_us: TICK_us,
  })
  const below = add(add(ONE, unknown), unseen)
  // What the motor tells is two playouts old; without power the pump hears none of it.
  const rush = divide(multiply(scenario.pump.rateMax_uL_per_us, whole(2 * PLAYOUT_us + TICK_us)), scenario.pump.step_uL)
  const above = loses ? (off.length > 0 ? null : add(add(rush, turned), add(unknown, whole(2)))) : below
  const breach = (at_us: Rational, steps: Rational, limit: Rational): Breach => {
    const way = steps.n < 0n ? 'fewer' : 'more'
    const detail = `the pump believes in ${decimal(magnitude(steps))} steps ${way} than the rotor made, at ${duration(at_us)}; ${decimal(limit)} can be explained`
    return { invariant: 'believed-steps', at_us, detail }
  }
  if (compare(found.lowest.difference, negate(below)) < 0)
    return breach(found.lowest.at_us, found.lowest.difference, below)
  if (above !== null && compare(found.highest.difference, above) > 0)
    return breach(found.highest.at_us, found.highest.difference, above)
  const offAtEnd = off.some(({ to_us }) => compare(to_us, end_us) >= 0)
  const rest = subtract(ledgers.believed.steps.total, whole(ledgers.delivered.steps))
  const limit = add(unknown, rest.n < 0n ? unseen : turned)
  if (!(loses && offAtEnd) && compare(magnitude(rest), limit) > 0) return breach(end_us, rest, limit)
  return null
}

/** How many of the steps that are believed in no longer were due while a fault of a kind was there. */
function withdrawnDuring({ scenario, records, end_us }: Evidence, name: 'motor-reverse' | 'encoder-loss'): Rational {
  const spells = scenario.faults.flatMap(({ fault, at_us, for_us }) =>
    fault === name ? [{ from_us: at_us, to_us: for_us === null ? end_us : add(at_us, for_us) }] : [],
  )
  const within = recordsOf(records, 'withdrawn').filter(({ first_us }) =>
    spells.some((spell) => isWithin(spell, fromExact(first_us))),
  )
  return whole(within.reduce((steps, { count }) => steps + count, 0))
}

/** A fluid as the pump was told of it, from an instant on. */
export interface ToldFluid {
  readonly from_us: Rational
  readonly drug: string
  readonly concentration: Rational
}

/** Every step is booked with the volume of the model, and with the drug and concentration that the pump was told last. */
export function books(evidence: Evidence): Breach | null {
  const { records, scenario } = evidence
  const { step_uL } = scenario.pump
  const told = toldFluids(evidence)
  const forgotten = forgettings(evidence)
  for (const run of [...recordsOf(records, 'booked'), ...recordsOf(records, 'withdrawn')]) {
    const first_us = fromExact(run.first_us)
    const fluid = told.findLast(({ from_us }) => compare(from_us, first_us) < 0) ?? told[0]
    const lost = forgotten.findLast((at_us) => compare(at_us, first_us) <= 0)
    if (fluid === undefined || (lost !== undefined && compare(lost, fluid.from_us) >= 0)) continue
    const step_ug = multiply(step_uL, fluid.concentration)
    if (run.step_uL === exact(step_uL) && run.drug === fluid.drug && run.step_ug === exact(step_ug)) continue
    return {
      invariant: 'books',
      at_us: first_us,
      detail:
        `from ${duration(first_us)} on steps are ${run.kind} as ${run.step_uL} uL with ${run.step_ug} ug of ${run.drug} ` +
        `where the pump was told of ${exact(step_ug)} ug of ${fluid.drug}`,
    }
  }
  return null
}

export function toldFluids({ scenario, applied }: Evidence): readonly ToldFluid[] {
  const { drug, concentration_ug_per_uL } = scenario.fill.programmed
  const first = { from_us: whole(-1), drug, concentration: concentration_ug_per_uL }
  const refills = applied.flatMap(({ readback, when_us }): ToldFluid[] =>
    readback.kind === 'refill'
      ? [{ from_us: when_us, drug: readback.drug, concentration: fromExact(readback.concentration_ug_per_uL) }]
      : [],
  )
  return [first, ...refills]
}

/** Instants at which a pump came back that may have lost its whole record. */
function forgettings({ alarms, off }: Evidence): readonly Rational[] {
  const errors = alarms.filter(({ alarm, state }) => alarm === 'memory-error' && state === 'raised')
  return off.map(({ to_us }) => to_us).filter((at_us) => errors.some(({ t_us }) => compare(whole(t_us), at_us) === 0))
}

/** What the pump says is left is what it was told, less the steps it believes in. */
export function reservoir(evidence: Evidence): Breach | null {
  const { scenario, ledgers, loses, believedBy } = evidence
  // A lost step of before a refill belongs to a fluid that may be gone; the accounts of that are looked at elsewhere.
  if (loses) return null
  const { step_uL } = scenario.pump
  const walk = toldVolumes(evidence)
  const forgotten = forgettings(evidence)
  for (const status of ledgers.believed.statuses) {
    const at_us = whole(status.t_us)
    const told = walk.findLast(({ from_us }) => compare(from_us, at_us) <= 0)
    const lost = forgotten.findLast((one_us) => compare(one_us, at_us) <= 0)
    if (told === undefined || !told.known || (lost !== undefined && compare(lost, told.from_us) >= 0)) continue
    // At the very instant of a refill the question may come before it.
    if (walk.some(({ from_us }, place) => place > 0 && equal(whole(ceil(from_us)), at_us))) continue
    const due_uL = subtract(told.volume_uL, times(step_uL, Number(subtract(believedBy(at_us), told.steps).n)))
    const gap = subtract(fromExact(status.reservoir_uL), due_uL)
    if (isZero(gap)) continue
    const detail = `at ${duration(at_us)} the pump says ${decimal(fromExact(status.reservoir_uL))} uL are left, where ${decimal(due_uL)} uL follow from what it was told and believes to have given`
    return { invariant: 'reservoir', at_us, detail }
  }
  return null
}

/** What the pump has to believe is left from an instant on, at so many believed steps. */
export interface ToldVolume {
  readonly from_us: Rational
  readonly volume_uL: Rational
  readonly steps: Rational
  /** False where something before it is not known. */
  readonly known: boolean
}

/** From the first fill on, and from every refill that the pump took. */
export function toldVolumes(evidence: Evidence): readonly ToldVolume[] {
  const { scenario, applied, believedBy } = evidence
  const { step_uL } = scenario.pump
  const forgotten = forgettings(evidence)
  const walk: ToldVolume[] = [
    { from_us: ZERO, volume_uL: scenario.fill.programmed.volume_uL, steps: ZERO, known: true },
  ]
  for (const { readback, when_us } of applied) {
    const before = walk.at(-1)
    if (readback.kind !== 'refill' || before === undefined) continue
    // A step of the very instant of the refill was made before it, and is believed from the next whole microsecond on.
    const steps = believedBy(whole(ceil(when_us)))
    const left = subtract(before.volume_uL, multiply(step_uL, subtract(steps, before.steps)))
    const all = readback.withdrawn_uL === 'all'
    const kept = readback.withdrawn_uL === 'all' ? ZERO : larger(ZERO, subtract(left, fromExact(readback.withdrawn_uL)))
    const lost = forgotten.some((at_us) => compare(at_us, before.from_us) >= 0 && compare(at_us, when_us) <= 0)
    const volume_uL = add(kept, fromExact(readback.volume_uL))
    walk.push({ from_us: when_us, volume_uL, steps, known: all || (before.known && !lost) })
  }
  return walk
}
