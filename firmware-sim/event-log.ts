/** The pump's own event log: a bounded ring whose oldest entries give way, and which counts what it lost. */
import type { LogEntry } from '#firmware-sim/messages'

export interface EventLog {
  readonly entries: readonly LogEntry[]
  /** Entries that were dropped because the ring was full. */
  readonly dropped: number
}

/** Entries the log holds. */
export const LOG_CAPACITY = 256

export const EMPTY_LOG: EventLog = { entries: [], dropped: 0 }

export function logged(log: EventLog, entry: LogEntry): EventLog {
  const full = log.entries.length >= LOG_CAPACITY
  return {
    entries: [...(full ? log.entries.slice(1) : log.entries), entry],
    dropped: log.dropped + (full ? 1 : 0),
  }
}
