/**
 * A rig on a clock of its own, in virtual time: the reference link and queue, stepped as its own ticks come.
 *
 * Its clock runs at any rate, drifting if wanted; it counts every step with the true instant at which it was made. It can be
 * restarted, and rotors can be made to lose steps. All times are microseconds of the host's clock.
 */
import { LIMITS } from '#protocol/catalogue'
import type { Reason, ToHost } from '#protocol/message'
import { segmentOf } from '#protocol/motion'
import { MotionQueue } from '#protocol/motion-queue'
import { type BodyCommand, type Readings, RigLink } from '#protocol/rig-link'
import { extendTick } from '#protocol/ticks'

/** True ticks of the rig since it started, as a function of true time since then; rising without a jump. */
export type ClockCourse = (true_us: number) => number

const TRUE_CLOCK: ClockCourse = (true_us) => true_us / 64

/** A rate that is off by a fraction, and swings about it by another over a period. */
export function offClock(off: number, swing = 0, period_us = 3.6e9): ClockCourse {
  const turn = (2 * Math.PI) / period_us
  return (true_us) => ((1 + off) * true_us + (swing / turn) * (1 - Math.cos(turn * true_us))) / 64
}

/** A step as it was made: when, at which tick of the rig. */
export interface MadeStep {
  readonly at_us: number
  readonly tick: number
}

export class SimulatedRig {
  readonly steps: MadeStep[] = []
  /** Numbers of steps, from 0, that will not move the rotor. */
  readonly stuck = new Set<number>()
  /** The only frames it answers with, as a rig that is being built; all where undefined. */
  knows: readonly ToHost['type'][] | undefined
  /** After a step its rotor has settled, and the step is judged: 10 ms, unless a test has it otherwise. */
  settled_ticks = 156
  readonly identity: string
  #queue = new MotionQueue()
  #link: RigLink
  #boots = 1
  #forward = 0
  #lost = 0
  /** A step that did not move the rotor and is not judged yet. */
  #unjudged = 0
  /** When counters that wait for the rotor to settle are told. */
  #telling: number | undefined
  readonly #course: ClockCourse
  readonly #started_us: number

  constructor(course: ClockCourse = TRUE_CLOCK, identity = 'simulated', started_us = -1_000_000) {
    this.#course = course
    this.identity = identity
    this.#started_us = started_us
    this.#link = this.#boot()
  }

  #boot(): RigLink {
    const body = {
      identity: this.identity,
      execute: (command: BodyCommand, tick: number, latched: boolean) => this.#execute(command, tick, latched),
      stop: () => this.#queue.empty(),
      readings: () => this.#readings(),
    }
    return new RigLink({ boot: `0000000${this.#boots}`, build: 'C0DEC0DE', body })
  }

  /** The tick of its clock. */
  tickAt(now_us: number): number {
    return Math.floor(this.#course(now_us - this.#started_us))
  }

  /** It begins anew: counters and queue are gone. */
  restart(): Uint8Array[] {
    this.#boots += 1
    this.#queue = new MotionQueue()
    this.#forward = 0
    this.#lost = 0
    this.#unjudged = 0
    this.#telling = undefined
    this.#link = this.#boot()
    return this.#link.boot('EXTERNAL')
  }

  receive(bytes: Uint8Array, now_us: number): Uint8Array[] {
    const said = this.#link.receive(bytes, this.tickAt(now_us))
    const isKnown = (frame: Uint8Array) => this.knows?.some((type) => Buffer.from(frame).includes(`${type},`)) ?? true
    return said.filter(isKnown)
  }

  /** When it has something to do next. */
  next_us(now_us: number): number {
    const tick = Math.min(this.#queue.next?.tick ?? Number.POSITIVE_INFINITY, this.#telling ?? Number.POSITIVE_INFINITY)
    if (!Number.isFinite(tick)) return tick
    return Math.max(now_us, this.#instantOf(tick))
  }

  /** Does what is due at the instant; what it says. */
  pass(now_us: number): Uint8Array[] {
    const tick = this.tickAt(now_us)
    const said: Uint8Array[] = []
    for (let step = this.#queue.next; step !== undefined && step.tick <= tick; step = this.#queue.next) {
      const isJudged = this.#unjudged > 0 || (this.#telling !== undefined && this.#telling <= step.tick)
      if (isJudged) said.push(...this.#tell(step.tick))
      const { allowed, send } = this.#link.mayStep(step.tick, step.quotient)
      said.push(...send)
      if (!allowed) break
      const isStuck = this.stuck.has(this.#forward)
      this.#forward += 1
      if (isStuck) this.#unjudged += 1
      else this.steps.push({ at_us: now_us, tick: step.tick })
      if (this.#queue.advance() || isStuck) this.#telling = step.tick + this.settled_ticks
    }
    if (this.#telling !== undefined && this.#telling <= tick) said.push(...this.#tell(tick))
    return said
  }

  #tell(tick: number): Uint8Array[] {
    this.#telling = undefined
    this.#lost += this.#unjudged
    this.#unjudged = 0
    return this.#link.report(tick)
  }

  #execute(command: BodyCommand, tick: number, latched: boolean): Reason | undefined {
    switch (command.type) {
      case 'SEG':
        return this.#queue.admit(segmentOf(command, tick), latched, tick)
      case 'CANCEL':
        this.#queue.cancel(extendTick(command.from, tick))
        return undefined
      case 'NAME':
        return undefined
    }
  }

  #readings(): Readings {
    const queued = Math.min(this.#queue.length, LIMITS.queue)
    const [forward, lost] = [this.#forward, this.#lost]
    return { forward, reverse: 0, lost, encoder: forward - lost - this.#unjudged, queued, cell: 2900, overruns: 0 }
  }

  /** The first microsecond at which its clock shows the tick. */
  #instantOf(tick: number): number {
    let low = this.#started_us
    let high = this.#started_us + tick * 64 * 1.1 + 1000
    while (high - low > 0.5) {
      const middle = (low + high) / 2
      if (this.#course(middle - this.#started_us) >= tick) high = middle
      else low = middle
    }
    return Math.ceil(high)
  }
}
