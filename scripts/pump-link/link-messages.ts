/** What the bench and the thread that does the input and output of a pump say to each other. */
import type { MessagePort } from 'node:worker_threads'
import type { PumpWay } from '#scripts/pump-link/way'

/** What the thread is begun with. */
export interface LinkTask {
  readonly way: PumpWay
  readonly port: MessagePort
  /** Counters that both see, by {@link COUNTERS}. */
  readonly counters: SharedArrayBuffer
}

export type ToLinkThread = { readonly kind: 'write'; readonly bytes: Uint8Array } | { readonly kind: 'end' }

export type FromLinkThread =
  | { readonly kind: 'started'; readonly pid: number }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** A line that the pump wrote beside its wire. */
  | { readonly kind: 'console'; readonly line: string }
  /** Nothing comes any more. */
  | { readonly kind: 'ended'; readonly reason: string }
  /** What was started for the pump is gone, and the way with it. */
  | { readonly kind: 'gone' }

/** Messages the thread has posted, on which the bench waits; and bytes the bench has taken, mod 2^32. */
export const COUNTERS = { posted: 0, taken: 1 } as const
