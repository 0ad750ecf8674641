/**
 * One session as the host sees it, from the WELCOME that opens it until a rig that restarts, falls silent or is opened
 * anew ends it.
 *
 * Every frame with the session's token, and no other, belongs to it.
 */
import { CommandWindow, type Ended } from '#protocol/command-window'
import { encodeFrame } from '#protocol/frame'
import type { CommandRequest, HostEvent, LinkTimes } from '#protocol/link'
import type { Frame, MessageOf, ToHost } from '#protocol/message'
import { TelemetryOrder } from '#protocol/telemetry-order'
import { RigClock } from '#protocol/ticks'

export class HostSession {
  readonly #welcome: MessageOf<'WELCOME'>
  readonly #times: LinkTimes
  readonly #commands: CommandWindow
  readonly #telemetry = new TelemetryOrder()
  readonly #clock: RigClock
  /** When a frame of the session was last heard, and when one that feeds the dead-man was last sent. */
  #heard_us: number
  #fed_us: number

  constructor(welcome: MessageOf<'WELCOME'>, tick: number, times: LinkTimes, now_us: number) {
    this.#welcome = welcome
    this.#times = times
    this.#commands = new CommandWindow(welcome.token, welcome.window, times.retry_us)
    this.#clock = new RigClock(tick, now_us)
    this.#heard_us = now_us
    this.#fed_us = now_us
  }

  get boot(): string {
    return this.#welcome.boot
  }

  /** The absolute tick that the clock of the rig should show. */
  tickAt(now_us: number): number {
    return this.#clock.expected(now_us)
  }

  request(id: number, command: CommandRequest, deadline_us: number): void {
    this.#commands.request(id, command, deadline_us)
  }

  /** A frame other than WELCOME and BOOT: what it comes to, if it belongs to the session and is not old. */
  hear({ sequence, message }: Frame<ToHost>, now_us: number): HostEvent | undefined {
    if (!('token' in message) || message.token !== this.#welcome.token) return undefined
    this.#heard_us = now_us
    switch (message.type) {
      case 'ACK':
      case 'NAK': {
        const tick = this.#clock.hear(message.tick, now_us)
        const reason = message.type === 'NAK' ? message.reason : undefined
        const ended = this.#commands.answer(sequence, tick, reason)
        return ended === undefined ? undefined : outcomeOf(ended)
      }
      case 'TEL': {
        const tick = this.#clock.hear(message.tick, now_us)
        const missed = this.#telemetry.report(sequence, tick)
        return missed === undefined ? undefined : { kind: 'telemetry', report: message, tick, missed }
      }
      case 'SENSED': {
        const tick = this.#clock.hear(message.tick, now_us)
        const missed = this.#telemetry.report(sequence, tick)
        return missed === undefined ? undefined : { kind: 'sensed', report: message, tick }
      }
      case 'EDGES': {
        const tick = this.#clock.hear(message.tick, now_us)
        const missed = this.#telemetry.report(sequence, tick)
        return missed === undefined ? undefined : { kind: 'edges', report: message, tick }
      }
      case 'WELCOME':
        return undefined
    }
  }

  /** A HALTED, which has no token and is told again long after: its absolute tick. */
  notice(sequence: number, tick: number, now_us: number): number {
    this.#telemetry.notice(sequence)
    return this.#clock.recall(tick, now_us)
  }

  /** What to send at `now_us`, and the commands that end for want of time. */
  due(now_us: number, beat_us: number | null): { readonly send: readonly Uint8Array[]; readonly events: HostEvent[] } {
    const { send, ended } = this.#commands.due(now_us)
    if (send.length === 0 && beat_us !== null && now_us >= this.#fed_us + beat_us) {
      send.push(encodeFrame(0, { type: 'BEAT', token: this.#welcome.token }))
    }
    if (send.length > 0) this.#fed_us = now_us
    return { send, events: ended.map(outcomeOf) }
  }

  /** Since when the rig has owed an answer without a word; undefined if it owes none. */
  get quietSince_us(): number | undefined {
    const { unansweredSince_us } = this.#commands
    return unansweredSince_us === undefined ? undefined : Math.max(unansweredSince_us, this.#heard_us)
  }

  /** When the session has something to do next; infinite if nothing. */
  wakeAt(beat_us: number | null): number {
    const quiet = this.quietSince_us
    return Math.min(
      this.#commands.wake_us,
      beat_us === null ? Number.POSITIVE_INFINITY : this.#fed_us + beat_us,
      quiet === undefined ? Number.POSITIVE_INFINITY : quiet + this.#times.silence_us,
    )
  }

  /** The session has ended: what becomes of its commands. */
  close(): HostEvent[] {
    return this.#commands.close().map(outcomeOf)
  }
}

function outcomeOf({ id, outcome }: Ended): HostEvent {
  return { kind: 'outcome', id, outcome }
}
