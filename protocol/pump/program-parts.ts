/** The messages that a program is made of, whether it is sent to the pump or read back by it. */
import { integer } from '#protocol/field'
import { by, concentration, drug, type PumpEntry } from '#protocol/pump/entry'
import { exact } from '#protocol/pump/field'
import { choice } from '#protocol/pump/words'

const MOST_GRANTS = 1_000_000

/** The parts of a program. They are the same in both directions: the pump reads back what it stored with these very messages. */
export const PROGRAM_PARTS = {
  BEGIN: {
    doc: 'begins a program; parts of an earlier one that was not prepared are forgotten',
    fields: { program: choice('program', 'what is programmed') },
  },
  RATE: {
    doc: 'part of a program: the rate of a therapy',
    fields: { by: by(), amount: exact('not-negative', 'pg/d or pL/d', 'mass or volume a day') },
  },
  DOSE: {
    doc: 'part of a program: a bolus, given at the constant rate amount / over',
    fields: {
      by: by(),
      amount: exact('not-negative', 'pg or pL', 'mass or volume'),
      over: exact('not-negative', 'us', 'how long it takes'),
    },
  },
  DAILY: {
    doc: 'part of a program: a bolus of every day',
    fields: {
      time: exact('not-negative', 'us', 'when it starts, since midnight of the clock of the pump; below 24 h'),
      by: by(),
      amount: exact('not-negative', 'pg or pL', 'mass or volume'),
      over: exact('not-negative', 'us', 'how long it takes'),
    },
  },
  DAYS: {
    doc: 'part of a program: the days on which boluses start',
    fields: {
      days: integer(0, 127, '1 Monday, 2 Tuesday, 4 Wednesday, 8 Thursday, 16 Friday, 32 Saturday, 64 Sunday, added'),
    },
  },
  EVERY: {
    doc: 'part of a program: how often a bolus comes back',
    fields: { interval: exact('not-negative', 'us', 'from one start to the next') },
  },
  LEAVE: {
    doc: 'part of a program: how often the patient may ask for a bolus',
    fields: {
      lockout: exact('not-negative', 'us', 'least time from the start of one grant to the start of the next'),
      most: integer(0, MOST_GRANTS, 'most grants in any 24 h'),
    },
  },
  SPACE: {
    doc: 'part of a program: the volume of a prime or bridge',
    fields: { volume: exact('not-negative', 'pL', 'the volume; `auto` leaves it to the pump', 'auto') },
  },
  DRAWN: {
    doc: 'part of a program: what was drawn out before a refill',
    fields: { volume: exact('not-negative', 'pL', 'the volume; `all` for everything', 'all') },
  },
  FILL: {
    doc: 'part of a program: what the pump holds from then on',
    fields: { drug: drug(), concentration: concentration(), volume: exact('not-negative', 'pL', 'volume put in') },
  },
  SHOW: {
    doc: 'part of a program: what the clock of the pump is to show',
    fields: { clock: exact('not-negative', 'us', 'local time since 1970-01-01T00:00') },
  },
} as const satisfies Readonly<Record<string, Omit<PumpEntry, 'kind'>>>
