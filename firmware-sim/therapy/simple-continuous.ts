/** Simple continuous: one dose rate around the clock. */
import { doseRateText, volumeRate } from '#firmware-sim/therapy/dose'
import type { TherapyKind } from '#firmware-sim/therapy/kind'

export const simpleContinuous: TherapyKind<'simple-continuous'> = {
  rate: (therapy, contents) => volumeRate(therapy.dose, contents),
  exemptFromLeastRate: false,
  text: (therapy) => doseRateText(therapy.dose),
}
