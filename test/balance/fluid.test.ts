/** Density and buoyancy against published figures. */
import { describe, expect, it } from 'vitest'
import { airDensity, volumePerReading, waterDensity } from '#hil/balance/fluid'

describe('water', () => {
  // Table 3 of Tanaka et al. (2001), in kg/m3.
  it.each([
    [4, 999.9749],
    [15, 999.1026],
    [20, 998.2067],
    [25, 997.047],
  ])('of %i degC has %f kg/m3', (temperature, density) => {
    expect(waterDensity(temperature, 0).mg_per_uL * 1000).toBeCloseTo(density, 3)
  })

  it('is less well known where the temperature is', () => {
    // 0.21 kg/m3 a degree at 20 degC.
    expect(waterDensity(20, 0.5).standard_mg_per_uL).toBeCloseTo(0.000104, 5)
    expect(waterDensity(20, 0).standard_mg_per_uL).toBeGreaterThan(0)
  })

  it('that is ice or steam is none', () => {
    expect(() => waterDensity(-1, 0)).toThrow(/0 to 40/)
    expect(() => waterDensity(41, 0)).toThrow(/0 to 40/)
    expect(() => waterDensity(Number.NaN, 0)).toThrow(/0 to 40/)
  })
})

describe('buoyancy', () => {
  it('makes the factor Z of ISO 8655-6: 1.0029 uL/mg at 20 degC, 1.0040 at 25, both at 1013 hPa', () => {
    const z = (t: number) => volumePerReading(waterDensity(t, 0).mg_per_uL, airDensity(t).mg_per_uL)
    expect(z(20)).toBeCloseTo(1.0029, 4)
    expect(z(25)).toBeCloseTo(1.004, 4)
  })

  it('is that of air of 1.2 kg/m3', () => {
    expect(airDensity(20).mg_per_uL * 1000).toBeCloseTo(1.199, 3)
  })
})
