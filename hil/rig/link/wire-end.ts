/**
 * The host's end of a wire to a rig: what is to be sent, whether there is a connection, and how long one that is gone is waited for.
 *
 * Every host of a rig has one. It knows nothing of what is said: that a rig answers to the wrong version, or restarted, is the
 * host's to judge. Time is microseconds of the host's clock.
 */
import { type Gone, gone } from '#hil/rig/link/failure'
import { insteadOfRig, OPENING_us, OVERHEARD_characters } from '#hil/rig/link/opening'
import { HostLink } from '#protocol/host-link'
import type { HostEvent, LinkTimes, Turn } from '#protocol/link'
import type { MessageOf } from '#protocol/message'
import { type WireStatistics, WireTally } from '#protocol/wire-tally'

const GRACE_us = 10_000_000

export interface WireEndOptions {
  readonly times: LinkTimes
  /** A number from 0 to 2^32 - 1 for each session, that was not used with this rig before. */
  readonly nonce: () => number
  /** How long a rig that has gone is waited for; 10 s if not given. */
  readonly grace_us?: number | undefined
}

export class WireEnd {
  readonly link: HostLink
  readonly times: LinkTimes
  readonly #grace_us: number
  readonly #tally = new WireTally()
  readonly #since_us: number
  #welcome: MessageOf<'WELCOME'> | undefined
  #isConnected = false
  /** Undefined while all is well. */
  #gone: Gone | undefined
  #overheard = ''
  #send: Uint8Array[] = []
  #reconnect = false
  #linkWake_us: number | null = null

  constructor({ times, nonce, grace_us = GRACE_us }: WireEndOptions, now_us: number) {
    this.times = times
    this.link = new HostLink({ times, nonce })
    this.#grace_us = grace_us
    this.#since_us = now_us
  }

  /** The first welcome of the rig; undefined before it. */
  get welcome(): MessageOf<'WELCOME'> | undefined {
    return this.#welcome
  }

  /** For people: who the rig says it is. */
  get identity(): string {
    return this.#welcome === undefined ? 'not opened' : `${this.#welcome.identity}, firmware ${this.#welcome.build}`
  }

  get statistics(): WireStatistics {
    return this.#tally.statistics
  }

  get isConnected(): boolean {
    return this.#isConnected
  }

  get isGone(): boolean {
    return this.#gone !== undefined
  }

  /** Whether a session is open. */
  get isOpen(): boolean {
    return this.link.tickAt(0) !== undefined
  }

  /** When the link wants its time to pass; null where only bytes can change anything. */
  get linkWake_us(): number | null {
    return this.#linkWake_us
  }

  /** What the rig said instead of an answer, or in vain; empty where it said nothing. */
  get overheard(): string {
    return this.#overheard
  }

  connected(): void {
    this.#isConnected = true
  }

  disconnected(reason: string, now_us: number): void {
    this.#isConnected = false
    this.#gone ??= { since_us: now_us, reason, greeted: false }
  }

  receive(bytes: Uint8Array, now_us: number): Turn {
    this.#tally.received(bytes, now_us)
    return this.link.receive(bytes, now_us)
  }

  /** Takes what the link came to: keeps what is to be sent; answers with what there is to hear. */
  take({ send, wake_us, events }: Turn, now_us: number): readonly HostEvent[] {
    for (const bytes of send) {
      if (!this.#isConnected) continue
      this.#tally.sent(bytes, now_us)
      this.#send.push(bytes)
    }
    this.#linkWake_us = wake_us
    return events
  }

  /** What is to be sent now, and whether the connection has to be made anew. Empty while there is no connection. */
  drain(): { readonly send: readonly Uint8Array[]; readonly reconnect: boolean } {
    const [send, reconnect] = [this.#send, this.#reconnect]
    this.#send = []
    this.#reconnect = false
    return { send, reconnect }
  }

  /** The rig answered a command or told its counters, so that all is well. */
  heard(): void {
    this.#gone = undefined
  }

  /** A session was opened, the first one or another. A rig that answers HELLO alone, however often, is as good as gone. */
  welcomed(welcome: MessageOf<'WELCOME'>): void {
    if (this.#gone !== undefined) this.#gone = { ...this.#gone, greeted: true }
    this.#welcome ??= welcome
  }

  /** It said something that is no message. */
  overhear(text: string): void {
    this.#overheard = text.slice(0, OVERHEARD_characters)
  }

  /** An adapter may have gone without a word, and its port says for ever that it is open: the connection is to be made anew. */
  fellSilent(now_us: number): void {
    this.disconnected(`nothing was heard for ${this.times.silence_us / 1e6} s`, now_us)
    this.#reconnect = true
  }

  /** Why the rig is waited for no longer, while it has not answered yet or once it has; undefined while it is. */
  outOfPatience(isOpening: boolean, now_us: number): string | undefined {
    if (now_us < this.patience_us(isOpening)) return undefined
    if (isOpening) {
      const instead = insteadOfRig(this.#overheard, this.link.discarded)
      return `no rig answered HELLO within ${OPENING_us / 1e6} s: ${instead}`
    }
    return this.#gone === undefined ? undefined : gone(this.#gone, this.#grace_us)
  }

  /** Until when a rig is waited for that has not answered yet, or that has gone; infinite where none is. */
  patience_us(isOpening: boolean): number {
    if (isOpening) return this.#since_us + OPENING_us
    return this.#gone === undefined ? Number.POSITIVE_INFINITY : this.#gone.since_us + this.#grace_us
  }
}
