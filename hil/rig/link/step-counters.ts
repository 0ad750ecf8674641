/** The counters of a rig, from where they stood when the run began. */
import type { MessageOf } from '#protocol/message'

type Counters = Pick<MessageOf<'TEL'>, 'forward' | 'reverse' | 'lost'>

export class StepCounters {
  #origin: Counters | undefined

  /** Whether the rig has told its counters yet. */
  get isKnown(): boolean {
    return this.#origin !== undefined
  }

  /** Steps made and steps lost since the first report, or null where it made steps backwards, which nobody asks for. */
  since({ forward, reverse, lost }: Counters): { readonly made: number; readonly lost: number } | null {
    this.#origin ??= { forward, reverse, lost }
    if (reverse !== this.#origin.reverse) return null
    return { made: (forward - this.#origin.forward) >>> 0, lost: (lost - this.#origin.lost) >>> 0 }
  }
}
