/**
 * The stand: a rig and a balance on one axis of time, as a calibration uses them.
 *
 * Calibration itself neither knows a port nor a clock: it asks the stand to turn the motor, to wait and to weigh. A stand in
 * virtual time waits by computing, one on the clock on the wall by waiting.
 */
import type { BalanceReading } from '#hil/balance/driver'

export interface Stand {
  /** As on the command line, and as the rig tells it itself once it is open. */
  readonly rig: string
  readonly identity: string
  /** Opens rig and balance. Throws {@link StandError} or a RigError when it cannot. */
  open(): Promise<void>
  /** The serial number that the balance tells. */
  balanceSerial(): Promise<string>
  /** Makes so many steps of the motor, evenly; how many the rotor made. */
  turn(steps: number): Promise<number>
  wait(duration_s: number): Promise<void>
  /** What the balance shows now; null when it says that it cannot tell. */
  weigh(): Promise<BalanceReading | null>
  /** Lines of the balance that were refused. */
  readonly refusedLines: number
  /** Lets go of both; never throws, and may be called more than once. */
  close(): Promise<void>
}

/** Thrown by a stand that cannot go on. */
export class StandError extends Error {
  override readonly name = 'StandError'
}
