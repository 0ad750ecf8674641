/** Two wires of a coil have changed places: the motor turns backward, step for step, and its encoder shows it. */
import { type FaultOf, type Injection, lasting } from '#hil/fault/fault'

export const motorReverse: Injection<FaultOf<'motor-reverse'>> = (fault) =>
  lasting(fault, { to: 'coils', crossed: true }, { to: 'coils', crossed: false })
