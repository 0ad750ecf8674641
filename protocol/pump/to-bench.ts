/** What a pump says to the bench. */
import { hex8, integer, token, u32 } from '#protocol/field'
import { allOf, at, drug, marked, type PumpEntry } from '#protocol/pump/entry'
import { exact, instant, text } from '#protocol/pump/field'
import { PUMP_LIMITS } from '#protocol/pump/limits'
import { PROGRAM_PARTS } from '#protocol/pump/program-parts'
import { choice } from '#protocol/pump/words'

const MOST_STEPS = 200_000_000

/** Evenly spaced steps that were booked, or are believed no longer. */
const booked = () =>
  ({
    first: instant('when the first step was due'),
    interval: exact('positive', 'us', 'from one step to the next; of one step, anything'),
    count: integer(1, MOST_STEPS, 'how many', 'step'),
    volume: exact('not-negative', 'pL', 'volume of each step'),
    mass: exact('not-negative', 'pg', 'drug in each step'),
    drug: drug(),
  }) as const

/** What the pump says. */
export const TO_BENCH = {
  WELCOME: {
    kind: 'session',
    doc: 'answers HELLO',
    fields: {
      nonce: u32('that of the HELLO'),
      version: integer(0, 65_535, 'protocol version of the pump'),
      schema: hex8('schema hash of the pump'),
      identity: token(32, 'what the pump is called'),
      build: hex8('build hash of its firmware'),
    },
  },
  CAN: {
    kind: 'output',
    doc: 'one thing that the pump can',
    fields: { what: choice('can', 'which kind of thing'), name: token(32, 'its name') },
  },
  ORDER: {
    kind: 'output',
    doc: 'motor steps to make: step j is due at first + j x interval',
    fields: {
      at: at(),
      first: instant('when the first step is due; not before `at`'),
      interval: exact('positive', 'us', 'from one step to the next; of one step, anything'),
      count: integer(1, MOST_STEPS, 'how many', 'step'),
    },
  },
  CANCEL: {
    kind: 'output',
    doc: 'takes back every ordered step due after an instant',
    fields: { at: at(), after: instant('the instant; not before `at`') },
  },
  BOOKED: { kind: 'output', doc: 'steps that the pump believes to have given', fields: { at: at(), ...booked() } },
  UNBOOKED: {
    kind: 'output',
    doc: 'steps that were booked and turned out not to have moved the rotor',
    fields: { at: at(), ...booked() },
  },
  ALARM: {
    kind: 'output',
    doc: 'an alarm is raised or cleared',
    fields: {
      at: at(),
      alarm: choice('alarm', 'which'),
      priority: choice('priority', 'how urgent'),
      change: choice('change', 'what happened to it'),
    },
  },
  TONE: {
    kind: 'output',
    doc: 'the tone that sounds from now on',
    fields: {
      at: at(),
      alarm: choice('sounding', 'which alarm it stands for; `none` when nothing sounds'),
      pattern: text(100, 'what is heard'),
    },
  },
  EVENT: {
    kind: 'output',
    doc: 'something that the pump noticed or did',
    fields: { at: at(), event: text(100, 'its name'), detail: text(4000, 'what there is to say of it') },
  },
  POWER: {
    kind: 'output',
    doc: 'the pump went dead, or is alive again',
    fields: { at: at(), on: marked('1 alive, 0 dead') },
  },
  ...allOf('output', PROGRAM_PARTS),
  WARNING: {
    kind: 'output',
    doc: 'a soft limit that the program read back goes beyond',
    fields: { warning: text(4000, 'which, and by how much') },
  },
  STORED: {
    kind: 'output',
    doc: 'ends what is read back',
    fields: {
      at: at(),
      digest: token(16, 'names this program in its transaction; another one for the next'),
      sum: hex8('sum over BEGIN and the parts as they are read back'),
      daily: exact('not-negative', 'pL', 'volume in 24 h with the program in force'),
      previous: exact(
        'not-negative',
        'pL',
        'volume in 24 h that would give the last dose that was meant; `none` if there is none',
        'none',
      ),
    },
  },
  APPLIED: {
    kind: 'output',
    doc: 'the program of that digest is in force; of STOP, that everything stands',
    fields: { at: at(), digest: token(16, 'that of COMMIT; `stop` of STOP') },
  },
  REFUSED: {
    kind: 'output',
    doc: 'what was asked is not done; what was in force goes on',
    fields: { at: at(), reason: text(4000, 'the value, the rule and the remedy') },
  },
  GIVEN: {
    kind: 'output',
    doc: 'part of an account: drug that the pump believes to have given',
    fields: { drug: drug(), mass: exact('not-negative', 'pg', 'since the start of the run') },
  },
  OPEN: {
    kind: 'output',
    doc: 'part of an account: steps given since the last BOOKED, which will be in a later one',
    fields: booked(),
  },
  STATUS: {
    kind: 'output',
    doc: 'ends an account',
    fields: {
      at: at(),
      state: text(32, 'what the pump is doing'),
      steps: u32('steps that it believes to have given since the start of the run', 'step'),
      volume: exact('not-negative', 'pL', 'volume of them'),
      reservoir: exact('any', 'pL', 'what it believes that it still holds'),
      clock: exact('not-negative', 'us', 'what its clock shows: local time since 1970-01-01T00:00'),
    },
  },
  ENTRY: {
    kind: 'output',
    doc: 'one entry of the event log, the oldest first',
    fields: { at: at(), event: text(100, 'its name'), detail: text(4000, 'what there is to say of it') },
  },
  LOG: {
    kind: 'output',
    doc: 'ends the event log',
    fields: { at: at(), entries: integer(0, 65_535, 'how many there were'), dropped: u32('older ones that gave way') },
  },
  DONE: {
    kind: 'end',
    doc: 'the command was executed',
    fields: {
      outputs: integer(0, PUMP_LIMITS.outputs, 'how many outputs came before in this reply'),
      at: instant('up to where time has passed'),
      wake: exact(
        'not-negative',
        'us',
        'when something will happen by itself next, from the start of the run; `never` if nothing will',
        'never',
      ),
    },
  },
  NAK: {
    kind: 'end',
    doc: 'the command was not executed; there were no outputs',
    fields: { reason: choice('reason', 'why'), detail: text(200, 'which value or name, and what is possible') },
  },
} as const satisfies Readonly<Record<string, PumpEntry>>
