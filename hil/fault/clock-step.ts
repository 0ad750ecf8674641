/** The clock of the pump jumps, as a counter does whose bit has turned over or whose register was reset: nobody set it. */
import type { FaultOf, Injection } from '#hil/fault/fault'

export const clockStep: Injection<FaultOf<'clock-step'>> = ({ at_us, by_us }) => [
  { at_us, state: 'begun', deed: { to: 'pump', input: { kind: 'clock-jumps', by_us } } },
]
