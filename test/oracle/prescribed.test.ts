import fc from 'fast-check'
import Fraction from 'fraction.ts'
import { describe, expect, it } from 'vitest'
import { valueAt } from '#hil/oracle/line'
import { type Intent, type PrescribedLedger, prescribe } from '#hil/oracle/prescribed'
import type { Dose, Entry, Fill, ScenarioEvent } from '#hil/scenario/types'
import { type Dimension, parseMeasure } from '#units/measure'
import { as, type Quantity } from '#units/quantity'
import { add, compare, isZero, type Rational, ratio, sum, toText, whole, ZERO } from '#units/rational'
import { fractions } from './arbitraries.ts'

function amount<Q extends Quantity<string>>(text: string, dimension: Dimension): Q {
  const parsed = parseMeasure(text, [dimension])
  if (!parsed.ok) throw new Error(parsed.problem)
  return as<Q>(parsed.measure.value)
}

const at = (text: string) => amount<Entry['at_us']>(text, 'duration')
const zero = <Q extends Quantity<string>>() => as<Q>(ZERO)

const PUMP: Intent['pump'] = {
  name: 'test',
  reservoir_uL: amount('40 mL', 'volume'),
  lowReservoir_uL: zero(),
  tolerance: zero(),
  step_uL: amount('0.25 uL', 'volume'),
  rateMin_uL_per_us: zero(),
  rateMax_uL_per_us: amount('24 mL/d', 'volume rate'),
  minimumRate_uL_per_us: amount('0.006 mL/d', 'volume rate'),
  tube_uL: zero(),
  catheterPerLength_uL_per_cm: zero(),
}

function fill(drug: string, concentration: string): Fill {
  return {
    drug,
    concentration_ug_per_uL: amount(concentration, 'concentration'),
    volume_uL: amount('20 mL', 'volume'),
  }
}

function refill(time: string, drug: string, concentration: string): ScenarioEvent {
  const actual = fill(drug, concentration)
  return {
    kind: 'refill',
    at_us: at(time),
    withdraw: { amount: 'all' },
    fill: { actual, programmed: fill('water', '9 mg/mL') },
  }
}

function therapy(time: string, dose: string): Entry {
  const by = /[lL]\//.test(dose) ? 'volume' : 'mass'
  const rate = amount<Quantity<never>>(dose, by === 'mass' ? 'mass rate' : 'volume rate')
  return {
    at_us: at(time),
    text: dose,
    kind: 'therapy',
    therapy: {
      mode: 'simple-continuous',
      dose: by === 'mass' ? { by, rate_ug_per_us: rate } : { by, rate_uL_per_us: rate },
    },
  }
}

function plain(time: string, mode: 'stopped' | 'minimum-rate'): Entry {
  return { at_us: at(time), text: mode, kind: 'therapy', therapy: { mode } }
}

function bolus(time: string, dose: string, over: string): Entry {
  const written: Dose = /L$/.test(dose)
    ? { by: 'volume', volume_uL: amount(dose, 'volume') }
    : { by: 'mass', mass_ug: amount(dose, 'mass') }
  return { at_us: at(time), text: dose, kind: 'bolus', bolus: { dose: written, over_us: at(over) } }
}

function intent(prescription: readonly Entry[], events: readonly ScenarioEvent[] = []): Intent {
  const actual = fill('baclofen', '2000 ug/mL')
  return { pump: PUMP, fill: { actual, programmed: fill('water', '1 ug/mL') }, prescription, events }
}

function volume(ledger: PrescribedLedger, time: string): string {
  return toText(valueAt(ledger.volume, at(time)))
}

function mass(ledger: PrescribedLedger, time: string, drug = 'baclofen'): string {
  const line = ledger.mass.get(drug)
  return line === undefined ? 'unknown' : toText(valueAt(line, at(time)))
}

describe('the prescribed ledger', () => {
  it('is nothing before the first therapy', () => {
    const ledger = prescribe(intent([therapy('2 d', '1000 ug/d')]))
    expect([volume(ledger, '2 d'), volume(ledger, '3 d'), mass(ledger, '3 d')]).toEqual(['0', '500', '1000'])
  })

  it('keeps 350/3 ug/d exact for ten years', () => {
    const ledger = prescribe(intent([therapy('0 d', '350/3 ug/d')]))
    expect(volume(ledger, '1 d')).toBe('175/3')
    expect(volume(ledger, '3650 d')).toBe('638750/3')
    expect(mass(ledger, '3650 d')).toBe('1277500/3')
  })

  it('takes a dose by volume at its volume', () => {
    const ledger = prescribe(intent([therapy('0 d', '0.5 mL/d')]))
    expect([volume(ledger, '2 d'), mass(ledger, '2 d')]).toEqual(['1000', '2000'])
  })

  it('prescribes volume and mass of the minimum rate, and nothing while stopped', () => {
    const ledger = prescribe(intent([plain('0 d', 'minimum-rate'), plain('2 d', 'stopped')]))
    expect([volume(ledger, '1 d'), mass(ledger, '1 d')]).toEqual(['6', '12'])
    expect([volume(ledger, '9 d'), mass(ledger, '9 d')]).toEqual(['12', '24'])
  })

  it('adds a bolus on top of the basal rate and leaves the therapy as it was', () => {
    const ledger = prescribe(intent([therapy('0 d', '240 ug/d'), bolus('6 h', '100 ug', '10 min')]))
    expect(mass(ledger, '6 h')).toBe('60')
    expect(mass(ledger, '6 h 5 min')).toBe(toText(ratio(665n, 6n)))
    expect(mass(ledger, '6 h 10 min')).toBe(toText(ratio(485n, 3n)))
    expect(mass(ledger, '24 h')).toBe('340')
  })

  it('runs a bolus on a stopped pump, and boluses on top of each other', () => {
    const ledger = prescribe(intent([bolus('1 h', '100 ug', '1 h'), bolus('1 h', '50 uL', '2 h')]))
    expect(mass(ledger, '1 h 30 min')).toBe('75')
    expect([mass(ledger, '3 h'), volume(ledger, '3 h'), volume(ledger, '9 d')]).toEqual(['200', '100', '100'])
  })

  it('ends a bolus under way at a change of therapy, but not one that starts with the change', () => {
    const cut = prescribe(
      intent([bolus('1 h', '100 ug', '2 h'), plain('2 h', 'stopped'), bolus('2 h', '10 ug', '1 h')]),
    )
    expect([mass(cut, '2 h'), mass(cut, '2 h 30 min'), mass(cut, '5 h')]).toEqual(['50', '55', '60'])
  })

  it('does not end a bolus twice', () => {
    const ledger = prescribe(
      intent([bolus('0 h', '100 ug', '3 h'), therapy('1 h', '240 ug/d'), bolus('2 h', '60 ug', '2 h')]),
    )
    expect(mass(ledger, '3 h')).toBe(toText(add(ratio(100n, 3n), whole(20 + 30))))
    expect(mass(ledger, '5 h')).toBe(toText(add(ratio(100n, 3n), whole(40 + 60))))
  })

  it('lets a bolus that ends at a change of therapy give its whole dose', () => {
    const ledger = prescribe(intent([bolus('0 h', '100 ug', '1 h'), plain('1 h', 'stopped')]))
    expect([mass(ledger, '1 h'), mass(ledger, '2 h')]).toEqual(['100', '100'])
  })

  it('keeps the mass of a therapy and of a bolus under way when a refill changes the concentration', () => {
    const entries = [therapy('0 d', '240 ug/d'), bolus('23 h', '100 ug', '2 h'), bolus('23 h', '8 uL', '2 h')]
    const ledger = prescribe(intent(entries, [refill('1 d', 'baclofen', '500 ug/mL')]))
    expect([mass(ledger, '1 d'), volume(ledger, '1 d')]).toEqual(['298', '149'])
    expect([mass(ledger, '25 h'), volume(ledger, '25 h')]).toEqual(['360', '273'])
  })

  it('is not disturbed by a refill of the same concentration', () => {
    const entries = [therapy('0 d', '240 ug/d'), bolus('23 h', '100 ug', '2 h')]
    const [with_, without] = [[refill('1 d', 'baclofen', '2 mg/mL')], []].map((events) =>
      prescribe(intent(entries, events)),
    )
    expect(with_).toEqual(without)
  })

  it('gives the drug of the latest true fill, whatever the pump was told', () => {
    const entries = [therapy('0 d', '240 ug/d')]
    const ledger = prescribe(
      intent(entries, [refill('1 d', 'morphine', '10 mg/mL'), refill('3 d', 'baclofen', '2 mg/mL')]),
    )
    expect([...ledger.mass.keys()]).toEqual(['baclofen', 'morphine'])
    expect(['1 d', '3 d', '4 d'].map((time) => mass(ledger, time))).toEqual(['240', '240', '480'])
    expect(['1 d', '3 d', '4 d'].map((time) => mass(ledger, time, 'morphine'))).toEqual(['0', '480', '480'])
    expect(volume(ledger, '4 d')).toBe(toText(sum([whole(120), whole(48), whole(120)])))
  })

  it('takes a refill before the therapy and the bolus of the same instant', () => {
    const entries = [bolus('1 d', '100 ug', '1 h'), therapy('1 d', '240 ug/d')]
    const ledger = prescribe(intent(entries, [refill('1 d', 'morphine', '1 mg/mL')]))
    expect([volume(ledger, '25 h'), mass(ledger, '25 h'), mass(ledger, '25 h', 'morphine')]).toEqual([
      '110',
      '0',
      '110',
    ])
  })

  it('takes no volume for a mass of a fill without drug', () => {
    const ledger = prescribe(intent([therapy('0 d', '240 ug/d')], [refill('1 d', 'saline', '0 ug/mL')]))
    expect([volume(ledger, '2 d'), mass(ledger, '2 d', 'saline')]).toEqual(['120', '240'])
  })
})

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
