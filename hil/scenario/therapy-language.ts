/**
 * The keys of the scenario language that say what is to be given: therapies, what is given once, and the entries of
 * `prescription` and `programming` that hold them.
 */
import { z } from 'zod'
import { timeOfDay, weekdays } from '#hil/scenario/clock'
import { choice, count, instant, quantity, span, volumeOr } from '#hil/scenario/quantities'

/** Most boluses a file asks for in a day; how many the pump takes is the pump's to say. */
export const MOST_DAILY_BOLUSES = 100
const MOST_GRANTS = 1000

const dose = quantity(['mass', 'volume'], {
  description: 'The whole dose, as drug mass or as volume.',
  example: '100 ug',
  zero: 'a bolus has a dose; leave the entry out to give nothing',
})
const over = span('How long a bolus takes, at a constant rate.', '10 min')

const continuousDose = quantity(['mass rate', 'volume rate'], {
  description: 'Dose per time, as drug mass or as volume.',
  example: '50 ug/d',
  zero: 'a therapy delivers something; write mode: stopped to deliver nothing',
})
const basal = (description: string) => quantity(['mass rate', 'volume rate'], { description, example: '350 ug/d' })

const byTime = { required: ['at'], not: { anyOf: [{ required: ['count'] }, { required: ['from'] }] } }
const byCount = { required: ['count', 'from'], not: { required: ['at'] } }

/** A bolus at a time of day, or several of the same dose spread evenly over the day. */
export const dailyBolusSchema = z
  .strictObject({
    at: timeOfDay('Time of day of the pump clock at which the bolus starts.', '08:00').optional(),
    dose,
    over,
    count: count(
      1,
      MOST_DAILY_BOLUSES,
      'the boluses of a day are a whole number',
      'How many boluses of this dose a day, evenly spaced over 24 h.',
    ).optional(),
    from: timeOfDay('With count: time of day of one of them; the others follow from it.', '00:00').optional(),
  })
  .meta({ description: 'A bolus that comes back every day.', oneOf: [byTime, byCount] })

const boluses = choice('a list of boluses, or one map with the keys dose, count, over, from', [
  z.array(dailyBolusSchema).min(1).max(MOST_DAILY_BOLUSES),
  dailyBolusSchema,
]).meta({
  description: `The boluses of a day, on top of the basal rate: a list, or one map. At most ${MOST_DAILY_BOLUSES} in all.`,
})

const mode = <const M extends string>(name: M, description: string) => z.literal(name).meta({ description })

/** What holds until the next therapy. */
export const therapySchema = z
  .discriminatedUnion('mode', [
    z.strictObject({ mode: mode('stopped', 'The pump delivers nothing.') }),
    z.strictObject({ mode: mode('minimum-rate', 'The lowest rate of the pump, which keeps its tube in order.') }),
    z.strictObject({ mode: mode('simple-continuous', 'One rate, day and night.'), dose: continuousDose }),
    z.strictObject({
      mode: mode('flex', 'A basal rate with boluses at fixed times of day.'),
      basal: basal('Dose per time between and under the boluses; zero is allowed.'),
      boluses,
      days: weekdays('Days on which boluses start; the others have the basal rate alone. Default all.').optional(),
    }),
    z.strictObject({
      mode: mode('periodic-bolus', 'A bolus at the start of the therapy and again after each interval.'),
      dose,
      over,
      every: span('From the start of one bolus to the start of the next.', '4 h'),
      basal: basal('Dose per time between and under the boluses. Default none.').optional(),
    }),
  ])
  .meta({ description: 'What holds from this time until the next therapy.' })

/** A dose given once, on top of the therapy. */
export const bolusSchema = z.strictObject({ dose, over }).meta({
  description: 'A dose given once, on top of the therapy.',
})

/** A volume that the pump works out by itself, or one that is given. */
const displacing = (description: string, volume: string, zero: string) =>
  choice('auto or { volume: 0.4 mL }', [
    z.literal('auto'),
    z.strictObject({ volume: volumeOr('auto', { description: volume, example: '0.4 mL', zero }) }),
  ]).meta({ description, examples: ['auto'] })

/** Fills the line. */
const primeSchema = displacing(
  'Fills the line at the highest rate of the pump; the drug in it is not part of the prescribed dose.',
  'Volume to displace. auto: tube and catheter if the line is empty and was not primed before, else the catheter.',
  'a prime displaces something; leave the entry out to displace nothing',
)

/** Keeps the dose right while the line is cleared of older concentrations. */
const bridgeSchema = displacing(
  'After a refill of another concentration: rates are adapted until what the line still held is displaced.',
  'Volume to bridge, from the tip on. auto: all older concentrations that are still in the line.',
  'a bridge has a volume; leave the entry out to bridge nothing',
)

/** Leave for the patient to ask for boluses. */
const patientBolusSchema = z
  .strictObject({
    dose,
    over,
    lockout: span('Least time from the start of one granted bolus to the start of the next.', '4 h'),
    max_per_day: count(
      1,
      MOST_GRANTS,
      'the boluses a patient may have are a whole number',
      'Most granted boluses in any 24 h.',
    ),
  })
  .meta({ description: 'What the patient may ask for, until replaced or until mode: stopped.' })

/** The keys of an entry of which exactly one is given. */
export const ENTRY_KINDS = ['therapy', 'bolus', 'prime', 'bridge', 'patient-bolus'] as const

/** When an entry or an event happens. */
export const at = instant('When, counted from the start of the run; before its end.', '30 d')

/** One line of `prescription` or `programming`: a time with a therapy or with what is given once. */
export const entrySchema = z
  .strictObject({
    at,
    therapy: therapySchema.optional(),
    bolus: bolusSchema.optional(),
    prime: primeSchema.optional(),
    bridge: bridgeSchema.optional(),
    'patient-bolus': patientBolusSchema.optional(),
    confirm: z
      .boolean()
      .meta({ description: 'Whether the programmer confirms the warnings the pump raises. Default true.' })
      .optional(),
    commit: z
      .boolean()
      .meta({
        description:
          'Whether the program is committed once it was read back. false: the session ends there, and the pump goes on ' +
          'as before. Default true.',
      })
      .optional(),
  })
  .meta({ oneOf: ENTRY_KINDS.map((kind) => ({ required: [kind] })) })
