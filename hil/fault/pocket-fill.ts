/**
 * The needle of a refill misses the port: what is injected goes into the pocket around the pump, which is told that it went
 * in. Of 14 deaths reported with a class I recall in 2011, eleven were of this.
 */
import type { FaultOf, Injection, Sign } from '#hil/fault/fault'
import { decimal } from '#units/format'
import { isPositive } from '#units/rational'

export const pocketFill: Injection<FaultOf<'pocket-fill'>> = ({ at_us, fraction }) => [
  { at_us, state: 'begun', deed: { to: 'plant', act: { kind: 'divert', fraction } } },
]

export const pocketFillShows: Sign = ({ beside_uL }) =>
  isPositive(beside_uL) ? `${decimal(beside_uL)} uL of the refill went beside the reservoir` : null
