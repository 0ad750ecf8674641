/**
 * Where two pumps part on one scenario: the first instant of each kind at which what they did, believed or said differs.
 *
 * Only what has a meaning for every pump is compared: the steps of the rotor, the believed volume, the answers to a programmer,
 * the alarms, the state. In how many runs a pump books its steps, and what events it has words for, is its own. Times that
 * are one tick of the rig apart are the same: a pump may reckon in whole microseconds.
 */
import { TICK_us } from '#hil/rig/rig'
import type { Trace, TraceRecord } from '#hil/run/trace'
import { tickOf } from '#units/cadence'
import { decimal, duration } from '#units/format'
import { compare, fromText, magnitude, type Rational, subtract, times } from '#units/rational'

/** What two pumps can part in, in the order in which they are told at one instant. */
export type Aspect = 'answer' | 'steps' | 'believed' | 'alarm' | 'state'

export interface Divergence {
  readonly aspect: Aspect
  readonly at_us: number
  /** What each of the two did, for a person. */
  readonly a: string
  readonly b: string
}

type Of<Kind extends TraceRecord['kind']> = Extract<TraceRecord, { readonly kind: Kind }>

const ORDER: readonly Aspect[] = ['answer', 'steps', 'believed', 'alarm', 'state']

/**
 * The first divergence in each aspect, the earliest first; none where the pumps are the same. `step_uL` is the volume of a motor
 * step, by which believed volumes may differ.
 */
export function divergences(a: Trace, b: Trace, step_uL: Rational): readonly Divergence[] {
  const found = [answers(a, b), steps(a, b, step_uL), believed(a, b, step_uL), alarms(a, b), states(a, b)]
  return found
    .flatMap((one) => one ?? [])
    .toSorted((one, other) => one.at_us - other.at_us || ORDER.indexOf(one.aspect) - ORDER.indexOf(other.aspect))
}

function recordsOf<Kind extends TraceRecord['kind']>(
  { records }: Trace,
  ...kinds: readonly Kind[]
): readonly Of<Kind>[] {
  return records.filter((record): record is Of<Kind> => kinds.some((kind) => kind === record.kind))
}

/** One thing a pump did, as it is compared and told. */
interface Deed {
  readonly at_us: number
  readonly same: string
  readonly text: string
}

const NOTHING = 'nothing'

/** The first place at which two lists of deeds part: in what was done, or by more than a tick in when. */
function parted(aspect: Aspect, a: readonly Deed[], b: readonly Deed[]): Divergence | null {
  for (let i = 0; i < Math.max(a.length, b.length); i += 1) {
    const [one, other] = [a[i], b[i]]
    const close = one !== undefined && other !== undefined && Math.abs(one.at_us - other.at_us) <= TICK_us
    if (close && one.same === other.same) continue
    const at_us = Math.min(one?.at_us ?? Number.POSITIVE_INFINITY, other?.at_us ?? Number.POSITIVE_INFINITY)
    return { aspect, at_us, a: told(one), b: told(other) }
  }
  return null
}

function told(deed: Deed | undefined): string {
  return deed === undefined ? NOTHING : `${deed.text} at ${duration(deed.at_us)}`
}

function answers(a: Trace, b: Trace): Divergence | null {
  const of = (trace: Trace) =>
    recordsOf(trace, 'applied', 'refused').map((record): Deed => {
      const at_us = record.t_us
      if (record.kind === 'refused')
        return { at_us, same: `refused ${record.text}`, text: `refused "${record.text}": ${record.reason}` }
      const same = `applied ${record.text} ${JSON.stringify(record.readback)}`
      return { at_us, same, text: `applied "${record.text}"` }
    })
  return parted('answer', of(a), of(b))
}

function alarms(a: Trace, b: Trace): Divergence | null {
  const of = (trace: Trace) =>
    recordsOf(trace, 'alarm')
      .map(({ t_us, alarm, state }): Deed => ({ at_us: t_us, same: `${alarm} ${state}`, text: `${alarm} ${state}` }))
      // What comes at one instant has no order of its own.
      .toSorted((one, other) => one.at_us - other.at_us || (one.same < other.same ? -1 : 1))
  return parted('alarm', of(a), of(b))
}

function states(a: Trace, b: Trace): Divergence | null {
  const of = (trace: Trace) =>
    recordsOf(trace, 'status').map(({ t_us, state }): Deed => ({ at_us: t_us, same: state, text: state }))
  return parted('state', of(a), of(b))
}

/** Each step that moved the rotor, in ticks on the axis of the pump. */
function* ticksOf(trace: Trace): Generator<number> {
  for (const { cadence } of recordsOf(trace, 'delivered')) {
    for (let j = 0; j < cadence.count; j += 1) yield tickOf(cadence, j)
  }
}

function steps(a: Trace, b: Trace, step_uL: Rational): Divergence | null {
  const [left, right] = [ticksOf(a), ticksOf(b)]
  for (let count = 1; ; count += 1) {
    const [one, other] = [left.next(), right.next()]
    if (one.done === true && other.done === true) return null
    const [tick, otherTick] = [one.done === true ? null : one.value, other.done === true ? null : other.value]
    if (tick !== null && otherTick !== null && Math.abs(tick - otherTick) <= 1) continue
    const volume = `${decimal(times(step_uL, count))} uL`
    const shown = (at: number | null) =>
      at === null ? `no step ${count}` : `step ${count} (${volume}) at ${duration(at * TICK_us)}`
    const at_us = Math.min(tick ?? Number.POSITIVE_INFINITY, otherTick ?? Number.POSITIVE_INFINITY) * TICK_us
    return { aspect: 'steps', at_us, a: shown(tick), b: shown(otherTick) }
  }
}

/** Volume given and volume left, as each pump says it at the same places; a step may be booked on either side of one. */
function believed(a: Trace, b: Trace, step_uL: Rational): Divergence | null {
  const [left, right] = [recordsOf(a, 'status'), recordsOf(b, 'status')]
  for (const [index, one] of left.entries()) {
    const other = right[index]
    if (other === undefined || other.t_us !== one.t_us) return null
    const differs = (x: string, y: string) => compare(magnitude(subtract(fromText(x), fromText(y))), step_uL) > 0
    if (!differs(one.volume_uL, other.volume_uL) && !differs(one.reservoir_uL, other.reservoir_uL)) continue
    return { aspect: 'believed', at_us: one.t_us, a: account(one), b: account(other) }
  }
  return null
}

function account({ volume_uL, reservoir_uL }: Of<'status'>): string {
  return `${decimal(fromText(volume_uL))} uL given, ${decimal(fromText(reservoir_uL))} uL left`
}
