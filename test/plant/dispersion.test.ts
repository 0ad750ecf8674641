/** Dispersion: a new drug arrives as a slope; some before the volume of the line has passed, some of the old long after. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Flow } from '#hil/plant/conduit'
import { type Delivered, type Plant, portionInLine } from '#hil/plant/plant'
import { slice } from '#units/cadence'
import { isNegative, ratio, toNumber } from '#units/rational'
import {
  acts,
  leak,
  MIXED,
  masses,
  perform,
  plants,
  plantWith,
  STRONG,
  stepByStep,
  steps,
  syringe,
  tipOf,
  WEAK,
} from './bench-top.ts'

const WATER = {} as const
/** Steps of 0.25 uL that displace the line of 375 uL once. */
const ONE_LINE = 1500
const PLUG: Flow = { flow: 'plug' }

const cells = (count: number): Flow => ({ flow: 'dispersive', cells: count })

/** A line full of one solution and a reservoir full of another. */
function changed(flow: Flow, from: Readonly<Record<string, string>>, to: Readonly<Record<string, string>>): Plant {
  const plant = plantWith({ flow, fill: syringe('20 mL', from) })
  plant.refill('all', syringe('20 mL', to))
  return plant
}

function drugOut(parts: readonly Delivered[], drug = 'baclofen'): number {
  const mass = tipOf(parts).masses.get(drug)
  return mass === undefined ? 0 : toNumber(mass)
}

/** What share of a new drug's strength the tip gives after so many volumes of the line, through cells mixed at every instant. */
function strengthAfter(volumes: number, count: number): number {
  let [term, below] = [1, 0]
  for (let k = 0; k < count; k += 1) {
    below += term
    term *= (volumes * count) / (k + 1)
  }
  return 1 - below * Math.exp(-volumes * count)
}

describe('dispersion', () => {
  it('lets drug out of the tip before the end of a prime of a line full of water; plug flow hides it', () => {
    const primed = (flow: Flow) => drugOut(changed(flow, WATER, STRONG).turn(steps(ONE_LINE)))
    expect(primed(PLUG)).toBe(0)
    // 750 ug fill the line; some 9 % of it has left when the volume of the line has passed, and the line is as much short.
    expect(primed(MIXED)).toBeGreaterThan(60)
    expect(primed(MIXED)).toBeLessThan(75)
    const plant = changed(MIXED, WATER, STRONG)
    const lost = drugOut(plant.turn(steps(ONE_LINE)))
    expect(toNumber(portionInLine(plant.state).masses.get('baclofen') ?? ratio(0n, 1n)) + lost).toBeCloseTo(750, 9)
  })

  it.each([1, 2, 5, 20, 60])('through %i cells gives at the tip what mixing at every instant would', (count) => {
    const moved = stepByStep(changed(cells(count), WATER, STRONG).turn(steps(4 * ONE_LINE)))
    // Flows are held for up to a quarter of a cell, so what a stretch of steps gives is compared and not each of them.
    const stretch = ONE_LINE / Math.max(count, 4)
    for (let from = 0; from < moved.length; from += stretch) {
      const given = mean(moved.slice(from, from + stretch).map(({ tip }) => decimal(tip['baclofen']) / 0.5))
      const expected = mean(
        Array.from({ length: stretch }, (_, j) => strengthAfter((from + j + 0.5) / ONE_LINE, count)),
      )
      expect(Math.abs(given - expected)).toBeLessThan(0.006)
    }
  })

  it('gives the line volume back as the mean and one over the cells as the relative spread of when drug arrives', () => {
    for (const count of [1, 4, 20]) {
      const plant = changed(cells(count), WATER, STRONG)
      // As much as passes while flows are held.
      const pulse = Math.floor(ONE_LINE / count / 4)
      const first = plant.turn(steps(pulse))
      plant.refill('all', syringe('20 mL', WATER))
      const moved = stepByStep([...first, ...plant.turn(steps(20 * ONE_LINE))]).map(({ tip }) =>
        decimal(tip['baclofen']),
      )
      const total = moved.reduce((a, b) => a + b, 0)
      const middle = moved.reduce((sum, mass, j) => sum + mass * j, 0) / total
      const spread = moved.reduce((sum, mass, j) => sum + mass * (j - middle) ** 2, 0) / total
      expect(total / pulse).toBeCloseTo(0.5, 8)
      expect((middle - (pulse - 1) / 2) / ONE_LINE).toBeCloseTo(1, 2)
      expect((spread / ONE_LINE ** 2) * count).toBeCloseTo(1, 1)
    }
  })

  it('comes close to plug flow with many cells: nearly nothing early, nearly everything late', () => {
    fc.assert(
      fc.property(fc.constantFrom(100, 200), fc.integer({ min: 1, max: 4 * ONE_LINE }), (count, turned) => {
        const [mixed, plug] = [cells(count), PLUG].map((flow) =>
          drugOut(changed(flow, WATER, STRONG).turn(steps(turned))),
        )
        // At most the mean deviation of the slope, 0.4 of its spread, times the 750 ug in a line.
        expect(Math.abs((mixed ?? 0) - (plug ?? 0))).toBeLessThan((0.41 / Math.sqrt(count)) * 750)
      }),
      { numRuns: 15 },
    )
  })

  it('washes the old drug out as the new one comes in, and each step carries both', () => {
    const plant = changed(MIXED, { morphine: '3 mg/mL' }, { baclofen: '6 mg/mL' })
    const parts = plant.turn(steps(2 * ONE_LINE))
    for (const { tip } of stepByStep(parts)) {
      // Together they fill the fluid of the step: 0.75 ug of morphine alone, 1.5 ug of baclofen alone.
      expect(decimal(tip['morphine']) / 0.75 + decimal(tip['baclofen']) / 1.5).toBeCloseTo(1, 9)
    }
    expect(
      stepByStep(parts).filter(({ tip }) => tip['morphine'] !== undefined && tip['baclofen'] !== undefined).length,
    ).toBeGreaterThan(500)
  })

  it('rises without falling back while a stronger solution comes in, but for the femtograms at its end', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), (count) => {
        const tips = changed(cells(count), WEAK, STRONG)
          .turn(steps(3 * ONE_LINE))
          .map(({ tip }) => toNumber(tip.get('baclofen') ?? ratio(0n, 1n)))
        expect(tips.filter((mass, j) => j > 0 && mass < (tips[j - 1] ?? 0) - 4e-8)).toEqual([])
      }),
      { numRuns: 10 },
    )
  })

  it('does nothing to a line that holds what enters', () => {
    fc.assert(
      fc.property(plants, fc.integer({ min: 1, max: 50 }), (_, count) => {
        const [mixed, plug] = [MIXED, PLUG].map((flow) => stepByStep(plantWith({ flow }).turn(steps(count))))
        expect(mixed).toEqual(plug)
      }),
    )
    expect(plantWith({ flow: MIXED }).turn(steps(80_000))).toHaveLength(1)
  })

  it('ends: the line then gives exactly what enters, in one part however many steps', () => {
    const plant = changed(MIXED, WEAK, STRONG)
    const parts = plant.turn(steps(20_000))
    const last = parts.at(-1)
    expect(last?.cadence.count).toBeGreaterThan(13_000)
    expect(masses(last?.tip ?? new Map())).toEqual({ baclofen: '1/2' })
    expect(masses(portionInLine(plant.state).masses)).toEqual({ baclofen: '750' })
    expect(plant.turn(steps(50_000))).toHaveLength(1)
    expect(plant.imbalances()).toEqual([])
  })

  it('ends also where it went from drug to water: nothing is left behind', () => {
    const plant = changed(MIXED, STRONG, WATER)
    const parts = plant.turn(steps(20_000))
    expect(masses(portionInLine(plant.state).masses)).toEqual({})
    expect(masses(tipOf(parts).masses)).toEqual({ baclofen: '750' })
  })

  it('is told in few parts: four for each cell that passes, and none where nothing happens', () => {
    expect(changed(MIXED, WEAK, STRONG).turn(steps(80_000)).length).toBeLessThan(330)
    // A step of a thousandth of a microliter makes the parts longer and not more.
    const fine = plantWith({ flow: MIXED, step: '0.001 uL' })
    fine.refill('all', syringe('20 mL', STRONG))
    expect(fine.turn(steps(2_000_000)).length).toBeLessThan(330)
  })

  it('is the same however the steps are handed over', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 10 }), (lengths) => {
        const count = lengths.reduce((a, b) => a + b, 0)
        const [whole, cut] = [changed(MIXED, WEAK, STRONG), changed(MIXED, WEAK, STRONG)]
        const run = steps(count)
        let from = 0
        const pieces = lengths.flatMap((length) => {
          from += length
          return cut.turn(slice(run, from - length, from))
        })
        expect(stepByStep(pieces)).toEqual(stepByStep(whole.turn(run)))
      }),
      { numRuns: 20 },
    )
  })

  it('is driven by fluid: a line that was empty gives nothing until it is full', () => {
    const plant = plantWith({ flow: MIXED, holds: 'empty' })
    const moved = stepByStep(plant.turn(steps(ONE_LINE + 1)))
    expect(new Set(moved.slice(0, ONE_LINE).map(({ tip_uL }) => tip_uL))).toEqual(new Set(['0']))
    expect(moved[ONE_LINE]).toEqual({ displaced_uL: '1/4', tip_uL: '1/4', tip: { baclofen: '1/8' } })
  })

  it('mixes what an empty line was filled with, once it is full', () => {
    const plant = plantWith({ flow: MIXED, holds: 'empty', fill: syringe('20 mL', WATER) })
    plant.turn(steps(ONE_LINE / 2))
    plant.refill('all', syringe('20 mL', STRONG))
    expect(drugOut(plant.turn(steps(ONE_LINE / 2)))).toBe(0)
    const early = plant.turn(steps(ONE_LINE / 2))
    expect(drugOut(early)).toBeGreaterThan(20)
    expect(plant.imbalances()).toEqual([])
  })

  it('scales the last step of a reservoir with what was left in it', () => {
    const plant = plantWith({ flow: MIXED })
    plant.refill('all', syringe('0.35 uL', STRONG))
    const [whole, part] = stepByStep(plant.turn(steps(2)))
    expect(part?.displaced_uL).toBe('1/10')
    expect(decimal(part?.tip['baclofen']) / decimal(whole?.tip['baclofen'])).toBeCloseTo(0.4, 9)
    expect(plant.imbalances()).toEqual([])
  })

  it('of a solution that a femtogram cannot tell from water still adds up, and the tip never takes drug in', () => {
    const plant = changed(MIXED, WATER, { baclofen: '0.000000001 ug/mL' })
    const tips = plant.turn(steps(5000)).flatMap(({ tip }) => [...tip.values()])
    expect(tips.filter(isNegative)).toEqual([])
    expect(plant.imbalances()).toEqual([])
  })

  it('leaves its last femtograms in the line when everything leaks before the tip', () => {
    const plant = changed(MIXED, STRONG, WATER)
    const even = () => plant.state.line.flow === 'dispersive' && plant.state.line.held.phase === 'even'
    for (let made = 0; made < 10 * ONE_LINE && (made === 0 || !even()); made += 1) plant.turn(steps(1))
    const left = masses(portionInLine(plant.state).masses)
    expect(Object.keys(left)).toEqual(['baclofen'])
    plant.leak(leak('1/2', '1'))
    expect(stepByStep(plant.turn(steps(1)))).toEqual([{ displaced_uL: '1/4', tip_uL: '0', tip: {} }])
    expect(masses(portionInLine(plant.state).masses)).toEqual(left)
    plant.leak(null)
    expect(stepByStep(plant.turn(steps(1)))).toEqual([{ displaced_uL: '1/4', tip_uL: '1/4', tip: left }])
    expect(masses(portionInLine(plant.state).masses)).toEqual({})
  })

  it('of a line no larger than a step gives what a step makes of it, and is flushed by a few', () => {
    for (const line of ['0 uL', '0.01 uL', '0.2 uL', '1 uL']) {
      const plant = plantWith({ flow: cells(200), line })
      plant.refill('all', syringe('20 mL', STRONG))
      const parts = plant.turn(steps(40))
      expect(masses(parts.at(-1)?.tip ?? new Map())).toEqual({ baclofen: '1/2' })
      expect(plant.imbalances()).toEqual([])
    }
  })

  it('never gives more of a drug than came in, nor before it did', () => {
    fc.assert(
      fc.property(plants, acts, (create, doings) => {
        const plant = create()
        const known = new Set([...plant.state.reservoir.keys()])
        for (const doing of doings) {
          if (doing.act === 'refill') for (const drug of doing.fill.solution.keys()) known.add(drug)
          const { out } = perform(plant, doing)
          expect([...out.masses.keys()].filter((drug) => !known.has(drug))).toEqual([])
        }
      }),
    )
  })
})

/** A fraction in text as a number; nothing where there is none. */
function decimal(text: string | undefined): number {
  const [n = '0', d = '1'] = (text ?? '0').split('/')
  return toNumber(ratio(BigInt(n), BigInt(d)))
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length
}
