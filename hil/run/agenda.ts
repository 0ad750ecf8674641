/** What is to be done later, in order of time; what is due at one instant keeps the order in which it was entered. */
import type { Time_us } from '#units/quantity'
import { compare } from '#units/rational'

export class Agenda<T extends { readonly at_us: Time_us }> {
  readonly #items: T[] = []

  /** Enters an item: cheap when it is the latest, as it mostly is. */
  enter(item: T): void {
    let place = this.#items.length
    for (; place > 0; place -= 1) {
      const before = this.#items[place - 1]
      if (before === undefined || compare(before.at_us, item.at_us) <= 0) break
    }
    this.#items.splice(place, 0, item)
  }

  /** The next item; undefined when there is none. */
  get next(): T | undefined {
    return this.#items[0]
  }

  /** How many items there are. */
  get size(): number {
    return this.#items.length
  }

  /** Takes the next item off. */
  taken(): void {
    this.#items.shift()
  }
}
