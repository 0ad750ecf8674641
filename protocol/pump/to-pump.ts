/** What the bench says to a pump. */
import { hex8, integer, token, u32 } from '#protocol/field'
import { allOf, at, concentration, drug, marked, type PumpEntry } from '#protocol/pump/entry'
import { exact, instant } from '#protocol/pump/field'
import { PUMP_LIMITS } from '#protocol/pump/limits'
import { PROGRAM_PARTS } from '#protocol/pump/program-parts'
import { choice } from '#protocol/pump/words'

/** What the bench says. */
export const TO_PUMP = {
  HELLO: {
    kind: 'session',
    doc: 'opens a session, or asks for the WELCOME of the present one again',
    fields: { nonce: u32('drawn anew by the bench for every session') },
  },
  CANS: { kind: 'command', doc: 'asks what the pump can', fields: {} },
  FIGURE: {
    kind: 'command',
    doc: 'set-up: a figure of the pump; the table of figures has its unit',
    fields: { figure: choice('figure', 'which'), value: exact('not-negative', '', 'in the unit of the figure') },
  },
  LIMIT: {
    kind: 'command',
    doc: 'set-up: a limit that the clinic sets; there is none of those that are not sent',
    fields: {
      limit: choice(
        'limit',
        'which; `daily` is the dose in any 24 h, `change` that of the daily dose against the last',
      ),
      measure: choice('measure', '`mass` in pg or `volume` in pL for `daily`, `part` in ppm for `change`'),
      value: exact('not-negative', 'pg, pL or ppm', 'the limit'),
    },
  },
  HOLDS: {
    kind: 'command',
    doc: 'set-up: what the pump is told that it holds',
    fields: { drug: drug(), concentration: concentration(), volume: exact('not-negative', 'pL', 'how much of it') },
  },
  PLACE: {
    kind: 'command',
    doc: 'set-up: clock and catheter',
    fields: {
      clock: exact('not-negative', 'us', 'what its clock shows at the start: local time since 1970-01-01T00:00'),
      catheter: exact('not-negative', 'pL', 'volume of the catheter'),
      line: choice('line', 'whether tube and catheter hold the drug, or are to be primed'),
    },
  },
  START: { kind: 'command', doc: 'ends the set-up: the pump is switched on at instant 0, stopped', fields: {} },
  ADVANCE: {
    kind: 'command',
    doc: 'lets time pass up to an instant, which is worked through too',
    fields: { to: instant('the instant') },
  },
  ...allOf('command', PROGRAM_PARTS),
  PREPARE: {
    kind: 'command',
    doc: 'first half of a transaction: check the program that was sent, store it, read it back, change nothing',
    fields: {
      at: at(),
      parts: integer(0, PUMP_LIMITS.parts, 'how many parts followed BEGIN'),
      sum: hex8('sum over BEGIN and the parts as they were sent'),
    },
  },
  COMMIT: {
    kind: 'command',
    doc: 'second half: bring the stored program of that digest into force, now',
    fields: { at: at(), digest: token(16, 'that of STORED') },
  },
  STOP: { kind: 'command', doc: 'stops everything that moves; needs no transaction', fields: { at: at() } },
  TELL: {
    kind: 'command',
    doc: 'asks for the account of the pump',
    fields: { at: at(), to: choice('to', 'a programmer by radio, which costs charge, or the bench by its wire') },
  },
  ROTOR: {
    kind: 'command',
    doc: 'feedback of the motor: what became of the step due at an instant',
    fields: {
      at: at(),
      due: instant('when the step was due, as it was ordered'),
      moved: marked('1 if it moved the rotor, 0 if not'),
    },
  },
  REQUEST: { kind: 'command', doc: 'the patient asks for a bolus', fields: { at: at() } },
  SILENCE: { kind: 'command', doc: 'silences the alarm for a while', fields: { at: at() } },
  READLOG: { kind: 'command', doc: 'reads the event log', fields: { at: at() } },
  CLEARLOG: { kind: 'command', doc: 'empties the event log', fields: { at: at() } },
  RESIDUAL: {
    kind: 'command',
    doc: 'what was really drawn before the last refill',
    fields: { at: at(), volume: exact('not-negative', 'pL', 'as measured by whoever drew it') },
  },
  CARRIER: {
    kind: 'command',
    doc: 'a telemetry carrier is there, or gone',
    fields: { at: at(), present: marked('1 there, 0 gone') },
  },
  CUT: {
    kind: 'command',
    doc: 'the cell is cut off',
    fields: {
      at: at(),
      write: exact(
        'not-negative',
        '',
        '`now`, or at that word write, from 1, of the next operation that writes so many',
        'now',
      ),
    },
  },
  RESTORE: { kind: 'command', doc: 'the cell is there again', fields: { at: at() } },
  SAG: { kind: 'command', doc: 'the supply gives way for a moment: the pump starts again', fields: { at: at() } },
  OHM: {
    kind: 'command',
    doc: 'the resistance of the cell changes',
    fields: { at: at(), more: exact('any', 'ohm', 'so much more than before, or less below zero') },
  },
  JUMP: {
    kind: 'command',
    doc: 'the clock of the pump jumps; nobody has set it',
    fields: { at: at(), forward: exact('any', 'us', 'by so much, back where it is below zero') },
  },
  FLIP: {
    kind: 'command',
    doc: 'a bit of the stored record turns over',
    fields: {
      at: at(),
      copy: choice('copy', 'in which copy of the record'),
      bit: u32('which, from 0, modulo the size of what is meant'),
      part: choice('part', 'in which part of the record'),
    },
  },
  BYE: { kind: 'command', doc: 'ends the session; a pump that is a process may end itself after its DONE', fields: {} },
} as const satisfies Readonly<Record<string, PumpEntry>>
