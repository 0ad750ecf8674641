/** What a pump does, counts and says while it stops and goes on: each invariant breaks where a record is not as it should be. */
import { drop, set } from '../support/alter.ts'
import { stop, therapy } from '../support/scenario.ts'
import {
  ALARM,
  accounted,
  alarm,
  at,
  BOOKED,
  event,
  eventOf,
  heldAgainstInvariants,
  made,
  minor,
  ORDER,
  type Run,
  refused,
  STATUS,
  TONE,
  tone,
  USUAL,
} from './breaking.ts'

const RUNS: readonly Run[] = [
  [
    'stops and goes on',
    { duration: '4 d', prescription: [USUAL, stop('1 d'), therapy('3 d', '400 ug/d')] },
    [
      [
        'three steps more in its account',
        [set(BOOKED, { count: 3203 })],
        [
          'obedience, 1 d 54 s: the pump calls for up to 0.75 uL more than follows from what it accepted, beyond 0.25 uL since 1 d 54 s',
          'believed-steps, 1 d 1 min 21 s: the pump believes in 3 steps more than the rotor made, at 1 d 1 min 21 s; 1 can be explained',
          'tracking, 1 d 1 min 21 s: believed is at most 0.75 uL above delivered',
          'accounts, 2 d: at 2 d the pump says it has made 3200 steps, where it booked 3203',
          'reservoir, 2 d: at 2 d the pump says 39200 uL are left, where 39199.3 uL follow from what it was told and believes to have given',
        ],
      ],
      [
        'three fewer',
        [set(BOOKED, { count: 3197 })],
        [
          'obedience, 23 h 59 min 6.000001 s: the pump calls for up to 1 uL less than follows from what it accepted, beyond 0.25 uL since 23 h 59 min 6.000001 s',
          'believed-steps, 1 d: the pump believes in 3 steps fewer than the rotor made, at 1 d; 1 can be explained',
          'accounts, 1 d: at 1 d the pump says it has made 3200 steps, where it booked 3197',
          'reservoir, 1 d: at 1 d the pump says 39200 uL are left, where 39200.8 uL follow from what it was told and believes to have given',
          'tracking, 1 d: believed is at most 0.75 uL below delivered',
        ],
      ],
      [
        'three more at its end',
        [set(BOOKED, { count: 3203 }, 1)],
        ['believed-steps, 4 d: the pump believes in 3 steps more than the rotor made, at 4 d; 0 can be explained'],
      ],
      [
        'one more',
        [set(BOOKED, { count: 3201 })],
        [
          'accounts, 2 d: at 2 d the pump says it has made 3200 steps, where it booked 3201',
          'reservoir, 2 d: at 2 d the pump says 39200 uL are left, where 39199.8 uL follow from what it was told and believes to have given',
          'believed-steps, 4 d: the pump believes in 1 steps more than the rotor made, at 4 d; 0 can be explained',
        ],
      ],
      [
        'a step while it is stopped',
        [made(30, 1)],
        [
          'tracking, 1 d 6 h: delivered is at most 2200.25 uL ahead of prescribed; beyond the limit since 1 d 6 h',
          'believed-steps, 4 d: the pump believes in 1 steps fewer than the rotor made, at 4 d; 0 can be explained',
        ],
      ],
      [
        'two of them',
        [made(30, 2)],
        [
          'tracking, 1 d 6 h 1 s: delivered is at most 2200.49 uL ahead of prescribed; beyond the limit since 1 d 6 h',
          'believed-steps, 4 d: the pump believes in 2 steps fewer than the rotor made, at 4 d; 1 can be explained',
        ],
      ],
      [
        'two that the pump knows of',
        [accounted('booked', 30, 2)],
        [
          'obedience, 1 d 6 h: the pump calls for up to 2200.49 uL more than follows from what it accepted, beyond 0.25 uL since 1 d 6 h',
          'believed-steps, 4 d: the pump believes in 2 steps more than the rotor made, at 4 d; 1 can be explained',
          'accounts, 4 d: at 4 d the pump says it has made 6400 steps, where it booked 6402',
          'reservoir, 4 d: at 4 d the pump says 38400 uL are left, where 38399.5 uL follow from what it was told and believes to have given',
          'tracking, 4 d: believed is at most 0.5 uL above delivered',
        ],
      ],
      [
        'an order beyond the highest rate',
        [set(ORDER, { interval_us: '899999' })],
        ['range, 0 s: steps are ordered at 24000 uL/d, above the highest rate of the pump'],
      ],
      ['an order at the highest rate', [set(ORDER, { interval_us: '900000' })], []],
      [
        'an order below the least rate',
        [set(ORDER, { interval_us: '450000001' }, 1)],
        ['range, 3 d: steps are ordered at 48 uL/d, below the lowest rate of the pump'],
      ],
      ['an order at the least rate', [set(ORDER, { interval_us: '450000000' }, 1)], []],
      [
        'steps of another drug',
        [set(BOOKED, { drug: 'morphine' })],
        [
          'books, 27 s: from 27 s on steps are booked as 1/4 uL with 1/8 ug of morphine where the pump was told of 1/8 ug of baclofen',
          'accounts, 1 d: at 1 d the pump says it has given 0 ug of morphine, where it booked 400',
          'tracking, 1 d: the pump reported 0 ug of morphine at 1 d where it had booked 400',
        ],
      ],
      [
        'steps of more drug',
        [set(BOOKED, { step_ug: '1/4' }, 1)],
        [
          'books, 3 d 27 s: from 3 d 27 s on steps are booked as 1/4 uL with 1/4 ug of baclofen where the pump was told of 1/8 ug of baclofen',
          'accounts, 4 d: at 4 d the pump says it has given 800 ug of baclofen, where it booked 1200',
          'tracking, 4 d: the pump reported 800 ug of baclofen at 4 d where it had booked 1200',
        ],
      ],
      [
        'steps of another volume',
        [set(BOOKED, { step_uL: '1/2' }, 1)],
        [
          'books, 3 d 27 s: from 3 d 27 s on steps are booked as 1/2 uL with 1/8 ug of baclofen where the pump was told of 1/8 ug of baclofen',
          'accounts, 4 d: at 4 d the pump says it has given 1600 uL, where it booked 2400',
          'tracking, 4 d: believed is at most 800 uL above delivered',
        ],
      ],
      [
        'a program without an answer',
        [drop({ kind: 'applied' }, 2)],
        [
          'answers: 3 programs were sent and 2 were answered',
          'obedience, 3 d 54 s: the pump calls for up to 800 uL more than follows from what it accepted, beyond 0.25 uL since 3 d 54 s',
        ],
      ],
      ['an answer to no program', [refused('because')], ['answers: 3 programs were sent and 4 were answered']],
      [
        'a program that was never committed',
        [event('never-committed', 30)],
        ['answers: 3 programs were sent and 4 were answered'],
      ],
      [
        'a refusal for a reservoir that is not empty',
        [refused('the reservoir is believed empty; refill')],
        [
          'answers: 3 programs were sent and 4 were answered',
          'refusals, 1 d 6 h: "x" was refused at 1 d 6 h because the reservoir is believed empty; refill, while empty-reservoir is not on',
        ],
      ],
      [
        'a refusal for a service that has not ended',
        [refused('the pump has reached its end of service; replace it')],
        [
          'answers: 3 programs were sent and 4 were answered',
          'refusals, 1 d 6 h: "x" was refused at 1 d 6 h because the pump has reached its end of service; replace it, while end-of-service is not on',
        ],
      ],
      [
        'a stop that is refused',
        [
          set(
            { kind: 'applied' },
            {
              kind: 'refused',
              asked: { kind: 'therapy', mode: 'stopped', dose: null, unit: null },
              reason: 'I will not',
            },
            1,
          ),
        ],
        [
          'refusals, 1 d: "stopped" was refused at 1 d because I will not, and a stop is never refused',
          'obedience, 1 d 27.000001 s: the pump calls for up to 1600.25 uL less than follows from what it accepted, beyond 0.25 uL since 1 d 27.000001 s',
        ],
      ],
      [
        'no warning that it stands',
        [drop(eventOf('stopped-warning'))],
        ['standing, 1 d 1 h: a pump stopped at 1 d never warned'],
      ],
      [
        'the warning two microseconds late',
        [set(eventOf('stopped-warning'), { t_us: at(25) + 2 })],
        ['standing, 1 d 1 h: a pump stopped at 1 d never warned'],
      ],
      [
        'the warning before it stands',
        [set(eventOf('stopped-warning'), { t_us: at(23) })],
        ['standing, 1 d 1 h: a pump stopped at 1 d never warned'],
      ],
      [
        'an alarm raised twice',
        [alarm('stopped-pump', 60, 'raised')],
        [
          'standing, 2 d 12 h: stopped-pump was raised at 2 d 12 h, though the rotor has turned since',
          'sounding, 2 d 12 h: nothing is heard at 2 d 12 h where stopped-pump should be',
          'alarm-grammar, 3 d: stopped-pump was raised at 3 d, which it was already',
        ],
      ],
      [
        'an alarm cleared twice',
        [alarm('stopped-pump', 73, 'cleared')],
        ['alarm-grammar, 3 d 1 h: stopped-pump was cleared at 3 d 1 h, which it was already'],
      ],
      [
        'an alarm of another priority',
        [set(ALARM, { priority: 'non-critical' })],
        ['alarm-grammar, 3 d: stopped-pump was raised at 3 d, as non-critical, which it is not'],
      ],
      [
        'an alarm cleared by nothing',
        [
          alarm('stopped-pump', 50, 'raised'),
          tone(50, 'stopped-pump'),
          alarm('stopped-pump', 51, 'cleared'),
          tone(51, 'silent'),
        ],
        [
          'standing, 2 d 2 h: stopped-pump was raised at 2 d 2 h, though the rotor has turned since',
          'alarm-grammar, 2 d 3 h: stopped-pump was cleared at 2 d 3 h, by nothing that clears it',
        ],
      ],
      [
        'a low reservoir that is not low',
        [minor('low-reservoir', 80, 'raised'), tone(80, 'low-reservoir')],
        ['levels, 3 d 8 h: low-reservoir was raised at 3 d 8 h, before its level was reached'],
      ],
      [
        'a tube that is not worn',
        [minor('tube-set-end-of-life', 80, 'raised'), tone(80, 'tube-set-end-of-life')],
        [
          'tube-life, 3 d 8 h: tube-set-end-of-life was raised at 3 d 8 h, before its level was reached',
          'service, 3 d 8 h: the tube is worn out and replacement is not due',
        ],
      ],
      [
        'a tone that does not end',
        [drop(TONE, 1)],
        ['sounding, 3 d: stopped-pump is heard at 3 d where nothing should be'],
      ],
      [
        'a stall without a lost step',
        [alarm('motor-stall', 80, 'raised'), tone(80, 'motor-stall')],
        ['stalls, 3 d 8 h: motor-stall was raised at 3 d 8 h, when no step was lost'],
      ],
      [
        'a lost step without a stall',
        [accounted('withdrawn', 80, 1)],
        [
          'stalls, 3 d 8 h: 1 steps in a row were lost by 3 d 8 h and motor-stall does not sound',
          'believed-steps, 4 d: the pump believes in 1 steps fewer than the rotor made, at 4 d; 0 can be explained',
          'accounts, 4 d: at 4 d the pump says it has made 6400 steps, where it booked 6399',
          'reservoir, 4 d: at 4 d the pump says 38400 uL are left, where 38400.3 uL follow from what it was told and believes to have given',
        ],
      ],
      [
        'a service that ends without notice',
        [alarm('end-of-service', 80, 'raised'), tone(80, 'end-of-service')],
        [
          'rest, 3 d 8 h: 2134 steps after the end of its service, between 3 d 8 h and 4 d',
          'service, 3 d 8 h: service ended without notice',
        ],
      ],
      [
        'a replacement that nothing calls for',
        [minor('elective-replacement', 80, 'raised'), tone(80, 'elective-replacement')],
        [],
      ],
      ['power that goes', [event('power', 80)], ['rest, 3 d 8 h: 2134 steps without power, between 3 d 8 h and 4 d']],
      [
        'power that goes and comes',
        [event('power', 80), event('power', 81)],
        [
          'rest, 3 d 8 h: 134 steps without power, between 3 d 8 h and 3 d 9 h',
          'trickle, 3 d 9 h: 2000 steps from 3 d 9 h to 4 d, where minimum rate makes 15',
          'resets, 3 d 9 h: power came back at 3 d 9 h and low-battery-reset does not sound',
        ],
      ],
      [
        'a safe state that gives therapy',
        [event('safe-state', 80)],
        ['trickle, 3 d 8 h: 2134 steps from 3 d 8 h to 4 d, where minimum rate makes 16'],
      ],
      [
        'another reservoir in its account',
        [set(STATUS, { reservoir_uL: '39999' }, 1)],
        [
          'reservoir, 1 d: at 1 d the pump says 39999 uL are left, where 39200 uL follow from what it was told and believes to have given',
        ],
      ],
      [
        'another volume in its account',
        [set(STATUS, { volume_uL: '1' }, 1)],
        [
          'accounts, 1 d: at 1 d the pump says it has given 1 uL, where it booked 800',
          'tracking, 1 d: the pump reported 1 uL at 1 d where it had booked 800',
        ],
      ],
      [
        'other steps in its account',
        [set(STATUS, { steps: 1 }, 2)],
        [
          'accounts, 2 d: at 2 d the pump says it has made 1 steps, where it booked 3200',
          'tracking, 2 d: the pump reported 1 steps at 2 d where it had booked 3200',
        ],
      ],
      [
        'three steps fewer of the rotor',
        [
          set(
            { kind: 'delivered' },
            { cadence: { first: 421_875, phase: 0, count: 3197, quotient: 421_875, remainder: 0, divisor: 1 } },
          ),
        ],
        [
          'believed-steps, 1 d: the pump believes in 3 steps more than the rotor made, at 1 d; 1 can be explained',
          'tracking, 3 d 27 s: delivered is at most 1 uL behind prescribed; beyond the limit since 23 h 59 min 6.000064 s',
        ],
      ],
    ],
  ],
]

heldAgainstInvariants(RUNS)
