/**
 * The host's end of the wire: opens the session, sees each command through, keeps the dead-man fed, and halts.
 *
 * A new boot id, and nothing else, means that the rig restarted. A link that has closed opens again with a fresh HELLO,
 * whose new token makes every frame of the session before mean nothing; opening also empties the queue of the rig, so
 * that nothing sent before can move the motor after.
 */
import { LIMITS } from '#protocol/catalogue'
import { encodeFrame } from '#protocol/frame'
import { foreignGreeting, type Greeting, mismatchOf } from '#protocol/handshake'
import { HostSession } from '#protocol/host-session'
import type { CommandRequest, HostEvent, LinkTimes, Turn } from '#protocol/link'
import type { Frame, MessageOf, ToHost } from '#protocol/message'
import { type Piece, Splitter } from '#protocol/splitter'

export interface HostLinkOptions {
  readonly times: LinkTimes
  /** A number from 0 to 2^32 - 1 for each session, that was not used with this rig before. */
  readonly nonce: () => number
}

const HALT = Uint8Array.of(LIMITS.halt_byte, LIMITS.halt_byte)
/** Ends whatever half line the rig may hold. */
const NEWLINE = Uint8Array.of(0x0a)

interface Opening {
  readonly nonce: number
  readonly since_us: number
  sent_us: number
}

export class HostLink {
  readonly #options: HostLinkOptions
  readonly #splitter = new Splitter('to-host')
  #opening: Opening | undefined
  #session: HostSession | undefined
  /** Boot id of the last session, and the newest latch count of that boot. */
  #boot: string | undefined
  #halts: number | undefined
  /** While HALT is unconfirmed: the latch count before it, and when it was last sent. */
  #halting: { readonly before: number | undefined; sent_us: number } | undefined
  #beat_us: number | null
  #nextId = 0
  #send: Uint8Array[] = []
  #events: HostEvent[] = []

  constructor(options: HostLinkOptions) {
    this.#options = options
    this.#beat_us = options.times.beat_us
  }

  /** Bytes from the rig that were part of no frame and no log line. */
  get discarded(): number {
    return this.#splitter.discarded
  }

  /** The count that CLEAR has to quote; undefined before the rig has stated one. */
  get halts(): number | undefined {
    return this.#halts
  }

  /** The absolute tick that the rig's clock should show at `now_us`; undefined without a session. */
  tickAt(now_us: number): number | undefined {
    return this.#session?.tickAt(now_us)
  }

  /** Opens a session; one that is open ends. */
  open(now_us: number): Turn {
    this.#endSession()
    this.#opening = { nonce: this.#options.nonce(), since_us: now_us, sent_us: now_us }
    this.#send.push(NEWLINE, helloOf(this.#opening))
    return this.#turn(now_us)
  }

  /** Ends the session without a word to the rig, whose dead-man stops the motor. */
  close(now_us: number): Turn {
    this.#endSession()
    this.#halting = undefined
    return this.#turn(now_us)
  }

  /** Bytes came in. */
  receive(bytes: Uint8Array, now_us: number): Turn {
    for (const piece of this.#splitter.push(bytes)) this.#hear(piece, now_us)
    return this.#turn(now_us)
  }

  /** Time went by. */
  pass(now_us: number): Turn {
    return this.#turn(now_us)
  }

  /**
   * Requests a command, given up after `within_us`; the outcome is reported under `id`. Throws RangeError for a value
   * that the catalogue does not allow and for too many requests ahead of the rig, Error without a session.
   */
  request(command: CommandRequest, now_us: number, within_us?: number): Turn & { readonly id: number } {
    if (this.#session === undefined) throw new Error(`${command.type} needs an open session`)
    const id = this.#nextId
    this.#session.request(id, command, now_us + (within_us ?? this.#options.times.deadline_us))
    this.#nextId += 1
    return { id, ...this.#turn(now_us) }
  }

  /** Stops the motor at once, with or without a session; repeated until the rig confirms. */
  halt(now_us: number): Turn {
    this.#halting = { before: this.#halts, sent_us: now_us }
    this.#send.push(HALT)
    return this.#turn(now_us)
  }

  /** From now on a BEAT follows `beat_us` after the last frame that feeds the dead-man; null for none. */
  beatEvery(beat_us: number | null, now_us: number): Turn {
    this.#beat_us = beat_us
    return this.#turn(now_us)
  }

  #hear(piece: Piece<'to-host'>, now_us: number): void {
    if (piece.kind === 'frame') {
      this.#hearFrame(piece.frame, now_us)
    } else if (piece.kind !== 'halt') {
      this.#events.push(piece)
      const greeting = piece.kind === 'flawed' ? foreignGreeting(piece.flaw, piece.text) : undefined
      if (greeting !== undefined) this.#refuse(greeting)
    }
  }

  #hearFrame(frame: Frame<ToHost>, now_us: number): void {
    const { sequence, message } = frame
    switch (message.type) {
      case 'WELCOME':
        this.#hearWelcome(message, now_us)
        break
      case 'BOOT':
        this.#hearBoot(message)
        break
      case 'HALTED':
        this.#hearHalted(sequence, message, now_us)
        break
      default: {
        const event = this.#session?.hear(frame, now_us)
        if (event !== undefined) this.#events.push(event)
      }
    }
  }

  #hearWelcome(welcome: MessageOf<'WELCOME'>, now_us: number): void {
    if (this.#opening?.nonce !== welcome.nonce || this.#refuse(welcome, welcome.clock)) return
    const restarted = this.#boot !== undefined && this.#boot !== welcome.boot
    this.#opening = undefined
    this.#boot = welcome.boot
    if (restarted) this.#forgetHalts(welcome.halts)
    this.#halts = welcome.halts
    this.#session = new HostSession(welcome, welcome.tick, this.#options.times, now_us)
    this.#events.push({ kind: 'session', welcome, tick: welcome.tick, restarted })
  }

  /** Closes the link if the rig that answered our HELLO speaks another protocol. */
  #refuse(greeting: Greeting, clock?: number): boolean {
    if (this.#opening?.nonce !== greeting.nonce) return false
    const mismatch = mismatchOf(greeting, clock)
    if (mismatch === undefined) return false
    this.#opening = undefined
    this.#events.push({ kind: 'mismatch', ...mismatch })
    return true
  }

  #hearBoot({ boot, cause }: MessageOf<'BOOT'>): void {
    if (this.#session === undefined || this.#session.boot === boot) return
    this.#endSession()
    this.#forgetHalts(undefined)
    this.#events.push({ kind: 'restarted', boot, cause })
  }

  #hearHalted(sequence: number, { halts, cause, tick }: MessageOf<'HALTED'>, now_us: number): void {
    const absolute = this.#session?.notice(sequence, tick, now_us) ?? tick
    if (this.#halting !== undefined && isNewer(halts, this.#halting.before)) this.#halting = undefined
    if (!isNewer(halts, this.#halts)) return
    this.#halts = halts
    this.#events.push({ kind: 'halted', halts, cause, tick: absolute })
  }

  /** Latch counts of another boot say nothing about this one. */
  #forgetHalts(halts: number | undefined): void {
    this.#halts = halts
    if (this.#halting !== undefined) this.#halting = { ...this.#halting, before: halts }
  }

  #endSession(): void {
    this.#opening = undefined
    this.#events.push(...(this.#session?.close() ?? []))
    this.#session = undefined
  }

  /** Does what is due, and hands out what has come together. */
  #turn(now_us: number): Turn {
    const { retry_us, deadline_us, silence_us, halt_us } = this.#options.times
    if (this.#halting !== undefined && now_us >= this.#halting.sent_us + halt_us) {
      this.#halting.sent_us = now_us
      this.#send.push(HALT)
    }
    if (this.#opening !== undefined && now_us >= this.#opening.since_us + deadline_us) {
      this.#fallSilent(this.#opening.since_us)
    } else if (this.#opening !== undefined && now_us >= this.#opening.sent_us + retry_us) {
      this.#opening.sent_us = now_us
      this.#send.push(helloOf(this.#opening))
    }
    const quiet = this.#session?.quietSince_us
    if (quiet !== undefined && now_us >= quiet + silence_us) this.#fallSilent(quiet)
    const due = this.#session?.due(now_us, this.#beat_us)
    const turn = {
      send: [...this.#send, ...(due?.send ?? [])],
      events: [...this.#events, ...(due?.events ?? [])],
      wake_us: this.#wake_us(),
    }
    this.#send = []
    this.#events = []
    return turn
  }

  #fallSilent(since_us: number): void {
    this.#endSession()
    this.#events.push({ kind: 'silent', since_us })
  }

  #wake_us(): number | null {
    const { retry_us, deadline_us, halt_us } = this.#options.times
    const never = Number.POSITIVE_INFINITY
    const earliest = Math.min(
      this.#session?.wakeAt(this.#beat_us) ?? never,
      this.#halting === undefined ? never : this.#halting.sent_us + halt_us,
      this.#opening === undefined ? never : this.#opening.sent_us + retry_us,
      this.#opening === undefined ? never : this.#opening.since_us + deadline_us,
    )
    return earliest === never ? null : earliest
  }
}

function helloOf({ nonce }: Opening): Uint8Array {
  return encodeFrame(0, { type: 'HELLO', nonce })
}

/** Whether latch count `a` came after `b`; counts wrap at 2^16. */
function isNewer(a: number, b: number | undefined): boolean {
  return b === undefined || (a !== b && ((a - b) & 0xffff) < 0x8000)
}
