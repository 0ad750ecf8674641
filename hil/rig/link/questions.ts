/** Commands that are on their way to a rig, each until its outcome is known. */
import type { Chunk } from '#hil/rig/link/step-plan'

/** What was asked, and when. */
export type Asked = { readonly at_us: number } & (
  | { readonly kind: 'segment'; readonly chunk: Chunk }
  | { readonly kind: 'cancel'; readonly from: number }
  | { readonly kind: 'clear' | 'counters' | 'drive' }
)

export class Questions {
  readonly #asked = new Map<number, Asked>()

  get size(): number {
    return this.#asked.size
  }

  /** Whether the rig has been asked for its counters and has not answered. */
  get hasCounters(): boolean {
    return [...this.#asked.values()].some(({ kind }) => kind === 'counters')
  }

  add(id: number, asked: Asked): void {
    this.#asked.set(id, asked)
  }

  /** What was asked under the id, which is settled now; undefined where nothing was. */
  take(id: number): Asked | undefined {
    const asked = this.#asked.get(id)
    this.#asked.delete(id)
    return asked
  }
}
