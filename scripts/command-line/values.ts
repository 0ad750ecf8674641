/** Values of options: read and bounded, or refused with the rule. */
import { type Command, InvalidArgumentError } from 'commander'
import { type Window, windowOf } from '#hil/report/window'
import { speedOf } from '#scripts/choices'
import type { Shard } from '#scripts/commands/selection'
import type { Extra } from '#scripts/record'

const LARGEST_SEED = 2 ** 32 - 1

export function seed(text: string): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value > LARGEST_SEED) {
    throw new InvalidArgumentError(`a seed is a whole number from 0 to ${LARGEST_SEED}.`)
  }
  return value
}

export function speed(text: string): number {
  const read = speedOf(text)
  if (read.ok) return read.value
  throw new InvalidArgumentError(`${read.problem}.`)
}

/** Attempts and threads beyond which more would help nobody. */
export const MOST_RETRIES = 10
export const MOST_JOBS = 64
const MOST_SHARDS = 10_000

/** Reads a whole number of an option, within bounds. */
export function count(what: string, least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (/^\d{1,6}$/.test(text) && value >= least && value <= most) return value
    throw new InvalidArgumentError(`${what} is a whole number from ${least} to ${most}.`)
  }
}

export function shard(text: string): Shard {
  const [, index, total] = /^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? []
  const [one, all] = [Number(index), Number(total)]
  if (index !== undefined && one >= 1 && one <= all && all <= MOST_SHARDS) return { index: one, count: all }
  throw new InvalidArgumentError(`a shard is written i/n, from 1/n to n/n, such as 2/3; n is at most ${MOST_SHARDS}.`)
}

function window(text: string): Window {
  const read = windowOf(text)
  if (typeof read === 'string') throw new InvalidArgumentError(`${read}.`)
  return read
}

/** Tables and waveforms, which run and replay can both write. */
export function withViews(command: Command, where: string): Command {
  return command
    .option('--csv <file>', `write the samples of the three ledgers as CSV${where}`)
    .option('--csv-events <file>', `write what happened as CSV${where}`)
    .option('--csv-steps <file>', `write every step of the rotor as CSV${where}`)
    .option('--vcd <file>', `write waveforms as a value change dump, for GTKWave${where}`)
    .option('--window <from..to>', 'show only this part in --csv-steps and --vcd, such as 3d..3d2h', window)
}

/** What a record may hold that is not always wanted: it is large. */
export const EXTRAS: readonly Extra[] = ['vcd', 'steps']

export function extra(text: string, earlier: readonly Extra[] = []): readonly Extra[] {
  const known = EXTRAS.find((one) => one === text)
  if (known === undefined) throw new InvalidArgumentError(`a record can include ${EXTRAS.join(' and ')}.`)
  return [...earlier, known]
}

export function tags(text: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, text]
}

/** A crystal that is off by more would be read by no line. */
const MOST_ppm = 50_000

export function ppm(text: string): number {
  const value = Number(text)
  if (/^-?\d{1,5}$/.test(text) && Math.abs(value) <= MOST_ppm) return value
  throw new InvalidArgumentError(`parts per million are a whole number from -${MOST_ppm} to ${MOST_ppm}.`)
}

export function programmer(text: string): string {
  if (/^[A-Za-z0-9][\w.+-]{0,40}$/.test(text)) return text
  throw new InvalidArgumentError('a programmer is a name such as arduino or usbasp.')
}
