import fc from 'fast-check'
import Fraction from 'fraction.js'
import { describe, expect, it } from 'vitest'
import { valueAt } from '#hil/oracle/line'
import { type Intent, prescribe } from '#hil/oracle/prescribed'
import type { Dose, Entry, ScenarioEvent } from '#hil/scenario/types'
import { as } from '#units/quantity'
import { add, compare, isZero, type Rational, toText, whole, ZERO } from '#units/rational'
import { fractions } from './arbitraries.ts'
import { intent, refill } from './intents.ts'

/** What is in force at an instant, read off the entries. */
function rateAt(scenario: Intent, t_us: Rational): { volume: Fraction; mass: Fraction; drug: string } {
  const fraction = ({ n, d }: Rational) => new Fraction(n, d)
  const begun = scenario.prescription.filter((entry) => compare(entry.at_us, t_us) <= 0)
  const current = begun.flatMap((entry) => (entry.kind === 'therapy' ? [entry] : [])).at(-1)
  const events = scenario.events.toSorted((a, b) => compare(a.at_us, b.at_us))
  const fills = events.flatMap((event) =>
    event.kind === 'refill' && compare(event.at_us, t_us) <= 0 ? [event.fill] : [],
  )
  const { drug, concentration_ug_per_uL } = (fills.at(-1) ?? scenario.fill).actual
  const concentration = fraction(concentration_ug_per_uL)
  let [byMass, byVolume] = [new Fraction(0), new Fraction(0)]
  if (current?.therapy.mode === 'minimum-rate') byVolume = fraction(scenario.pump.minimumRate_uL_per_us)
  if (current?.therapy.mode === 'simple-continuous') {
    const { dose } = current.therapy
    if (dose.by === 'mass') byMass = fraction(dose.rate_ug_per_us)
    else byVolume = fraction(dose.rate_uL_per_us)
  }
  for (const entry of begun) {
    if (entry.kind !== 'bolus' || compare(add(entry.at_us, entry.bolus.over_us), t_us) <= 0) continue
    if (current !== undefined && compare(entry.at_us, current.at_us) < 0) continue
    const { dose, over_us } = entry.bolus
    if (dose.by === 'mass') byMass = byMass.add(fraction(dose.mass_ug).div(fraction(over_us)))
    else byVolume = byVolume.add(fraction(dose.volume_uL).div(fraction(over_us)))
  }
  return { drug, volume: byVolume.add(byMass.div(concentration)), mass: byMass.add(byVolume.mul(concentration)) }
}

describe('the prescribed ledger of any scenario', () => {
  const HOURS = 100
  const moments = fractions(HOURS).map((hours) => as<Entry['at_us']>({ n: hours.n, d: hours.d }))
  const doses: fc.Arbitrary<Dose> = fc
    .tuple(fc.boolean(), fractions(50))
    .map(([byMass, value]) => (byMass ? { by: 'mass', mass_ug: as(value) } : { by: 'volume', volume_uL: as(value) }))
  const entries: fc.Arbitrary<Entry> = fc
    .tuple(moments, doses, fc.constantFrom('stopped', 'minimum-rate', 'continuous', 'bolus'), fractions(40))
    .map(([at_us, dose, kind, over]): Entry => {
      const over_us = as<Entry['at_us']>(isZero(over) ? whole(1) : over)
      if (kind === 'bolus') return { at_us, text: '', kind, bolus: { dose, over_us } }
      if (kind === 'stopped' || kind === 'minimum-rate')
        return { at_us, text: '', kind: 'therapy', therapy: { mode: kind } }
      const rate =
        dose.by === 'mass'
          ? { by: dose.by, rate_ug_per_us: as<never>(dose.mass_ug) }
          : { by: dose.by, rate_uL_per_us: as<never>(dose.volume_uL) }
      return { at_us, text: '', kind: 'therapy', therapy: { mode: 'simple-continuous', dose: rate } }
    })
  const refills: fc.Arbitrary<ScenarioEvent> = fc
    .tuple(moments, fc.constantFrom('baclofen', 'morphine'), fc.constantFrom('2 mg/mL', '500 ug/mL', '10/7 mg/mL'))
    .map(([at_us, drug, concentration]) => ({ ...refill('0 h', drug, concentration), at_us }))
  const order = (entry: Entry) => (entry.kind === 'therapy' ? 0 : 1)
  const scenarios = fc
    .tuple(fc.array(entries, { maxLength: 8 }), fc.array(refills, { maxLength: 4 }))
    .map(([list, events]) =>
      intent(
        list.toSorted((a, b) => compare(a.at_us, b.at_us) || order(a) - order(b)),
        events,
      ),
    )

  it('is the integral of what is in force between any two changes', () => {
    fc.assert(
      fc.property(scenarios, (scenario) => {
        const ledger = prescribe(scenario)
        const ends = scenario.prescription.flatMap((e) => (e.kind === 'bolus' ? [add(e.at_us, e.bolus.over_us)] : []))
        const changes = [...scenario.prescription, ...scenario.events].map(({ at_us }): Rational => at_us)
        const times = [ZERO, ...changes, ...ends, whole(HOURS)].toSorted(compare)
        let total = new Fraction(0)
        const given = new Map<string, Fraction>([['baclofen', new Fraction(0)]])
        for (const [index, from] of times.entries()) {
          expect(toText(valueAt(ledger.volume, from))).toBe(total.toFraction())
          for (const [drug, line] of ledger.mass) {
            expect(toText(valueAt(line, from))).toBe((given.get(drug) ?? new Fraction(0)).toFraction())
          }
          const to = times[index + 1] ?? from
          const span = new Fraction(to.n, to.d).sub(new Fraction(from.n, from.d))
          const rate = rateAt(scenario, from)
          total = total.add(rate.volume.mul(span))
          given.set(rate.drug, (given.get(rate.drug) ?? new Fraction(0)).add(rate.mass.mul(span)))
        }
      }),
      { numRuns: 500 },
    )
  })

  it('never falls, and holds its pieces together', () => {
    fc.assert(
      fc.property(scenarios, (scenario) => {
        const { volume, mass } = prescribe(scenario)
        for (const line of [volume, ...mass.values()]) {
          for (const [index, piece] of line.entries()) {
            expect(compare(piece.rate, ZERO)).toBeGreaterThanOrEqual(0)
            expect(valueAt(line.slice(0, Math.max(index, 1)), piece.from_us)).toEqual(piece.value)
            const before = line[index - 1]
            if (before !== undefined) expect(compare(before.from_us, piece.from_us)).toBeLessThan(0)
          }
        }
      }),
    )
  })
})
