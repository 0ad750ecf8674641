/**
 * The analysis of a run, made of every run and bounded: what walks all that flowed is left out, and says so, where that
 * is more than a run of ten years has.
 */
import { longestInterruption } from '#hil/oracle/interruption'
import type { Span } from '#hil/oracle/staircase'
import { type Answered, answersOf } from '#hil/run/alarm-causes'
import { drugAnalyses, volumeAnalysis } from '#hil/run/analysis/amounts'
import { milliliters_per_day, percentOrNull, seconds, secondsOrNull } from '#hil/run/analysis/figures'
import { analysisPeriod, bolusAnalysis, infusionStart, startUpAnalysis, trumpetAnalysis } from '#hil/run/analysis/flow'
import type {
  AlarmLatency,
  Analysis,
  AnalysisPart,
  ChangeoverAnalysis,
  ChangingFill,
  InterruptionAnalysis,
  Solution,
} from '#hil/run/analysis/types'
import { type ChangeoverFound, changeoversOf, meantAtTip, plainChangeover } from '#hil/run/changeovers'
import type { Ledgers } from '#hil/run/ledgers'
import { CAUSED_ALARMS, type Fill, type Scenario } from '#hil/scenario/types'
import { duration } from '#units/format'
import { compare, equal, isNegative, type Rational, subtract, times, toNumber, whole, ZERO } from '#units/rational'

/** Flights of steps and changes of rate that are walked: ten years of thirteen boluses a day have 200,000. */
const MOST_PIECES = 300_000
const MOST_BOLUSES = 100_000
const MOST_CHANGEOVERS = 100
/** Stretches of wrong dose that are listed of one changeover. */
const MOST_STRETCHES = 20
const MOST_LATENCIES = 1000

/** The analysis of a run; every part is omitted where the run did not reach its end. */
export function analysisOf(ledgers: Ledgers): Analysis {
  const omitted: { part: AnalysisPart; reason: string }[] = []
  const obstacle = obstacleOf(ledgers)
  const walk = <T>(part: AnalysisPart, made: () => T | undefined, further?: string): T | null => {
    const reason = obstacle ?? further
    if (reason === undefined) return made() ?? null
    omitted.push({ part, reason })
    return null
  }
  const span = { from_us: ZERO, to_us: ledgers.scenario.duration_us }
  const period = analysisPeriod(ledgers)
  const answered = obstacle === undefined ? CAUSED_ALARMS.flatMap((alarm) => answersOf(alarm, ledgers)) : []
  const changeovers = obstacle === undefined ? changeoversOf(ledgers) : []
  const boluses = ledgers.prescribed.boluses.started.length
  return {
    volume: walk('volume', () => volumeAnalysis(ledgers, span)),
    drugs: walk('drugs', () => drugAnalyses(ledgers, span)),
    trumpet: walk('trumpet', () => period && trumpetAnalysis(ledgers, period), period ? undefined : tooShort(ledgers)),
    start_up: walk('start_up', () => startUpAnalysis(ledgers)),
    boluses: walk('boluses', () => bolusAnalysis(ledgers), tooMany(boluses, MOST_BOLUSES, 'boluses')),
    interruption: walk('interruption', () => interruptionOf(ledgers, span)),
    alarm_latencies: walk(
      'alarm_latencies',
      () =>
        answered
          .toSorted((a, b) => compare(a.cause.at_us, b.cause.at_us))
          .map((one) => latencyOf(one, ledgers.scenario)),
      tooMany(answered.length, MOST_LATENCIES, 'causes of alarms'),
    ),
    changeovers: walk(
      'changeovers',
      () => changeovers.map((found) => changeoverOf(ledgers, found)),
      tooMany(changeovers.length, MOST_CHANGEOVERS, 'changes of drug or concentration'),
    ),
    omitted,
  }
}

/** What stands in the way of the whole analysis; undefined where nothing does. */
function obstacleOf({ end, delivered, prescribed }: Ledgers): string | undefined {
  if (end === null) return 'the trace breaks off before the end of the run'
  if (!end.complete) return `the run ended at ${duration(whole(end.t_us))}: ${end.reason}`
  const flows = [delivered.displaced, ...delivered.tipMass.values()]
  if (flows.some(({ staircase }) => staircase.some(({ rise }) => isNegative(rise)))) {
    return 'some of what was delivered flowed back'
  }
  const pieces = delivered.displaced.staircase.length + prescribed.volume.length
  return tooMany(pieces, MOST_PIECES, 'flights of steps and changes of rate')
}

function tooMany(count: number, most: number, of: string): string | undefined {
  return count > most
    ? `${count} ${of} are more than the ${most} that are analyzed in every run; ask for it by a check`
    : undefined
}

function tooShort({ prescribed }: Ledgers): string {
  return infusionStart(prescribed.volume) === undefined
    ? 'nothing was prescribed'
    : 'the protocol settles for 24 h and analyzes 25 h; the run ends before that'
}

function interruptionOf({ delivered, prescribed, scenario }: Ledgers, span: Span): InterruptionAnalysis | undefined {
  const question = { ...span, step: scenario.pump.step_uL }
  const found = longestInterruption(delivered.displaced.staircase, prescribed.volume, question)
  return found && { from_s: seconds(found.from_us), to_s: seconds(found.to_us), due_s: seconds(found.due_us) }
}

/** How long the pump model waits on purpose before it raises an alarm. */
function waitOf(alarm: Answered['alarm'], { pump }: Scenario): Rational {
  return alarm === 'stopped-pump' ? pump.stoppedAlarm_us : ZERO
}

function latencyOf({ alarm, cause, latency }: Answered, scenario: Scenario): AlarmLatency {
  const base = { alarm, cause: cause.text, cause_s: seconds(cause.at_us), cause_end_s: secondsOrNull(cause.end_us) }
  switch (latency.kind) {
    case 'raised': {
      return { ...base, state: 'raised', raised_s: seconds(latency.raised_us), latency_s: seconds(latency.latency_us) }
    }
    case 'standing': {
      const { raised_us } = latency
      return {
        ...base,
        state: 'standing',
        raised_s: seconds(raised_us),
        latency_s: seconds(subtract(raised_us, cause.at_us)),
      }
    }
    case 'missed': {
      const open = compare(latency.atLeast_us, waitOf(alarm, scenario)) < 0 ? 'not-due' : 'missed'
      return { ...base, state: cause.end_us === null ? open : 'ended', raised_s: null, latency_s: null }
    }
  }
}

function changeoverOf(ledgers: Ledgers, found: ChangeoverFound): ChangeoverAnalysis {
  const plain = plainChangeover(ledgers, found)
  const meant = meantAtTip(ledgers, found)
  return {
    at_s: seconds(found.from_us),
    from: fillOf(found.from),
    to: fillOf(found.to),
    line_uL: toNumber(found.line_uL),
    to_s: seconds(found.to_us),
    end: found.end,
    doses: found.doses.map(({ drug, prescribed, tip, error }) => ({
      drug,
      prescribed_ug: toNumber(prescribed),
      tip_ug: toNumber(tip),
      error_percent: percentOrNull(error),
    })),
    meant: meant.slice(0, MOST_STRETCHES).map(({ from_us, to_us, factor }) => ({
      from_s: seconds(from_us),
      to_s: seconds(to_us),
      factor: factor === null ? null : toNumber(factor),
    })),
    meant_stretches: meant.length,
    bridge:
      plain === undefined
        ? null
        : {
            rate_mL_per_d: milliliters_per_day(plain.bridge.rate_uL_per_us),
            lasts_s: seconds(plain.bridge.lasts_us),
            dose_ug: toNumber(plain.bridge.dose_ug),
          },
    without_bridge:
      plain === undefined
        ? null
        : { factor: toNumber(plain.withoutBridge.factor), lasts_s: seconds(plain.withoutBridge.lasts_us) },
  }
}

function fillOf({ actual, meant }: ChangeoverFound['from']): ChangingFill {
  const isAsMeant = actual.drug === meant.drug && equal(actual.concentration_ug_per_uL, meant.concentration_ug_per_uL)
  return { ...solutionOf(actual), ...(isAsMeant ? {} : { label: solutionOf(meant) }) }
}

function solutionOf({ drug, concentration_ug_per_uL }: Fill): Solution {
  return { drug, concentration_ug_per_mL: toNumber(times(concentration_ug_per_uL, 1000)) }
}
