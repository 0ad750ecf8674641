/** The believed reservoir: alarms at the exact step, the stop when it is used up, and what a refill does and does not do. */
import fc from 'fast-check'
import Fraction from 'fraction.js'
import { describe, expect, it } from 'vitest'
import {
  Bedside,
  type BedsideSetup,
  bolus,
  continuous,
  digestIn,
  MINIMUM_RATE,
  reasonIn,
  refill,
  STOPPED,
  wasApplied,
} from './bedside.ts'

const MINUTE = 60_000_000
const EMPTY = 'the reservoir is believed empty; refill the pump first'

/** A pump that makes one step of a microliter a minute. */
function byTheMinute(fill: string, figures: BedsideSetup['figures'] = {}): Bedside {
  const pump = new Bedside({ fill, figures: { step_volume: '1 uL', low_reservoir: '10 uL', ...figures } })
  pump.program('0 s', continuous('1 uL/min'))
  return pump
}

describe('the low-reservoir alarm', () => {
  it('sounds with the step after which as much as the threshold is left, once', () => {
    const pump = byTheMinute('100 uL')
    pump.pass('89 min 59.999999 s')
    expect(pump.alarms()).toEqual([])
    pump.pass('99 min')
    expect(pump.alarms()).toEqual([`low-reservoir raised at ${90 * MINUTE}`])
    expect(pump.said.find(({ kind }) => kind === 'alarm')).toMatchObject({ priority: 'non-critical' })
  })

  it('sounds with the step that goes below the threshold where no step meets it', () => {
    const pump = byTheMinute('99.5 uL')
    pump.pass('99 min')
    expect(pump.alarms()).toEqual([`low-reservoir raised at ${90 * MINUTE}`])
    expect(pump.status('99 min').reservoir_uL).toEqual({ n: 1n, d: 2n })
  })

  it.each(['10 uL', '9 uL', '1/2 uL', '0 uL'])('sounds at once where the fill is %s, on a stopped pump too', (fill) => {
    const pump = new Bedside({ fill, figures: { step_volume: '1 uL', low_reservoir: '10 uL' } })
    expect(pump.nextWake()).toEqual({ n: 0n, d: 1n })
    pump.pass('0 s')
    expect(pump.alarms()[0]).toBe('low-reservoir raised at 0')
  })

  it('stays silent just above the threshold for as long as the pump is stopped', () => {
    const pump = new Bedside({ fill: '10.000001 uL', figures: { step_volume: '1 uL', low_reservoir: '10 uL' } })
    pump.pass('900 d')
    expect(pump.alarms().filter((alarm) => alarm.includes('reservoir'))).toEqual([])
  })

  it('does not change what is delivered', () => {
    const [early, late] = [byTheMinute('100 uL', { low_reservoir: '99 uL' }), byTheMinute('100 uL')]
    for (const pump of [early, late]) pump.pass('2 h')
    expect(early.stepsBy('2 h')).toEqual(late.stepsBy('2 h'))
  })
})

describe('the empty reservoir', () => {
  it('stops the pump with the step that uses up the last of it, and sounds an alarm', () => {
    const pump = byTheMinute('100 uL')
    pump.pass('99 min 59.999999 s')
    expect(pump.status('99 min 59.999999 s').state).toBe('simple-continuous')
    pump.pass('1 d')
    expect(pump.stepsBy('1 d')).toHaveLength(100)
    expect(pump.stepCount).toBe(100)
    expect(pump.alarms()).toEqual([
      `low-reservoir raised at ${90 * MINUTE}`,
      `empty-reservoir raised at ${100 * MINUTE}`,
    ])
    expect(pump.said.filter(({ kind }) => kind === 'alarm').at(-1)).toMatchObject({ priority: 'critical' })
    expect(pump.said).toContainEqual({
      kind: 'event',
      at_us: { n: BigInt(100 * MINUTE), d: 1n },
      event: 'delivery-stopped',
      detail: 'the pump stopped its therapy by itself; the alarm raised with it says why',
    })
    expect(pump.status('1 d')).toMatchObject({ state: 'empty', steps: 100, reservoir_uL: { n: 0n, d: 1n } })
    pump.pass('100 d')
    expect(pump.stepCount).toBe(100)
  })

  it('is met by a last step that takes more than was left, where the volume is no multiple of the step', () => {
    const pump = byTheMinute('99.25 uL')
    pump.pass('1 d')
    expect(pump.stepCount).toBe(100)
    expect(pump.status('1 d').reservoir_uL).toEqual({ n: -3n, d: 4n })
    expect(pump.alarms().at(-1)).toBe(`empty-reservoir raised at ${100 * MINUTE}`)
  })

  it('sounds both alarms at one step where the threshold is less than a step', () => {
    const pump = byTheMinute('100 uL', { low_reservoir: '1/2 uL' })
    pump.pass('1 d')
    expect(pump.alarms()).toEqual([
      `low-reservoir raised at ${100 * MINUTE}`,
      `empty-reservoir raised at ${100 * MINUTE}`,
    ])
    expect(pump.said.slice(-6).map(({ kind }) => kind)).toEqual(['alarm', 'tone', 'event', 'booked', 'alarm', 'tone'])
  })

  it('ends the boluses under way, and nothing of them comes after a refill', () => {
    const pump = byTheMinute('100 uL')
    pump.program('50 min', bolus('200 uL', '100 min'))
    pump.program('70 min', refill({ volume: '40 mL' }))
    expect(pump.alarms()[1]).toBe(`empty-reservoir raised at ${new Fraction(200 * MINUTE, 3).toFraction()}`)
    pump.pass('2 d')
    expect(pump.stepCount).toBe(100)
  })

  it('at the start leaves a pump that alarms and delivers nothing', () => {
    const pump = new Bedside({ fill: '0 uL' })
    expect(reasonIn(pump.program('0 s', continuous('1 mL/d')))).toBe(EMPTY)
    pump.pass('1 d')
    expect(pump.alarms()).toEqual(['low-reservoir raised at 0', 'empty-reservoir raised at 0'])
    expect(pump.stepCount).toBe(0)
  })

  it.each([
    ['a therapy', continuous('1 mL/d')],
    ['minimum rate', MINIMUM_RATE],
    ['a bolus', bolus('10 uL', '10 min')],
  ])('refuses %s', (_, program) => {
    const pump = byTheMinute('100 uL')
    expect(reasonIn(pump.program('1 d', program))).toBe(EMPTY)
    pump.pass('2 d')
    expect(pump.stepCount).toBe(100)
  })

  it('is as exact for any fill and any step', () => {
    const setups = fc.record({
      fill: fc.integer({ min: 1, max: 3000 }),
      low: fc.integer({ min: 0, max: 3000 }),
      of: fc.integer({ min: 1, max: 9 }),
      step: fc.integer({ min: 1, max: 30 }),
    })
    fc.assert(
      fc.property(setups, ({ fill, low, of, step }) => {
        const [fill_uL, low_uL, step_uL] = [`${fill}/${of} uL`, `${low}/7 uL`, `${step}/10 uL`]
        const pump = new Bedside({ fill: fill_uL, figures: { step_volume: step_uL, low_reservoir: low_uL } })
        pump.program('0 s', continuous('0.1 uL/s'))
        pump.pass('1 d')
        const stepsTo = (left: Fraction) => {
          return new Fraction(fill, of).sub(left).div(new Fraction(step, 10)).ceil()
        }
        const dueAt = (steps: Fraction) => steps.mul(step).mul(1_000_000).toFraction()
        const lowAt = stepsTo(new Fraction(low, 7))
        const emptyAt = stepsTo(new Fraction(0))
        expect(pump.alarms()).toEqual([
          `low-reservoir raised at ${lowAt.gt(0) ? dueAt(lowAt) : 0}`,
          `empty-reservoir raised at ${dueAt(emptyAt)}`,
        ])
        expect(pump.stepCount).toBe(Number(emptyAt.n))
      }),
    )
  })
})

describe('stopping', () => {
  it.each([
    ['a running pump', '10 min'],
    ['an empty pump', '1 d'],
  ])('is never refused: %s', (_, time) => {
    for (const stopping of [(pump: Bedside) => pump.stop(time), (pump: Bedside) => pump.program(time, STOPPED)]) {
      const pump = byTheMinute('100 uL')
      const answers = stopping(pump)
      expect(reasonIn(answers)).toBeNull()
      expect(wasApplied(answers)).toBe(true)
      const { steps } = pump.status(time)
      expect(pump.stepCount).toBe(steps)
      expect(pump.status('9 d').steps).toBe(steps)
    }
  })

  it('is not refused twice either, nor on a pump that was never started, nor with a bolus under way', () => {
    const pump = new Bedside()
    expect(wasApplied(pump.stop('0 s'))).toBe(true)
    expect(wasApplied(pump.stop('0 s'))).toBe(true)
    pump.program('1 h', bolus('1 mL', '1 h'))
    expect(wasApplied(pump.stop('1 h 30 min'))).toBe(true)
    expect(pump.status('1 d').volume_uL).toEqual({ n: 500n, d: 1n })
  })

  it('does not silence the alarms of an empty pump', () => {
    const pump = byTheMinute('100 uL')
    pump.stop('1 d')
    expect(pump.status('1 d').state).toBe('empty')
    expect(pump.alarms().filter((alarm) => alarm.includes('cleared'))).toEqual([])
  })
})

describe('a refill', () => {
  it('of an empty pump clears both alarms and does not resume the therapy', () => {
    const pump = byTheMinute('100 uL')
    pump.program('1 d', refill({ volume: '40 mL' }))
    expect(pump.alarms().slice(2)).toEqual([
      `low-reservoir cleared at ${1440 * MINUTE}`,
      `empty-reservoir cleared at ${1440 * MINUTE}`,
    ])
    expect(pump.status('30 d')).toMatchObject({ state: 'stopped', steps: 100, reservoir_uL: { n: 40_000n, d: 1n } })
    expect(wasApplied(pump.program('30 d', continuous('1 uL/min')))).toBe(true)
    expect(pump.status('30 d 10 min').steps).toBe(110)
  })

  it('of a low pump clears its alarm, and the therapy goes on without a step moved', () => {
    const [refilled, full] = [byTheMinute('100 uL'), byTheMinute('30 mL')]
    refilled.program('95.5 min', refill({ volume: '20 mL' }))
    for (const pump of [refilled, full]) pump.pass('1 d')
    expect(refilled.stepsBy('1 d')).toEqual(full.stepsBy('1 d'))
    expect(refilled.alarms()).toEqual([
      `low-reservoir raised at ${90 * MINUTE}`,
      `low-reservoir cleared at ${95.5 * MINUTE}`,
    ])
  })

  it('that leaves less than the threshold sounds the alarm again', () => {
    const pump = byTheMinute('100 uL')
    pump.program('95 min', refill({ volume: '10 uL' }))
    expect(pump.alarms().slice(1)).toEqual([
      `low-reservoir cleared at ${95 * MINUTE}`,
      `low-reservoir raised at ${95 * MINUTE}`,
    ])
    pump.pass('1 d')
    expect(pump.alarms().slice(3)).toEqual([`empty-reservoir raised at ${105 * MINUTE}`])
  })

  it('that leaves a little more than the threshold sounds it again with the next step', () => {
    const pump = byTheMinute('100 uL')
    pump.program('95 min', refill({ volume: '10.001 uL' }))
    expect(pump.alarms().slice(1)).toEqual([`low-reservoir cleared at ${95 * MINUTE}`])
    pump.pass('96 min')
    expect(pump.alarms().slice(2)).toEqual([`low-reservoir raised at ${96 * MINUTE}`])
  })

  it('that takes out more than it puts in sounds the alarm at once', () => {
    const pump = byTheMinute('100 uL')
    pump.program('10 min', refill({ withdrawn: '85 uL', volume: '5 uL' }))
    expect(pump.alarms()).toEqual([`low-reservoir raised at ${10 * MINUTE}`])
    expect(pump.status('10 min').reservoir_uL).toEqual({ n: 10n, d: 1n })
  })

  it('with nothing leaves a pump that is empty at once', () => {
    const pump = byTheMinute('100 uL')
    expect(wasApplied(pump.program('10.5 min', refill({ volume: '0 mL' })))).toBe(true)
    pump.pass('1 d')
    expect(pump.status('1 d')).toMatchObject({ state: 'empty', steps: 10 })
    expect(pump.stepCount).toBe(10)
    expect(pump.alarms()).toEqual([
      `low-reservoir raised at ${10.5 * MINUTE}`,
      `empty-reservoir raised at ${10.5 * MINUTE}`,
    ])
  })

  it('that draws more than the pump believes it holds leaves nothing of it, and no debt', () => {
    const pump = byTheMinute('99.5 uL')
    pump.pass('1 d')
    expect(pump.status('1 d').reservoir_uL).toEqual({ n: -1n, d: 2n })
    pump.program('1 d', refill({ withdrawn: '0 uL', volume: '1 mL' }))
    expect(pump.status('1 d').reservoir_uL).toEqual({ n: 1000n, d: 1n })
  })

  it('with another concentration in mid-bolus gives the rest of therapy and bolus at the new rate', () => {
    const pump = new Bedside({ figures: { step_volume: '1 uL' } })
    pump.program('0 s', continuous('1.44 mg/d'))
    pump.program('0 s', bolus('120 ug', '1 h'))
    // 1 uL/min of therapy and 2 uL/min of bolus, then half of both.
    pump.program('30 min', refill({ volume: '40 mL', concentration: '2000 ug/mL' }))
    pump.pass('2 h')
    expect(pump.stepsBy('30 min')).toHaveLength(90)
    expect(pump.stepsBy('1 h')).toHaveLength(90 + 45)
    expect(pump.stepsBy('2 h')).toHaveLength(90 + 45 + 30)
    expect(pump.status('2 h').dose_ug).toEqual([['baclofen', { n: 90n + 2n * 75n, d: 1n }]])
  })

  it('leaves a therapy by volume at its rate whatever the concentration, and books the new mass', () => {
    const pump = byTheMinute('40 mL')
    pump.program('60 min', refill({ volume: '40 mL', concentration: '3 mg/mL', drug: 'morphine' }))
    const status = pump.status('100 min')
    expect(status.steps).toBe(100)
    expect(status.dose_ug).toEqual([
      ['baclofen', { n: 60n, d: 1n }],
      ['morphine', { n: 120n, d: 1n }],
    ])
  })

  it('keeps the fraction of a step that was under way', () => {
    const pump = byTheMinute('40 mL')
    pump.program('90 s', refill({ volume: '40 mL', concentration: '500 ug/mL' }))
    expect(pump.stepsBy('3 min')).toEqual([1, 2, 3].map((minutes) => String(minutes * MINUTE)))
  })

  it('at the very instant at which the pump runs dry keeps it going, prepared before or then', () => {
    for (const prepared of ['99 min', '100 min']) {
      const [pump, full] = [byTheMinute('100 uL'), byTheMinute('40 mL')]
      const digest = digestIn(pump.prepare(prepared, refill({ volume: '40 mL' })))
      expect(wasApplied(pump.commit('100 min', String(digest)))).toBe(true)
      for (const one of [pump, full]) one.pass('1 d')
      expect(pump.status('1 d').state).toBe('simple-continuous')
      expect(pump.stepsBy('1 d')).toEqual(full.stepsBy('1 d'))
      expect(pump.alarms().filter((alarm) => alarm.startsWith('empty'))).toEqual([])
    }
  })

  it('that comes a microsecond after the pump ran dry finds it empty, and nothing goes on', () => {
    const pump = byTheMinute('100 uL')
    pump.program('100 min 0.000001 s', refill({ volume: '40 mL' }))
    pump.pass('1 d')
    expect(pump.status('1 d')).toMatchObject({ state: 'stopped', steps: 100 })
  })

  it('that was refused changes nothing', () => {
    const [pump, undisturbed] = [byTheMinute('100 uL'), byTheMinute('100 uL')]
    expect(reasonIn(pump.program('95 min', refill({ volume: '41 mL' })))).toMatch('draw out more first')
    for (const one of [pump, undisturbed]) one.pass('1 d')
    expect(pump.alarms()).toEqual(undisturbed.alarms())
    expect(pump.status('1 d')).toEqual(undisturbed.status('1 d'))
  })
})
