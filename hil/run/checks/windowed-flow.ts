/**
 * Windowed flow: the trumpet curve. How far the flow in a window of each length is ever out, wherever it starts.
 *
 * A window so short that one step is more than `within` of it says nothing of the pump; it is reported as unresolvable,
 * which is inconclusive and never a pass.
 */
import { resolves, type Trumpet, trumpetOf } from '#hil/oracle/trumpet'
import { TICK_us } from '#hil/rig/rig'
import type { Observation } from '#hil/run/checks/observation'
import type { Ledgers } from '#hil/run/ledgers'
import type { Check } from '#hil/scenario/types'
import { decimal, duration } from '#units/format'
import { compare, isNegative, magnitude, type Rational, times, whole } from '#units/rational'

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
  const { unprescribed } = trumpet
  if (unprescribed !== undefined && unprescribed.delivered.n > 0n && compare(unprescribed.delivered, step) > 0) {
    const detail = `${name}: ${decimal(unprescribed.delivered)} uL where nothing is prescribed`
    return { outcome: 'fail', measured: null, limit, unit: '%', at_us: unprescribed.start_us, detail }
  }
  const error = worstOf(trumpet)
  const found = error === undefined ? null : times(magnitude(error.error), 100)
  const both = `${name}: ${percent(trumpet.least?.error)} to ${percent(trumpet.most?.error)}`
  if (!resolves(trumpet, within)) {
    const floor =
      trumpet.floor === undefined
        ? 'nothing is prescribed in some window'
        : `one step is ${percent(trumpet.floor)} of it`
    const detail = `${both}, unresolvable: ${floor}`
    return { outcome: 'inconclusive', measured: found, limit, unit: '%', at_us: error?.start_us ?? null, detail }
  }
  const outcome = found !== null && compare(found, limit) > 0 ? 'fail' : 'pass'
  return { outcome, measured: found, limit, unit: '%', at_us: error?.start_us ?? null, detail: both }
}

function worstOf({ most, least }: Trumpet) {
  if (most === undefined || least === undefined) return most ?? least
  return compare(magnitude(least.error), magnitude(most.error)) > 0 ? least : most
}

function percent(fraction: Rational | undefined): string {
  if (fraction === undefined) return 'none'
  return `${isNegative(fraction) ? '' : '+'}${decimal(times(fraction, 100), 4)} %`
}
