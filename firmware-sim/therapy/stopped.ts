/** Stopped: the rotor rests. More than 48 h of it harms the tube (HSA safety notice, 8 Nov 2016). */
import type { TherapyKind } from '#firmware-sim/therapy/kind'
import { as } from '#units/quantity'
import { ZERO } from '#units/rational'

export const stopped: TherapyKind<'stopped'> = {
  rate: () => as(ZERO),
  exemptFromLeastRate: true,
  text: () => '',
}
