/**
 * What the reliable link tells its owner, and what can become of a command.
 *
 * The link is a machine without a clock or a port: its owner hands it bytes and instants, sends what it wants sent, and
 * calls again at the instant it names. Times are microseconds of any clock that never goes back.
 */
import type { Flaw } from '#protocol/frame'
import type { Command, MessageOf, Reason } from '#protocol/message'

type WithoutToken<M> = M extends Command ? Omit<M, 'token'> : never

/** A command as its owner states it: the link adds the token, and makes VOIDs itself. */
export type CommandRequest = WithoutToken<Exclude<Command, { readonly type: 'VOID' }>>

/**
 * What became of a command; each is reported exactly once.
 *
 * - `done`: the rig executed it, at `tick`; possibly reported after its deadline, because the answer came late.
 * - `refused`: the rig refused it, at `tick`, and will not execute it.
 * - `undone`: it was given up at its deadline. It was not executed and never will be: either no byte of it was sent, or
 *   the rig has said that it executed the VOID in its place.
 * - `lost`: its session ended before the rig said anything. It was executed at most once, it is not known whether; it
 *   cannot be executed once a next session is open, and what it queued is dropped by then.
 */
export type Outcome =
  | { readonly kind: 'done'; readonly tick: number }
  | { readonly kind: 'refused'; readonly tick: number; readonly reason: Reason }
  | { readonly kind: 'undone' }
  | { readonly kind: 'lost' }

/** Why a rig that answered cannot be used: what the host needs, and what the rig has. */
export interface Mismatch {
  readonly what: 'version' | 'schema' | 'clock'
  readonly needed: string
  readonly found: string
}

/** Ticks in events are absolute: extended from 32 bits, counted from the boot of the rig. */
export type HostEvent =
  /** A session is open. `restarted`: the rig has another boot id than in the session before. */
  | {
      readonly kind: 'session'
      readonly welcome: MessageOf<'WELCOME'>
      readonly tick: number
      readonly restarted: boolean
    }
  /** The rig speaks another protocol; the link is closed. */
  | ({ readonly kind: 'mismatch' } & Mismatch)
  /** No answer: to any HELLO until its deadline, or to anything during the silence limit; the link is closed. */
  | { readonly kind: 'silent'; readonly since_us: number }
  /** The rig has started anew by its own account, which ends the session; the link is closed. */
  | { readonly kind: 'restarted'; readonly boot: string; readonly cause: MessageOf<'BOOT'>['cause'] }
  | { readonly kind: 'outcome'; readonly id: number; readonly outcome: Outcome }
  /** Counters of the rig. `missed`: frames of telemetry lost right before this one, which lost nothing but time. */
  | {
      readonly kind: 'telemetry'
      readonly report: MessageOf<'TEL'>
      readonly tick: number
      readonly missed: number
    }
  /** Counters of the input mode. */
  | { readonly kind: 'sensed'; readonly report: MessageOf<'SENSED'>; readonly tick: number }
  /** Entries of the input mode; what was missed of them is asked for again. */
  | { readonly kind: 'edges'; readonly report: MessageOf<'EDGES'>; readonly tick: number }
  /** The motor is latched under this count. */
  | {
      readonly kind: 'halted'
      readonly halts: number
      readonly cause: MessageOf<'HALTED'>['cause']
      readonly tick: number
    }
  | { readonly kind: 'log'; readonly text: string; readonly cut: boolean }
  /** A line that was meant to be a frame and is none. */
  | { readonly kind: 'flawed'; readonly flaw: Flaw; readonly text: string }

/** What a call of the link comes to. */
export interface Turn {
  /** To be sent in this order, each whole. */
  readonly send: readonly Uint8Array[]
  readonly events: readonly HostEvent[]
  /** When to call `pass` at the latest; null if only bytes can change anything. */
  readonly wake_us: number | null
}

/** Times of the host's end of the link, in microseconds. */
export interface LinkTimes {
  /** How long an answer is waited for before the same frame is sent again. */
  readonly retry_us: number
  /** How long after its request a command, or a HELLO, is given up. */
  readonly deadline_us: number
  /** How long without a frame of the session, while an answer is due, until the link is given up. */
  readonly silence_us: number
  /** How soon HALT is repeated until the rig confirms. */
  readonly halt_us: number
  /** How long after the last frame with a token a BEAT is sent; null for no heartbeat. */
  readonly beat_us: number | null
}

/**
 * For a serial line at 115200 baud through USB: a command and its answer take up to 20 ms on the line and 32 ms in USB
 * buffers; ten heartbeats fit the shortest dead-man interval.
 */
export const SERIAL_TIMES: LinkTimes = {
  retry_us: 100_000,
  deadline_us: 1_000_000,
  silence_us: 3_000_000,
  halt_us: 20_000,
  beat_us: 200_000,
}
