/**
 * Flow: the trumpet curve and the start-up curve by the published protocol for pumps that people carry, and the accuracy
 * of boluses. Both curves begin when something is first prescribed, as a test on the bench begins when a pump is started.
 */
import { bolusAccuracy } from '#hil/oracle/bolus-accuracy'
import { wholeBoluses } from '#hil/oracle/bolus-record'
import { type Line, lineDuring } from '#hil/oracle/line'
import { TRUMPET_PROTOCOLS } from '#hil/oracle/published-trumpets'
import { during, type Span } from '#hil/oracle/staircase'
import { startUpCurve } from '#hil/oracle/start-up'
import { type CurvePoint, trumpetCurve } from '#hil/oracle/trumpet-curve'
import { TICK_us } from '#hil/rig/rig'
import { milliliters_per_day, percent, percentOrNull, seconds } from '#hil/run/analysis/figures'
import type { BolusAnalysis, StartUpAnalysis, TrumpetAnalysis, TrumpetPoint } from '#hil/run/analysis/types'
import type { Ledgers } from '#hil/run/ledgers'
import { add, compare, isPositive, type Rational, smaller, whole } from '#units/rational'

const PROTOCOL = 'ambulatory'
const { settling_us, analysis_us, windows_us, interval_us, startUp_us, source } = TRUMPET_PROTOCOLS[PROTOCOL]

/** When anything is first prescribed; undefined where nothing ever is. */
export function infusionStart(prescribed: Line): Rational | undefined {
  return prescribed.find(({ rate }) => isPositive(rate))?.from_us
}

/** The time that the protocol analyzes; undefined where the run is too short for it. */
export function analysisPeriod({ prescribed, scenario }: Ledgers): Span | undefined {
  const start_us = infusionStart(prescribed.volume)
  if (start_us === undefined) return undefined
  const from_us = add(start_us, settling_us)
  const to_us = add(from_us, analysis_us)
  return compare(to_us, scenario.duration_us) > 0 ? undefined : { from_us, to_us }
}

export function trumpetAnalysis({ delivered, prescribed, scenario }: Ledgers, span: Span): TrumpetAnalysis {
  const within = scenario.pump.tolerance
  const question = { ...span, windows_us, within, step: scenario.pump.step_uL, rigTick_us: whole(TICK_us) }
  const curve = trumpetCurve(during(delivered.displaced.staircase, span), prescribed.volume, question)
  return {
    protocol: PROTOCOL,
    source,
    from_s: seconds(span.from_us),
    to_s: seconds(span.to_us),
    within_percent: percent(within),
    points: curve.map(pointOf),
  }
}

function pointOf(point: CurvePoint): TrumpetPoint {
  const window_s = seconds(point.window_us)
  if (point.kind === 'unprescribed' || point.kind === 'too-long') {
    const none = { most_percent: null, most_at_s: null, least_percent: null, least_at_s: null, floor_percent: null }
    return { window_s, state: 'unprescribed', ...none }
  }
  const { kind, most, least, floor } = point
  return {
    window_s,
    state: kind,
    most_percent: percent(most.error),
    most_at_s: seconds(most.start_us),
    least_percent: percent(least.error),
    least_at_s: seconds(least.start_us),
    floor_percent: percent(floor),
  }
}

/** From the first flow for a day, or to the end of a shorter run; undefined where nothing is prescribed. */
export function startUpAnalysis({ delivered, prescribed, scenario }: Ledgers): StartUpAnalysis | undefined {
  const from_us = infusionStart(prescribed.volume)
  if (from_us === undefined) return undefined
  const to_us = smaller(add(from_us, startUp_us), scenario.duration_us)
  const question = { from_us, to_us, interval_us, step: scenario.pump.step_uL }
  const line = lineDuring(prescribed.volume, from_us, to_us)
  const points = startUpCurve(delivered.displaced.heights, line, question)
  return {
    interval_s: seconds(interval_us),
    points: points.map((flow) => ({
      from_s: seconds(flow.from_us),
      to_s: seconds(flow.to_us),
      delivered_mL_per_d: milliliters_per_day(flow.delivered_uL_per_us),
      prescribed_mL_per_d: milliliters_per_day(flow.prescribed_uL_per_us),
      error_percent: percentOrNull(flow.error),
      floor_percent: percentOrNull(flow.floor),
    })),
  }
}

/** Undefined where no bolus ran undisturbed. */
export function bolusAnalysis({ delivered, prescribed, scenario }: Ledgers): BolusAnalysis | undefined {
  const boluses = wholeBoluses(prescribed.boluses, scenario.duration_us)
  const question = { measure: 'above-basal', step: scenario.pump.step_uL } as const
  const found = bolusAccuracy(delivered.displaced.heights, prescribed.volume, boluses, question)
  if (found === undefined) return undefined
  return {
    count: found.count,
    enough: found.isEnough,
    mean_percent: percent(found.mean),
    most_percent: percent(found.most.error),
    most_at_s: seconds(found.most.from_us),
    least_percent: percent(found.least.error),
    least_at_s: seconds(found.least.from_us),
    floor_percent: percent(found.floor),
  }
}
