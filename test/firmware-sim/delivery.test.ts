/** Delivery: every step at its exact time, no part of a step lost, and nothing made up after a pause. */
import fc from 'fast-check'
import Fraction from 'fraction.js'
import { describe, expect, it } from 'vitest'
import { fromReference } from '../units/arbitraries.ts'
import { Bedside, bolus, continuous, MINIMUM_RATE, refill, STOPPED } from './bedside.ts'

const MINUTE = 60_000_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

describe('a continuous therapy', () => {
  it('has its first step when one step volume has been called for, and then one after each further volume', () => {
    const pump = new Bedside({ figures: { step_volume: '1 uL' } })
    pump.program('1 h', continuous('24 uL/h'))
    expect(pump.stepsBy('1 h 7 min 30 s')).toEqual([HOUR + 150 * 1e6, HOUR + 300 * 1e6, HOUR + 450 * 1e6].map(String))
  })

  it('has due times that are exact fractions of a microsecond', () => {
    const pump = new Bedside({ figures: { step_volume: '1 uL' } })
    pump.program('0 s', continuous('700 uL/d'))
    const due = Array.from({ length: 700 }, (_, k) => new Fraction((k + 1) * DAY, 700).toFraction())
    expect(pump.stepsBy('1 d')).toEqual(due)
  })

  it('by mass divides by the concentration the pump was told', () => {
    const byMass = new Bedside({ concentration: '2000/3 ug/mL' })
    byMass.program('0 s', continuous('350 ug/d'))
    const byVolume = new Bedside({ concentration: '1 ug/mL' })
    byVolume.program('0 s', continuous('525 uL/d'))
    expect(byMass.stepsBy('1 d')).toEqual(byVolume.stepsBy('1 d'))
    expect(byMass.status('1 d')).toMatchObject({ steps: 2100, volume_uL: { n: 525n, d: 1n } })
    expect(byMass.status('1 d').dose_ug).toEqual([['baclofen', { n: 350n, d: 1n }]])
  })

  it('books as many steps after ten years as exact arithmetic, refills included', () => {
    const pump = new Bedside({ figures: { step_volume: '1/3 uL' } })
    pump.program('0 s', continuous('1000/7 uL/d'))
    for (let day = 200; day < 3650; day += 200) {
      pump.program(`${day} d`, refill({ volume: '40 mL' }))
    }
    const booked = new Fraction(1000, 7).mul(3650).div(new Fraction(1, 3)).floor()
    expect(pump.status('3650 d').steps).toBe(Number(booked.n))
    expect(pump.dueOf(Number(booked.n))).toEqual(fromReference(booked.mul(7 * DAY).div(3000)))
  })

  it('makes a step that is due at the very instant of a change, once', () => {
    const pump = new Bedside({ figures: { step_volume: '1 uL' } })
    pump.program('0 s', continuous('1 uL/min'))
    pump.program('3 min', continuous('2 uL/min'))
    expect(pump.stepsBy('4 min')).toEqual([1, 2, 3, 3.5, 4].map((minutes) => String(minutes * MINUTE)))
    expect(pump.status('4 min').steps).toBe(5)
  })
})

describe('the fraction of a step that a therapy leaves', () => {
  it('carries into the next therapy', () => {
    const pump = new Bedside({ figures: { step_volume: '1 uL' } })
    pump.program('0 s', continuous('1 uL/min'))
    pump.program('150 s', continuous('2 uL/min'))
    // Half a step is left at 2.5 min; at twice the rate the other half takes a quarter of a minute.
    expect(pump.stepsBy('4 min')).toEqual([60, 120, 165, 195, 225].map((seconds) => String(seconds * 1e6)))
  })

  it('carries over a pause of any length, which itself is not made up', () => {
    const pump = new Bedside({ figures: { step_volume: '1 uL' } })
    pump.program('0 s', continuous('1 uL/min'))
    pump.stop('150 s')
    pump.program('30 d', continuous('1 uL/min'))
    const due = [MINUTE, 2 * MINUTE, 30 * DAY + MINUTE / 2, 30 * DAY + 1.5 * MINUTE]
    expect(pump.stepsBy('30 d 2 min')).toEqual(due.map(String))
  })

  it('adds up from thousands of short therapies as exact arithmetic has it', () => {
    const pump = new Bedside({ figures: { step_volume: '1 uL' } })
    const [slow, fast] = [continuous('7/3 mL/d'), continuous('11/3 mL/d')]
    let total = new Fraction(0)
    for (let i = 0; i < 2000; i += 1) {
      pump.program(`${i * 41} s`, i % 2 === 0 ? slow : fast)
      total = total.add(new Fraction((i % 2 === 0 ? 7000 : 11_000) * 41, 3 * 86_400))
    }
    const status = pump.status(`${2000 * 41} s`)
    expect(status.steps).toBe(Number(total.floor().n))
    expect(pump.stepsBy(`${2000 * 41} s`)).toHaveLength(status.steps)
  })
})

describe('while the pump is stopped', () => {
  it.each([
    ['by a program', (pump: Bedside) => pump.program('10 min', STOPPED)],
    ['without a transaction', (pump: Bedside) => pump.stop('10 min')],
  ])('no step is due, when stopped %s', (_, stopping) => {
    const pump = new Bedside()
    pump.program('0 s', continuous('24 mL/d'))
    stopping(pump)
    const made = pump.stepsBy('10 min').length
    expect(pump.stepCount).toBe(made)
    pump.pass('100 d')
    expect(pump.stepCount).toBe(made)
    expect(pump.status('100 d').steps).toBe(made)
  })

  it('no step is due before the first therapy either', () => {
    const pump = new Bedside()
    pump.pass('100 d')
    expect(pump.stepCount).toBe(0)
    expect(pump.status('100 d')).toMatchObject({ state: 'stopped', steps: 0, volume_uL: { n: 0n, d: 1n }, open: null })
  })
})

describe('a bolus', () => {
  it('adds its dose at a constant rate on top of the therapy, and leaves it as it was', () => {
    const pump = new Bedside({ figures: { step_volume: '1 uL' } })
    pump.program('0 s', continuous('1 uL/min'))
    pump.program('1 min', bolus('2 uL', '1 min'))
    pump.pass('4 min')
    expect(pump.stepsBy('4 min')).toEqual([60, 80, 100, 120, 180, 240].map((seconds) => String(seconds * 1e6)))
  })

  it('on a stopped pump gives its dose and no more', () => {
    const pump = new Bedside({ figures: { step_volume: '1 uL' } })
    pump.program('0 s', bolus('100 uL', '1 h'))
    expect(pump.stepCount).toBe(100)
    pump.pass('2 h')
    expect(pump.stepCount).toBe(100)
    expect(pump.stepsBy('1 h').at(-1)).toBe(String(HOUR))
    expect(pump.status('1 d')).toMatchObject({ state: 'stopped', steps: 100 })
  })

  it('adds up with another one under way', () => {
    const pump = new Bedside({ figures: { step_volume: '1 uL' } })
    pump.program('0 s', bolus('10 uL', '10 min'))
    pump.program('5 min', bolus('20 uL', '10 min'))
    pump.pass('1 h')
    expect(pump.status('1 h').steps).toBe(30)
    expect(pump.stepsBy('5 min')).toHaveLength(5)
    expect(pump.stepsBy('10 min')).toHaveLength(20)
    expect(pump.stepsBy('15 min')).toHaveLength(30)
  })

  it.each([
    ['another therapy', (pump: Bedside) => pump.program('5 min', continuous('1 uL/min')), 65],
    ['minimum rate', (pump: Bedside) => pump.program('5 min', MINIMUM_RATE), 10],
    ['a stop', (pump: Bedside) => pump.stop('5 min'), 10],
  ])('under way is ended by %s', (_, change, steps) => {
    const pump = new Bedside({ figures: { step_volume: '1 uL' } })
    pump.program('0 s', bolus('20 uL', '10 min'))
    change(pump)
    expect(pump.status('1 h').steps).toBe(steps)
  })

  it('is given in full whatever the therapy, to the fraction of a step', () => {
    const doses = fc.record({
      basal: fc.integer({ min: 48, max: 20_000 }),
      dose: fc.integer({ min: 1, max: 100 }),
      over: fc.integer({ min: 10, max: 600 }),
      start: fc.integer({ min: 0, max: 10_000 }),
    })
    fc.assert(
      fc.property(doses, ({ basal, dose, over, start }) => {
        const pump = new Bedside({ figures: { step_volume: '1/7 uL', rate_max: '9999 mL/d' } })
        pump.program('0 s', continuous(`${basal} uL/d`))
        pump.program(`${start} s`, bolus(`${dose} uL`, `${over} s`))
        const end = start + over + 1000
        const exact = new Fraction(basal * end, 86_400).add(dose).mul(7).floor()
        expect(pump.status(`${end} s`).steps).toBe(Number(exact.n))
      }),
    )
  })
})

describe('what the pump has booked', () => {
  it('is reported as runs that hold every step once, at its due time', () => {
    const pump = new Bedside({ figures: { step_volume: '1 uL' } })
    pump.program('0 s', continuous('1 uL/min'))
    pump.program('150 s', bolus('5/2 uL', '1 min'))
    pump.program('10 min', refill({ volume: '40 mL', concentration: '500 ug/mL' }))
    pump.stop('20 min')
    const { open } = pump.status('30 min')
    expect(open).toBeNull()
    const booked = pump.said.flatMap((output) => (output.kind === 'booked' ? [output.run] : []))
    const due = booked.flatMap(({ first_us, interval_us, count }) =>
      Array.from({ length: count }, (_, j) => {
        return new Fraction(interval_us.n * BigInt(j), interval_us.d).add(new Fraction(first_us.n, first_us.d))
      }),
    )
    expect(due.map((one) => one.toFraction())).toEqual(pump.stepsBy('30 min'))
  })
})
