/**
 * The encoder is dead or noisy: steps are made, and what should tell of them does not. The rotor turns all the while, so
 * the pump learns of losses that there were none of.
 */
import { type FaultOf, type Injection, lasting } from '#hil/fault/fault'

export const encoderLoss: Injection<FaultOf<'encoder-loss'>> = (fault) =>
  lasting(fault, { to: 'encoder', every_steps: fault.every_steps }, { to: 'encoder', every_steps: null })
