/**
 * What can go wrong on a line: bytes that vanish, are damaged, come twice, out of order, in pieces, late or never.
 *
 * One value is one direction of one line. Pieces go in with the instant at which they would have arrived, and come out when
 * they do, changed by the faults in the order these are named. Everything is drawn from the seed, so that the same pieces at
 * the same instants give the same bytes; where pieces are cut by an operating system, what befalls a byte depends on its
 * place in the stream alone, but for the faults of whole pieces.
 */
import { chance, seedOf } from '#hil/fault/seed'

/** From the first instant up to but excluding the second, on the clock of the instants of pieces. */
export interface LineSpan {
  readonly from_us: number
  readonly to_us: number
}

/** A probability from 0 to 1: of each byte, or of each piece where the fault says so; always, or within a span. */
interface Shared {
  readonly share: number
  readonly within?: LineSpan
}

export type LineFault =
  /** A byte vanishes. */
  | ({ readonly fault: 'drop' } & Shared)
  /** One bit of a byte changes. */
  | ({ readonly fault: 'flip' } & Shared)
  /** A byte becomes any other. */
  | ({ readonly fault: 'garble' } & Shared)
  /** A piece comes twice. */
  | ({ readonly fault: 'duplicate' } & Shared)
  /** A piece changes places with the next. */
  | ({ readonly fault: 'reorder' } & Shared)
  /** A piece comes in single bytes, a millisecond apart. */
  | ({ readonly fault: 'split' } & Shared)
  /** A piece, and all behind it, comes later by up to so many microseconds. */
  | ({ readonly fault: 'delay'; readonly up_to_us: number } & Shared)
  /** Of a piece only the beginning comes. */
  | ({ readonly fault: 'truncate' } & Shared)
  /** Nothing comes from one instant to another. */
  | ({ readonly fault: 'mute' } & LineSpan)
  /** The line is lost at an instant: for whoever carries the bytes to act on. */
  | { readonly fault: 'unplug'; readonly at_us: number }

/** Which fault, at which instant, and how many bytes it touched. */
export type LineTouched = (index: number, at_us: number, bytes: number) => void

interface Piece {
  readonly at_us: number
  readonly bytes: Uint8Array
}

const SPLIT_us = 1000
const BITS = 8
const VALUES = 256

export class LineFaults {
  readonly #faults: readonly { readonly fault: LineFault; readonly seed: number }[]
  /** How often chance was asked, by each fault. */
  readonly #asked: number[]
  #waiting: Piece[] = []
  /** A piece that changes places with the next. */
  readonly #held = new Map<number, Uint8Array>()
  readonly #onTouched: LineTouched
  #last_us = Number.NEGATIVE_INFINITY

  /**
   * One seed for all faults, or one for each. `onTouched` hears which fault befell a piece at which instant, and how many
   * bytes of it. Throws RangeError for a share that is no probability and for a delay that is none.
   */
  constructor(faults: readonly LineFault[], seed: number | readonly number[], onTouched: LineTouched = () => {}) {
    for (const fault of faults) check(fault)
    const own = (index: number) => (typeof seed === 'number' ? seedOf(seed, index) : (seed[index] ?? 0))
    this.#faults = faults.map((fault, index) => ({ fault, seed: own(index) }))
    this.#onTouched = onTouched
    this.#asked = faults.map(() => 0)
  }

  /** When the line is lost; infinite if it is not. */
  get unplugged_us(): number {
    const instants = this.#faults.map(({ fault }) =>
      fault.fault === 'unplug' ? fault.at_us : Number.POSITIVE_INFINITY,
    )
    return Math.min(...instants, Number.POSITIVE_INFINITY)
  }

  /** A piece that would arrive at the instant; instants never go back. */
  push(bytes: Uint8Array, at_us: number): void {
    let pieces: Piece[] = [{ at_us, bytes }]
    for (const [index, { fault }] of this.#faults.entries()) {
      pieces = pieces.flatMap((piece) => {
        const after = this.#isOn(index, fault, piece.at_us) ? this.#befall(index, fault, piece) : [piece]
        const touched = touchedBytes(fault, piece, after)
        if (touched > 0) this.#onTouched(index, piece.at_us, touched)
        return after
      })
    }
    for (const piece of pieces) {
      if (piece.bytes.length === 0) continue
      this.#last_us = Math.max(this.#last_us, piece.at_us)
      this.#waiting.push({ ...piece, at_us: this.#last_us })
    }
  }

  /** When the next piece arrives; infinite if none is on its way. */
  get next_us(): number {
    return this.#waiting[0]?.at_us ?? Number.POSITIVE_INFINITY
  }

  /** What has arrived by the instant, in order. */
  due(now_us: number): Uint8Array[] {
    const later = this.#waiting.findIndex(({ at_us }) => at_us > now_us)
    return this.#waiting.splice(0, later === -1 ? this.#waiting.length : later).map(({ bytes }) => bytes)
  }

  /** Whether the fault is at work; one that holds a piece back lets go of it after its end too. */
  #isOn(index: number, fault: LineFault, at_us: number): boolean {
    if (!('within' in fault) || fault.within === undefined || this.#held.has(index)) return true
    return at_us >= fault.within.from_us && at_us < fault.within.to_us
  }

  #befall(index: number, fault: LineFault, { at_us, bytes }: Piece): Piece[] {
    switch (fault.fault) {
      case 'drop':
        return [{ at_us, bytes: bytes.filter(() => !this.#strikes(index, fault.share)) }]
      case 'flip':
        return [
          {
            at_us,
            bytes: bytes.map((byte) => this.#changed(index, fault.share, byte, () => 1 << this.#pick(index, BITS))),
          },
        ]
      case 'garble': {
        const other = () => 1 + this.#pick(index, VALUES - 1)
        return [{ at_us, bytes: bytes.map((byte) => this.#changed(index, fault.share, byte, other)) }]
      }
      case 'duplicate':
        return this.#strikes(index, fault.share)
          ? [
              { at_us, bytes },
              { at_us, bytes },
            ]
          : [{ at_us, bytes }]
      case 'reorder':
        return this.#reordered(index, fault.share, { at_us, bytes })
      case 'split':
        if (!this.#strikes(index, fault.share)) return [{ at_us, bytes }]
        return Array.from(bytes, (byte, place) => ({ at_us: at_us + place * SPLIT_us, bytes: Uint8Array.of(byte) }))
      case 'delay':
        if (!this.#strikes(index, fault.share)) return [{ at_us, bytes }]
        return [{ at_us: at_us + Math.floor(this.#draw(index) * fault.up_to_us), bytes }]
      case 'truncate':
        if (!this.#strikes(index, fault.share)) return [{ at_us, bytes }]
        return [{ at_us, bytes: bytes.subarray(0, this.#pick(index, bytes.length)) }]
      case 'mute':
        return at_us >= fault.from_us && at_us < fault.to_us ? [] : [{ at_us, bytes }]
      case 'unplug':
        return at_us >= fault.at_us ? [] : [{ at_us, bytes }]
    }
  }

  #reordered(index: number, share: number, piece: Piece): Piece[] {
    const held = this.#held.get(index)
    if (held !== undefined) {
      this.#held.delete(index)
      return [piece, { ...piece, bytes: held }]
    }
    if (!this.#strikes(index, share)) return [piece]
    this.#held.set(index, piece.bytes)
    return []
  }

  #changed(index: number, share: number, byte: number, mask: () => number): number {
    return this.#strikes(index, share) ? byte ^ mask() : byte
  }

  #strikes(index: number, share: number): boolean {
    return this.#draw(index) < share
  }

  /** A whole number from 0 up to but excluding the limit. */
  #pick(index: number, limit: number): number {
    return Math.floor(this.#draw(index) * limit)
  }

  #draw(index: number): number {
    const asked = this.#asked[index] ?? 0
    this.#asked[index] = asked + 1
    return chance(seedOf(this.#faults[index]?.seed ?? 0, asked))
  }
}

/** How many bytes of a piece were not left as they were. */
function touchedBytes({ fault }: LineFault, before: Piece, after: readonly Piece[]): number {
  const [piece] = after
  if (after.length === 1 && piece?.at_us === before.at_us && piece.bytes.length === before.bytes.length) {
    return piece.bytes.reduce((changed, byte, index) => changed + (byte === before.bytes[index] ? 0 : 1), 0)
  }
  return fault === 'drop' || fault === 'truncate'
    ? before.bytes.length - (piece?.bytes.length ?? 0)
    : before.bytes.length
}

function check(fault: LineFault): void {
  if ('share' in fault && !(fault.share >= 0 && fault.share <= 1)) {
    throw new RangeError(`a share of ${fault.share} is not from 0 to 1`)
  }
  if (fault.fault === 'delay' && !(fault.up_to_us >= 0)) throw new RangeError(`a delay of ${fault.up_to_us} us is none`)
}
