/**
 * The single bolus: a dose at a constant rate on top of whatever therapy runs, a stopped pump included.
 *
 * It leaves the therapy as it was. Older pumps went to Stopped after a single bolus, which left patients untreated.
 */
import type { Bolus, Contents, DoseRate } from '#firmware-sim/messages'
import { doseRateText, volumeRate } from '#firmware-sim/therapy/dose'
import { as, type MassRate_ug_per_us, type Time_us, type VolumeRate_uL_per_us } from '#units/quantity'
import { add, divide, toText } from '#units/rational'

/** A bolus under way. */
export interface RunningBolus {
  readonly dose: DoseRate
  readonly end_us: Time_us
}

function doseRate(bolus: Bolus): DoseRate {
  return bolus.dose.by === 'mass'
    ? { by: 'mass', rate_ug_per_us: as<MassRate_ug_per_us>(divide(bolus.dose.mass_ug, bolus.over_us)) }
    : { by: 'volume', rate_uL_per_us: as<VolumeRate_uL_per_us>(divide(bolus.dose.volume_uL, bolus.over_us)) }
}

/** The bolus as it runs from the instant it starts. */
export function started(bolus: Bolus, at_us: Time_us): RunningBolus {
  return { dose: doseRate(bolus), end_us: as(add(at_us, bolus.over_us)) }
}

export function bolusRate(bolus: RunningBolus, contents: Contents): VolumeRate_uL_per_us {
  return volumeRate(bolus.dose, contents)
}

/** Canonical text, for the digest of a transaction. */
export function bolusText(bolus: Bolus): string {
  return `bolus ${doseRateText(doseRate(bolus))} over ${toText(bolus.over_us)}`
}
