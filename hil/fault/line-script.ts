/**
 * What a scenario does to the line between host and rig, and the line it is done to.
 *
 * A rig that has a line is handed the script before it is opened and carries it out by itself, for only whoever carries
 * bytes knows when each is under way. The script is in time of the run; the line is told once the run has its start.
 */
import { type LineFault, LineFaults, type LineSpan } from '#hil/fault/line-faults'
import { seedOf } from '#hil/fault/seed'
import type { Fault, Scenario } from '#hil/scenario/types'
import { add, compare, type Rational, toNumber } from '#units/rational'

/** What a fault of the line does to the bytes of one direction, whenever it is at work. */
type Deed = {
  readonly [F in LineFault as F['fault']]: Omit<F, 'within' | keyof LineSpan | 'at_us'>
}[LineFault['fault']]

/** One fault of the line, in microseconds of the run. */
export interface LineEntry extends LineSpan {
  /** Which of the scenario's faults it is, from 1. */
  readonly number: number
  readonly seed: number
  readonly deed: Deed
  readonly direction: 'both' | 'to-rig' | 'to-host'
}

export type LineScript = readonly LineEntry[]

/** A fault of the line has touched bytes, or cut the line: at which instant of the run. */
export type LineEffect = (touch: { readonly number: number; readonly at_us: number; readonly bytes: number }) => void

/** What a scenario does to the line; empty where it does nothing to it. It ends with the therapy at the latest. */
export function lineScriptOf({
  faults,
  seed,
  duration_us,
}: Pick<Scenario, 'faults' | 'seed' | 'duration_us'>): LineScript {
  return faults.flatMap((fault, index): LineEntry[] => {
    const done = deedOf(fault)
    if (done === undefined) return []
    const end_us = fault.for_us === null ? duration_us : add(fault.at_us, fault.for_us)
    return [
      {
        ...{ number: index + 1, seed: seedOf(seed, index), ...done },
        from_us: toNumber(fault.at_us),
        to_us: toNumber(smaller(end_us, duration_us)),
      },
    ]
  })
}

function deedOf(fault: Fault): Pick<LineEntry, 'deed' | 'direction'> | undefined {
  switch (fault.fault) {
    case 'line-noise': {
      const [share, { direction }] = [toNumber(fault.share), fault]
      if (fault.kind !== 'delay') return { deed: { fault: fault.kind, share }, direction }
      return { deed: { fault: fault.kind, share, up_to_us: toNumber(fault.upTo_us) }, direction }
    }
    case 'line-mute':
      return { deed: { fault: 'mute' }, direction: fault.direction }
    case 'line-unplug':
      return { deed: { fault: 'unplug' }, direction: 'both' }
    default:
      return undefined
  }
}

function smaller(a: Rational, b: Rational): Rational {
  return compare(a, b) < 0 ? a : b
}

/** Either direction of a line whose faults are those of a script. */
export class ScriptedLine {
  readonly #script: LineScript
  readonly #onEffect: LineEffect
  #ways: { readonly toRig: LineFaults; readonly toHost: LineFaults } = { toRig: intact(), toHost: intact() }
  /** When the line is out, by the clock of whoever carries the bytes. */
  #outages: readonly (LineSpan & { readonly number: number; told: boolean })[] = []
  #run_us: (at_us: number) => number = () => 0

  constructor(script: LineScript, onEffect: LineEffect) {
    this.#script = script
    this.#onEffect = onEffect
  }

  /** The run has its start: at which instant of the clock of the bytes it comes to an instant of its own, and back. */
  begin(instant_us: (run_us: number) => number, run_us: (at_us: number) => number): void {
    this.#run_us = run_us
    const spanOf = ({ from_us, to_us }: LineSpan) => ({ from_us: instant_us(from_us), to_us: instant_us(to_us) })
    const cuts = this.#script.filter(({ deed }) => deed.fault === 'unplug')
    this.#outages = cuts.map((entry) => ({ ...spanOf(entry), number: entry.number, told: false }))
    const way = (direction: 'to-rig' | 'to-host', salt: number) => {
      const own = this.#script.filter((entry) => entry.deed.fault !== 'unplug' && entry.direction !== other(direction))
      return new LineFaults(
        own.map((entry) => placed(entry.deed, spanOf(entry))),
        own.map(({ seed }) => seedOf(seed, salt)),
        (index, at_us, bytes) => this.#tell(own[index]?.number ?? 0, at_us, bytes),
      )
    }
    this.#ways = { toRig: way('to-rig', 0), toHost: way('to-host', 1) }
  }

  get toRig(): LineFaults {
    return this.#ways.toRig
  }

  get toHost(): LineFaults {
    return this.#ways.toHost
  }

  /** Whether the cable is out. */
  isOut(now_us: number): boolean {
    return this.#outages.some(({ from_us, to_us }) => now_us >= from_us && now_us < to_us)
  }

  /** When the cable is pulled next; infinite if it is not. */
  nextCut_us(now_us: number): number {
    return Math.min(
      ...this.#outages.flatMap(({ from_us, to_us, told }) =>
        told || to_us <= now_us ? [] : [Math.max(from_us, now_us)],
      ),
      Number.POSITIVE_INFINITY,
    )
  }

  /** The cable is out, which cuts whatever connection there was. */
  cut(now_us: number): void {
    for (const outage of this.#outages) {
      if (outage.told || outage.from_us > now_us || outage.to_us <= now_us) continue
      outage.told = true
      this.#onEffect({ number: outage.number, at_us: this.#run_us(now_us), bytes: 0 })
    }
  }

  #tell(number: number, at_us: number, bytes: number): void {
    this.#onEffect({ number, at_us: this.#run_us(at_us), bytes })
  }
}

function intact(): LineFaults {
  return new LineFaults([], 0)
}

function other(direction: 'to-rig' | 'to-host'): 'to-rig' | 'to-host' {
  return direction === 'to-rig' ? 'to-host' : 'to-rig'
}

function placed(deed: Deed, span: LineSpan): LineFault {
  switch (deed.fault) {
    case 'mute':
      return { fault: deed.fault, ...span }
    case 'unplug':
      return { fault: deed.fault, at_us: span.from_us }
    default:
      return { ...deed, within: span }
  }
}
