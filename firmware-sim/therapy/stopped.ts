/** Stopped: the rotor rests. More than 48 h of it harms the tube (HSA safety notice, 8 Nov 2016). */
import { type TherapyKind, WITHOUT_PATTERN } from '#firmware-sim/therapy/kind'
import { as, DAY_us } from '#units/quantity'
import { ZERO } from '#units/rational'

export const stopped: TherapyKind<'stopped'> = {
  ...WITHOUT_PATTERN,
  basal: () => as(ZERO),
  isDosed: false,
  horizon: () => DAY_us,
  exemptFromLeastRate: true,
  text: () => '',
}
