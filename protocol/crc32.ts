/**
 * The CRC-32 of zlib, Ethernet and PNG (reflected polynomial EDB88320), over part of a buffer.
 *
 * Its check value, over the ASCII digits 1 to 9, is CBF43926. Written in hex digits it still catches every pattern of
 * four flipped bits in a frame of this wire. The tables take four bytes at a time; for the frames of this wire, most of
 * them 30 to 100 bytes long, that takes half as long as a call of zlib, which is made for long buffers.
 */

const POLYNOMIAL = 0xedb88320

/** Sums of single bytes, and of single bytes followed by one, two and three zero bytes. */
const T0 = Int32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte
  for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (sum & 1 ? POLYNOMIAL : 0)
  return sum
})
const T1 = T0.map(withZero)
const T2 = T1.map(withZero)
const T3 = T2.map(withZero)

function withZero(sum: number): number {
  return (sum >>> 8) ^ (T0[sum & 0xff] ?? 0)
}

/** CRC-32 of `bytes` from `start` to `end` (exclusive), as an unsigned number. */
export function crc32(bytes: Uint8Array, start = 0, end = bytes.length): number {
  let sum = -1
  let i = start
  for (; i + 4 <= end; i += 4) {
    sum ^= (bytes[i] ?? 0) | ((bytes[i + 1] ?? 0) << 8) | ((bytes[i + 2] ?? 0) << 16) | ((bytes[i + 3] ?? 0) << 24)
    sum = (T3[sum & 0xff] ?? 0) ^ (T2[(sum >>> 8) & 0xff] ?? 0) ^ (T1[(sum >>> 16) & 0xff] ?? 0) ^ (T0[sum >>> 24] ?? 0)
  }
  for (; i < end; i += 1) sum = (sum >>> 8) ^ (T0[(sum ^ (bytes[i] ?? 0)) & 0xff] ?? 0)
  return ~sum >>> 0
}

/** A 32-bit number as eight upper-case hex digits. */
export function hex8Text(value: number): string {
  return (value >>> 0).toString(16).toUpperCase().padStart(8, '0')
}
