/**
 * Every step that a rig on a wire has to make, from when the bench asks for it until its fate is known.
 *
 * The bench speaks in ticks of the run; the rig is told ticks of its own clock, which runs a little fast or slow. So a run
 * of steps is sent in chunks that are short enough for the relation of the two clocks to hold, each placed by the relation
 * as it is known then. Which steps were made is the rig's word and not the plan's: its counters have to be those that the
 * plan allows at their tick, and anything else ends the run.
 */
import { LIMITS } from '#protocol/catalogue'
import { type Cadence, cadencesOf, countThrough, joined, lastTick, slice, tickOf } from '#units/cadence'
import { type Rational, ratio } from '#units/rational'

/** Steps that were sent: when in ticks of the run, and when in ticks of the rig. */
export interface Chunk {
  readonly run: Cadence
  readonly rig: Cadence
}

/** How ticks of the run, and parts of them, relate to those of the rig. */
export interface Relation {
  /** Tick of the rig at tick 0 of the run. */
  readonly zero: number
  /** Ticks of the rig in one tick of the run. */
  readonly rate: number
  /** For how many ticks of the rig it is good: no further ahead than it was looked at. */
  readonly reach: number
}

/** A step is judged by its encoder this many ticks after it at the latest, as docs/PROTOCOL.md, section 5, has it. */
const SETTLING_ticks = 160
const CHUNK_STEPS = 60_000
/** Parts of a tick in which first instants are stated, and of one in which the rate is. */
const PHASE_PARTS = 2 ** 10
const RATE_PARTS = 2 ** 26

export class StepPlan {
  /** Steps not sent, in order. */
  #unsent: Cadence[] = []
  #sent: Chunk[] = []
  /** How many steps came before the first of `#sent`, whose fate is known and told. */
  #before = 0
  /** How many steps have a fate that is known, and how many of those were told of. */
  #final = 0
  #told = 0
  /** Steps that did not move the rotor, by number; they are told of together with the others. */
  readonly #lost = new Set<number>()
  #lostCount = 0

  /** Takes steps that come after all those before. */
  add(cadence: Cadence): void {
    this.#unsent.push(cadence)
  }

  /** Takes back every step at or after the tick of the run. The tick of the rig from which it holds some of them, if any. */
  cancel(from_tick: number): number | undefined {
    this.#unsent = before(this.#unsent, from_tick)
    const count = this.#sent.reduce((kept, { run }) => kept + countThrough(run, from_tick - 1), 0)
    return this.#truncate(this.#before + count)
  }

  /** Takes what was sent from the tick of the rig on back into what is to be sent. */
  recall(from_rig_tick: number): void {
    this.#recallFrom(this.due(from_rig_tick - 1))
  }

  #recallFrom(number: number): void {
    const back: Cadence[] = []
    let first = this.#before
    for (const { run } of this.#sent) {
      if (number < first + run.count) back.push(slice(run, Math.max(0, number - first), run.count))
      first += run.count
    }
    this.#truncate(number)
    this.#unsent = [...back, ...this.#unsent]
  }

  /** Drops every sent step from that number on; the tick of the rig of the first one dropped. */
  #truncate(number: number): number | undefined {
    let first = this.#before
    let from: number | undefined
    this.#sent = this.#sent.flatMap(({ run, rig }) => {
      const kept = Math.max(0, Math.min(run.count, number - first))
      first += run.count
      if (kept < run.count) from ??= tickOf(rig, kept)
      return kept === 0 ? [] : [{ run: slice(run, 0, kept), rig: slice(rig, 0, kept) }]
    })
    return from
  }

  /** The tick of the run of the next step to be sent; infinite when there is none. */
  get next_tick(): number {
    return this.#unsent[0]?.first ?? Number.POSITIVE_INFINITY
  }

  /** How many chunks the rig may still hold at a tick of its clock, and when the first of them is over. */
  held(rig_tick: number): { readonly count: number; readonly until: number } {
    const held = this.#sent.filter(({ rig }) => lastTick(rig) >= rig_tick)
    return { count: held.length, until: held[0] === undefined ? rig_tick : lastTick(held[0].rig) }
  }

  /** Places the next steps on the clock of the rig; they count as sent. Undefined when there are none. */
  take(relation: Relation): Chunk | undefined {
    const [next] = this.#unsent
    if (next === undefined) return undefined
    const reach = next.first + Math.floor(relation.reach / relation.rate)
    const steps = Math.min(CHUNK_STEPS, countThrough(next, reach))
    const after = (this.#sent.at(-1) === undefined ? -1 : this.#lastRigTick) + LIMITS.interval
    const rig = placed(slice(next, 0, steps), relation, after)
    this.#unsent = [...(rig.count === next.count ? [] : [slice(next, rig.count, next.count)]), ...this.#unsent.slice(1)]
    const chunk = { run: slice(next, 0, rig.count), rig }
    this.#sent.push(chunk)
    return chunk
  }

  get #lastRigTick(): number {
    const last = this.#sent.at(-1)
    return last === undefined ? Number.NEGATIVE_INFINITY : lastTick(last.rig)
  }

  /** Ticks between the steps that come closest in what the rig may still hold at a tick of its clock; infinite if nothing. */
  shortestInterval(rig_tick: number): number {
    const held = this.#sent.filter(({ rig }) => lastTick(rig) >= rig_tick)
    return Math.min(...held.map(({ rig }) => rig.quotient))
  }

  /** How many steps were due from the start through the tick of the rig. */
  due(rig_tick: number): number {
    return this.#sent.reduce((steps, { rig }) => steps + countThrough(rig, rig_tick), this.#before)
  }

  /** The tick of the rig at which the counters tell the fate of every step through a tick of the run; undefined if they do. */
  settledAt(run_tick: number): number | undefined {
    let first = this.#before
    let settled: number | undefined
    for (const { run, rig } of this.#sent) {
      const through = countThrough(run, run_tick)
      if (through > 0 && first + through > this.#final) settled = tickOf(rig, through - 1) + SETTLING_ticks
      first += run.count
    }
    return settled
  }

  /**
   * What the rig counted by a tick of its own: steps made since the start, and steps among them that moved nothing. Why
   * that cannot be, or nothing.
   */
  count(rig_tick: number, made: number, lost: number): string | undefined {
    // The counters may be read at the tick of a step and before it.
    const [least, most] = [this.due(rig_tick - 1), this.due(rig_tick)]
    if (made < least) return `the rig made ${made} steps where ${least} were due`
    if (made > most) return `the rig made ${made} steps where only ${most} were due`
    if (lost < this.#lostCount) return `the rig counted ${this.#lostCount} lost steps, and then only ${lost}`
    for (let number = made - 1; this.#lostCount < lost; number -= 1) {
      if (number < this.#final)
        return `the rig counted ${lost} lost steps, more than can have been lost since it was last asked; it has to judge each within ${SETTLING_ticks} ticks`
      if (this.#lost.has(number)) continue
      this.#lost.add(number)
      this.#lostCount += 1
    }
    this.#final = Math.max(this.#final, Math.min(made, this.due(rig_tick - SETTLING_ticks)))
    return undefined
  }

  /** The rig has begun anew after it had made so many steps: what is left of its queue is to be sent again. */
  resume(made: number): void {
    this.#recallFrom(made)
  }

  /** The last tick of the run before the first step whose fate is open; infinite while every step is known. */
  get known_tick(): number {
    let first = this.#before
    for (const { run } of this.#sent) {
      if (this.#final < first + run.count) return tickOf(run, Math.max(0, this.#final - first)) - 1
      first += run.count
    }
    return this.next_tick - 1
  }

  /** Whether a step that moved nothing, through the tick of the run, has not been told of. */
  hasLoss(run_tick: number): boolean {
    return [...this.#lost].some((number) => number < this.#final && this.#runTick(number) <= run_tick)
  }

  #runTick(number: number): number {
    let first = this.#before
    for (const { run } of this.#sent) {
      if (number < first + run.count) return tickOf(run, number - first)
      first += run.count
    }
    return Number.POSITIVE_INFINITY
  }

  /** The steps through the tick of the run that have not been told of: those that turned the rotor, and those lost. */
  tell(run_tick: number): { readonly motion: Cadence[]; readonly lost: number[] } {
    const motion: Cadence[] = []
    const lost: number[] = []
    let first = this.#before
    for (const { run } of this.#sent) {
      const through = Math.min(countThrough(run, run_tick), this.#final - first)
      for (let from = Math.max(0, this.#told - first); from < through; ) {
        const to = this.#runOf(first, from, through)
        if (this.#lost.delete(first + from)) lost.push(tickOf(run, from))
        else append(motion, slice(run, from, to))
        from = to
      }
      this.#told = Math.max(this.#told, first + through)
      if (through < run.count) break
      first += run.count
    }
    while (this.#sent[0] !== undefined && this.#told >= this.#before + this.#sent[0].run.count) {
      this.#before += this.#sent[0].run.count
      this.#sent.shift()
    }
    return { motion, lost }
  }

  /** The end of the steps from there on that are alike: one lost step, or all up to the next lost one. */
  #runOf(first: number, from: number, through: number): number {
    if (this.#lost.has(first + from)) return from + 1
    let to = from + 1
    while (to < through && !this.#lost.has(first + to)) to += 1
    return to
  }
}

/** The cadence before a tick. */
function before(cadences: readonly Cadence[], tick: number): Cadence[] {
  return cadences.flatMap((cadence) => {
    const kept = countThrough(cadence, tick - 1)
    return kept === 0 ? [] : [slice(cadence, 0, kept)]
  })
}

function append(cadences: Cadence[], next: Cadence): void {
  const last = cadences.at(-1)
  const both = last === undefined ? undefined : joined(last, next)
  if (both === undefined) cadences.push(next)
  else cadences[cadences.length - 1] = both
}

/** The cadence on the clock of the rig, not before a tick of it; only as many steps as one cadence there can hold. */
function placed(run: Cadence, { zero, rate }: Relation, earliest: number): Cadence {
  const first = zero + (run.first - run.phase / run.divisor) * rate
  const late = Math.max(0, earliest - Math.ceil(first))
  const start = ratio(BigInt(Math.round((first + late) * PHASE_PARTS)), BigInt(PHASE_PARTS))
  const [rig] = cadencesOf(start, interval(run, rate), run.count)
  if (rig === undefined) throw new RangeError('a chunk has at least one step')
  return rig
}

function interval({ quotient, remainder, divisor }: Cadence, rate: number): Rational {
  const parts = BigInt(Math.round(rate * RATE_PARTS))
  return ratio((BigInt(quotient) * BigInt(divisor) + BigInt(remainder)) * parts, BigInt(divisor) * BigInt(RATE_PARTS))
}
