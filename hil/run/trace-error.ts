/** Thrown for a trace that cannot be read or judged; the message says what is wrong with it and where. */
export class TraceError extends Error {
  override readonly name: string = 'TraceError'
}

/**
 * Thrown for a trace that breaks off within its first line: what is there is the beginning of a trace, but holds nothing
 * that could be judged. Of the pump it says neither good nor bad.
 */
export class TruncatedTraceError extends TraceError {
  override readonly name = 'TruncatedTraceError'
}
