/** Bits of the stored record that turn over: anywhere in it, or in the part of it that holds one thing. */
import { flipped, HEAD_BITS, type Memory, payloadOf } from '#firmware-sim/memory/store'
import type { MemoryCopy, RecordPart } from '#firmware-sim/messages'

/** The field of the record that holds a part. */
const FIELDS: Readonly<Record<RecordPart, string>> = {
  therapy: 'therapy',
  reservoir: 'reservoir',
  clock: 'clock',
  patient: 'patient',
  alarms: 'alarms',
  line: 'plugs',
}

const BYTE_bits = 8

interface Flip {
  readonly copy: MemoryCopy
  readonly bit: number
  readonly part?: RecordPart
}

/** The memory with the bit turned over. Where no copy is whole there are no parts any more, and a bit is one of the copy. */
export function flippedIn(memory: Memory, { copy, bit, part }: Flip): Memory {
  const payload = part === undefined ? null : payloadOf(memory)
  const field = part === undefined || payload === null ? null : fieldIn(payload, FIELDS[part])
  if (field === null) return flipped(memory, copy, bit)
  return flipped(memory, copy, HEAD_BITS + BYTE_bits * field.from + (bit % (BYTE_bits * field.count)))
}

/** Where the value of a field of the outermost object lies in a text of JSON, in bytes; null where there is no such field. */
function fieldIn(text: string, name: string): { readonly from: number; readonly count: number } | null {
  const key = `${JSON.stringify(name)}:`
  let [depth, quoted, from] = [0, false, -1]
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]
    if (quoted) {
      if (character === '\\') at += 1
      else if (character === '"') quoted = false
      continue
    }
    if (from >= 0 && depth === 1 && (character === ',' || character === '}')) {
      return { from: Buffer.byteLength(text.slice(0, from)), count: Buffer.byteLength(text.slice(from, at)) }
    }
    if (from < 0 && depth === 1 && text.startsWith(key, at)) {
      from = at + key.length
      at = from - 1
      continue
    }
    if (character === '"') quoted = true
    else if (character === '{' || character === '[') depth += 1
    else if (character === '}' || character === ']') depth -= 1
  }
  return null
}
