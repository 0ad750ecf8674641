/** Prime and bridge: exactly their volume, whatever comes in between. */
import { describe, expect, it } from 'vitest'
import { multiply, type Rational, whole } from '#units/rational'
import {
  at,
  Bedside,
  type BedsideSetup,
  bolus,
  bridge,
  continuous,
  MINIMUM_RATE,
  prime,
  reasonIn,
  refill,
  wasApplied,
} from './bedside.ts'

const UNIT = {
  figures: { step_volume: '1 uL', tube_volume: '200 uL' },
  catheter: '100 uL',
} as const satisfies BedsideSetup
const steps = (pump: Bedside, time: string) => {
  pump.pass(time)
  return pump.peek().steps
}

describe('a prime', () => {
  it.each([
    ['auto on an empty line', { ...UNIT, line: 'empty' }, 'auto', 300],
    ['auto on a filled line', UNIT, 'auto', 100],
    ['a volume', UNIT, '42 uL', 42],
  ] as const)('%s displaces its volume at the highest rate and no more', (_, setup, amount, volume) => {
    const pump = new Bedside(setup)
    pump.program('1 h', prime(amount))
    // 24 mL/d are 1000 uL/h.
    expect(steps(pump, `${1 + volume / 1000} h`)).toBe(volume)
    expect(steps(pump, '2 d')).toBe(volume)
    expect(pump.stepsBy('2 d')[0]).toBe(String(3_600_000_000 + 3_600_000))
  })

  it('masks therapy and bolus, whose clocks run on, and adds to one under way', () => {
    const pump = new Bedside(UNIT)
    pump.program('0 s', continuous('240 uL/d'))
    pump.program('10 h', bolus('100 uL', '30 min'))
    pump.program('10 h', prime('100 uL'))
    pump.program('10 h', prime('150 uL'))
    // 250 uL in a quarter of an hour, and then the other half of the bolus with the basal.
    expect(steps(pump, '10 h 15 min')).toBe(100 + 250)
    expect(steps(pump, '20 h')).toBe(100 + 250 + 50 + 97)
  })

  it('of more than the pump believes it holds is refused, with what is left of one under way', () => {
    const pump = new Bedside({ ...UNIT, fill: '300 uL' })
    const asked = (time: string, volume: string) => reasonIn(pump.prepare(time, prime(volume)))
    expect(asked('1 h', '300 uL')).toBeNull()
    expect(asked('1 h', '301 uL')).toBe(
      'a prime of 301 uL is more than the 300 uL believed left; prime less, or refill first',
    )
    pump.program('1 h', prime('200 uL'))
    // Six minutes later 100 uL of it are left, of 200 uL in all.
    expect(asked('1 h 6 min', '100 uL')).toBeNull()
    expect(asked('1 h 6 min', '101 uL')).toContain('a prime of 201 uL is more than the 200 uL believed left')
    expect(asked('1 h 6 min', 'auto')).toBeNull()
    expect(wasApplied(pump.stop('1 h 6 min'))).toBe(true)
  })

  it('ends with a stop, and with the power', () => {
    const pump = new Bedside(UNIT)
    pump.program('1 h', prime('500 uL'))
    pump.stop('1 h 15 min')
    expect(steps(pump, '2 d')).toBe(250)
    pump.program('2 d', prime('500 uL'))
    pump.hear(at('2 d 15 min'), { kind: 'power-fails', atWrite: null })
    pump.hear(at('2 d 16 min'), { kind: 'power-returns' })
    expect(steps(pump, '2 d 40 min')).toBe(500)
  })
})

/** On 500 ug/mL since 1 h, with a line of 300 uL that still holds 1000 ug/mL; 240 uL/d by mass at the old one. */
function bridging(change: (pump: Bedside) => void = () => undefined): Bedside {
  const pump = new Bedside(UNIT)
  pump.program('0 s', continuous('240 ug/d'))
  pump.program('1 h', refill({ volume: '40 mL', concentration: '500 ug/mL' }))
  pump.program('1 h', bridge('auto'))
  change(pump)
  return pump
}

/** When the pump has moved so many steps in all. */
function dueOf(pump: Bedside, step: number, until = '60 d'): Rational | undefined {
  pump.pass(until)
  return pump.dueOf(step)
}
const hours = (count: number) => multiply(whole(count), whole(3_600_000_000))

describe('a bridge', () => {
  it('keeps the dose at the tip until exactly the volume of the line has been displaced', () => {
    const pump = bridging()
    // 10 uL/h through the bridge: 10 steps before, 300 in it, and then 20 uL/h.
    expect(dueOf(pump, 310)).toEqual(hours(31))
    expect(pump.dueOf(311)).toEqual(multiply(whole(31 * 20 + 1), { n: 180_000_000n, d: 1n }))
  })

  it.each([
    [
      'a stop',
      10,
      (pump: Bedside) => {
        pump.stop('11 h')
        pump.program('21 h', { kind: 'restart' })
      },
    ],
    [
      'a reset',
      10,
      (pump: Bedside) => {
        pump.hear(at('11 h'), { kind: 'power-fails', atWrite: null })
        pump.hear(at('21 h'), { kind: 'power-returns' })
        pump.program('21 h', { kind: 'restart' })
      },
    ],
    [
      'the end of the drug',
      10,
      (pump: Bedside) => {
        pump.program('11 h', refill({ volume: '0 mL', concentration: '500 ug/mL' }))
        pump.program('21 h', refill({ volume: '40 mL', concentration: '500 ug/mL' }))
        pump.program('21 h', { kind: 'restart' })
      },
    ],
    [
      'another therapy and back',
      0,
      (pump: Bedside) => {
        pump.program('11 h', continuous('240 ug/d'))
        pump.program('12 h', continuous('240 ug/d'))
      },
    ],
    [
      'two lost steps, which are still to be bridged',
      0.2,
      (pump: Bedside) => {
        for (const time of ['10 h 54 min', '11 h'])
          pump.hear(at(time), { kind: 'rotor', due_us: at(time), moved: false })
      },
    ],
    [
      'a step lost before it began, which is told of later',
      0,
      (pump: Bedside) => {
        pump.hear(at('1 h 1 s'), { kind: 'rotor', due_us: at('54 min'), moved: false })
      },
    ],
  ] as const)('goes on after %s where it was', (_, later_h, change) => {
    const pump = bridging(change)
    const lost = later_h === 0.2 ? 2 : 0
    expect(dueOf(pump, 310 + lost)).toEqual(multiply(whole(Math.round((31 + later_h) * 10)), whole(360_000_000)))
    expect(pump.dueOf(311 + lost)).toEqual(
      multiply(whole(Math.round((31 + later_h) * 20) + 1), { n: 180_000_000n, d: 1n }),
    )
  })

  it('over a second change of concentration keeps both plugs in their order', () => {
    const pump = bridging((one) => {
      // 100 of 300 uL are through at 11 h; what comes behind them is 200 uL at 1000 and then 100 uL at 500 ug/mL.
      one.program('11 h', refill({ volume: '40 mL', concentration: '250 ug/mL' }))
      one.program('11 h', bridge('auto'))
    })
    // 240 ug/d: 10 uL/h at 1000, 20 uL/h at 500, 40 uL/h at 250 ug/mL.
    expect(dueOf(pump, 310)).toEqual(hours(31))
    expect(pump.dueOf(410)).toEqual(hours(36))
    expect(pump.dueOf(450)).toEqual(hours(37))
  })

  it('asked for again with no more than is left of it changes nothing', () => {
    const pump = bridging((one) => one.program('1 h', bridge('50 uL')))
    expect(dueOf(pump, 310)).toEqual(hours(31))
    const early = bridging((one) => one.program('11 h', bridge('199 uL')))
    early.pass('11 h')
    expect(early.state.plugs).toHaveLength(1)
  })

  it('of nothing is over at once, though the pump is stopped', () => {
    const pump = new Bedside(UNIT)
    pump.program('0 s', refill({ volume: '40 mL', concentration: '500 ug/mL' }))
    pump.program('0 s', bridge('0 uL'))
    expect(pump.state.covered).toBeNull()
    pump.program('0 s', continuous('240 ug/d'))
    expect(steps(pump, '1 h')).toBe(20)
  })

  it('is not ended by a prime, whose volume it counts', () => {
    const pump = bridging((one) => one.program('11 h', prime('100 uL')))
    expect(dueOf(pump, 210)).toEqual(multiply(whole(111), whole(360_000_000)))
    expect(pump.dueOf(310)).toEqual(multiply(whole(211), whole(360_000_000)))
  })

  it('is refused without a change of concentration, or after one of the drug', () => {
    const pump = new Bedside(UNIT)
    expect(reasonIn(pump.program('0 s', bridge('auto')))).toMatch('nothing to bridge')
    pump.program('1 h', refill({ volume: '40 mL', concentration: '500 ug/mL' }))
    pump.program('2 h', refill({ volume: '40 mL', concentration: '250 ug/mL', drug: 'morphine' }))
    expect(reasonIn(pump.program('2 h', bridge('auto')))).toMatch('nothing to bridge')
  })

  it('stretches minimum rate too', () => {
    const pump = bridging((one) => one.program('1 h', MINIMUM_RATE))
    expect(steps(pump, '10 d 1 h')).toBe(10 + 30)
  })
})
