/** Faults of the way from the pump to the tip: blockages, holes, and what comes off. */
import { deviceFault, type FaultLine } from '#hil/fault/catalogue/device-fault'
import { within } from '#hil/fault/catalogue/spot'
import {
  LASTING,
  NEVER_MOVES,
  SENSORLESS_LINE,
  SENSORLESS_TIP,
  STEPS_TOO_FAR_APART,
  spanOf,
  whereItMoves,
} from '#hil/fault/catalogue/staging'
import type { CatalogueEntry, FaultParameter } from '#hil/fault/catalogue-entry'
import type { Scenario } from '#hil/scenario/types'
import { DAY_us, type Time_us } from '#units/quantity'
import { add, compare, divide, ratio, times } from '#units/rational'

const COMPLIANCE: FaultParameter = {
  name: 'compliance',
  meaning: 'how much the tube swells',
  range: '0 to 1 mL',
  taken: 'that of the plant',
}
const POSITION = 'where, by volume from the pump'
/** An opening of a crack, and the time from one to the next, as parts of what is left of a run. */
const OPEN = ratio(1n, 16n)
const EVERY = ratio(1n, 8n)

const BLOCKAGES: readonly CatalogueEntry[] = [
  deviceFault({
    name: 'occlusion',
    group: 'plant',
    mechanism:
      'The way into the catheter is blocked, as by a misaligned connector: the tube swells, then steps move nothing.',
    parameters: [COMPLIANCE, LASTING],
    source: 'FDA class I recalls of 2008 and 2013, misaligned connector of the catheter',
    expected: 'dose-check',
    because:
      'the rotor turns as ordered and nothing in the pump senses pressure; the rollers go on, and only who measures at the tip, or draws the reservoir, can know',
    stage: whereItMoves(({ at_us }) => [{ fault: 'occlusion', at_us, for_us: null, keys: { side: 'downstream' } }]),
  }),
  deviceFault({
    name: 'occlusion-released',
    group: 'plant',
    mechanism:
      'The way into the catheter is blocked for a while; when it is free again, all that the tube had swollen with leaves at once.',
    parameters: [
      COMPLIANCE,
      {
        name: 'for',
        meaning: 'how long',
        range: 'above 0 s',
        taken: '1 d, at most half of what is left, and at least eight steps',
      },
    ],
    source: 'Sgouros 2010, PMID 20516743; two overdoses of a child after refills, thejns.org 2015',
    expected: 'dose-check',
    because: 'nothing in the pump senses pressure; only who measures at the tip, or sees the patient, can know',
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
    parameters: [LASTING],
    source:
      'filter and valve between reservoir and pump; a valve that closes when the pump is cold or overfilled, 78stepshealth.us',
    expected: 'volume-check',
    because: SENSORLESS_LINE,
    stage: whereItMoves(({ at_us }) => [{ fault: 'occlusion', at_us, for_us: null, keys: { side: 'upstream' } }]),
  }),
]

const LEAKS: readonly CatalogueEntry[] = [
  deviceFault({
    name: 'catheter-leak',
    group: 'plant',
    mechanism: 'A hole in the catheter lets two fifths of what comes by out before the tip.',
    parameters: [
      { name: 'fraction', meaning: 'how much of it', range: 'above 0, to 100 %', taken: '40 %' },
      { name: 'position', meaning: POSITION, range: '0 to 100 %', taken: '53 %' },
      LASTING,
    ],
    source: 'leak, kink and fracture of catheters among the causes of withdrawal in the case reports of 2022 to 2024',
    expected: 'dose-check',
    because: SENSORLESS_TIP,
    stage: whereItMoves(({ at_us }) => [leak(at_us, '40 %', '53 %')]),
  }),
  deviceFault({
    name: 'catheter-rupture',
    group: 'plant',
    mechanism: 'The catheter is torn: nothing reaches the tip any more, and the residual of every refill is right.',
    parameters: [{ name: 'position', meaning: POSITION, range: '0 to 100 %', taken: '70 %' }, LASTING],
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
    parameters: [
      { name: 'position', meaning: POSITION, range: '0 to 100 %', taken: 'where the catheter begins' },
      LASTING,
    ],
    source: 'FDA class I recall of 2008, connector; disconnection among the causes of withdrawal',
    expected: 'dose-check',
    because: SENSORLESS_TIP,
    stage: whereItMoves(({ at_us }, scenario) => [leak(at_us, '100 %', connectorOf(scenario))]),
  }),
  deviceFault({
    name: 'catheter-microfracture',
    group: 'plant',
    mechanism:
      'A hairline crack opens as the body moves, and closes again: three fifths of what comes by are lost each time.',
    parameters: [
      { name: 'fraction', meaning: 'how much of it', range: 'above 0, to 100 %', taken: '60 %' },
      { name: 'position', meaning: POSITION, range: '0 to 100 %', taken: '53 %' },
      {
        name: 'for',
        meaning: 'how long it is open each time',
        range: 'above 0 s',
        taken: 'a sixteenth of what is left',
      },
      {
        name: 'every',
        meaning: 'from one opening to the next',
        range: 'above for',
        taken: 'an eighth of what is left',
      },
    ],
    source: 'microfracture with intermittent under- and overdose, cited on paperexplained.cn',
    expected: 'dose-check',
    because: `${SENSORLESS_TIP}; a catheter that is looked at while the crack is closed shows nothing`,
    stage: whereItMoves((spot) => {
      const for_us = within(spot.left_us, spot, OPEN)
      const least_us = spot.stepsLast(2)
      if (least_us === null || compare(least_us, for_us) > 0) return STEPS_TOO_FAR_APART
      const again = { every_us: within(spot.left_us, spot, EVERY), times: null }
      const keys = { fraction: '60 %', position: '53 %' }
      return [{ fault: 'catheter-leak', at_us: spot.at_us, for_us, keys, again }]
    }),
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

export const LINE_FAULTS: readonly CatalogueEntry[] = [...BLOCKAGES, ...LEAKS]
