/**
 * Faults of which a second one cannot begin while the first lasts: no power cannot be cut, a carrier is there or not, what
 * is blocked is blocked, the line has one leak, a gear slips or not, a pump has one temperature, and what is unplugged is out.
 */
import type { Again, Fault } from '#hil/scenario/types'
import { add, compare, type Rational, times } from '#units/rational'

type Name = Fault['fault']

const ONE_AT_A_TIME: ReadonlySet<Name> = new Set<Name>([
  'power-cut',
  'telemetry-carrier',
  'occlusion',
  'catheter-leak',
  'line-unplug',
  'motor-slip',
  'motor-reverse',
  'encoder-loss',
  'temperature',
])

/** What decides whether two faults can be there at one time; keys that other faults have are left out. */
export type Extent = Pick<Fault, 'fault' | 'at_us' | 'for_us'> & {
  readonly write?: number | null
  readonly again?: Again | null
}

/** Whether one of two faults begins while the other lasts, which it must not. */
export function overlapping(one: Extent, other: Extent): boolean {
  if (one.fault !== other.fault || !ONE_AT_A_TIME.has(one.fault)) return false
  // When a cut at a word write comes, only the run can tell.
  if ((one.write ?? null) !== null || (other.write ?? null) !== null) return false
  const [first, second] = compare(one.at_us, other.at_us) <= 0 ? [one, other] : [other, one]
  const end_us = endOf(first)
  // Power that was cut for no time is back at once; everything else lasts to the end of the run.
  return end_us === null ? first.fault !== 'power-cut' : compare(second.at_us, end_us) < 0
}

/** When the last of it ends; null where it lasts to the end of the run. */
function endOf({ at_us, for_us, again = null }: Extent): Rational | null {
  if (for_us === null || (again !== null && again.times === null)) return null
  const last_us = again === null || again.times === null ? at_us : add(at_us, times(again.every_us, again.times - 1))
  return add(last_us, for_us)
}
