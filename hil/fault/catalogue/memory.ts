/** Faults of what the pump keeps: bits that turn over in one copy of it, which the other makes good, or in both. */
import { deviceFault } from '#hil/fault/catalogue/device-fault'
import { third } from '#hil/fault/catalogue/spot'
import type { CatalogueEntry } from '#hil/fault/catalogue-entry'

const FLIP_SOURCE =
  'memory that is found damaged at its check: Generic Infusion Pump requirements v1.0, UPenn MS-CIS-08-31'
const FOUND_AT_CHECK =
  'the pump finds at its next check, an hour later at most, that no copy is whole, and falls back to its safe state'

const both = (name: string, mechanism: string, part?: string): CatalogueEntry =>
  deviceFault({
    name,
    group: 'memory',
    mechanism,
    parameters: [
      {
        name: 'part',
        meaning: 'in which part of the record',
        range: 'therapy, reservoir, clock, patient, alarms, line',
        taken: part ?? 'anywhere',
      },
      { name: 'bit', meaning: 'which bit of it', range: '0 to 65535', taken: 'one that follows from the seed' },
    ],
    source: FLIP_SOURCE,
    expected: 'alarmed',
    because: FOUND_AT_CHECK,
    stage: (scenario) => {
      const keys = { copy: 'both', ...(part === undefined ? {} : { part }) }
      return { lines: [{ fault: 'bit-flip', at_us: third(scenario), for_us: null, keys }] }
    },
  })

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
  both(
    'bit-flip-both-copies',
    'The same bit of both copies of the stored record turns over: nothing is left to repair it from.',
  ),
  both('bit-flip-therapy', 'A bit of the therapy turns over in both copies of the stored record.', 'therapy'),
  both(
    'bit-flip-reservoir',
    'A bit of the account of the reservoir turns over in both copies of the record.',
    'reservoir',
  ),
  both(
    'bit-flip-clock',
    'A bit of the time that the clock was set to turns over in both copies of the record.',
    'clock',
  ),
]
