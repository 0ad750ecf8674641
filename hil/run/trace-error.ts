/** Thrown for a trace that cannot be read or judged; the message says what is wrong with it and where. */
export class TraceError extends Error {
  override readonly name = 'TraceError'
}
