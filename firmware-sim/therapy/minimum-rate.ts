/** Minimum rate: a trickle that keeps the tube from taking a set. Below the therapeutic range by design. */
import type { TherapyKind } from '#firmware-sim/therapy/kind'

export const minimumRate: TherapyKind<'minimum-rate'> = {
  rate: (_therapy, _contents, model) => model.minimumRate_uL_per_us,
  exemptFromLeastRate: true,
  text: () => '',
}
