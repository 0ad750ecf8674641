/**
 * Which ledgers parted, and what that means: the one place where a run's verdict is put into words.
 *
 * Prescribed, believed and delivered are three accounts of the same therapy. Which two of them disagree says what kind
 * of thing went wrong, long before anybody looks for the cause. Prescribed and believed program: a programming error;
 * believed and delivered volume: a failing device; equal volumes with different masses: a wrong concentration;
 * prescribed mass and mass at the tip: harm to the patient.
 */

import { type BeliefGap, beliefGap, volumesDiffer } from '#hil/report/belief-gap'
import { amount, counted, difference, instant, measuredAgainstLimit, NONE } from '#hil/report/figure'
import type { CheckResult, LedgerPair, Outcome, RunResult } from '#hil/run/result'

/** Two ledgers that disagree by more than a check allows, or, as the cause of that, by the figures of the run. */
export interface Parting {
  readonly pair: LedgerPair
  /** `prescribed volume and delivered volume`. */
  readonly ledgers: string
  /** What happened, when and by how much: one sentence. */
  readonly what: string
  /** What such a parting means. */
  readonly reading: string
  /** The checks that say so; none where only the figures of the run do. */
  readonly checks: readonly CheckResult[]
  /** True when the scenario says that these checks must fail. */
  readonly expected: boolean
}

/** Causes before effects. */
const ORDER: readonly LedgerPair[] = ['program', 'belief', 'believed-mass', 'volume', 'mass']

const LEDGERS: Readonly<Record<LedgerPair, string>> = {
  program: 'prescribed program and believed program',
  belief: 'believed volume and delivered volume',
  'believed-mass': 'believed dose and dose out of the reservoir',
  volume: 'prescribed volume and delivered volume',
  mass: 'prescribed dose and dose out of the tip',
}

/**
 * What a check compares, whether or not it finds it apart. A largest dose is held against a limit and not against a ledger;
 * alarms, events and refusals compare none, and of a check of somebody's own it is not known.
 */
const COMPARES: ReadonlyMap<string, readonly LedgerPair[]> = new Map<string, readonly LedgerPair[]>([
  ['tracking', ['belief', 'volume']],
  ['programmed-as-prescribed', ['program']],
  ['reservoir-estimate', ['belief']],
  ['believed-dose', ['believed-mass']],
  ['delivered-volume', ['volume']],
  ['windowed-flow', ['volume']],
  ['trumpet', ['volume']],
  ['start-up', ['volume']],
  ['mean-flow-error', ['volume']],
  ['bolus-accuracy', ['volume']],
  ['interruption', ['volume']],
  ['dose-at-tip', ['mass']],
  ['changeover', ['mass']],
])

/** Checks that compare volumes where they are judged in uL, and doses at the tip else. */
const BY_UNIT: ReadonlySet<string> = new Set(['under-delivery', 'over-delivery'])

function compared(check: CheckResult): readonly LedgerPair[] {
  if (check.parted !== undefined) return check.parted.map(({ pair }) => pair)
  if (BY_UNIT.has(check.check)) return [check.unit === 'uL' ? 'volume' : 'mass']
  return COMPARES.get(check.check) ?? []
}

type Failed = ReadonlyMap<LedgerPair, readonly CheckResult[]>

/**
 * The pairs of ledgers that parted in a run, causes first; empty when none did. Where volume or dose parted, believed and
 * delivered volume are held against each other by the figures too, whether or not a check of the scenario does so.
 */
export function partings(run: RunResult): readonly Parting[] {
  const failed = new Map<LedgerPair, CheckResult[]>()
  for (const check of run.checks) {
    if (check.outcome !== 'fail') continue
    for (const pair of new Set(compared(check))) failed.set(pair, [...(failed.get(pair) ?? []), check])
  }
  const gap = beliefGap(run)
  const effects = EFFECTS.flatMap((pair) => failed.get(pair) ?? [])
  const byFigures = !failed.has('belief') && effects.length > 0 && gap.kind === 'parted'
  if (byFigures) failed.set('belief', [])
  return ORDER.flatMap((pair) => {
    const checks = failed.get(pair)
    if (checks === undefined) return []
    const figures = pair === 'belief' && byFigures
    return {
      pair,
      ledgers: LEDGERS[pair],
      what: figures ? byTheFigures(gap, run) : whatHappened(pair, checks, run),
      reading: readingOf(pair, failed, gap, run),
      checks,
      expected: (figures ? effects : checks).every((check) => check.expect === 'fail'),
    }
  })
}

/** What a belief that parted from the delivered volume shows in. */
const EFFECTS: readonly LedgerPair[] = ['believed-mass', 'volume', 'mass']

function byTheFigures({ most_uL, allowed_uL, at_s }: BeliefGap, run: RunResult): string {
  const figures = `no check: ${amount(most_uL)} uL apart, two steps are ${amount(allowed_uL)} uL`
  return `${SUBJECT.belief} parted, furthest at ${instant(at_s)}${ending('belief', run)} (${figures}).`
}

function whatHappened(pair: LedgerPair, checks: readonly CheckResult[], run: RunResult): string {
  const [first] = checks
  const evidence = first === undefined ? '' : evidenceOf(first)
  if (pair === 'program') {
    const detail = first === undefined || first.detail === '' ? evidence : `: ${first.detail}`
    return `The pump was not programmed as prescribed${detail}.`
  }
  return `${SUBJECT[pair]} parted${since(pair, checks)}${ending(pair, run)}${evidence}.`
}

const SUBJECT: Readonly<Record<Exclude<LedgerPair, 'program'>, string>> = {
  belief: 'What the pump believes and what was delivered',
  'believed-mass': 'The dose the pump believes it gave and the dose that left the reservoir',
  volume: 'Delivered and prescribed volume',
  mass: 'The dose out of the catheter tip and the prescribed dose',
}

function evidenceOf(check: CheckResult): string {
  const figures = measuredAgainstLimit(check)
  return figures === '' ? ` (${check.check})` : ` (${check.check}: ${figures})`
}

function ending(pair: Exclude<LedgerPair, 'program'>, run: RunResult): string {
  if (pair === 'believed-mass') return ''
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

/** The exact instant that the checks know; where they know but the worst, when that was. */
function since(pair: LedgerPair, checks: readonly CheckResult[]): string {
  const instants_s = checks.flatMap(({ parted }) => (parted ?? []).filter((one) => one.pair === pair))
  const known_s = instants_s.flatMap(({ since_s }) => (since_s === null ? [] : [since_s]))
  if (known_s.length > 0) {
    const first_s = known_s.reduce((a, b) => Math.min(a, b))
    return first_s === 0 ? ' from the start' : ` at ${instant(first_s)}`
  }
  const worst_s = checks.find(({ at_s }) => at_s !== null)?.at_s ?? null
  return worst_s === null ? '' : `, furthest at ${instant(worst_s)}`
}

function readingOf(pair: LedgerPair, failed: Failed, gap: BeliefGap, run: RunResult): string {
  switch (pair) {
    case 'program':
      return 'programming error: unit, schedule, limit or clock'
    case 'belief':
      return 'device failure the pump does not know of: stall, over-infusion, leak or pocket fill'
    case 'believed-mass':
      return believedMassReading(failed.get(pair) ?? [], gap, run)
    case 'volume':
      return volumeReading(failed, gap)
    case 'mass':
      return massReading(failed, run)
  }
}

const MISCOUNTED =
  'the pump counts another drug or concentration than it holds: it was told otherwise of a fill, or a residual diluted it'

/** Masses follow volumes: only what the volumes leave unexplained speaks of another drug or concentration. */
function believedMassReading(checks: readonly CheckResult[], gap: BeliefGap, { believed }: RunResult): string {
  if (gap.kind !== 'parted') return MISCOUNTED
  const follows = 'it follows from the volume: the pump counts the drug of a volume that it did not deliver'
  const measured_ug = Math.max(...checks.map(({ measured }) => measured ?? Number.POSITIVE_INFINITY))
  const explained_ug = (gap.most_uL + gap.allowed_uL) * (believed.dose_ug / believed.volume_uL)
  return measured_ug <= explained_ug * BETWEEN_SAMPLES
    ? follows
    : `${follows}; not all of it, so perhaps also ${MISCOUNTED}`
}

/** Volumes are known at samples, and may be further apart between two of them. */
const BETWEEN_SAMPLES = 1.1

function volumeReading(failed: Failed, gap: BeliefGap): string {
  if (failed.has('belief')) return 'the device did not do what it believes it did'
  if (failed.has('program')) return 'the pump did as it was told, and was told otherwise than prescribed'
  const otherwise = 'the pump delivered otherwise than prescribed'
  return gap.kind === 'followed'
    ? `${otherwise}, and knows it: stopped, stalled, empty or told otherwise`
    : `${otherwise}; whether it knows, the bench could not measure well enough to say`
}

function massReading(failed: Failed, run: RunResult): string {
  const gap = difference(run.prescribed.dose_ug, run.delivered.tip_dose_ug)
  const harm = gap === 0 ? 'harm: the dose came at the wrong time' : `harm: ${gap < 0 ? 'underdose' : 'overdose'}`
  if (failed.has('volume') || failed.has('belief') || failed.has('program')) return harm
  if (run.delivered.leaked_uL > 0)
    return `${harm}; the rotor moved the prescribed volume, and part of it leaked before the tip`
  return volumesDiffer(run)
    ? `${harm}; the delivered volume is not the prescribed one either`
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
      return `The bench could not measure well enough to say: ${grouped(others)}. This is not a pass.`
    case 'fail':
      return surprise === undefined
        ? `Failed: ${failing(others)}. ${agreement(run, parted)}.`
        : `Failed: ${briefly(others, surprise)}. ${surprise.what}`
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
  const held = agreement(run, [])
  return `${held}${held.includes('. ') ? '. In all' : ''}: ${volumes}; ${passed}.`
}

/**
 * Which ledgers the checks held against each other, which parted as expected, which could not be judged and which no check
 * compared: silence about a pair is no agreement of it. Without the last full stop.
 */
function agreement(run: RunResult, parted: readonly Parting[]): string {
  const judged = (outcome: Outcome) =>
    new Set(run.checks.filter((check) => check.outcome === outcome).flatMap(compared))
  const [passed, unsure] = [judged('pass'), judged('inconclusive')]
  const apart = new Set(parted.map(({ pair }) => pair))
  const time = instant(run.simulated_s)
  const kinds: readonly (readonly [string, (pair: LedgerPair) => boolean])[] = [
    [`Within their limits in ${time}`, (pair) => !apart.has(pair) && passed.has(pair)],
    ['Parted as expected', (pair) => apart.has(pair)],
    ['Not judged', (pair) => !apart.has(pair) && !passed.has(pair) && unsure.has(pair)],
    ['Not compared by any check', (pair) => !apart.has(pair) && !unsure.has(pair) && !passed.has(pair)],
  ]
  const found = kinds.map(([kind, is]) => ({ kind, pairs: ORDER.filter(is) })).filter(({ pairs }) => pairs.length > 0)
  const [only, ...others] = found
  if (only !== undefined && others.length === 0) {
    if (only.kind.startsWith('Within')) return `No two ledgers parted beyond a limit in ${time}`
    if (only.kind.startsWith('Not compared')) return `No check compared two ledgers in ${time}`
  }
  return found.map(({ kind, pairs }) => `${kind}: ${pairs.map((pair) => LEDGERS[pair]).join('; ')}`).join('. ')
}

function failing(checks: readonly CheckResult[]): string {
  const failed = checks.filter((check) => check.verdict === 'fail')
  const missing = failed.filter((check) => check.outcome === 'pass')
  return [
    ...(missing.length > 0 ? [`${named(missing)} was expected to fail and did not`] : []),
    ...(missing.length < failed.length ? [named(failed.filter((check) => check.outcome !== 'pass'))] : []),
  ].join('; ')
}

/** Most failed checks that a headline names. */
const MOST_NAMED = 6

/** The names of all that failed; with their figures where the parting beside them is not theirs and does not give these. */
function briefly(checks: readonly CheckResult[], { checks: own }: Parting): string {
  const failed = checks.filter((check) => check.verdict === 'fail')
  const names = failed.map((check) => {
    if (check.outcome === 'pass') return `${check.check} was expected to fail and did not`
    return own.includes(check) ? check.check : `${check.check}${figuresOf(check)}`
  })
  const [shown, more] = [[...new Set(names)].slice(0, MOST_NAMED), new Set(names).size - MOST_NAMED]
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

function figuresOf(check: CheckResult): string {
  const figures = measuredAgainstLimit(check)
  return figures === '' ? '' : ` (${figures})`
}

function named(checks: readonly CheckResult[]): string {
  if (checks.length === 0) return NONE
  return checks.map((check) => (check.detail === '' ? check.check : `${check.check} (${check.detail})`)).join('; ')
}

const NOT_JUDGED = 'not judged: '

/** As {@link named}, but a reason that holds for several checks is given once. */
function grouped(checks: readonly CheckResult[]): string {
  const reasons = new Map<string, CheckResult[]>()
  for (const check of checks) {
    const reason = reasonOf(check)
    reasons.set(reason, [...(reasons.get(reason) ?? []), check])
  }
  const texts = [...reasons].map(([reason, those]) => {
    if (reason === '' || those.length === 1) return named(those)
    const judged = those.every(({ detail }) => !detail.includes(NOT_JUDGED))
    return `${counted(those.length, 'check')}: ${judged ? '' : NOT_JUDGED}${reason}`
  })
  return texts.length === 0 ? NONE : texts.join('; ')
}

/** Why a check was not judged, without what it measured; its whole detail where it does not say. */
function reasonOf({ detail }: CheckResult): string {
  const at = detail.lastIndexOf(NOT_JUDGED)
  return at === -1 ? detail : detail.slice(at + NOT_JUDGED.length)
}
