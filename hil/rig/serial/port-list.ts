/**
 * The serial ports of this machine, as USB and the system know them, and a port found by what it is rather than by its name.
 *
 * Names of ports change with the order in which boards are plugged in; vendor, product and serial number do not. On Linux
 * they are read from the kernel itself, so that nothing but the kernel has to be there; elsewhere serialport asks the system.
 */
import { SerialPort } from 'serialport'
import { RigError } from '#hil/rig/rig'
import { kernelPorts } from '#hil/rig/serial/kernel-ports'
import { serialTransport } from '#hil/rig/serial/port'
import type { PortFound } from '#hil/rig/serial/port-found'
import type { Transport } from '#hil/rig/serial/transport'
import { isIdentity, USB_RULE, usbIdentity } from '#hil/rig/serial/usb-identity'

/** How ports are found; injected, so that tests have machines of their own. */
export type PortLister = () => Promise<readonly PortFound[]>

/** All ports of this machine, in the order of their names, `COM2` before `COM10`. */
export const systemPorts: PortLister = async () => {
  const found = process.platform === 'linux' ? kernelPorts('/') : await asked()
  return found.toSorted((a, b) => NAMES.compare(a.path, b.path))
}

const NAMES = new Intl.Collator('en', { numeric: true })

async function asked(): Promise<readonly PortFound[]> {
  const ports = await SerialPort.list()
  return ports.map(({ path, vendorId, productId, serialNumber, manufacturer }) => ({
    path,
    ...(vendorId === undefined ? {} : { vendor: vendorId.toLowerCase().padStart(4, '0') }),
    ...(productId === undefined ? {} : { product: productId.toLowerCase().padStart(4, '0') }),
    ...(serialNumber === undefined ? {} : { serial: serialNumber }),
    ...(manufacturer === undefined ? {} : { description: manufacturer }),
  }))
}

/** How a port is named by what it is; undefined for one that is not on USB. */
export function identityOf({ vendor, product, serial }: PortFound): string | undefined {
  if (vendor === undefined || product === undefined) return undefined
  return `usb:${vendor}:${product}${serial === undefined ? '' : `:${serial}`}`
}

/**
 * The path of the port that `where` names: itself, or the one port with the identity it states. Throws {@link RigError} when
 * no port has it, or more than one.
 */
export async function portPath(where: string, list: PortLister = systemPorts): Promise<string> {
  if (!isIdentity(where)) return where
  const wanted = usbIdentity(where)
  if (wanted === undefined) throw new RigError(`${where} names no board; ${USB_RULE}`)
  const ports = await list()
  const matching = ports.filter(
    ({ vendor, product, serial }) =>
      vendor === wanted.vendor &&
      product === wanted.product &&
      (wanted.serial === undefined || serial === wanted.serial),
  )
  const [only, ...others] = matching
  if (only !== undefined && others.length === 0) return only.path
  if (only === undefined) throw new RigError(`no port is ${where}; ${seen(ports)}`)
  throw new RigError(`${matching.length} ports are ${where}: ${matching.map(named).join(', ')}; add the serial number`)
}

/**
 * The transport to a port, by its path or by the identity of its board. A board is looked for at every opening, so that one
 * that was put back under another name is found again.
 */
export function portTransport(where: string, list: PortLister = systemPorts): Transport {
  if (!isIdentity(where)) return serialTransport(where)
  return { name: `serial:${where}`, open: async () => await serialTransport(await portPath(where, list)).open() }
}

function seen(ports: readonly PortFound[]): string {
  const boards = ports.filter((port) => identityOf(port) !== undefined)
  return boards.length === 0 ? 'no board is on USB' : `there are ${boards.map(named).join(', ')}`
}

function named(port: PortFound): string {
  return `${identityOf(port) ?? 'no USB'} at ${port.path}`
}
