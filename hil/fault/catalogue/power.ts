/** Faults of the supply: it goes for a while, for an instant, or at the worst word of what is being written. */

import { deviceFault } from '#hil/fault/catalogue/device-fault'
import { aWhile, third } from '#hil/fault/catalogue/spot'
import type { CatalogueEntry } from '#hil/fault/catalogue-entry'

const RESET_SOURCE = 'low battery reset: TGA RC-2013-RN-00636-1, RC-2017-RN-00567-1'

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
]
