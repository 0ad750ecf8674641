/**
 * From dose to volume: the one place where the pump divides by the concentration it was told.
 *
 * A concentration wrongly entered at a refill turns every dose by mass into the wrong volume.
 */
import type { Contents, DoseRate } from '#firmware-sim/messages'
import { as, type VolumeRate_uL_per_us } from '#units/quantity'
import { divide, toText } from '#units/rational'

export function volumeRate(dose: DoseRate, contents: Contents): VolumeRate_uL_per_us {
  return dose.by === 'volume'
    ? dose.rate_uL_per_us
    : as<VolumeRate_uL_per_us>(divide(dose.rate_ug_per_us, contents.concentration_ug_per_uL))
}

/** Canonical text of a dose rate in the pump's base units. */
export function doseRateText(dose: DoseRate): string {
  return dose.by === 'volume' ? `${toText(dose.rate_uL_per_us)} uL/us` : `${toText(dose.rate_ug_per_us)} ug/us`
}
