/** Where the line holds what: without gaps, from the pump to the tip, and all of it. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { portionInConduit } from '#hil/plant/conduit'
import type { Plant } from '#hil/plant/plant'
import { profileOf } from '#hil/plant/profile'
import { addMasses, NO_MASS } from '#hil/plant/solution'
import { isNegative, isPositive, subtract, sum, toNumber, toText, ZERO } from '#units/rational'
import { acts, leak, MIXED, masses, perform, plants, plantWith, STRONG, steps, syringe, WEAK } from './bench-top.ts'

const MORPHINE = { morphine: '10 mg/mL' } as const

/** `[from, to, what it holds]` of each stretch; volumes as text. */
function stretches(plant: Plant) {
  return profileOf(plant.state).map(({ from_uL, to_uL, fluid, masses: held }) => [
    toText(from_uL),
    toText(to_uL),
    fluid ? masses(held) : 'nothing',
  ])
}

describe('the profile of a line', () => {
  it('holds exactly what the line does, in order and without gaps, whatever happens', () => {
    fc.assert(
      fc.property(plants, acts, (create, doings) => {
        const plant = create()
        for (const doing of doings) {
          perform(plant, doing)
          const found = profileOf(plant.state)
          let end = ZERO
          for (const { from_uL, to_uL, masses: held } of found) {
            expect(from_uL).toEqual(end)
            expect(isPositive(subtract(to_uL, from_uL))).toBe(true)
            expect([...held.values()].filter(isNegative)).toEqual([])
            end = to_uL
          }
          const { volume_uL, masses: wanted } = portionInConduit(plant.state.line)
          const fluid = found.flatMap(({ fluid: full, from_uL, to_uL }) => (full ? [subtract(to_uL, from_uL)] : []))
          expect(sum(fluid)).toEqual(volume_uL)
          expect(masses(found.map((one) => one.masses).reduce(addMasses, NO_MASS))).toEqual(masses(wanted))
        }
      }),
      { numRuns: 300 },
    )
  })

  it('is one stretch where the line holds one thing', () => {
    expect(stretches(plantWith())).toEqual([['0', '375', { baclofen: '375/2' }]])
    expect(stretches(plantWith({ flow: MIXED }))).toEqual([['0', '375', { baclofen: '375/2' }]])
    expect(stretches(plantWith({ holds: 'water' }))).toEqual([['0', '375', {}]])
    expect(stretches(plantWith({ holds: 'empty' }))).toEqual([['0', '375', 'nothing']])
  })

  it('shows several drugs one behind the other in plug flow', () => {
    const plant = plantWith({ holds: 'empty', fill: syringe('20 mL', WEAK) })
    plant.turn(steps(400))
    plant.refill('all', syringe('20 mL', MORPHINE))
    plant.turn(steps(200))
    plant.refill('all', syringe('20 mL', STRONG))
    plant.turn(steps(40))
    expect(stretches(plant)).toEqual([
      ['0', '10', { baclofen: '20' }],
      ['10', '60', { morphine: '500' }],
      ['60', '160', { baclofen: '50' }],
      ['160', '375', 'nothing'],
    ])
  })

  it('shows the same drugs overlapping where they mix, each least where another is most', () => {
    const plant = plantWith({ flow: MIXED, fill: syringe('20 mL', WEAK) })
    plant.refill('all', syringe('20 mL', MORPHINE))
    plant.turn(steps(750))
    const found = profileOf(plant.state)
    expect(found).toHaveLength(20)
    const of = (drug: string) => found.map(({ masses: held }) => toNumber(held.get(drug) ?? ZERO))
    const falls = (values: readonly number[]) => values.every((value, index) => value <= (values[index - 1] ?? value))
    expect(falls(of('morphine'))).toBe(true)
    expect(falls(of('baclofen').toReversed())).toBe(true)
    // Half of the line was displaced: its middle holds both.
    expect(of('morphine')[10]).toBeGreaterThan(0.1 * 187.5)
    expect(of('baclofen')[10]).toBeGreaterThan(0.1 * 9.375)
  })

  it('stands still behind a leak that takes everything', () => {
    const plant = plantWith()
    plant.leak(leak('1/3', '1'))
    plant.refill('all', syringe('20 mL', MORPHINE))
    plant.turn(steps(4000))
    expect(stretches(plant)).toEqual([
      ['0', '125', { morphine: '1250' }],
      ['125', '375', { baclofen: '125' }],
    ])
  })
})
