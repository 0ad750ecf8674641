/** The version of the wire between bench and pump, and the figures that both ends keep to. */

/** Version of the pump's wire: raised when the meaning of a message changes in a way that the schema hash cannot show. */
export const PUMP_PROTOCOL_VERSION = 1

/** The figures that both ends keep to; they are part of the schema hash. {@link PUMP_LIMIT_MEANINGS} says what each is. */
export const PUMP_LIMITS = {
  frame_to_pump: 128,
  frame_to_bench: 268,
  log_line: 512,
  message: 65_536,
  digits: 4000,
  whole_digits: 18,
  outputs: 10_000,
  parts: 1100,
} as const

export const PUMP_LIMIT_MEANINGS: Readonly<Record<keyof typeof PUMP_LIMITS, string>> = {
  frame_to_pump: 'longest frame to the pump, in bytes, from `$` to the newline, both included',
  frame_to_bench: 'longest frame to the bench, likewise',
  log_line: 'longest text of a log line, in bytes, without its newline',
  message: 'longest message of several frames, in characters from TYPE to before `*`, marks left out',
  digits: 'most digits of the numerator, and of the denominator, of an exact number',
  whole_digits: 'most digits of a number that is sent to a pump without the option `fractions`: it fits 64 bits',
  outputs: 'most outputs of one reply',
  parts: 'most parts of one program',
}
