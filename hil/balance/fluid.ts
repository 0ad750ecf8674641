/**
 * From what a balance shows to a volume of fluid: density by temperature, and the buoyancy of air.
 *
 * A balance is adjusted with weights of steel, which air lifts less than water; so it shows about a thousandth too little
 * water. V = W (1 - a/s) / (f - a), with W the reading, a, s and f the densities of air, of the weights and of the fluid
 * (EURAMET cg-19, ISO 8655-6). Figures of measurement are doubles: their noise is many orders above rounding.
 */

/** Conventional density of the weights that balances are adjusted with, in mg/uL (OIML R 111). */
const WEIGHTS_mg_per_uL = 8

/** Range in which the formulas hold. */
const COLDEST_degC = 0
const HOTTEST_degC = 40

/** A density and how far it may be from the true one, as a standard uncertainty, in mg/uL. */
export interface Density {
  readonly mg_per_uL: number
  readonly standard_mg_per_uL: number
}

/**
 * Pure water without air at 101325 Pa, by temperature (M. Tanaka et al., Metrologia 38 (2001) 301, the formula that the CIPM
 * recommends). Dissolved air and tap water differ by some parts in a million: `WATER_KIND`. Throws RangeError outside 0..40 degC.
 */
export function waterDensity(temperature_degC: number, standard_degC: number): Density {
  const here = tanaka(temperature_degC)
  const slope = (tanaka(temperature_degC + STEP_degC) - tanaka(temperature_degC - STEP_degC)) / (2 * STEP_degC)
  return { mg_per_uL: here, standard_mg_per_uL: Math.hypot(slope * standard_degC, WATER_KIND_mg_per_uL) }
}

const STEP_degC = 0.01
/** What kind of water it is: isotopes, dissolved air (an assumption: 10 ppm, several times the effect of air). */
const WATER_KIND_mg_per_uL = 0.00001

function tanaka(t: number): number {
  if (!(t >= COLDEST_degC - STEP_degC && t <= HOTTEST_degC + STEP_degC))
    throw new RangeError(`${t} degC: the density of water is known here from ${COLDEST_degC} to ${HOTTEST_degC} degC`)
  const [a1, a2, a3, a4, a5] = [-3.983035, 301.797, 522528.9, 69.34881, 999.97495] as const
  return (a5 * (1 - ((t + a1) * (t + a1) * (t + a2)) / (a3 * (t + a4)))) / 1000
}

/** Pressure at sea level, and what weather makes of it; relative humidity of a room. */
const PRESSURE_hPa = 1013.25
const HUMIDITY_percent = 50
/** Weather and humidity move the density of air by a few percent: a standard uncertainty of 3 % covers 950 to 1075 hPa. */
const WEATHER = 0.03

/** Air of a room at sea level, by the short formula of OIML R 111-1 (E.3). */
export function airDensity(temperature_degC: number): Density {
  const t = temperature_degC
  const moist = 0.009 * HUMIDITY_percent * Math.exp(0.061 * t)
  const mg_per_uL = (0.34848 * PRESSURE_hPa - moist) / (273.15 + t) / 1000
  return { mg_per_uL, standard_mg_per_uL: WEATHER * mg_per_uL }
}

/** Volume of fluid to a milligram that the balance shows, in uL/mg. */
export function volumePerReading(fluid_mg_per_uL: number, air_mg_per_uL: number): number {
  return (1 - air_mg_per_uL / WEIGHTS_mg_per_uL) / (fluid_mg_per_uL - air_mg_per_uL)
}
