/** The crystal of the pump runs fast or slow. The pump is connected through a clock that does; see drifting-pump.ts. */
import { type FaultOf, type Injection, lasting } from '#hil/fault/fault'

export const clockDrift: Injection<FaultOf<'clock-drift'>> = (fault) =>
  lasting(fault, { to: 'nothing' }, { to: 'nothing' })
