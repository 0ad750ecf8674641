/** Frames of the wire written and read, beside packages that do the like and beside the bare sum of the same bytes. */
import { crc32 } from 'node:zlib'
import { decode, encode } from 'cobs'
import packagedCrc32 from 'crc/crc32'
import type { Direction } from '#protocol/catalogue'
import { decodeFrame, encodeFrame } from '#protocol/frame'
import type { Frame } from '#protocol/message'
import { least_ms, type Row, rate } from '#scripts/bench/row'

const COUNT = 200_000
const TIMES = 5
const BUDGET_per_s = 1e6
/** Different frames of a kind, so that nothing is measured that depends on one alone; a power of two. */
const VARIANTS = 64
/** What a frame has around the bytes that its sum is of: `$`, and `*CCCCCCCC` with a newline. */
const [HEAD, TAIL] = [1, 10]
const SUM_BYTES = 4

/** Results go here, so that no loop can be left out as useless. */
let sink = 0

export function frames(): Row[] {
  return [...rows('TEL', 'to-host', telemetry), ...rows('SEG', 'to-rig', segment)]
}

/** Counters of a rig some days into a run. */
function telemetry(n: number): Frame {
  const tick = 1_234_567_890 + n * 43_200
  const counters = { forward: 12_345 + n, reverse: 0, lost: 0, encoder: 12_345 + n, discarded: 0, overruns: 0 }
  return {
    sequence: n,
    message: { type: 'TEL', token: 40_961, tick, ...counters, queued: 2, state: 'RUN', cell: 2900 - n },
  }
}

/** A step each 675,000 ticks and a third, for an hour or so. */
function segment(n: number): Frame {
  const motion = { phase: 1, count: 64, quotient: 675_000 + n, remainder: 1, divisor: 3, direction: 'F' } as const
  return { sequence: n, message: { type: 'SEG', token: 40_961, first: 1_234_567_890 + n * 43_200, ...motion } }
}

function rows(type: string, direction: Direction, frameOf: (n: number) => Frame): Row[] {
  const variants = Array.from({ length: VARIANTS }, (_, n) => {
    const frame = frameOf(n)
    const line = encodeFrame(frame.sequence, frame.message).slice()
    const payload = Buffer.from(line.subarray(HEAD, -TAIL))
    const packed = pack(payload)
    if (typeof decodeFrame(direction, line, 0, line.length - 1) === 'string' || !unpack(packed)) {
      throw new Error(`a ${type} was not read back`)
    }
    if (packagedCrc32(payload) !== crc32(payload)) throw new Error('the peers do not agree on the sum')
    return { frame, line, payload, packed }
  })
  type Variant = (typeof variants)[number]
  const loop_ms = (work: (variant: Variant) => number) =>
    least_ms(TIMES, () => {
      for (let n = 0; n < COUNT; n += VARIANTS) for (const variant of variants) sink = (sink + work(variant)) | 0
    })
  const write_ms = loop_ms(({ frame }) => encodeFrame(frame.sequence, frame.message).length)
  const read_ms = loop_ms(({ line }) => (typeof decodeFrame(direction, line, 0, line.length - 1) === 'string' ? 1 : 0))
  const pack_ms = loop_ms(({ payload }) => pack(payload).length)
  const unpack_ms = loop_ms(({ packed }) => (unpack(packed) ? 1 : 0))
  const sum_ms = loop_ms(({ payload }) => crc32(payload))
  const budget = (ms: number) => ({ text: '1,000k frames/s', kept: COUNT / (ms / 1000) >= BUDGET_per_s })
  const row = (work: string, work_ms: number, beside: string, floor_ms: number): Row => ({
    ...{ work, measured: rate(COUNT, work_ms, 'frames'), beside, floor: rate(COUNT, floor_ms, 'frames') },
    ratio: work_ms / floor_ms,
  })
  return [
    { ...row(`frame: encode ${type}`, write_ms, 'crc and cobs encode', pack_ms), budget: budget(write_ms) },
    row('the same', write_ms, 'crc32 of node:zlib', sum_ms),
    { ...row(`frame: decode ${type}`, read_ms, 'cobs decode and crc', unpack_ms), budget: budget(read_ms) },
    row('the same', read_ms, 'crc32 of node:zlib', sum_ms),
  ]
}

/** The bytes with their sum after them, stuffed. */
function pack(payload: Buffer): Buffer {
  const whole = Buffer.allocUnsafe(payload.length + SUM_BYTES)
  whole.set(payload)
  whole.writeUInt32LE(packagedCrc32(payload), payload.length)
  return encode(whole)
}

/** Whether the sum is that of the bytes before it. */
function unpack(packed: Buffer): boolean {
  const whole = decode(packed)
  const end = whole.length - SUM_BYTES
  return packagedCrc32(whole.subarray(0, end)) === whole.readUInt32LE(end)
}
