/** Damage to the memory: one bad copy is repaired from the other, two bad copies are an alarm and never a guess. */
import { describe, expect, it } from 'vitest'
import { examined, payloadOf } from '#firmware-sim/memory/store'
import type { MemoryCopy } from '#firmware-sim/messages'
import { memoryOf } from '#firmware-sim/power'
import {
  at,
  Bedside,
  bolus,
  bridge,
  continuous,
  flex,
  MINIMUM_RATE,
  patientBolus,
  periodic,
  prime,
  reasonIn,
  refill,
  STOPPED,
  setClock,
} from './bedside.ts'

const flip = (pump: Bedside, time: string, copy: MemoryCopy, bit = 321) =>
  pump.hear(at(time), { kind: 'bit-flip', copy, bit })
const eventsOf = (pump: Bedside) => pump.said.flatMap((output) => (output.kind === 'event' ? [output.event] : []))

function running(): Bedside {
  const pump = new Bedside()
  pump.program('0 s', flex('1 mL/d', [['6 h', '50 uL', '1 h']]))
  return pump
}

describe('one copy with a bit flipped', () => {
  it.each(['first', 'second'] as const)(
    'is written anew from the other within the interval of the check: %s',
    (copy) => {
      const [pump, sound] = [running(), running()]
      flip(pump, '30 min', copy)
      pump.pass('1 h 29 min 59.999999 s')
      expect(eventsOf(pump)).toEqual([])
      pump.pass('1 h 30 min')
      expect(eventsOf(pump)).toEqual(['memory-repaired'])
      expect(pump.state.log.entries.at(-1)).toEqual({
        ...{ at_us: at('1 h 30 min'), event: 'memory-repaired' },
        detail: 'one copy of the record was bad and was written anew from the other',
      })
      expect(examined(memoryOf(pump.state)).state).toBe('sound')
      expect(payloadOf(memoryOf(pump.state))).toBe(payloadOf(memoryOf(sound.state)))
      for (const one of [pump, sound]) one.pass('3 d')
      expect(pump.stepsBy('3 d')).toEqual(sound.stepsBy('3 d'))
      expect(pump.alarms()).toEqual([])
    },
  )

  it('is repaired when the power comes back, and the pump knows what it knew', () => {
    const pump = running()
    pump.hear(at('1 h'), { kind: 'power-fails', atWrite: null })
    flip(pump, '1 h', 'second')
    pump.hear(at('2 h'), { kind: 'power-returns' })
    expect(eventsOf(pump)).toContain('memory-repaired')
    expect(pump.state.alarms).toEqual(['low-battery-reset'])
    expect(pump.state.contents.drug).toBe('baclofen')
  })
})

describe('both copies with a bit flipped', () => {
  it('are an alarm and the safe state within the interval of the check, and nothing is resumed by itself', () => {
    const pump = running()
    pump.program('25 min', bolus('100 uL', '5 h'))
    flip(pump, '30 min', 'both')
    pump.pass('1 h 30 min')
    expect(pump.alarms()).toEqual(['memory-error raised at 5400000000'])
    expect(pump.peek().state).toBe('safe-state')
    const { steps } = pump.peek()
    pump.pass('2 d 1 h 30 min')
    expect(pump.peek().steps - steps).toBe(48)
    expect(reasonIn(pump.prepare('3 d', { kind: 'restart' }))).toMatch('nothing to restart')
    pump.program('3 d', continuous('1 mL/d'))
    expect(pump.state.alarms).toEqual([])
  })

  it('leave a stopped pump stopped', () => {
    const pump = new Bedside()
    flip(pump, '1 min', 'both')
    pump.pass('2 h')
    expect([pump.peek().state, pump.state.alarms]).toEqual(['stopped', ['memory-error']])
    pump.pass('1 d')
    expect(pump.stepCount).toBe(0)
  })

  it('are written anew each time, though the pump alarms already', () => {
    const pump = running()
    for (const [damage, check] of [
      ['1 h', '2 h'],
      ['3 h', '4 h'],
      ['5 h', '6 h'],
    ] as const) {
      flip(pump, damage, 'both')
      pump.pass(check)
      expect(examined(memoryOf(pump.state)).state).toBe('sound')
    }
    pump.hear(at('7 h'), { kind: 'power-fails', atWrite: null })
    pump.hear(at('7 h'), { kind: 'power-returns' })
    expect(pump.state.contents.drug).toBe('baclofen')
  })

  it('without power leave a pump that does not know what it holds, and takes no dose by mass', () => {
    const pump = running()
    pump.hear(at('1 h'), { kind: 'power-fails', atWrite: null })
    flip(pump, '1 h', 'both')
    pump.hear(at('2 h'), { kind: 'power-returns' })
    expect([pump.peek().state, pump.state.alarms]).toEqual(['safe-state', ['low-battery-reset', 'memory-error']])
    expect(reasonIn(pump.program('3 h', continuous('1 mg/d')))).toMatch('does not know what it holds')
    pump.program('3 h', refill({ volume: '40 mL' }))
    expect(reasonIn(pump.program('3 h', continuous('1 mg/d')))).toBeNull()
  })

  it('without power leave a pump that takes what is no dose, and no dose of any kind', () => {
    const pump = running()
    pump.hear(at('1 h'), { kind: 'power-fails', atWrite: null })
    flip(pump, '1 h', 'both')
    pump.hear(at('2 h'), { kind: 'power-returns' })
    const unknown = 'the pump does not know what it holds; program a refill first'
    for (const program of [
      continuous('1 mL/d'),
      flex('0 mL/d', [['6 h', '1 uL', '1 h']]),
      periodic('1 uL', '1 min', '1 h'),
    ]) {
      expect(reasonIn(pump.program('3 h', program))).toBe(unknown)
    }
    for (const program of [MINIMUM_RATE, setClock('2026-01-05T04:00'), prime('10 uL')]) {
      expect(reasonIn(pump.program('3 h', program))).toBeNull()
    }
    for (const program of [bolus('1 uL', '1 min'), patientBolus('1 uL', '1 min', '1 h', 1)]) {
      expect(reasonIn(pump.program('3 h', program))).toBe(unknown)
    }
    expect(reasonIn(pump.program('3 h', bridge('auto')))).not.toBe(unknown)
    expect(reasonIn(pump.program('3 h', STOPPED))).toBeNull()
    expect(reasonIn(pump.program('3 h', refill({ volume: '40 mL', concentration: '0 ug/mL' })))).toBe(
      'the concentration of a fill must be above zero',
    )
    expect(reasonIn(pump.program('3 h', refill({ volume: '40 mL' })))).toBeNull()
    expect(reasonIn(pump.program('3 h', bolus('1 uL', '1 min')))).toBeNull()
  })

  it('without power leave no leave for boluses and no memory of them, and what is given until a refill has no name', () => {
    const pump = running()
    pump.program('0 s', patientBolus('10 uL', '10 min', '4 h', 3))
    pump.hear(at('1 h'), { kind: 'request-bolus' })
    pump.hear(at('1 h'), { kind: 'power-fails', atWrite: null })
    flip(pump, '1 h', 'both')
    pump.hear(at('2 h'), { kind: 'power-returns' })
    pump.pass('1 d')
    expect(pump.peek().dose_ug.map(([drug]) => drug)).toEqual(['baclofen', 'unknown'])
    pump.program('1 d', refill({ volume: '40 mL' }))
    pump.program('1 d', continuous('1 mL/d'))
    pump.hear(at('1 d'), { kind: 'request-bolus' })
    expect(pump.state.boluses).toEqual([])
    pump.program('1 d', patientBolus('10 uL', '10 min', '4 d', 3))
    pump.hear(at('1 d'), { kind: 'request-bolus' })
    expect(pump.state.boluses).toHaveLength(1)
  })

  it('keep what wore out with the counters: replacement stays due, and service ends on its day', () => {
    const pump = new Bedside({ figures: { service_life: '1 d', replacement_period: '9 d' } })
    pump.program('0 s', continuous('1 mL/d'))
    pump.pass('1 d')
    pump.hear(at('2 d'), { kind: 'power-fails', atWrite: null })
    flip(pump, '2 d', 'both')
    pump.hear(at('3 d'), { kind: 'power-returns' })
    expect(pump.state.alarms).toContain('elective-replacement')
    pump.pass('10 d')
    expect(pump.peek().state).toBe('end-of-service')
  })
})
