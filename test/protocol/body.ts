/** The body of a rig, without a motor: it keeps a record of all that was asked of it and of every step. */
import type { Reason } from '#protocol/message'
import { segmentOf } from '#protocol/motion'
import { MotionQueue } from '#protocol/motion-queue'
import type { BodyCommand, Readings, RigBody } from '#protocol/rig-link'
import { extendTick } from '#protocol/ticks'

export interface Attempt {
  readonly command: BodyCommand
  readonly tick: number
  readonly refusal: Reason | undefined
}

export class Body implements RigBody {
  identity = 'unnamed'
  readonly queue = new MotionQueue()
  readonly attempts: Attempt[] = []
  readonly steps: number[] = []

  execute(command: BodyCommand, tick: number, latched: boolean): Reason | undefined {
    const refusal = this.#execute(command, tick, latched)
    this.attempts.push({ command, tick, refusal })
    return refusal
  }

  stop(): void {
    this.queue.empty()
  }

  readings(): Readings {
    const forward = this.steps.length
    return { forward, reverse: 0, lost: 0, encoder: forward, queued: this.queue.length, cell: 3000, overruns: 0 }
  }

  #execute(command: BodyCommand, tick: number, latched: boolean): Reason | undefined {
    switch (command.type) {
      case 'SEG':
        return this.queue.admit(segmentOf(command, tick), latched, tick)
      case 'CANCEL':
        this.queue.cancel(extendTick(command.from, tick))
        return undefined
      case 'NAME':
        this.identity = command.serial
        return undefined
    }
  }
}
