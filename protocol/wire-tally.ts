/**
 * What crossed the wire, counted from outside of the link: the tally listens to the bytes of both ways and takes no part.
 *
 * It reads frames by itself, so that a link that miscounts is found out. A command sent again before it was answered is a
 * retry; a round trip lasts from the first time a command was sent to its answer.
 */
import { TO_RIG } from '#protocol/catalogue'
import { Splitter } from '#protocol/splitter'
import { TICK_us } from '#protocol/ticks'

/** All counts are since the first byte; times are in whole rig ticks of 64 us, rounded up. */
export interface WireStatistics {
  readonly sent_frames: number
  readonly sent_bytes: number
  readonly received_frames: number
  readonly received_bytes: number
  /** Lines that are no frames and were kept as the log of the rig. */
  readonly log_lines: number
  /** Lines to the host that began like a frame and were none. */
  readonly flawed: number
  /** Bytes to the host, and by the rig's own count bytes to the rig, that were part of nothing. */
  readonly discarded_bytes: number
  readonly rig_discarded_bytes: number
  /** Bytes that the receiver of the rig came too late for, by its own count. */
  readonly rig_overruns: number
  /** Commands sent again for want of an answer. */
  readonly retries: number
  readonly refusals: number
  /** Answers that ended a round trip, and how long these took: the shortest, the longest, all of them together. */
  readonly round_trips: number
  readonly round_trip_least_ticks: number
  readonly round_trip_most_ticks: number
  readonly round_trip_total_ticks: number
  readonly telemetry: number
  /** Telemetry frames that the rig sent and the host never heard. */
  readonly telemetry_missed: number
  /** Most segments that the rig was ever heard to hold at once. */
  readonly queue_most: number
}

/** Every count by name, in the order in which they are written down. */
export const WIRE_COUNTS = [
  'sent_frames',
  'sent_bytes',
  'received_frames',
  'received_bytes',
  'log_lines',
  'flawed',
  'discarded_bytes',
  'rig_discarded_bytes',
  'rig_overruns',
  'retries',
  'refusals',
  'round_trips',
  'round_trip_least_ticks',
  'round_trip_most_ticks',
  'round_trip_total_ticks',
  'telemetry',
  'telemetry_missed',
  'queue_most',
] as const satisfies readonly (keyof WireStatistics)[]

type Counts = { -readonly [Key in keyof WireStatistics]: number }

/** Telemetry is numbered mod 256; what lies further back than half of that is old. */
const SEQUENCES = 256

export class WireTally {
  readonly #toRig = new Splitter('to-rig')
  readonly #toHost = new Splitter('to-host')
  readonly #counts: Counts = {
    ...{ sent_frames: 0, sent_bytes: 0, received_frames: 0, received_bytes: 0, log_lines: 0, flawed: 0 },
    ...{ discarded_bytes: 0, rig_discarded_bytes: 0, rig_overruns: 0, retries: 0, refusals: 0, round_trips: 0 },
    ...{ round_trip_least_ticks: 0, round_trip_most_ticks: 0, round_trip_total_ticks: 0 },
    ...{ telemetry: 0, telemetry_missed: 0, queue_most: 0 },
  }
  /** When each unanswered command was first sent, by its sequence number. */
  readonly #pending = new Map<number, number>()
  #nextTelemetry = 0

  /** Bytes went to the rig. */
  sent(bytes: Uint8Array, now_us: number): void {
    this.#counts.sent_bytes += bytes.length
    for (const piece of this.#toRig.push(bytes)) {
      if (piece.kind !== 'frame') continue
      this.#counts.sent_frames += 1
      const { sequence, message } = piece.frame
      if (message.type === 'HELLO') this.#pending.clear()
      if (TO_RIG[message.type].kind !== 'command') continue
      if (this.#pending.has(sequence)) this.#counts.retries += 1
      else this.#pending.set(sequence, now_us)
    }
  }

  /** Bytes came from the rig. */
  received(bytes: Uint8Array, now_us: number): void {
    const counts = this.#counts
    counts.received_bytes += bytes.length
    for (const piece of this.#toHost.push(bytes)) {
      if (piece.kind === 'log') counts.log_lines += 1
      if (piece.kind === 'flawed') counts.flawed += 1
      if (piece.kind !== 'frame') continue
      counts.received_frames += 1
      const { sequence, message } = piece.frame
      switch (message.type) {
        case 'WELCOME':
          this.#nextTelemetry = 0
          break
        case 'ACK':
        case 'NAK':
          if (message.type === 'NAK') counts.refusals += 1
          this.#answered(sequence, now_us)
          break
        case 'TEL':
          counts.telemetry += 1
          counts.queue_most = Math.max(counts.queue_most, message.queued)
          counts.rig_discarded_bytes = Math.max(counts.rig_discarded_bytes, message.discarded)
          counts.rig_overruns = Math.max(counts.rig_overruns, message.overruns)
          this.#follow(sequence)
          break
        case 'SENSED':
        case 'EDGES':
          counts.telemetry += 1
          this.#follow(sequence)
          break
        case 'HALTED':
          this.#follow(sequence)
          break
        case 'BOOT':
          break
      }
    }
  }

  get statistics(): WireStatistics {
    return { ...this.#counts, discarded_bytes: this.#toHost.discarded }
  }

  /** An answer told again from the cache of the rig ends nothing. */
  #answered(sequence: number, now_us: number): void {
    const since_us = this.#pending.get(sequence)
    if (since_us === undefined) return
    this.#pending.delete(sequence)
    const counts = this.#counts
    const ticks = Math.ceil((now_us - since_us) / TICK_us)
    counts.round_trip_least_ticks = counts.round_trips === 0 ? ticks : Math.min(counts.round_trip_least_ticks, ticks)
    counts.round_trip_most_ticks = Math.max(counts.round_trip_most_ticks, ticks)
    counts.round_trip_total_ticks += ticks
    counts.round_trips += 1
  }

  #follow(sequence: number): void {
    const missed = (sequence - this.#nextTelemetry + SEQUENCES) % SEQUENCES
    if (missed >= SEQUENCES / 2) return
    this.#counts.telemetry_missed += missed
    this.#nextTelemetry = (sequence + 1) % SEQUENCES
  }
}
