/** The plant: what goes in is inside, out of the tip or withdrawn; and what goes in first comes out first. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { portionInLine } from '#hil/plant/plant'
import { addMasses, addPortions, massesIn, NOTHING } from '#hil/plant/solution'
import { slice, tickOf } from '#units/cadence'
import { isNegative, sum, toText, ZERO } from '#units/rational'
import {
  accounted,
  acts,
  masses,
  perform,
  plants,
  plantWith,
  STRONG,
  type StepRecord,
  stepByStep,
  steps,
  syringe,
  syringes,
  totals,
  volume,
  WEAK,
} from './bench-top.ts'

/** A step of the usual quarter of a microliter that carried baclofen of one strength. */
function carried(mass_ug: string): StepRecord {
  return { displaced_uL: '1/4', tip_uL: '1/4', tip: { baclofen: mass_ug } }
}

const DRY: StepRecord = { displaced_uL: '0', tip_uL: '0', tip: {} }

describe('fluid and drug', () => {
  it('are conserved exactly at every instant, with any flow, line, refills and damage', () => {
    fc.assert(
      fc.property(plants, acts, (create, doings) => {
        const plant = create()
        let [into, out] = [accounted(plant), NOTHING]
        for (const doing of doings) {
          const traffic = perform(plant, doing)
          into = addPortions(into, traffic.into)
          out = addPortions(out, traffic.out)
          const now = addPortions(accounted(plant), out)
          expect(now.volume_uL).toEqual(into.volume_uL)
          expect(masses(now.masses)).toEqual(masses(into.masses))
          expect(plant.imbalances()).toEqual([])
        }
      }),
      { numRuns: 500 },
    )
  })

  it('are nowhere less than nothing', () => {
    fc.assert(
      fc.property(plants, acts, (create, doings) => {
        const plant = create()
        for (const doing of doings) {
          const { out } = perform(plant, doing)
          const { state } = plant
          for (const { volume_uL, masses: drugs } of [out, portionInLine(state), state.leaked, accounted(plant)]) {
            expect([volume_uL, ...drugs.values()].filter(isNegative)).toEqual([])
          }
        }
      }),
      { numRuns: 300 },
    )
  })

  it('leave the reservoir by what was displaced, and no more than there was', () => {
    fc.assert(
      fc.property(plants, fc.integer({ min: 1, max: 300 }), (create, count) => {
        const plant = create()
        const before = plant.state.reservoir_uL
        const moved = totals(plant.turn(steps(count)))
        expect(sum([plant.state.reservoir_uL, ...moved.displaced_uL])).toEqual(before)
        expect(plant.state.reservoir_uL.n >= 0n).toBe(true)
      }),
    )
  })
})

describe('a turn of many steps', () => {
  it('moves the same as as many turns of one step', () => {
    fc.assert(
      fc.property(plants, acts, (create, doings) => {
        const [grouped, single] = [create(), create()]
        for (const doing of doings) {
          const together = perform(grouped, doing)
          const apart = perform(single, doing, (run) =>
            Array.from({ length: run.count }, (_, j) => slice(run, j, j + 1)),
          )
          expect(together.tips).toEqual(apart.tips)
          expect(grouped.state.reservoir_uL).toEqual(single.state.reservoir_uL)
          expect(masses(accounted(grouped).masses)).toEqual(masses(accounted(single).masses))
        }
      }),
      { numRuns: 300 },
    )
  })

  it('is told in parts that hold every step once, in order, at its tick', () => {
    fc.assert(
      fc.property(plants, fc.integer({ min: 1, max: 300 }), (create, count) => {
        const run = steps(count)
        const parts = create().turn(run)
        const ticks = parts.flatMap(({ cadence }) =>
          Array.from({ length: cadence.count }, (_, j) => tickOf(cadence, j)),
        )
        expect(ticks).toEqual(Array.from({ length: count }, (_, j) => tickOf(run, j)))
      }),
    )
  })

  it('is told in few parts while nothing changes, however many steps it has', () => {
    expect(plantWith().turn(steps(80_000))).toHaveLength(1)
    const refilled = plantWith()
    refilled.refill('all', syringe('20 mL', STRONG))
    expect(refilled.turn(steps(80_000)).map(({ cadence }) => cadence.count)).toEqual([1500, 78_500])
  })
})

describe('the line', () => {
  it('passes a change of concentration to the tip after exactly its volume, 0.375 mL', () => {
    const plant = plantWith()
    plant.refill('all', syringe('20 mL', STRONG))
    const moved = stepByStep(plant.turn(steps(1502)))
    expect(moved.slice(0, 1500)).toEqual(Array.from({ length: 1500 }, () => carried('1/8')))
    expect(moved.slice(1500)).toEqual([carried('1/2'), carried('1/2')])
  })

  it('splits the drug of a step across the edge between two fills exactly', () => {
    const plant = plantWith({ step: '0.7 uL' })
    plant.refill('all', syringe('20 mL', STRONG))
    const moved = stepByStep(plant.turn(steps(537)))
    // 535 steps move 374.5 uL; of the next, 0.5 uL is weak and 0.2 uL strong.
    expect(moved[534]?.tip).toEqual({ baclofen: '7/20' })
    expect(moved[535]).toEqual({ displaced_uL: '7/10', tip_uL: '7/10', tip: { baclofen: '13/20' } })
    expect(moved[536]?.tip).toEqual({ baclofen: '7/5' })
  })

  it('gives both drugs in the step across the edge between them, and no more of the first', () => {
    const plant = plantWith({ line: '1 uL', step: '2/3 uL', fill: syringe('20 mL', { morphine: '3 mg/mL' }) })
    plant.refill('all', syringe('20 mL', { baclofen: '6 mg/mL' }))
    expect(stepByStep(plant.turn(steps(3))).map(({ tip }) => tip)).toEqual([
      { morphine: '2' },
      { morphine: '1', baclofen: '2' },
      { baclofen: '4' },
    ])
  })

  it('keeps the order of many short fills', () => {
    const plant = plantWith({ line: '10 uL', step: '1 uL' })
    for (const strength of ['1000', '2000', '3000', '4000']) {
      plant.refill('all', syringe('2 uL', { baclofen: `${strength} ug/mL` }))
      plant.turn(steps(2))
    }
    plant.refill('all', syringe('20 uL', { baclofen: '9000 ug/mL' }))
    const tips = stepByStep(plant.turn(steps(12))).map(({ tip }) => tip['baclofen'])
    expect(tips).toEqual(['1/2', '1/2', '1', '1', '2', '2', '3', '3', '4', '4', '9', '9'])
  })

  it('is not cut into ever more pieces by turning step by step', () => {
    const plant = plantWith()
    for (let step = 0; step < 1000; step += 1) plant.turn(steps(1))
    expect(plant.state.line).toMatchObject({ toLeak: [], toTip: { length: 1 } })
    plant.refill('all', syringe('20 mL', STRONG))
    for (let step = 0; step < 1000; step += 1) plant.turn(steps(1))
    expect(plant.state.line).toMatchObject({ toLeak: [], toTip: { length: 2 } })
  })

  it('does not lose a short fill between two that are alike', () => {
    const plant = plantWith({ line: '10 uL', step: '1 uL' })
    plant.refill('all', syringe('2 uL', STRONG))
    plant.turn(steps(2))
    plant.refill('all', syringe('20 uL', WEAK))
    const tips = stepByStep(plant.turn(steps(12))).map(({ tip }) => tip['baclofen'])
    expect(tips).toEqual([...Array<string>(8).fill('1/2'), '2', '2', '1/2', '1/2'])
  })

  it('splits one step over every fill it passes', () => {
    const plant = plantWith({ line: '3 uL', step: '5 uL' })
    for (const strength of ['1000', '2000', '3000']) {
      plant.refill('all', syringe('1 uL', { baclofen: `${strength} ug/mL` }))
      plant.turn(steps(1))
    }
    plant.refill('all', syringe('20 uL', { baclofen: '9000 ug/mL' }))
    // Three fills of 1 uL each that left the reservoir in a part of a step, then 2 uL of the next.
    expect(stepByStep(plant.turn(steps(1)))[0]?.tip).toEqual({ baclofen: '24' })
    expect(plant.imbalances()).toEqual([])
  })

  it('of no volume gives at once what leaves the reservoir', () => {
    const plant = plantWith({ line: '0 uL' })
    expect(stepByStep(plant.turn(steps(1)))).toEqual([carried('1/8')])
    plant.refill('all', syringe('20 mL', STRONG))
    expect(stepByStep(plant.turn(steps(1)))).toEqual([carried('1/2')])
  })

  it('that was empty gives nothing at the tip until it is full, then everything', () => {
    const plant = plantWith({ holds: 'empty' })
    const moved = stepByStep(plant.turn(steps(1501)))
    const filling: StepRecord = { displaced_uL: '1/4', tip_uL: '0', tip: {} }
    expect(moved.slice(0, 1500)).toEqual(Array.from({ length: 1500 }, () => filling))
    expect(moved[1500]).toEqual(carried('1/8'))
    expect(plant.imbalances()).toEqual([])
  })

  it('that was empty gives a part of the step with which it becomes full', () => {
    const plant = plantWith({ holds: 'empty', step: '0.7 uL' })
    expect(stepByStep(plant.turn(steps(536))).at(-1)).toEqual({
      displaced_uL: '7/10',
      tip_uL: '1/5',
      tip: { baclofen: '1/10' },
    })
  })

  it('gives nothing of a solution without drug but its volume', () => {
    const plant = plantWith({ line: '0 uL', fill: syringe('20 mL', {}) })
    expect(stepByStep(plant.turn(steps(1)))).toEqual([{ displaced_uL: '1/4', tip_uL: '1/4', tip: {} }])
  })
})

describe('the reservoir', () => {
  it('gives what is left with its last step, and nothing with the steps after it', () => {
    const plant = plantWith({ line: '1 uL', fill: syringe('1.1 uL', WEAK) })
    const moved = stepByStep(plant.turn(steps(7)))
    const last: StepRecord = { displaced_uL: '1/10', tip_uL: '1/10', tip: { baclofen: '1/20' } }
    expect(moved).toEqual([...Array.from({ length: 4 }, () => carried('1/8')), last, DRY, DRY])
    expect(plant.state.reservoir_uL).toEqual(ZERO)
  })

  it('that is used up displaces nothing, for as long as the rotor turns, and gives again after a refill', () => {
    const plant = plantWith({ fill: syringe('0 uL', WEAK) })
    expect(plant.turn(steps(1_000_000))).toMatchObject([{ cadence: { count: 1_000_000 }, displaced_uL: ZERO }])
    plant.refill('all', syringe('1 mL', STRONG))
    expect(stepByStep(plant.turn(steps(1)))).toEqual([carried('1/8')])
  })

  it.each([
    ['all of it', 'all', '20000', '10000'],
    ['a part', '5 mL', '5000', '2500'],
    ['nothing', '0 mL', '0', '0'],
    ['exactly what there is', '20 mL', '20000', '10000'],
    ['more than there is', '21 mL', '20000', '10000'],
  ])('gives the needle %s', (_, withdrawn, volume_uL, mass_ug) => {
    const plant = plantWith()
    const drawn = plant.refill(withdrawn === 'all' ? 'all' : volume(withdrawn), syringe('1 mL', STRONG))
    expect(toText(drawn.volume_uL)).toBe(volume_uL)
    expect(masses(drawn.masses)).toEqual(mass_ug === '0' ? {} : { baclofen: mass_ug })
    expect(sum([plant.state.reservoir_uL, drawn.volume_uL])).toEqual(volume('21 mL'))
  })

  it('mixes a fill with what was left, by volume', () => {
    const plant = plantWith({ line: '0 uL' })
    plant.refill(volume('15 mL'), syringe('10 mL', STRONG))
    // 5 mL of 0.5 and 10 mL of 2 ug/uL.
    expect(masses(massesIn(plant.state.reservoir, volume('1 uL')))).toEqual({ baclofen: '3/2' })
    expect(stepByStep(plant.turn(steps(1)))).toEqual([carried('3/8')])
  })

  it('holds two drugs after a fill with another one, each diluted by the other', () => {
    const plant = plantWith({ line: '0 uL', step: '1 uL' })
    plant.refill(volume('10 mL'), syringe('30 mL', { morphine: '4 mg/mL' }))
    expect(stepByStep(plant.turn(steps(1)))[0]?.tip).toEqual({ baclofen: '1/8', morphine: '3' })
  })

  it('holds nothing of the old drug once all of it was drawn', () => {
    const plant = plantWith()
    plant.refill('all', syringe('20 mL', { morphine: '4 mg/mL' }))
    expect([...plant.state.reservoir.keys()]).toEqual(['morphine'])
  })

  it('mixes any two fills so that their drug and their volume add up', () => {
    fc.assert(
      fc.property(syringes, syringes, (first, second) => {
        const plant = plantWith({ fill: first, holds: 'empty' })
        plant.refill(volume('0 uL'), second)
        const both = addMasses(massesIn(first.solution, first.volume_uL), massesIn(second.solution, second.volume_uL))
        expect(masses(accounted(plant).masses)).toEqual(masses(both))
        expect(accounted(plant).volume_uL).toEqual(sum([first.volume_uL, second.volume_uL]))
      }),
    )
  })
})
