/**
 * Checks of what a pump test measures, in the terms of its reports: trumpet and start-up curve, bolus accuracy, mean flow
 * error, interruptions, what was missed and what was too much, alarm latency, changes of concentration, and what is said.
 */
import { z } from 'zod'
import { scope } from '#hil/scenario/check-scope'
import { EVENT_NAMES, isEventName, OWN_EVENT } from '#hil/scenario/event-names'
import { instant, percentage, quantity, span } from '#hil/scenario/quantities'
import { CAUSED_ALARMS, TRUMPET_PROTOCOL_NAMES } from '#hil/scenario/types'
import { didYouMean, found, quoted } from '#hil/scenario/wording'

/** Most windows of a published trumpet. */
const MOST_LIMITS = 10
const LONGEST_EVENT = 100
const LONGEST_SAYING = 200
const FEWEST_BOLUSES = 1
const MOST_BOLUSES = 100_000

const kind = <const K extends string>(name: K, description: string) => z.literal(name).meta({ description })
const within = percentage('Largest error, in either direction.', '5 %')
const protocol = z
  .enum(TRUMPET_PROTOCOL_NAMES)
  .meta({ description: 'Published windows, interval, settling and analysis period. Default ambulatory.' })
  .optional()

function neitherLimit(input: unknown): string {
  if (input === undefined || input === null) return '; for example 14.5 %'
  if (typeof input === 'number') return `${input} has no unit; write a percentage, such as 14.5 %`
  return `${found(input)} is neither a percentage, such as 14.5 %, nor a list of them`
}

function unknownEvent(name: string): string {
  const own = `that of a pump of your own begins with ${OWN_EVENT}`
  const hint = didYouMean(name, EVENT_NAMES)
  return `${quoted(name)} is no event of pump or bench, and ${own}${hint === '' ? `; it is one of ${EVENT_NAMES.join(', ')}` : hint}`
}

/** Under-delivery and over-delivery take the same keys. */
const amounts = {
  of: z
    .enum(['drug', 'volume'])
    .meta({ description: 'Every drug out of the tip, or volume at the rotor. Default that of "amount", else drug.' })
    .optional(),
  amount: quantity(['mass', 'volume'], {
    description: 'Most that may be missed, or too much, in all.',
    example: '20 ug',
  }).optional(),
  time: quantity(['duration'], {
    description: 'Longest time, in all, of being behind or ahead.',
    example: '2 h',
  }).optional(),
  beyond: quantity(['mass', 'volume'], {
    description: 'Difference that does not count. Default one step, and what is prescribed in a tick of the rig.',
    example: '5 ug',
    zero: 'delivery is in whole steps; without "beyond" one step does not count',
  }).optional(),
}

export const MEASURE_CHECKS = [
  z.strictObject({
    check: kind('trumpet', 'Flow error in the windows of a published protocol, begun at every instant.'),
    protocol,
    within: z
      .union([within, z.array(within).min(1).max(MOST_LIMITS)], { error: ({ input }) => neitherLimit(input) })
      .meta({ description: 'Largest error: one for all windows, or one for each, the shortest window first.' }),
    settling: quantity(['duration'], {
      description: 'From the first prescribed flow to the analysis period. Default that of the protocol.',
      example: '24 h',
    }).optional(),
    analysis: span('Length of the analysis period. Default that of the protocol.', '25 h').optional(),
    ...scope,
  }),
  z.strictObject({
    check: kind('start-up', 'Mean flow in intervals end to end from the first prescribed flow.'),
    protocol,
    within,
    interval: span('Length of an interval. Default that of the protocol.', '15 min').optional(),
    after: quantity(['duration'], {
      description: 'From the first prescribed flow on, how long the flow may settle. Default 0 s.',
      example: '1 h',
    }).optional(),
    ...scope,
  }),
  z.strictObject({
    check: kind('bolus-accuracy', 'Each bolus that ran undisturbed, and their mean, against the dose.'),
    within,
    mean: percentage('Largest error of the mean. Default as within.', '2 %').optional(),
    count: z
      .int()
      .min(FEWEST_BOLUSES)
      .max(MOST_BOLUSES)
      .meta({ description: 'Fewest boluses that a mean may be quoted of. Default 25 with "mean", else 1.' })
      .optional(),
    measure: z
      .enum(['above-basal', 'total'])
      .meta({
        description: 'Beyond all else that is prescribed while a bolus runs, or all of it. Default above-basal.',
      })
      .optional(),
    ...scope,
  }),
  z.strictObject({
    check: kind('mean-flow-error', 'Delivered over prescribed volume of the whole span, less one.'),
    within,
    ...scope,
  }),
  z.strictObject({
    check: kind('interruption', 'The longest time that a step is overdue.'),
    within: span('Longest interruption.', '10 min'),
    ...scope,
  }),
  z.strictObject({
    check: kind('under-delivery', 'All that was missed, which later excess does not make up for.'),
    ...amounts,
    ...scope,
  }),
  z.strictObject({
    check: kind('over-delivery', 'All that was too much, which earlier want does not make up for.'),
    ...amounts,
    ...scope,
  }),
  z.strictObject({
    check: kind(
      'believed-dose',
      'Drug the pump believes it gave against drug that left the reservoir, at every instant.',
    ),
    within: quantity(['mass'], { description: 'Largest difference.', example: '1 ug' }),
    ...scope,
  }),
  z.strictObject({
    check: kind('alarm-latency', 'From each cause of an alarm until it sounds.'),
    alarm: z.enum(CAUSED_ALARMS).meta({ description: 'Name of an alarm whose cause the bench knows.' }),
    within: span('Longest latency.', '5 min'),
    ...scope,
  }),
  z.strictObject({
    check: kind(
      'changeover',
      'Drug out of the tip from each change of drug or concentration until the line has cleared.',
    ),
    within,
    ...scope,
  }),
  z
    .strictObject({
      check: kind('event', 'The pump or the bench says something in time.'),
      event: z
        .string()
        .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, {
          abort: true,
          error: 'an event is named with lower-case letters, digits and single hyphens, such as stopped-warning',
        })
        .max(LONGEST_EVENT, { error: `the name of an event has at most ${LONGEST_EVENT} characters` })
        .refine(isEventName, { error: ({ input }) => unknownEvent(String(input)), abort: true })
        .meta({
          description: 'Name of the event, as the result lists it; that of a pump of your own begins with x-.',
          examples: ['stopped-warning'],
          anyOf: [{ enum: EVENT_NAMES }, { pattern: `^${OWN_EVENT}` }],
        }),
      saying: z
        .string()
        .min(1, { error: 'words that its detail has; leave it out for any detail' })
        .max(LONGEST_SAYING, { error: `at most ${LONGEST_SAYING} characters` })
        .meta({
          description: 'Words that its detail has, as the result lists it. Default: whatever it says.',
          examples: ['motor-stall: two tones, 3 s, every 10 min'],
        })
        .optional(),
      by: instant('Latest time; the same as between: [0 d, TIME].', '3 d 1 h').optional(),
      between: z
        .tuple([instant('Earliest time.', '30 d'), instant('Latest time.', '30 d 1 h')])
        .meta({ description: 'Earliest and latest time.' })
        .optional(),
      ...scope,
    })
    .meta({ oneOf: [{ required: ['by'] }, { required: ['between'] }] }),
] as const
