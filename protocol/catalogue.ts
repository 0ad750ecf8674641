/**
 * Every message that may cross the wire between host and rig: the single source.
 *
 * From these tables come the TypeScript types, the encoder and the decoder, the C header of the rig firmware, the schema
 * hash that both ends compare before anything moves, and the tables in docs/PROTOCOL.md. A change of any name, range,
 * unit or limit changes the hash, so that two ends that understand each other differently refuse each other.
 */
import { type ChoiceField, type Fields, hex8, i32, integer, session, token, u16, u31, u32 } from '#protocol/field'

/** Version of the wire: raised when the meaning of a message changes in a way that the schema hash cannot show. */
export const PROTOCOL_VERSION = 1

/** The figures that both ends keep to; they are part of the schema hash. {@link LIMIT_MEANINGS} says what each is. */
export const LIMITS = {
  frame_to_rig: 128,
  frame_to_host: 268,
  log_line: 512,
  window: 2,
  queue: 16,
  tick_cycles: 1024,
  clock_Hz: 16_000_000,
  ahead: 2 ** 30,
  span: 2 ** 30,
  interval: 16,
  dead_man: 31_250,
  report_steps: 64,
  halt_byte: 0x9b,
  entries: 72,
  filter: 8,
} as const

export const LIMIT_MEANINGS: Readonly<Record<keyof typeof LIMITS, string>> = {
  frame_to_rig: 'longest frame to the rig, in bytes, from `$` to the newline, both included',
  frame_to_host: 'longest frame to the host, likewise; the two digits of the length allow no more',
  log_line: 'longest text of a log line, in bytes, without its newline',
  window: 'commands the host may have unanswered, and replies the rig keeps',
  queue: 'segments the rig holds, the running one included',
  tick_cycles: 'cycles of the processor in a tick',
  clock_Hz: 'processor clock, in Hz, which makes a tick 64 us',
  ahead: 'a segment starts at least one tick and less than this many ticks ahead',
  span: 'most ticks from the first step of a segment to its last, when each interval is rounded up',
  interval: 'fewest ticks between the steps of a segment',
  dead_man: 'shortest dead-man interval, in ticks: 2 s',
  report_steps: 'of the steps of a segment, every how many-th is reported',
  halt_byte: 'the byte of which two in a row are HALT: 0x9B',
  entries: 'entries of the input mode that the rig holds until they are let go',
  filter: 'how long the lines of the input mode have to stay as they are before they count, in us',
}

/** The words that fields choose from. */
export const CHOICES = {
  direction: ['F', 'R'],
  state: ['IDLE', 'RUN', 'HALT', 'DEADMAN', 'SENSE'],
  reason: ['LATE', 'FULL', 'ORDER', 'RANGE', 'HALTED', 'COUNT', 'VOID', 'MODE', 'ABSENT'],
  latch: ['HALT', 'DEADMAN'],
  reset: ['POWER', 'EXTERNAL', 'BROWNOUT', 'WATCHDOG', 'UNKNOWN'],
  lines: ['OFF', 'COILS', 'STEP'],
} as const

/** A field that holds one of the words of a list. */
function choice<List extends keyof typeof CHOICES>(list: List, doc: string): ChoiceOf<List> {
  return { kind: 'choice', list, of: CHOICES[list], doc }
}

interface ChoiceOf<List extends keyof typeof CHOICES> extends ChoiceField {
  readonly of: (typeof CHOICES)[List]
}

/**
 * How the two digits after the length are used: `command`, the command's sequence number; `reply`, that of the command
 * answered; `telemetry`, the rig's own; `session` and `heartbeat` always 00.
 */
export type Kind = 'session' | 'command' | 'heartbeat' | 'reply' | 'telemetry'

interface Entry {
  readonly kind: Kind
  readonly doc: string
  readonly fields: Fields
}

/** What the host says. */
export const TO_RIG = {
  HELLO: {
    kind: 'session',
    doc: 'opens a session, or asks for the WELCOME of the present one again',
    fields: { nonce: u32('drawn anew by the host for every session') },
  },
  SEG: {
    kind: 'command',
    doc: 'queues a segment of motion',
    fields: {
      token: session(),
      first: u32('tick of step 0, mod 2^32', 'tick'),
      phase: u31('how far step 0 was rounded up, in 1/divisor of a tick; below divisor'),
      count: integer(1, 65_535, 'how many steps', 'step'),
      quotient: integer(0, 2 ** 30 - 1, 'whole part of the interval between steps', 'tick'),
      remainder: u31('the rest of the interval, in 1/divisor of a tick; below divisor'),
      divisor: integer(1, 2 ** 31 - 1, 'parts of a tick'),
      direction: choice('direction', 'F forward, R reverse'),
    },
  },
  CANCEL: {
    kind: 'command',
    doc: 'drops every queued step at or after a tick',
    fields: { token: session(), from: u32('the tick, mod 2^32; one that has passed drops everything', 'tick') },
  },
  CLEAR: {
    kind: 'command',
    doc: 'takes the latch of HALT or dead-man off',
    fields: { token: session(), halts: u16('must equal the present latch count') },
  },
  STAT: { kind: 'command', doc: 'asks for a TEL, sent right after the ACK', fields: { token: session() } },
  NAME: {
    kind: 'command',
    doc: 'stores the identity of the rig for good',
    fields: { token: session(), serial: token(16, 'the identity') },
  },
  SENSE: {
    kind: 'command',
    doc: 'begins or ends the input mode; a SENSED follows the ACK',
    fields: {
      token: session(),
      lines: choice('lines', 'COILS: the four coil lines of a pump, STEP: its STEP and DIR, OFF: no input mode'),
    },
  },
  FETCH: {
    kind: 'command',
    doc: 'lets go of the entries before one and asks for those from it on: an EDGES, sent right after the ACK',
    fields: { token: session(), from: u32('number of the first entry wanted, mod 2^32') },
  },
  VOID: {
    kind: 'command',
    doc: 'takes the place of a command given up: does nothing, always NAK VOID',
    fields: { token: session() },
  },
  BEAT: { kind: 'heartbeat', doc: 'feeds the dead-man; unanswered', fields: { token: session() } },
} as const satisfies Readonly<Record<string, Entry>>

/** What the rig says. */
export const TO_HOST = {
  WELCOME: {
    kind: 'session',
    doc: 'answers HELLO',
    fields: {
      nonce: u32('that of the HELLO'),
      version: u16('protocol version of the rig'),
      schema: hex8('schema hash of the rig'),
      boot: hex8('boot id: a new one means that the rig restarted'),
      token: session(),
      window: integer(1, 2, 'commands the host may have unanswered'),
      identity: token(16, 'the name stored in the rig'),
      build: hex8('build hash of the firmware'),
      clock: integer(1, 2 ** 32 - 1, 'processor clock of the rig', 'Hz'),
      tick: u32('present tick, mod 2^32', 'tick'),
      halts: u16('present latch count'),
      state: choice('state', 'present state'),
    },
  },
  ACK: {
    kind: 'reply',
    doc: 'the command was executed',
    fields: { token: session(), tick: u32('when it was executed, mod 2^32', 'tick') },
  },
  NAK: {
    kind: 'reply',
    doc: 'the command was refused, for good',
    fields: {
      token: session(),
      tick: u32('when it was refused, mod 2^32', 'tick'),
      reason: choice('reason', 'why'),
    },
  },
  TEL: {
    kind: 'telemetry',
    doc: 'the counters since boot, read at one instant',
    fields: {
      token: session(),
      tick: u32('when the counters were read, mod 2^32', 'tick'),
      forward: u32('steps executed forward, mod 2^32', 'step'),
      reverse: u32('steps executed in reverse, mod 2^32', 'step'),
      lost: u32('steps executed that the encoder did not follow, mod 2^32', 'step'),
      encoder: i32('position of the encoder, wraps', 'step'),
      queued: integer(0, 16, 'segments in the queue, the running one included'),
      state: choice('state', 'present state'),
      cell: u16('voltage of the cell', 'mV'),
      discarded: u32('bytes dropped by the receiver of the rig, mod 2^32', 'byte'),
      overruns: u16('bytes the receiver came too late for, mod 2^16', 'byte'),
    },
  },
  SENSED: {
    kind: 'telemetry',
    doc: 'the counters of the input mode since it began, read at one instant; follows the TEL of a STAT, too',
    fields: {
      token: session(),
      tick: u32('when the counters were read, mod 2^32', 'tick'),
      lines: choice('lines', 'what is sensed; OFF with zeros throughout while nothing is'),
      levels: integer(
        0,
        31,
        'the lines as they are: A+ or none, A- or DIR, B+, B- and alarm, from bit 0 on, 1 is high',
      ),
      forward: u32('half steps of the field forward, or pulses of STEP with DIR high, mod 2^32'),
      reverse: u32('likewise in reverse, mod 2^32'),
      illegal: u32('changes of the coil lines that no motor is driven by, mod 2^32'),
      glitches: u32('pulses on the lines that were shorter than the filter, mod 2^32'),
      encoder: i32('position of the encoder since the input mode began, wraps', 'step'),
      skipped: u32('changes of both lines of the encoder at once, mod 2^32'),
      recorded: u32('number of the next entry, mod 2^32'),
      held: integer(0, 72, 'entries held, the last ones recorded'),
      dropped: u32('entries that found no room and have no number, mod 2^32'),
    },
  },
  EDGES: {
    kind: 'telemetry',
    doc: 'entries of the input mode, oldest first',
    fields: {
      token: session(),
      tick: u32(
        'when they were looked at, mod 2^32: none of an earlier tick will come after the last one held',
        'tick',
      ),
      first: u32('number of the first one, mod 2^32'),
      base: u32('tick of the first one, mod 2^32; of none, the present tick', 'tick'),
      dropped: u32('entries that found no room, as in SENSED, mod 2^32'),
      edges: token(64, 'what happened and when, two or more characters an entry; `-` for none'),
      left: integer(0, 72, 'entries held after the last one here'),
    },
  },
  HALTED: {
    kind: 'telemetry',
    doc: 'the motor is latched: answers HALT and a CLEAR with another count, and tells of a dead-man stop',
    fields: {
      halts: u16('present latch count, which CLEAR has to quote'),
      cause: choice('latch', 'what latched it last'),
      tick: u32('when it was latched last, mod 2^32', 'tick'),
    },
  },
  BOOT: {
    kind: 'telemetry',
    doc: 'the rig has started; sent once, after a newline, before any session',
    fields: { boot: hex8('boot id'), cause: choice('reset', 'what reset the processor') },
  },
} as const satisfies Readonly<Record<string, Entry>>

export type Direction = 'to-rig' | 'to-host'

/** All messages by direction. */
export const CATALOGUE = { 'to-rig': TO_RIG, 'to-host': TO_HOST } as const satisfies Readonly<
  Record<Direction, Readonly<Record<string, Entry>>>
>

/** One row of the catalogue, for what is generated from it. */
export interface CatalogueRow extends Entry {
  readonly name: string
  readonly direction: Direction
}

/** The rows of the catalogue in their fixed order. */
export function catalogueRows(): CatalogueRow[] {
  const rowsOf = (direction: Direction) =>
    Object.entries(CATALOGUE[direction]).map(([name, entry]): CatalogueRow => ({ name, direction, ...entry }))
  return [...rowsOf('to-rig'), ...rowsOf('to-host')]
}
