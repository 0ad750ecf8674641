/**
 * Serial ports as the Linux kernel shows them in /sys/class/tty: no udev, no database, no other program.
 *
 * A terminal with hardware behind it has a link `device`; above it in the tree of devices lies the USB device, if it is one,
 * with its vendor and product. The names below /dev/serial/by-id are looked up too, where udev has made them.
 */
import { readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { PortFound } from '#hil/rig/serial/port-found'

/** A UART of the machine that is not there has this type. */
const NO_UART = '0'
/** Hubs on hubs are fewer. */
const DEEPEST = 32

/** Every serial port under the root of a file system; none where it has no kernel to ask. */
export function kernelPorts(root: string): PortFound[] {
  const terminals = join(root, 'sys/class/tty')
  const stable = stableNames(root)
  return entries(terminals).flatMap((name) => {
    const device = real(join(terminals, name, 'device'))
    if (device === undefined || line(join(terminals, name, 'type')) === NO_UART) return []
    const byId = stable.get(name)
    return [{ path: `/dev/${name}`, ...usbAbove(device, root), ...(byId === undefined ? {} : { byId }) }]
  })
}

/** What is known of the USB device that this one is a part of. */
function usbAbove(device: string, root: string): Omit<PortFound, 'path'> {
  const top = real(root)
  let folder = device
  for (let depth = 0; depth < DEEPEST && folder !== top && folder !== dirname(folder); depth += 1) {
    const [vendor, product] = [line(join(folder, 'idVendor')), line(join(folder, 'idProduct'))]
    if (vendor !== undefined && product !== undefined) {
      const serial = line(join(folder, 'serial'))
      const words = [line(join(folder, 'manufacturer')), line(join(folder, 'product'))]
      const description = words.filter((word) => word !== undefined).join(' ')
      return {
        vendor: vendor.toLowerCase(),
        product: product.toLowerCase(),
        ...(serial === undefined ? {} : { serial }),
        ...(description === '' ? {} : { description }),
      }
    }
    folder = dirname(folder)
  }
  return {}
}

/** Names by identity, by the name of the terminal each leads to. */
function stableNames(root: string): ReadonlyMap<string, string> {
  const folder = join(root, 'dev/serial/by-id')
  return new Map(
    entries(folder).flatMap((name) => {
      try {
        return [[basename(readlinkSync(join(folder, name))), `/dev/serial/by-id/${name}`] as const]
      } catch {
        return []
      }
    }),
  )
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder).sort()
  } catch {
    return []
  }
}

function real(path: string): string | undefined {
  try {
    return realpathSync(path)
  } catch {
    return undefined
  }
}

/** The first line of a file of the kernel; undefined where there is none, or an empty one. */
function line(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').split('\n')[0]?.trim() || undefined
  } catch {
    return undefined
  }
}
