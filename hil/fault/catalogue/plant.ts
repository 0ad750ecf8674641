/** Faults of motor, tube, reservoir and catheter, as recalls and notices tell of them. */

import {
  deviceFault,
  type FaultLine,
  type NoPlace,
  RIGS_IN_PROCESS,
  type Staging,
} from '#hil/fault/catalogue/device-fault'
import { HOUR_us, movingSpot, type Spot, within } from '#hil/fault/catalogue/spot'
import type { CatalogueEntry } from '#hil/fault/catalogue-entry'
import type { Scenario } from '#hil/scenario/types'
import { duration } from '#units/format'
import { as, DAY_us, type Time_us } from '#units/quantity'
import { add, divide, larger, ratio, times } from '#units/rational'

const NEVER_MOVES: NoPlace = 'next to nothing is programmed to flow in this run'
const HALF = ratio(1n, 2n)
const UNTIL_THE_END = 'to the end of the run'

/** Stages lines where the motor moves. */
function whereItMoves(lines: (spot: Spot, scenario: Scenario) => readonly FaultLine[] | NoPlace) {
  return (scenario: Scenario): Staging | NoPlace => {
    const spot = movingSpot(scenario)
    if (spot === null) return NEVER_MOVES
    const staged = lines(spot, scenario)
    return typeof staged === 'string' ? staged : { lines: staged }
  }
}

/** A span of the wished length in which so many steps are due, within half of what is left of the run. */
function spanOf(spot: Spot, wish_us: Time_us, steps: number): Time_us | null {
  const least_us = spot.stepsLast(steps)
  return least_us === null ? null : as(larger(within(wish_us, spot, HALF), least_us))
}

const STALL_SOURCE =
  'Medtronic performance report: 59 % of stalled pumps returned had a worn shaft, 14 % an internal short, 2 % corroded gears; particle in the motor, FDA class I 2019'
const SENSES_ROTOR = 'the pump is told of every step that did not move the rotor'
const SENSORLESS_LINE =
  'the rotor turns as ordered and nothing in the pump senses pressure or flow, so only who measures what leaves, or draws the reservoir empty, can know'
const SENSORLESS_TIP =
  'the right volume leaves the reservoir, so every account agrees; only who measures at the tip, or sees the patient, can know'

const MOTOR: readonly CatalogueEntry[] = [
  deviceFault({
    name: 'motor-stall-permanent',
    group: 'plant',
    mechanism: 'Shaft, gear or a foreign particle holds the rotor for good: steps are driven and none is made.',
    parameters: [],
    source: STALL_SOURCE,
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
]

const GAIN: readonly CatalogueEntry[] = [
  deviceFault({
    name: 'over-infusion',
    group: 'plant',
    mechanism: 'Each step moves half as much again as it is counted for, from one moment to the next.',
    parameters: [
      { name: 'by', meaning: 'how much more', range: '0 to 900 %', taken: '50 %' },
      { name: 'for', meaning: 'how long', range: 'above 0 s', taken: UNTIL_THE_END },
    ],
    source: 'TGA RC-2014-RN-00357-1: more than 14.5 % above what is programmed, from 5 months on, also abruptly',
    expected: 'volume-check',
    because: SENSORLESS_LINE,
    stage: whereItMoves(({ at_us }) => [{ fault: 'over-infusion', at_us, for_us: null, keys: { by: '50 %' } }]),
  }),
  deviceFault({
    name: 'over-infusion-drift',
    group: 'plant',
    mechanism: 'Each step moves a little more than it is counted for, and more and more as time goes by.',
    parameters: [
      { name: 'by', meaning: 'how much more at first', range: '0 to 900 %', taken: '5 %' },
      { name: 'drift.by', meaning: 'what is added each time', range: '0 to 900 %', taken: '5 %' },
      { name: 'drift.every', meaning: 'how often', range: 'above 0 s', taken: 'an eighth of what is left' },
    ],
    source: 'TGA RC-2014-RN-00357-1; HSA notice of 8 Nov 2016',
    expected: 'volume-check',
    because: `${SENSORLESS_LINE}; while it is within the tolerance of the pump nobody can call it a fault`,
    stage: whereItMoves((spot) => {
      const every_us = within(spot.left_us, spot, ratio(1n, 8n))
      const keys = { by: '5 %', drift: { by: '5 %', every: duration(every_us) } }
      return [{ fault: 'over-infusion', at_us: spot.at_us, for_us: null, keys }]
    }),
  }),
]

const WAY: readonly CatalogueEntry[] = [
  deviceFault({
    name: 'occlusion',
    group: 'plant',
    mechanism:
      'The way into the catheter is blocked, as by a misaligned connector: the tube swells, then steps move nothing.',
    parameters: [
      { name: 'compliance', meaning: 'how much the tube swells', range: '0 to 1 mL', taken: 'that of the plant' },
    ],
    source: 'FDA class I recalls of 2008 and 2013, misaligned connector of the catheter',
    expected: 'volume-check',
    because: SENSORLESS_LINE,
    stage: whereItMoves(({ at_us }) => [{ fault: 'occlusion', at_us, for_us: null, keys: { side: 'downstream' } }]),
  }),
  deviceFault({
    name: 'occlusion-released',
    group: 'plant',
    mechanism:
      'The way into the catheter is blocked for a while; when it is free again, all that the tube had swollen with leaves at once.',
    parameters: [
      { name: 'compliance', meaning: 'how much the tube swells', range: '0 to 1 mL', taken: 'that of the plant' },
      {
        name: 'for',
        meaning: 'how long',
        range: 'above 0 s',
        taken: '1 d, at most half of what is left, and at least eight steps',
      },
    ],
    source: 'Sgouros 2010, PMID 20516743; two overdoses of a child after refills, thejns.org 2015',
    expected: 'volume-check',
    because: SENSORLESS_LINE,
    stage: whereItMoves((spot) => {
      const for_us = spanOf(spot, DAY_us, 8)
      if (for_us === null) return NEVER_MOVES
      return [{ fault: 'occlusion', at_us: spot.at_us, for_us, keys: { side: 'downstream' } }]
    }),
  }),
  deviceFault({
    name: 'occlusion-upstream',
    group: 'plant',
    mechanism: 'The way out of the reservoir is blocked: the rotor turns and has nothing to move.',
    parameters: [],
    source:
      'filter and valve between reservoir and pump; HSA notice of 8 Nov 2016 names a valve that closes when overfilled',
    expected: 'volume-check',
    because: SENSORLESS_LINE,
    stage: whereItMoves(({ at_us }) => [{ fault: 'occlusion', at_us, for_us: null, keys: { side: 'upstream' } }]),
  }),
  deviceFault({
    name: 'catheter-leak',
    group: 'plant',
    mechanism: 'A hole in the catheter lets two fifths of what comes by out before the tip.',
    parameters: [
      { name: 'fraction', meaning: 'how much of it', range: 'above 0, to 100 %', taken: '40 %' },
      { name: 'position', meaning: 'where, by volume from the pump', range: '0 to 100 %', taken: '53 %' },
    ],
    source: 'leak, kink and fracture of catheters: causes 14 to 22 of withdrawal in the case reports of 2022 to 2024',
    expected: 'dose-check',
    because: SENSORLESS_TIP,
    stage: whereItMoves(({ at_us }) => [leak(at_us, '40 %', '53 %')]),
  }),
  deviceFault({
    name: 'catheter-rupture',
    group: 'plant',
    mechanism: 'The catheter is torn: nothing reaches the tip any more, and the residual of every refill is right.',
    parameters: [{ name: 'position', meaning: 'where, by volume from the pump', range: '0 to 100 %', taken: '70 %' }],
    source:
      'de la Fuente Escudero 2024, doi 10.20986/resed.2024.4076/2023: actual residual as calculated, drug never arrived',
    expected: 'dose-check',
    because: SENSORLESS_TIP,
    stage: whereItMoves(({ at_us }) => [leak(at_us, '100 %', '70 %')]),
  }),
  deviceFault({
    name: 'catheter-disconnected',
    group: 'plant',
    mechanism: 'The catheter has come off the pump: all of it runs into the pocket.',
    parameters: [],
    source: 'FDA class I recall of 2008, connector; disconnection among the causes of withdrawal',
    expected: 'dose-check',
    because: SENSORLESS_TIP,
    stage: whereItMoves(({ at_us }, scenario) => [leak(at_us, '100 %', connectorOf(scenario))]),
  }),
]

function leak(at_us: Time_us, fraction: string, position: string): FaultLine {
  return { fault: 'catheter-leak', at_us, for_us: null, keys: { fraction, position } }
}

/** Where the catheter begins, as a part of the line. */
function connectorOf({ pump, catheter_uL }: Scenario): string {
  const part = times(divide(pump.tube_uL, add(pump.tube_uL, catheter_uL)), 100)
  return `${part.n}/${part.d} %`
}

export const PLANT_FAULTS: readonly CatalogueEntry[] = [...MOTOR, ...GAIN, ...WAY]
