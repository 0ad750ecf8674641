/** A pump is held to what it accepted by the clock it has: one that was set, set wrongly, or stood while it had no power. */
import { stop, therapy } from '../support/scenario.ts'
import { heldAgainstInvariants, type Run, USUAL } from './breaking.ts'

/** Boluses at 00:00, 08:00 and 16:00 of the clock of the pump. */
const flexAt = (at: string) =>
  `{ at: ${at}, therapy: { mode: flex, basal: 200 ug/d, boluses: { dose: 30 ug, count: 3, over: 30 min, from: "00:00" } } }`
const AGAIN = [USUAL, flexAt('20 h')]
const PATIENT = '{ at: 0 d, patient-bolus: { dose: 10 ug, over: 10 min, lockout: 2 h, max_per_day: 2 } }'
const setAt = (at: string, to: string) => `{ at: ${at}, do: set-clock, to: 2026-01-05T${to} }`
const cutAt = (at: string, lasting: string) => `{ at: ${at}, fault: power-cut, for: ${lasting} }`
const ASK = (at: string) => `{ at: ${at}, do: request-bolus }`

const RUNS: readonly Run[] = [
  ['had no power for a while', { duration: '4 d', prescription: AGAIN, faults: [cutAt('6 h', '3 h')] }, []],
  [
    'had none twice',
    { duration: '4 d', prescription: AGAIN, faults: [cutAt('6 h', '3 h'), cutAt('12 h', '100 min')] },
    [],
  ],
  [
    'had its clock set before it had none',
    { duration: '4 d', prescription: AGAIN, faults: [cutAt('6 h', '3 h')], events: [setAt('2 h', '12:00')] },
    [],
  ],
  [
    'had its clock set twice before it had none',
    {
      ...{ duration: '4 d', prescription: AGAIN, faults: [cutAt('6 h', '3 h')] },
      events: [setAt('2 h', '14:00'), setAt('3 h', '12:00')],
    },
    [],
  ],
  [
    'had its clock set after it had none',
    { duration: '4 d', prescription: AGAIN, faults: [cutAt('6 h', '3 h')], events: [setAt('10 h', '19:30')] },
    [],
  ],
  [
    'had its clock set between',
    {
      ...{ duration: '4 d', prescription: AGAIN, faults: [cutAt('6 h', '3 h'), cutAt('15 h', '2 h')] },
      events: [setAt('2 h', '12:00'), setAt('12 h', '21:15')],
    },
    [],
  ],
  [
    'had its clock set as the power went',
    { duration: '4 d', prescription: AGAIN, faults: [cutAt('6 h', '3 h')], events: [setAt('6 h', '12:00')] },
    [],
  ],
  [
    'had its clock set as the power came',
    { duration: '4 d', prescription: AGAIN, faults: [cutAt('6 h', '3 h')], events: [setAt('9 h', '12:00')] },
    [],
  ],
  [
    'has none at the end',
    { duration: '4 d', prescription: AGAIN, faults: [cutAt('6 h', '3 h'), cutAt('90 h', '6 h')] },
    [],
  ],
  [
    'is stopped at the instant of a bolus',
    { duration: '2 d', prescription: [flexAt('0 d')], events: ['{ at: 8 h, do: stop }', '{ at: 20 h, do: restart }'] },
    [],
  ],
  [
    'is stopped and started at one instant',
    { duration: '2 d', prescription: [flexAt('0 d')], events: ['{ at: 9 h, do: stop }', '{ at: 9 h, do: restart }'] },
    [],
  ],
  [
    'starts again at the instant of a bolus',
    { duration: '2 d', prescription: [flexAt('0 d')], events: ['{ at: 7 h, do: stop }', '{ at: 16 h, do: restart }'] },
    [],
  ],
  [
    'starts again at minimum rate',
    {
      ...{ duration: '2 d', prescription: ['{ at: 0 d, therapy: { mode: minimum-rate } }'] },
      events: ['{ at: 7 h, do: stop }', '{ at: 16 h, do: restart }'],
    },
    [],
  ],
  [
    'is asked before a stop and after it',
    {
      ...{ duration: '2 d', prescription: [USUAL, PATIENT] },
      events: [ASK('5 h'), '{ at: 5 h, do: stop }', ASK('6 h'), '{ at: 9 h, do: restart }', ASK('9 h'), ASK('14 h')],
    },
    [],
  ],
  [
    'is stopped and then asked',
    {
      ...{ duration: '2 d', prescription: [USUAL, PATIENT] },
      events: ['{ at: 5 h, do: stop }', ASK('5 h'), '{ at: 9 h, do: restart }', ASK('12 h')],
    },
    [],
  ],
  [
    'is programmed, stopped and refilled at one instant',
    {
      ...{ duration: '3 d', prescription: [USUAL, therapy('1 d', '300 ug/d')] },
      events: [
        '{ at: 1 d, refill: { fill: { drug: baclofen, concentration: 500 ug/mL, volume: 30 mL } } }',
        '{ at: 1 d, do: stop }',
        '{ at: 2 d, do: restart }',
      ],
    },
    [],
  ],
  [
    'is primed, stopped and primed',
    {
      duration: '3 d',
      prescription: [
        USUAL,
        '{ at: 10 h, prime: auto }',
        stop('1 d'),
        '{ at: 30 h, prime: { volume: 200 uL } }',
        therapy('2 d', '300 ug/d'),
      ],
    },
    [],
  ],
  [
    'has its clock set wrongly',
    {
      ...{ duration: '4 d', prescription: [flexAt('0 d')], events: [setAt('10 h', '20:30')] },
      faults: ['{ at: 5 h, fault: clock-setting, setting: doubled }'],
    },
    [],
  ],
  [
    'misses a setting of its clock',
    {
      ...{ duration: '4 d', prescription: [flexAt('0 d')], events: [setAt('10 h', '20:30')] },
      faults: ['{ at: 5 h, fault: clock-setting, setting: missed }'],
    },
    [],
  ],
]

heldAgainstInvariants(RUNS)
