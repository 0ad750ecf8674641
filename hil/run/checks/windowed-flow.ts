/**
 * Windowed flow: the trumpet curve. How far the flow in a window of each length is ever out, wherever it starts.
 */
import type { Span } from '#hil/oracle/staircase'
import { trumpetOf } from '#hil/oracle/trumpet'
import { TICK_us } from '#hil/rig/rig'
import { decisive, judgedFlow } from '#hil/run/checks/flow-error'
import { guarded, joinDetails } from '#hil/run/checks/guarded'
import { inconclusive, type Observation } from '#hil/run/checks/observation'
import type { Ledgers } from '#hil/run/ledgers'
import type { Check } from '#hil/scenario/types'
import { decimal, duration } from '#units/format'
import { compare, larger, type Rational, times, whole } from '#units/rational'

type WindowedFlow = Extract<Check, { check: 'windowed-flow' }>

export function windowedFlow(check: WindowedFlow, ledgers: Ledgers): Observation {
  const { windows_us, from_us, to_us, within } = check
  const observations = windows_us.map((window_us) => observedWindow({ from_us, to_us, within, window_us }, ledgers))
  const [first, ...others] = observations
  if (first === undefined) return inconclusive('%', 'there is no window')
  return { ...decisive([first, ...others]), detail: joinDetails(observations.map(({ detail }) => detail)) }
}

interface WindowQuestion extends Span {
  readonly window_us: Rational
  readonly within: Rational
}

/** One window over all its starts in the span. */
export function observedWindow({ from_us, to_us, window_us, within }: WindowQuestion, ledgers: Ledgers): Observation {
  const step = ledgers.scenario.pump.step_uL
  const question = { from_us, to_us, window_us, step, rigTick_us: whole(TICK_us) }
  const trumpet = trumpetOf(ledgers.delivered.displaced.staircase, ledgers.prescribed.volume, question)
  const name = duration(window_us)
  const { unprescribed } = trumpet
  if (unprescribed !== undefined && compare(unprescribed.delivered, quantumOf(ledgers)) > 0) {
    return judgedUnprescribed(
      { name, within, delivered: unprescribed.delivered, at_us: unprescribed.start_us },
      ledgers,
    )
  }
  return judgedFlow(trumpet, { name, within }, ledgers)
}

/** One step of the motor as it is may fall into a window that asks for none. */
function quantumOf({ scenario, instrument }: Ledgers): Rational {
  return larger(scenario.pump.step_uL, instrument.step_uL)
}

/** What was delivered in a window in which nothing is prescribed: more than a step is too much. */
interface Unasked {
  readonly name: string
  readonly within: Rational
  readonly delivered: Rational
  readonly at_us: Rational
}

export function judgedUnprescribed({ name, within, delivered, at_us }: Unasked, ledgers: Ledgers): Observation {
  const { instrument } = ledgers
  const text = `${name}: ${decimal(delivered)} uL where nothing is prescribed`
  const reading = { measured: delivered, limit: quantumOf(ledgers), unit: 'uL', at_us, detail: text }
  const { outcome, detail } = guarded(reading, instrument.displaced, instrument)
  const found = { outcome, measured: null, limit: times(within, 100), unit: '%', at_us, detail }
  return outcome === 'fail' ? { ...found, parted: [{ pair: 'volume', since_us: at_us }] } : found
}
