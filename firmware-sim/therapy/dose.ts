/**
 * From dose to volume: the one place where the pump divides by the concentration it was told.
 *
 * A concentration wrongly entered at a refill turns every dose by mass into the wrong volume.
 */
import type { Contents, Dose, DoseRate } from '#firmware-sim/messages'
import { as, type MassRate_ug_per_us, type Time_us, type VolumeRate_uL_per_us } from '#units/quantity'
import { divide, multiply, toText } from '#units/rational'
import { rememberedOfTwo } from '#units/remembered'

export function volumeRate(dose: DoseRate, contents: Contents): VolumeRate_uL_per_us {
  return dose.by === 'volume'
    ? dose.rate_uL_per_us
    : as<VolumeRate_uL_per_us>(divide(dose.rate_ug_per_us, contents.concentration_ug_per_uL))
}

export function massRate(dose: DoseRate, contents: Contents): MassRate_ug_per_us {
  return dose.by === 'mass'
    ? dose.rate_ug_per_us
    : as<MassRate_ug_per_us>(multiply(dose.rate_uL_per_us, contents.concentration_ug_per_uL))
}

/** A dose spread evenly over a time longer than nothing. */
export const spread = rememberedOfTwo(
  (dose: Dose, over_us: Time_us): DoseRate =>
    dose.by === 'mass'
      ? { by: 'mass', rate_ug_per_us: as<MassRate_ug_per_us>(divide(dose.mass_ug, over_us)) }
      : { by: 'volume', rate_uL_per_us: as<VolumeRate_uL_per_us>(divide(dose.volume_uL, over_us)) },
)

/** Canonical text of a dose rate in the pump's base units. */
export function doseRateText(dose: DoseRate): string {
  return dose.by === 'volume' ? `${toText(dose.rate_uL_per_us)} uL/us` : `${toText(dose.rate_ug_per_us)} ug/us`
}

/** Canonical text of a dose in the pump's base units. */
export function doseText(dose: Dose): string {
  return dose.by === 'volume' ? `${toText(dose.volume_uL)} uL` : `${toText(dose.mass_ug)} ug`
}
