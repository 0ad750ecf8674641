/** What befalls tube, catheter and reservoir: leaks, blockages and their release, too full a reservoir. */
import { describe, expect, it } from 'vitest'
import { Plant, portionInLine } from '#hil/plant/plant'
import { toText } from '#units/rational'
import {
  leak,
  MIXED,
  masses,
  plantWith,
  STRONG,
  type StepRecord,
  share,
  stepByStep,
  steps,
  syringe,
  tipOf,
  volume,
  WEAK,
} from './bench-top.ts'

const FLOWS = [
  ['plug', { flow: 'plug' }],
  ['dispersive', MIXED],
] as const

const DRY: StepRecord = { displaced_uL: '0', tip_uL: '0', tip: {} }

describe.each(FLOWS)('a leak in %s flow', (_, flow) => {
  it('takes its share of fluid and drug, and the tip gets the rest', () => {
    const plant = plantWith({ flow })
    plant.leak(leak('1/2', '1/5'))
    const parts = plant.turn(steps(1000))
    expect(parts).toHaveLength(1)
    expect(stepByStep(parts)[0]).toEqual({ displaced_uL: '1/4', tip_uL: '1/5', tip: { baclofen: '1/10' } })
    expect(toText(plant.state.leaked.volume_uL)).toBe('50')
    expect(masses(plant.state.leaked.masses)).toEqual({ baclofen: '25' })
    expect(plant.imbalances()).toEqual([])
  })

  it('of all that comes by leaves nothing for the tip, in one part', () => {
    const plant = plantWith({ flow })
    plant.leak(leak('1/2', '1'))
    const parts = plant.turn(steps(10_000))
    expect(parts).toHaveLength(1)
    expect(stepByStep(parts)[0]).toEqual({ displaced_uL: '1/4', tip_uL: '0', tip: {} })
    expect(toText(plant.state.leaked.volume_uL)).toBe('2500')
  })

  it('keeps behind it what was there, and few parts, when all that comes is new and leaves through it', () => {
    const plant = plantWith({ flow })
    plant.leak(leak('1/2', '1'))
    plant.refill('all', syringe('20 mL', STRONG))
    plant.turn(steps(40_000))
    expect(plant.turn(steps(40_000)).length).toBeLessThan(3)
    // Half of the line is strong, half of it still weak.
    const held = portionInLine(plant.state).masses.get('baclofen')
    expect(Number(held?.n) / Number(held?.d)).toBeCloseTo(187.5 * 2 + 187.5 * 0.5, 6)
    expect(plant.imbalances()).toEqual([])
  })

  it.each([
    ['0', 1],
    ['1/2', 0.5],
    ['1', 0],
  ])('at %s of the line delays a change of concentration in what lies behind it', (position, behind) => {
    const plant = plantWith({ flow })
    plant.leak(leak(position, '1/2'))
    plant.refill('all', syringe('20 mL', STRONG))
    const tips = stepByStep(plant.turn(steps(9000))).map(({ tip }) => tip['baclofen'] ?? '0')
    const strength = tips.map((text) => Number(text.split('/')[0]) / Number(text.split('/')[1] ?? 1) / 0.125)
    // Half way from 0.5 to 2 ug/uL: what lies behind the leak takes twice as many steps.
    const middle = strength.findIndex((ug_per_uL) => ug_per_uL > 1.25)
    expect(Math.abs(middle / 1500 - (1 + behind))).toBeLessThan(0.05)
  })

  it('that is mended takes nothing more, and one that opens again takes its share again', () => {
    const plant = plantWith({ flow })
    plant.leak(leak('1/3', '1/2'))
    plant.turn(steps(100))
    plant.refill('all', syringe('20 mL', STRONG))
    plant.turn(steps(100))
    plant.leak(null)
    const before = plant.state.leaked
    const parts = plant.turn(steps(100))
    expect(plant.state.leaked).toEqual(before)
    expect(toText(tipOf(parts).volume_uL)).toBe('25')
    plant.leak(leak('1/3', '1/2'))
    plant.turn(steps(4))
    expect(Number(plant.state.leaked.volume_uL.n)).toBeGreaterThan(
      Number(before.volume_uL.n) / Number(before.volume_uL.d),
    )
    expect(plant.imbalances()).toEqual([])
  })

  it('of an empty line lets no air count as fluid', () => {
    const plant = plantWith({ flow, holds: 'empty' })
    plant.leak(leak('1/2', '1/2'))
    plant.turn(steps(750))
    expect(toText(plant.state.leaked.volume_uL)).toBe('0')
    plant.turn(steps(4))
    expect(toText(plant.state.leaked.volume_uL)).toBe('1/2')
    expect(plant.imbalances()).toEqual([])
  })
})

describe.each(FLOWS)('a blockage in %s flow', (_, flow) => {
  it('lets the tip have nothing while the tube swells, then takes nothing more', () => {
    const plant = plantWith({ flow })
    plant.occlude(volume('1.1 uL'))
    const moved = stepByStep(plant.turn(steps(7)))
    const swells: StepRecord = { displaced_uL: '1/4', tip_uL: '0', tip: {} }
    expect(moved).toEqual([swells, swells, swells, swells, { ...swells, displaced_uL: '1/10' }, DRY, DRY])
    expect(toText(plant.state.reservoir_uL)).toBe(toText(volume('19998.9 uL')))
    expect(toText(portionInLine(plant.state).volume_uL)).toBe('3761/10')
    expect(plant.imbalances()).toEqual([])
  })

  it('that gives way drives out at once what had gathered, once', () => {
    const plant = plantWith({ flow })
    plant.occlude(volume('10 uL'))
    plant.turn(steps(100))
    const { tip, leaked } = plant.release()
    expect([toText(tip.volume_uL), masses(tip.masses)]).toEqual(['10', { baclofen: '5' }])
    expect(toText(leaked.volume_uL)).toBe('0')
    expect(plant.release().tip.volume_uL).toEqual(volume('0 uL'))
    expect(stepByStep(plant.turn(steps(1)))).toEqual([{ displaced_uL: '1/4', tip_uL: '1/4', tip: { baclofen: '1/8' } }])
    expect(plant.imbalances()).toEqual([])
  })

  it('keeps apart what gathered before a refill and after it', () => {
    const plant = plantWith({ flow, line: '1 uL' })
    plant.occlude(volume('10 uL'))
    plant.turn(steps(20))
    plant.refill('all', syringe('20 mL', STRONG))
    plant.turn(steps(20))
    // 10 uL go into a line of 1 uL: 1 + 5 uL of the weak and 5 of the strong one, of which the line keeps 1 uL.
    const { tip } = plant.release()
    expect(toText(tip.volume_uL)).toBe('10')
    const mass = tip.masses.get('baclofen')
    expect(Number(mass?.n) / Number(mass?.d)).toBeCloseTo(6 * 0.5 + 4 * 2, 1)
    expect(plant.imbalances()).toEqual([])
  })

  it('before a leak keeps it dry, and its release feeds it', () => {
    const plant = plantWith({ flow })
    plant.leak(leak('1/2', '1/4'))
    plant.occlude(volume('8 uL'))
    plant.turn(steps(100))
    expect(toText(plant.state.leaked.volume_uL)).toBe('0')
    const { tip, leaked } = plant.release()
    expect([toText(tip.volume_uL), toText(leaked.volume_uL)]).toEqual(['6', '2'])
    expect(plant.imbalances()).toEqual([])
  })

  it('that is set twice loses nothing of what had gathered', () => {
    const plant = plantWith({ flow })
    plant.occlude(volume('8 uL'))
    plant.turn(steps(8))
    plant.occlude(volume('1 uL'))
    expect(plant.imbalances()).toEqual([])
    expect(toText(plant.release().tip.volume_uL)).toBe('2')
  })
})

describe('a reservoir that is overfull', () => {
  const overfull = () =>
    new Plant({
      step_uL: volume('1 uL'),
      line_uL: volume('1 uL'),
      fill: syringe('44 uL', WEAK),
      line: 'filled',
      overfill: { capacity_uL: volume('40 uL'), gain: share('3/2') },
    })

  it('gives more with each step that begins while it is', () => {
    const moved = overfull().turn(steps(6))
    expect(moved.map(({ cadence, displaced_uL }) => [cadence.count, toText(displaced_uL)])).toEqual([
      [3, '3/2'],
      [3, '1'],
    ])
  })

  it('gives as ever from its capacity on, and again more once it is filled above it', () => {
    const plant = overfull()
    plant.refill('all', syringe('40 uL', WEAK))
    expect(stepByStep(plant.turn(steps(1)))[0]?.displaced_uL).toBe('1')
    plant.refill(volume('0 uL'), syringe('2 uL', WEAK))
    expect(stepByStep(plant.turn(steps(1)))[0]?.displaced_uL).toBe('3/2')
    expect(plant.imbalances()).toEqual([])
  })
})
