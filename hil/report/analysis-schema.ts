/** Every field of the analysis of a run, described with its unit. */
import { z } from 'zod'

const text = (description: string) => z.string().describe(description)
const number = (description: string) => z.number().describe(description)
const orNull = (description: string) => z.number().nullable().describe(description)

const APART = {
  behind_s: number(
    'All time in which delivery so far was behind the prescription by more than the resolution, in seconds',
  ),
  behind_since_s: orNull('When it first was, in seconds from the start; null: never'),
  ahead_s: number('All time in which it was ahead by more than the resolution, in seconds'),
  ahead_since_s: orNull('When it first was, in seconds from the start; null: never'),
}

const VOLUME = z
  .strictObject({
    prescribed_uL: number('Volume prescribed, in microliters'),
    delivered_uL: number('Volume displaced by the rotor, in microliters'),
    mean_flow_error_percent: orNull('Mean flow error A: delivered over prescribed less 1; null: nothing prescribed'),
    floor_percent: orNull('What one step is of the prescribed volume; an error within it says nothing'),
    under_uL: number('All that was missed; what came too much elsewhere does not make up for it'),
    over_uL: number('All that was too much'),
    ...APART,
    resolution_uL: number('What a faultless pump may be out by: a step, and what is prescribed in a tick of the rig'),
  })
  .describe('Volume at the rotor against the prescription, over the whole run')

const DRUG = z
  .strictObject({
    drug: text('Name of the drug'),
    prescribed_ug: number('Drug prescribed, in micrograms'),
    tip_ug: number('Drug out of the catheter tip, in micrograms'),
    largest_24h_ug: number('The most out of the tip in any 24 h, wherever they begin, in micrograms'),
    largest_24h_at_s: number('End of the first such 24 h, in seconds from the start'),
    under_ug: number('All that was missed, in micrograms'),
    over_ug: number('All that was too much, in micrograms'),
    ...APART,
    resolution_ug: number('What a faultless pump may be out by, in micrograms'),
  })
  .describe('One drug out of the tip against the prescription, over the whole run')

const TRUMPET_POINT = z
  .strictObject({
    window_s: number('Length of the window, in seconds'),
    state: z
      .enum(['resolved', 'unresolvable', 'unprescribed'])
      .describe(
        'unresolvable: a faultless pump could show errors beyond `within_percent` too; unprescribed: in some window nothing is prescribed',
      ),
    most_percent: orNull('Largest flow error of all starts of the window, in percent'),
    most_at_s: orNull('Where that window starts, in seconds from the start'),
    least_percent: orNull('Smallest flow error of all starts of the window, in percent'),
    least_at_s: orNull('Where that window starts, in seconds from the start'),
    floor_percent: orNull('Error that the size of a step alone may cause in the leanest window, in percent'),
  })
  .describe('One window of the trumpet')

const TRUMPET = z
  .strictObject({
    protocol: text('Name of the published protocol'),
    source: text('Where its figures were read'),
    from_s: number('Start of the analysis period, after settling, in seconds from the start'),
    to_s: number('Its end, in seconds from the start'),
    within_percent: number('Error the points are resolved for: the tolerance of the pump model, in percent'),
    points: z.array(TRUMPET_POINT).describe('The shortest window first'),
  })
  .describe('Trumpet curve, exact over all starts of each window')

const FLOW_POINT = z
  .strictObject({
    from_s: number('Start of the interval, in seconds from the start'),
    to_s: number('Its end, in seconds from the start'),
    delivered_mL_per_d: number('Mean flow delivered, in milliliters a day'),
    prescribed_mL_per_d: number('Mean flow prescribed, in milliliters a day'),
    error_percent: orNull('Flow error, in percent; null: nothing prescribed'),
    floor_percent: orNull('What one step is of what is prescribed, in percent'),
  })
  .describe('Mean flow of one interval')

const START_UP = z
  .strictObject({
    interval_s: number('Length of an interval, in seconds'),
    points: z.array(FLOW_POINT).describe('Intervals end to end from the first prescribed flow'),
  })
  .describe('Start-up curve')

const BOLUSES = z
  .strictObject({
    count: z.int().describe('Boluses that ran undisturbed from start to end'),
    enough: z.boolean().describe('Whether there are the 25 that a quoted mean asks for'),
    mean_percent: number('Mean error, in percent of the dose'),
    most_percent: number('Largest error, in percent of the dose'),
    most_at_s: number('When that bolus began, in seconds from the start'),
    least_percent: number('Smallest error, in percent of the dose'),
    least_at_s: number('When that bolus began, in seconds from the start'),
    floor_percent: number('What one step is of the smallest bolus, in percent'),
  })
  .describe('Accuracy of boluses: what was delivered beyond all else that is prescribed while they run')

const INTERRUPTION = z
  .strictObject({
    from_s: number('Since when the step was overdue, in seconds from the start'),
    to_s: number('When it came, or the end of the run, in seconds from the start'),
    due_s: number('How long of it something was prescribed, in seconds'),
  })
  .describe('The longest time that a step was overdue')

const LATENCY = z
  .strictObject({
    alarm: text('Name of the alarm'),
    cause: text('What went wrong'),
    cause_s: number('When, by what the bench knows, in seconds from the start'),
    cause_end_s: orNull('When it was over, in seconds from the start; null: it lasts'),
    state: z
      .enum(['raised', 'standing', 'missed', 'ended', 'not-due'])
      .describe(
        'raised: at or after the cause; standing: it sounded already; missed: not by the end of the run or the next cause; ended: the cause was over without an alarm; not-due: the run ended before the pump model raises it',
      ),
    raised_s: orNull('When the alarm was raised, in seconds from the start; null: never'),
    latency_s: orNull('From the cause to the raise, in seconds; below zero: it sounded before'),
  })
  .describe('How one alarm answered one cause')

const SOLUTION = z.strictObject({
  drug: text('Name of the drug'),
  concentration_ug_per_mL: number('Its concentration, in micrograms per milliliter'),
})

const FILL = SOLUTION.extend({
  label: SOLUTION.exactOptional().describe('What was meant to be filled; absent where that is the same'),
}).describe('What was truly filled')

const CHANGEOVER = z
  .strictObject({
    at_s: number('When the reservoir was refilled, in seconds from the start'),
    from: FILL,
    to: FILL,
    line_uL: number('Volume of tube and catheter, in microliters'),
    to_s: number('End of the changeover, in seconds from the start'),
    end: z
      .enum(['cleared', 'next-change', 'end-of-run'])
      .describe('cleared: the volume of the line had been displaced; else what came before that'),
    doses: z
      .array(
        z
          .strictObject({
            drug: text('Name of the drug'),
            prescribed_ug: number('Prescribed during the changeover, in micrograms'),
            tip_ug: number('Out of the tip during the changeover, in micrograms'),
            error_percent: orNull('Out of the tip over prescribed less 1, in percent; null: none prescribed'),
          })
          .describe('One drug'),
      )
      .describe('The new drug, and the old one where it is another'),
    meant: z
      .array(
        z
          .strictObject({
            from_s: number('Start, in seconds from the start'),
            to_s: number('End, in seconds from the start'),
            factor: orNull('What the tip gives over what is prescribed; null: nothing is'),
          })
          .describe('One stretch'),
      )
      .describe('Where the tip gives another dose though exactly the prescribed volume flows; the first 20'),
    meant_stretches: z.int().describe('How many such stretches there are'),
    bridge: z
      .strictObject({
        rate_mL_per_d: number('Rate of a right bridge, in milliliters a day'),
        lasts_s: number('How long it takes, in seconds'),
        dose_ug: number('Old drug in the line, in micrograms'),
      })
      .nullable()
      .describe('What a bridge has to do at the dose prescribed; null: no one figure holds, see docs/ANALYSIS.md'),
    without_bridge: z
      .strictObject({
        factor: number('What the tip gives over what is prescribed'),
        lasts_s: number('For how long, in seconds'),
      })
      .nullable()
      .describe('What becomes of the dose if there is no bridge; null: where bridge is'),
  })
  .describe('One change of drug or concentration')

const OMITTED = z
  .strictObject({
    part: z
      .enum(['volume', 'drugs', 'trumpet', 'start_up', 'boluses', 'interruption', 'alarm_latencies', 'changeovers'])
      .describe('Which part'),
    reason: text('Why'),
  })
  .describe('A part of the analysis that was not made')

export const ANALYSIS = z
  .strictObject({
    volume: VOLUME.nullable().describe('Volume at the rotor over the whole run; null: omitted'),
    drugs: z
      .array(DRUG)
      .nullable()
      .describe('Every drug that was ever filled or meant to be; first that which the first fill was meant to hold'),
    trumpet: TRUMPET.nullable().describe('Trumpet curve by a published protocol; null: omitted'),
    start_up: START_UP.nullable().describe('Start-up curve; null: nothing was prescribed, or it is omitted'),
    boluses: BOLUSES.nullable().describe('Accuracy of boluses; null: none ran undisturbed, or it is omitted'),
    interruption: INTERRUPTION.nullable().describe(
      'The longest interruption; null: no step was ever overdue, or it is omitted',
    ),
    alarm_latencies: z.array(LATENCY).nullable().describe('Every cause of an alarm that the bench knows, in order'),
    changeovers: z.array(CHANGEOVER).nullable().describe('Every change of drug or concentration, in order'),
    omitted: z.array(OMITTED).describe('Parts that were not made and are null for that reason'),
  })
  .describe('What a pump test reports of any run; null: there was nothing of the kind, or it is omitted')
