/**
 * Intel HEX: the text in which a compiler hands over machine code.
 *
 * Reads strictly, because a flash image that is almost right is the worst kind: every record must be whole and have its
 * checksum, nothing may be given twice or follow the end, and the end must be there. What is wrong comes back as
 * problems with their line; nothing is thrown. Format: Intel, Hexadecimal Object File Format Specification, rev. A,
 * 1988; records 00 to 05.
 */
export interface HexProblem {
  /** From 1. */
  readonly line: number
  readonly problem: string
}

export type HexImage =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly problems: readonly HexProblem[] }

/** What erased flash reads as. */
const ERASED = 0xff

const RECORD = /^:((?:[0-9A-Fa-f]{2}){5,})$/

const DATA = 0
const END = 1
const SEGMENT_ADDRESS = 2
const LINEAR_ADDRESS = 4
/** Where execution starts on other processors; an AVR always starts at its reset vector. */
const START_ADDRESSES: readonly number[] = [3, 5]
const PAYLOAD_BYTES: ReadonlyMap<number, number> = new Map([
  [END, 0],
  [SEGMENT_ADDRESS, 2],
  [3, 4],
  [LINEAR_ADDRESS, 2],
  [5, 4],
])

class Reader {
  readonly bytes: Uint8Array
  readonly problems: HexProblem[] = []
  readonly #written: Uint8Array
  #base = 0
  #ended = false

  constructor(size: number) {
    this.bytes = new Uint8Array(size).fill(ERASED)
    this.#written = new Uint8Array(size)
  }

  read(text: string): void {
    const lines = text.split(/\r?\n/)
    if (lines.at(-1) === '') lines.pop()
    for (const [index, line] of lines.entries()) {
      const problem = this.#ended ? 'stands after the end record' : this.#record(line)
      if (problem !== undefined) this.problems.push({ line: index + 1, problem })
    }
    if (!this.#ended) this.problems.push({ line: Math.max(1, lines.length), problem: 'there is no end record' })
  }

  /** Takes one record; answers with what is wrong with it. */
  #record(line: string): string | undefined {
    const digits = RECORD.exec(line)?.[1]
    if (digits === undefined) return 'is not a record: a colon and whole bytes in hexadecimal'
    const record = Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
    const [length = 0, high = 0, low = 0, type = 0] = record
    if (record.length !== length + 5) return `says ${length} data bytes and has ${record.length - 5}`
    const sum = record.reduce((total, byte) => (total + byte) & 0xff, 0)
    if (sum !== 0) return 'has a wrong checksum'
    const payload = record.subarray(4, -1)
    if (type === DATA) return this.#data(this.#base + high * 256 + low, payload)
    if (PAYLOAD_BYTES.get(type) === undefined) return `is of the unknown type ${type}`
    if (PAYLOAD_BYTES.get(type) !== length) return `is of type ${type} and cannot have ${length} data bytes`
    if (START_ADDRESSES.includes(type)) return undefined
    const [first = 0, second = 0] = payload
    if (type === END) this.#ended = true
    else this.#base = (first * 256 + second) * (type === SEGMENT_ADDRESS ? 2 ** 4 : 2 ** 16)
    return undefined
  }

  #data(address: number, payload: Uint8Array): string | undefined {
    const end = address + payload.length
    if (end > this.bytes.length) return `reaches to byte ${end} of a memory of ${this.bytes.length}`
    const twice = this.#written.subarray(address, end).indexOf(1)
    if (twice !== -1) return `gives byte ${address + twice} a second time`
    this.bytes.set(payload, address)
    this.#written.fill(1, address, end)
    return undefined
  }
}

/** Reads the text into a memory of so many bytes, erased where the text gives nothing. */
export function parseHex(text: string, size: number): HexImage {
  const reader = new Reader(size)
  reader.read(text)
  return reader.problems.length === 0 ? { ok: true, bytes: reader.bytes } : { ok: false, problems: reader.problems }
}
