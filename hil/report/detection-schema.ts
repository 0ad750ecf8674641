/** Every field of the detection of a run, described with its unit; part of the schema of a result. */
import { z } from 'zod'
import { DETECTORS } from '#hil/fault/catalogue-entry'

const text = (description: string) => z.string().describe(description)
const number = (description: string) => z.number().describe(description)
const orNull = (description: string) => z.number().nullable().describe(description)

const YARDSTICKS = ['step', 'tolerance'] as const
const NOTICING = ['refused', 'warned', 'alarmed', 'volume-check', 'dose-check', 'reconciliation'] as const

const ORIGIN = {
  text: text('What it was, for people'),
  at_s: number('When, in seconds from the start'),
}

const FINDING = z
  .strictObject({
    detector: z
      .enum(NOTICING)
      .describe(
        'refused: by a limit of the pump; warned: the programmer was shown a warning; alarmed: by the pump; volume-check, dose-check: by the bench, at the rotor and at the tip; reconciliation: by the residual at a refill',
      ),
    what: text('What was noticed, shortly: the name of an alarm, what was refused, the drug'),
    at_s: number('When, in seconds from the start'),
    latency_s: orNull(
      'Seconds since what it is of: the cause, or `of`; null: no cause is known, or it can be of several',
    ),
    detail: text('What was noticed, for people'),
    of: z
      .strictObject(ORIGIN)
      .nullable()
      .exactOptional()
      .describe(
        'What it is of where that is not the first cause: a later one, or what such an alarm is raised of in any run; null: it can be of several; absent: of the cause, or no cause is known',
      ),
    yardstick: z
      .enum(YARDSTICKS)
      .exactOptional()
      .describe('By which yardstick, of the volume check; absent: of another detector'),
  })
  .describe('Something that was noticed')

const VOLUME_CHECK = z
  .strictObject({
    judged_by: z
      .enum(YARDSTICKS)
      .describe(
        'step: one motor step; tolerance: the tolerance of the device, as a part of all that was prescribed since the start, and a step',
      ),
    because: text('Why by that one'),
    step_s: orNull('When the volume was first off by more than a step, in seconds from the start; null: never'),
    tolerance_s: orNull('When it was first off by more than the tolerance, in seconds from the start; null: never'),
  })
  .describe('What the volume check of a bench finds by either yardstick')

const LEAST_DAY = z
  .strictObject({
    tip_ug: number('What left the tip in these 24 h, in micrograms'),
    prescribed_ug: number('What was prescribed in them, in micrograms'),
    to_s: number('Their end, in seconds from the start'),
  })
  .describe('The 24 h in which the most was missing of what was prescribed in them')

const HARM = z
  .strictObject({
    drug: text('Name of the drug'),
    over_ug: number('All that was too much at the tip, in micrograms'),
    under_ug: number('All that was missed at the tip, in micrograms'),
    over_equivalent_s: orNull(
      'In how long as much as was too much is prescribed, at the mean rate of the run, in seconds; null: nothing is',
    ),
    under_equivalent_s: orNull(
      'In how long as much as was missed is prescribed, at the mean rate of the run, in seconds; null: nothing is',
    ),
    over_s: number('All time until what was too much was made good: ahead by more than a step, in seconds'),
    under_s: number('All time until what was missed was made good: behind by more than a step, in seconds'),
    surplus_ug: number('What is too much at the end, beyond a step, in micrograms'),
    owed_ug: number('What is missing at the end, beyond a step, in micrograms'),
    tip_24h_ug: number('The most that left the tip in any 24 h, in micrograms'),
    prescribed_24h_ug: number('The most that was prescribed in any 24 h, in micrograms'),
    least_24h: LEAST_DAY.nullable().describe('The leanest day; null: nothing was missed'),
  })
  .describe('What a drug did more or less than it was meant to')

const PARTING = z
  .strictObject({
    pair: z.enum(['program', 'belief', 'volume', 'believed-mass', 'mass']).describe('As `pair` in `parted` of a check'),
    since_s: number('First instant at which they were more than a step apart, in seconds from the start'),
  })
  .describe('Two ledgers that parted')

const NOTICED = {
  first: z
    .enum(DETECTORS)
    .describe(
      'Whose finding was the first that is of it or can be; reconciliation without first_s: the next refill would show something; nobody: none of them',
    ),
  first_s: orNull('When, in seconds from the start; null: nobody has'),
  latency_s: orNull(
    'Seconds from the cause to that; null: nobody has, no cause is known, or the finding can be of another cause as well',
  ),
}

export const DETECTION = z.strictObject({
  cause: z.string().nullable().describe('What went wrong first: a fault or an entry; null: nothing is known to have'),
  cause_s: orNull('When, in seconds from the start; null: nothing is known to have'),
  ...NOTICED,
  causes: z
    .array(z.strictObject({ ...ORIGIN, ...NOTICED }).describe('Something that went wrong, and who noticed it'))
    .exactOptional()
    .describe(
      'All that went wrong where that is more than one thing, in order of time; at most 20; absent: one thing or none',
    ),
  findings: z
    .array(FINDING)
    .describe('All that was noticed since the cause, in order of time; at most 20 of a detector'),
  earlier: z.array(FINDING).describe('What was noticed before the cause, so not of it; bounded as well, no latencies'),
  volume_check: VOLUME_CHECK,
  next_refill: z.string().nullable().describe('What a refill at the end would show; null: nothing'),
  unnoticed_because: z
    .string()
    .nullable()
    .describe(
      'Why neither pump nor programmer noticed the cause; null: one of them did or may have, no cause is known, or what parted may be of a later one',
    ),
  harm: z.array(HARM).describe('One entry for each drug that was prescribed or filled'),
  parted: z.array(PARTING).describe('Ledgers that parted by more than a step, each with the first instant'),
})
