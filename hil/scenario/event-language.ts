/** The keys of the scenario language that say what happens to the pump: refills, what people do with it, and faults. */
import { z } from 'zod'
import { localTime } from '#hil/scenario/clock'
import { refillSchema } from '#hil/scenario/fill-language'
import { count, quantity, span } from '#hil/scenario/quantities'
import { at } from '#hil/scenario/therapy-language'
import { MEMORY_COPIES, SIMPLE_EVENTS } from '#hil/scenario/types'

const DEEDS = [
  'request-bolus: the patient asks for a bolus',
  'interrogate: read the pump by telemetry',
  'stop: stop the pump',
  'restart: run the last therapy again',
  'silence: silence the alarms for a while',
  'read-log: read the event log',
  'clear: empty the event log of the pump',
  'set-clock: set the clock to the time in "to"',
]

const doing = (required: readonly string[], deeds: readonly string[]) => ({
  required: ['do', ...required],
  properties: { do: { description: 'What is done.', enum: deeds } },
})

/** One line of `events`: a time with a refill or something to do. */
export const eventSchema = z
  .strictObject({
    at,
    do: z
      .enum([...SIMPLE_EVENTS, 'set-clock'])
      .meta({ description: `${DEEDS.join('; ')}.` })
      .optional(),
    to: localTime('With do: set-clock, the local time that the clock is set to.', '2026-03-29T03:00').optional(),
    refill: refillSchema.optional(),
  })
  .meta({
    oneOf: [
      { required: ['refill'], not: { anyOf: [{ required: ['do'] }, { required: ['to'] }] } },
      { ...doing(['to'], ['set-clock']), not: { required: ['refill'] } },
      { ...doing([], SIMPLE_EVENTS), not: { anyOf: [{ required: ['to'] }, { required: ['refill'] }] } },
    ],
  })

/** Word writes and bits are counted so far; no operation and no program of a pump has more. */
const MOST_WRITES = 10_000
const LAST_BIT = 65_535

const when = at.meta({ description: 'When it begins, counted from the start of the run; before its end.' })
const lasting = span('How long it lasts. Default to the end of the run.', '2 h').optional()
const fault = <const F extends string>(name: F, description: string) => z.literal(name).meta({ description })

/** One line of `faults`. */
export const faultSchema = z
  .discriminatedUnion('fault', [
    z.strictObject({ at: when, fault: fault('motor-stall', 'The rotor is held and does not turn.'), for: lasting }),
    z.strictObject({
      at: when,
      fault: fault('power-cut', 'The pump loses its power and starts again when it returns.'),
      for: span('How long the power is away. Default: it returns at once.', '1 min').optional(),
      write: count(
        1,
        MOST_WRITES,
        'the word write at which power is cut is a whole number',
        'Power is cut at this word write of the first operation from then on that writes so many. Default: at once.',
      ).optional(),
    }),
    z.strictObject({
      at: when,
      fault: fault('bit-flip', 'A bit of the program that the pump keeps turns over.'),
      copy: z
        .enum(MEMORY_COPIES)
        .meta({ description: 'In which copy; both: the same bit in each. Default first.' })
        .optional(),
      bit: count(
        0,
        LAST_BIT,
        'a bit is a whole number',
        'Which bit, from 0. Default: one that follows from the seed.',
      ).optional(),
    }),
    z.strictObject({
      at: when,
      fault: fault('clock-drift', 'The clock of the pump runs fast or slow.'),
      by: quantity(['drift'], {
        description: 'How much: above zero is fast.',
        example: '50 ppm',
        zero: 'a drift of nothing is no fault; leave it out',
      }),
      for: lasting,
    }),
    z.strictObject({
      at: when,
      fault: fault('telemetry-carrier', 'The pump hears a telemetry carrier that no programmer sends.'),
      for: lasting,
    }),
  ])
  .meta({ description: 'Something that goes wrong.' })

/** A fault as the file gives it, its quantities read. */
export type WrittenFault = z.output<typeof faultSchema>
