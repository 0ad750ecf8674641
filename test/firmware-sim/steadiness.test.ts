/** What must not matter: who looks at the pump, how often it is called, and whether its state was stored in between. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LOG_CAPACITY } from '#firmware-sim/event-log'
import type { PumpOutput } from '#firmware-sim/messages'
import { react } from '#firmware-sim/pump'
import { as, type Time_us } from '#units/quantity'
import { add, compare, multiply, type Rational, ratio, subtract, whole, ZERO } from '#units/rational'
import { at, Bedside, bolus, continuous, refill } from './bedside.ts'
import { play, SMALL_PUMP, sessions } from './sessions.ts'

const START = as<Time_us>(ZERO)
/** Long enough for the small pump to run dry at any therapeutic rate. */
const EPILOGUE_us = whole(60 * 86_400_000_000)

const unasked = (outputs: readonly PumpOutput[]) => outputs.filter(({ kind }) => kind !== 'status')

/** The pump after a session and a long time alone, with something done to it before each happening. */
function lived(
  session: Parameters<typeof play>[2][],
  before: (pump: Bedside, now_us: Time_us, then_us: Time_us) => void = () => undefined,
): Bedside {
  const pump = new Bedside(SMALL_PUMP)
  let now_us = START
  for (const happening of [...session, { what: 'wait', wait_us: EPILOGUE_us } as const]) {
    before(pump, now_us, as(add(now_us, happening.wait_us)))
    now_us = play(pump, now_us, happening)
  }
  return pump
}

describe('an interrogation', () => {
  it('changes nothing but the charge that the radio takes; observing by wire changes nothing at all', () => {
    fc.assert(
      fc.property(sessions, fc.bigInt({ min: 1n, max: 999n }), (session, share) => {
        const part = ratio(share, 1000n)
        const asked = lived([...session], (pump, now_us, then_us) => {
          if (compare(now_us, then_us) === 0) return
          const between_us = as<Time_us>(add(now_us, multiply(part, subtract(then_us, now_us))))
          pump.hear(between_us, { kind: 'observe' })
          const observed = pump.state
          pump.hear(between_us, { kind: 'interrogate' })
          expect(pump.state).toEqual({ ...observed, battery: { ...observed.battery, used_pC: expect.anything() } })
          const spent = subtract(pump.state.battery.used_pC, observed.battery.used_pC)
          expect(spent).toEqual(pump.model.cell.telemetry_pC)
          pump.state = observed
        })
        const alone = lived([...session])
        expect(unasked(asked.said)).toEqual(unasked(alone.said))
        expect(asked.state).toEqual(alone.state)
      }),
    )
  })

  it.each([
    ['before the first therapy', '30 min'],
    ['in a therapy', '2 h'],
    ['in a bolus', '3 h 5 min'],
    ['at the end of a bolus', '3 h 10 min'],
    ['with the low alarm sounding', '43 h'],
    ['on an empty pump', '10 d'],
  ])('%s is answered with the same account twice', (_, time) => {
    const pump = new Bedside({ fill: '4 mL' })
    const happenings = [
      ['1 h', continuous('1 mL/d')],
      ['3 h', bolus('100 uL', '10 min')],
    ] as const
    for (const [start, program] of happenings) {
      if (compare(at(start), at(time)) <= 0) pump.program(start, program)
    }
    const first = pump.status(time)
    expect(pump.status(time)).toEqual(first)
    expect(pump.said.at(-1)).toMatchObject({ kind: 'status', at_us: at(time) })
  })
})

describe('how often the pump is called', () => {
  // Not at the instants of the session itself: there the order of things asked at one instant counts.
  const extras = fc.array(fc.bigInt({ min: 1n, max: 96n }), { maxLength: 6 })

  it('does not matter: extra calls at any instants leave every word and its time the same', () => {
    fc.assert(
      fc.property(sessions, extras, (session, parts) => {
        const restless = lived([...session], (pump, now_us, then_us) => {
          if (compare(now_us, then_us) === 0) return
          const inOrder = [...parts].sort((a, b) => Number(a - b))
          for (const part of inOrder) {
            const instant_us = add(now_us, multiply(ratio(part, 97n), subtract(then_us, now_us)))
            pump.hear(as(instant_us), { kind: 'wake' })
          }
        })
        const calm = lived([...session])
        expect(restless.said).toEqual(calm.said)
        expect(restless.state).toEqual(calm.state)
      }),
    )
  })

  it('does not matter: called whenever it wants, or only when somebody asks something', () => {
    fc.assert(
      fc.property(sessions, (session) => {
        const punctual = lived([...session], (pump, _, then_us) => {
          for (let wake = pump.nextWake(); wake !== null && compare(wake, then_us) < 0; wake = pump.nextWake()) {
            pump.hear(wake, { kind: 'wake' })
          }
        })
        expect(punctual.said).toEqual(lived([...session]).said)
      }),
    )
  })

  it('is up to the pump: nothing is said at an instant it had not asked to be woken at', () => {
    fc.assert(
      fc.property(sessions, (session) => {
        lived([...session], (pump, now_us, then_us) => {
          const wake = pump.nextWake()
          if (wake !== null && compare(wake, then_us) <= 0) return
          const { outputs } = react(pump.model, pump.state, then_us, { kind: 'wake' })
          expect(outputs).toEqual([])
          expect(compare(then_us, now_us)).toBeGreaterThanOrEqual(0)
        })
      }),
    )
  })
})

describe('the state', () => {
  it('is a plain value: a copy of it lives the same life', () => {
    fc.assert(
      fc.property(sessions, (session) => {
        const copied = lived([...session], (pump) => {
          const copy = structuredClone(pump.state)
          expect(copy).toEqual(pump.state)
          pump.state = copy
        })
        const original = lived([...session])
        expect(copied.said).toEqual(original.said)
        expect(copied.state).toEqual(original.state)
      }),
    )
  })

  it('is not written to: a reaction leaves the state it was given as it was', () => {
    fc.assert(
      fc.property(sessions, (session) => {
        lived([...session], (pump, _, then_us) => {
          const before = structuredClone(pump.state)
          const first = react(pump.model, pump.state, then_us, { kind: 'stop' })
          expect(pump.state).toEqual(before)
          expect(react(pump.model, pump.state, then_us, { kind: 'stop' })).toEqual(first)
        })
      }),
    )
  })
})

describe('time', () => {
  it.each(['wake', 'stop', 'interrogate'] as const)(
    'does not go back: an earlier %s is a mistake of the caller',
    (kind) => {
      const pump = new Bedside()
      pump.wake('1 h')
      const before = pump.state
      const earlier: Rational = ratio(at('1 h').n * 10n - 1n, 10n)
      expect(() => pump.hear(as(earlier), { kind })).toThrow(RangeError)
      expect(pump.state).toBe(before)
      expect(() => pump.hear(at('1 h'), { kind })).not.toThrow()
    },
  )

  it('does not go back for a program or a commit either', () => {
    const pump = new Bedside()
    pump.wake('1 h')
    expect(() => pump.prepare('59 min', continuous('1 mL/d'))).toThrow(RangeError)
    expect(() => pump.commit('59 min', '00000000')).toThrow(RangeError)
  })
})

describe('the event log of the pump', () => {
  it('keeps the latest entries in order, as many as it can hold, and counts those it lost', () => {
    const pump = new Bedside()
    for (let minute = 0; minute < 200; minute += 1) {
      pump.program(`${minute} min`, refill({ volume: `${minute + 1}/100 mL` }))
      pump.program(`${minute} min`, continuous('25 mL/d'))
    }
    const { entries, dropped } = pump.state.log
    expect(entries).toHaveLength(LOG_CAPACITY)
    expect(dropped).toBeGreaterThan(LOG_CAPACITY)
    expect(entries.at(-1)).toMatchObject({ at_us: at('199 min'), event: 'refused' })
    const times = entries.map(({ at_us }) => at_us)
    for (const [index, time] of times.slice(1).entries()) expect(compare(times[index]!, time)).toBeLessThanOrEqual(0)
  })

  it('has lost nothing before it is full', () => {
    const pump = new Bedside({ figures: { stopped_warning: '9 d' } })
    for (let minute = 0; minute < LOG_CAPACITY; minute += 1) pump.stop(`${minute} min`)
    expect(pump.state.log).toMatchObject({ dropped: 0 })
    expect(pump.state.log.entries).toHaveLength(LOG_CAPACITY)
    pump.stop(`${LOG_CAPACITY} min`)
    expect(pump.state.log).toMatchObject({ dropped: 1 })
    expect(pump.state.log.entries).toHaveLength(LOG_CAPACITY)
    expect(pump.state.log.entries[0]).toMatchObject({ at_us: at('1 min') })
  })
})
