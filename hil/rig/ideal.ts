/**
 * The ideal rig: a motor without a link, in virtual time.
 *
 * It executes every step exactly at its tick and loses none unless its rotor is held or turns backward. What it gains is speed: a run of
 * steps costs as much as one, and only the reports of its counters are events. While something is wrong with the rotor, and until
 * it runs again as it is driven, every step is watched on its own.
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
import { type Verdict, WatchedMotor } from '#hil/rig/watched-motor'
import { type Cadence, countThrough, lastTick, slice, tickOf } from '#units/cadence'

/** A segment with how far it has been executed. */
interface Queued {
  readonly cadence: Cadence
  done: number
}

/** One motor of this kind; its calls answer at once, other than those of rigs at the end of a cable. */
export class IdealRig implements Rig {
  readonly identity = 'in-process motor'
  readonly provenance = { displaced: 'modelled', uncertainty_percent: 0 } as const
  #now = 0
  #forward = 0
  #lost = 0
  #queue: Queued[] = []
  /** The motor while its steps have to be watched one by one. */
  #watched: WatchedMotor | null = null
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
        this.#watched?.expect(command.cadence)
        break
      }
      case 'cancel':
        this.#queue = this.#queue.flatMap((queued) => this.#shortened(queued, command.from_tick))
        this.#watched?.cancel(command.from_tick)
        break
    }
  }

  hold(held: boolean, at_tick: number): void {
    this.#watch().hold(held, at_tick)
  }

  cross(crossed: boolean, at_tick: number): void {
    this.#watch().cross(crossed, at_tick)
  }

  /** The motor, from now on watched step by step. */
  #watch(): WatchedMotor {
    const queued = this.#queue.map(({ cadence }) => cadence)
    this.#watched ??= new WatchedMotor(this.#forward, queued)
    return this.#watched
  }

  #shortened({ cadence, done }: Queued, from_tick: number): Queued[] {
    const kept = Math.max(done, countThrough(cadence, from_tick - 1))
    return kept === done ? [] : [{ cadence: slice(cadence, 0, kept), done }]
  }

  advance(to_tick: number): RigReport {
    const motion: Cadence[] = []
    for (;;) {
      const motor = this.#watched
      if (motor !== null) return this.#advanceWatched(motor, to_tick)
      const arrival = this.#inFlight[0]?.tick ?? Number.POSITIVE_INFINITY
      const front = this.#queue[0]
      const reportedStep = front === undefined ? 0 : Math.min(nextReported(front.done), front.cadence.count)
      const execution = front === undefined ? Number.POSITIVE_INFINITY : tickOf(front.cadence, reportedStep - 1)
      const next = Math.min(arrival, execution)
      if (next > to_tick) {
        this.#execute(to_tick, motion)
        this.#now = to_tick
        return { now_tick: to_tick, motion, feedback: [], lost: [] }
      }
      this.#execute(next, motion)
      this.#now = next
      if (execution === next) this.#report(next, this.#forward)
      else return { now_tick: next, motion, feedback: this.#arrived(next), lost: [] }
    }
  }

  /** As `advance`, one step at a time; returns at a lost step as at any event that the host can see. */
  #advanceWatched(motor: WatchedMotor, to_tick: number): RigReport {
    for (;;) {
      const arrival = this.#inFlight[0]?.tick ?? Number.POSITIVE_INFINITY
      const front = this.#queue[0]
      const due = front === undefined ? Number.POSITIVE_INFINITY : tickOf(front.cadence, front.done)
      const next = Math.min(arrival, due, motor.judged_tick)
      this.#now = Math.min(next, to_tick)
      const verdict = next > to_tick ? null : due === next ? this.#drive(motor, due) : motor.judgeAt(next)
      const lost = verdict === null ? [] : this.#judged(verdict)
      const done = next > to_tick || lost.length > 0 || (arrival === next && due !== next)
      if (motor.runs) this.#watched = null
      if (!done && this.#watched !== null) continue
      return { now_tick: this.#now, motion: motor.collect(), feedback: this.#arrived(this.#now), lost }
    }
  }

  /** Makes the next step of the queue. */
  #drive(motor: WatchedMotor, tick: number): Verdict | null {
    const front = this.#queue[0]
    if (front === undefined) return null
    front.done += 1
    this.#forward += 1
    const last = front.done === front.cadence.count
    if (last) this.#queue.shift()
    return motor.step(tick, this.#forward, last || front.done % FEEDBACK_INTERVAL === 0)
  }

  /** Reports a step that has been judged as the firmware of a rig would; the tick of a lost one. */
  #judged({ tick, lost, reported, forward }: Verdict): readonly number[] {
    if (lost) this.#lost += 1
    if (lost || reported) this.#report(tick, forward)
    return lost ? [tick] : []
  }

  #report(tick: number, forward: number): void {
    this.#inFlight.push({ tick: tick + PLAYOUT_ticks, forward, lost: this.#lost })
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
