/**
 * The rotor is held by something stronger than the motor: steps are driven and none is made. It may be held again and again,
 * and may stay where it is for hours after what held it has gone, as reported of pumps that left a magnet.
 */
import { type FaultOf, type Injection, returning, spellsOf } from '#hil/fault/fault'

export const motorStall: Injection<FaultOf<'motor-stall'>> = (fault, { duration_us }) =>
  returning(spellsOf(fault, duration_us, fault.recovery_us), { to: 'rotor', held: true }, { to: 'rotor', held: false })
