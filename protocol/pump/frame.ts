/**
 * Messages of the pump's wire as frames: the same line as on the rig's wire, `$LLSSTYPE,field,field*CCCCCCCC`.
 *
 * A message that is too long for one frame is cut into several of the same sequence number. Right after it stands a mark: `+` in
 * the first of them and `-` in every other, and how many frames of the message follow, in three hex digits. The characters after
 * the marks, put together in order, are the message: one of which any frame is missing is none.
 */
import { crc32, hex8Text } from '#protocol/crc32'
import type { Flaw } from '#protocol/frame'
import { PUMP_CATALOGUE, type PumpDirection } from '#protocol/pump/catalogue'
import type { PumpFields } from '#protocol/pump/field'
import { spelled, unspelled } from '#protocol/pump/field-text'
import { PUMP_LIMITS } from '#protocol/pump/limits'
import type { Numbered, PumpMessageIn } from '#protocol/pump/message'

/** How long a frame may be, in bytes, newline included. */
export const LONGEST_PUMP_FRAME: Readonly<Record<PumpDirection, number>> = {
  'to-pump': PUMP_LIMITS.frame_to_pump,
  'to-bench': PUMP_LIMITS.frame_to_bench,
}

/** `$`, length and sequence number before what a frame says; `*`, the sum and the newline after it. */
const [BEFORE, AFTER] = [5, 10]
const SEQUENCES = 256
/** The mark of a frame that is part of a message, in characters. */
const MARK = 4
const LINE = /^\$([0-9A-F]{2})(([0-9A-F]{2})(?:([+-])([0-9A-F]{3}))?(.*))\*([0-9A-F]{8})$/s

/** One frame: some or all characters of a message. */
export interface PumpLine {
  readonly sequence: number
  readonly text: string
  /** Which part of a message it is: whether the first, and how many frames follow; null where it is the whole message. */
  readonly part: { readonly begins: boolean; readonly left: number } | null
}

/** The characters of a message, from its TYPE on. Throws RangeError for a value that the catalogue does not allow. */
export function messageText<D extends PumpDirection>(direction: D, message: PumpMessageIn[D]): string {
  const values: Readonly<Record<string, unknown>> = message
  const fields = fieldsOf(direction, message.type)
  if (fields === undefined) throw new RangeError(`there is no message ${message.type}`)
  const parts = Object.entries(fields).map(([name, field]) => `,${spelled(field, values[name], name)}`)
  return `${message.type}${parts.join('')}`
}

function fieldsOf(direction: PumpDirection, type: string): PumpFields | undefined {
  const table: Readonly<Record<string, { readonly fields: PumpFields }>> = PUMP_CATALOGUE[direction]
  return Object.hasOwn(table, type) ? table[type]?.fields : undefined
}

/** The frames of a message, newlines included. Throws RangeError for what the catalogue does not allow, or is too long. */
export function encodePumpMessage<D extends PumpDirection>(
  direction: D,
  sequence: number,
  message: PumpMessageIn[D],
): Uint8Array {
  if (!(Number.isInteger(sequence) && sequence >= 0 && sequence < SEQUENCES))
    throw new RangeError(`${message.type} cannot have the sequence number ${sequence}`)
  const text = messageText(direction, message)
  if (text.length > PUMP_LIMITS.message) throw new RangeError(`${message.type} is too long: ${text.length} characters`)
  const room = LONGEST_PUMP_FRAME[direction] - BEFORE - AFTER
  if (text.length <= room) return Buffer.from(frame(sequence, text), 'latin1')
  const share = room - MARK
  const parts = Math.ceil(text.length / share)
  const frames = Array.from({ length: parts }, (_, part) =>
    frame(
      sequence,
      `${part === 0 ? '+' : '-'}${digits(parts - 1 - part, 3)}${text.slice(part * share, (part + 1) * share)}`,
    ),
  )
  return Buffer.from(frames.join(''), 'latin1')
}

const digits = (value: number, width = 2) => value.toString(16).toUpperCase().padStart(width, '0')

function frame(sequence: number, text: string): string {
  const summed = `${digits(text.length + 2)}${digits(sequence)}${text}`
  return `$${summed}*${hex8Text(crc32(Buffer.from(summed, 'latin1')))}\n`
}

/** What the line holds from `start`, where its `$` is, to `end`, where its newline is or would be; or what is wrong with it. */
export function decodePumpLine(
  direction: PumpDirection,
  line: Uint8Array,
  start = 0,
  end = line.length,
): PumpLine | Flaw {
  if (end - start + 1 > LONGEST_PUMP_FRAME[direction]) return 'too-long'
  const characters = Buffer.from(line.subarray(start, end)).toString('latin1')
  const [, length, counted = '', sequence = '', mark, left = '', text = '', sum] = LINE.exec(characters) ?? []
  if (length === undefined || Number.parseInt(length, 16) !== counted.length) return 'length'
  if (hex8Text(crc32(Buffer.from(length + counted, 'latin1'))) !== sum) return 'crc'
  const part = mark === undefined ? null : { begins: mark === '+', left: Number.parseInt(left, 16) }
  return { sequence: Number.parseInt(sequence, 16), text, part }
}

/** The message that the characters are, or what is wrong with them. */
export function readMessage<D extends PumpDirection>(direction: D, text: string): PumpMessageIn[D] | Flaw {
  const [type = '', ...parts] = text.split(',')
  const fields = fieldsOf(direction, type)
  if (fields === undefined) return 'type'
  const entries = Object.entries(fields)
  if (entries.length !== parts.length) return 'field-count'
  const values: Record<string, unknown> = { type }
  for (const [index, [name, field]] of entries.entries()) {
    const value = unspelled(field, parts[index] ?? '')
    if (value === undefined) return 'field'
    values[name] = value
  }
  // The fields are a row of the catalogue for this direction, from which the type is derived, and every one was checked
  // against that row: this is the one place where the catalogue as data and the catalogue as types are joined.
  return values as unknown as PumpMessageIn[D]
}

/** Puts the frames of one direction together. */
export class PumpMessageReader<D extends PumpDirection> {
  readonly #direction: D
  #begun: { readonly sequence: number; readonly text: string; readonly left: number } | null = null

  constructor(direction: D) {
    this.#direction = direction
  }

  /**
   * Takes the next frame: the message it completes, null while more is to come, or what is wrong with it; `missing` where frames of
   * its message did not come.
   */
  take({ sequence, text, part }: PumpLine): (Numbered<D> & { readonly text: string }) | Flaw | 'missing' | null {
    const begun = this.#begun
    this.#begun = null
    if (part !== null && !part.begins && (begun?.sequence !== sequence || begun.left !== part.left + 1))
      return 'missing'
    const whole = part === null || part.begins ? text : `${begun?.text ?? ''}${text}`
    if (whole.length > PUMP_LIMITS.message) return 'too-long'
    if (part !== null && part.left > 0) {
      this.#begun = { sequence, text: whole, left: part.left }
      return null
    }
    const message = readMessage(this.#direction, whole)
    if (typeof message === 'string') return message
    const { kind } =
      (PUMP_CATALOGUE[this.#direction] as Readonly<Record<string, { readonly kind: string }>>)[message.type] ?? {}
    if (kind === 'session' && sequence !== 0) return 'sequence'
    return { sequence, message, text: whole }
  }

  /** Forgets what was begun, because a line in between was no frame. */
  forget(): void {
    this.#begun = null
  }
}
