/** The rotor is held by something stronger than the motor: steps are driven and none is made. */
import { type FaultOf, type Injection, lasting } from '#hil/fault/fault'

export const motorStall: Injection<FaultOf<'motor-stall'>> = (fault) =>
  lasting(fault, { to: 'rotor', held: true }, { to: 'rotor', held: false })
