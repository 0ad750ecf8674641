/**
 * When the contents of the reservoir were last known without the rotor: at a refill that drew all there was.
 *
 * What is in the reservoir is what was filled less what was drawn and displaced, and is out by as much as the displaced
 * volume is. Who draws all draws what the rotor left, whatever that was: from there on only what is displaced later counts.
 */
import { type Ledgers, recordsOf, rigReading } from '#hil/run/ledgers'
import { compare, type Rational, whole, ZERO } from '#units/rational'

/**
 * What the rotor had displaced, in uL, when the reservoir was last emptied: for each fill of the record, the first one
 * first, as of after that fill. Nothing before the first refill that drew all; one that draws a stated volume leaves the
 * contents as uncertain as they were.
 */
export function displacedUntilEmptied({ scenario, records, delivered }: Ledgers): readonly Rational[] {
  const refills = scenario.events
    .flatMap((event) => (event.kind === 'refill' ? [event] : []))
    .toSorted((a, b) => compare(a.at_us, b.at_us))
  let emptied_uL: Rational = ZERO
  return recordsOf(records, 'fill').map(({ t_us }, index) => {
    if (refills[index - 1]?.withdraw.amount === 'all') emptied_uL = rigReading(delivered.displaced, whole(t_us))
    return emptied_uL
  })
}
