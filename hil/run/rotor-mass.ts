/**
 * Drug that left the reservoir: what the rotor displaced, at the concentration that was truly in the reservoir.
 *
 * A fill mixes with what was left, at once and completely, and between fills the concentration stays, so it follows from
 * the fills alone. This is the mass that a pump can know of; what reaches the tip comes a line later.
 */

import { heightAt } from '#hil/oracle/heights'
import { during, type Flight, type Staircase } from '#hil/oracle/staircase'
import { amountOf, fromExact } from '#hil/run/exact'
import { type Ledgers, type RecordOf, recordsOf } from '#hil/run/ledgers'
import { add, divide, isPositive, isZero, multiply, type Rational, subtract, whole, ZERO } from '#units/rational'

/** By drug, for every drug that was ever filled. */
export function rotorMass(ledgers: Ledgers): ReadonlyMap<string, Staircase> {
  const { displaced } = ledgers.delivered
  const fills = recordsOf(ledgers.records, 'fill')
  const mass = new Map<string, Flight[]>()
  for (const [index, { fill, concentrations }] of reservoirs(ledgers).entries()) {
    const next = fills[index + 1]
    const to_us = next === undefined ? ledgers.scenario.duration_us : whole(next.t_us)
    const flights = during(displaced.staircase, { from_us: whole(fill.t_us), to_us })
    for (const [drug, concentration] of concentrations) {
      const known = mass.get(drug) ?? []
      mass.set(drug, known)
      if (isZero(concentration)) continue
      for (const flight of flights) known.push({ ...flight, rise: multiply(flight.rise, concentration) })
    }
  }
  return mass
}

interface Reservoir {
  readonly fill: RecordOf<'fill'>
  /** In ug/uL, from this fill to the next. */
  readonly concentrations: ReadonlyMap<string, Rational>
}

function reservoirs({ records, delivered }: Ledgers): readonly Reservoir[] {
  let volume: Rational = ZERO
  let before: Rational = ZERO
  let concentrations: ReadonlyMap<string, Rational> = new Map()
  return recordsOf(records, 'fill').map((fill) => {
    const displaced = heightAt(delivered.displaced.heights, whole(fill.t_us))
    const left = subtract(volume, subtract(displaced, before))
    const kept = subtract(left, fromExact(fill.withdrawn_uL))
    volume = add(kept, fromExact(fill.volume_uL))
    before = displaced
    const drugs = new Set([...concentrations.keys(), ...fill.filled_ug.map(([drug]) => drug)])
    concentrations = new Map(
      [...drugs].map((drug) => {
        const mass = add(multiply(concentrations.get(drug) ?? ZERO, kept), amountOf(fill.filled_ug, drug))
        return [drug, isPositive(volume) ? divide(mass, volume) : ZERO]
      }),
    )
    return { fill, concentrations }
  })
}
