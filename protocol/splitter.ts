/** The receiving ends of the wire between host and rig: its frames, its log lines, its HALT. */
import { type Direction, LIMITS } from '#protocol/catalogue'
import { decodeFrame, LONGEST } from '#protocol/frame'
import { type LinePiece, LineSplitter } from '#protocol/line-splitter'
import type { Frame, MessageIn } from '#protocol/message'

/** Log lines come only to the host, HALT only to the rig. */
export type Piece<D extends Direction> = LinePiece<Frame<MessageIn[D]>>

/** The receiving end of one direction of the wire. A new connection needs a new splitter. */
export class Splitter<D extends Direction> extends LineSplitter<Frame<MessageIn[D]>> {
  constructor(direction: D) {
    super({
      longestFrame: LONGEST[direction],
      // The rig has no use for log lines: bytes outside of a frame are discarded as they come.
      longestLog: direction === 'to-host' ? LIMITS.log_line : 0,
      halts: direction === 'to-rig',
      decode: (line, start, end) => decodeFrame(direction, line, start, end),
    })
  }
}
