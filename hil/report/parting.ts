/**
 * Which ledgers parted, and what that means: the one place where a run's verdict is put into words.
 *
 * Prescribed, believed and delivered are three accounts of the same therapy. Which two of them disagree says what kind
 * of thing went wrong, long before anybody looks for the cause. Prescribed and believed program: a programming error;
 * believed and delivered volume: a failing device; equal volumes with different masses: a wrong concentration;
 * prescribed mass and mass at the tip: harm to the patient.
 */

import { amount, counted, difference, instant, measuredAgainstLimit, NONE, step_ug, step_uL } from '#hil/report/figure'
import type { CheckResult, RunResult, Sample } from '#hil/run/result'

/** Two ledgers that are compared, in the order in which causes come before effects. */
export type Pair = 'program' | 'belief' | 'volume' | 'mass'

/** Two ledgers that disagree by more than a check allows. */
export interface Parting {
  readonly pair: Pair
  /** `prescribed volume and delivered volume`. */
  readonly ledgers: string
  /** What happened, when and by how much: one sentence. */
  readonly what: string
  /** What such a parting means. */
  readonly reading: string
  /** The checks that say so. */
  readonly checks: readonly CheckResult[]
  /** True when the scenario says that these checks must fail. */
  readonly expected: boolean
}

const ORDER: readonly Pair[] = ['program', 'belief', 'volume', 'mass']

const LEDGERS: Readonly<Record<Pair, string>> = {
  program: 'prescribed program and believed program',
  belief: 'believed volume and delivered volume',
  volume: 'prescribed volume and delivered volume',
  mass: 'prescribed dose and dose out of the tip',
}

/**
 * The pair that a check compares. `tracking` compares two, and alarms compare none; a refusal that nobody expected
 * parts the programs, while `refused` expects one.
 */
const PAIR_OF_CHECK: ReadonlyMap<string, Pair> = new Map([
  ['programmed-as-prescribed', 'program'],
  ['reservoir-estimate', 'belief'],
  ['delivered-volume', 'volume'],
  ['windowed-flow', 'volume'],
  ['dose-at-tip', 'mass'],
  ['max-dose', 'mass'],
])

type Gap = (sample: Sample) => number

const GAPS: Readonly<Record<Exclude<Pair, 'program'>, Gap>> = {
  belief: (sample) => difference(sample.displaced_uL, sample.believed_uL),
  volume: (sample) => difference(sample.prescribed_uL, sample.displaced_uL),
  mass: (sample) => difference(sample.prescribed_ug, sample.tip_ug),
}

/** The pairs of ledgers that parted in a run, causes first; empty when none did. */
export function partings(run: RunResult): readonly Parting[] {
  const failed = new Map<Pair, CheckResult[]>()
  for (const check of run.checks) {
    if (check.outcome !== 'fail') continue
    for (const pair of pairsOf(check, run)) failed.set(pair, [...(failed.get(pair) ?? []), check])
  }
  return ORDER.flatMap((pair) => {
    const checks = failed.get(pair)
    if (checks === undefined) return []
    return {
      pair,
      ledgers: LEDGERS[pair],
      what: whatHappened(pair, checks, run),
      reading: readingOf(pair, failed, run),
      checks,
      expected: checks.every((check) => check.expect === 'fail'),
    }
  })
}

function pairsOf(check: CheckResult, run: RunResult): readonly Pair[] {
  const pair = PAIR_OF_CHECK.get(check.check)
  if (pair !== undefined) return [pair]
  if (check.check !== 'refused' && check.check.includes('refus')) return ['program']
  if (check.check !== 'tracking') return []
  const limit_uL = (check.limit ?? 0) * (check.unit.startsWith('step') ? step_uL(run) : 1)
  const [belief, volume] = [largest(run.samples, GAPS.belief), largest(run.samples, GAPS.volume)]
  const beyond = [belief > limit_uL ? ('belief' as const) : [], volume > limit_uL ? ('volume' as const) : []].flat()
  return beyond.length > 0 ? beyond : [belief > volume ? 'belief' : 'volume']
}

function largest(samples: readonly Sample[], gap: Gap): number {
  return samples.reduce((most, sample) => Math.max(most, Math.abs(gap(sample))), 0)
}

function whatHappened(pair: Pair, checks: readonly CheckResult[], run: RunResult): string {
  const [first] = checks
  const evidence = first === undefined ? '' : evidenceOf(first)
  if (pair === 'program') {
    const detail = first === undefined || first.detail === '' ? evidence : `: ${first.detail}`
    return `The pump was not programmed as prescribed${detail}.`
  }
  return `${SUBJECT[pair]} parted${since(pair, run)}${ending(pair, run)}${evidence}.`
}

const SUBJECT: Readonly<Record<Exclude<Pair, 'program'>, string>> = {
  belief: 'What the pump believes and what was delivered',
  volume: 'Delivered and prescribed volume',
  mass: 'The dose out of the catheter tip and the prescribed dose',
}

function evidenceOf(check: CheckResult): string {
  const figures = measuredAgainstLimit(check)
  return figures === '' ? ` (${check.check})` : ` (${check.check}: ${figures})`
}

function ending(pair: Exclude<Pair, 'program'>, run: RunResult): string {
  const { prescribed, believed, delivered } = run
  if (pair === 'volume')
    return endingText(difference(prescribed.volume_uL, delivered.displaced_uL), 'uL', 'delivered than prescribed')
  if (pair === 'mass')
    return endingText(difference(prescribed.dose_ug, delivered.tip_dose_ug), 'ug', 'given than prescribed')
  const gap = difference(delivered.displaced_uL, believed.volume_uL)
  if (gap !== 0) return endingText(gap, 'uL', 'believed than delivered')
  const reserve = difference(delivered.reservoir_uL, believed.reservoir_uL)
  return endingText(reserve, 'uL', 'believed to be in the reservoir than there is')
}

function endingText(gap: number, unit: string, where: string): string {
  if (gap === 0) return ', and at the end they agree'
  return `; at the end ${amount(Math.abs(gap))} ${unit} ${gap < 0 ? 'less' : 'more'} ${where}`
}

/** Two motor steps: one of quantization, which is no parting, and one more. */
const VISIBLE_steps = 2

function since(pair: Exclude<Pair, 'program'>, run: RunResult): string {
  const threshold = VISIBLE_steps * (pair === 'mass' ? step_ug(run) : step_uL(run))
  const index = run.samples.findIndex((sample) => Math.abs(GAPS[pair](sample)) > threshold)
  const here = run.samples[index]
  if (here === undefined) return ''
  const before = run.samples[index - 1]
  return before === undefined ? ' from the start' : ` between ${instant(before.t_s)} and ${instant(here.t_s)}`
}

function readingOf(pair: Pair, failed: ReadonlyMap<Pair, unknown>, run: RunResult): string {
  switch (pair) {
    case 'program':
      return 'programming error: unit, schedule, limit or clock'
    case 'belief':
      return 'device failure the pump does not know of: stall, over-infusion, leak or pocket fill'
    case 'volume':
      return volumeReading(failed)
    case 'mass':
      return massReading(failed, run)
  }
}

function volumeReading(failed: ReadonlyMap<Pair, unknown>): string {
  if (failed.has('belief')) return 'the device did not do what it believes it did'
  if (failed.has('program')) return 'the pump did as it was told, and was told otherwise than prescribed'
  return 'the pump delivered otherwise than prescribed, and knows it: stopped, stalled, empty or told otherwise'
}

function massReading(failed: ReadonlyMap<Pair, unknown>, run: RunResult): string {
  const gap = difference(run.prescribed.dose_ug, run.delivered.tip_dose_ug)
  const harm = gap === 0 ? 'harm: the dose came at the wrong time' : `harm: ${gap < 0 ? 'underdose' : 'overdose'}`
  if (failed.has('volume') || failed.has('belief') || failed.has('program')) return harm
  return run.delivered.leaked_uL > 0
    ? `${harm}; the rotor moved the prescribed volume, and part of it leaked before the tip`
    : `${harm}; the volumes agree and the masses part: concentration error (refill, bridge or wrong drug)`
}

/** What happened in a run, in one or two sentences: the top of every report. */
export function story(run: RunResult): string {
  const parted = partings(run)
  const [surprise] = parted.filter((parting) => !parting.expected)
  const others = run.checks.filter((check) => check.verdict !== 'pass')
  switch (run.verdict) {
    case 'pass':
      return passing(run, parted)
    case 'inconclusive':
      return `The bench could not measure well enough to say: ${named(others)}. This is not a pass.`
    case 'fail':
      return surprise === undefined ? `No ledger parted unexpectedly, but ${failing(others)}.` : surprise.what
  }
}

function passing(run: RunResult, parted: readonly Parting[]): string {
  const [first] = parted
  if (first !== undefined) return `As the scenario expects: ${first.what}`
  const volumes = [
    `${amount(run.prescribed.volume_uL)} uL prescribed`,
    `${amount(run.believed.volume_uL)} uL believed`,
    `${amount(run.delivered.displaced_uL)} uL delivered`,
  ].join(', ')
  const passed = `${counted(run.checks.length, 'check')} passed`
  return `No two ledgers parted beyond a limit in ${instant(run.simulated_s)}: ${volumes}; ${passed}.`
}

function failing(checks: readonly CheckResult[]): string {
  const failed = checks.filter((check) => check.verdict === 'fail')
  const missing = failed.filter((check) => check.outcome === 'pass')
  if (missing.length > 0) return `${named(missing)} was expected to fail and did not`
  return `${named(failed)} failed`
}

function named(checks: readonly CheckResult[]): string {
  if (checks.length === 0) return NONE
  return checks.map((check) => (check.detail === '' ? check.check : `${check.check} (${check.detail})`)).join('; ')
}
