/**
 * The simulated bench as options: what is true on it, which a calibration has to find, and what disturbs it.
 *
 * What an option does not say follows from the seed, within what the certificate of the balance and the stated temperature
 * allow: the scale is a little off, the beaker a little warmer, the air a little thinner than stated.
 */
import { airDensity, waterDensity } from '#hil/balance/fluid'
import type { BenchWeather } from '#hil/balance/simulated'
import type { StandTruth } from '#hil/calibration/virtual-stand'
import { chance, seedOf } from '#hil/fault/seed'
import { type Dimension, parseMeasure } from '#units/measure'
import { toNumber } from '#units/rational'

/** What can be said of the simulated bench. Masses in mg, times in s, volumes in uL. */
export interface SimulatedBench {
  readonly seed: number
  readonly stepVolume_uL: number
  readonly resolution_mg: number
  readonly noise_mg: number
  readonly drift_mg_per_h: number
  readonly bend_mg_per_h2: number
  readonly evaporation_mg_per_h: number
  readonly draught_mg: number
  readonly draughtAt_s: number
  readonly draughtFor_s: number
  readonly nudge_mg: number
  readonly nudgeAt_s: number
}

type Key = Exclude<keyof SimulatedBench, 'seed'>

interface Option {
  readonly key: Key
  readonly dimension: Dimension
  /** From the base unit of the dimension to that of the key. */
  readonly factor: number
  readonly standard: string
}

const MG_per_ug = 1 / 1000
const MG_PER_H_per_ug_us = 3.6e6
const S_per_us = 1e-6

/** Every option by its name on the command line, with what it is unless given. */
const OPTIONS: ReadonlyMap<string, Option> = new Map([
  ['step-volume', { key: 'stepVolume_uL', dimension: 'volume', factor: 1, standard: '0.25 uL' }],
  ['resolution', { key: 'resolution_mg', dimension: 'mass', factor: MG_per_ug, standard: '0.01 mg' }],
  ['noise', { key: 'noise_mg', dimension: 'mass', factor: MG_per_ug, standard: '0.02 mg' }],
  ['drift', { key: 'drift_mg_per_h', dimension: 'mass rate', factor: MG_PER_H_per_ug_us, standard: '0.2 mg/h' }],
  ['drift-growth', { key: 'bend_mg_per_h2', dimension: 'mass rate', factor: MG_PER_H_per_ug_us, standard: '0 mg/h' }],
  [
    'evaporation',
    { key: 'evaporation_mg_per_h', dimension: 'mass rate', factor: MG_PER_H_per_ug_us, standard: '3 mg/h' },
  ],
  ['draught', { key: 'draught_mg', dimension: 'mass', factor: MG_per_ug, standard: '0 mg' }],
  ['draught-at', { key: 'draughtAt_s', dimension: 'duration', factor: S_per_us, standard: '5 min' }],
  ['draught-for', { key: 'draughtFor_s', dimension: 'duration', factor: S_per_us, standard: '1 min' }],
  ['nudge', { key: 'nudge_mg', dimension: 'mass', factor: MG_per_ug, standard: '0 mg' }],
  ['nudge-at', { key: 'nudgeAt_s', dimension: 'duration', factor: S_per_us, standard: '10 min' }],
] as const)

/** The bench of texts such as `noise=0.05 mg`, or everything that is wrong with them. */
export function simulatedBench(
  texts: readonly string[],
  seed: number,
):
  | { readonly ok: true; readonly bench: SimulatedBench }
  | { readonly ok: false; readonly problems: readonly string[] } {
  const problems: string[] = []
  const values: Partial<Record<Key, number>> = {}
  const take = (name: string, option: Option, text: string, where: string) => {
    const parsed = parseMeasure(text, [option.dimension])
    if (parsed.ok) values[option.key] = toNumber(parsed.measure.value) * option.factor
    else problems.push(`${where}: ${name}: ${parsed.problem}`)
  }
  for (const [name, option] of OPTIONS) take(name, option, option.standard, 'default')
  for (const text of texts) {
    const [name = '', value = ''] = text.split(/=(.*)/s)
    const option = OPTIONS.get(name)
    if (option !== undefined) take(name, option, value, '--sim')
    else
      problems.push(
        `--sim ${JSON.stringify(text)}: write one of ${[...OPTIONS.keys()].join(', ')}, as in noise=0.05 mg`,
      )
  }
  const bench = { ...values, seed } as SimulatedBench
  for (const key of ['stepVolume_uL', 'resolution_mg'] as const) {
    if (!(bench[key] > 0))
      problems.push(`--sim: ${key === 'resolution_mg' ? 'resolution' : 'step-volume'} is above zero`)
  }
  return problems.length === 0 ? { ok: true, bench } : { ok: false, problems }
}

/** What is stated of the balance and of the beaker, within which the truth lies. */
export interface StatedBounds {
  readonly temperature_degC: number
  readonly temperatureStandard_degC: number
  readonly linearity_mg: number
  readonly sensitivity: number
}

/** The bench as it truly is. */
export function benchOf(
  bench: SimulatedBench,
  stated: StatedBounds,
): { readonly weather: BenchWeather; readonly truth: StandTruth } {
  // A rectangular distribution is this much wider than its standard deviation.
  const wide = Math.sqrt(3)
  const drawn = (index: number) => 2 * chance(seedOf(bench.seed, index)) - 1
  const temperature_degC = stated.temperature_degC + drawn(1) * wide * stated.temperatureStandard_degC
  const air = airDensity(stated.temperature_degC)
  const { draught_mg, draughtAt_s, draughtFor_s, nudge_mg, nudgeAt_s } = bench
  return {
    weather: {
      ...bench,
      draught: draught_mg === 0 ? null : { from_s: draughtAt_s, for_s: draughtFor_s, size_mg: draught_mg },
      nudge: nudge_mg === 0 ? null : { at_s: nudgeAt_s, by_mg: nudge_mg },
      sensitivity: drawn(2) * stated.sensitivity,
      linearity_mg: drawn(3) * stated.linearity_mg,
      serial: `SIM-${bench.seed}`,
    },
    truth: {
      step_uL: bench.stepVolume_uL,
      fluid_mg_per_uL: waterDensity(temperature_degC, 0).mg_per_uL,
      air_mg_per_uL: air.mg_per_uL + drawn(4) * wide * air.standard_mg_per_uL,
    },
  }
}
