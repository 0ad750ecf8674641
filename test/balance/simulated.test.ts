/** The simulated balance: it speaks as a real one, and shows what is done to it. */
import { describe, expect, it } from 'vitest'
import { BalanceDriver, type BalanceReading } from '#hil/balance/driver'
import type { Query } from '#hil/balance/mt-sics'
import { type BenchWeather, SimulatedBalance } from '#hil/balance/simulated'
import { toNumber } from '#units/rational'

const CALM: BenchWeather = {
  seed: 1,
  resolution_mg: 0.1,
  noise_mg: 0,
  drift_mg_per_h: 0,
  bend_mg_per_h2: 0,
  evaporation_mg_per_h: 0,
  draught: null,
  nudge: null,
  sensitivity: 0,
  linearity_mg: 0,
  serial: 'SIM-1',
}

const command = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0))
const said = (balance: SimulatedBalance, text: string, at_s: number) =>
  balance.advance(command(text), at_s * 1e6).map(({ bytes }) => Buffer.from(bytes).toString('latin1'))

/** One reading a second, from 1 s on, for so long. */
function read(weather: Partial<BenchWeather>, length_s: number, query: Query = 'SI'): BalanceReading[] {
  const [balance, driver] = [new SimulatedBalance({ ...CALM, ...weather }), new BalanceDriver()]
  return Array.from({ length: length_s }, (_, index) => {
    const replies = balance.advance(driver.ask(query), (index + 1) * 1e6)
    const [event] = replies.flatMap(({ bytes, at_us }) => driver.receive(bytes, at_us))
    if (event?.kind !== 'reading') throw new Error(`no reading but ${JSON.stringify(event)}`)
    return event.reading
  })
}

const masses = (readings: readonly BalanceReading[]) => readings.map(({ mass_mg }) => toNumber(mass_mg))

describe('the simulated balance', () => {
  it('answers in the bytes of MT-SICS', () => {
    const balance = new SimulatedBalance(CALM)
    balance.load(12_345.67, 0)
    expect(said(balance, 'I4\r\n', 2)).toEqual(['I4 A "SIM-1"\r\n'])
    expect(said(balance, 'SI\r\n', 3)).toEqual(['S S    12.3457 g\r\n'])
    expect(said(balance, 'T\r\n', 4)).toEqual(['T S    12.3457 g\r\n'])
    expect(said(balance, 'S\r\n', 5)).toEqual(['S S     0.0000 g\r\n'])
    balance.load(-345.67, 6e6)
    expect(said(balance, 'SI\r\n', 6.3)).toEqual([expect.stringMatching(/^S D {4}-0\.\d{4} g\r\n$/)])
    expect(said(balance, 'SI\r\n', 8)).toEqual(['S S    -0.3457 g\r\n'])
    expect(said(balance, 'Z\r\n', 9)).toEqual(['Z A\r\n'])
    expect(said(balance, 'SI\r\n', 10)).toEqual(['S S     0.0000 g\r\n'])
    expect(said(balance, 'X9\r\n', 11)).toEqual(['ES\r\n'])
    balance.load(300_000, 12e6)
    expect(said(balance, 'SI\r\n', 14)).toEqual(['S +\r\n'])
    expect(said(balance, '@\r\n', 15)).toEqual(['I4 A "SIM-1"\r\n'])
  })

  it('waits with S until a weight is stable, and says so when none becomes it', () => {
    const balance = new SimulatedBalance(CALM)
    balance.load(1000, 10e6)
    expect(said(balance, 'S\r\n', 10)).toEqual([])
    expect(balance.advance(new Uint8Array(), 12e6)).toMatchObject([{ at_us: 10.9e6 }])
    const shaken = new SimulatedBalance({ ...CALM, draught: { from_s: 0, for_s: 100, size_mg: 50 } })
    expect(said(shaken, 'S\r\n', 20)).toEqual([])
    expect(shaken.advance(new Uint8Array(), 40e6).map(({ bytes }) => Buffer.from(bytes).toString())).toEqual([
      'S I\r\n',
    ])
  })

  it('repeats after SIR until it is asked something else', () => {
    const balance = new SimulatedBalance(CALM)
    expect(said(balance, 'SIR\r\n', 1).length).toBe(1)
    expect(balance.advance(new Uint8Array(), 3e6)).toHaveLength(10)
    expect(said(balance, 'SI\r\n', 4)).toHaveLength(6)
    expect(balance.advance(new Uint8Array(), 6e6)).toEqual([])
  })

  it('drifts, lets evaporate, and is shifted by a nudge, by as much as it is told', () => {
    const last = (weather: Partial<BenchWeather>) => masses(read(weather, 361)).at(-1)
    expect(last({ drift_mg_per_h: 100 })).toBeCloseTo(10, 0)
    expect(last({ bend_mg_per_h2: 2000 })).toBeCloseTo(10, 0)
    expect(last({ evaporation_mg_per_h: 100 })).toBeCloseTo(-10, 0)
    expect(last({ nudge: { at_s: 200, by_mg: 7 } })).toBeCloseTo(7, 6)
    expect(masses(read({ nudge: { at_s: 200, by_mg: 7 } }, 190)).every((mass) => mass === 0)).toBe(true)
  })

  it('calls unstable what a draught shakes, and stable what it does not', () => {
    const readings = read({ noise_mg: 0.05, draught: { from_s: 50, for_s: 50, size_mg: 20 } }, 150)
    const unstable = readings.filter(({ stable }) => !stable).map(({ at_us }) => at_us / 1e6)
    expect(unstable.length).toBeGreaterThan(40)
    expect(Math.min(...unstable)).toBeGreaterThanOrEqual(50)
    expect(Math.max(...unstable)).toBeLessThanOrEqual(101)
  })

  it('is noisy by its seed alone', () => {
    const noise = (seed: number) => masses(read({ noise_mg: 1, seed, resolution_mg: 0.001 }, 200))
    expect(noise(5)).toEqual(noise(5))
    expect(noise(5)).not.toEqual(noise(6))
    const mean = noise(5).reduce((sum, mass) => sum + mass, 0) / 200
    const deviation = Math.sqrt(noise(5).reduce((sum, mass) => sum + (mass - mean) ** 2, 0) / 199)
    // Ten samples are shown as one.
    expect(Math.abs(mean)).toBeLessThan(0.1)
    expect(deviation).toBeGreaterThan(0.27)
    expect(deviation).toBeLessThan(0.37)
  })
})
