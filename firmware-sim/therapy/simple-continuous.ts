/** Simple continuous: one dose rate around the clock. */
import { doseRateText, volumeRate } from '#firmware-sim/therapy/dose'
import { type TherapyKind, WITHOUT_PATTERN } from '#firmware-sim/therapy/kind'
import { DAY_us } from '#units/quantity'

export const simpleContinuous: TherapyKind<'simple-continuous'> = {
  ...WITHOUT_PATTERN,
  basal: (therapy, contents) => volumeRate(therapy.dose, contents),
  isDosed: true,
  horizon: () => DAY_us,
  exemptFromLeastRate: false,
  text: (therapy) => doseRateText(therapy.dose),
}
