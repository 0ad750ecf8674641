/** Minimum rate: a trickle that keeps the tube from taking a set. Below the therapeutic range by design. */
import { type TherapyKind, WITHOUT_PATTERN } from '#firmware-sim/therapy/kind'
import { DAY_us } from '#units/quantity'

export const minimumRate: TherapyKind<'minimum-rate'> = {
  ...WITHOUT_PATTERN,
  basal: (_therapy, _contents, model) => model.minimumRate_uL_per_us,
  isDosed: false,
  horizon: () => DAY_us,
  exemptFromLeastRate: true,
  text: () => '',
}
