/** What a free-running pump has to say by itself and nobody has asked for yet: bounded, the oldest gives way and is counted. */
import type { ToBench } from '#protocol/pump/message'
import { OUTPUTS_DROPPED } from '#protocol/pump/words'
import type { Rational } from '#units/rational'

/** Most outputs that wait: with them and the answer to any command a reply stays within its limit. */
const MOST_WAITING = 8000

/** An output with an instant of its own. */
export type Happening = Extract<ToBench, { readonly at: Rational }>

export class Waiting {
  readonly #most: number
  #happenings: Happening[] = []
  #dropped = 0
  #droppedLast: Rational | null = null

  constructor(most = MOST_WAITING) {
    this.#most = most
  }

  get size(): number {
    return this.#happenings.length
  }

  add(happenings: readonly Happening[]): void {
    this.#happenings.push(...happenings)
    const beyond = this.#happenings.splice(0, Math.max(0, this.#happenings.length - this.#most))
    this.#dropped += beyond.length
    this.#droppedLast = beyond.at(-1)?.at ?? this.#droppedLast
  }

  /** Takes the oldest, at most so many, after how many were dropped before them. */
  take(most: number): readonly Happening[] {
    const at = this.#droppedLast
    const dropped: readonly Happening[] =
      at === null || most === 0 ? [] : [{ type: 'EVENT', at, event: OUTPUTS_DROPPED, detail: String(this.#dropped) }]
    if (dropped.length > 0) {
      this.#dropped = 0
      this.#droppedLast = null
    }
    return [...dropped, ...this.#happenings.splice(0, most - dropped.length)]
  }
}
