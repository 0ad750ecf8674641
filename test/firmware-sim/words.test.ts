/** The words of the pump: each event is said at its instant, in full, and stands in the log as it was said. */
import { describe, expect, it } from 'vitest'
import type { PumpInput } from '#firmware-sim/messages'
import { at, Bedside, bolus, continuous, flex, patientBolus, reasonIn, refill, STOPPED } from './bedside.ts'

type Life = (pump: Bedside) => void

const hear =
  (time: string, input: PumpInput): Life =>
  (pump) =>
    pump.hear(at(time), input)
const runs: Life = (pump) => pump.program('0 s', continuous('1 mL/d'))
const dies = hear('1 h', { kind: 'power-fails', atWrite: null })
const comesBack = hear('2 h', { kind: 'power-returns' })

/** What leads to it, the event with its detail, and when it is said. */
const WORDS: readonly (readonly [event: string, detail: string, time: string, lives: readonly Life[]])[] = [
  ['carrier-found', 'telemetry carrier', '1 h', [runs, hear('1 h', { kind: 'carrier', present: true })]],
  ['carrier-lost', 'telemetry carrier', '1 h', [runs, hear('1 h', { kind: 'carrier', present: false })]],
  ['log-cleared', '1 entries', '1 h', [runs, hear('1 h', { kind: 'clear' })]],
  ['nothing-to-silence', 'no alarm sounds', '1 h', [runs, hear('1 h', { kind: 'silence' })]],
  [
    'silenced',
    'silent for 10 min; the alarms stay on',
    '49 h',
    [(pump) => pump.pass('48 h'), hear('49 h', { kind: 'silence' })],
  ],
  ['stopped-warning', 'the pump is stopped; restart it if that is not meant', '1 h', [(pump) => pump.pass('1 h')]],
  [
    'safe-state',
    'minimum rate until somebody programs the pump; nothing is resumed by itself',
    '2 h',
    [runs, dies, comesBack],
  ],
  [
    'delivery-stopped',
    'the pump stopped its therapy by itself; the alarm raised with it says why',
    '40 d',
    [runs, (pump) => pump.pass('40 d')],
  ],
  [
    'memory-repaired',
    'one copy of the record was bad and was written anew from the other',
    '2 h',
    [runs, hear('1 h', { kind: 'bit-flip', copy: 'first', bit: 9 }), (pump) => pump.pass('2 h')],
  ],
  ['patient-bolus-denied', 'no patient bolus is permitted', '1 h', [runs, hear('1 h', { kind: 'request-bolus' })]],
  [
    'patient-bolus-denied',
    'the pump gives no therapy',
    '2 h',
    [runs, dies, comesBack, hear('2 h', { kind: 'request-bolus' })],
  ],
]

describe('the pump says and logs', () => {
  it.each(WORDS)('%s: %s', (event, detail, time, lives) => {
    const pump = new Bedside()
    for (const life of lives) life(pump)
    expect(pump.said).toContainEqual({ at_us: at(time), kind: 'event', event, detail })
    expect(pump.state.log.entries).toContainEqual({ at_us: at(time), event, detail })
  })

  it('a stop as applied', () => {
    const pump = new Bedside()
    runs(pump)
    expect(pump.stop('1 h')).toContainEqual({ at_us: at('1 h'), kind: 'applied', digest: 'stop' })
    expect(pump.state.log.entries.at(-1)).toEqual({ at_us: at('1 h'), event: 'programmed', detail: 'stop' })
  })

  it('an alarm with its cause, when it is raised and when it is cleared', () => {
    const pump = new Bedside({ fill: '2.5 mL' })
    runs(pump)
    pump.pass('1 d')
    const detail = 'low-reservoir: believed reservoir at or below its low level; cleared by a refill'
    expect(pump.state.log.entries).toContainEqual({ at_us: at('12 h'), event: 'alarm-raised', detail })
    expect(pump.said).toContainEqual({
      at_us: at('12 h'),
      kind: 'alarm',
      alarm: 'low-reservoir',
      priority: 'non-critical',
      state: 'raised',
    })
    pump.program('1 d', refill({ volume: '40 mL' }))
    expect(pump.state.log.entries).toContainEqual({ at_us: at('1 d'), event: 'alarm-cleared', detail })
    expect(pump.said).toContainEqual({
      at_us: at('1 d'),
      kind: 'alarm',
      alarm: 'low-reservoir',
      priority: 'non-critical',
      state: 'cleared',
    })
  })

  it('which tone sounds, each time another one does and at no other time', () => {
    const pump = new Bedside({ fill: '2.5 mL' })
    runs(pump)
    pump.pass('12 h')
    pump.hear(at('13 h'), { kind: 'silence' })
    pump.pass('1 d')
    pump.hear(at('1 d'), { kind: 'power-fails', atWrite: null })
    pump.hear(at('2 d'), { kind: 'power-returns' })
    pump.program('2 d', continuous('1 mL/d'))
    pump.program('2 d', refill({ volume: '40 mL' }))
    const tones = pump.said.flatMap((output) => (output.kind === 'tone' ? [[output.alarm, output.pattern]] : []))
    expect(tones).toEqual([
      ['low-reservoir', 'single tone, 1 s, every 1 h'],
      [null, 'silent'],
      ['low-reservoir', 'single tone, 1 s, every 1 h'],
      [null, 'silent'],
      ['low-battery-reset', 'two tones, 3 s, every 10 min'],
      ['low-reservoir', 'single tone, 1 s, every 1 h'],
      [null, 'silent'],
    ])
  })

  it('that its supply went dead and came back, and no tone where none sounded', () => {
    const pump = new Bedside()
    runs(pump)
    pump.hear(at('1 h'), { kind: 'power-fails', atWrite: null })
    const supply = pump.said.filter(({ kind }) => kind === 'power' || kind === 'tone')
    expect(supply).toEqual([{ at_us: at('1 h'), kind: 'power', on: false }])
    expect(pump.hear(at('2 h'), { kind: 'power-returns' })[0]).toEqual({ at_us: at('2 h'), kind: 'power', on: true })
  })
})

describe('the pump says nothing', () => {
  it('of power that comes back to a pump that has it', () => {
    const pump = new Bedside()
    runs(pump)
    const before = pump.status('30 min')
    expect(pump.hear(at('30 min'), { kind: 'power-returns' })).toEqual([])
    expect(pump.status('30 min')).toEqual(before)
  })

  it('of being woken before anything is due', () => {
    const pump = new Bedside()
    runs(pump)
    expect(pump.wake('10 min')).toEqual([])
  })
})

describe('the pump', () => {
  it('is called in order of time', () => {
    const pump = new Bedside()
    pump.wake('1 h')
    expect(() => pump.wake('59 min 59.999999 s')).toThrow('called at an instant that has passed')
    expect(() => pump.wake('59 min 59.999999 s')).toThrow(RangeError)
    expect(pump.wake('1 h')).toEqual([])
  })

  it('forgets at a stop what was prepared before it', () => {
    const pump = new Bedside()
    runs(pump)
    const [prepared] = pump.prepare('1 h', continuous('2 mL/d'))
    pump.stop('1 h')
    const digest = prepared?.kind === 'readback' ? prepared.digest : ''
    expect(reasonIn(pump.commit('1 h', digest))).toMatch('nothing is prepared')
  })

  it('takes charge for every exchange with a programmer, and none for being observed', () => {
    const used = (input: PumpInput) => {
      const pump = new Bedside()
      runs(pump)
      const before = pump.state.battery.used_pC
      pump.hear(at('0 s'), input)
      return Number(pump.state.battery.used_pC.n - before.n)
    }
    const exchange = 1e10
    for (const kind of ['interrogate', 'silence', 'read-log', 'clear', 'stop'] as const) {
      expect([kind, used({ kind })]).toEqual([kind, exchange])
    }
    expect(used({ kind: 'prepare', program: STOPPED })).toBe(exchange)
    expect(used({ kind: 'commit', digest: '' })).toBe(exchange)
    for (const kind of ['observe', 'wake', 'request-bolus'] as const) expect([kind, used({ kind })]).toEqual([kind, 0])
  })

  it('draws more while a carrier is there', () => {
    const pump = new Bedside()
    runs(pump)
    const before = pump.state.battery.current_uA
    pump.hear(at('1 h'), { kind: 'carrier', present: true })
    expect(pump.state.battery.current_uA.n * before.d - before.n * pump.state.battery.current_uA.d).toBe(
      50n * before.d * pump.state.battery.current_uA.d,
    )
    pump.hear(at('2 h'), { kind: 'carrier', present: false })
    expect(pump.state.battery.current_uA).toEqual(before)
  })

  it('looks at its memory an hour after the first damage, however much follows', () => {
    const pump = new Bedside()
    runs(pump)
    pump.hear(at('10 min'), { kind: 'bit-flip', copy: 'first', bit: 9 })
    pump.hear(at('50 min'), { kind: 'bit-flip', copy: 'first', bit: 99 })
    pump.pass('2 h')
    const repairs = pump.said.filter((output) => output.kind === 'event' && output.event === 'memory-repaired')
    expect(repairs).toMatchObject([{ at_us: at('1 h 10 min') }])
  })

  it('ends with a stop what was permitted, what was under way and what was primed', () => {
    const pump = new Bedside()
    pump.program('0 s', flex('1 mL/d', [['6 h', '50 uL', '1 h']]))
    pump.program('0 s', patientBolus('1 uL', '1 min', '1 h', 4))
    pump.program('1 h', bolus('100 uL', '5 h'))
    pump.stop('2 h')
    const { steps } = pump.peek()
    pump.pass('2 d')
    expect(pump.peek().steps).toBe(steps)
    pump.hear(at('2 d'), { kind: 'request-bolus' })
    expect(pump.said.at(-1)).toMatchObject({ detail: 'no patient bolus is permitted' })
  })
})
