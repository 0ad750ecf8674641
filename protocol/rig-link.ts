/**
 * The rig's end of the wire, as the firmware in C has it: session, at-most-once execution, HALT, dead-man, telemetry.
 *
 * It is the reference that the C is compared with, and what a rig in TypeScript is built on. The body of the rig (queue,
 * motor, encoder, memory) is behind an interface. Ticks are absolute, counted from the boot of the rig.
 */
import { LIMITS, PROTOCOL_VERSION } from '#protocol/catalogue'
import { crc32, hex8Text } from '#protocol/crc32'
import { encodeFrame } from '#protocol/frame'
import type { Command, Frame, MessageOf, Reason, RigState, ToHost, ToRig } from '#protocol/message'
import { deadManTicks } from '#protocol/motion'
import { SCHEMA_HASH } from '#protocol/schema-hash'
import { Splitter } from '#protocol/splitter'
import { wireTick } from '#protocol/ticks'

/** Commands that are the body's to execute; the others are the link's, which has no lines for the input mode. */
export type BodyCommand = MessageOf<'SEG'> | MessageOf<'CANCEL'> | MessageOf<'NAME'>

/** What telemetry says about the body. */
export type Readings = Omit<MessageOf<'TEL'>, 'type' | 'token' | 'tick' | 'state' | 'discarded'>

/** The rig without its link. */
export interface RigBody {
  readonly identity: string
  /** Executes the command at once, or says why not. Must refuse every SEG with HALTED while `latched`. */
  execute(command: BodyCommand, tick: number, latched: boolean): Reason | undefined
  /** Empties the queue. */
  stop(): void
  readings(): Readings
}

export interface RigLinkOptions {
  readonly boot: string
  readonly build: string
  readonly body: RigBody
}

interface Session {
  readonly nonce: number
  readonly token: number
  /** As it was at the beginning, so that a repeated WELCOME is the same after a NAME. */
  readonly identity: string
  expected: number
  /** Replies by sequence number, as many as the window is wide. */
  readonly replies: Map<number, Uint8Array>
  fed: number
}

const NEWLINE = Uint8Array.of(0x0a)

export class RigLink {
  readonly #options: RigLinkOptions
  readonly #splitter = new Splitter('to-rig')
  #session: Session | undefined
  #sessions = 0
  #telemetry = 0
  #latched = false
  /** The last latching: how many there have been, by what and when. */
  #latching: Omit<MessageOf<'HALTED'>, 'type'> = { halts: 0, cause: 'HALT', tick: 0 }
  #send: Uint8Array[] = []

  constructor(options: RigLinkOptions) {
    this.#options = options
  }

  get latched(): boolean {
    return this.#latched
  }

  /** What a rig says when it starts; a newline ends the half line it may have been cut off in. */
  boot(cause: MessageOf<'BOOT'>['cause']): Uint8Array[] {
    this.#send.push(NEWLINE)
    this.#say({ type: 'BOOT', boot: this.#options.boot, cause })
    return this.#sent()
  }

  /** Bytes came in; what to send. */
  receive(bytes: Uint8Array, tick: number): Uint8Array[] {
    for (const piece of this.#splitter.push(bytes)) {
      if (piece.kind === 'halt') this.#latchAs('HALT', tick)
      else if (piece.kind === 'frame') this.#hear(piece.frame, tick)
    }
    return this.#sent()
  }

  /** The counters, if there is a session to send them to. */
  report(tick: number): Uint8Array[] {
    this.#report(tick)
    return this.#sent()
  }

  /**
   * Asked before each step at its tick: whether it may be executed. If not, the queue has been emptied, the motor is
   * latched and `send` says so.
   */
  mayStep(tick: number, quotient: number): { readonly allowed: boolean; readonly send: Uint8Array[] } {
    const fed = this.#session?.fed ?? Number.NEGATIVE_INFINITY
    const allowed = !this.#latched && tick - fed < deadManTicks(quotient)
    if (!allowed && !this.#latched) this.#latchAs('DEADMAN', tick)
    return { allowed, send: this.#sent() }
  }

  #hear({ sequence, message }: Frame<ToRig>, tick: number): void {
    if (message.type === 'HELLO') {
      this.#welcome(message.nonce, tick)
    } else if (this.#session?.token === message.token) {
      this.#session.fed = tick
      if (message.type !== 'BEAT') this.#answer(this.#session, sequence, message, tick)
    }
  }

  #welcome(nonce: number, tick: number): void {
    const isNew = this.#session?.nonce !== nonce
    const session = this.#session === undefined || isNew ? this.#begin(nonce, tick) : this.#session
    const { boot, build } = this.#options
    const welcome: MessageOf<'WELCOME'> = {
      type: 'WELCOME',
      nonce,
      version: PROTOCOL_VERSION,
      schema: SCHEMA_HASH,
      boot,
      token: session.token,
      window: LIMITS.window,
      identity: session.identity,
      build,
      clock: LIMITS.clock_Hz,
      tick: wireTick(tick),
      halts: this.#latching.halts,
      state: this.#state,
    }
    this.#send.push(encodeFrame(0, welcome))
    if (isNew) this.#report(tick)
  }

  #begin(nonce: number, tick: number): Session {
    const { boot, body } = this.#options
    body.stop()
    this.#sessions += 1
    this.#telemetry = 0
    const token = tokenOf(boot, this.#sessions, nonce)
    this.#session = { nonce, token, identity: body.identity, expected: 0, replies: new Map(), fed: tick }
    return this.#session
  }

  #answer(session: Session, sequence: number, command: Command, tick: number): void {
    const cached = session.replies.get(sequence)
    if (cached !== undefined) this.#send.push(cached)
    if (sequence !== session.expected) return
    const refusal = this.#execute(command, tick)
    const { token } = session
    const at = wireTick(tick)
    const reply: ToHost =
      refusal === undefined ? { type: 'ACK', token, tick: at } : { type: 'NAK', token, tick: at, reason: refusal }
    const frame = encodeFrame(sequence, reply)
    session.expected = (sequence + 1) % 256
    session.replies.set(sequence, frame)
    session.replies.delete((sequence - LIMITS.window + 256) % 256)
    this.#send.push(frame)
    if (command.type === 'STAT') this.#report(tick)
    // A host that missed the newest HALTED learns the count it has to quote.
    if (refusal === 'COUNT' && this.#latched) this.#tellLatched()
  }

  #execute(command: Command, tick: number): Reason | undefined {
    switch (command.type) {
      case 'STAT':
        return undefined
      case 'VOID':
        return 'VOID'
      case 'CLEAR':
        if (command.halts !== this.#latching.halts) return 'COUNT'
        this.#latched = false
        return undefined
      case 'SENSE':
      case 'FETCH':
        return 'ABSENT'
      default:
        return this.#options.body.execute(command, tick, this.latched)
    }
  }

  /** Every HALT counts, also when latched already, so that a CLEAR meant for an older one cannot undo it. */
  #latchAs(cause: 'HALT' | 'DEADMAN', tick: number): void {
    this.#options.body.stop()
    this.#latched = true
    this.#latching = { halts: (this.#latching.halts + 1) % 65_536, cause, tick: wireTick(tick) }
    this.#tellLatched()
  }

  #tellLatched(): void {
    this.#say({ type: 'HALTED', ...this.#latching })
  }

  get #state(): RigState {
    if (this.#latched) return this.#latching.cause
    return this.#options.body.readings().queued > 0 ? 'RUN' : 'IDLE'
  }

  #report(tick: number): void {
    if (this.#session === undefined) return
    const { token } = this.#session
    const discarded = this.#splitter.discarded % 2 ** 32
    const at = wireTick(tick)
    this.#say({ type: 'TEL', token, tick: at, state: this.#state, discarded, ...this.#options.body.readings() })
  }

  #say(message: MessageOf<'TEL'> | MessageOf<'HALTED'> | MessageOf<'BOOT'>): void {
    this.#send.push(encodeFrame(this.#telemetry, message))
    this.#telemetry = (this.#telemetry + 1) % 256
  }

  #sent(): Uint8Array[] {
    const send = this.#send
    this.#send = []
    return send
  }
}

/** A token that no earlier session of any boot is likely to have had, and never 0. */
function tokenOf(boot: string, session: number, nonce: number): number {
  return crc32(new TextEncoder().encode(`${boot},${session},${hex8Text(nonce)}`)) || 1
}
