/** Invariants about alarms: each sounds when its time has come, and not before, and is cleared by what clears it. */
import { drop, set } from '../support/alter.ts'
import { stop } from '../support/scenario.ts'
import {
  ALARM,
  alarm,
  at,
  event,
  eventOf,
  heldAgainstInvariants,
  made,
  minor,
  type Run,
  STATUS,
  TONE,
  tone,
  USUAL,
  unheard,
  unheardOfTwo,
} from './breaking.ts'

const RUNS: readonly Run[] = [
  [
    'is refilled, runs low and runs dry',
    {
      duration: '5.5 d',
      fill: '{ drug: baclofen, concentration: 500 ug/mL, volume: 3 mL }',
      prescription: [USUAL],
      events: [
        '{ at: 26 h, refill: { withdraw: 1 mL, fill: { drug: baclofen, concentration: 500 ug/mL, volume: 2 mL } } }',
      ],
    },
    [
      [
        'the low reservoir two microseconds late',
        [set(ALARM, { t_us: at(60) + 2 }), set(TONE, { t_us: at(60) + 2 })],
        ['levels, 2 d 12 h: low-reservoir was due at 2 d 12 h and was raised at 2 d 12 h 2 us'],
      ],
      [
        'the low reservoir one microsecond late',
        [set(ALARM, { t_us: at(60) + 1 }), set(TONE, { t_us: at(60) + 1 })],
        [],
      ],
      [
        'the low reservoir two microseconds early',
        [set(ALARM, { t_us: at(60) - 2 }), set(TONE, { t_us: at(60) - 2 })],
        [
          'levels, 2 d 11 h 59 min 59.999998 s: low-reservoir was raised at 2 d 11 h 59 min 59.999998 s, before its level was reached',
        ],
      ],
      ['no low reservoir', [...unheard], ['levels, 2 d 12 h: low-reservoir was due at 2 d 12 h and was never raised']],
      [
        'no empty one',
        [drop(ALARM, 1), drop(TONE, 1)],
        [
          'levels, 5 d: empty-reservoir was due at 5 d and was never raised',
          'tracking, 5 d 12 h: delivered is at most 400 uL behind prescribed; beyond the limit since 5 d 27.000064 s',
        ],
      ],
      [
        'the empty one two microseconds late',
        [set(ALARM, { t_us: at(120) + 2 }, 1), set(TONE, { t_us: at(120) + 2 }, 1)],
        ['levels, 5 d: empty-reservoir was due at 5 d and was raised at 5 d 2 us'],
      ],
      [
        'the empty one an hour early',
        [set(ALARM, { t_us: at(119) }, 1), set(TONE, { t_us: at(119) }, 1)],
        [
          'rest, 4 d 23 h: 134 steps with a reservoir that it believes empty, between 4 d 23 h and 5 d 12 h',
          'levels, 4 d 23 h: empty-reservoir was raised at 4 d 23 h, before its level was reached',
        ],
      ],
      [
        'a step of the empty pump',
        [made(121, 1)],
        [
          'rest, 5 d: 1 steps with a reservoir that it believes empty, between 5 d and 5 d 12 h',
          'believed-steps, 5 d 12 h: the pump believes in 1 steps fewer than the rotor made, at 5 d 12 h; 0 can be explained',
        ],
      ],
      [
        'two of them',
        [made(121, 2)],
        [
          'rest, 5 d: 2 steps with a reservoir that it believes empty, between 5 d and 5 d 12 h',
          'believed-steps, 5 d 1 h 1 s: the pump believes in 2 steps fewer than the rotor made, at 5 d 1 h 1 s; 1 can be explained',
        ],
      ],
      [
        'a low reservoir that is cleared by nothing',
        [minor('low-reservoir', 100, 'cleared'), tone(100, 'silent')],
        ['alarm-grammar, 4 d 4 h: low-reservoir was cleared at 4 d 4 h, by nothing that clears it'],
      ],
      [
        'a low reservoir that a refill cleared',
        [
          minor('low-reservoir', 25, 'raised'),
          tone(25, 'low-reservoir'),
          minor('low-reservoir', 26, 'cleared'),
          tone(26, 'silent'),
        ],
        ['levels, 1 d 1 h: low-reservoir was raised at 1 d 1 h, before its level was reached'],
      ],
      [
        'another reservoir in its account',
        [set(STATUS, { reservoir_uL: '2999' }, 4)],
        [
          'reservoir, 3 d: at 3 d the pump says 2999 uL are left, where 1600 uL follow from what it was told and believes to have given',
        ],
      ],
      [
        'a low reservoir with the refill',
        [minor('low-reservoir', 26, 'raised')],
        [
          'levels, 1 d 2 h: low-reservoir was raised at 1 d 2 h, before its level was reached',
          'sounding, 1 d 2 h: nothing is heard at 1 d 2 h where low-reservoir should be',
          'alarm-grammar, 2 d 12 h: low-reservoir was raised at 2 d 12 h, which it was already',
        ],
      ],
    ],
  ],
  [
    'stalls',
    { duration: '1 d', prescription: [USUAL], faults: ['{ at: 6 h, fault: motor-stall, for: 10 min }'] },
    [
      [
        'the alarm after another lost step',
        [set(ALARM, { t_us: 21_658_000_000 })],
        ['sounding, 6 h 58 s: nothing is heard at 6 h 58 s where motor-stall should be'],
      ],
      [
        'the alarm when no step was lost',
        [set(ALARM, { t_us: 21_658_000_001 })],
        [
          'stalls, 6 h 58.000001 s: motor-stall was raised at 6 h 58.000001 s, when no step was lost',
          'sounding, 6 h 58.000001 s: nothing is heard at 6 h 58.000001 s where motor-stall should be',
        ],
      ],
      [
        'a lost step that it believes in',
        [drop({ kind: 'withdrawn' })],
        [
          'stalls, 6 h 31 s: motor-stall was raised at 6 h 31 s, when no step was lost',
          'believed-steps, 1 d: the pump believes in 2 steps more than the rotor made, at 1 d; 1 can be explained',
          'accounts, 1 d: at 1 d the pump says it has made 3177 steps, where it booked 3178',
        ],
      ],
      [
        'three of them',
        [drop({ kind: 'withdrawn' }), drop({ kind: 'withdrawn' }), drop({ kind: 'withdrawn' })],
        [
          'stalls, 6 h 31 s: motor-stall was raised at 6 h 31 s, when no step was lost',
          'believed-steps, 1 d: the pump believes in 4 steps more than the rotor made, at 1 d; 1 can be explained',
          'accounts, 1 d: at 1 d the pump says it has made 3177 steps, where it booked 3180',
        ],
      ],
      [
        'the alarm cleared while it stalls',
        [set(ALARM, { t_us: 22_000_000_000 }, 1)],
        [
          'alarm-grammar, 6 h 6 min 40 s: motor-stall was cleared at 6 h 6 min 40 s, by nothing that clears it',
          'sounding, 6 h 6 min 40 s: motor-stall is heard at 6 h 6 min 40 s where nothing should be',
        ],
      ],
    ],
  ],
  [
    'stalls to its end',
    { duration: '1 d', prescription: [USUAL], faults: ['{ at: 23 h, fault: motor-stall }'] },
    [
      [
        'no alarm',
        [...unheard],
        ['stalls, 23 h 13 s: 1 steps in a row were lost by 23 h 13 s and motor-stall does not sound'],
      ],
      [
        'the alarm with the second lost step',
        [set(ALARM, { t_us: 82_858_000_000 }), set(TONE, { t_us: 82_858_000_000 })],
        ['stalls, 23 h 13 s: 1 steps in a row were lost by 23 h 13 s and motor-stall does not sound'],
      ],
    ],
  ],
  [
    'loses its record',
    { duration: '1 d', prescription: [USUAL], faults: ['{ at: 6 h, fault: bit-flip, copy: both, bit: 777 }'] },
    [
      [
        'no alarm of it',
        [...unheard],
        ['resets, 6 h: bit-flip in both copies, bit 777 at 6 h was not found by 7 h 1 us'],
      ],
      [
        'the alarm two microseconds late',
        [set(ALARM, { t_us: at(7) + 2 }), set(TONE, { t_us: at(7) + 2 })],
        ['resets, 6 h: bit-flip in both copies, bit 777 at 6 h was not found by 7 h 1 us'],
      ],
      [
        'the record mended',
        [set(ALARM, { kind: 'event', event: 'memory-repaired', detail: '' }), drop(TONE)],
        ['resets, 6 h: bit-flip in both copies, bit 777 at 6 h was not found by 7 h 1 us'],
      ],
    ],
  ],
  [
    'mends its record',
    { duration: '1 d', prescription: [USUAL], faults: ['{ at: 6 h, fault: bit-flip, copy: first, bit: 777 }'] },
    [
      [
        'the record not mended',
        [drop(eventOf('memory-repaired'))],
        ['resets, 6 h: bit-flip in the first copy, bit 777 at 6 h was not found by 7 h 1 us'],
      ],
      [
        'the record mended two microseconds late',
        [set(eventOf('memory-repaired'), { t_us: at(7) + 2 })],
        ['resets, 6 h: bit-flip in the first copy, bit 777 at 6 h was not found by 7 h 1 us'],
      ],
      [
        'the record mended before it was damaged',
        [set(eventOf('memory-repaired'), { t_us: at(6) - 2 })],
        ['resets, 6 h: bit-flip in the first copy, bit 777 at 6 h was not found by 7 h 1 us'],
      ],
    ],
  ],
  [
    'comes to the end of its service',
    {
      duration: '4 d',
      pump: '{ model: im-40, overrides: { service_life: 1 d, replacement_period: 2 d } }',
      prescription: [USUAL],
    },
    [
      [
        'the end an hour early',
        [set(ALARM, { t_us: at(71) }, 1), set(TONE, { t_us: at(71) }, 1)],
        [
          'rest, 2 d 23 h: 134 steps after the end of its service, between 2 d 23 h and 4 d',
          'service, 2 d 23 h: service ended at 2 d 23 h, before 3 d',
        ],
      ],
      [
        'the end two microseconds late',
        [set(ALARM, { t_us: at(72) + 2 }, 1), set(TONE, { t_us: at(72) + 2 }, 1)],
        ['service, 3 d: end-of-service was due at 3 d and came at 3 d 2 us'],
      ],
      [
        'no end',
        [drop(ALARM, 1), drop(TONE, 1)],
        [
          'service, 3 d: end-of-service was due at 3 d and came never',
          'tracking, 4 d: delivered is at most 800 uL behind prescribed; beyond the limit since 3 d 27.000064 s',
        ],
      ],
      ['no notice of it', [...unheard], ['service, 1 d: elective-replacement was due at 1 d and came never']],
      [
        'notice two microseconds late',
        [set(ALARM, { t_us: at(24) + 2 }), set(TONE, { t_us: at(24) + 2 })],
        ['service, 1 d: elective-replacement was due at 1 d and came at 1 d 2 us'],
      ],
      [
        'notice four hours early',
        [set(ALARM, { t_us: at(20) }), set(TONE, { t_us: at(20) })],
        ['service, 2 d 20 h: end-of-service was due at 2 d 20 h and came at 3 d'],
      ],
      [
        'neither',
        [...unheardOfTwo],
        [
          'service, 1 d: elective-replacement was due at 1 d and came never',
          'tracking, 4 d: delivered is at most 800 uL behind prescribed; beyond the limit since 3 d 27.000064 s',
        ],
      ],
      [
        'notice that is cleared',
        [minor('elective-replacement', 30, 'cleared'), tone(30, 'silent')],
        ['alarm-grammar, 1 d 6 h: elective-replacement was cleared at 1 d 6 h, by nothing that clears it'],
      ],
      [
        'two steps after the end',
        [made(80, 2)],
        [
          'rest, 3 d: 2 steps after the end of its service, between 3 d and 4 d',
          'believed-steps, 3 d 8 h 1 s: the pump believes in 2 steps fewer than the rotor made, at 3 d 8 h 1 s; 1 can be explained',
        ],
      ],
    ],
  ],
  [
    'stands, and is silenced',
    { duration: '5 d', prescription: [USUAL, stop('1 d')], events: ['{ at: 4 d, do: silence }'] },
    [
      [
        'no word of the silence',
        [drop(eventOf('silenced'))],
        ['sounding, 4 d: nothing is heard at 4 d where stopped-pump should be'],
      ],
      [
        'an alarm of more urgency in the silence',
        [alarm('motor-stall', 96.1, 'raised')],
        [
          'stalls, 4 d 6 min: motor-stall was raised at 4 d 6 min, when no step was lost',
          'sounding, 4 d 6 min: nothing is heard at 4 d 6 min where motor-stall should be',
        ],
      ],
      [
        'an alarm of less urgency in the silence',
        [minor('low-reservoir', 96.1, 'raised')],
        ['levels, 4 d 6 min: low-reservoir was raised at 4 d 6 min, before its level was reached'],
      ],
      [
        'an alarm in the silence that is heard',
        [alarm('motor-stall', 96.1, 'raised'), tone(96.1, 'motor-stall')],
        [
          'stalls, 4 d 6 min: motor-stall was raised at 4 d 6 min, when no step was lost',
          'sounding, 4 d 10 min: stopped-pump is heard at 4 d 10 min where motor-stall should be',
        ],
      ],
      [
        'two steps while it stands',
        [made(60, 2)],
        [
          'rest, 1 d: 2 steps while stopped, between 1 d and 3 d',
          'believed-steps, 2 d 12 h 1 s: the pump believes in 2 steps fewer than the rotor made, at 2 d 12 h 1 s; 1 can be explained',
          'tracking, 2 d 12 h 1 s: delivered is at most 0.5 uL ahead of prescribed; beyond the limit since 2 d 12 h 1 s',
          'standing, 3 d: stopped-pump was raised at 3 d, though the rotor has turned since',
        ],
      ],
      [
        'a bolus that nobody asked for',
        [event('patient-bolus-granted', 24.5)],
        ['answers: the patient asked 0 times and was answered 1 times'],
      ],
      [
        'no warning that it stands',
        [drop(eventOf('stopped-warning'))],
        ['standing, 1 d 1 h: a pump stopped at 1 d never warned'],
      ],
    ],
  ],
]

heldAgainstInvariants(RUNS)
