/**
 * What a pump model is: the figures that tell one implantable pump from another.
 *
 * The published figures of real pumps are few, so each carries its source and how firm it is, and every one can be
 * overridden by a scenario.
 */
import type {
  Charge_pC,
  Current_uA,
  Fraction,
  Resistance_ohm,
  Time_us,
  Voltage_mV,
  Volume_uL,
  VolumePerLength_uL_per_cm,
  VolumeRate_uL_per_us,
} from '#units/quantity'

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
  /** Difference between drawn and expected residual that is accepted, where `tolerance` of what was dispensed is less. */
  readonly residualTolerance_uL: Volume_uL
  /** How long a prepared program waits for its commit. */
  readonly prepareTimeout_us: Time_us
  /** Steps in a row that moved nothing before the stall alarm sounds. */
  readonly stallDetection_steps: number
  /** How long the pump may be stopped before it warns, and before it alarms. */
  readonly stoppedWarning_us: Time_us
  readonly stoppedAlarm_us: Time_us
  /** How long a silenced alarm stays silent. */
  readonly silence_us: Time_us
  /** How often the tone of an alarm repeats, by its priority. */
  readonly criticalInterval_us: Time_us
  readonly noncriticalInterval_us: Time_us
  /** From elective replacement to end of service. */
  readonly replacementPeriod_us: Time_us
  /** Age at which replacement is due however good the cell is. */
  readonly serviceLife_us: Time_us
  /** Volume after which the tube set is worn out, and replacement due. */
  readonly tubeLife_uL: Volume_uL
  /** How often the stored record is checked. */
  readonly memoryCheck_us: Time_us
  readonly cell: CellModel
}

/** The cell and what draws from it. */
export interface CellModel {
  readonly capacity_pC: Charge_pC
  /** Open-circuit voltage of the full cell, at the knee and when used up; it falls in straight lines between them. */
  readonly voltage_mV: Voltage_mV
  readonly kneeVoltage_mV: Voltage_mV
  readonly emptyVoltage_mV: Voltage_mV
  /** Part of the capacity used at the knee: between 0 and 1, both excluded. */
  readonly knee: Fraction
  /** Internal resistance of the full cell and of the used up one, in a straight line between them. */
  readonly resistance_ohm: Resistance_ohm
  readonly resistanceAged_ohm: Resistance_ohm
  /** How often the loaded voltage is read; the mean of the last ten readings decides on replacement. */
  readonly reading_us: Time_us
  /** Mean loaded voltage at or below which replacement is due, and loaded voltage at or below which the pump resets. */
  readonly replacement_mV: Voltage_mV
  readonly reset_mV: Voltage_mV
  /** Charge of one motor step, and the current it draws while it lasts. */
  readonly step_pC: Charge_pC
  readonly step_uA: Current_uA
  readonly quiescent_uA: Current_uA
  /** Charge of one exchange with a programmer, and current while a carrier is there. */
  readonly telemetry_pC: Charge_pC
  readonly carrier_uA: Current_uA
}
