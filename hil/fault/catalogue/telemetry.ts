/** Faults on the air: what the receiver of the pump hears that no programmer has sent. */

import { deviceFault } from '#hil/fault/catalogue/device-fault'
import { aWhile, third } from '#hil/fault/catalogue/spot'
import type { CatalogueEntry } from '#hil/fault/catalogue-entry'

export const TELEMETRY_FAULTS: readonly CatalogueEntry[] = [
  deviceFault({
    name: 'telemetry-carrier',
    group: 'link',
    mechanism:
      'A magnet or a transmitter feigns a telemetry carrier: the receiver of the pump listens, and nobody says anything.',
    parameters: [
      { name: 'for', meaning: 'how long', range: 'above 0 s', taken: '1 h, at most a quarter of what is left' },
    ],
    source:
      'TGA and MDD field notice of Nov 2023: a pump in telemetry mode while an alarm sounded gave nothing until it was interrogated',
    expected: 'nobody',
    because:
      'it must touch neither delivery nor alarms; it costs charge and is logged, and there is nothing to alarm of',
    stage: (scenario) => {
      const at_us = third(scenario)
      return { lines: [{ fault: 'telemetry-carrier', at_us, for_us: aWhile(scenario, at_us) }] }
    },
  }),
]
