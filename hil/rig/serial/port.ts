/** The transport `serial:PATH`: a port of the system, 115200 baud, 8N1, locked against anybody else. */
import { SerialPort } from 'serialport'
import type { Binding } from '#hil/rig/serial/binding'
import { overBinding } from '#hil/rig/serial/over-binding'
import type { Transport } from '#hil/rig/serial/transport'

/** `path` as the system has it: `/dev/ttyACM0`, `/dev/serial/by-id/...`, `COM3`, `COM10`. */
export function serialTransport(path: string): Transport {
  return overBinding(`serial:${path}`, SerialPort.binding as unknown as Binding, path)
}
