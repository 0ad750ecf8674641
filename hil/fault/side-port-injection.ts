/** What was meant for the reservoir is injected through the port of the catheter: all of it at the tip, at once (ISMP, 15 Jan 2004). */
import type { FaultOf, Injection } from '#hil/fault/fault'

export const sidePortInjection: Injection<FaultOf<'side-port-injection'>> = ({ at_us, volume_uL }) => [
  { at_us, state: 'fired', deed: { to: 'plant', act: { kind: 'inject', volume_uL } } },
]
