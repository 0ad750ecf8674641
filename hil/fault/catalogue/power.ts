/** Faults of the supply: it goes for a while, for an instant, or at the worst word of what is being written. */
import { deviceFault } from '#hil/fault/catalogue/device-fault'
import { aWhile, third } from '#hil/fault/catalogue/spot'
import { LASTING } from '#hil/fault/catalogue/staging'
import type { CatalogueEntry } from '#hil/fault/catalogue-entry'
import type { Scenario } from '#hil/scenario/types'
import type { Time_us, Voltage_mV } from '#units/quantity'
import { add, ceil, compare, divide, multiply, ratio, subtract, times, whole } from '#units/rational'

const RESET_SOURCE = 'low battery reset: TGA RC-2013-RN-00636-1, RC-2017-RN-00567-1'
const FILM_SOURCE =
  'TGA RC-2017-RN-00567-1: resistive film in the cell, 0.13 % of pumps implanted up to 2010, 3.17 % of those of early 2011'
/** Readings whose mean decides on replacement, and one for the way there. */
const READINGS = 11
/** A cell is never new when its resistance rises; what it has lost by then makes it sag a little sooner. */
const MARGIN = ratio(11n, 10n)

/** How much more resistance brings a new cell down to a voltage under the current of a step, in whole ohms. */
function resistanceFor({ pump: { cell } }: Scenario, to_mV: Voltage_mV): string {
  const drop_uV = times(subtract(cell.voltage_mV, to_mV), 1000)
  return `${ceil(subtract(divide(drop_uV, cell.step_uA), cell.resistance_ohm))} ohm`
}

/** When something is programmed next, from an instant on, or was last. */
function programmedNear({ programming }: Scenario, at_us: Time_us): Time_us | undefined {
  const times_ = programming.map((entry) => entry.at_us)
  return times_.find((one) => compare(one, at_us) >= 0) ?? times_.at(-1)
}

export const POWER_FAULTS: readonly CatalogueEntry[] = [
  deviceFault({
    name: 'power-cut',
    group: 'power',
    mechanism: 'The supply of the pump is gone for a while: it stands still, and comes back in its safe state.',
    parameters: [
      { name: 'for', meaning: 'how long', range: 'above 0 s', taken: '1 h, at most a quarter of what is left' },
    ],
    source: RESET_SOURCE,
    expected: 'alarmed',
    because: 'the pump alarms as soon as it has power again; while it has none it can say nothing',
    stage: (scenario) => {
      const at_us = third(scenario)
      return { lines: [{ fault: 'power-cut', at_us, for_us: aWhile(scenario, at_us) }] }
    },
  }),
  deviceFault({
    name: 'brown-out',
    group: 'power',
    mechanism:
      'The supply gives way for a moment under a step: the pump is reset and comes back in its safe state at once.',
    parameters: [],
    source: RESET_SOURCE,
    expected: 'alarmed',
    because: 'the reset itself raises the alarm; without it a pump at minimum rate would look well',
    stage: (scenario) => ({ lines: [{ fault: 'brown-out', at_us: third(scenario), for_us: null }] }),
  }),
  deviceFault({
    name: 'power-cut-in-write',
    group: 'power',
    mechanism:
      'Power goes at the third word of what the pump writes when it is programmed: the old program or the new one, and never a mixture.',
    parameters: [
      {
        name: 'write',
        meaning: 'at which word write',
        range: '1 to 10000',
        taken: '3, of the program nearest to a third of the run',
      },
    ],
    source:
      'telemetry broken off in the middle of an update: facts of field notices; shadow copies and a commit are the usual answer',
    expected: 'alarmed',
    because:
      'the pump comes back with one copy whole and alarms of the reset; its programmer, who had no answer, asks again',
    stage: (scenario) => {
      const at_us = programmedNear(scenario, third(scenario))
      if (at_us === undefined) return 'nothing is programmed in this run'
      return { lines: [{ fault: 'power-cut', at_us, for_us: null, keys: { write: 3 } }] }
    },
  }),
  deviceFault({
    name: 'cell-resistance-reset',
    group: 'power',
    mechanism:
      'A film in the cell raises its resistance until the pump is reset under the next step, while at rest the cell reads full.',
    parameters: [
      {
        name: 'by',
        meaning: 'how much',
        range: 'above 0, to 100 kohm',
        taken: 'what brings a new cell to its reset voltage, and a tenth',
      },
      LASTING,
    ],
    source: FILM_SOURCE,
    expected: 'alarmed',
    because: 'the pump tests its cell under the current of a step, and the reset raises the alarm',
    stage: (scenario) => {
      const { reset_mV } = scenario.pump.cell
      const [ohm = '0'] = resistanceFor(scenario, reset_mV).split(' ')
      const by = `${ceil(multiply(whole(BigInt(ohm)), MARGIN))} ohm`
      return { lines: [{ fault: 'cell-resistance', at_us: third(scenario), for_us: null, keys: { by } }] }
    },
  }),
  deviceFault({
    name: 'cell-resistance-replacement',
    group: 'power',
    mechanism: 'A film in the cell raises its resistance until replacement falls due years too early.',
    parameters: [
      {
        name: 'by',
        meaning: 'how much',
        range: 'above 0, to 100 kohm',
        taken: 'what brings a new cell half way from its replacement voltage to its reset voltage',
      },
      LASTING,
    ],
    source: FILM_SOURCE,
    expected: 'alarmed',
    because: 'the mean of ten readings under load decides on replacement, one a day: the alarm comes ten days later',
    stage: (scenario) => {
      const { reading_us, replacement_mV, reset_mV } = scenario.pump.cell
      const at_us = third(scenario)
      if (compare(add(at_us, times(reading_us, READINGS)), scenario.duration_us) > 0)
        return `the run ends before the cell has been read ${READINGS} times`
      const half_mV = multiply(add(replacement_mV, reset_mV), ratio(1n, 2n)) as Voltage_mV
      const by = resistanceFor(scenario, half_mV)
      return { lines: [{ fault: 'cell-resistance', at_us, for_us: null, keys: { by } }] }
    },
  }),
]
