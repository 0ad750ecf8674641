/**
 * A refill with which what runs cannot be given any more: it is accounted for, since the fluid is in, and what runs makes
 * way, at the same instant for a therapy that fits, or else for a stop that sounds at once.
 */
import { describe, expect, it } from 'vitest'
import type { Program } from '#firmware-sim/messages'
import { whole } from '#units/rational'
import {
  at,
  Bedside,
  bolus,
  bridge,
  continuous,
  flex,
  patientBolus,
  prime,
  reasonIn,
  refill,
  STOPPED,
  wasApplied,
} from './bedside.ts'

/** 0.1 mL/d of 500 ug/mL, which with the strong drug would be 0.025 mL/d, below the least rate of 0.048 mL/d. */
const LOW = continuous('50 ug/d')
const STRONG = refill({ volume: '20 mL', concentration: '2000 ug/mL' })

function pumpAt(time: string): Bedside {
  const pump = new Bedside({ fill: '20 mL' })
  pump.program('0 s', refill({ volume: '20 mL', concentration: '500 ug/mL' }))
  pump.program('0 s', LOW)
  pump.pass(time)
  return pump
}

const suspended = (pump: Bedside) => pump.state.log.entries.filter(({ event }) => event === 'therapy-suspended')

describe('a refill with which the therapy cannot be given', () => {
  it('is followed by a therapy of the same instant that can, and nothing is missed or sounds', () => {
    const pump = pumpAt('2 d')
    expect(wasApplied(pump.program('2 d', STRONG))).toBe(true)
    expect(wasApplied(pump.program('2 d', continuous('100 ug/d')))).toBe(true)
    pump.pass('4 d')
    // 800 steps of two days at 0.1 mL/d, and 400 of two days at 0.05 mL/d.
    expect(pump.status('4 d')).toMatchObject({ state: 'simple-continuous', steps: 1200 })
    expect(pump.alarms()).toEqual([])
    expect(suspended(pump)).toEqual([])
  })

  it('stops the pump where none follows, alarms at once, and holds what was put in', () => {
    const pump = pumpAt('2 d')
    pump.program('2 d', STRONG)
    pump.pass('2 d 1 s')
    expect(pump.status('2 d 1 s')).toMatchObject({ state: 'stopped', steps: 800, reservoir_uL: whole(20_000) })
    expect(pump.state.alarms).toEqual(['stopped-pump'])
    expect(suspended(pump)).toMatchObject([{ at_us: at('2 d') }])
    pump.pass('9 d')
    expect(pump.status('9 d').steps).toBe(800)
    expect(pump.stepCount).toBe(800)
  })

  it('asks nothing of the motor in between', () => {
    const pump = pumpAt('2 d')
    const answers = pump.program('2 d', STRONG)
    expect(answers.filter(({ kind }) => kind === 'order')).toEqual([])
    expect(answers.filter(({ kind }) => kind === 'cancel')).toHaveLength(1)
  })

  it('does not wait for the next instant: a therapy a microsecond later starts from a stopped pump', () => {
    const pump = pumpAt('2 d')
    pump.program('2 d', STRONG)
    pump.program('172800000001 us', continuous('100 ug/d'))
    expect(suspended(pump)).toHaveLength(1)
    expect(pump.state.alarms).toEqual([])
    expect(pump.peek().state).toBe('simple-continuous')
  })

  it('is warned of with the refill, and with nothing else that is programmed beside it', () => {
    const pump = pumpAt('2 d')
    const warnings = (program: Program) =>
      pump.prepare('2 d', program).flatMap((one) => (one.kind === 'readback' ? one.warnings : []))
    expect(warnings(STRONG)).toEqual([expect.stringMatching(/unless a therapy that fits is programmed at once/)])
    pump.program('2 d', STRONG)
    for (const program of [patientBolus('10 uL', '10 min', '4 h', 1), continuous('100 ug/d')]) {
      expect(warnings(program)).toEqual([])
    }
  })

  it('cannot be restarted until the drug fits again', () => {
    const pump = pumpAt('2 d')
    pump.program('2 d', STRONG)
    pump.pass('3 d')
    expect(reasonIn(pump.program('3 d', { kind: 'restart' }))).toContain('below the least rate')
    pump.program('3 d', refill({ volume: '20 mL', concentration: '500 ug/mL' }))
    expect(wasApplied(pump.program('3 d', { kind: 'restart' }))).toBe(true)
    expect(pump.peek().state).toBe('simple-continuous')
  })

  it('takes no bolus, bridge or longer leave with it, and a prime goes on', () => {
    const pump = pumpAt('1 d')
    pump.program('1 d', patientBolus('50 ug', '10 min', '1 h', 4))
    pump.program('2 d', prime('500 uL'))
    pump.program('2 d', STRONG)
    expect(reasonIn(pump.program('2 d', bolus('1 ug', '1 h')))).toContain('below the least rate')
    // One that would fit by itself ends with the therapy, so it does not begin.
    expect(reasonIn(pump.program('2 d', bolus('100 ug', '10 min')))).toContain('program a therapy that fits first')
    expect(pump.hear(at('2 d'), { kind: 'request-bolus' })).toContainEqual(
      expect.objectContaining({ event: 'patient-bolus-denied' }),
    )
    expect(reasonIn(pump.program('2 d', bridge('100 uL')))).toContain('below the least rate')
    pump.pass('3 d')
    // 2000 steps of the prime and not one more.
    expect(pump.status('3 d')).toMatchObject({ state: 'stopped', steps: 2800 })
    const answers = pump.hear(at('3 d'), { kind: 'request-bolus' })
    expect(answers).toContainEqual(expect.objectContaining({ event: 'patient-bolus-denied' }))
  })

  it('looks at boluses of the pattern that are still to come', () => {
    const pump = new Bedside({ fill: '20 mL' })
    pump.program('0 s', flex('1000 ug/d', [['12 h', '500 ug', '1 h']]))
    pump.pass('1 d')
    // The basal would be 10 mL/d, the bolus in some hours 120 mL/d.
    pump.program('1 d', refill({ volume: '20 mL', concentration: '100 ug/mL' }))
    pump.pass('1 d 1 s')
    expect(pump.peek().state).toBe('stopped')
  })

  it('leaves a pump that loses its power then in its safe state, and nothing of it pending', () => {
    const pump = pumpAt('2 d')
    pump.program('2 d', STRONG)
    pump.hear(at('2 d'), { kind: 'power-fails', atWrite: null })
    pump.hear(at('2 d 1 h'), { kind: 'power-returns' })
    pump.pass('3 d')
    expect(pump.status('3 d').state).toBe('safe-state')
    expect(suspended(pump)).toEqual([])
  })

  it('drops a bridge with which a safe state would run too fast, and keeps to its minimum rate', () => {
    const pump = pumpAt('1 d')
    pump.program('1 d', refill({ volume: '20 mL', concentration: '400 ug/mL' }))
    pump.program('1 d', bridge('300 uL'))
    pump.hear(at('1 d 1 h'), { kind: 'power-fails', atWrite: null })
    pump.hear(at('1 d 1 h'), { kind: 'power-returns' })
    pump.program('1 d 1 h', refill({ volume: '20 mL', concentration: '9000000 ug/mL' }))
    pump.pass('2 d 1 h')
    // 0.006 mL/d are 24 steps a day.
    const { state, steps: before } = pump.status('2 d 1 h')
    expect(state).toBe('safe-state')
    pump.pass('3 d 1 h')
    expect(pump.status('3 d 1 h').steps - before).toBe(24)
  })
})

/** 600 ug/d, and half an hour into a bolus of 500 ug in an hour, on 1000 ug/mL: 12 mL/d for another half hour. */
function bolusing(): Bedside {
  const pump = new Bedside({ fill: '20 mL' })
  pump.program('0 s', continuous('600 ug/d'))
  pump.program('0 s', patientBolus('1 ug', '10 min', '1 h', 4))
  pump.program('23 h 30 min', bolus('500 ug', '1 h'))
  pump.pass('1 d')
  return pump
}

/** At 100 ug/mL the bolus would be 120 mL/d, and the therapy 6 mL/d. */
const WEAK = refill({ volume: '20 mL', concentration: '100 ug/mL' })
const TOO_FAST = '126000 uL/d is above the highest rate of 24000 uL/d; lower the dose, or give it over a longer time'

const ended = (pump: Bedside) =>
  pump.state.log.entries.flatMap(({ event, detail }) => (event === 'boluses-ended' ? [detail] : []))

describe('a refill with which only the boluses under way cannot be given', () => {
  it('ends them, and leaves therapy and leave as they are', () => {
    const pump = bolusing()
    const answers = pump.program('1 d', WEAK)
    expect(answers.flatMap((said) => (said.kind === 'readback' ? said.warnings : []))).toEqual([
      `${TOO_FAST}; the boluses under way end, and what is in force goes on without them`,
    ])
    const { steps } = pump.peek()
    pump.pass('1 d 1 h')
    expect(ended(pump)).toEqual([`${TOO_FAST}; the therapy goes on without them`])
    // 6 mL/d are 250 uL in an hour, in steps of 0.25 uL.
    expect(pump.status('1 d 1 h')).toMatchObject({ state: 'simple-continuous', steps: steps + 1000 })
    expect([pump.alarms(), suspended(pump), pump.state.boluses]).toEqual([[], [], []])
    expect(pump.state.patient.permission).not.toBeNull()
  })

  it('ends them in a stopped pump, which stays stopped and alarms no sooner for it', () => {
    const pump = new Bedside({ fill: '20 mL' })
    pump.program('0 s', STOPPED)
    pump.program('0 s', bolus('1000 ug', '1 h'))
    pump.pass('30 min')
    const { steps } = pump.status('30 min')
    pump.program('30 min', refill({ volume: '20 mL', concentration: '10 ug/mL' }))
    pump.pass('2 h')
    expect(pump.status('2 h')).toMatchObject({ state: 'stopped', steps })
    expect([ended(pump).length, suspended(pump), pump.alarms()]).toEqual([1, [], []])
  })

  it('takes no bolus before they have ended', () => {
    const pump = bolusing()
    pump.program('1 d', WEAK)
    expect(reasonIn(pump.program('1 d', bolus('1 ug', '10 min')))).toBe(`${TOO_FAST}; those under way end first`)
    expect(pump.hear(at('1 d'), { kind: 'request-bolus' })).toContainEqual(
      expect.objectContaining({ event: 'patient-bolus-denied' }),
    )
    pump.pass('1 d')
    expect(wasApplied(pump.program('1 d', bolus('1 ug', '10 min')))).toBe(true)
  })

  it('says nothing of them where a therapy of the same instant ends them anyway', () => {
    const pump = bolusing()
    pump.program('1 d', WEAK)
    pump.program('1 d', continuous('500 ug/d'))
    pump.pass('1 d 1 h')
    expect([ended(pump), pump.peek().state]).toEqual([[], 'simple-continuous'])
  })

  it('ends none where a bridge of the same instant makes them fit', () => {
    const pump = bolusing()
    pump.program('1 d', WEAK)
    expect(wasApplied(pump.program('1 d', bridge('auto')))).toBe(true)
    const { steps } = pump.peek()
    pump.pass('1 d 30 min')
    expect(ended(pump)).toEqual([])
    // A tenth of 126 mL/d.
    expect(pump.peek().steps - steps).toBe((12_600 * 4) / 48)
  })

  it('stops the pump where the therapy does not fit by itself either', () => {
    const pump = bolusing()
    pump.program('1 d', refill({ volume: '20 mL', concentration: '10 ug/mL' }))
    pump.pass('1 d')
    expect([ended(pump), suspended(pump).length, pump.peek().state]).toEqual([[], 1, 'stopped'])
  })

  it('looks at the pattern without them', () => {
    const pump = new Bedside({ fill: '20 mL' })
    pump.program('0 s', flex('600 ug/d', [['12 h', '40 ug', '1 h']]))
    pump.program('23 h 30 min', bolus('500 ug', '1 h'))
    // Together 126 mL/d; the bolus of the pattern alone 9.6 mL/d on top of 6 mL/d.
    pump.program('1 d', WEAK)
    pump.pass('1 d')
    expect([ended(pump).length, suspended(pump), pump.peek().state]).toEqual([1, [], 'flex'])
  })
})
