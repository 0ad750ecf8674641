/** Faults of the clock of the pump: a crystal that is off. */

import { deviceFault } from '#hil/fault/catalogue/device-fault'
import { third } from '#hil/fault/catalogue/spot'
import type { CatalogueEntry } from '#hil/fault/catalogue-entry'

const CRYSTAL_SOURCE =
  'FDA Infusion Pumps Total Product Life Cycle 2014, hardware hazards: loss of synchronization of the real-time clock'

const drift = (name: string, mechanism: string, by: string): CatalogueEntry =>
  deviceFault({
    name,
    group: 'clock',
    mechanism,
    parameters: [
      { name: 'by', meaning: 'how much', range: '-100000 to 100000 ppm', taken: by },
      { name: 'for', meaning: 'how long', range: 'above 0 s', taken: 'to the end of the run' },
    ],
    source: CRYSTAL_SOURCE,
    expected: 'nobody',
    because:
      'the pump has no other clock to hold its own against, and half a percent of the rate lies within the tolerance of any check; only steps held one by one against the prescription show it',
    stage: (scenario) => ({ lines: [{ fault: 'clock-drift', at_us: third(scenario), for_us: null, keys: { by } }] }),
  })

export const CLOCK_FAULTS: readonly CatalogueEntry[] = [
  drift(
    'clock-fast',
    'The crystal of the pump runs fast: it doses faster, and every time of day comes earlier.',
    '5000 ppm',
  ),
  drift(
    'clock-slow',
    'The crystal of the pump runs slow: it doses slower, and every time of day comes later.',
    '-5000 ppm',
  ),
]
