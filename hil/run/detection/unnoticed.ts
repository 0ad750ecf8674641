/** Why neither pump nor programmer could notice what was wrong: by the ledgers that parted, and the sensor that is missing. */
import type { Parting } from '#hil/run/detection/types'
import type { LedgerPair } from '#hil/run/ledger-pair'

const REASONS: Readonly<Record<LedgerPair, string>> = {
  program:
    'the pump holds what it was told; that something else was meant it cannot know, and no limit it was given was broken',
  belief:
    'the pump counts the turns of its motor and has no sensor of flow, so it cannot see that they moved more or less than they should',
  'believed-mass': 'the pump has no sensor of drug or concentration and believes what it is told of a fill',
  volume:
    'the pump gives what it believes to be due, and has nothing that tells it otherwise: no second clock, no sensor of flow',
  mass: 'the pump has no sensor at the tip, so where the drug goes, or which it is, it cannot see',
}

/** A later parting follows from an earlier one, so the first that there is explains the rest. */
const ORDER: readonly LedgerPair[] = ['program', 'belief', 'believed-mass', 'volume', 'mass']

/** Where no ledgers parted, the residual of a refill may still be off: what leaked from the reservoir is in none of them. */
export function unnoticedBecause(parted: readonly Parting[], isResidualOff: boolean): string {
  const found = ORDER.filter((pair) => parted.some((parting) => parting.pair === pair))
  const [first] = found
  if (first === undefined) return isResidualOff ? LOST_FROM_RESERVOIR : NOTHING_WRONG
  // A fill that the pump is told wrongly: what it was told is wrong because of what it cannot measure.
  const misled = first === 'program' && found.includes('believed-mass') && !found.includes('belief')
  return REASONS[misled ? 'believed-mass' : first]
}

const LOST_FROM_RESERVOIR =
  'the pump works out what is left and does not measure it, so it cannot see what leaves its reservoir another way, or never came into it'

const NOTHING_WRONG = 'no ledgers parted: volume and drug were as prescribed, so there was nothing to alarm of'
