/** What excuses a breach of what the pump believes, books and says of itself, and of where its rotor may turn. */
import { drop, put, set } from '../support/alter.ts'
import { bolus, type Draft, stop, therapy } from '../support/scenario.ts'
import { accounted, alarm, at, BOOKED, event, made, minor, STATUS, USUAL } from './breaking.ts'
import { all, type Case, CUT, FILL, heldToExcuses, OVERFILL, refillAt, STALL } from './excuses.ts'

const CLEAN: Draft = { duration: '2 d', prescription: [USUAL] }
const STANDS: Draft = { duration: '5 d', prescription: [USUAL, stop('1 d')] }
const PATIENT = '{ at: 0 d, patient-bolus: { dose: 10 ug, over: 10 min, lockout: 2 h, max_per_day: 2 } }'
const part = (hours: number) =>
  `{ at: ${hours} h, refill: { withdraw: 1 mL, fill: { drug: baclofen, concentration: 500 ug/mL, volume: 1 mL } } }`

/** Power goes and comes, and no copy of the record is whole. */
const forgot = (hours: number) =>
  all(event('power', hours - 1), event('power', hours), alarm('memory-error', hours, 'raised'))
const LOST = {
  'a record that was lost before': forgot(10),
  'a record that was lost at that instant': forgot(24),
}
const NOT_LOST = {
  'a record that was lost later': forgot(30),
  'a loss of power': all(event('power', 9), event('power', 10)),
  'another alarm of it': all(event('power', 9), event('power', 10), alarm('low-battery-reset', 10, 'raised')),
  'the end of an alarm': all(event('power', 9), event('power', 10), alarm('memory-error', 10, 'cleared')),
  'an alarm of another time': all(event('power', 9), event('power', 10), alarm('memory-error', 11, 'raised')),
}
const applied = (hours: number, readback: object) =>
  put({
    ...{ kind: 'applied', t_us: at(hours), at_us: String(at(hours)), text: 'x', readback },
    ...{ daily_uL: '0', previousDaily_uL: null, digest: '00000000' },
  })

const CASES: readonly Case[] = [
  {
    ...{ invariant: 'books', of: 'another drug' },
    run: CLEAN,
    breaking: [accounted('booked', 24, 1), set({ ...BOOKED, t_us: at(24), count: 1 }, { drug: 'morphine' })],
    excused: LOST,
    still: {
      ...NOT_LOST,
    },
  },
  {
    ...{ invariant: 'books', of: 'another drug, lost or not' },
    run: { ...CLEAN, events: [refillAt(20)] },
    breaking: [accounted('withdrawn', 24, 1), set({ kind: 'withdrawn' }, { drug: 'morphine' })],
    excused: { 'a record that was lost since': forgot(22), 'one that was lost with the refill': forgot(20) },
    still: { 'a record that was lost before it': forgot(10) },
  },
  {
    ...{ invariant: 'books', of: 'a step at the instant of a refill' },
    run: {
      ...CLEAN,
      events: ['{ at: 24 h, refill: { fill: { drug: morphine, concentration: 500 ug/mL, volume: 40 mL } } }'],
    },
    breaking: [accounted('booked', 24, 1), set({ ...BOOKED, t_us: at(24), count: 1 }, { drug: 'morphine' })],
    still: {},
  },
  {
    ...{ invariant: 'reservoir', of: 'an account' },
    ...{ run: CLEAN, breaking: [set({ ...STATUS, t_us: at(24) }, { reservoir_uL: '1' })] },
    excused: {
      ...LOST,
      'a motor that may have stalled': STALL,
      'a motor that may have turned backward': { faults: ['{ at: 1 min, fault: motor-reverse, for: 1 ms }'] },
      'an encoder that may have missed a step': { faults: ['{ at: 1 min, fault: encoder-loss, for: 1 ms }'] },
      'a refill of that instant': { events: [refillAt(24)] },
      'a refill of a part since': all(forgot(10)),
    },
    still: { ...NOT_LOST, 'another fault': OVERFILL, 'a refill before': { events: [refillAt(23)] } },
  },
  {
    ...{ invariant: 'reservoir', of: 'an account after a refill of a part' },
    ...{ run: { ...CLEAN, events: [part(12)] }, breaking: [set({ ...STATUS, t_us: at(24) }, { reservoir_uL: '1' })] },
    excused: { 'a record lost before it': forgot(10), 'one lost with it': forgot(12), 'one lost since': forgot(20) },
    still: { 'a record lost later': forgot(30) },
  },
  {
    ...{ invariant: 'reservoir', of: 'an account after a second refill of a part' },
    ...{
      run: { ...CLEAN, events: [part(12), part(14)] },
      breaking: [set({ ...STATUS, t_us: at(24) }, { reservoir_uL: '1' })],
    },
    excused: { 'a record lost before both': forgot(10), 'one lost between': forgot(13) },
    still: { 'a record lost later': forgot(30) },
  },
  {
    ...{ invariant: 'reservoir', of: 'an account after a refill of all' },
    ...{
      run: { ...CLEAN, events: [refillAt(12)] },
      breaking: [set({ ...STATUS, t_us: at(24) }, { reservoir_uL: '1' })],
    },
    excused: { 'a record lost with it': forgot(12), 'one lost since': forgot(20) },
    still: { 'a record lost before it': forgot(10) },
  },
  {
    ...{ invariant: 'reservoir', of: 'an account after refills of a part and of all' },
    ...{
      run: { ...CLEAN, events: [part(12), refillAt(14)] },
      breaking: [set({ ...STATUS, t_us: at(24) }, { reservoir_uL: '1' })],
    },
    still: { 'a record lost before both': forgot(10), 'one lost between': forgot(13) },
  },
  {
    ...{ invariant: 'believed-steps', of: 'what it believes at the end' },
    ...{ run: CLEAN, breaking: [accounted('booked', 20, 30)] },
    excused: {
      'no power to hear of lost steps': { faults: [...STALL.faults, '{ at: 40 h, fault: power-cut, for: 8 h }'] },
    },
    still: {
      'lost steps': STALL,
      'no power': { faults: ['{ at: 40 h, fault: power-cut, for: 8 h }'] },
      'power that came back': { faults: [...STALL.faults, ...CUT.faults] },
    },
  },
  {
    ...{ invariant: 'rest', of: 'two steps while it stands' },
    ...{ run: STANDS, breaking: [made(60, 2)] },
    excused: {
      'a therapy before': { prescription: [...STANDS.prescription, '{ at: 59 h, therapy: { mode: minimum-rate } }'] },
      'a bolus before': { prescription: [...STANDS.prescription, bolus('59 h', '1 ug', '1 h')] },
      'a prime before': { prescription: [...STANDS.prescription, '{ at: 59 h, prime: { volume: 1 uL } }'] },
      'a bolus that was granted': event('patient-bolus-granted', 59),
      'a safe state': event('safe-state', 59),
      'an alarm': minor('low-reservoir', 59, 'raised'),
      'power that went': all(event('power', 58), event('power', 59)),
    },
    still: {
      'leave for boluses': { prescription: [...STANDS.prescription, PATIENT.replace('0 d', '59 h')] },
      'a refill': { events: [refillAt(59)] },
      'another event': event('told', 59),
      'an alarm that ends': minor('low-reservoir', 59, 'cleared'),
      'a prime that was over': { prescription: [USUAL, '{ at: 23 h, prime: { volume: 1 uL } }', stop('1 d')] },
      'a safe state of before': event('safe-state', 23),
    },
  },
  {
    ...{ invariant: 'rest', of: 'two steps right after a stop' },
    ...{ run: STANDS, breaking: [made(24.01, 2)] },
    excused: {
      'a prime that is under way': { prescription: [USUAL, '{ at: 23.9 h, prime: { volume: 1 mL } }', stop('1 d')] },
    },
    still: {
      'a small prime': { prescription: [USUAL, '{ at: 23.9 h, prime: { volume: 1 uL } }', stop('1 d')] },
    },
  },
  {
    ...{ invariant: 'rest', of: 'a therapy it suspends' },
    ...{ run: CLEAN, breaking: [event('therapy-suspended', 30)] },
    excused: {
      'a therapy since': { prescription: [USUAL, therapy('30 h', '400 ug/d')] },
      'a safe state since': event('safe-state', 30),
    },
    still: {
      'a safe state before': event('safe-state', 29),
      'a therapy before': { prescription: [USUAL, therapy('29 h', '400 ug/d')] },
    },
  },
  {
    ...{ invariant: 'rest', of: 'one step while it stands' },
    ...{ run: STANDS, breaking: [made(60, 1), made(60.5, 1)] },
    excused: {
      'a rotor let go twice': {
        faults: ['{ at: 59 h, fault: motor-stall, for: 1 h }', '{ at: 60.2 h, fault: motor-stall, for: 0.3 h }'],
      },
    },
    still: {
      'a rotor let go once': { faults: ['{ at: 59 h, fault: motor-stall, for: 1 h }'] },
      'a rotor let go before': {
        faults: ['{ at: 9 h, fault: motor-stall, for: 1 ms }', '{ at: 10 h, fault: motor-stall, for: 1 ms }'],
      },
      'wires that change places': { faults: ['{ at: 60 h, fault: motor-reverse }'] },
    },
  },
  {
    ...{ invariant: 'rest', of: 'a single step while it stands' },
    ...{ run: STANDS, breaking: [made(60, 1)] },
    excused: {
      'wires that go back then': { faults: ['{ at: 59 h, fault: motor-reverse, for: 1 h }'] },
    },
    still: { 'wires that change places before': { faults: ['{ at: 10 h, fault: motor-reverse, for: 1 ms }'] } },
  },
  {
    ...{ invariant: 'alarm-grammar', of: 'what nothing clears' },
    ...{
      run: CLEAN,
      breaking: [minor('elective-replacement', 30, 'raised'), minor('elective-replacement', 31, 'cleared')],
    },
    excused: { 'power that is back': all(event('power', 30.5), event('power', 31)) },
    still: {
      'a refill': { events: [refillAt(31)] },
      'a therapy': { prescription: [USUAL, therapy('31 h', '400 ug/d')] },
      'power that was back before': all(event('power', 30.5), event('power', 30.6)),
    },
  },
  ...(['end-of-service', 'tube-set-end-of-life'] as const).map(
    (name): Case => ({
      ...{ invariant: 'alarm-grammar', of: name, run: CLEAN },
      breaking: [
        alarm(name, 47, 'raised', name === 'end-of-service' ? 'critical' : 'non-critical'),
        alarm(name, 47.5, 'cleared', name === 'end-of-service' ? 'critical' : 'non-critical'),
      ],
      still: {
        'a refill': { events: [refillAt(47.5)] },
        'a therapy': { prescription: [USUAL, therapy('47.5 h', '400 ug/d')] },
      },
    }),
  ),
  ...(['low-reservoir', 'empty-reservoir'] as const).map(
    (name): Case => ({
      ...{ invariant: 'alarm-grammar', of: name, run: CLEAN },
      breaking: [
        alarm(name, 30, 'raised', name === 'empty-reservoir' ? 'critical' : 'non-critical'),
        alarm(name, 31, 'cleared', name === 'empty-reservoir' ? 'critical' : 'non-critical'),
      ],
      excused: { 'a refill': { events: [refillAt(31)] } },
      still: {
        'a refill before': { events: [refillAt(30.5)] },
        'a therapy': { prescription: [USUAL, therapy('31 h', '400 ug/d')] },
      },
    }),
  ),
  ...(['memory-error', 'low-battery-reset'] as const).map(
    (name): Case => ({
      ...{ invariant: 'alarm-grammar', of: name, run: CLEAN },
      breaking: [alarm(name, 30, 'raised'), alarm(name, 31, 'cleared')],
      excused: {
        'a therapy': { prescription: [USUAL, therapy('31 h', '400 ug/d')] },
        'a stopped one that was programmed': { prescription: [USUAL, stop('31 h')] },
      },
      still: {
        'a refill': { events: [refillAt(31)] },
        'a bolus': { prescription: [USUAL, bolus('31 h', '1 ug', '1 h')] },
        'a stop': { events: ['{ at: 31 h, do: stop }'] },
        'a therapy before': { prescription: [USUAL, therapy('30.5 h', '400 ug/d')] },
      },
    }),
  ),
  {
    ...{ invariant: 'alarm-grammar', of: 'the end of a stop' },
    run: { duration: '5 d', prescription: [stop('0 d')] },
    breaking: [set({ kind: 'alarm' }, { t_us: at(49) }), alarm('stopped-pump', 60, 'cleared')],
    excused: {
      'a therapy': applied(60, { kind: 'therapy', mode: 'minimum-rate' }),
      'a step': made(60, 1),
      'a step that was lost': accounted('booked', 60, 1),
      'another state': alarm('end-of-service', 60, 'raised'),
    },
    still: {
      'a bolus of a moment later': { prescription: [stop('0 d'), bolus('60.1 h', '1 ug', '1 h')] },
      'a step of before': made(59, 1),
      'a lost step of before': accounted('booked', 59, 1),
      'another state of before': alarm('end-of-service', 59, 'raised'),
      'a refill': { events: [refillAt(60)] },
    },
  },
  {
    ...{ invariant: 'alarm-grammar', of: 'the end of a stall' },
    ...{ run: STANDS, breaking: [alarm('motor-stall', 60, 'raised'), alarm('motor-stall', 61, 'cleared')] },
    excused: {
      'a rotor that was let go': STALL,
      'a rotor let go then': { faults: ['{ at: 60 h, fault: motor-stall, for: 1 h }'] },
      'a step': made(61 - 4 / 3600, 1),
    },
    still: {
      'a rotor let go later': { faults: ['{ at: 60 h, fault: motor-stall, for: 2 h }'] },
      'a step of before': made(60.5, 1),
    },
  },
  {
    ...{ invariant: 'answers', of: 'a program' },
    ...{ run: CLEAN, breaking: [drop({ kind: 'applied' })] },
    excused: { 'no power to the end': { faults: ['{ at: 40 h, fault: power-cut, for: 8 h }'] } },
    still: { 'no power for a while': CUT },
  },
  {
    ...{ invariant: 'answers', of: 'a patient who asks' },
    run: { ...CLEAN, prescription: [USUAL, PATIENT], events: ['{ at: 10 h, do: request-bolus }'] },
    breaking: [drop({ kind: 'event', event: 'patient-bolus-granted' })],
    excused: {
      'an answer that was lost': event('answer-lost', 10, 'to request-bolus'),
      'a denial': event('patient-bolus-denied', 10),
      'a refusal': event('request-bolus-refused', 10),
    },
    still: {
      'another answer that was lost': event('answer-lost', 10, 'to stop'),
      'a word of it': event('told', 10, 'request-bolus'),
    },
  },
  {
    ...{ invariant: 'refusals', of: 'a stop' },
    run: CLEAN,
    breaking: [
      put({
        ...{ kind: 'refused', t_us: at(30), at_us: String(at(30)), text: 'stop', reason: 'because' },
        asked: { kind: 'therapy', mode: 'stopped' },
      }),
    ],
    excused: {
      'no power': all(event('power', 29), event('power', 31)),
      'no answer': set({ kind: 'refused' }, { reason: 'the pump did not answer' }),
      'another therapy': set({ kind: 'refused' }, { asked: { kind: 'therapy', mode: 'minimum-rate' } }),
      'no therapy at all': set({ kind: 'refused' }, { asked: { kind: 'restart' } }),
    },
    still: {
      'no power before': all(event('power', 28), event('power', 29)),
      'other words': set({ kind: 'refused' }, { reason: 'it is said that the pump did not' }),
    },
  },
  ...(
    [
      ['the reservoir is believed empty', 'empty-reservoir'],
      ['the pump has reached its end of service', 'end-of-service'],
    ] as const
  ).map(
    ([reason, name]): Case => ({
      ...{ invariant: 'refusals', of: name, run: CLEAN },
      breaking: [
        put({
          ...{ kind: 'refused', t_us: at(30), at_us: String(at(30)), text: 'restart', reason: `${reason} since long` },
          asked: { kind: 'restart' },
        }),
      ],
      excused: {
        'its alarm, which is on': alarm(name, 29, 'raised'),
        'its alarm, raised then': alarm(name, 30, 'raised'),
        'another reason': set({ kind: 'refused' }, { reason: `because ${reason}` }),
      },
      still: {
        'its alarm, which was on': all(alarm(name, 28, 'raised'), alarm(name, 29, 'cleared')),
        'its alarm, raised later': alarm(name, 31, 'raised'),
        'another alarm': alarm('memory-error', 29, 'raised'),
      },
    }),
  ),
  {
    ...{ invariant: 'service', of: 'what falls due without power' },
    run: { ...CLEAN, pump: '{ model: im-40, overrides: { service_life: 1 d } }', fill: FILL },
    breaking: [set({ kind: 'alarm', alarm: 'elective-replacement' }, { t_us: at(25) })],
    excused: { 'power that is back then': all(event('power', 23), event('power', 25)) },
    still: { 'power that was back before': all(event('power', 22), event('power', 23)) },
  },
]

heldToExcuses(CASES)
