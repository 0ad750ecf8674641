/** Invariants about doses, refills and what a pump may give when it was reset. */
import { drop, set } from '../support/alter.ts'
import { bolus, therapy } from '../support/scenario.ts'
import {
  accounted,
  at,
  BOOKED,
  event,
  eventOf,
  heldAgainstInvariants,
  made,
  ORDER,
  type Run,
  STATUS,
  tone,
  USUAL,
  unheardOfTwo,
} from './breaking.ts'

const RUNS: readonly Run[] = [
  [
    'gives boluses to a patient who asks',
    {
      duration: '1 d',
      prescription: [
        therapy('0 d', '100 ug/d'),
        '{ at: 0 d, patient-bolus: { dose: 10 ug, over: 10 min, lockout: 2 h, max_per_day: 2 } }',
      ],
      events: ['1 h', '2 h', '4 h', '7 h'].map((time) => `{ at: ${time}, do: request-bolus }`),
    },
    [
      [
        'a request that is denied',
        [set(eventOf('patient-bolus-granted'), { event: 'patient-bolus-denied' })],
        [
          'patient-bolus, 1 h: the patient asked at 1 h and got none (the next one is possible after 2 h) where a bolus was due',
        ],
      ],
      [
        'a request that is granted',
        [set(eventOf('patient-bolus-denied'), { event: 'patient-bolus-granted' })],
        [
          'patient-bolus, 2 h: the patient asked at 2 h and got a bolus (locked for another 1 h) where none was due: within the lockout',
        ],
      ],
      [
        'a request without an answer',
        [drop(eventOf('patient-bolus-denied'), 1)],
        [
          'answers: the patient asked 4 times and was answered 3 times',
          'patient-bolus, 7 h: the patient asked at 7 h and got no answer where none was due: the daily maximum is reached',
        ],
      ],
      [
        'an answer to no request',
        [event('patient-bolus-denied', 9)],
        ['answers: the patient asked 4 times and was answered 5 times'],
      ],
      [
        'an answer that was lost',
        [set(eventOf('patient-bolus-denied'), { event: 'answer-lost', detail: 'to request-bolus' }, 1)],
        [
          'patient-bolus, 7 h: the patient asked at 7 h and got no answer where none was due: the daily maximum is reached',
        ],
      ],
      [
        'a request that was refused',
        [set(eventOf('patient-bolus-denied'), { event: 'request-bolus-refused' }, 1)],
        [
          'patient-bolus, 7 h: the patient asked at 7 h and got no answer where none was due: the daily maximum is reached',
        ],
      ],
    ],
  ],
  [
    'loses its power and is programmed again',
    {
      duration: '2 d',
      prescription: [USUAL, therapy('30 h', '400 ug/d')],
      faults: ['{ at: 6 h, fault: power-cut, for: 2 h }'],
    },
    [
      [
        'no alarm of its reset',
        [...unheardOfTwo],
        ['resets, 8 h: power came back at 8 h and low-battery-reset does not sound'],
      ],
      [
        'two steps without power',
        [made(7, 2)],
        [
          'trickle, 8 h: 2424 steps from 8 h to 1 d 6 h, where minimum rate makes 22',
          'believed-steps, 2 d: the pump believes in 2 steps fewer than the rotor made, at 2 d; 1 can be explained',
        ],
      ],
      [
        'more than minimum rate',
        [made(9, 3), accounted('booked', 9, 3)],
        [
          'trickle, 8 h: 2425 steps from 8 h to 1 d 6 h, where minimum rate makes 22',
          'accounts, 2 d: at 2 d the pump says it has made 3222 steps, where it booked 3225',
          'reservoir, 2 d: at 2 d the pump says 39194.5 uL are left, where 39193.8 uL follow from what it was told and believes to have given',
        ],
      ],
      [
        'fewer steps after it was programmed',
        [set(BOOKED, { count: 2390 }, 2)],
        [
          'obedience, 1 d 23 h 56 min 24.000001 s: the pump calls for up to 2.5 uL less than follows from what it accepted, beyond 0.5 uL since 1 d 23 h 56 min 24.000001 s',
          'believed-steps, 2 d: the pump believes in 10 steps fewer than the rotor made, at 2 d; 2 can be explained',
          'accounts, 2 d: at 2 d the pump says it has made 3222 steps, where it booked 3212',
          'reservoir, 2 d: at 2 d the pump says 39194.5 uL are left, where 39197 uL follow from what it was told and believes to have given',
        ],
      ],
      [
        'fewer steps in its safe state',
        [set(BOOKED, { count: 2 }, 1)],
        [
          'accounts, 1 d: at 1 d the pump says it has made 816 steps, where it booked 802',
          'reservoir, 1 d: at 1 d the pump says 39796 uL are left, where 39799.5 uL follow from what it was told and believes to have given',
          'believed-steps, 1 d 6 h: the pump believes in 20 steps fewer than the rotor made, at 1 d 6 h; 2 can be explained',
        ],
      ],
      [
        'no safe state',
        [drop(eventOf('safe-state'))],
        ['range, 8 h: steps are ordered at 6 uL/d, below the lowest rate of the pump'],
      ],
      [
        'a tone without power',
        [tone(7, 'low-battery-reset')],
        ['sounding, 7 h: low-battery-reset is heard at 7 h where nothing should be'],
      ],
      [
        'an order of minimum rate after it was programmed',
        [set(ORDER, { interval_us: '3600000000', t_us: at(30) + 2 }, 2)],
        ['range, 1 d 6 h 2 us: steps are ordered at 6 uL/d, below the lowest rate of the pump'],
      ],
    ],
  ],
  [
    'has a hard limit of the dose',
    {
      duration: '2 d',
      limits: '{ daily_dose: { hard: 500 ug } }',
      prescription: [USUAL, bolus('1 d', '50 ug', '10 min')],
    },
    [
      [
        'more drug in a bolus',
        [set(BOOKED, { step_ug: '1/4' }, 1)],
        [
          'books, 1 d 1.421052632 s: from 1 d 1.421052632 s on steps are booked as 1/4 uL with 1/4 ug of baclofen where the pump was told of 1/8 ug of baclofen',
          'daily-dose, 1 d 9 min 59.684211 s: 502.75 ug in the 24 h to 1 d 9 min 59.684211 s, where the clinic allows 500 ug',
          'accounts, 2 d: at 2 d the pump says it has given 850 ug of baclofen, where it booked 902.75',
          'tracking, 2 d: the pump reported 850 ug of baclofen at 2 d where it had booked 902.75',
        ],
      ],
      [
        'as much as the limit and a step',
        [set(BOOKED, { count: 823 }, 1)],
        [
          'obedience, 1 d 10 min 2.526316 s: the pump calls for up to 100.25 uL more than follows from what it accepted, beyond 0.25 uL since 1 d 10 min 2.526316 s',
          'believed-steps, 1 d 19 min 29.526336 s: the pump believes in 401 steps more than the rotor made, at 1 d 19 min 29.526336 s; 1 can be explained',
          'tracking, 1 d 19 min 29.526336 s: believed is at most 100.25 uL above delivered',
          'accounts, 2 d: at 2 d the pump says it has made 6800 steps, where it booked 7201',
          'reservoir, 2 d: at 2 d the pump says 38300 uL are left, where 38199.8 uL follow from what it was told and believes to have given',
        ],
      ],
      [
        'a step more than that',
        [set(BOOKED, { count: 824 }, 1)],
        [
          'obedience, 1 d 10 min 2.526316 s: the pump calls for up to 100.5 uL more than follows from what it accepted, beyond 0.25 uL since 1 d 10 min 2.526316 s',
          'daily-dose, 1 d 19 min 21 s: 500.25 ug in the 24 h to 1 d 19 min 21 s, where the clinic allows 500 ug',
          'believed-steps, 1 d 19 min 30.947392 s: the pump believes in 402 steps more than the rotor made, at 1 d 19 min 30.947392 s; 1 can be explained',
          'tracking, 1 d 19 min 30.947392 s: believed is at most 100.5 uL above delivered',
          'accounts, 2 d: at 2 d the pump says it has made 6800 steps, where it booked 7202',
          'reservoir, 2 d: at 2 d the pump says 38300 uL are left, where 38199.5 uL follow from what it was told and believes to have given',
        ],
      ],
      [
        'two steps more',
        [set(BOOKED, { count: 825 }, 1)],
        [
          'obedience, 1 d 10 min 2.526316 s: the pump calls for up to 100.75 uL more than follows from what it accepted, beyond 0.25 uL since 1 d 10 min 2.526316 s',
          'daily-dose, 1 d 19 min 21 s: 500.375 ug in the 24 h to 1 d 19 min 21 s, where the clinic allows 500 ug',
          'believed-steps, 1 d 19 min 32.368448 s: the pump believes in 403 steps more than the rotor made, at 1 d 19 min 32.368448 s; 1 can be explained',
          'tracking, 1 d 19 min 32.368448 s: believed is at most 100.75 uL above delivered',
          'accounts, 2 d: at 2 d the pump says it has made 6800 steps, where it booked 7203',
          'reservoir, 2 d: at 2 d the pump says 38300 uL are left, where 38199.3 uL follow from what it was told and believes to have given',
        ],
      ],
      [
        'more of it that was confirmed',
        [set(BOOKED, { step_ug: '1/4' }, 1), event('warning-confirmed', 1, 'beyond the hard limit')],
        [
          'books, 1 d 1.421052632 s: from 1 d 1.421052632 s on steps are booked as 1/4 uL with 1/4 ug of baclofen where the pump was told of 1/8 ug of baclofen',
          'accounts, 2 d: at 2 d the pump says it has given 850 ug of baclofen, where it booked 902.75',
          'tracking, 2 d: the pump reported 850 ug of baclofen at 2 d where it had booked 902.75',
        ],
      ],
    ],
  ],
  [
    'refuses a bolus',
    {
      duration: '2 d',
      limits: '{ daily_dose: { hard: 500 ug } }',
      prescription: [USUAL, bolus('1 d', '60 ug', '1 h'), bolus('30 h', '60 ug', '1 h')],
    },
    [
      [
        'no word of it',
        [drop({ kind: 'refused' })],
        [
          'answers: 3 programs were sent and 2 were answered',
          'tracking, 1 d 7 h 18 s: delivered is at most 120.25 uL behind prescribed; beyond the limit since 1 d 6 h 5.869629217 s',
        ],
      ],
    ],
  ],
  [
    'is drawn empty and filled, twice',
    {
      duration: '4 d',
      fill: '{ drug: baclofen, concentration: 500 ug/mL, volume: 20 mL }',
      prescription: [USUAL],
      events: [
        '{ at: 26 h, refill: { fill: { drug: baclofen, concentration: 500 ug/mL, volume: 20 mL } } }',
        '{ at: 50 h, refill: { fill: { drug: morphine, concentration: 1000 ug/mL, volume: 20 mL } } }',
      ],
    },
    [
      [
        'a residual that agrees, and is said to differ',
        [set(eventOf('residual-agrees'), { event: 'residual-differs' })],
        [
          'residuals, 1 d 2 h 4 s: the pump says residual-differs at 1 d 2 h 4 s where residual-agrees is due: drawn 19133.5 uL, expected 19133.5 uL after 866.5 uL dispensed; a difference of 0 uL is within the 1000 uL allowed',
        ],
      ],
      [
        'the second one',
        [set(eventOf('residual-agrees'), { event: 'residual-differs' }, 1)],
        [
          'residuals, 2 d 2 h 4 s: the pump says residual-differs at 2 d 2 h 4 s where residual-agrees is due: drawn 19200 uL, expected 19200 uL after 800 uL dispensed; a difference of 0 uL is within the 1000 uL allowed',
        ],
      ],
      [
        'a residual that differs, and is said to agree',
        [set({ kind: 'fill' }, { withdrawn_uL: '18133' }, 1)],
        [
          'residuals, 1 d 2 h 4 s: the pump says residual-agrees at 1 d 2 h 4 s where residual-differs is due: drawn 19133.5 uL, expected 19133.5 uL after 866.5 uL dispensed; a difference of 0 uL is within the 1000 uL allowed',
        ],
      ],
      ['a residual that differs by the tolerance', [set({ kind: 'fill' }, { withdrawn_uL: '36267/2' }, 1)], []],
      [
        'steps of the drug before',
        [set(BOOKED, { drug: 'baclofen' }, 2)],
        [
          'books, 2 d 2 h 18 s: from 2 d 2 h 18 s on steps are booked as 1/4 uL with 1/4 ug of baclofen where the pump was told of 1/4 ug of morphine',
          'accounts, 3 d: at 3 d the pump says it has given 833.25 ug of baclofen, where it booked 1200',
          'tracking, 4 d: the pump reported 833.25 ug of baclofen at 4 d where it had booked 1600',
        ],
      ],
      [
        'steps of the concentration before',
        [set(BOOKED, { step_ug: '1/8' }, 2)],
        [
          'books, 2 d 2 h 18 s: from 2 d 2 h 18 s on steps are booked as 1/4 uL with 1/8 ug of morphine where the pump was told of 1/4 ug of morphine',
          'accounts, 3 d: at 3 d the pump says it has given 366.75 ug of morphine, where it booked 183.375',
          'tracking, 4 d: the pump reported 766.75 ug of morphine at 4 d where it had booked 383.375',
        ],
      ],
      [
        'another reservoir in its account',
        [set(STATUS, { reservoir_uL: '1' }, 5)],
        [
          'reservoir, 3 d: at 3 d the pump says 1 uL are left, where 19633.3 uL follow from what it was told and believes to have given',
        ],
      ],
    ],
  ],
  [
    'runs at minimum rate',
    { duration: '2 d', prescription: ['{ at: 0 d, therapy: { mode: minimum-rate } }', therapy('1 d', '400 ug/d')] },
    [
      [
        'an order beyond the highest rate',
        [set(ORDER, { interval_us: '899999' })],
        ['range, 0 s: steps are ordered at 24000 uL/d, above the highest rate of the pump'],
      ],
      [
        'an order of minimum rate after it',
        [set(ORDER, { interval_us: '3600000000', t_us: at(24) + 2 }, 1)],
        ['range, 1 d 2 us: steps are ordered at 6 uL/d, below the lowest rate of the pump'],
      ],
    ],
  ],
]

heldAgainstInvariants(RUNS)
