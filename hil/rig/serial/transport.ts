/**
 * What carries bytes between host and rig: a serial port, a socket, or a cable that exists in memory only.
 *
 * A transport can be opened again and again, and each time gives a connection of its own, because nothing that outlives a
 * cable may join what was cut in two. A connection ends once: it is closed from here, or it is lost and says why.
 */
import type { Observable } from 'rxjs'

export interface Transport {
  /** As on a command line, such as `serial:/dev/ttyACM0`. */
  readonly name: string
  /** Opens a new connection. Throws {@link RigError} when it cannot, with what to do about it. */
  open(): Promise<Connection>
}

export interface Connection {
  /**
   * What the other end sends, in lines with their newline; of a line longer than any frame or log line only the beginning.
   * For one subscriber, whom nothing escapes however late it comes. Never errors; completes when the connection ends.
   */
  readonly received: Observable<Uint8Array>
  /** Says once, to everybody who asks, why the connection was lost; silent when it was closed from here. */
  readonly lost: Observable<string>
  /** Sends bytes after all those before. Never throws: what cannot be sent loses the connection. */
  write(bytes: Uint8Array): void
  /** Waits until what was written is on its way, at most a second, and closes. Never throws, and may be called again. */
  close(): Promise<void>
}
