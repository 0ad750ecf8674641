/**
 * A refill puts in more than it says: a residual that was not drawn, a second syringe. Above its volume the reservoir is
 * under pressure; what that does to a step is the plant's to say.
 */
import type { FaultOf, Injection, Sign } from '#hil/fault/fault'
import { decimal } from '#units/format'
import { isPositive } from '#units/rational'

export const overfill: Injection<FaultOf<'overfill'>> = ({ at_us, by_uL }) => [
  { at_us, state: 'begun', deed: { to: 'plant', act: { kind: 'overfill', by_uL } } },
]

export const overfillShows: Sign = ({ beyond_uL }) =>
  isPositive(beyond_uL) ? `the reservoir holds ${decimal(beyond_uL)} uL more than it is made for` : null
