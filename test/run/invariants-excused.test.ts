/**
 * What excuses a breach of an invariant: the same records break it in the plain run, keep it where something excuses them, and break
 * it still beside what only looks like an excuse.
 */
import { type Alter, drop, set } from '../support/alter.ts'
import { bolus, type Draft, stop, therapy } from '../support/scenario.ts'
import { accounted, alarm, at, event, eventOf, made, minor, ORDER, refused, TONE, USUAL } from './breaking.ts'
import {
  all,
  type Case,
  CUT,
  DRIFT,
  FILL,
  FORGOT,
  heldToExcuses,
  OVERFILL,
  refillAt,
  SET_CLOCK,
  STALL,
} from './excuses.ts'

/** With these the pump gives up what it was told. */
const GIVING_UP = {
  alarms: ['empty-reservoir', 'end-of-service', 'low-battery-reset', 'memory-error'],
  events: ['therapy-suspended', 'boluses-ended', 'never-committed'],
}

/** Every step in the account, as it is not. */
const everyBooked =
  (changes: object): Alter =>
  (trace) => ({
    ...trace,
    records: trace.records.map((record) => (record.kind === 'booked' ? { ...record, ...changes } : record)),
  })

const LIMITED: Draft = { prescription: [USUAL], limits: '{ daily_dose: { hard: 500 ug } }' }
const LIMITED_BY_VOLUME: Draft = { ...LIMITED, limits: '{ daily_dose: { hard: 1 mL } }' }
const DOSE = {
  'a cut of the power': CUT,
  'a clock that drifts': DRIFT,
  'a refill': { events: [refillAt(1)] },
  'a clock that was set': { events: [SET_CLOCK] },
  'a prime': { prescription: [USUAL, '{ at: 1 h, prime: { volume: 10 uL } }'] },
  'a warning that was confirmed': event('warning-confirmed', 1, 'beyond the hard limit of the clinic'),
  'a record that was lost': FORGOT,
}
const NO_DOSE = {
  'another warning that was confirmed': event('warning-confirmed', 1, 'beyond the soft limit of the clinic'),
  'a word of the hard limit': event('told', 1, 'beyond the hard limit of the clinic'),
  'another alarm': minor('low-reservoir', 1, 'raised'),
  'a bolus': { prescription: [USUAL, bolus('30 h', '5 ug', '1 h')] },
  'another fault': OVERFILL,
}

const LOW: Draft = {
  ...{ duration: '4 d', prescription: [USUAL] },
  fill: '{ drug: baclofen, concentration: 500 ug/mL, volume: 3 mL }',
}
const WORN: Draft = {
  ...{ duration: '3 d', prescription: [USUAL] },
  pump: '{ model: im-40, overrides: { tube_life: 1 mL } }',
}
const STANDS: Draft = { duration: '5 d', prescription: [USUAL, stop('1 d')] }
const CLEAN: Draft = { duration: '2 d', prescription: [USUAL] }
const REFILLED: Draft = { duration: '4 d', prescription: [USUAL], events: [refillAt(50)] }

const CASES: readonly Case[] = [
  {
    ...{ invariant: 'daily-dose', of: 'drug' },
    ...{ run: LIMITED, breaking: [everyBooked({ step_ug: '1/4' })], excused: DOSE },
    still: { ...NO_DOSE, 'a bridge': { prescription: [USUAL, '{ at: 30 h, bridge: auto }'], events: [] } },
  },
  {
    ...{ invariant: 'daily-dose', of: 'volume' },
    ...{ run: LIMITED_BY_VOLUME, breaking: [everyBooked({ step_uL: '1/2' })], still: NO_DOSE },
    excused: DOSE,
  },
  {
    ...{ invariant: 'residuals', of: 'what is drawn' },
    ...{ run: REFILLED, breaking: [set(eventOf('residual-agrees'), { event: 'residual-differs' })] },
    excused: {
      'a motor that may have stalled': STALL,
      'a record that was lost': FORGOT,
      'no word of what was filled': drop({ kind: 'fill' }, 1),
      'an answer of another time': set(eventOf('residual-differs'), { t_us: at(50) + 4_000_001 }),
      'two refills at once': { events: [refillAt(50), refillAt(50)] },
    },
    still: {
      'another alarm': minor('low-reservoir', 1, 'raised'),
      'another refill': { events: [refillAt(50), refillAt(60)] },
      'another event': event('residual', 50.1),
    },
  },
  {
    ...{ invariant: 'levels', of: 'the reservoir' },
    ...{ run: LOW, breaking: [drop({ kind: 'alarm', alarm: 'low-reservoir' })] },
    excused: { 'a motor that may have stalled': STALL, 'a record that was lost': FORGOT },
    still: { 'another alarm': alarm('end-of-service', 1, 'raised'), 'another fault': DRIFT },
  },
  {
    ...{ invariant: 'levels', of: 'a reservoir that runs dry' },
    ...{ run: { ...LOW, duration: '5 d' }, breaking: [drop({ kind: 'alarm', alarm: 'empty-reservoir' })] },
    excused: {
      'the end of service before': alarm('end-of-service', 80, 'raised'),
      'the end of service then': alarm('end-of-service', 90, 'raised'),
    },
    still: {
      'the end of service later': alarm('end-of-service', 100, 'raised'),
      'an end of service that is cleared': alarm('end-of-service', 80, 'cleared'),
      'another alarm': alarm('motor-stall', 80, 'raised'),
    },
  },
  {
    ...{ invariant: 'levels', of: 'a late alarm' },
    ...{ run: LOW, breaking: [set({ kind: 'alarm', alarm: 'low-reservoir' }, { t_us: at(32) })] },
    excused: { 'power that is back then': all(event('power', 29), event('power', 32)) },
    still: {
      'power that was back before': all(event('power', 28), event('power', 29)),
      'power that is back later': all(event('power', 29), event('power', 31)),
    },
  },
  {
    ...{ invariant: 'levels', of: 'an early alarm' },
    ...{ run: LOW, breaking: [set({ kind: 'alarm', alarm: 'low-reservoir' }, { t_us: at(20) })] },
    excused: { 'power that is back then': all(event('power', 19), event('power', 20)) },
    still: { 'power that was back before': all(event('power', 18), event('power', 19)) },
  },
  {
    ...{ invariant: 'tube-life', of: 'the tube' },
    ...{ run: WORN, breaking: [drop({ kind: 'alarm', alarm: 'tube-set-end-of-life' })] },
    excused: { 'a motor that may have stalled': STALL, 'a record that was lost': FORGOT },
    still: { 'another alarm': alarm('end-of-service', 1, 'raised'), 'another fault': DRIFT },
  },
  {
    ...{ invariant: 'standing', of: 'its warning' },
    ...{ run: STANDS, breaking: [drop(eventOf('stopped-warning'))] },
    excused: {
      'a motor that may have stalled': STALL,
      'a clock that drifts': DRIFT,
      'power that comes back as it stops': all(event('power', 23), event('power', 24)),
      'power that goes before it has to warn': all(event('power', 24.5), event('power', 24.6)),
      'an empty reservoir': alarm('empty-reservoir', 20, 'raised'),
      'the end of service': alarm('end-of-service', 20, 'raised'),
    },
    still: {
      'a low reservoir': minor('low-reservoir', 20, 'raised'),
      'another event in its place': event('warned', 25),
      'power that came back before': all(event('power', 20), event('power', 23)),
      'power that goes later': all(event('power', 90), event('power', 91)),
      'an empty reservoir before and after': (trace) =>
        [
          alarm('empty-reservoir', 10, 'raised'),
          alarm('empty-reservoir', 11, 'cleared'),
          alarm('empty-reservoir', 30, 'raised'),
        ].reduce((before, alter) => alter(before), trace),
    },
  },
  {
    ...{ invariant: 'standing', of: 'its alarm' },
    ...{ run: STANDS, breaking: [drop({ kind: 'alarm', alarm: 'stopped-pump' })] },
    excused: { 'the end of service': alarm('end-of-service', 20, 'raised'), 'a clock that drifts': DRIFT },
    still: { 'a low reservoir': minor('low-reservoir', 20, 'raised') },
  },
  {
    ...{ invariant: 'standing', of: 'an alarm that comes early' },
    ...{ run: STANDS, breaking: [alarm('stopped-pump', 60, 'raised'), alarm('stopped-pump', 61, 'cleared')] },
    excused: {
      'a therapy suspended then': event('therapy-suspended', 60),
      'power that comes back then': all(event('power', 59), event('power', 60)),
    },
    still: {
      'a therapy suspended before': event('therapy-suspended', 59.9),
      'power that came back before': all(event('power', 56), event('power', 57)),
    },
  },
  {
    ...{ invariant: 'stalls', of: 'a lost step' },
    ...{ run: CLEAN, breaking: [accounted('withdrawn', 20, 1)] },
    excused: {
      'a cut of the power': CUT,
      'a clock that drifts': DRIFT,
      'a rotor that was let go': { faults: ['{ at: 2 h, fault: motor-stall, for: 1 ms }'] },
    },
    still: { 'another fault': OVERFILL },
  },
  {
    ...{ invariant: 'stalls', of: 'an alarm of none' },
    ...{ run: CLEAN, breaking: [alarm('motor-stall', 20, 'raised')] },
    excused: {
      'a cut of the power': CUT,
      'a clock that drifts': DRIFT,
      'a step that was lost then': accounted('withdrawn', 20, 1),
    },
    still: { 'another fault': OVERFILL },
  },
  {
    ...{ invariant: 'service', of: 'replacement' },
    run: { ...CLEAN, pump: '{ model: im-40, overrides: { service_life: 1 d } }' },
    breaking: [drop({ kind: 'alarm', alarm: 'elective-replacement' })],
    excused: { 'a clock that drifts': DRIFT },
    still: { 'another fault': OVERFILL },
  },
  {
    ...{ invariant: 'sounding', of: 'an alarm' },
    ...{ run: LOW, breaking: [drop(TONE)] },
    excused: { 'a clock that drifts': DRIFT },
    still: { 'another fault': OVERFILL },
  },
  {
    ...{ invariant: 'resets', of: 'a bit that flips' },
    run: { ...CLEAN, faults: ['{ at: 6 h, fault: bit-flip, copy: both, bit: 777 }'] },
    breaking: [drop({ kind: 'alarm', alarm: 'memory-error' })],
    excused: {
      'another one': {
        faults: [
          '{ at: 6 h, fault: bit-flip, copy: both, bit: 777 }',
          '{ at: 40 h, fault: bit-flip, copy: first, bit: 5 }',
        ],
      },
      'a clock that drifts': { faults: ['{ at: 6 h, fault: bit-flip, copy: both, bit: 777 }', ...DRIFT.faults] },
      'a cut of the power': {
        faults: ['{ at: 6 h, fault: bit-flip, copy: both, bit: 777 }', '{ at: 40 h, fault: power-cut, for: 1 h }'],
      },
      'an end before it is looked for': { duration: '7 h' },
    },
    still: {
      'another fault': {
        faults: ['{ at: 6 h, fault: bit-flip, copy: both, bit: 777 }', '{ at: 1 h, fault: overfill, by: 1 mL }'],
      },
      'another fault before it': {
        faults: ['{ at: 1 h, fault: overfill, by: 1 mL }', '{ at: 6 h, fault: bit-flip, copy: both, bit: 777 }'],
      },
      'another alarm then': alarm('stopped-pump', 6.5, 'raised'),
      'the alarm cleared then': alarm('memory-error', 6.5, 'cleared'),
      'the alarm raised before': FORGOT,
    },
  },
  {
    ...{ invariant: 'resets', of: 'a bit that flips in one copy' },
    run: { ...CLEAN, faults: ['{ at: 6 h, fault: bit-flip, copy: first, bit: 777 }'] },
    breaking: [drop(eventOf('memory-repaired'))],
    still: { 'another event then': event('told', 6.5) },
  },
  {
    ...{ invariant: 'range', of: 'an order' },
    ...{ run: CLEAN, breaking: [set(ORDER, { interval_us: '899999' })] },
    excused: { 'a clock that drifts': DRIFT },
    still: { 'another fault': OVERFILL },
  },
  {
    ...{ invariant: 'range', of: 'an order of several steps' },
    ...{ run: CLEAN, breaking: [set(ORDER, { interval_us: '1' })] },
    excused: { 'one step only': set(ORDER, { count: 1 }) },
    still: { 'two of them': set(ORDER, { count: 2 }) },
  },
  {
    // The least interval is 3085714 2/7 us: three of whole microseconds are less than one shorter, four are more.
    ...{ invariant: 'range', of: 'an order at a limit between two microseconds' },
    run: { ...CLEAN, pump: '{ model: im-40, overrides: { rate_max: 7 mL/d } }' },
    breaking: [set(ORDER, { interval_us: '3085714', count: 5 })],
    excused: { 'fewer steps': set(ORDER, { count: 4 }) },
    still: { 'a fraction': set(ORDER, { interval_us: '6171427/2', count: 4 }) },
  },
  {
    ...{ invariant: 'levels', of: 'a refill that leaves the reservoir low' },
    run: {
      ...{ duration: '2 d', prescription: [USUAL] },
      fill: '{ drug: baclofen, concentration: 500 ug/mL, volume: 2.4 mL }',
      events: [
        '{ at: 30 h, refill: { withdraw: all, fill: { drug: baclofen, concentration: 500 ug/mL, volume: 1 mL } } }',
      ],
    },
    breaking: [drop({ kind: 'alarm', alarm: 'low-reservoir', state: 'raised' }, 1)],
    excused: { 'an alarm that stays on': drop({ kind: 'alarm', alarm: 'low-reservoir', state: 'cleared' }) },
    still: { 'another alarm that is on': minor('elective-replacement', 29, 'raised') },
  },
  {
    ...{ invariant: 'trickle', of: 'a safe state' },
    ...{ run: CLEAN, breaking: [event('safe-state', 10)] },
    excused: {
      'a clock that drifts': DRIFT,
      'a bridge': { prescription: [USUAL, '{ at: 47 h, bridge: { volume: 1 uL } }'] },
      'a therapy programmed then': { prescription: [USUAL, therapy('10 h', '300 ug/d')] },
      'a bolus programmed then': { prescription: [USUAL, bolus('10 h', '5 ug', '1 h')] },
      'a prime programmed then': { prescription: [USUAL, '{ at: 10 h, prime: { volume: 1 uL } }'] },
      'a bolus granted then': event('patient-bolus-granted', 10),
      'a bolus granted within a tick': event('patient-bolus-granted', 10 + 64 / 3_600_000_000),
    },
    still: {
      'another program': {
        prescription: [
          USUAL,
          '{ at: 0 d, patient-bolus: { dose: 10 ug, over: 10 min, lockout: 2 h, max_per_day: 2 } }',
        ],
      },
      'a bolus granted before': event('patient-bolus-granted', 9),
      'a bolus granted later': event('patient-bolus-granted', 12),
      'another event then': event('told', 10),
      'a therapy programmed before': { prescription: [USUAL, therapy('9 h', '300 ug/d')] },
    },
  },
  {
    ...{ invariant: 'tracking', of: 'three steps of the rotor' },
    ...{ run: { ...CLEAN, events: [refillAt(30)] }, breaking: [made(40, 3)] },
    excused: {
      ...{
        'a fault': OVERFILL,
        'a gain': { plant: '{ gain: 1 % }' },
        'a bench': { plant: '{ temperature: 22 degC }' },
      },
      'a slip of programming': { programming: [USUAL, bolus('41 h', '1 ug', '1 h')] },
      'another clock of the pump': { clock: '2026-01-05T08:00\npump_clock: 2026-01-05T08:01' },
      ...{ 'an overfill of every filling': { plant: '{ overfill_gain: 1 % }' } },
      'a tube that wears': { plant: '{ wear: { change: 1 %, every: 1000 mL } }' },
      'a volume it was not told of': { fill: FILL.replace(' }', ', programmed: { volume: 39 mL } }') },
      'another strength than was meant': { fill: FILL.replace(' }', ', meant: { concentration: 400 ug/mL } }') },
      'a refill it was not told of': { events: [refillAt(30).replace(' }', ' }, programmed: { volume: 39 mL }')] },
      ...{ 'a stop': { events: ['{ at: 45 h, do: stop }'] }, 'something refused': refused('because') },
      'a restart': { events: ['{ at: 45 h, do: restart }'] },
      ...Object.fromEntries(GIVING_UP.alarms.map((name) => [name, alarm(name, 45, 'raised')])),
      ...Object.fromEntries(GIVING_UP.events.map((name) => [name, event(name, 45)])),
    },
    still: {
      'the temperature of a body': { plant: '{ temperature: 37 degC }' },
      'a gain of nothing': { plant: '{ gain: 0 % }' },
      'a look at it': { events: ['{ at: 45 h, do: interrogate }'] },
      'what it was told of': { fill: FILL.replace(' }', ', programmed: { volume: 40 mL } }') },
      ...{ 'a low reservoir': minor('low-reservoir', 45, 'raised'), 'another event': event('told', 45) },
    },
  },
]

heldToExcuses(CASES)
