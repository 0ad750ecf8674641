/**
 * A bolus under way: a dose at a constant rate on top of whatever therapy runs, a stopped pump included.
 *
 * It leaves the therapy as it was. Older pumps went to Stopped after a single bolus, which left patients untreated.
 */
import type { Bolus, Contents, DoseRate } from '#firmware-sim/messages'
import { doseText, spread, volumeRate } from '#firmware-sim/therapy/dose'
import { as, type Time_us, type VolumeRate_uL_per_us } from '#units/quantity'
import { add, isPositive, toText } from '#units/rational'

export interface RunningBolus {
  readonly dose: DoseRate
  readonly end_us: Time_us
}

/** The bolus as it runs from the instant it starts. */
export function started(bolus: Bolus, at_us: Time_us): RunningBolus {
  return { dose: spread(bolus.dose, bolus.over_us), end_us: as(add(at_us, bolus.over_us)) }
}

export function bolusRate(bolus: RunningBolus, contents: Contents): VolumeRate_uL_per_us {
  return volumeRate(bolus.dose, contents)
}

/** What makes no sense for any bolus; null when there is nothing. */
export function unfitBolus(bolus: Bolus): string | null {
  return isPositive(bolus.over_us) ? null : 'a bolus must last longer than nothing'
}

/** Canonical text, for the digest of a transaction. */
export function bolusText({ dose, over_us }: Bolus): string {
  return `${doseText(dose)} over ${toText(over_us)} us`
}
