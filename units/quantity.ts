/**
 * Branded physical quantities: exact rationals that carry their unit in the type.
 *
 * Arithmetic works on plain rationals; a value earns its brand where it is named, so a volume can never be passed where
 * a mass is meant. One base unit serves each dimension: microliters, micrograms, microseconds and their quotients.
 */
import type { Rational } from '#units/rational'

declare const unit: unique symbol

/** An exact rational measured in the unit `U`. */
export type Quantity<U extends string> = Rational & { readonly [unit]: U }

export type Volume_uL = Quantity<'uL'>
export type Mass_ug = Quantity<'ug'>
/** A span of time, or an instant counted from the start of the run. Exact, so not always a whole microsecond. */
export type Time_us = Quantity<'us'>
export type Concentration_ug_per_uL = Quantity<'ug/uL'>
export type VolumeRate_uL_per_us = Quantity<'uL/us'>
export type MassRate_ug_per_us = Quantity<'ug/us'>
export type Length_cm = Quantity<'cm'>
export type VolumePerLength_uL_per_cm = Quantity<'uL/cm'>
export type Charge_pC = Quantity<'pC'>
export type Current_uA = Quantity<'uA'>
export type Voltage_mV = Quantity<'mV'>
export type Resistance_ohm = Quantity<'ohm'>
export type Temperature_degC = Quantity<'degC'>
/** How much of a quantity a degree adds, as a part of it. */
export type TemperatureCoefficient_per_degC = Quantity<'1/degC'>
/** A plain ratio; 2 % is 1/50. */
export type Fraction = Quantity<'1'>

/** States that a rational is measured in the unit of the target type. */
export function as<Q extends Quantity<string>>(value: Rational): Q {
  return value as Q
}

/** One day, the period of every dose rate of the field. */
export const DAY_us: Time_us = as({ n: 86_400_000_000n, d: 1n })
