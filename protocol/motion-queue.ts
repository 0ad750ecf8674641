/**
 * The queue of a rig: segments admitted in order, stepped through tick by tick, dropped by CANCEL and HALT.
 *
 * It says which step is next and when, and after which steps the rig reports; turning the motor is the owner's.
 */
import { LIMITS } from '#protocol/catalogue'
import type { Reason } from '#protocol/message'
import { type Direction, refusalOf, type Segment, Stepper, stepsBefore } from '#protocol/motion'
import { lastTick } from '#units/cadence'

/** The next step to execute. */
export interface DueStep {
  readonly tick: number
  readonly direction: Direction
  /** Of its segment; the dead-man interval depends on it. */
  readonly quotient: number
}

export class MotionQueue {
  #segments: Segment[] = []
  /** Of the first segment: how many steps are done, and where the next is. */
  #done = 0
  #stepper: Stepper | undefined

  /** Segments in the queue, the running one included. */
  get length(): number {
    return this.#segments.length
  }

  /** Queues the segment, or says why not. */
  admit(segment: Segment, latched: boolean, now: number): Reason | undefined {
    const tail = this.#segments.at(-1)
    const last = tail === undefined ? undefined : lastTick(tail)
    const refusal = refusalOf(segment, { latched, length: this.#segments.length, last }, now)
    if (refusal === undefined) this.#segments.push(segment)
    return refusal
  }

  get next(): DueStep | undefined {
    const [running] = this.#segments
    if (running === undefined) return undefined
    this.#stepper ??= new Stepper(running)
    return { tick: this.#stepper.tick, direction: running.direction, quotient: running.quotient }
  }

  /** The next step has been executed. Whether the rig reports after it: each 64th of a segment, and its last. */
  advance(): boolean {
    const [running] = this.#segments
    if (running === undefined) throw new Error('there is no step to execute')
    this.#stepper ??= new Stepper(running)
    this.#stepper.advance()
    this.#done += 1
    if (this.#done < running.count) return this.#done % LIMITS.report_steps === 0
    this.#segments.shift()
    this.#rewind()
    return true
  }

  /** Drops every step at or after tick `from`. */
  cancel(from: number): void {
    const kept = this.#segments.flatMap((segment) => {
      const count = stepsBefore(segment, from)
      return count === 0 ? [] : [{ ...segment, count }]
    })
    if (kept.length > 0 && (kept[0]?.count ?? 0) <= this.#done) {
      kept.shift()
      this.#rewind()
    }
    this.#segments = kept
    if (kept.length === 0) this.#rewind()
  }

  /** Drops everything at once. */
  empty(): void {
    this.#segments = []
    this.#rewind()
  }

  #rewind(): void {
    this.#done = 0
    this.#stepper = undefined
  }
}
