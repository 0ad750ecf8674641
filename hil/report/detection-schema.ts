/** Every field of the detection of a run, described with its unit; part of the schema of a result. */
import { z } from 'zod'
import { DETECTORS } from '#hil/fault/catalogue-entry'

const text = (description: string) => z.string().describe(description)
const number = (description: string) => z.number().describe(description)
const orNull = (description: string) => z.number().nullable().describe(description)

const NOTICING = ['refused', 'warned', 'alarmed', 'volume-check', 'dose-check', 'reconciliation'] as const

const FINDING = z
  .strictObject({
    detector: z
      .enum(NOTICING)
      .describe(
        'refused: by a limit of the pump; warned: the programmer was shown a warning; alarmed: by the pump; volume-check, dose-check: by the bench, at the rotor and at the tip; reconciliation: by the residual at a refill',
      ),
    what: text('What was noticed, shortly: the name of an alarm, what was refused, the drug'),
    at_s: number('When, in seconds from the start'),
    latency_s: orNull('Seconds since the cause; null: no cause is known'),
    detail: text('What was noticed, for people'),
  })
  .describe('Something that was noticed')

const HARM = z
  .strictObject({
    drug: text('Name of the drug'),
    over_ug: number('All that was too much at the tip, in micrograms'),
    under_ug: number('All that was missed at the tip, in micrograms'),
    over_s: number('All time ahead of the prescription by more than a step, in seconds'),
    under_s: number('All time behind it by more than a step, in seconds'),
    tip_24h_ug: number('The most that left the tip in any 24 h, in micrograms'),
    prescribed_24h_ug: number('The most that was prescribed in any 24 h, in micrograms'),
  })
  .describe('What a drug did more or less than it was meant to')

const PARTING = z
  .strictObject({
    pair: z.enum(['program', 'belief', 'volume', 'believed-mass', 'mass']).describe('As `pair` in `parted` of a check'),
    since_s: number('First instant at which they were more than a step apart, in seconds from the start'),
  })
  .describe('Two ledgers that parted')

export const DETECTION = z.strictObject({
  cause: z.string().nullable().describe('What went wrong first: a fault or an entry; null: nothing is known to have'),
  cause_s: orNull('When, in seconds from the start; null: nothing is known to have'),
  first: z
    .enum(DETECTORS)
    .describe('Who noticed first; reconciliation without first_s: the next refill would; nobody: none of them'),
  first_s: orNull('When, in seconds from the start; null: nobody has'),
  latency_s: orNull('Seconds from the cause to that; null: nobody has, or no cause is known'),
  findings: z
    .array(FINDING)
    .describe('All that was noticed since the cause, in order of time; at most 20 of a detector'),
  next_refill: z.string().nullable().describe('What a refill at the end would show; null: nothing'),
  unnoticed_because: z
    .string()
    .nullable()
    .describe('Why neither pump nor programmer noticed; null: one of them did, or no cause is known'),
  harm: z.array(HARM).describe('One entry for each prescribed drug'),
  parted: z.array(PARTING).describe('Ledgers that parted by more than a step, each with the first instant'),
})
