/** A host for a rig: sends segments, lets time pass in any slices, and notes what the rig says it did. */
import { expect } from 'vitest'
import type { Feedback, Rig } from '#hil/rig/rig'
import { type Cadence, cadencesOf, joined, lastTick, tickOf } from '#units/cadence'
import { type Rational, whole } from '#units/rational'

/** One segment: so many steps from a tick on. */
export function segment(first: Rational | number, interval: Rational | number, count: number): Cadence {
  const exact = (value: Rational | number) => (typeof value === 'number' ? whole(value) : value)
  const [cadence] = cadencesOf(exact(first), exact(interval), count)
  if (cadence === undefined) throw new Error('a segment has at least one step')
  return cadence
}

export function ticksOf(cadences: readonly Cadence[]): number[] {
  return cadences.flatMap((cadence) => Array.from({ length: cadence.count }, (_, j) => tickOf(cadence, j)))
}

export class Host {
  readonly rig: Rig
  now = 0
  /** Steps made, neighbors joined where one goes on as the other ended. */
  motion: Cadence[] = []
  feedback: Feedback[] = []

  constructor(rig: Rig) {
    this.rig = rig
  }

  async segment(cadence: Cadence): Promise<void> {
    await this.rig.send({ kind: 'segment', cadence })
  }

  async cancel(from_tick: number): Promise<void> {
    await this.rig.send({ kind: 'cancel', from_tick })
  }

  /** Lets time pass up to the tick; whatever comes in between is checked to come in order. */
  async pass(to_tick: number): Promise<void> {
    do {
      const report = await this.rig.advance(to_tick)
      expect(report.now_tick).toBeGreaterThanOrEqual(this.now)
      expect(report.now_tick).toBeLessThanOrEqual(to_tick)
      for (const cadence of report.motion) {
        const last = this.motion.at(-1)
        expect(cadence.first).toBeGreaterThan(last === undefined ? -1 : lastTick(last))
        expect(lastTick(cadence)).toBeLessThanOrEqual(report.now_tick)
        this.#note(cadence)
      }
      for (const { tick } of report.feedback) expect(tick).toBe(report.now_tick)
      this.feedback.push(...report.feedback)
      this.now = report.now_tick
    } while (this.now < to_tick)
  }

  #note(cadence: Cadence): void {
    const last = this.motion.at(-1)
    const both = last === undefined ? undefined : joined(last, cadence)
    if (both !== undefined) this.motion.pop()
    this.motion.push(both ?? cadence)
  }
}
