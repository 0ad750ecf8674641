/**
 * The boluses under way: what they give together, and which of them ends next.
 */
import { type Flow, NO_FLOW, together, without } from '#hil/oracle/flow'
import { compare, larger, type Rational } from '#units/rational'

interface Running {
  readonly end_us: Rational
  readonly flow: Flow
}

/** A heap by the time of the end, so that even a pile of overlapping boluses takes O(log n) each. */
export class UnderWay {
  #heap: Running[] = []
  #flow: Flow = NO_FLOW
  #last_us: Rational | undefined

  /** The sum of all boluses under way. */
  get flow(): Flow {
    return this.#flow
  }

  get count(): number {
    return this.#heap.length
  }

  /** The earliest end, and the latest; undefined when nothing is under way. */
  get next_us(): Rational | undefined {
    return this.#heap[0]?.end_us
  }

  get last_us(): Rational | undefined {
    return this.#last_us
  }

  start(end_us: Rational, flow: Flow): void {
    this.#flow = together(this.#flow, flow)
    this.#last_us = this.#last_us === undefined ? end_us : larger(this.#last_us, end_us)
    this.#rise({ end_us, flow })
  }

  /** Ends every bolus that is due to end by `at_us`. */
  endBy(at_us: Rational): void {
    for (let next = this.#heap[0]; next !== undefined && compare(next.end_us, at_us) <= 0; next = this.#heap[0]) {
      this.#removeFirst()
      this.#flow = this.#heap.length === 0 ? NO_FLOW : without(this.#flow, next.flow)
    }
    if (this.#heap.length === 0) this.#last_us = undefined
  }

  /** Ends everything at once. */
  clear(): void {
    this.#heap = []
    this.#flow = NO_FLOW
    this.#last_us = undefined
  }

  copy(): UnderWay {
    const copy = new UnderWay()
    copy.#heap = [...this.#heap]
    copy.#flow = this.#flow
    copy.#last_us = this.#last_us
    return copy
  }

  #rise(running: Running): void {
    const heap = this.#heap
    let place = heap.length
    while (place > 0) {
      const parent = heap[(place - 1) >> 1]
      if (parent === undefined || compare(parent.end_us, running.end_us) <= 0) break
      heap[place] = parent
      place = (place - 1) >> 1
    }
    heap[place] = running
  }

  #removeFirst(): void {
    const heap = this.#heap
    const moved = heap.pop()
    if (moved === undefined || heap.length === 0) return
    let place = 0
    for (;;) {
      const [left, right] = [heap[2 * place + 1], heap[2 * place + 2]]
      if (left === undefined) break
      const rightFirst = right !== undefined && compare(right.end_us, left.end_us) < 0
      const child = rightFirst ? right : left
      if (compare(moved.end_us, child.end_us) <= 0) break
      heap[place] = child
      place = 2 * place + (rightFirst ? 2 : 1)
    }
    heap[place] = moved
  }
}
