/** Up to when, and from when again, a pump is held to what it accepted, and what it may refuse. */
import { set } from '../support/alter.ts'
import { bolus, type Draft, therapy } from '../support/scenario.ts'
import { accounted, alarm, at, event, minor, USUAL } from './breaking.ts'
import { all, type Case, DRIFT, heldToExcuses, OVERFILL, refillAt, SET_CLOCK, STALL } from './excuses.ts'

const CLEAN: Draft = { duration: '2 d', prescription: [USUAL] }
const AGAIN: Draft = { duration: '2 d', prescription: [USUAL, therapy('20 h', '300 ug/d')] }
const PATIENT = '{ at: 0 d, patient-bolus: { dose: 10 ug, over: 10 min, lockout: 2 h, max_per_day: 2 } }'
const CUT_AT = (hours: number, lasting = '1 h') => ({
  faults: [`{ at: ${hours} h, fault: power-cut, for: ${lasting} }`],
})

const GIVING_UP = ['empty-reservoir', 'end-of-service', 'low-battery-reset', 'memory-error']
const GIVEN_UP = ['therapy-suspended', 'boluses-ended', 'delivery-stopped', 'safe-state']
const given = (hours: number) => ({
  ...Object.fromEntries(GIVING_UP.map((name) => [`${name} at ${hours} h`, alarm(name, hours, 'raised')])),
  ...Object.fromEntries(GIVEN_UP.map((name) => [`${name} at ${hours} h`, event(name, hours)])),
})

const refusing = (reason: string) =>
  set(
    { kind: 'applied', at_us: String(at(30)) },
    { kind: 'refused', asked: { kind: 'therapy', mode: 'simple-continuous', dose: { by: 'mass', ug: '420' } }, reason },
  )
const FAST = '30000 uL/d is above the highest rate, 24000 uL/d'
const MORE: Draft = { duration: '2 d', prescription: [USUAL, therapy('30 h', '420 ug/d')] }

const CASES: readonly Case[] = [
  {
    ...{ invariant: 'obedience', of: 'three steps nobody asked for' },
    ...{ run: CLEAN, breaking: [accounted('booked', 40, 3)] },
    excused: {
      ...given(30),
      ...{ 'no power since': CUT_AT(30), 'no power to the end': CUT_AT(39, '9 h') },
      'a reset': { faults: ['{ at: 30 h, fault: brown-out }'] },
      'a clock that drifts': DRIFT,
      'a clock that jumps': { faults: ['{ at: 30 h, fault: clock-step, forward: 1 h }'] },
      'a prime that was stopped': {
        prescription: [USUAL, '{ at: 30 h, prime: { volume: 1 mL } }'],
        events: ['{ at: 30.1 h, do: stop }'],
      },
      'a prime of all the line that was stopped': {
        prescription: [USUAL, '{ at: 30 h, prime: auto }'],
        events: ['{ at: 30 h, do: interrogate }', '{ at: 1801 min, do: stop }'],
      },
      'a lost step in a bridge': {
        prescription: [USUAL, '{ at: 20 h, bridge: { volume: 1 uL } }'],
        faults: ['{ at: 30 h, fault: motor-stall, for: 10 min }'],
      },
    },
    still: {
      ...given(41),
      ...{ 'a low reservoir': minor('low-reservoir', 30, 'raised'), 'another event': event('told', 30) },
      'the end of an alarm': all(alarm('empty-reservoir', 41, 'raised'), alarm('empty-reservoir', 30, 'cleared')),
      'no power later': CUT_AT(45),
      'another fault': OVERFILL,
      'a prime that was over': {
        prescription: [USUAL, '{ at: 30 h, prime: { volume: 1 uL } }'],
        events: ['{ at: 45 h, do: stop }'],
      },
      'a prime that was over before a stop': {
        prescription: [USUAL, '{ at: 10 h, prime: { volume: 1 uL } }'],
        events: ['{ at: 20 h, do: stop }'],
      },
      'a lost step without a bridge': { faults: ['{ at: 30 h, fault: motor-stall, for: 10 min }'] },
      'a bridge without a lost step': { prescription: [USUAL, '{ at: 20 h, bridge: { volume: 1 uL } }'] },
    },
  },
  {
    ...{ invariant: 'obedience', of: 'three steps since it was programmed anew' },
    ...{ run: AGAIN, breaking: [accounted('booked', 40, 3)] },
    excused: {
      'a record that was lost': alarm('memory-error', 10, 'raised'),
      'another loss since': all(alarm('empty-reservoir', 10, 'raised'), alarm('empty-reservoir', 30, 'raised')),
      'another loss with it': all(alarm('empty-reservoir', 10, 'raised'), alarm('end-of-service', 20, 'raised')),
      'a loss in between': { faults: [...CUT_AT(10).faults, ...CUT_AT(30).faults] },
      'a bridge': { prescription: [...AGAIN.prescription, '{ at: 9 h, bridge: { volume: 1 uL } }'], ...CUT_AT(10) },
      'a prime': { prescription: [...AGAIN.prescription, '{ at: 5 h, prime: { volume: 1 uL } }'], ...CUT_AT(10) },
      'leave for the patient': { prescription: [...AGAIN.prescription, PATIENT], ...CUT_AT(10) },
      'a clock that drifts': { faults: [...CUT_AT(10).faults, ...DRIFT.faults] },
      'a clock that jumped': { faults: ['{ at: 10 h, fault: clock-step, forward: 1 h }'] },
    },
    still: {
      ...Object.fromEntries(
        [...GIVING_UP.filter((name) => name !== 'memory-error')].map((name) => [name, alarm(name, 10, 'raised')]),
      ),
      ...Object.fromEntries(GIVEN_UP.map((name) => [name, event(name, 10)])),
      'a bolus before': { prescription: [...AGAIN.prescription, bolus('5 h', '5 ug', '1 h')], ...CUT_AT(10) },
      'a loss of power': CUT_AT(10),
      'two of them': { faults: [...CUT_AT(10).faults, ...CUT_AT(15).faults] },
    },
  },
  {
    ...{ invariant: 'admission', of: 'a refusal' },
    ...{ run: MORE, breaking: [refusing(FAST)] },
    excused: {
      'what it gave up before': alarm('empty-reservoir', 20, 'raised'),
      'what it gave up then': alarm('empty-reservoir', 30, 'raised'),
      'something else of that instant': { prescription: [...MORE.prescription, bolus('30 h', '5 ug', '1 h')] },
      'a request of that instant': {
        prescription: [...MORE.prescription, PATIENT],
        events: ['{ at: 30 h, do: request-bolus }'],
      },
      'a person who did not confirm': set({ kind: 'refused' }, { reason: 'not confirmed: 420 ug/d' }),
      'another reason': set({ kind: 'refused' }, { reason: 'the pump has reached its end of service' }),
    },
    still: {
      'what it gave up later': alarm('empty-reservoir', 31, 'raised'),
      'a question of that instant': { events: ['{ at: 30 h, do: interrogate }'] },
      'a silence of that instant': { events: ['{ at: 30 h, do: silence }'] },
      'a look at the log then': { events: ['{ at: 30 h, do: read-log }'] },
      'alarms cleared then': { events: ['{ at: 30 h, do: clear }'] },
      'something else at another time': { prescription: [...MORE.prescription, bolus('29 h', '5 ug', '1 h')] },
      'a slip in setting the clock': {
        faults: ['{ at: 1 h, fault: clock-setting, setting: missed }'],
        events: [SET_CLOCK],
      },
      'its confirmation in other words': set({ kind: 'refused' }, { reason: `${FAST}, not confirmed` }),
    },
  },
  ...(
    [
      ['is below the least rate', '1 uL/d is below the least rate', 'it is below'],
      ['change', 'the dose rises by 400 %, the hard limit is 50 %', 'for the dose rises by 400 %'],
      [
        'dose of 24 h',
        '500 ug in 24 h are more than 400 ug, the hard limit of the clinic',
        'all of 500 ug in 24 h are more than 400 ug, the hard limit of the clinic',
      ],
      ['boluses of a day', '14 boluses a day are more than 13', 'boluses a day are fewer than 13'],
      ['a minute', 'it comes back after 1 min', 'it comes back'],
      ['overlap', 'boluses would overlap', 'boluses overlap'],
      ['contents', 'a prime of 500 uL is too much', 'for a prime of 500 uL is too much'],
    ] as const
  ).map(
    ([of, reason, other]): Case => ({
      ...{ invariant: 'admission', of, run: MORE, breaking: [refusing(reason)] },
      excused: { 'other words': set({ kind: 'refused' }, { reason: other }) },
    }),
  ),
  {
    ...{ invariant: 'admission', of: 'a refusal of a refill' },
    run: { ...CLEAN, events: [refillAt(30)] },
    breaking: [
      set({ kind: 'applied', text: 'refill' }, { kind: 'refused', reason: '40000 uL on top of 9000 uL believed left' }),
    ],
    excused: { 'other words': set({ kind: 'refused' }, { reason: '40000 uL on top of it' }) },
    still: { 'lost steps': STALL },
  },
  {
    ...{ invariant: 'admission', of: 'a refusal of a refill of a part' },
    run: {
      ...CLEAN,
      events: [
        '{ at: 30 h, refill: { withdraw: 2 mL, fill: { drug: baclofen, concentration: 500 ug/mL, volume: 1 mL } } }',
      ],
    },
    breaking: [
      set({ kind: 'applied', text: 'refill' }, { kind: 'refused', reason: '1000 uL on top of 40000 uL believed left' }),
    ],
    excused: { 'lost steps': STALL },
  },
  {
    ...{ invariant: 'admission', of: 'a refusal to set the clock' },
    run: { ...CLEAN, events: [SET_CLOCK] },
    breaking: [
      set(
        { kind: 'applied' },
        { kind: 'refused', reason: '500 ug in 24 h are more than 400 ug, the hard limit of the clinic' },
        1,
      ),
    ],
    excused: { 'a slip in setting it': { faults: ['{ at: 0.5 h, fault: clock-setting, setting: doubled }'] } },
    still: { 'another fault': OVERFILL },
  },
]

heldToExcuses(CASES)
