import { describe, expect, it } from 'vitest'
import { valueAt } from '#hil/oracle/line'
import { type Intent, prescribe } from '#hil/oracle/prescribed'
import type { Entry, ScenarioEvent } from '#hil/scenario/types'
import { toText } from '#units/rational'
import {
  at,
  bolus,
  bridge,
  clockSetTo,
  event,
  filled,
  flex,
  hardLimit,
  intent,
  patientBolus,
  plain,
  prime,
  refill,
  therapy,
} from './intents.ts'

type Extra = { events?: readonly ScenarioEvent[]; other?: Partial<Intent> }

/** `yes` or the reason for each request, in order. */
function answers(entries: readonly Entry[], requests: readonly string[], { events = [], other = {} }: Extra = {}) {
  const asked = requests.map((time) => event(time, 'request-bolus'))
  return prescribe(intent(entries, [...events, ...asked], other)).grants.map(({ reason }) => reason ?? 'yes')
}

const BASAL = therapy('0 d', '240 ug/d')
const LEAVE = patientBolus('0 d', '20 ug', '10 min', '2 h', 3)
const LOCKED = 'within the lockout'
const USED_UP = 'the daily maximum is reached'
const NO_LEAVE = 'no leave for patient boluses'
const TOO_FAST = 'the rate would exceed the highest rate'
const TOO_SLOW = 'the rate would fall below the lowest rate'
const TOO_MUCH = 'the daily dose would exceed the hard limit'

describe('a request of the patient', () => {
  it('is prescribed when granted, and leaves no trace when not', () => {
    const requests = ['1 h', '2 h'].map((time) => event(time, 'request-bolus'))
    const ledger = prescribe(intent([BASAL, LEAVE], requests))
    expect(ledger.grants).toEqual([
      { at_us: at('1 h'), granted: true },
      { at_us: at('2 h'), granted: false, reason: LOCKED },
    ])
    const mass = (time: string) => toText(valueAt(ledger.mass.get('baclofen') ?? [], at(time)))
    expect(['1 h', '1 h 10 min', '3 h'].map(mass)).toEqual(['10', '95/3', '50'])
  })

  it('is granted again once the lockout has passed since the last grant, not since the last request', () => {
    const requests = ['1 h', '2 h', '179 min 59 s', '3 h', '3 h']
    expect(answers([BASAL, LEAVE], requests)).toEqual(['yes', LOCKED, LOCKED, 'yes', LOCKED])
  })

  it('is refused when the last 24 hours hold the daily maximum, a grant of exactly a day ago not counting', () => {
    expect(answers([BASAL, LEAVE], ['1 h', '4 h', '7 h', '10 h', '24 h 59 min', '25 h', '28 h', '30 h'])).toEqual([
      'yes',
      'yes',
      'yes',
      USED_UP,
      USED_UP,
      'yes',
      'yes',
      USED_UP,
    ])
  })

  it('needs leave, which ends with a stop but not with a change of therapy or a jump of the clock', () => {
    expect(answers([BASAL], ['1 h'])).toEqual([NO_LEAVE])
    expect(answers([BASAL, LEAVE, therapy('2 h', '48 ug/d')], ['3 h'])).toEqual(['yes'])
    expect(answers([BASAL, LEAVE], ['3 h'], { events: [clockSetTo('2 h', '2026-02-01T00:00')] })).toEqual(['yes'])
    expect(answers([BASAL, LEAVE, plain('2 h', 'stopped'), therapy('3 h', '48 ug/d')], ['4 h'])).toEqual([NO_LEAVE])
    expect(answers([plain('2 h', 'stopped'), patientBolus('2 h', '20 ug', '10 min', '2 h', 3)], ['2 h'])).toEqual([
      'yes',
    ])
  })

  it('remembers what was granted under leave given before', () => {
    const next = patientBolus('2 h', '20 ug', '10 min', '3 h', 2)
    expect(answers([BASAL, LEAVE, next], ['1 h', '2 h', '4 h', '8 h'])).toEqual(['yes', LOCKED, 'yes', USED_UP])
  })

  it('ends with the next change of therapy', () => {
    const entries = [BASAL, LEAVE, therapy('65 min', '240 ug/d')]
    const ledger = prescribe(intent(entries, [event('1 h', 'request-bolus')]))
    expect(toText(valueAt(ledger.mass.get('baclofen') ?? [], at('2 h')))).toBe('30')
  })
})

describe('the range of the pump', () => {
  // At 2000 ug/mL the highest rate is 1000 uL/h, 2000 ug/h; the lowest 2 uL/h, 4 ug/h.
  const fast = (dose: string) => patientBolus('0 d', dose, '30 min', '1 h', 9)

  it('allows a bolus that reaches the highest rate and no more', () => {
    expect(answers([BASAL, fast('995 ug')], ['1 h'])).toEqual(['yes'])
    expect(answers([BASAL, fast('995.001 ug')], ['1 h'])).toEqual([TOO_FAST])
  })

  it('looks ahead to what a pattern starts before the boluses under way have ended, and no further', () => {
    const slot = (time: string) => flex('0 d', '240 ug/d', [[time, '20 ug', '10 min']])
    expect(answers([slot('01:29'), fast('995 ug')], ['1 h'])).toEqual([TOO_FAST])
    expect(answers([slot('01:00'), fast('995 ug')], ['1 h'])).toEqual([TOO_FAST])
    expect(answers([slot('01:30'), fast('995 ug')], ['1 h'])).toEqual(['yes'])
    const longer = bolus('50 min', '1 ug', '2 h')
    expect(answers([slot('01:30'), longer, fast('900 ug')], ['1 h'])).toEqual(['yes'])
    expect(answers([flex('0 d', '240 ug/d', [['01:30', '999 ug', '30 min']]), longer, fast('9 ug')], ['1 h'])).toEqual([
      TOO_FAST,
    ])
  })

  it('counts a bridge', () => {
    const events = [refill('1 d', 'baclofen', '2 mg/mL')]
    const extra = { events, other: { fill: filled('500 ug/mL') } }
    const entries = [BASAL, bridge('1 d', 'auto'), fast('300 ug')]
    expect(answers(entries, ['25 h'], extra)).toEqual([TOO_FAST])
    expect(answers([BASAL, fast('300 ug')], ['25 h'], extra)).toEqual(['yes'])
  })

  it('refuses a rate below the lowest, but not on top of a therapy that lifts it', () => {
    const slow = patientBolus('0 d', '7 ug', '2 h', '1 h', 9)
    expect(answers([slow], ['1 h'])).toEqual([TOO_SLOW])
    expect(answers([plain('0 d', 'minimum-rate'), slow], ['1 h'])).toEqual(['yes'])
    expect(answers([patientBolus('0 d', '8 ug', '2 h', '1 h', 9)], ['1 h'])).toEqual(['yes'])
    expect(answers([slow, prime('1 h', '4 mL')], ['1 h'])).toEqual(['yes'])
  })
})

describe('the hard limit of the daily dose', () => {
  const limited = (dose: string, events: readonly ScenarioEvent[] = []): Extra => ({
    events,
    other: { limits: hardLimit(dose) },
  })

  it('may be reached but not exceeded, the full basal of the day counting', () => {
    expect(answers([BASAL, LEAVE], ['12 h', '20 h'], limited('280 ug'))).toEqual(['yes', 'yes'])
    expect(answers([BASAL, LEAVE], ['12 h', '20 h'], limited('279.9 ug'))).toEqual(['yes', TOO_MUCH])
  })

  it('frees what was given more than a day ago', () => {
    // Of the 20 ug of 12:00, 10 ug have left the window by 12:05 of the next day, when the next one has given its half.
    expect(answers([BASAL, LEAVE], ['12 h', '35 h', '36 h'], limited('260 ug'))).toEqual(['yes', TOO_MUCH, 'yes'])
  })

  it('counts boluses of the pattern that come within a day after the request', () => {
    const pattern = flex('0 d', '24 ug/d', [['23:00', '50 ug', '1 h']], ['mon'])
    // The patient's 20 ug end at 06:10; until 06:00 of the next day the pattern gives 50 ug more.
    expect(answers([pattern, LEAVE], ['6 h'], limited('94 ug'))).toEqual(['yes'])
    expect(answers([pattern, LEAVE], ['6 h'], limited('93 ug'))).toEqual([TOO_MUCH])
    expect(answers([pattern, LEAVE], ['48 h'], limited('93 ug'))).toEqual(['yes'])
  })

  it('refuses where the therapy itself will exceed it, however late in the week', () => {
    const sundays = flex('0 d', '24 ug/d', [['12:00', '200 ug', '1 h']], ['sun'])
    expect(answers([sundays, LEAVE], ['6 h'], limited('224 ug'))).toEqual(['yes'])
    expect(answers([sundays, LEAVE], ['6 h'], limited('223 ug'))).toEqual([TOO_MUCH])
  })

  describe('where the therapy itself will exceed it on Sunday', () => {
    // 224 ug that day: 112 uL of 2 mg/mL, 224 uL of 1 mg/mL.
    const sundays = flex('0 d', '24 ug/d', [['12:00', '200 ug', '1 h']], ['sun'])

    it('refuses by volume, and by mass while a bridge goes on for longer than anybody looks ahead', () => {
      expect(answers([sundays, LEAVE], ['6 h'], limited('112 uL'))).toEqual(['yes'])
      expect(answers([sundays, LEAVE], ['6 h'], limited('111 uL'))).toEqual([TOO_MUCH])
      const bridging = (limit: string) =>
        answers([sundays, bridge('1 d', 'auto'), LEAVE], ['30 h'], {
          events: [refill('1 d', 'baclofen', '2 mg/mL')],
          other: { fill: filled('500 ug/mL'), limits: hardLimit(limit) },
        })
      expect([bridging('224 ug'), bridging('223 ug')]).toEqual([['yes'], [TOO_MUCH]])
    })

    it('asks anew what it will give once the concentration has changed', () => {
      const events = [refill('1 d', 'baclofen', '1 mg/mL')]
      const ask = (limit: string) => answers([sundays, LEAVE], ['6 h', '12 h', '36 h'], limited(limit, events))
      expect(ask('224 uL')).toEqual(['yes', 'yes', 'yes'])
      expect(ask('150 uL')).toEqual(['yes', 'yes', TOO_MUCH])
    })
  })

  it('by volume counts what a bridge multiplies, until its plug has left', () => {
    const events = [refill('1 d', 'baclofen', '2 mg/mL')]
    const entries = [BASAL, bridge('1 d', 'auto'), LEAVE]
    const ask = (limit: string, time: string) =>
      answers(entries, [time], { events, other: { fill: filled('500 ug/mL'), limits: hardLimit(limit) } })
    // 240 ug and 20 ug are 520 uL of 500 ug/mL, 130 uL of 2 mg/mL; the plug of 375 uL is still there at 36 h.
    expect(ask('520 uL', '36 h')).toEqual(['yes'])
    expect(ask('519 uL', '36 h')).toEqual([TOO_MUCH])
    expect(ask('130 uL', '5 d')).toEqual(['yes'])
    expect(ask('129 uL', '5 d')).toEqual([TOO_MUCH])
  })

  it('by volume does not wait for a plug that a fill without drug will never clear', () => {
    const events = [refill('1 d', 'baclofen', '0 mg/mL')]
    const entries = [flex('0 d', '240 uL/d', [['08:00', '20 uL', '1 h']]), bridge('1 d', 'auto'), LEAVE]
    const byVolume = [...entries, patientBolus('25 h', '20 uL', '10 min', '2 h', 3)]
    // No rate of a fill without drug gives a dose: nothing flows from the bridge on, so 260 uL a day are never reached again.
    const ask = (limit: string) => answers(byVolume, ['49 h'], { events, other: { limits: hardLimit(limit) } })
    expect(ask('10 uL')).toEqual(['yes'])
  })

  it('by volume looks beyond a plug of lower rate to the rate after it', () => {
    const events = [refill('1 d', 'baclofen', '500 ug/mL')]
    const entries = [BASAL, bridge('1 d', '300 uL'), LEAVE]
    // 120 uL/d for 60 h, then 480 uL/d.
    const ask = (limit: string) => answers(entries, ['30 h'], { events, other: { limits: hardLimit(limit) } })
    expect(ask('2 mL')).toEqual(['yes'])
    expect(ask('479 uL')).toEqual([TOO_MUCH])
  })
})
