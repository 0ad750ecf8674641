/**
 * The order of what the rig says by itself: how many frames were missed before one, and whether one is old.
 *
 * The counters in telemetry are cumulative, so a missed frame loses nothing; an old frame taken for a new one would turn
 * them back. Sequence numbers come round after 256 frames; the tick of a TEL tells one round from the next.
 */

export class TelemetryOrder {
  #next = 0
  #lastTick = Number.NEGATIVE_INFINITY

  /** A TEL read at absolute `tick`: how many frames were missed before it, undefined if it is an old one. */
  report(sequence: number, tick: number): number | undefined {
    const missed = this.#missed(sequence)
    if (tick < this.#lastTick || (tick === this.#lastTick && missed >= 128)) return undefined
    this.#lastTick = tick
    return this.#take(sequence, missed)
  }

  /** A HALTED, whose tick may lie before that of an earlier frame: likewise. */
  notice(sequence: number): number | undefined {
    const missed = this.#missed(sequence)
    return missed >= 128 ? undefined : this.#take(sequence, missed)
  }

  /** Frames between the last one taken and this one, mod 256. */
  #missed(sequence: number): number {
    return (sequence - this.#next + 256) % 256
  }

  #take(sequence: number, missed: number): number {
    this.#next = (sequence + 1) % 256
    return missed
  }
}
