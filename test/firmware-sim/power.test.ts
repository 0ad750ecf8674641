/**
 * Power: whatever word write the supply fails at, the record is what it was before or what it was meant to be, nothing
 * goes on by itself, and a programmer that asks again learns which of the two it is.
 */
import { isDeepStrictEqual } from 'node:util'
import { describe, expect, it } from 'vitest'
import { payloadOf } from '#firmware-sim/memory/store'
import type { Program, PumpInput } from '#firmware-sim/messages'
import { memoryOf } from '#firmware-sim/power'
import type { PumpState } from '#firmware-sim/state'
import { add, compare, ratio } from '#units/rational'
import {
  at,
  Bedside,
  type BedsideSetup,
  bolus,
  bridge,
  continuous,
  digestIn,
  flex,
  MINIMUM_RATE,
  patientBolus,
  periodic,
  prime,
  reasonIn,
  refill,
  STOPPED,
  setClock,
  wasApplied,
} from './bedside.ts'

const CUT = { kind: 'power-fails', atWrite: null } as const satisfies PumpInput
const RETURN = { kind: 'power-returns' } as const satisfies PumpInput

/** A pump in mid-therapy with something to lose: a bridge, a permission, a bolus under way. */
function busy(setup: BedsideSetup = {}): Bedside {
  const pump = new Bedside({ fill: '30 mL', ...setup })
  pump.program('0 s', continuous('1 mL/d'))
  pump.program('1 h', refill({ volume: '30 mL', concentration: '500 ug/mL' }))
  pump.program('1 h', bridge('auto'))
  pump.program('1 h', patientBolus('10 uL', '10 min', '30 min', 4))
  pump.program('1 h 59 min', bolus('50 uL', '1 h'))
  return pump
}

const PROGRAMMES: readonly (readonly [name: string, program: Program])[] = [
  ['stopped', STOPPED],
  ['minimum rate', MINIMUM_RATE],
  ['a continuous therapy', continuous('2 mL/d')],
  ['flex', flex('1 mL/d', [['6 h', '50 uL', '1 h']])],
  ['a periodic bolus', periodic('50 uL', '1 h', '6 h')],
  ['a bolus', bolus('20 uL', '10 min')],
  ['a prime', prime('50 uL')],
  ['a bridge', bridge('900 uL')],
  ['a patient bolus', patientBolus('20 uL', '10 min', '1 h', 3)],
  ['a refill', refill({ volume: '20 mL', withdrawn: '20 mL' })],
  ['the clock', setClock('2026-01-05T03:00')],
  ['a jump of the clock', setClock('2026-02-05T03:00')],
]

/** Operations that are no programs; each is done at 2 h. */
const OPERATIONS: readonly (readonly [name: string, (pump: Bedside) => unknown])[] = [
  ['a stop', (pump) => pump.stop('2 h')],
  ['a request of the patient', (pump) => pump.hear(at('2 h'), { kind: 'request-bolus' })],
  ['a residual', (pump) => pump.hear(at('2 h'), { kind: 'residual', measured_uL: { n: 1n, d: 1n } as never })],
  ['a preparation', (pump) => pump.prepare('2 h', continuous('2 mL/d'))],
  ['an alarm', (pump) => pump.hear(at('2 h'), { kind: 'rotor', due_us: at('1 h 59 min 30 s'), moved: false })],
  ['silence', (pump) => pump.hear(at('2 h'), { kind: 'silence' })],
  ['clearing the log', (pump) => pump.hear(at('2 h'), { kind: 'clear' })],
]

/** The record is kept while the pump is off; nothing but it says what the pump comes back to. */
const recordOf = (pump: Bedside) => payloadOf(memoryOf(pump.state))
const wentOff = (pump: Bedside) => pump.state.operating === 'off'

/** Does something with the power failing at each word of it in turn; gives the number of words. */
function atEveryWrite(from: Bedside, act: (pump: Bedside) => unknown, look: (pump: Bedside) => void): number {
  for (let write = 1; ; write += 1) {
    if (write > 5000) throw new Error('an operation writes without end')
    const pump = from.copy()
    pump.hear(pump.state.now_us, { kind: 'power-fails', atWrite: write })
    act(pump)
    if (!wentOff(pump)) return write - 1
    look(pump)
  }
}

/**
 * What holds of every pump that comes back, whatever it was doing. What becomes of it follows from its state alone: of those
 * that are alike one is followed into the next day.
 */
function expectSafe(pump: Bedside, followed: PumpState[]): void {
  const { steps } = pump.peek()
  expect(['safe-state', 'stopped']).toContain(pump.peek().state)
  expect(pump.state.alarms).toContain('low-battery-reset')
  expect([pump.state.boluses, pump.state.prime, pump.state.prepared]).toEqual([[], null, null])
  expect(pump.state.patient.permission).toBeNull()
  if (followed.some((state) => isDeepStrictEqual(state, pump.state))) return
  followed.push(pump.state)
  pump.pass('1 d 2 h')
  // The trickle of minimum rate is 6 uL, of which a bridge at half the concentration makes 3; therapy would be 1000.
  expect(pump.peek().steps - steps).toBeLessThanOrEqual(24)
  expect(pump.stepsBy('1 d 2 h').length).toBe(pump.peek().steps + pump.state.lost)
}

describe('the power cut at every word write', () => {
  it.each(PROGRAMMES)(
    'of committing %s leaves it done or not, and tells a programmer that asks again',
    (_, program) => {
      const [outcomes, followed] = [new Set<string>(), [] as PumpState[]]
      const prepared = busy()
      const digest = String(digestIn(prepared.prepare('2 h', program)))
      const [before, undone] = [recordOf(prepared), prepared.peek()]
      const done = prepared.copy()
      expect(wasApplied(done.commit('2 h', digest))).toBe(true)
      const after = recordOf(done)
      const look = (pump: Bedside) => {
        const isDone = recordOf(pump) === after
        if (!isDone) expect(recordOf(pump)).toBe(before)
        // What a cut left done, a later one does not undo.
        if (outcomes.has('done')) expect(isDone).toBe(true)
        outcomes.add(isDone ? 'done' : 'not done')
        const steps = pump.stepsBy('2 h').length
        pump.hear(at('2 h'), RETURN)
        expect(pump.peek().steps).toBe(steps)
        const said = pump.commit('2 h', digest)
        expect([wasApplied(said), reasonIn(said) === null]).toEqual([isDone, isDone])
        const known = isDone ? done.peek() : undone
        expect(pump.peek()).toMatchObject({ reservoir_uL: known.reservoir_uL, clock_us: known.clock_us })
        expectSafe(pump, followed)
      }
      const writes = atEveryWrite(
        prepared,
        (pump) => expect(wasApplied(pump.commit('2 h', digest))).toBe(!wentOff(pump)),
        look,
      )
      expect(outcomes).toEqual(new Set(['done', 'not done']))
      expect(writes).toBeGreaterThan(100)
    },
  )

  it.each(OPERATIONS)('of %s leaves it done or not', (_, act) => {
    const calm = busy()
    calm.wake('2 h')
    const done = calm.copy()
    act(done)
    const known = [recordOf(calm), recordOf(done)]
    const followed: PumpState[] = []
    let isDone = false
    const writes = atEveryWrite(calm, act, (pump) => {
      expect(isDone ? known.slice(1) : known).toContain(recordOf(pump))
      isDone = recordOf(pump) !== known[0]
      pump.hear(at('2 h'), RETURN)
      expectSafe(pump, followed)
    })
    expect(writes).toBeGreaterThan(0)
  })

  it('of an alarm that stands leaves the pump alarming, or its cause raising it again', () => {
    const stopped = new Bedside({ figures: { stopped_warning: '1 h', stopped_alarm: '2 h' } })
    stopped.pass('1 h 59 min')
    const writes = atEveryWrite(
      stopped,
      (pump) => pump.wake('2 h'),
      (pump) => {
        pump.hear(at('3 h'), RETURN)
        pump.wake('3 h')
        expect(pump.state.alarms).toContain('stopped-pump')
      },
    )
    expect(writes).toBeGreaterThan(100)
  })
})

/** The word writes of an operation after which its record is done, both copies hold it, and each entry of its log is whole. */
function writesOf(from: Bedside, done: Bedside) {
  const copy = recordOf(from) === recordOf(done) ? 0 : memoryOf(done.state).copies[0].length + 1
  const entries: number[] = []
  for (const { event, detail } of done.state.log.entries.slice(from.state.log.entries.length)) {
    // Time, length and checksum, and the text in fours.
    entries.push((entries.at(-1) ?? 2 * copy) + 4 + Math.ceil((event.length + detail.length) / 4))
  }
  return { copy, entries, last: entries.at(-1) ?? 2 * copy }
}

describe('the power cut while the log is written', () => {
  const prepared = (setup: BedsideSetup, program: Program) => {
    const pump = busy(setup)
    return { pump, digest: String(digestIn(pump.prepare('2 h', program))) }
  }
  const steady = (setup: BedsideSetup = {}) => {
    const pump = new Bedside(setup)
    pump.program('0 s', continuous('10 mL/d'))
    pump.wake('2 h')
    return pump
  }
  const committing = prepared(
    { limits: { dose: { soft: '1 mL' } } },
    refill({ volume: '20 mL', concentration: '2000 ug/mL' }),
  )
  const missed: PumpInput = { kind: 'rotor', due_us: at('1 h 57 min 36 s'), moved: false }

  it.each<readonly [name: string, from: Bedside, act: (pump: Bedside) => unknown, writesRecord: boolean]>([
    ['an operation that changes the record', committing.pump, (pump) => pump.commit('2 h', committing.digest), true],
    [
      'one that is only logged',
      steady({ figures: { stall_detection: '2 steps' } }),
      (pump) => pump.hear(at('2 h'), missed),
      false,
    ],
    ['a silence that finds nothing to silence', steady(), (pump) => pump.hear(at('2 h'), { kind: 'silence' }), false],
  ])('leaves the record done and the entries before the cut, each of them whole: %s', (_, from, act, writesRecord) => {
    const done = from.copy()
    act(done)
    const [before, after] = [from.state.log.entries.length, done.state.log.entries]
    const { copy, entries, last } = writesOf(from, done)
    expect([copy > 0, after.length - before > 0]).toEqual([writesRecord, true])
    const ofLog = Array.from({ length: last - 2 * copy + 1 }, (_, index) => 2 * copy + index + 1)
    for (const write of [1, copy - 1, copy, copy + 1, 2 * copy - 1, 2 * copy, ...ofLog].filter((one) => one > 0)) {
      const pump = from.copy()
      pump.hear(at('2 h'), { kind: 'power-fails', atWrite: write })
      act(pump)
      expect([write, wentOff(pump)]).toEqual([write, write <= last])
      const whole = entries.filter((end) => end < write).length
      expect([write, pump.state.log.entries]).toEqual([write, after.slice(0, before + whole)])
      // Of two whole copies the newer counts.
      expect([write, recordOf(pump)]).toEqual([write, recordOf(write > copy ? done : from)])
    }
  })

  it('cancels an alarm that was not written, when it is back', () => {
    const pump = steady()
    pump.hear(at('2 h'), { kind: 'power-fails', atWrite: 1 })
    pump.hear(at('2 h'), missed)
    expect(wentOff(pump)).toBe(true)
    pump.hear(at('3 h'), RETURN)
    expect(pump.alarms()).toEqual([
      'motor-stall raised at 7200000000',
      'motor-stall cleared at 10800000000',
      'low-battery-reset raised at 10800000000',
    ])
  })
})

describe('a refill whose writing was complete when the power failed', () => {
  /** Cut at the last word of its log. */
  const cutAfter = (withdrawn: string, filled: string) => {
    const pump = new Bedside()
    pump.program('0 s', continuous('10 mL/d'))
    const digest = String(digestIn(pump.prepare('2 h', refill({ volume: filled, withdrawn, drug: 'morphine' }))))
    const done = pump.copy()
    done.commit('2 h', digest)
    pump.hear(at('2 h'), { kind: 'power-fails', atWrite: writesOf(pump, done).last })
    pump.commit('2 h', digest)
    expect(wentOff(pump)).toBe(true)
    pump.hear(at('2 h'), RETURN)
    return [pump, done]
  }
  const miss = (pump: Bedside, time: string) => pump.hear(at('2 h'), { kind: 'rotor', due_us: at(time), moved: false })

  it.each([
    ['all', '10 mL'],
    ['all', '40 mL'],
    ['30 mL', '10 mL'],
  ])('takes a lost step of before it from what the pump held then: %s drawn, %s filled', (withdrawn, filled) => {
    const pumps = cutAfter(withdrawn, filled)
    for (const pump of pumps) miss(pump, '1 h 57 min 36 s')
    const [cut, done] = pumps.map((pump) => pump.peek())
    expect(cut).toMatchObject({ steps: done?.steps, reservoir_uL: done?.reservoir_uL, dose_ug: done?.dose_ug })
  })

  it('before the power failed has nothing to do with a lost step that came after it', () => {
    const pump = new Bedside()
    pump.program('0 s', continuous('10 mL/d'))
    pump.program('1 h', refill({ volume: '40 mL' }))
    pump.wake('2 h')
    const { reservoir_uL } = pump.peek()
    pump.hear(at('2 h'), CUT)
    pump.hear(at('2 h'), RETURN)
    miss(pump, '1 h 57 min 36 s')
    expect(pump.peek().reservoir_uL).toEqual(add(reservoir_uL, ratio(1n, 4n)))
  })
})

describe('a pump whose power fails', () => {
  it('makes no step, wakes nobody and answers nothing, and its clock stands still', () => {
    const pump = busy()
    pump.hear(at('2 h'), CUT)
    const made = pump.stepsBy('2 h').length
    expect([pump.stepCount, pump.nextWake()]).toEqual([made, null])
    expect(pump.hear(at('3 h'), { kind: 'interrogate' })).toEqual([])
    pump.hear(at('9 d'), RETURN)
    expect(pump.peek()).toMatchObject({ state: 'safe-state', steps: made })
    expect(pump.peek().clock_us).toEqual(busy().status('2 h').clock_us)
    pump.pass('10 d')
    for (const [index, output] of pump.said.entries()) {
      const previous = pump.said[index - 1]
      if (previous !== undefined) expect(compare(output.at_us, previous.at_us)).toBeGreaterThanOrEqual(0)
    }
  })

  it('keeps its clock still where both copies of its record are lost, too', () => {
    const pump = busy()
    pump.hear(at('2 h'), CUT)
    pump.hear(at('3 h'), { kind: 'bit-flip', copy: 'both', bit: 200 })
    pump.hear(at('9 d'), RETURN)
    expect(pump.peek().clock_us).toEqual(busy().status('2 h').clock_us)
  })

  it('says what alarms its record brings back, and which it forgot', () => {
    const pump = new Bedside({ fill: '1 mL' })
    pump.pass('1 min')
    expect(pump.alarms()).toEqual(['low-reservoir raised at 0'])
    pump.hear(at('1 h'), CUT)
    pump.hear(at('1 h'), { kind: 'bit-flip', copy: 'both', bit: 200 })
    pump.hear(at('2 h'), RETURN)
    expect(pump.alarms().slice(1)).toEqual([
      'low-reservoir cleared at 7200000000',
      'low-battery-reset raised at 7200000000',
      'memory-error raised at 7200000000',
    ])
  })

  it.each([
    ['a delivering pump', '1 mL/d', 'safe-state'],
    ['a stopped pump', null, 'stopped'],
  ])('comes back from %s and is rid of the alarm once somebody programs a therapy', (_, dose, state) => {
    const pump = new Bedside()
    if (dose !== null) pump.program('0 s', continuous(dose))
    pump.hear(at('1 h'), CUT)
    pump.hear(at('1 h'), RETURN)
    expect([pump.peek().state, pump.state.alarms]).toEqual([state, ['low-battery-reset']])
    pump.program('2 h', setClock('2026-01-05T02:00'))
    pump.program('2 h', refill({ volume: '40 mL' }))
    expect(pump.state.alarms).toEqual(['low-battery-reset'])
    pump.program('3 h', continuous('1 mL/d'))
    expect(pump.state.alarms).toEqual([])
  })

  it.each<readonly [name: string, therapy: Program, setup: BedsideSetup, state: string]>([
    ['minimum rate', MINIMUM_RATE, {}, 'safe-state'],
    ['flex', flex('1 mL/d', [['6 h', '50 uL', '1 h']]), {}, 'safe-state'],
    ['a periodic bolus', periodic('50 uL', '1 h', '6 h'), {}, 'safe-state'],
    ['an empty reservoir', continuous('1 mL/d'), { fill: '100 uL' }, 'empty'],
  ])('comes back from %s to where it is safe, twice as well as once', (_, therapy, setup, state) => {
    const pump = new Bedside(setup)
    pump.program('0 s', therapy)
    pump.pass('5 h')
    for (const [off, on] of [
      ['5 h', '6 h'],
      ['7 h', '8 h'],
    ] as const) {
      pump.hear(at(off), CUT)
      pump.hear(at(on), RETURN)
      expect([pump.peek().state, pump.state.alarms.at(-1)]).toEqual([state, 'low-battery-reset'])
    }
  })

  it('stopped in its safe state still alarms, until a therapy is programmed', () => {
    const pump = busy()
    pump.hear(at('2 h'), CUT)
    pump.hear(at('2 h'), RETURN)
    pump.stop('3 h')
    expect(pump.state.alarms).toEqual(['low-battery-reset'])
    pump.program('4 h', { kind: 'restart' })
    expect([pump.peek().state, pump.state.alarms]).toEqual(['simple-continuous', []])
  })

  it('restarts the therapy it had, not the trickle of its safe state, whatever was programmed in between', () => {
    const pump = busy()
    pump.hear(at('2 h'), CUT)
    pump.hear(at('2 h'), RETURN)
    pump.program('3 h', setClock('2026-01-05T03:00'))
    pump.program('3 h', refill({ volume: '40 mL' }))
    const back = pump.prepare('3 h', { kind: 'restart' })
    expect(back).toMatchObject([{ kind: 'readback', stored: continuous('1 mL/d') }])
  })

  it('keeps its log, the entries of the reset with it', () => {
    const pump = busy()
    const { entries } = pump.state.log
    pump.hear(at('2 h'), CUT)
    pump.hear(at('2 h'), RETURN)
    expect(pump.state.log.entries.slice(0, entries.length)).toEqual(entries)
    expect(pump.state.log.entries.slice(entries.length).map(({ event }) => event)).toContain('alarm-raised')
  })

  it('ends its service while the power is off, and delivers nothing when it is back', () => {
    const pump = new Bedside({ figures: { service_life: '1 d', replacement_period: '1 d' } })
    pump.program('0 s', continuous('1 mL/d'))
    pump.pass('1 d 1 h')
    pump.hear(at('1 d 2 h'), CUT)
    pump.hear(at('9 d'), RETURN)
    const { steps } = pump.peek()
    pump.pass('20 d')
    expect(pump.peek()).toMatchObject({ state: 'end-of-service', steps })
  })

  it('counts its service from the day that replacement fell due without power, by which it may be over', () => {
    const back = (away: string, again: string) => {
      const pump = new Bedside({ figures: { service_life: '2 d', replacement_period: '3 d' } })
      pump.program('0 s', continuous('1 mL/d'))
      pump.hear(at(away), CUT)
      pump.hear(at(again), RETURN)
      pump.pass('20 d')
      return pump.alarms().filter((alarm) => /elective|service/.test(alarm))
    }
    const DAY_us = 86_400_000_000
    expect(back('36 h', '84 h')).toEqual([
      `elective-replacement raised at ${3.5 * DAY_us}`,
      `end-of-service raised at ${5 * DAY_us}`,
    ])
    expect(back('36 h', '6 d')).toEqual([
      `elective-replacement raised at ${6 * DAY_us}`,
      `end-of-service raised at ${6 * DAY_us}`,
    ])
  })
})
