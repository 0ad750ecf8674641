/** Faults of the line between host and rig, which a rig without a line cannot carry. */
import { deviceFault } from '#hil/fault/catalogue/device-fault'
import { third, within } from '#hil/fault/catalogue/spot'
import type { CatalogueEntry } from '#hil/fault/catalogue-entry'
import type { Fault, Scenario } from '#hil/scenario/types'
import { as, type Time_us } from '#units/quantity'
import { ratio, subtract, whole } from '#units/rational'

const RIGS_WITH_A_LINE = ['avr', 'wire'] as const
const QUARTER = ratio(1n, 4n)
const TEN_MINUTES_us: Time_us = as(whole(600_000_000))
const THREE_SECONDS_us: Time_us = as(whole(3_000_000))

const SOURCE =
  'IEC 60601-1:2005 with Amendment 1, 14.13 of network and data coupling; bit errors of USB adapters under electromagnetic disturbance, IEC 61000-4-3 and -4-4'
const REPEATED =
  'a sum over every frame, numbers and repetition undo it, so that pump and patient never learn of it; where they cannot, the rig stops by itself and the run is inconclusive'
const SILENT =
  'the rig goes on with the steps it holds, and is asked again afterwards; a step that was due meanwhile and not made leaves the run inconclusive, and no run passes by it'

const DIRECTION = {
  name: 'direction',
  meaning: 'which way',
  range: 'both, to-rig, to-host',
  taken: 'both',
} as const
const TEN_MINUTES = '10 min, at most a quarter of what is left'

interface LinkFault {
  readonly fault: Fault['fault']
  readonly keys?: Readonly<Record<string, string>>
  readonly wish_us: Time_us
}

function lasting({ fault, keys = {}, wish_us }: LinkFault) {
  return (scenario: Scenario) => {
    const at_us = third(scenario)
    const left_us = as<Time_us>(subtract(scenario.duration_us, at_us))
    return { lines: [{ fault, at_us, for_us: within(wish_us, { left_us }, QUARTER), keys }] }
  }
}

/** What noise of one kind does, and how much of it is injected. */
const NOISES = [
  ['drop', 'Bytes on the line between host and rig vanish, as when a buffer overruns.', 'bytes', '1 %'],
  ['flip', 'Bytes on the line between host and rig come with one bit turned over.', 'bytes', '1 %'],
  ['garble', 'Bytes on the line between host and rig come as any others, as at a loose contact.', 'bytes', '1 %'],
  ['duplicate', 'What is said between host and rig comes twice.', 'lines', '20 %'],
  ['reorder', 'What is said between host and rig comes out of order.', 'lines', '10 %'],
  ['split', 'What is said between host and rig comes in single bytes, a millisecond apart.', 'lines', '50 %'],
  ['delay', 'What is said between host and rig comes late, as over a busy network.', 'lines', '20 %'],
  ['truncate', 'Of what is said between host and rig only the beginning comes.', 'lines', '10 %'],
] as const

const NOISE: readonly CatalogueEntry[] = NOISES.map(([kind, mechanism, struck, share]) =>
  deviceFault({
    ...{ name: `line-${kind}`, group: 'link', mechanism, source: SOURCE },
    parameters: [
      { name: 'share', meaning: `how many ${struck}`, range: 'above 0 %, up to 100 %', taken: share },
      ...(kind === 'delay'
        ? [{ name: 'up_to', meaning: 'how late', range: 'above 0 s, up to 10 s', taken: '50 ms' }]
        : []),
      DIRECTION,
      { name: 'for', meaning: 'how long', range: 'above 0 s', taken: TEN_MINUTES },
    ],
    ...{ expected: 'nobody', because: REPEATED, carriedBy: RIGS_WITH_A_LINE },
    stage: lasting({ fault: 'line-noise', keys: { kind, share }, wish_us: TEN_MINUTES_us }),
  }),
)

export const LINK_FAULTS: readonly CatalogueEntry[] = [
  ...NOISE,
  deviceFault({
    ...{ name: 'line-mute', group: 'link', source: SOURCE },
    mechanism: 'Nothing crosses the line, and its port says for ever that it is open, as with an adapter that hangs.',
    parameters: [
      DIRECTION,
      { name: 'for', meaning: 'how long', range: 'above 0 s', taken: '3 s, at most a quarter of what is left' },
    ],
    ...{ expected: 'nobody', because: SILENT, carriedBy: RIGS_WITH_A_LINE },
    stage: lasting({ fault: 'line-mute', wish_us: THREE_SECONDS_us }),
  }),
  deviceFault({
    ...{ name: 'line-unplugged', group: 'link', source: SOURCE },
    mechanism: 'The cable between host and rig is pulled, and put back.',
    parameters: [
      { name: 'for', meaning: 'how long', range: 'above 0 s', taken: '3 s, at most a quarter of what is left' },
    ],
    ...{ expected: 'nobody', because: SILENT, carriedBy: RIGS_WITH_A_LINE },
    stage: lasting({ fault: 'line-unplug', wish_us: THREE_SECONDS_us }),
  }),
]
