/** The keys of the scenario language that say what happens to the pump: refills, and what people do with it. */
import { z } from 'zod'
import { localTime } from '#hil/scenario/clock'
import { refillSchema } from '#hil/scenario/fill-language'
import { at } from '#hil/scenario/therapy-language'
import { SIMPLE_EVENTS } from '#hil/scenario/types'

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
