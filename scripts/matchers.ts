/**
 * The matchers of `pumpbench/vitest`: checks of the scenario language as sentences of a test.
 *
 * A check that could not be decided satisfies nobody: neither the demand nor its `.not`.
 */
import { measuredAgainstLimit, instant as timeText } from '#hil/report/figure'
import { partings } from '#hil/report/parting'
import type { CheckResult } from '#hil/run/result'
import type { WrittenDemand } from '#hil/scenario/demand'
import type { AlarmName } from '#hil/scenario/types'
import { BenchRun } from '#scripts/test-bench'
import { duration } from '#units/format'
import { add, compare, type Rational } from '#units/rational'

/** The part of a run that is looked at; the whole of it unless given. */
interface Part {
  /** Such as `2 d`. */
  readonly from?: string
  readonly to?: string
}

export interface TrackingDemand extends Part {
  /** Steps or a volume, such as `1 step` or `0.5 uL`; one step unless given. */
  readonly within?: string
}

export interface DeliveryDemand extends Part {
  /** Part of what was prescribed, such as `2 %`. */
  readonly within: string
  /** Each whole window of this length instead of the total, such as `24 h`. */
  readonly every?: string
  /** `rotor`, the volume that was displaced, unless given; `tip`: the drug out of the catheter tip. */
  readonly at?: 'rotor' | 'tip'
}

/** In which time an alarm has to be raised: after the first fault of the scenario, or by a time of the run. */
export type RaiseDemand =
  | { readonly within: string; readonly by?: never }
  | { readonly by: string; readonly within?: never }

export interface RefusalDemand {
  /** The time of the entry that is refused, such as `180 d`. */
  readonly at: string
}

/** What vitest takes from a matcher, and what it gives to one. */
interface Finding {
  readonly pass: boolean
  readonly message: () => string
}

interface Context {
  readonly isNot: boolean
}

export const MATCHERS = {
  toTrack(this: Context, received: unknown, { within = '1 step', ...part }: TrackingDemand = {}): Finding {
    const demand: WrittenDemand = { check: 'tracking', within, ...part }
    return found(this, runOf(received, 'toTrack'), demand, `track its prescription within ${within}`)
  },

  toDeliver(this: Context, received: unknown, { at = 'rotor', ...rest }: DeliveryDemand): Finding {
    const check = at === 'tip' ? 'dose-at-tip' : 'delivered-volume'
    const what = at === 'tip' ? 'the prescribed dose at the tip' : 'the prescribed volume'
    const every = rest.every === undefined ? '' : ` in every ${rest.every}`
    const demand: WrittenDemand = { check, ...rest }
    return found(this, runOf(received, 'toDeliver'), demand, `deliver ${what} within ${rest.within}${every}`)
  },

  toRaise(this: Context, received: unknown, alarm: AlarmName, { within, by }: RaiseDemand): Finding {
    const run = runOf(received, 'toRaise')
    if ((within === undefined) === (by === undefined)) {
      throw new RangeError(`toRaise takes within or by, and was given ${within === undefined ? 'neither' : 'both'}`)
    }
    const when = within === undefined ? `by ${by}` : `within ${within} of the first fault`
    const demand: WrittenDemand =
      within === undefined ? { check: 'alarm', alarm, by } : afterFirstFault(run, alarm, within)
    return found(this, run, demand, `raise ${alarm} ${when}`)
  },

  toRefuse(this: Context, received: unknown, { at }: RefusalDemand): Finding {
    const run = runOf(received, 'toRefuse')
    const demand: WrittenDemand = { check: 'refused', at }
    const { at_s } = run.demand(demand)
    if (!this.isNot && at_s !== null) run.expectRefusal(at_s)
    return found(this, run, demand, `refuse what was sent to it at ${at}`)
  },

  toPass(this: Context, received: unknown): Finding {
    const run = runOf(received, 'toPass')
    const { verdict, checks } = run.result
    run.judgedWhole()
    const amiss = checks.filter((check) => check.verdict !== 'pass')
    const message = () => explained(run, amiss, `${this.isNot ? 'not ' : ''}to pass its own checks`, verdict)
    return { pass: verdict === 'inconclusive' ? this.isNot : verdict === 'pass', message }
  },
}

function runOf(received: unknown, matcher: string): BenchRun {
  if (received instanceof BenchRun) return received
  const what = received instanceof Promise ? 'a promise; await bench.run(...) first' : `${typeof received}`
  throw new TypeError(`expect(run).${matcher}(...) takes what bench.run(...) returned, and was given ${what}`)
}

/** The alarm between the first fault and `within` of it. */
function afterFirstFault(run: BenchRun, alarm: AlarmName, within: string): WrittenDemand {
  const { faults, duration_us } = run.scenario
  const [fault] = faults
  if (fault === undefined) {
    throw new RangeError(`within: ${within} counts from the first fault, and ${run.result.scenario} has none; use by`)
  }
  const span_us = run.span(within)
  const last_us = add(fault.at_us, span_us)
  if (compare(last_us, duration_us) > 0) {
    const end = `the run ends at ${duration(duration_us)}`
    throw new RangeError(`${end}, before ${within} have passed since the fault at ${duration(fault.at_us)}; run longer`)
  }
  return { check: 'alarm', alarm, between: [exactly(fault.at_us), exactly(last_us)] }
}

function exactly({ n, d }: Rational): string {
  return `${n}/${d} us`
}

function found(context: Context, run: BenchRun, demand: WrittenDemand, what: string): Finding {
  const check = run.demand(demand)
  const message = () =>
    explained(run, [check, ...causes(run, check)], `the pump ${context.isNot ? 'not ' : ''}to ${what}`, check.verdict)
  return { pass: check.verdict === 'inconclusive' ? context.isNot : check.verdict === 'pass', message }
}

/** What else a reader wants to know of a check that failed: whether the pump was told otherwise, and whether it knew. */
const CONTEXT: readonly WrittenDemand[] = [
  { check: 'programmed-as-prescribed' },
  { check: 'tracking', within: '1 step' },
]

/** Checks that compare no ledgers have no such causes. */
const ALONE: ReadonlySet<string> = new Set(['alarm', 'refused'])

function causes(run: BenchRun, { check, outcome }: CheckResult): readonly CheckResult[] {
  if (outcome !== 'fail' || ALONE.has(check)) return []
  return CONTEXT.filter((demand) => demand.check !== check)
    .map((demand) => run.demand(demand))
    .filter((other) => other.outcome === 'fail')
}

/** What was expected, which ledgers parted, when and by how much, and what that means. */
function explained(
  run: BenchRun,
  checks: readonly CheckResult[],
  expected: string,
  verdict: CheckResult['verdict'],
): string {
  const { scenario, pump, rig } = run.result
  const parted = partings({ ...run.result, checks })
  const unsure = verdict === 'inconclusive' ? ['The bench could not say, which is neither yes nor no.'] : []
  return [
    `expected ${expected} (${scenario}, ${pump} on ${rig})`,
    ...unsure,
    ...parted.map(({ ledgers, what, reading }) => `parted: ${ledgers}: ${reading}. ${what}`),
    ...checks.map(checkLine),
  ].join('\n')
}

function checkLine(check: CheckResult): string {
  const at = check.at_s === null ? '' : `at ${timeText(check.at_s)}`
  const parts = [measuredAgainstLimit(check), at, check.detail].filter((part) => part !== '')
  return `${check.check}: ${check.outcome}: ${parts.join('; ')}`
}
