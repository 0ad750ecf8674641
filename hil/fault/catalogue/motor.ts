/** Faults of motor, gear and encoder, as recalls and notices tell of them. */
import { deviceFault, RIGS_IN_PROCESS } from '#hil/fault/catalogue/device-fault'
import { HOUR_us, within } from '#hil/fault/catalogue/spot'
import {
  LASTING,
  NEVER_MOVES,
  SENSES_ROTOR,
  SENSORLESS_LINE,
  STEPS_TOO_FAR_APART,
  spanOf,
  whereItMoves,
} from '#hil/fault/catalogue/staging'
import type { CatalogueEntry } from '#hil/fault/catalogue-entry'
import { duration } from '#units/format'
import { as, type Time_us } from '#units/quantity'
import { add, compare, floor, multiply, ratio, times, whole } from '#units/rational'

const HALF_HOUR_us: Time_us = as(whole(1_800_000_000))
/** A spell and the pause after it, as parts of what is left of a run. */
const SPELL = ratio(1n, 12n)
const HALF = ratio(1n, 2n)
const EVERY = ratio(1n, 5n)

const STALLS: readonly CatalogueEntry[] = [
  deviceFault({
    name: 'motor-stall-permanent',
    group: 'plant',
    mechanism: 'Shaft, gear or a foreign particle holds the rotor for good: steps are driven and none is made.',
    parameters: [],
    source:
      'Medtronic performance report: 59 % of stalled pumps returned had a worn shaft, 14 % an internal short, 2 % corroded gears; foreign particle, FDA class I 2019',
    expected: 'alarmed',
    because: `${SENSES_ROTOR} and alarms at the first; at low rates steps are hours apart, and so is the alarm`,
    carriedBy: RIGS_IN_PROCESS,
    stage: whereItMoves(({ at_us }) => [{ fault: 'motor-stall', at_us, for_us: null }]),
  }),
  deviceFault({
    name: 'motor-stall-recovered',
    group: 'plant',
    mechanism:
      'The rotor is held for a while, as by the field of a magnet, and runs on afterwards; what was missed stays missed.',
    parameters: [
      {
        name: 'for',
        meaning: 'how long it is held',
        range: 'above 0 s',
        taken: '2 h, at most half of what is left, and at least two steps',
      },
    ],
    source: 'Medtronic MRI guidelines: the rotor stalls in the field and resumes on leaving it',
    expected: 'alarmed',
    because: `${SENSES_ROTOR}, and alarms until the rotor moves again`,
    carriedBy: RIGS_IN_PROCESS,
    stage: whereItMoves((spot) => {
      const for_us = spanOf(spot, as(times(HOUR_us, 2)), 2)
      return for_us === null ? NEVER_MOVES : [{ fault: 'motor-stall', at_us: spot.at_us, for_us }]
    }),
  }),
  deviceFault({
    name: 'motor-stall-delayed-recovery',
    group: 'plant',
    mechanism: 'The rotor is held by the field of a magnet, and stays where it is for hours after the field has gone.',
    parameters: [
      {
        name: 'for',
        meaning: 'how long the field is there',
        range: 'above 0 s',
        taken: '30 min, at most a twelfth of what is left',
      },
      {
        name: 'recovery',
        meaning: 'how much longer the rotor stays held',
        range: 'above 0 s; 2 to 24 h are reported',
        taken: '2 h, at most a fifth of what is left, and at least two steps',
      },
    ],
    source:
      'Medtronic MRI guidelines: recovery delayed by 2 to 24 h, and not in the log before the second interrogation',
    expected: 'alarmed',
    because: `${SENSES_ROTOR}, and alarms until the rotor moves again, whatever holds it`,
    carriedBy: RIGS_IN_PROCESS,
    stage: whereItMoves((spot) => {
      const least_us = spot.stepsLast(2)
      if (least_us === null) return NEVER_MOVES
      const wish_us = within(as(times(HOUR_us, 2)), spot, EVERY)
      const recovery_us = compare(wish_us, least_us) < 0 ? least_us : wish_us
      const keys = { recovery: duration(recovery_us) }
      return [{ fault: 'motor-stall', at_us: spot.at_us, for_us: within(HALF_HOUR_us, spot, SPELL), keys }]
    }),
  }),
  deviceFault({
    name: 'motor-stall-intermittent',
    group: 'plant',
    mechanism: 'The rotor is held again and again for a while, and runs on each time: what precedes a permanent stall.',
    parameters: [
      {
        name: 'for',
        meaning: 'how long each time',
        range: 'above 0 s',
        taken: '30 min, at most a twelfth of what is left, and at least two steps',
      },
      { name: 'every', meaning: 'from one stall to the next', range: 'above for', taken: 'a fifth of what is left' },
      { name: 'times', meaning: 'how often', range: '1 to 2500', taken: '3' },
    ],
    source: 'Riordan 2014: three stalls in three days; TGA RC-2013-RN-00636-1: repeated short stalls, replace the pump',
    expected: 'alarmed',
    because: `${SENSES_ROTOR}, and alarms each time`,
    carriedBy: RIGS_IN_PROCESS,
    stage: whereItMoves((spot) => {
      const every_us = within(spot.left_us, spot, EVERY)
      const least_us = spot.stepsLast(2)
      if (least_us === null || compare(least_us, every_us) >= 0) return STEPS_TOO_FAR_APART
      const wish_us = within(HALF_HOUR_us, spot, SPELL)
      const for_us = compare(wish_us, least_us) < 0 ? least_us : wish_us
      return [{ fault: 'motor-stall', at_us: spot.at_us, for_us, again: { every_us, times: 3 } }]
    }),
  }),
  deviceFault({
    name: 'motor-stall-brief',
    group: 'plant',
    mechanism: 'The rotor is held while a single step is due, and runs on.',
    parameters: [{ name: 'for', meaning: 'how long it is held', range: 'above 0 s', taken: 'until one step was due' }],
    source: 'stalls shorter than what a pump detects: TGA RC-2013-RN-00636-1, repeated short duration stalls',
    expected: 'alarmed',
    because: `${SENSES_ROTOR}, and stall_detection is one step unless the model of the pump says otherwise; with more, the step is taken back and the log alone tells of it`,
    carriedBy: RIGS_IN_PROCESS,
    stage: whereItMoves((spot) => {
      const [one_us, two_us] = [spot.stepsLast(1), spot.stepsLast(2)]
      if (one_us === null || two_us === null) return NEVER_MOVES
      // Half way from the first step to the second, however exactly either comes.
      const for_us = as<Time_us>(whole(floor(multiply(add(one_us, two_us), HALF))))
      return [{ fault: 'motor-stall', at_us: spot.at_us, for_us }]
    }),
  }),
]

const TURNING: readonly CatalogueEntry[] = [
  deviceFault({
    name: 'motor-slip',
    group: 'plant',
    mechanism: 'Behind motor and encoder a worn gear slips: each tenth step turns no roller.',
    parameters: [
      { name: 'every', meaning: 'which step does not reach the rotor', range: '2 to 1000000 step', taken: '10 step' },
      LASTING,
    ],
    source: 'gears and shafts of returned pumps: Medtronic performance report, 59 % worn shaft, 2 % corroded gears',
    expected: 'nobody',
    because:
      'the encoder sits on the motor and shows every step, and a tenth lies within the tolerance of the pump; at the refill a tenth of what was dispensed is left over, which lies within it too',
    stage: whereItMoves((spot) =>
      spot.stepsLast(12) === null
        ? STEPS_TOO_FAR_APART
        : [{ fault: 'motor-slip', at_us: spot.at_us, for_us: null, keys: { every: '10 step' } }],
    ),
  }),
  deviceFault({
    name: 'motor-slip-worn',
    group: 'plant',
    mechanism: 'Behind motor and encoder a worn gear slips: each third step turns no roller.',
    parameters: [
      { name: 'every', meaning: 'which step does not reach the rotor', range: '2 to 1000000 step', taken: '3 step' },
      LASTING,
    ],
    source: 'gears and shafts of returned pumps: Medtronic performance report, 59 % worn shaft, 2 % corroded gears',
    expected: 'volume-check',
    because: `the encoder sits on the motor and shows every step; ${SENSORLESS_LINE}`,
    stage: whereItMoves(({ at_us }) => [{ fault: 'motor-slip', at_us, for_us: null, keys: { every: '3 step' } }]),
  }),
  deviceFault({
    name: 'motor-reverse',
    group: 'plant',
    mechanism: 'Two wires of a coil have changed places: the motor turns backward, step for step.',
    parameters: [LASTING],
    source:
      'Generic Infusion Pump requirements v1.0, UPenn MS-CIS-08-31: no continuous reverse delivery; internal shorts, Medtronic performance report',
    expected: 'alarmed',
    because: `${SENSES_ROTOR} forward, and one that turned it backward is one of them`,
    carriedBy: RIGS_IN_PROCESS,
    stage: whereItMoves(({ at_us }) => [{ fault: 'motor-reverse', at_us, for_us: null }]),
  }),
  deviceFault({
    name: 'encoder-dead',
    group: 'plant',
    mechanism: 'The encoder shows nothing any more, while the motor makes every step.',
    parameters: [LASTING],
    source:
      'FDA Infusion Pumps Total Product Life Cycle 2014, hardware hazards: sensor failure; Z-1694-2017, a code that hides that delivery goes on',
    expected: 'alarmed',
    because:
      'the pump takes what it is not shown for a stall; delivery is right, its account is not, and an empty reservoir comes sooner than it believes',
    stage: whereItMoves(({ at_us }) => [{ fault: 'encoder-loss', at_us, for_us: null }]),
  }),
  deviceFault({
    name: 'encoder-noisy',
    group: 'plant',
    mechanism: 'The encoder fails to show each eighth step that the motor makes.',
    parameters: [
      { name: 'every', meaning: 'which step it does not show', range: '1 to 1000000 step', taken: '8 step' },
      LASTING,
    ],
    source: 'FDA Infusion Pumps Total Product Life Cycle 2014, hardware hazards: sensor failure',
    expected: 'alarmed',
    because:
      'the pump takes each step that it is not shown for a stall of one step, alarms, and takes it back at the next',
    stage: whereItMoves(({ at_us }) => [{ fault: 'encoder-loss', at_us, for_us: null, keys: { every: '8 step' } }]),
  }),
]

export const MOTOR_FAULTS: readonly CatalogueEntry[] = [...STALLS, ...TURNING]
