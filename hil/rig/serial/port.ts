/** The transport `serial:PATH`: a port of the system, 115200 baud, 8N1, locked against anybody else. */
import { type Binding, unlisted } from '#hil/rig/serial/binding'
import { overBinding } from '#hil/rig/serial/over-binding'
import type { Transport } from '#hil/rig/serial/transport'

/** The binding of this system, loaded when a port is opened: it is machine code, and most runs need no port. */
const SYSTEM: Binding = unlisted(async (options) => {
  const { SerialPort } = await import('serialport')
  return await (SerialPort.binding as unknown as Binding).open(options)
})

/** `path` as the system has it: `/dev/ttyACM0`, `/dev/serial/by-id/...`, `COM3`, `COM10`. */
export function serialTransport(path: string): Transport {
  return overBinding(`serial:${path}`, SYSTEM, path)
}
