/** What a serial port is, apart from what comes through it. */

/** A port and what is known of the USB device behind it. */
export interface PortFound {
  /** As the system has it: `/dev/ttyACM0`, `COM10`. */
  readonly path: string
  /** Four hex digits each, in lower case; missing for a port that is not on USB. */
  readonly vendor?: string
  readonly product?: string
  readonly serial?: string
  /** What the device says of itself. */
  readonly description?: string
  /** A name of the port that stays the same wherever the board is plugged in. */
  readonly byId?: string
}
