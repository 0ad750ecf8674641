/** What a step truly moves: gain, temperature, wear and what befalls the pump; and that none of it costs by the step. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gainAfter, gainAt, NOMINAL, type Stroke } from '#hil/plant/stroke'
import { as, type Fraction } from '#units/quantity'
import { add, compare, floor, multiply, ONE, ratio, times, toText, whole } from '#units/rational'
import { leak, MIXED, plantWith, STRONG, share, stepByStep, steps, syringe, tipOf, volume } from './bench-top.ts'

const degrees = (n: number) => as<never>(whole(n))
const worn = (change: string, stage_steps: string): Stroke => ({
  gain: as(ONE),
  wear: { change: signed(change), stage_steps: share(stage_steps) },
})

function signed(text: string): Fraction {
  return text.startsWith('-') ? as(times(share(text.slice(1)), -1)) : share(text)
}

describe('the gain of a pump', () => {
  it.each([
    ['0', 37, '0', '1'],
    ['29/200', 37, '1/500', '229/200'],
    ['-1/10', 37, '1/500', '9/10'],
    ['0', 22, '1/500', '97/100'],
    ['0', 41, '1/500', '126/125'],
    ['0', 22, '-1/500', '103/100'],
    ['1/10', 22, '1/500', '1067/1000'],
  ])('of %s at %d degC with %s for a degree is %s', (gain, temperature, coefficient, wanted) => {
    expect(toText(gainAt(signed(gain), degrees(temperature), as(signed(coefficient))))).toBe(wanted)
  })

  it('is what each step moves', () => {
    const plant = plantWith({ stroke: { gain: share('229/200'), wear: null } })
    const parts = plant.turn(steps(400))
    expect(parts).toHaveLength(1)
    expect(stepByStep(parts)[0]).toEqual({ displaced_uL: '229/800', tip_uL: '229/800', tip: { baclofen: '229/1600' } })
    expect(toText(plant.state.reservoir_uL)).toBe('39771/2')
  })

  it('takes more again while a fault lasts, and is as before after it', () => {
    const plant = plantWith({ stroke: { gain: share('11/10'), wear: null } })
    const moved = () => stepByStep(plant.turn(steps(1)))[0]?.displaced_uL
    plant.amplify(share('3/2'))
    expect(moved()).toBe('33/80')
    plant.amplify(share('1'))
    expect(moved()).toBe('11/40')
  })
})

describe('wear', () => {
  it('comes in stages of steps, and not with every one', () => {
    const plant = plantWith({ step: '1 uL', stroke: worn('-1/10', '5/2') })
    const moved = plant.turn(steps(9)).map(({ cadence, displaced_uL }) => [cadence.count, toText(displaced_uL)])
    // Stages of 2.5 steps: 3, 2, 3 and 2 of them.
    expect(moved).toEqual([
      [3, '1'],
      [2, '9/10'],
      [3, '4/5'],
      [1, '7/10'],
    ])
  })

  it('goes on while the rotor turns, whether it moves anything or not', () => {
    const plant = plantWith({ step: '1 uL', stroke: worn('1/10', '4') })
    plant.starve(true)
    plant.turn(steps(4))
    plant.starve(false)
    expect(stepByStep(plant.turn(steps(1)))[0]?.displaced_uL).toBe('11/10')
  })

  it.each([
    ['-1/10', '1/10'],
    ['1/10', '10'],
  ])('of %s a stage stops at %s of the new tube, for good', (change, wanted) => {
    const found = gainAfter(worn(change, '1'), 1_000_000)
    expect([toText(found.gain), found.steps]).toEqual([wanted, Number.POSITIVE_INFINITY])
  })

  it('is at every step what that step by itself says, and holds as long as it says', () => {
    const stage = fc.constantFrom('1/3', '1', '7/2', '10', '1000/7')
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2000 }),
        stage,
        fc.constantFrom('1/50', '-1/100'),
        (turned, text, change) => {
          const stroke = worn(change, text)
          const { gain, steps: held } = gainAfter(stroke, turned)
          const stages = floor({ n: BigInt(turned) * share(text).d, d: share(text).n })
          const free = add(ONE, times(signed(change), stages))
          const least = ratio(1n, 10n)
          const wanted = compare(free, least) < 0 ? least : compare(free, whole(10)) > 0 ? whole(10) : free
          expect(toText(gain)).toBe(toText(wanted))
          expect(held).toBeGreaterThanOrEqual(1)
          if (!Number.isFinite(held)) return
          expect(gainAfter(stroke, turned + held - 1).gain).toEqual(gain)
          expect(gainAfter(stroke, turned + held).gain).not.toEqual(gain)
        },
      ),
    )
  })
})

describe('a blocked way out of the reservoir', () => {
  it('lets steps move nothing, and loses nothing', () => {
    const plant = plantWith()
    plant.starve(true)
    const parts = plant.turn(steps(1000))
    expect(parts).toHaveLength(1)
    expect(parts[0]).toMatchObject({ blocked: true })
    expect(tipOf(parts).volume_uL).toEqual(volume('0 uL'))
    expect(toText(plant.state.reservoir_uL)).toBe('20000')
    plant.starve(false)
    expect(stepByStep(plant.turn(steps(1)))[0]?.displaced_uL).toBe('1/4')
    expect(plant.imbalances()).toEqual([])
  })

  it('is not to be told from an empty reservoir, which is no blockage', () => {
    const plant = plantWith({ fill: syringe('0.25 uL', STRONG) })
    plant.turn(steps(1))
    plant.starve(true)
    expect(plant.turn(steps(3))).toMatchObject([{ blocked: false }])
  })
})

/** 90 days of 1 mL/d: 360 000 steps. */
const LONG = 360_000
const STAGES = 36

describe.each([
  ['plug', { flow: 'plug' }],
  ['dispersive', MIXED],
] as const)('what 90 days cost in %s flow', (_, flow) => {
  const body = (stroke: Stroke = NOMINAL) => plantWith({ flow, stroke, fill: syringe('200 mL', STRONG) })

  it('is one part with gain and temperature', () => {
    const gain = as<Fraction>(multiply(share('229/200'), share('97/100')))
    expect(body({ gain, wear: null }).turn(steps(LONG))).toHaveLength(1)
  })

  it('is one part for each stage of wear', () => {
    expect(body(worn('-1/1000', `${LONG / STAGES}`)).turn(steps(LONG))).toHaveLength(STAGES)
  })

  it('is one part for each leak, one for each fault, and few for a blockage', () => {
    const plant = body()
    plant.leak(leak('1/2', '1/7'))
    expect(plant.turn(steps(LONG / 4))).toHaveLength(1)
    plant.amplify(share('3/2'))
    expect(plant.turn(steps(LONG / 4))).toHaveLength(1)
    plant.occlude(volume('20.1 uL'))
    expect(plant.turn(steps(LONG / 4))).toHaveLength(3)
    plant.release()
    plant.starve(true)
    expect(plant.turn(steps(LONG / 4))).toHaveLength(1)
  })
})
