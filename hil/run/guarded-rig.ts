/**
 * A rig behind a guard: whatever it throws is its own failure, and what it reports is possible or it has failed.
 *
 * Rigs talk to the world, and a rig may be anyone's. A report out of order, from the future or without progress must end
 * the run as a failure of the rig; it must never hang the bench or look like a fault of the pump.
 */
import type { LineEffect, LineScript } from '#hil/fault/line-script'
import {
  PLAYOUT_ticks,
  type Rig,
  type RigCommand,
  RigError,
  type RigEvent,
  type RigProvenance,
  type RigReport,
} from '#hil/rig/rig'
import { isPending } from '#hil/run/pending'
import { isEventName } from '#hil/scenario/event-names'
import { WIRE_COUNTS, type WireStatistics } from '#protocol/wire-tally'
import { type Cadence, lastTick } from '#units/cadence'

/** Reports in a row that do not move time on. */
const STANDSTILL_LIMIT = 10_000
/** Longest identity that is kept. */
const LONGEST_IDENTITY = 200
/** Longest explanation of an event that is taken. */
const LONGEST_DETAIL = 500

export class GuardedRig implements Rig {
  readonly #rig: Rig
  #now_tick = 0
  #lastStep_tick = 0
  #lastLost_tick = 0
  #standstill = 0
  #closed: Promise<void> | undefined

  constructor(rig: Rig) {
    this.#rig = rig
  }

  get identity(): string {
    return this.#rig.identity.slice(0, LONGEST_IDENTITY)
  }

  get provenance(): RigProvenance {
    return this.#rig.provenance
  }

  open(): Promise<void> | void {
    return this.#attempt(() => this.#rig.open())
  }

  send(command: RigCommand): Promise<void> | void {
    return this.#attempt(() => this.#rig.send(command))
  }

  advance(to_tick: number): Promise<RigReport> | RigReport {
    const report = this.#attempt(() => this.#rig.advance(to_tick))
    return isPending(report) ? report.then((later) => this.#checked(later, to_tick)) : this.#checked(report, to_tick)
  }

  #checked(report: RigReport, to_tick: number): RigReport {
    const { now_tick, motion, lost } = report
    if (!(Number.isSafeInteger(now_tick) && now_tick >= this.#now_tick && now_tick <= to_tick)) {
      this.#lostInTime(now_tick, to_tick)
    }
    this.#standstill = now_tick === this.#now_tick && now_tick < to_tick ? this.#standstill + 1 : 0
    if (this.#standstill > STANDSTILL_LIMIT) throw new RigError(`the rig does not get beyond tick ${now_tick}`)
    for (const run of motion) this.#checkMotion(run, now_tick)
    for (const tick of lost) this.#checkLost(tick, now_tick)
    for (const event of report.events ?? []) this.#checkEvent(event, now_tick)
    this.#now_tick = now_tick
    return report
  }

  /** Whether the rig can hold its rotor. */
  get holds(): boolean {
    return this.#rig.hold !== undefined
  }

  /** Whether a line leads to the rig whose faults it can carry. */
  get hasLine(): boolean {
    return this.#rig.disturb !== undefined
  }

  disturb(script: LineScript, onEffect: LineEffect): void {
    this.#rig.disturb?.(script, onEffect)
  }

  hold(held: boolean, at_tick: number): Promise<void> | void {
    return this.#attempt(() => this.#rig.hold?.(held, at_tick))
  }

  /** Whether the rig can cross the wires of its motor. */
  get crosses(): boolean {
    return this.#rig.cross !== undefined
  }

  cross(crossed: boolean, at_tick: number): Promise<void> | void {
    return this.#attempt(() => this.#rig.cross?.(crossed, at_tick))
  }

  /** What crossed the wire, where there is one. Throws {@link RigError} for what cannot be a count. */
  wire(): WireStatistics | undefined {
    let found: WireStatistics | undefined
    try {
      found = this.#rig.wire?.()
    } catch (cause) {
      throw asRigError(cause)
    }
    if (found === undefined) return undefined
    const counts = Object.fromEntries(WIRE_COUNTS.map((name) => [name, found[name]])) as unknown as WireStatistics
    const wrong = WIRE_COUNTS.find((name) => !(Number.isSafeInteger(counts[name]) && counts[name] >= 0))
    if (wrong === undefined) return counts
    throw new RigError(
      `the rig says that ${wrong} of its wire is ${String(counts[wrong])}; a whole number from 0 was expected`,
    )
  }

  /** Lets go of the rig once. Never throws: there is nothing to be done about a rig that cannot even be let go. */
  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    try {
      await this.#rig.close()
    } catch {
      // The run has ended, and its record says how.
    }
  }

  #checkMotion(run: Cadence, now_tick: number): void {
    const last = lastTick(run)
    if (!isWhole(run) || run.first < this.#lastStep_tick || last > now_tick) this.#impossible(run, now_tick)
    this.#lastStep_tick = last
  }

  // The sentences have a place of their own: where they are part of a check, each check pays for the digits in them.
  #lostInTime(now_tick: number, to_tick: number): never {
    throw new RigError(`the rig says it is at tick ${now_tick}, asked to go from ${this.#now_tick} to ${to_tick}`)
  }

  #impossible(run: Cadence, now_tick: number): never {
    throw new RigError(
      `the rig reports steps at ticks ${run.first} to ${lastTick(run)}, after ${this.#lastStep_tick} and at ${now_tick}`,
    )
  }

  #checkLost(tick: number, now_tick: number): void {
    if (!(Number.isSafeInteger(tick) && tick > this.#lastLost_tick && tick <= now_tick)) {
      throw new RigError(
        `the rig reports a lost step at tick ${tick}, after one at ${this.#lastLost_tick} and at ${now_tick}`,
      )
    }
    this.#lastLost_tick = tick
  }

  /** A rig says of itself what it likes, and not in any words: names a check may ask for, at ticks that have come. */
  #checkEvent({ tick, event, detail }: RigEvent, now_tick: number): void {
    const said = Number.isSafeInteger(tick) && tick >= PLAYOUT_ticks && tick <= now_tick && isEventName(event)
    if (said && typeof detail === 'string' && detail.length <= LONGEST_DETAIL) return
    throw new RigError(`the rig reports an event ${JSON.stringify(event)} at tick ${tick}, at ${now_tick}`)
  }

  #attempt<T>(call: () => Promise<T> | T): Promise<T> | T {
    try {
      const answer = call()
      return isPending(answer) ? Promise.resolve(answer).catch(fail) : answer
    } catch (cause) {
      return fail(cause)
    }
  }
}

/** Whether the motion is in whole numbers, as every tick and count is. */
function isWhole({ first, phase, count, quotient, remainder, divisor }: Cadence): boolean {
  return (
    Number.isSafeInteger(first) &&
    Number.isSafeInteger(phase) &&
    Number.isSafeInteger(count) &&
    Number.isSafeInteger(quotient) &&
    Number.isSafeInteger(remainder) &&
    Number.isSafeInteger(divisor)
  )
}

function fail(cause: unknown): never {
  throw asRigError(cause)
}

function asRigError(cause: unknown): RigError {
  if (cause instanceof RigError) return cause
  return new RigError(`the rig failed: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
}
