/** Faults of the reservoir and of those who fill it. */
import { deviceFault } from '#hil/fault/catalogue/device-fault'
import { HOUR_us, third, within } from '#hil/fault/catalogue/spot'
import { NO_REFILL, refillNear } from '#hil/fault/catalogue/staging'
import type { CatalogueEntry, WrittenScenario } from '#hil/fault/catalogue-entry'
import type { Scenario } from '#hil/scenario/types'
import { as, type Time_us } from '#units/quantity'
import { add, ratio, subtract, times, whole } from '#units/rational'

const HALF = ratio(1n, 2n)
/** How much more than the reservoir is made for it then holds. */
const BEYOND_uL = whole(3000)
const OVERFILL_GAIN = '30 %'

/** What is left of the run after an instant. */
function spotAt({ duration_us }: Scenario, at_us: Time_us) {
  return { left_us: as<Time_us>(subtract(duration_us, at_us)) }
}

/** The file with a step that moves more while the reservoir is overfull, unless it says itself what that does. */
function withPressure(written: WrittenScenario): WrittenScenario {
  const plant = (written['plant'] ?? {}) as Readonly<Record<string, unknown>>
  return { ...written, plant: { overfill_gain: OVERFILL_GAIN, ...plant } }
}

export const RESERVOIR_FAULTS: readonly CatalogueEntry[] = [
  deviceFault({
    name: 'septum-leak',
    group: 'plant',
    mechanism: 'The septum leaks: within hours most of a fill is in the pocket, and the pump counts on.',
    parameters: [
      { name: 'volume', meaning: 'how much leaves', range: 'above 0', taken: '14 mL, or all there is' },
      { name: 'for', meaning: 'how long that takes', range: 'above 0 s', taken: '2 h, at most half of what is left' },
    ],
    source: 'Perruchoud, bohrium 23106918: 14 mL missing two hours after a refill, 3.5 mL more the next day',
    expected: 'reconciliation',
    because:
      'what the rotor moves is right as long as there is anything to move; the pump computes what is left and does not measure it, so the needle of the next refill finds out, or the patient when it runs dry',
    stage: (scenario) => {
      const at_us = third(scenario)
      const for_us = within(as(times(HOUR_us, 2)), spotAt(scenario, at_us), HALF)
      return { lines: [{ fault: 'septum-leak', at_us, for_us, keys: { volume: '14 mL' } }] }
    },
  }),
  deviceFault({
    name: 'pocket-fill',
    group: 'plant',
    mechanism:
      'The needle misses the port: the whole refill goes into the pocket, and the pump is told that it went in.',
    parameters: [{ name: 'fraction', meaning: 'how much of it', range: 'above 0, to 100 %', taken: '100 %' }],
    source: 'class I recall of 2011, eleven of fourteen reported deaths: medwarn.org, rxwiki',
    expected: 'volume-check',
    because:
      'the pump believes what it is told and turns an empty reservoir; only who measures what leaves, or draws the next residual, can know',
    stage: (scenario) => {
      const refill = refillNear(scenario, third(scenario))
      if (refill === undefined) return NO_REFILL
      return { lines: [{ fault: 'pocket-fill', at_us: refill.at_us, for_us: null }] }
    },
  }),
  deviceFault({
    name: 'overfill',
    group: 'plant',
    mechanism:
      'More is filled than is said, 3 mL beyond what the reservoir is made for, and each step moves more until they are gone.',
    parameters: [
      {
        name: 'by',
        meaning: 'how much more',
        range: 'above 0',
        taken: 'what is missing to a full reservoir, and 3 mL',
      },
      {
        name: 'plant.overfill_gain',
        meaning: 'how much more a step then moves',
        range: '0 to 900 %',
        taken: `${OVERFILL_GAIN}, an assumption, unless the scenario says otherwise`,
      },
    ],
    source:
      'overfilling as a cause of over-infusion: HSA notice of 8 Nov 2016; 23 mL drawn where 20 were expected, then 40 filled: ASRA 2018',
    expected: 'reconciliation',
    because:
      'the rotor turns as ordered; over a whole run a few milliliters lie within the tolerance, and more than expected is drawn at the next refill',
    stage: (scenario) => {
      const refill = refillNear(scenario, third(scenario))
      if (refill === undefined) return NO_REFILL
      const by_uL = add(subtract(scenario.pump.reservoir_uL, refill.fill.actual.volume_uL), BEYOND_uL)
      const by = `${by_uL.n}${by_uL.d === 1n ? '' : `/${by_uL.d}`} uL`
      return { lines: [{ fault: 'overfill', at_us: refill.at_us, for_us: null, keys: { by } }], also: withPressure }
    },
  }),
  deviceFault({
    name: 'side-port-injection',
    group: 'plant',
    mechanism:
      'The needle finds the port of the catheter in place of that of the reservoir: a milliliter is at the tip at once.',
    parameters: [{ name: 'volume', meaning: 'how much', range: 'above 0', taken: '1 mL, of what the reservoir holds' }],
    source: 'ISMP, 15 Jan 2004: fatal injection of a refill through the side port',
    expected: 'dose-check',
    because: 'it never passes the pump; only who measures at the tip, or sees the patient, can know',
    stage: (scenario) => {
      const at_us = refillNear(scenario, third(scenario))?.at_us ?? third(scenario)
      return { lines: [{ fault: 'side-port-injection', at_us, for_us: null, keys: { volume: '1 mL' } }] }
    },
  }),
]
