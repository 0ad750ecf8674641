/**
 * What a USB identity usually is: boards that carry an ATmega328P, and the adapters on their clones and beside others. The
 * identities are those of the public list of USB ids (linux-usb.org/usb.ids).
 */
const BOARDS: Readonly<Record<string, string>> = {
  '2341:0043': 'Arduino Uno R3',
  '2341:0001': 'Arduino Uno',
  '2341:0243': 'Arduino Uno R3',
  '2a03:0043': 'Arduino Uno R3',
  '1a86:7523': 'CH340 adapter, as on many a Nano',
  '1a86:55d4': 'CH9102 adapter',
  '0403:6001': 'FT232R adapter, as on a Nano',
  '10c4:ea60': 'CP2102 adapter',
  '067b:2303': 'PL2303 adapter',
}

/** What usually has this identity; undefined for one that is not in the table. */
export function usually(vendor: string, product: string): string | undefined {
  return BOARDS[`${vendor}:${product}`]
}
