/** Faults by which each step moves another volume than it is counted for: tube, pressure, temperature. */
import { deviceFault } from '#hil/fault/catalogue/device-fault'
import { within } from '#hil/fault/catalogue/spot'
import { LASTING, SENSORLESS_LINE, whereItMoves } from '#hil/fault/catalogue/staging'
import type { CatalogueEntry } from '#hil/fault/catalogue-entry'
import { duration } from '#units/format'
import { equal, isZero, ratio, whole } from '#units/rational'

const EIGHTH = ratio(1n, 8n)

/** 5 % at first, and 10 % more in each eighth of what is left of the run. */
const growing = (fault: 'over-infusion' | 'under-infusion') =>
  whereItMoves((spot) => {
    const every = duration(within(spot.left_us, spot, EIGHTH))
    const keys = { by: '5 %', drift: { by: '10 %', every } }
    return [{ fault, at_us: spot.at_us, for_us: null, keys }]
  })

const GAIN: readonly CatalogueEntry[] = [
  deviceFault({
    name: 'over-infusion',
    group: 'plant',
    mechanism: 'Each step moves half as much again as it is counted for, from one moment to the next.',
    parameters: [{ name: 'by', meaning: 'how much more', range: 'above 0, to 900 %', taken: '50 %' }, LASTING],
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
      { name: 'by', meaning: 'how much more at first', range: 'above 0, to 900 %', taken: '5 %' },
      { name: 'drift.by', meaning: 'what is added each time', range: 'above 0, to 900 %', taken: '10 %' },
      { name: 'drift.every', meaning: 'how often', range: 'above 0 s', taken: 'an eighth of what is left' },
    ],
    source: 'TGA RC-2014-RN-00357-1; HSA notice of 8 Nov 2016',
    expected: 'volume-check',
    because: `${SENSORLESS_LINE}; while it is within the tolerance of the pump nobody can call it a fault`,
    stage: growing('over-infusion'),
  }),
  deviceFault({
    name: 'under-infusion',
    group: 'plant',
    mechanism:
      'Each step moves 30 % less than it is counted for: a tube that has set, rollers that no longer close it.',
    parameters: [{ name: 'by', meaning: 'how much less', range: 'above 0, below 100 %', taken: '30 %' }, LASTING],
    source:
      'HSA notice of 8 Nov 2016: a tube set changes where the rotor rests for more than 48 h; Wesemann 2014, PMC4218763, for the normal spread',
    expected: 'volume-check',
    because: SENSORLESS_LINE,
    stage: whereItMoves(({ at_us }) => [{ fault: 'under-infusion', at_us, for_us: null, keys: { by: '30 %' } }]),
  }),
  deviceFault({
    name: 'under-infusion-drift',
    group: 'plant',
    mechanism: 'Each step moves a little less than it is counted for, and less and less as time goes by.',
    parameters: [
      { name: 'by', meaning: 'how much less at first', range: 'above 0, below 100 %', taken: '5 %' },
      { name: 'drift.by', meaning: 'what is taken off each time', range: 'above 0, below 100 %', taken: '10 %' },
      { name: 'drift.every', meaning: 'how often', range: 'above 0 s', taken: 'an eighth of what is left' },
    ],
    source: 'wear of the tube set, which is why a pump has a life in volume: aneskey.com, intrathecal pump malfunction',
    expected: 'volume-check',
    because: `${SENSORLESS_LINE}; while it is within the tolerance of the pump nobody can call it a fault`,
    stage: growing('under-infusion'),
  }),
]

const heat = (name: string, mechanism: string, degC: number, source: string): CatalogueEntry =>
  deviceFault({
    name,
    group: 'plant',
    mechanism,
    parameters: [
      { name: 'to', meaning: 'the temperature it takes on', range: '0 to 60 degC', taken: `${degC} degC` },
      LASTING,
    ],
    source,
    expected: 'nobody',
    because:
      'a fifth of a percent for each degree lies within the tolerance of the pump, and the figure itself is an assumption',
    stage: whereItMoves(({ at_us }, { plant }) => {
      if (isZero(plant.temperatureCoefficient_per_degC))
        return 'the plant of this scenario does not feel its temperature'
      if (equal(plant.temperature_degC, whole(degC))) return `the pump of this scenario is at ${degC} degC already`
      return [{ fault: 'temperature', at_us, for_us: null, keys: { to: `${degC} degC` } }]
    }),
  })

const TEMPERATURE: readonly CatalogueEntry[] = [
  heat(
    'temperature-outside',
    'The pump is taken out of the body and runs on at room temperature, and each step moves a little less.',
    22,
    'a pump that ran outside of the body on a lumbar drain: the fifth of the case reports; 35 to 40 degC are asked for before use',
  ),
  heat(
    'temperature-fever',
    'The pump is warmed by a fever, and each step moves a little more.',
    41,
    'Generic Infusion Pump requirements v1.0, UPenn MS-CIS-08-31: an implanted pump works at 35 to 40 degC',
  ),
]

export const STROKE_FAULTS: readonly CatalogueEntry[] = [...GAIN, ...TEMPERATURE]
