/**
 * Bytes in any chunks become frames, log lines and a count of what was neither, whatever the catalogue of the wire.
 *
 * Whatever arrives, the splitter never throws, never holds more than one line's cap, and looks at each byte once; what it
 * yields does not depend on where the chunks end. A frame starts at the last `$` of its line, so that a frame survives
 * noise, or half of another frame, right before it.
 *
 * Every byte is counted in one place: in a frame, in the text of a log line, or in {@link LineSplitter.discarded}. Newlines
 * end lines and count nowhere, nor does the carriage return before the newline of a log line, nor do the bytes of HALT.
 */
import { LIMITS } from '#protocol/catalogue'
import type { Flaw } from '#protocol/frame'

/** What a line amounted to, for a wire whose frames are `F`. */
export type LinePiece<F> =
  | { readonly kind: 'frame'; readonly frame: F }
  /** Only where log lines are kept. Each byte is one character, as in Latin-1; `cut` if the line was longer than the cap. */
  | { readonly kind: 'log'; readonly text: string; readonly cut: boolean }
  /** A line with a `$` that is no frame: why, and from its `$` on how many of its bytes were held, as Latin-1. */
  | { readonly kind: 'flawed'; readonly flaw: Flaw; readonly text: string }
  /** Only where HALT is known: two HALT bytes in a row, which also discard the line they are in. */
  | { readonly kind: 'halt' }

/** What one direction of a wire carries. */
export interface LineRules<F> {
  /** Longest frame in bytes, newline included. */
  readonly longestFrame: number
  /** Longest log line in bytes; 0 where bytes outside of frames are discarded as they come. */
  readonly longestLog: number
  /** Whether two HALT bytes in a row mean HALT. */
  readonly halts: boolean
  /** What a line holds from its `$` at `start` to where its newline was. */
  readonly decode: (line: Uint8Array, start: number, end: number) => F | Flaw
}

const [DOLLAR, NEWLINE, RETURN] = [0x24, 0x0a, 0x0d]

/** The receiving end of one direction of a wire. A new connection needs a new splitter. */
export class LineSplitter<F extends object> {
  readonly #rules: LineRules<F>
  /** Most bytes of a line held before its newline: of a frame, and of a line that has no `$` so far. */
  readonly #capFrame: number
  readonly #capLog: number
  readonly #line: Uint8Array
  #held = 0
  #inFrame = false
  #overflowed = false
  #afterHaltByte = false
  #discarded = 0

  constructor(rules: LineRules<F>) {
    this.#rules = rules
    this.#capFrame = rules.longestFrame - 1
    this.#capLog = rules.longestLog
    this.#line = new Uint8Array(Math.max(this.#capFrame, this.#capLog))
  }

  /** Bytes so far that were part of no frame and no log line. */
  get discarded(): number {
    return this.#discarded
  }

  /** Bytes of the unfinished line in memory. */
  get held(): number {
    return this.#held
  }

  /** Takes the next bytes; what they complete, in order. */
  push(chunk: Uint8Array): LinePiece<F>[] {
    const pieces: LinePiece<F>[] = []
    for (const byte of chunk) {
      if (byte === NEWLINE) this.#endLine(pieces)
      else if (byte === DOLLAR) this.#startFrame()
      else if (byte === LIMITS.halt_byte && this.#haltsAt()) pieces.push({ kind: 'halt' })
      else this.#keep(byte)
      if (byte !== LIMITS.halt_byte) this.#afterHaltByte = false
    }
    return pieces
  }

  #startFrame(): void {
    this.#forget()
    this.#inFrame = true
    this.#keep(DOLLAR)
  }

  #keep(byte: number): void {
    if (this.#held < (this.#inFrame ? this.#capFrame : this.#capLog)) {
      this.#line[this.#held] = byte
      this.#held += 1
    } else {
      this.#overflowed = true
      this.#discarded += 1
    }
  }

  /** Whether this HALT byte is the second in a row; the line up to the pair is then discarded. */
  #haltsAt(): boolean {
    if (!this.#rules.halts) return false
    this.#afterHaltByte = !this.#afterHaltByte
    if (this.#afterHaltByte) return false
    this.#forget()
    this.#discarded -= 1
    return true
  }

  #endLine(pieces: LinePiece<F>[]): void {
    if (this.#inFrame) this.#endFrame(pieces)
    else if (this.#held > 0) this.#endLog(pieces)
    this.#forget()
  }

  #endFrame(pieces: LinePiece<F>[]): void {
    const frame = this.#overflowed ? 'too-long' : this.#rules.decode(this.#line, 0, this.#held)
    if (typeof frame === 'string') {
      pieces.push({ kind: 'flawed', flaw: frame, text: this.#text(this.#held) })
    } else {
      pieces.push({ kind: 'frame', frame })
      this.#held = 0
    }
  }

  #endLog(pieces: LinePiece<F>[]): void {
    const cut = this.#overflowed
    const returned = !cut && this.#line[this.#held - 1] === RETURN
    const length = returned ? this.#held - 1 : this.#held
    if (length > 0) pieces.push({ kind: 'log', text: this.#text(length), cut })
    this.#held = 0
  }

  /** Starts over; what is still held was of no use. */
  #forget(): void {
    this.#discarded += this.#held
    this.#held = 0
    this.#inFrame = false
    this.#overflowed = false
  }

  #text(length: number): string {
    return String.fromCharCode(...this.#line.subarray(0, length))
  }
}
