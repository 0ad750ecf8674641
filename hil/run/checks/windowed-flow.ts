/**
 * Windowed flow: the trumpet curve. How far the flow in a window of each length is ever out, wherever it starts.
 *
 * A window so short that one step is more than `within` of it says nothing of the pump; it is reported as unresolvable,
 * which is inconclusive and never a pass.
 */
import { errorAround, type Interval, sizeOf, type Uncertainty } from '#hil/oracle/guard-band'
import { resolves, type Trumpet, trumpetOf } from '#hil/oracle/trumpet'
import { TICK_us } from '#hil/rig/rig'
import { guarded, guardedWithin } from '#hil/run/checks/guarded'
import type { Observation } from '#hil/run/checks/observation'
import type { Ledgers } from '#hil/run/ledgers'
import type { Check } from '#hil/scenario/types'
import { decimal, duration } from '#units/format'
import {
  add,
  compare,
  divide,
  isNegative,
  larger,
  magnitude,
  multiply,
  type Rational,
  subtract,
  times,
  whole,
  ZERO,
} from '#units/rational'

type WindowedFlow = Extract<Check, { check: 'windowed-flow' }>

export function windowedFlow(check: WindowedFlow, ledgers: Ledgers): Observation {
  const observations = check.windows_us.map((window_us) => observe(check, ledgers, window_us))
  const failed = observations.filter(({ outcome }) => outcome === 'fail')
  const unresolved = observations.filter(({ outcome }) => outcome === 'inconclusive')
  const telling = failed.length > 0 ? failed : unresolved.length > 0 ? unresolved : observations
  const worst = telling.reduce((a, b) => (furthest(b, a) ? b : a))
  return { ...worst, detail: observations.map(({ detail }) => detail).join('; ') }
}

function furthest(a: Observation, b: Observation): boolean {
  return a.measured !== null && (b.measured === null || compare(a.measured, b.measured) > 0)
}

function observe(check: WindowedFlow, ledgers: Ledgers, window_us: Rational): Observation {
  const { from_us, to_us, within } = check
  const step = ledgers.scenario.pump.step_uL
  const question = { from_us, to_us, window_us, step, rigTick_us: whole(TICK_us) }
  const trumpet = trumpetOf(ledgers.delivered.displaced.staircase, ledgers.prescribed.volume, question)
  const limit = times(within, 100)
  const name = duration(window_us)
  const { displaced: uncertainty } = ledgers.instrument
  const { unprescribed } = trumpet
  // One step of the motor as it is may fall into a window that asks for none.
  const quantum = larger(step, ledgers.instrument.step_uL)
  if (unprescribed !== undefined && compare(unprescribed.delivered, quantum) > 0) {
    const detail = `${name}: ${decimal(unprescribed.delivered)} uL where nothing is prescribed`
    const reading = {
      measured: unprescribed.delivered,
      limit: quantum,
      unit: 'uL',
      at_us: unprescribed.start_us,
      detail,
    }
    const { outcome, detail: judgedDetail } = guarded(reading, uncertainty, ledgers.instrument)
    return { outcome, measured: null, limit, unit: '%', at_us: unprescribed.start_us, detail: judgedDetail }
  }
  const error = worstOf(trumpet)
  const found = error === undefined ? null : times(magnitude(error.error), 100)
  const both = `${name}: ${percent(trumpet.least?.error)} to ${percent(trumpet.most?.error)}`
  if (error === undefined || found === null || !resolves(trumpet, within)) {
    const floor =
      trumpet.floor === undefined
        ? 'nothing is prescribed in some window'
        : `one step is ${percent(trumpet.floor)} of it`
    const detail = `${both}, unresolvable: ${floor}`
    return { outcome: 'inconclusive', measured: found, limit, unit: '%', at_us: error?.start_us ?? null, detail }
  }
  const reading = { measured: found, limit, unit: '%', at_us: error.start_us, detail: both }
  return guardedWithin(reading, truthOf(trumpet, step, uncertainty), ledgers.instrument)
}

/** All that the largest error may truly be, in percent: each window is out by its own flow, and by what no count resolves. */
function truthOf({ most, least, floor }: Trumpet, step: Rational, uncertainty: Uncertainty): Interval | undefined {
  if (uncertainty.kind === 'unknown') return undefined
  // `floor` is at least one step of the leanest window, so this is no less than the absolute part in any window.
  const uncounted = multiply(divide(uncertainty.absolute, step), floor ?? ZERO)
  const sizes = [most, least].flatMap((end) => {
    if (end === undefined) return []
    const { low, high } = errorAround(end.error, uncertainty.relative)
    return [sizeOf({ low: subtract(low, uncounted), high: add(high, uncounted) })]
  })
  return {
    low: times(sizes.map(({ low }) => low).reduce(larger, ZERO), 100),
    high: times(sizes.map(({ high }) => high).reduce(larger, ZERO), 100),
  }
}

function worstOf({ most, least }: Trumpet) {
  if (most === undefined || least === undefined) return most ?? least
  return compare(magnitude(least.error), magnitude(most.error)) > 0 ? least : most
}

function percent(fraction: Rational | undefined): string {
  if (fraction === undefined) return 'none'
  return `${isNegative(fraction) ? '' : '+'}${decimal(times(fraction, 100), 4)} %`
}
