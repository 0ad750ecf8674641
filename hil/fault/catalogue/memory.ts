/** Faults of what the pump keeps: bits that turn over in one copy of it, which the other makes good, or in both. */

import { deviceFault } from '#hil/fault/catalogue/device-fault'
import { third } from '#hil/fault/catalogue/spot'
import type { CatalogueEntry } from '#hil/fault/catalogue-entry'

const FLIP_SOURCE =
  'memory that is found damaged at its check: Generic Infusion Pump requirements v1.0, UPenn MS-CIS-08-31'

export const MEMORY_FAULTS: readonly CatalogueEntry[] = [
  deviceFault({
    name: 'bit-flip-one-copy',
    group: 'memory',
    mechanism: 'A bit of one of the two copies of the stored record turns over.',
    parameters: [
      { name: 'copy', meaning: 'which', range: 'first, second', taken: 'first' },
      { name: 'bit', meaning: 'which of it', range: '0 to 65535', taken: 'one that follows from the seed' },
    ],
    source: FLIP_SOURCE,
    expected: 'nobody',
    because:
      'the pump finds it at its next check, writes the copy anew from the other one and logs that; delivery and dose stay right, so there is nothing to alarm of',
    stage: (scenario) => ({
      lines: [{ fault: 'bit-flip', at_us: third(scenario), for_us: null, keys: { copy: 'first' } }],
    }),
  }),
  deviceFault({
    name: 'bit-flip-both-copies',
    group: 'memory',
    mechanism: 'The same bit of both copies of the stored record turns over: nothing is left to repair it from.',
    parameters: [{ name: 'bit', meaning: 'which', range: '0 to 65535', taken: 'one that follows from the seed' }],
    source: FLIP_SOURCE,
    expected: 'alarmed',
    because:
      'the pump finds at its next check, an hour later at most, that no copy is whole, and falls back to its safe state',
    stage: (scenario) => ({
      lines: [{ fault: 'bit-flip', at_us: third(scenario), for_us: null, keys: { copy: 'both' } }],
    }),
  }),
]
