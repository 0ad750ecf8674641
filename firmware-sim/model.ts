/**
 * What a pump model is: the figures that tell one implantable pump from another.
 *
 * The published figures of real pumps are few, so each carries its source and how firm it is, and every one can be
 * overridden by a scenario.
 */
import type { Fraction, Volume_uL, VolumePerLength_uL_per_cm, VolumeRate_uL_per_us } from '#units/quantity'

export interface PumpModel {
  /** The name a scenario chooses it by. */
  readonly name: string
  /** Usable volume of the reservoir. */
  readonly reservoir_uL: Volume_uL
  /** The believed volume at or below which the low-reservoir alarm sounds. */
  readonly lowReservoir_uL: Volume_uL
  /** Flow accuracy the maker states, as a fraction of the programmed volume. */
  readonly tolerance: Fraction
  /** Volume that one motor step displaces. */
  readonly step_uL: Volume_uL
  /** Lowest and highest rate a therapy may ask for. */
  readonly rateMin_uL_per_us: VolumeRate_uL_per_us
  readonly rateMax_uL_per_us: VolumeRate_uL_per_us
  /** Rate of the minimum-rate mode, which keeps the tube from taking a set and lies below `rateMin`. */
  readonly minimumRate_uL_per_us: VolumeRate_uL_per_us
  /** Volume of the tube between reservoir and catheter. */
  readonly tube_uL: Volume_uL
  /** Volume a centimeter of catheter holds, unless the scenario says otherwise. */
  readonly catheterPerLength_uL_per_cm: VolumePerLength_uL_per_cm
}
