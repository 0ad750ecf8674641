/** The supply sags for a moment: the pump is reset, as by a cell that gives way under a step, and was never without power. */
import type { FaultOf, Injection } from '#hil/fault/fault'

export const brownOut: Injection<FaultOf<'brown-out'>> = ({ at_us }) => [
  { at_us, state: 'begun', deed: { to: 'pump', input: { kind: 'brown-out' } } },
]
