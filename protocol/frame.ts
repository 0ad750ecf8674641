/**
 * One frame as one line of printable ASCII: `$LLSSTYPE,field,field*CCCCCCCC` and a newline.
 *
 * LL counts the characters from SS up to but excluding `*`, SS is the sequence number and C the CRC-32 of everything
 * between `$` and `*`; all three in upper-case hex. Decoding is strict: each message with its sequence number has exactly
 * one spelling, and whatever deviates from it by a byte is no frame. What decodes has passed every range of the catalogue.
 */
import { CATALOGUE, type Direction, LIMITS } from '#protocol/catalogue'
import { crc32 } from '#protocol/crc32'
import type { Field } from '#protocol/field'
import { readField, readHex, writeField, writeHex } from '#protocol/field-text'
import type { Frame, MessageIn, ToHost, ToRig } from '#protocol/message'

/**
 * Why a line with a `$` is no frame: `length` too, when `*` or the end is not where LL says; `crc` too, when the sum is
 * not eight upper-case hex digits; `sequence` too, when a frame outside of any sequence does not say 00.
 */
export type Flaw = 'too-long' | 'length' | 'crc' | 'type' | 'field-count' | 'field' | 'sequence'

/** How long a frame may be, in bytes, newline included. */
export const LONGEST: Readonly<Record<Direction, number>> = {
  'to-rig': LIMITS.frame_to_rig,
  'to-host': LIMITS.frame_to_host,
}

const [DOLLAR, STAR, COMMA, NEWLINE] = [0x24, 0x2a, 0x2c, 0x0a]
/** Length of everything outside of what LL counts: `$LL` before and `*CCCCCCCC` after. */
const [HEAD, TAIL] = [3, 9]

/** A row of the catalogue, ready for use. */
interface Shape {
  readonly name: string
  readonly letters: Uint8Array
  readonly unsequenced: boolean
  readonly fields: readonly (readonly [name: string, field: Field])[]
}

const SHAPES: Readonly<Record<Direction, readonly Shape[]>> = {
  'to-rig': shapesOf('to-rig'),
  'to-host': shapesOf('to-host'),
}

function shapesOf(direction: Direction): Shape[] {
  return Object.entries(CATALOGUE[direction]).map(([name, { kind, fields }]) => ({
    name,
    letters: new TextEncoder().encode(name),
    unsequenced: kind === 'session' || kind === 'heartbeat',
    fields: Object.entries(fields),
  }))
}

const SHAPE_BY_NAME = new Map([...SHAPES['to-rig'], ...SHAPES['to-host']].map((shape) => [shape.name, shape]))

/** Frames are written side by side into one stretch of memory: allocating each on its own costs as much as its making. */
const STRETCH = 16_384
let stretch = new Uint8Array(STRETCH)
let used = 0

/**
 * The bytes of a frame, newline included; they share their `buffer` with other frames. Throws RangeError for a value
 * that the catalogue does not allow.
 */
export function encodeFrame(sequence: number, message: ToRig | ToHost): Uint8Array {
  const shape = SHAPE_BY_NAME.get(message.type)
  if (shape === undefined) throw new RangeError(`there is no message ${message.type}`)
  const highest = shape.unsequenced ? 0 : 0xff
  if (!(Number.isInteger(sequence) && sequence >= 0 && sequence <= highest)) {
    throw new RangeError(`${message.type} cannot have the sequence number ${sequence}`)
  }
  const values: Readonly<Record<string, number | string>> = message
  const [bytes, start] = room()
  bytes[start] = DOLLAR
  writeHex(bytes, start + HEAD, 2, sequence)
  bytes.set(shape.letters, start + HEAD + 2)
  let star = start + HEAD + 2 + shape.letters.length
  for (const [name, field] of shape.fields) {
    bytes[star] = COMMA
    star = writeField(bytes, star + 1, field, values[name], name)
  }
  writeHex(bytes, start + 1, 2, star - start - HEAD)
  bytes[star] = STAR
  writeHex(bytes, star + 1, 8, crc32(bytes, start + 1, star))
  bytes[star + TAIL] = NEWLINE
  used = star + TAIL + 1
  return bytes.subarray(start, used)
}

/** Where the next frame goes; the longest fits. */
function room(): readonly [bytes: Uint8Array, start: number] {
  if (used + LIMITS.frame_to_host > STRETCH) {
    stretch = new Uint8Array(STRETCH)
    used = 0
  }
  return [stretch, used]
}

/**
 * The frame that `line` holds from `start`, where its `$` is, to `end`, where its newline is or would be; or what is
 * wrong with it.
 */
export function decodeFrame<D extends Direction>(
  direction: D,
  line: Uint8Array,
  start = 0,
  end = line.length,
): Frame<MessageIn[D]> | Flaw {
  if (end - start + 1 > LONGEST[direction]) return 'too-long'
  const star = end - TAIL
  if (line[start] !== DOLLAR || star < start + HEAD || line[star] !== STAR) return 'length'
  if (readHex(line, start + 1, 2) !== star - start - HEAD) return 'length'
  if (readHex(line, star + 1, 8) !== crc32(line, start + 1, star)) return 'crc'
  const sequence = readHex(line, start + HEAD, 2)
  if (sequence < 0 || star < start + HEAD + 2) return 'sequence'
  const shape = shapeAt(SHAPES[direction], line, start + HEAD + 2, star)
  if (shape === undefined) return 'type'
  const values = readFields(shape, line, start + HEAD + 2 + shape.letters.length, star)
  if (typeof values === 'string') return values
  if (shape.unsequenced && sequence !== 0) return 'sequence'
  // The shape is a row of the catalogue for this direction, from which the type is derived, and every field was checked
  // against that row: this is the one place where the catalogue as data and the catalogue as types are joined.
  return { sequence, message: values as unknown as MessageIn[D] }
}

function shapeAt(shapes: readonly Shape[], line: Uint8Array, start: number, star: number): Shape | undefined {
  for (const shape of shapes) {
    const { letters } = shape
    const after = line[start + letters.length]
    if (line[start] !== letters[0] || (after !== COMMA && after !== STAR)) continue
    if (start + letters.length > star) continue
    let same = 1
    while (same < letters.length && line[start + same] === letters[same]) same += 1
    if (same === letters.length) return shape
  }
  return undefined
}

function readFields(shape: Shape, line: Uint8Array, start: number, star: number): Record<string, unknown> | Flaw {
  const values: Record<string, unknown> = { type: shape.name }
  let position = start
  for (const [name, field] of shape.fields) {
    if (position === star) return 'field-count'
    let end = position + 1
    while (end < star && line[end] !== COMMA) end += 1
    const value = readField(line, position + 1, end, field)
    if (value === undefined) return 'field'
    values[name] = value
    position = end
  }
  return position === star ? values : 'field-count'
}
