/** What changes by itself: each at its instant, in its order, and nothing ordered that is then taken back. */
import { describe, expect, it } from 'vitest'
import type { Program, PumpInput, PumpOutput } from '#firmware-sim/messages'
import { as } from '#units/quantity'
import { negate, whole } from '#units/rational'
import {
  at,
  Bedside,
  bolus,
  bridge,
  clockAt,
  continuous,
  flex,
  periodic,
  prime,
  reasonIn,
  refill,
  wasApplied,
} from './bedside.ts'

const WEAKER = refill({ volume: '40 mL', concentration: '500 ug/mL' })
const CUT: PumpInput = { kind: 'power-fails', atWrite: null }
const RETURN: PumpInput = { kind: 'power-returns' }

function giving(pump: Bedside, ...programs: readonly Program[]): Bedside {
  for (const program of programs) expect(wasApplied(pump.program('0 s', program))).toBe(true)
  return pump
}

const eventsOf = (outputs: readonly PumpOutput[]) =>
  outputs.flatMap((output) => (output.kind === 'event' ? [output.event] : []))
/** What is said, by its kind; alarms and tones by their names. */
const told = (outputs: readonly PumpOutput[]) =>
  outputs.map((output) =>
    output.kind === 'alarm' ? output.alarm : output.kind === 'tone' ? `tone ${output.alarm}` : output.kind,
  )

describe('motion that nobody interferes with', () => {
  const pattern = flex('100 uL/d', [
    ['6 h', '30 uL', '20 min'],
    ['6 h 10 min', '31 uL', '33 min'],
    ['18 h', '7 uL', '1 h'],
  ])

  // 1200 steps of the basal and 816 of three days of boluses.
  it.each<readonly [string, readonly Program[], number]>([
    ['a pattern whose boluses overlap', [pattern], 2016],
    ['a pattern behind a prime', [pattern, prime('10.1 uL')], 2056],
    ['a pattern over a bridge', [WEAKER, pattern, bridge('100.1 uL')], 1615],
    [
      'boluses that end one after the other',
      [continuous('1 mL/d'), bolus('20 uL', '2 h'), bolus('20 uL', '1 h')],
      12_160,
    ],
    ['all of it', [WEAKER, pattern, bridge('auto'), prime('10 uL'), bolus('20 uL', '3 h')], 1087],
  ])('is ordered as it is made, and none of it taken back: %s', (_, programs, steps) => {
    const pump = giving(new Bedside(), ...programs)
    const before = pump.said.length
    pump.pass('3 d')
    const said = pump.said.slice(before).map(({ kind }) => kind)
    expect(said).toContain('order')
    expect(said).not.toContain('cancel')
    expect(pump.stepsBy('3 d')).toHaveLength(steps)
  })

  it('goes on with a bolus when another one has ended', () => {
    const pump = giving(new Bedside(), bolus('10 uL', '1 h'), bolus('10 uL', '2 h'))
    pump.pass('3 h')
    expect([pump.stepsBy('1 h').length, pump.stepsBy('3 h').length]).toEqual([60, 80])
  })
})

describe('at one instant', () => {
  it('the reservoir runs low before a stop, which comes before the bolus of a pattern', () => {
    const pump = giving(new Bedside({ fill: '2036 uL' }), flex('144 uL/d', [['6 h', '30 uL', '1 h']]))
    expect(told(pump.stop('6 h'))).toEqual(['low-reservoir', 'tone low-reservoir', 'booked', 'applied'])
    expect(pump.state.boluses).toEqual([])
  })

  it('the reservoir runs dry before a stop, and after a refill, whatever was prepared', () => {
    const full = refill({ volume: '40 mL' })
    const dry = () => giving(new Bedside({ fill: '36 uL' }), continuous('144 uL/d'))
    const stopped = dry()
    stopped.prepare('5 h 55 min', full)
    expect(told(stopped.stop('6 h'))).toEqual(['event', 'booked', 'empty-reservoir', 'tone empty-reservoir', 'applied'])
    const refilled = dry()
    expect(wasApplied(refilled.program('6 h', full))).toBe(true)
    refilled.pass('7 h')
    expect([refilled.peek().state, refilled.stepsBy('7 h').length]).toEqual(['simple-continuous', 168])
  })

  it('a second refill comes before a therapy makes way that did not fit with the first', () => {
    const pump = giving(new Bedside({ fill: '20 mL' }), WEAKER, continuous('50 ug/d'))
    pump.program('2 d', refill({ volume: '20 mL', concentration: '2000 ug/mL' }))
    pump.program('2 d', WEAKER)
    pump.pass('3 d')
    expect([pump.peek().state, pump.stepsBy('3 d').length]).toEqual(['simple-continuous', 1200])
  })
})

describe('what comes between two readings of the cell', () => {
  it('is the age of the pump, to the microsecond', () => {
    const pump = giving(
      new Bedside({ figures: { service_life: '25 h 7 min', replacement_period: '2 d' } }),
      continuous('1 mL/d'),
    )
    pump.pass('2 d')
    expect(pump.alarms()).toEqual(['elective-replacement raised at 90420000000'])
  })
})

describe('what befalls a pump', () => {
  it('is a brown-out, which resets it to its safe state and leaves its clock as it is', () => {
    const pump = giving(new Bedside(), continuous('1 mL/d'))
    expect(told(pump.hear(at('1 h'), { kind: 'brown-out' }))).toEqual([
      ...['event', 'booked', 'cancel', 'order', 'low-battery-reset', 'tone low-battery-reset'],
    ])
    pump.pass('3 h')
    expect([pump.peek().state, pump.peek().clock_us]).toEqual(['safe-state', clockAt('2026-01-05T03:00')])
    expect(pump.stepsBy('3 h')).toHaveLength(168)
  })

  it('is resistance of its cell, which adds up, and lets the voltage sag', () => {
    const resisted = (...ohms: readonly number[]) => {
      const pump = giving(new Bedside(), continuous('1 mL/d'))
      for (const ohm of ohms) pump.hear(at('1 h'), { kind: 'cell-resistance', by_ohm: as(whole(ohm)) })
      pump.pass('2 h')
      return [pump.peek().state, pump.alarms()]
    }
    const sagged = ['safe-state', ['low-battery-reset raised at 3600000000']]
    expect(resisted(1000)).toEqual(['simple-continuous', []])
    expect(resisted(5000, 5000)).toEqual(sagged)
    expect(resisted(-9000, 10_000)).toEqual(['simple-continuous', []])
  })

  it('is resistance that comes while it has no power', () => {
    const pump = giving(new Bedside(), continuous('1 mL/d'))
    const extra = as<never>(whole(100_000))
    pump.hear(at('1 h'), CUT)
    pump.hear(at('1 h'), { kind: 'cell-resistance', by_ohm: extra })
    expect(pump.state.extra_ohm).toEqual(extra)
    pump.hear(at('2 h'), { kind: 'cell-resistance', by_ohm: as<never>(negate(extra)) })
    expect(pump.state.extra_ohm).toEqual(whole(0))
  })

  it('is a jump of its clock, which the pattern follows at once', () => {
    const pump = giving(new Bedside(), flex('100 uL/d', [['6 h', '30 uL', '20 min']]))
    pump.hear(at('2 h'), { kind: 'clock-jumps', by_us: as(at('1 h')) })
    pump.pass('7 h')
    expect(['5 h', '5 h 30 min', '7 h'].map((time) => pump.stepsBy(time).length)).toEqual([83, 211, 236])
    expect(pump.peek().clock_us).toEqual(clockAt('2026-01-05T08:00'))
  })

  it('is a jump of its clock, which no periodic bolus follows', () => {
    const pump = giving(new Bedside(), periodic('30 uL', '20 min', '6 h'))
    pump.hear(at('2 h'), { kind: 'clock-jumps', by_us: as(at('1 h')) })
    pump.pass('7 h')
    expect(['5 h', '6 h', '7 h'].map((time) => pump.stepsBy(time).length)).toEqual([120, 120, 240])
  })

  it('is a second reset, which sounds anew', () => {
    const pump = new Bedside()
    const reset = (time: string) => {
      pump.hear(at(time), CUT)
      return told(pump.hear(at(time), RETURN))
    }
    expect(reset('30 min')).toEqual(['power', 'low-battery-reset', 'tone low-battery-reset'])
    expect(reset('40 min')).toEqual(['power', 'tone low-battery-reset'])
  })

  it('is a record that is lost, with which no other alarm is forgotten', () => {
    const pump = giving(new Bedside({ fill: '1 mL' }), continuous('1 mL/d'))
    pump.hear(at('1 h'), { kind: 'bit-flip', copy: 'both', bit: 777 })
    pump.pass('3 h')
    expect(pump.state.alarms).toEqual(['low-reservoir', 'memory-error'])
    expect(eventsOf(pump.said).filter((event) => event === 'safe-state')).toHaveLength(1)
  })
})

describe('what a pump says when it is asked', () => {
  it('is its account, by the wire of a bench as by telemetry', () => {
    for (const kind of ['observe', 'interrogate'] as const) {
      expect(told(new Bedside().hear(at('10 min'), { kind }))).toEqual(['status'])
    }
  })

  it('counts what a full log had lost as cleared, too', () => {
    const pump = new Bedside()
    for (let k = 0; k < 300; k += 1) pump.hear(at('10 min'), { kind: 'silence' })
    expect(pump.hear(at('10 min'), { kind: 'clear' })).toMatchObject([{ event: 'log-cleared', detail: '300 entries' }])
    expect(reasonIn(pump.said)).toBeNull()
  })

  it('says that a rotor moves again after a stall, and logs it', () => {
    const pump = giving(new Bedside(), continuous('10 mL/d'))
    pump.wake('2 h')
    const rotor = (due: string, moved: boolean) => pump.hear(at('2 h'), { kind: 'rotor', due_us: at(due), moved })
    expect(told(rotor('1 h 57 min 36 s', false))).toEqual(['withdrawn', 'order', 'motor-stall', 'tone motor-stall'])
    expect(eventsOf(rotor('1 h 57 min 57.6 s', true))).toEqual(['motor-recovered'])
    expect(pump.state.log.entries.map(({ event }) => event)).toContain('motor-recovered')
  })
})

describe('a therapy that makes way behind a prime', () => {
  it('lets the pump stand, and alarm for it, from the end of the prime on', () => {
    const pump = giving(new Bedside({ fill: '20 mL' }), WEAKER, continuous('50 ug/d'))
    pump.program('2 d', prime('1 mL'))
    pump.program('2 d 10 min', refill({ volume: '20 mL', concentration: '2000 ug/mL' }))
    pump.pass('2 d 20 min')
    expect([pump.peek().state, pump.alarms()]).toEqual(['stopped', []])
    pump.pass('6 d')
    // The prime takes an hour, and a pump may stand for two days.
    expect(pump.alarms()).toEqual([`stopped-pump raised at ${97 * 3_600_000_000}`])
  })
})
