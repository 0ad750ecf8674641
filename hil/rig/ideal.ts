/**
 * The ideal rig: a motor without a link, in virtual time.
 *
 * It executes every step exactly at its tick and loses none. What it gains is speed: a run of steps costs as much as
 * one, and only the reports of its counters are events.
 */
import {
  defineRig,
  FEEDBACK_INTERVAL,
  type Feedback,
  PLAYOUT_ticks,
  type Rig,
  type RigCommand,
  RigError,
  type RigReport,
  SEGMENT_QUEUE,
} from '#hil/rig/rig'
import { type Cadence, countThrough, lastTick, slice, tickOf } from '#units/cadence'

/** A segment with how far it has been executed. */
interface Queued {
  readonly cadence: Cadence
  done: number
}

class IdealRig implements Rig {
  readonly identity = 'in-process motor'
  readonly provenance = { displaced: 'modelled', uncertainty_percent: 0 } as const
  #now = 0
  #forward = 0
  #queue: Queued[] = []
  /** Reports under way to the host, by tick of arrival. */
  #inFlight: Feedback[] = []

  open(): void {}

  close(): void {
    this.#queue = []
  }

  send(command: RigCommand): void {
    switch (command.kind) {
      case 'segment': {
        if (command.cadence.first <= this.#now) {
          throw new RigError(
            `a segment for tick ${command.cadence.first} came at tick ${this.#now}, too late to be executed`,
          )
        }
        const last = this.#queue.at(-1)
        if (last !== undefined && command.cadence.first <= lastTick(last.cadence)) {
          throw new RigError(
            `a segment for tick ${command.cadence.first} begins before the one queued before it has ended`,
          )
        }
        if (this.#queue.length >= SEGMENT_QUEUE) throw new RigError(`the queue of ${SEGMENT_QUEUE} segments is full`)
        this.#queue.push({ cadence: command.cadence, done: 0 })
        break
      }
      case 'cancel':
        this.#queue = this.#queue.flatMap((queued) => this.#shortened(queued, command.from_tick))
        break
    }
  }

  #shortened({ cadence, done }: Queued, from_tick: number): Queued[] {
    const kept = Math.max(done, countThrough(cadence, from_tick - 1))
    return kept === done ? [] : [{ cadence: slice(cadence, 0, kept), done }]
  }

  advance(to_tick: number): RigReport {
    const motion: Cadence[] = []
    for (;;) {
      const arrival = this.#inFlight[0]?.tick ?? Number.POSITIVE_INFINITY
      const front = this.#queue[0]
      const reportedStep = front === undefined ? 0 : Math.min(nextReported(front.done), front.cadence.count)
      const execution = front === undefined ? Number.POSITIVE_INFINITY : tickOf(front.cadence, reportedStep - 1)
      const next = Math.min(arrival, execution)
      if (next > to_tick) {
        this.#execute(to_tick, motion)
        this.#now = to_tick
        return { now_tick: to_tick, motion, feedback: [] }
      }
      this.#execute(next, motion)
      this.#now = next
      if (execution === next) {
        this.#inFlight.push({ tick: next + PLAYOUT_ticks, forward: this.#forward, lost: 0 })
      } else {
        return { now_tick: next, motion, feedback: this.#arrived(next) }
      }
    }
  }

  #arrived(tick: number): Feedback[] {
    const later = this.#inFlight.findIndex((feedback) => feedback.tick > tick)
    return this.#inFlight.splice(0, later === -1 ? this.#inFlight.length : later)
  }

  /** Makes every step up to and including the tick; never reaches past the next step that is reported. */
  #execute(tick: number, motion: Cadence[]): void {
    const front = this.#queue[0]
    if (front === undefined) return
    const through = countThrough(front.cadence, tick)
    if (through <= front.done) return
    motion.push(slice(front.cadence, front.done, through))
    this.#forward += through - front.done
    front.done = through
    if (through === front.cadence.count) this.#queue.shift()
  }
}

/** The next step after `done` that ends a block of reported steps. */
function nextReported(done: number): number {
  return (Math.floor(done / FEEDBACK_INTERVAL) + 1) * FEEDBACK_INTERVAL
}

export const idealRig = defineRig({ name: 'ideal', clock: 'virtual', firmware: null, create: () => new IdealRig() })
