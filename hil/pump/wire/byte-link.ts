/**
 * What carries bytes between the bench and a pump, for a bench that waits.
 *
 * The bench asks its pump and goes on with the answer; so, other than the way to a rig, this one is synchronous. Whoever
 * implements it brings what it takes to wait, and to stop waiting.
 */

/** The way to the pump failed or has ended: why, for a person. */
export class LinkEnded extends Error {
  override readonly name = 'LinkEnded'
}

export interface ByteLink {
  /** Takes bytes on their way. Throws {@link LinkEnded} where there is none any more. */
  write(bytes: Uint8Array): void
  /**
   * The next bytes; null where none have come after so many milliseconds. Throws {@link LinkEnded} where none will come
   * any more and those before have been read.
   */
  read(most_ms: number): Uint8Array | null
  /** A clock that never goes back, in milliseconds. */
  now_ms(): number
  /** Ends the way, and what is at its end where that was started for it. Never throws; may be called again. */
  close(): void
}
