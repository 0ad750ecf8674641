/**
 * The checks of the scenario language: what may be demanded of the outcome of a run.
 *
 * Every check can be narrowed to a part of the run and can be declared to fail, which is how a scenario shows that a
 * known fault is caught.
 */
import { z } from 'zod'
import { scope } from '#hil/scenario/check-scope'
import { INVARIANT_NAMES } from '#hil/scenario/invariant-names'
import { MEASURE_CHECKS } from '#hil/scenario/measure-check-language'
import { instant, percentage, quantity, span, volume } from '#hil/scenario/quantities'
import { ALARM_NAMES } from '#hil/scenario/types'

const MOST_WINDOWS = 100
const kind = <const K extends string>(name: K, description: string) => z.literal(name).meta({ description })

const every = span('Judge each whole window of this length instead of the total.', '24 h').optional()
const within = percentage('Largest difference, as a part of what was prescribed.', '14.5 %')

/** One line of `checks`. */
export const checkSchema = z
  .discriminatedUnion('check', [
    z.strictObject({
      check: kind('tracking', 'At every instant, delivered against prescribed and believed against delivered.'),
      within: quantity(['steps', 'volume'], {
        description: 'Largest difference.',
        example: '1 step',
        zero: 'delivery is in whole steps and cannot track closer than one; write 1 step',
      }),
      ...scope,
    }),
    z.strictObject({
      check: kind('delivered-volume', 'Delivered volume against prescribed volume.'),
      within,
      every,
      ...scope,
    }),
    z.strictObject({
      check: kind('dose-at-tip', 'Drug mass out of the catheter tip against prescribed mass.'),
      within,
      every,
      ...scope,
    }),
    z.strictObject({
      check: kind('reservoir-estimate', 'Volume the pump believes to be left against what is left.'),
      within: volume('Largest difference.', '0.25 uL'),
      ...scope,
    }),
    z.strictObject({
      check: kind(
        'windowed-flow',
        'Flow error in windows of several lengths, beginning at every instant: a trumpet curve.',
      ),
      windows: z
        .array(span('Length of a window.', '1 h'))
        .min(1)
        .max(MOST_WINDOWS)
        .meta({ description: 'Lengths of the windows.' }),
      within,
      ...scope,
    }),
    z.strictObject({
      check: kind('max-dose', 'Most drug mass out of the tip in any window of this length.'),
      window: span('Length of the window.', '24 h'),
      dose: quantity(['mass'], { description: 'Most drug mass in one window.', example: '60 ug' }),
      ...scope,
    }),
    z
      .strictObject({
        check: kind('alarm', 'The alarm is raised in time.'),
        alarm: z.enum(ALARM_NAMES).meta({ description: 'Name of the alarm.' }),
        by: instant('Latest time; the same as between: [0 d, TIME].', '3 d 1 h').optional(),
        between: z
          .tuple([instant('Earliest time.', '155 d'), instant('Latest time.', '155 d 1 h')])
          .meta({ description: 'Earliest and latest time.' })
          .optional(),
        ...scope,
      })
      .meta({ oneOf: [{ required: ['by'] }, { required: ['between'] }] }),
    z.strictObject({ check: kind('no-other-alarms', 'No alarm but those that alarm checks name.'), ...scope }),
    z.strictObject({
      check: kind('invariants', 'What must be true of every run, whatever was programmed and whatever failed.'),
      only: z
        .array(z.enum(INVARIANT_NAMES))
        .min(1)
        .max(INVARIANT_NAMES.length)
        .meta({
          description: 'Names of the invariants that are looked at. Default: all.',
          examples: [['obedience', 'rest']],
        })
        .optional(),
      ...scope,
    }),
    z.strictObject({
      check: kind('programmed-as-prescribed', 'The pump runs the program that was prescribed.'),
      ...scope,
    }),
    z.strictObject({
      check: kind('refused', 'The pump refuses what is sent to it at this time.'),
      at: instant('Time of the entry that is refused.', '180 d'),
      ...scope,
    }),
    ...MEASURE_CHECKS,
  ])
  .meta({ description: 'Something that must be true of the outcome.' })

/** A check as the file gives it, its quantities read. */
export type WrittenCheck = z.output<typeof checkSchema>
