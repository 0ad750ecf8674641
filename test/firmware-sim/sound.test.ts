/** Sound: the most urgent alarm is heard, none is lost, and no silence lasts. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ALARMS } from '#firmware-sim/alarms'
import type { PumpAlarm } from '#firmware-sim/messages'
import type { PumpModel } from '#firmware-sim/model'
import { figureTexts, MODELS, type ModelKey, modelOf } from '#firmware-sim/models'
import { patternText, QUIET, type Sound, silenced, soundedWith, soundOf } from '#firmware-sim/sound'
import { changed } from '#firmware-sim/state'
import { clear, sound as decide, raise, type Turn } from '#firmware-sim/turn'
import { as, type Time_us } from '#units/quantity'
import { whole } from '#units/rational'
import { Bedside } from './bedside.ts'

function pumpWith(figures: Partial<Record<ModelKey, string>> = {}): PumpModel {
  return modelOf('im-40', { ...figureTexts(MODELS.get('im-40')!), ...figures })
}

const MODEL = pumpWith()
const minute = (count: number): Time_us => as(whole(count * 60_000_000))
const NAMES = Object.keys(ALARMS) as PumpAlarm[]
const MOST_URGENT_FIRST = NAMES.toSorted((a, b) => ALARMS[a].rank - ALARMS[b].rank)

describe('the alarms', () => {
  it('are critical where the makers say so', () => {
    const critical = NAMES.filter((alarm) => ALARMS[alarm].priority === 'critical')
    expect(new Set(critical)).toEqual(
      new Set([
        'empty-reservoir',
        'motor-stall',
        'stopped-pump',
        'end-of-service',
        'low-battery-reset',
        'memory-error',
      ]),
    )
    expect(NAMES).toHaveLength(9)
  })

  it('have one place each in the order of urgency, the critical ones before the others', () => {
    expect(MOST_URGENT_FIRST.map((alarm) => ALARMS[alarm].rank)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(MOST_URGENT_FIRST.map((alarm) => ALARMS[alarm].priority)).toEqual([
      ...Array<string>(6).fill('critical'),
      ...Array<string>(3).fill('non-critical'),
    ])
  })

  it('say what each of them is about, and no two the same', () => {
    const causes = NAMES.map((alarm) => ALARMS[alarm].cause)
    for (const cause of causes) expect(cause).toMatch(/\w+ \w+ \w+/)
    expect(new Set(causes).size).toBe(NAMES.length)
  })

  it('end by what ended them, and wear and age by nothing', () => {
    expect(Object.fromEntries(NAMES.map((alarm) => [alarm, ALARMS[alarm].clearedBy]))).toEqual({
      'low-reservoir': 'refill',
      'empty-reservoir': 'refill',
      'motor-stall': 'motion',
      'stopped-pump': 'restart',
      'elective-replacement': 'never',
      'end-of-service': 'never',
      'low-battery-reset': 'programming',
      'memory-error': 'programming',
      'tube-set-end-of-life': 'never',
    })
  })
})

describe('the tone', () => {
  it('is two tones for a critical alarm and a single one for the others, as often as the model says', () => {
    expect(patternText(MODEL, 'motor-stall')).toBe('two tones, 3 s, every 10 min')
    expect(patternText(MODEL, 'low-reservoir')).toBe('single tone, 1 s, every 1 h')
    const often = pumpWith({ critical_interval: '90 s', noncritical_interval: '30 min' })
    expect(patternText(often, 'end-of-service')).toBe('two tones, 3 s, every 1 min 30 s')
    expect(patternText(often, 'elective-replacement')).toBe('single tone, 1 s, every 30 min')
    expect(patternText(MODEL, null)).toBe('silent')
  })

  it('is that of the most urgent alarm, whichever was raised first', () => {
    expect(soundOf([])).toBeNull()
    expect(soundOf(['low-reservoir', 'motor-stall', 'elective-replacement'])).toBe('motor-stall')
    expect(soundOf(['elective-replacement', 'low-reservoir'])).toBe('low-reservoir')
    expect(soundOf(['stopped-pump', 'low-reservoir'])).toBe('stopped-pump')
  })

  it('passes to the next alarm when the most urgent is cleared', () => {
    const both = soundedWith(QUIET, ['low-reservoir', 'motor-stall'], minute(0))
    expect(both.sounding).toBe('motor-stall')
    expect(soundedWith(both, ['low-reservoir'], minute(1)).sounding).toBe('low-reservoir')
    expect(soundedWith(both, [], minute(1))).toEqual(QUIET)
  })
})

describe('silence', () => {
  const stalled = soundedWith(QUIET, ['motor-stall'], minute(0))
  const quiet = silenced(MODEL, stalled, ['motor-stall'], minute(5))

  it('ends by itself after its time, at that instant', () => {
    expect(quiet).toEqual({ sounding: null, silence: { until_us: minute(15), covered: ['motor-stall'] } })
    expect(soundedWith(quiet, ['motor-stall'], minute(14)).sounding).toBeNull()
    expect(soundedWith(quiet, ['motor-stall'], minute(15))).toEqual({ sounding: 'motor-stall', silence: null })
  })

  it('is not prolonged by asking again before it ends, and can be asked for anew after it', () => {
    const again = silenced(MODEL, quiet, ['motor-stall'], minute(14))
    expect(again.silence?.until_us).toEqual(minute(15))
    expect(silenced(MODEL, again, ['motor-stall'], minute(15)).silence?.until_us).toEqual(minute(25))
  })

  it('cannot be asked for in advance', () => {
    expect(silenced(MODEL, QUIET, [], minute(5))).toEqual(QUIET)
  })

  it('is broken by a more urgent alarm, not by a less urgent one, which is heard when it ends', () => {
    expect(soundedWith(quiet, ['motor-stall', 'end-of-service'], minute(6))).toEqual({
      sounding: 'end-of-service',
      silence: null,
    })
    const less = soundedWith(quiet, ['motor-stall', 'low-reservoir'], minute(6))
    expect(less).toBe(quiet)
    expect(soundedWith(less, ['low-reservoir'], minute(7)).sounding).toBe('low-reservoir')
    expect(soundedWith(less, ['motor-stall', 'low-reservoir'], minute(15)).sounding).toBe('motor-stall')
  })

  it('is not broken by what it covers, nor by the clearing of one of several alarms', () => {
    const alarms: PumpAlarm[] = ['low-reservoir', 'motor-stall']
    const both = silenced(MODEL, soundedWith(QUIET, alarms, minute(0)), alarms, minute(0))
    expect(soundedWith(both, alarms, minute(1)).sounding).toBeNull()
    expect(soundedWith(both, ['low-reservoir'], minute(1)).sounding).toBeNull()
    expect(soundedWith(both, [...alarms, 'stopped-pump'], minute(1))).toBe(both)
  })

  it('does not cover an alarm that was cleared and raised again', () => {
    const cleared = soundedWith(quiet, [], minute(6))
    expect(cleared).toEqual(QUIET)
    expect(soundedWith(cleared, ['motor-stall'], minute(7)).sounding).toBe('motor-stall')
    const alarms: PumpAlarm[] = ['low-reservoir', 'motor-stall']
    const both = silenced(MODEL, soundedWith(QUIET, alarms, minute(0)), alarms, minute(0))
    const recovered = soundedWith(both, ['low-reservoir'], minute(1))
    expect(soundedWith(recovered, ['low-reservoir', 'motor-stall'], minute(2)).sounding).toBe('motor-stall')
  })
})

describe('any sequence of alarms and silences', () => {
  const acts = fc.array(
    fc.record({
      toggled: fc.constantFrom(...NAMES),
      silence: fc.boolean(),
      minutes: fc.integer({ min: 0, max: 9 }),
    }),
    { maxLength: 40 },
  )

  it('lets the most urgent alarm be heard whenever it is not silent, and is never silent for more than ten minutes', () => {
    fc.assert(
      fc.property(acts, (course) => {
        let [sound, active, now]: [Sound, PumpAlarm[], number] = [QUIET, [], 0]
        let silentSince = 0
        for (const { toggled, silence, minutes } of course) {
          now += minutes
          // The end of silence is a boundary of the pump, which is worked through before anything else.
          const end = sound.silence?.until_us
          if (end !== undefined && end.n <= minute(now).n) {
            sound = soundedWith(sound, active, end)
            expect(sound.sounding).toBe(soundOf(active))
          }
          const wasActive = active.includes(toggled)
          const before = sound
          active = wasActive ? active.filter((alarm) => alarm !== toggled) : [...active, toggled]
          sound = soundedWith(sound, active, minute(now))
          if (!wasActive && soundOf(active) === toggled) expect(sound.sounding).toBe(toggled)
          if (before.silence === null) expect(sound.silence).toBeNull()
          if (silence) {
            if (sound.silence === null) silentSince = now
            sound = silenced(MODEL, sound, active, minute(now))
          }
          if (sound.silence === null) expect(sound.sounding).toBe(soundOf(active))
          else {
            expect(sound.sounding).toBeNull()
            expect(now - silentSince).toBeLessThan(10)
            for (const alarm of sound.silence.covered) expect(active).toContain(alarm)
          }
        }
      }),
      { numRuns: 500 },
    )
  })
})

describe('one operation', () => {
  const STATE = new Bedside().state
  /** What is heard once the pump, silenced with `covered` on and `later` raised since, carried out acts in an order. */
  function heardAfter(covered: readonly PumpAlarm[], later: readonly PumpAlarm[], acts: (turn: Turn) => void): Sound {
    const sound = silenced(MODEL, soundedWith(QUIET, covered, minute(0)), covered, minute(0))
    const turn: Turn = { model: MODEL, outputs: [], state: changed(STATE, { alarms: [...covered, ...later], sound }) }
    acts(turn)
    decide(turn)
    return turn.state.sound
  }

  it('lets silence go on over what it still covers, whichever of the others is cleared first', () => {
    const covered: PumpAlarm[] = ['low-reservoir', 'low-battery-reset']
    const orders: PumpAlarm[][] = [
      ['low-battery-reset', 'stopped-pump'],
      ['stopped-pump', 'low-battery-reset'],
    ]
    for (const order of orders) {
      const { sounding, silence } = heardAfter(covered, ['stopped-pump'], (turn) => clear(turn, order))
      expect([sounding, silence?.covered]).toEqual([null, ['low-reservoir']])
    }
  })

  it('sounds the same in whichever order it clears, and as if it had cleared all at once', () => {
    const some = fc.uniqueArray(fc.constantFrom(...NAMES), { maxLength: 9 })
    const given = fc.tuple(some, some, fc.shuffledSubarray(NAMES), fc.integer({ min: 0, max: 9 }))
    fc.assert(
      fc.property(given, ([covered, others, order, cut]) => {
        const later = others.filter((alarm) => !covered.includes(alarm))
        const cleared = order.slice(0, cut)
        const left = [...covered, ...later].filter((alarm) => !cleared.includes(alarm))
        const silent = silenced(MODEL, soundedWith(QUIET, covered, minute(0)), covered, minute(0))
        const { sounding, silence } = soundedWith(silent, left, STATE.now_us)
        for (const each of [cleared, cleared.toReversed()]) {
          const found = heardAfter(covered, later, (turn) => clear(turn, each))
          expect([found.sounding, found.silence?.covered]).toEqual([sounding, silence?.covered])
        }
      }),
    )
  })

  it('covers no alarm that it clears and raises again', () => {
    const twice = (turn: Turn) => {
      clear(turn, ['motor-stall'])
      raise(turn, 'motor-stall')
    }
    expect(heardAfter(['motor-stall', 'low-reservoir'], [], twice)).toEqual({ sounding: 'motor-stall', silence: null })
    expect(heardAfter(['motor-stall'], [], twice)).toEqual({ sounding: 'motor-stall', silence: null })
    const under = heardAfter(['end-of-service', 'motor-stall'], [], twice)
    expect([under.sounding, under.silence?.covered]).toEqual([null, ['end-of-service']])
  })
})
