/** A transport over any binding of serialport, and in plain words what a system means when it cannot open one. */
import { SerialPortStream } from '@serialport/stream'
import { RigError } from '#hil/rig/rig'
import type { Binding } from '#hil/rig/serial/binding'
import { StreamConnection } from '#hil/rig/serial/connection'
import type { Transport } from '#hil/rig/serial/transport'

/** The speed of the wire, docs/PROTOCOL.md; a binding without a speed ignores it. */
const BAUD = 115_200

/** Errors of opening carry no code, so that their text is all there is to go by. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [
    /permission denied|EACCES/i,
    'you may not use it; on Linux join the group that may, `sudo usermod -aG dialout $USER`, and log in again',
  ],
  [
    /cannot lock|temporarily unavailable|access denied|EBUSY|resource busy/i,
    'another program has it open: a second run, a monitor or a serial console; end that one first',
  ],
  [/no such file|cannot find|file not found|ENOENT|ENXIO|no such device/i, 'there is no such port; is it plugged in?'],
  [/inappropriate ioctl|not a tty|ENOTTY/i, 'that is no serial port'],
  [/ECONNREFUSED/i, 'nothing listens there; start what serves the port first, and compare its number'],
  [/ENOTFOUND|EAI_AGAIN/i, 'no such host is known'],
  [/EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|timed out/i, 'the host does not answer; compare its address and its firewall'],
]

export function overBinding(name: string, binding: Binding, path: string): Transport {
  return {
    name,
    open: async () => {
      const connection = new StreamConnection(new SerialPortStream({ binding, path, baudRate: BAUD, autoOpen: false }))
      try {
        await connection.open()
      } catch (cause) {
        throw new RigError(opening(name, cause instanceof Error ? cause.message : String(cause)), { cause })
      }
      return connection
    },
  }
}

function opening(name: string, said: string): string {
  const advice = ADVICE.find(([pattern]) => pattern.test(said))?.[1]
  const reason = said.replace(/^Error:?\s*/, '')
  return `${name} cannot be opened: ${reason}${advice === undefined ? '' : `: ${advice}`}`
}
