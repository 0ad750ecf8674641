/**
 * A binding as `@serialport/stream` wants it: opens ports that are read from and written to.
 *
 * A read gives at least one byte. What waits when a port is closed from here fails with an error that is `canceled`; any
 * other error means that the connection is lost.
 */
import type { SerialPortStream } from '@serialport/stream'

export type Binding = SerialPortStream['settings']['binding']
export type BoundPort = Awaited<ReturnType<Binding['open']>>
/** Path and speed; nothing else of them matters where there is no UART. */
export type PortOptions = Parameters<Binding['open']>[0]

/** A binding whose ports come from elsewhere than from a list. */
export function unlisted(open: Binding['open']): Binding {
  return { list: () => Promise.resolve([]), open }
}
