/**
 * The pump's nonvolatile memory: one record in two copies, written word by word, so that a loss of power at any word
 * leaves the record as it was before or as it was meant to be, and nothing in between.
 *
 * A copy is the words [mark, sequence, length in bytes, payload in UTF-8 ..., CRC-32 of all before], each of 32 bits
 * and little-endian where bytes count. Writing takes the mark away first and gives it back last: in between the copy
 * passes for no whole one, whatever its other words are. The copy that counts is written last.
 */
import { crc32 } from 'node:zlib'
import type { MemoryCopy } from '#firmware-sim/messages'

/**
 * The words of one copy, whole numbers from 0 to 2^32 - 1, as many as its record needs; one whose writing broke off may
 * have more. Anything else reads as a bad copy.
 */
export type Copy = readonly number[]

export interface Memory {
  readonly copies: readonly [first: Copy, second: Copy]
}

export type OneCopy = Exclude<MemoryCopy, 'both'>

/** What became of an operation that writes. */
export interface Writing {
  readonly memory: Memory
  /** Word writes begun, the torn one included. */
  readonly writes: number
  /** False when the power failed at one of them. */
  readonly complete: boolean
}

/** What a check of both copies finds. */
export type Examination =
  | { readonly state: 'sound' }
  /** This copy is no whole record. */
  | { readonly state: 'one-bad'; readonly copy: OneCopy }
  /** Both are whole but not the same, and this copy is the one that does not count. */
  | { readonly state: 'differing'; readonly copy: OneCopy }
  /** Neither copy is a whole record. */
  | { readonly state: 'lost' }

/** The longest payload, in bytes of UTF-8. */
export const PAYLOAD_LIMIT_bytes = 65_536

/** Says that a copy is whole, and by its last byte in which format. */
const MARK = 0x504d_b602
/** No bit in common with the mark, so that a torn write of it never heals a damaged mark. */
const NO_MARK = ~MARK >>> 0
/** Words around the payload: mark, sequence and length before it, the CRC after it. */
const HEAD_words = 3
const FRAME_words = HEAD_words + 1
const WORD_bytes = 4
const WORD_bits = 32
/** Bits of a copy before its payload. */
export const HEAD_BITS = HEAD_words * WORD_bits
/** Bits that a torn word keeps of what it held, unless told otherwise: every other one. */
const KEPT_BITS = 0x5555_5555

/** Place of a copy in the memory. */
type Place = 0 | 1
const NAMES: readonly [OneCopy, OneCopy] = ['first', 'second']

/** New memory with the payload in both copies. Throws RangeError for the payloads {@link stored} does. */
export function formatted(payload: string): Memory {
  const copy = copyOf(payload, 0)
  return { copies: [copy, copy] }
}

/**
 * Writes a payload to both copies, with the next sequence: a bad or older copy first, else the first one.
 *
 * With `cut`, counted from 1, the power fails at that word write: those before it are made, the word itself is torn and
 * none after it is touched. A torn word keeps the bits set in `kept` of what it held and takes the others of what it
 * was to hold. A cut beyond the last write does not happen.
 *
 * Throws RangeError, with nothing written, for a payload beyond {@link PAYLOAD_LIMIT_bytes} or with half a surrogate
 * pair, and for a cut that counts no write.
 */
export function stored(memory: Memory, payload: string, cut: number | null, kept: number = KEPT_BITS): Writing {
  const last = counting(memory) ?? 1
  const sequence = (memory.copies[last][1] ?? 0) + 1
  return written(memory, copyOf(payload, sequence), [other(last), last], cut, kept)
}

/**
 * Rewrites the copy that {@link examined} names from the other one; where it names none, nothing is written. `cut`,
 * `kept` and the RangeError are those of {@link stored}.
 */
export function repaired(memory: Memory, cut: number | null, kept: number = KEPT_BITS): Writing {
  const good = counting(memory)
  const idle = good === null || examined(memory).state === 'sound'
  return written(memory, memory.copies[good ?? 1], idle ? [] : [other(good)], cut, kept)
}

/** Checks both copies; throws for no words whatever. */
export function examined(memory: Memory): Examination {
  const good = counting(memory)
  if (good === null) return { state: 'lost' }
  const [counts, second] = [memory.copies[good], memory.copies[other(good)]]
  if (sameWords(counts, second)) return { state: 'sound' }
  return { state: isWhole(second) ? 'differing' : 'one-bad', copy: NAMES[other(good)] }
}

/** The payload of the newest whole copy, null when there is none; throws for no words whatever. */
export function payloadOf(memory: Memory): string | null {
  const good = counting(memory)
  if (good === null) return null
  const words = memory.copies[good]
  const start = HEAD_words * WORD_bytes
  return bytesOf(words).toString('utf8', start, start + (words[2] ?? 0))
}

/**
 * Turns one bit over: bit k is bit k mod 32, from the least, of word k / 32, counted modulo the size of each copy it is
 * done to. Throws RangeError for a bit that is no whole number from 0.
 */
export function flipped(memory: Memory, copy: MemoryCopy, bit: number): Memory {
  if (!Number.isSafeInteger(bit) || bit < 0) {
    throw new RangeError(`bit ${bit} of the memory does not exist: give a whole number from 0`)
  }
  const [first, second] = memory.copies
  return {
    copies: [
      copy === 'second' ? first : withBitFlipped(first, bit),
      copy === 'first' ? second : withBitFlipped(second, bit),
    ],
  }
}

function withBitFlipped(words: Copy, bit: number): Copy {
  const place = Math.floor(bit / WORD_bits) % words.length
  return words.map((word, i) => (i === place ? (word ^ (1 << (bit % WORD_bits))) >>> 0 : word))
}

function other(place: Place): Place {
  return place === 0 ? 1 : 0
}

/** The copy that counts: of two whole ones the first if it is newer, else the second; null when both are bad. */
function counting({ copies: [first, second] }: Memory): Place | null {
  const secondIsWhole = isWhole(second)
  const firstIsWhole = first === second ? secondIsWhole : isWhole(first)
  if (firstIsWhole && secondIsWhole) return isNewer(first, second) ? 0 : 1
  return secondIsWhole ? 1 : firstIsWhole ? 0 : null
}

/** Sequences go round at 2^32: one is newer when it is ahead by less than half the way. */
function isNewer(words: Copy, than: Copy): boolean {
  return (((words[1] ?? 0) - (than[1] ?? 0)) | 0) > 0
}

function sameWords(a: Copy, b: Copy): boolean {
  return a === b || (a.length === b.length && a.every((word, i) => word === b[i]))
}

/** Whether the words are one whole record and nothing else. */
function isWhole(words: Copy): boolean {
  const [mark, , length = Number.NaN] = words
  if (mark !== MARK || length > PAYLOAD_LIMIT_bytes || words.length !== recordWords(length)) return false
  const bytes = bytesOf(words)
  return words.every((word) => word >>> 0 === word) && checksum(bytes) === words[words.length - 1]
}

/** Words of the record of a payload of so many bytes. */
function recordWords(length: number): number {
  return FRAME_words + Math.ceil(length / WORD_bytes)
}

function bytesOf(words: Copy): Buffer {
  const bytes = Buffer.alloc(words.length * WORD_bytes)
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  for (let i = 0; i < words.length; i += 1) view.setUint32(i * WORD_bytes, words[i] ?? 0, true)
  return bytes
}

/** CRC-32 of all bytes but those of the last word. */
function checksum(bytes: Buffer): number {
  return crc32(bytes.subarray(0, bytes.length - WORD_bytes))
}

/** The record of a payload, as words; the sequence is taken modulo 2^32. */
function copyOf(payload: string, sequence: number): Copy {
  const length = Buffer.byteLength(payload)
  if (length > PAYLOAD_LIMIT_bytes) {
    throw new RangeError(`a payload of ${length} bytes is beyond the ${PAYLOAD_LIMIT_bytes} of the memory: store less`)
  }
  const bytes = Buffer.alloc(recordWords(length) * WORD_bytes)
  const start = HEAD_words * WORD_bytes
  bytes.write(payload, start)
  if (length !== payload.length && bytes.toString('utf8', start, start + length) !== payload) {
    throw new RangeError('the payload has half a surrogate pair, which UTF-8 cannot hold: store whole characters')
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  for (const [i, word] of [MARK, sequence, length].entries()) view.setUint32(i * WORD_bytes, word, true)
  view.setUint32(bytes.length - WORD_bytes, checksum(bytes), true)
  const words: number[] = []
  for (let at = 0; at < bytes.length; at += WORD_bytes) words.push(view.getUint32(at, true))
  return words
}

/** Writes a record to the copies at these places, one after the other, until the power fails. */
function written(memory: Memory, record: Copy, places: readonly Place[], cut: number | null, kept: number): Writing {
  if (cut !== null && !(Number.isSafeInteger(cut) && cut >= 1)) {
    throw new RangeError(`the power cannot fail at word write ${cut}: writes are counted from 1`)
  }
  // The mark is written twice.
  const needed = record.length + 1
  let now = memory
  let writes = 0
  for (const place of places) {
    const left = cut === null ? needed : Math.min(needed, cut - writes - 1)
    if (left < needed) {
      const broken = brokenOff(now.copies[place], record, left + 1, kept)
      return { memory: withCopy(now, place, broken), writes: writes + left + 1, complete: false }
    }
    now = withCopy(now, place, record)
    writes += needed
  }
  return { memory: now, writes, complete: true }
}

function withCopy({ copies: [first, second] }: Memory, place: Place, copy: Copy): Memory {
  return { copies: place === 0 ? [copy, second] : [first, copy] }
}

/** A copy after so many writes of a record over it, the last of them torn; words never written read 0. */
function brokenOff(held: Copy, record: Copy, writes: number, kept: number): Copy {
  const words = [...held]
  for (let write = 0; write < writes; write += 1) {
    const place = write % record.length
    const word = write === 0 ? NO_MARK : (record[place] ?? 0)
    words[place] = write === writes - 1 ? (((words[place] ?? 0) & kept) | (word & ~kept)) >>> 0 : word
  }
  return words
}
