/** The tally of the wire: it counts what a link does, in bytes and frames, and takes no part in it. */
import { describe, expect, it } from 'vitest'
import { encodeFrame } from '#protocol/frame'
import { WIRE_COUNTS, WireTally } from '#protocol/wire-tally'

const ack = (sequence: number) => encodeFrame(sequence, { type: 'ACK', token: 1, tick: 0 })
const stat = (sequence: number) => encodeFrame(sequence, { type: 'STAT', token: 1 })

function tel(sequence: number, queued: number): Uint8Array {
  const counters = { tick: 0, forward: 0, reverse: 0, lost: 0, encoder: 0, cell: 2900, discarded: 7, overruns: 1 }
  return encodeFrame(sequence, { type: 'TEL', token: 1, ...counters, queued, state: 'IDLE' })
}

describe('the tally', () => {
  it('measures a round trip from the first time a command was sent', () => {
    const tally = new WireTally()
    tally.sent(stat(0), 0)
    tally.sent(stat(1), 100)
    tally.sent(stat(0), 5000)
    tally.received(ack(0), 6400)
    tally.received(ack(1), 6500)
    tally.received(ack(1), 9000)
    expect(tally.statistics).toMatchObject({
      ...{ sent_frames: 3, received_frames: 3, retries: 1, refusals: 0, round_trips: 2 },
      ...{ round_trip_least_ticks: 100, round_trip_most_ticks: 100, round_trip_total_ticks: 200 },
    })
  })

  it('counts every byte, whatever it was part of', () => {
    const tally = new WireTally()
    const noise = Buffer.from('hello\n$0000\nxx')
    tally.sent(Uint8Array.of(0x0a, 0x9b, 0x9b), 0)
    tally.received(Buffer.concat([noise, ack(0)]), 0)
    const { sent_bytes, sent_frames, received_bytes, received_frames, log_lines, flawed, discarded_bytes } =
      tally.statistics
    expect([sent_bytes, sent_frames]).toEqual([3, 0])
    expect([received_bytes, received_frames]).toEqual([noise.length + ack(0).length, 1])
    expect([log_lines, flawed, discarded_bytes]).toEqual([1, 1, 7])
  })

  it('misses what telemetry misses, over the turn of its numbers', () => {
    const tally = new WireTally()
    for (const [sequence, queued] of [
      [0, 1],
      [1, 3],
      [4, 2],
      [3, 9],
      [100, 1],
      [227, 1],
      [2, 1],
    ] as const) {
      tally.received(tel(sequence, queued), 0)
    }
    expect(tally.statistics).toMatchObject({
      ...{ telemetry: 7, telemetry_missed: 2 + 95 + 126 + 30, queue_most: 9 },
      ...{ rig_discarded_bytes: 7, rig_overruns: 1 },
    })
  })

  it('counts refusals, and commands of a new session as new', () => {
    const tally = new WireTally()
    tally.sent(stat(0), 0)
    tally.sent(encodeFrame(0, { type: 'HELLO', nonce: 5 }), 10)
    tally.sent(stat(0), 20)
    tally.received(encodeFrame(0, { type: 'NAK', token: 1, reason: 'LATE', tick: 0 }), 84)
    expect(tally.statistics).toMatchObject({ retries: 0, refusals: 1, round_trips: 1, round_trip_most_ticks: 1 })
  })

  it('names every count once', () => {
    expect(Object.keys(new WireTally().statistics).sort()).toEqual([...WIRE_COUNTS].sort())
  })
})
