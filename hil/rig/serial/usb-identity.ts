/** A board by what it is on USB, as command lines write it: `usb:VID:PID`, or `usb:VID:PID:SERIAL`. */

const IDENTITY = /^usb:([0-9a-f]{4}):([0-9a-f]{4})(?::(.+))?$/i

/** What a board must be: four hex digits each, in lower case, and its serial number if one was given. */
export interface UsbIdentity {
  readonly vendor: string
  readonly product: string
  readonly serial: string | undefined
}

/** What to write instead of a name that is none. */
export const USB_RULE = 'a board is written usb:VID:PID or usb:VID:PID:SERIAL, such as usb:2341:0043'

/** Whether it means a board and not a port. */
export function isIdentity(where: string): boolean {
  return /^usb:/i.test(where)
}

/** The identity that the text states; undefined when it states none. */
export function usbIdentity(where: string): UsbIdentity | undefined {
  const [, vendor, product, serial] = IDENTITY.exec(where) ?? []
  if (vendor === undefined || product === undefined) return undefined
  return { vendor: vendor.toLowerCase(), product: product.toLowerCase(), serial }
}
