/**
 * Every field of a result, described with its unit: what the exported JSON Schema documents and tests validate against.
 *
 * The compiler checks that this schema and the types of a result are the same, in both directions.
 */
import { z } from 'zod'
import { ANALYSIS } from '#hil/report/analysis-schema'
import { DETECTION } from '#hil/report/detection-schema'
import type { Result } from '#hil/run/result'

const text = (description: string) => z.string().describe(description)
const number = (description: string) => z.number().describe(description)
const steps = (description: string) => z.int().describe(`${description}, in motor steps`)
const outcome = (description: string) => z.enum(['pass', 'fail', 'inconclusive']).describe(description)

const CHECK = z
  .strictObject({
    check: text('Name of the check'),
    outcome: outcome('What was observed; inconclusive: the bench could not measure well enough to say, never a pass'),
    expect: z.enum(['pass', 'fail']).describe('What the scenario says the outcome must be'),
    requirements: z
      .array(z.string())
      .exactOptional()
      .describe('Requirements this very check is the evidence for; absent: the scenario names none on it'),
    verdict: outcome('inconclusive if the outcome is, else pass exactly when the outcome is the expected one'),
    measured: z.number().nullable().describe('The measured extreme, exact over all instants, in `unit`'),
    limit: z.number().nullable().describe('What `measured` is held against, in `unit`'),
    unit: text('Unit of `measured` and `limit`; empty where there is none'),
    at_s: z
      .number()
      .nullable()
      .describe('When the measured extreme occurred, in seconds from the start; null: no single instant'),
    detail: text('What the check found, for people'),
    parted: z
      .array(
        z
          .strictObject({
            pair: z
              .enum(['program', 'belief', 'volume', 'believed-mass', 'mass'])
              .describe(
                'program: prescribed and stored; belief: volume believed and delivered; volume: prescribed and delivered; believed-mass: drug believed and drug that left the reservoir; mass: drug prescribed and out of the tip',
              ),
            since_s: z
              .number()
              .nullable()
              .describe('First instant at which they were apart, in seconds from the start; null: there is none'),
          })
          .describe('Two ledgers apart beyond the limit'),
      )
      .exactOptional()
      .describe('Which ledgers the check found apart; absent: none, or it compares none'),
  })
  .describe('One check and its verdict')

const ALARM = z
  .strictObject({
    alarm: text('Name of the alarm'),
    priority: z.enum(['critical', 'non-critical']).describe('Priority the pump gives the alarm'),
    raised_s: number('When the alarm was raised, in seconds from the start'),
    cleared_s: z
      .number()
      .nullable()
      .describe('When it was cleared, in seconds from the start; null: still on at the end'),
  })
  .describe('One alarm of the pump')

const EVENT = z
  .object({
    t_s: number('When it happened, in seconds from the start'),
    event: text('What happened; further fields depend on it'),
  })
  .catchall(z.union([z.string(), z.number(), z.null()]))
  .describe('One event, in order of time')

const LOG = z
  .strictObject({
    t_s: number('When the log was read, in seconds from the start'),
    dropped: z.int().describe('How many older entries had given way to newer ones'),
    entries: z
      .array(
        z
          .strictObject({
            t_s: number('When the pump noted it, in seconds from the start'),
            event: text('What the pump noted'),
            detail: text('What the pump says of it'),
          })
          .describe('One entry'),
      )
      .describe('What the log held, the oldest entry first'),
  })
  .describe('The event log of the pump as it was read')

const SAMPLE = z
  .strictObject({
    t_s: number('Time from the start, in seconds'),
    prescribed_uL: number('Volume prescribed so far, in microliters'),
    prescribed_ug: number('Drug prescribed so far, in micrograms'),
    believed_uL: number('Volume the pump believes it has delivered, in microliters'),
    believed_ug: number('Drug the pump believes it has delivered, in micrograms'),
    displaced_uL: number('Volume the rotor has displaced, in microliters'),
    tip_ug: number('Drug that has left the catheter tip, in micrograms'),
  })
  .describe('The three ledgers at one instant')

const uncertainty = (description: string) =>
  z.number().nullable().describe(`How far ${description} may be out on either side; null: nobody can say`)

const percent = (description: string) =>
  z
    .number()
    .nullable()
    .describe(`The same as part of ${description}, in percent; null: nobody can say, or the figure is nothing`)

const PROVENANCE = z
  .strictObject({
    steps: text('Where the count of motor steps comes from'),
    steps_uncertainty: steps('How far the count of steps may be out on either side'),
    displaced: text('Where the displaced volume comes from: measured, and by what, or modelled'),
    displaced_uncertainty_uL: uncertainty('the displaced volume, in microliters,'),
    displaced_uncertainty_percent: percent('the displaced volume'),
    tip: text('Where volume and dose at the tip come from'),
    tip_uncertainty_uL: uncertainty('the volume at the tip, in microliters,'),
    tip_uncertainty_percent: percent('volume or dose at the tip, whichever is larger'),
    tip_dose_uncertainty_ug: uncertainty('the dose of the first drug at the tip, in micrograms,'),
    leaked: text('Where the leaked volume comes from'),
    leaked_uncertainty_uL: uncertainty('the leaked volume, in microliters,'),
    withdrawn: text('Where the withdrawn volume comes from'),
    withdrawn_uncertainty_uL: uncertainty('the withdrawn volume, in microliters,'),
    reservoir: text('Where the true reservoir volume comes from'),
    reservoir_uncertainty_uL: uncertainty('the true reservoir volume, in microliters,'),
    reservoir_uncertainty_percent: percent('the true reservoir volume'),
    in_line: text('Where the volume in tube and catheter comes from'),
    in_line_uncertainty_uL: uncertainty('the volume in tube and catheter, in microliters,'),
  })
  .describe('Where the delivered figures come from, and how sure they are')

const CALIBRATION = z
  .strictObject({
    rig_file_sha256: text('SHA-256 of the rig file, in hex'),
    step_uL: number('Measured volume of one motor step, in microliters'),
    uncertainty_uL: number('Expanded uncertainty of the step volume on either side, in microliters'),
    coverage: number('Factor by which the standard uncertainty was expanded'),
    encoder_steps: z
      .number()
      .nullable()
      .describe('How much one count of the encoder stands for, in motor steps; null: it has none'),
    instruments: z
      .array(
        z
          .strictObject({
            instrument: text('What it is'),
            serial: text('Its serial number'),
            certificate: text('Number of its calibration certificate'),
            due: text('Last day on which the certificate holds'),
          })
          .describe('One instrument'),
      )
      .describe('The instruments that the calibration rests on'),
    calibrated: text('Day of the calibration'),
    due: text('Last day on which the calibration holds'),
    used: text('Day of the run'),
    doubt: z.string().nullable().describe('Why no verdict may rest on the calibration; null: one may'),
  })
  .describe('The calibration of the rig that turned the motor')

const PRESCRIBED = z
  .strictObject({
    volume_uL: number('Prescribed volume over the whole run, in microliters'),
    dose_ug: number('Prescribed dose of the first drug over the whole run, in micrograms'),
  })
  .describe('What the prescriber meant')

const BELIEVED = z
  .strictObject({
    volume_uL: number('Volume the pump believes it delivered, in microliters'),
    dose_ug: number('Dose of the first drug the pump believes it delivered, in micrograms'),
    reservoir_uL: number('Volume the pump believes is left in the reservoir, in microliters'),
    steps: steps('Steps the pump has booked'),
  })
  .describe("The pump's own account")

const DELIVERED = z
  .strictObject({
    steps: steps('Steps the rotor made'),
    displaced_uL: number('Volume the rotor displaced, in microliters'),
    tip_volume_uL: number('Volume that left the catheter tip, in microliters'),
    tip_dose_ug: number('Dose of the first drug that left the catheter tip, in micrograms'),
    leaked_uL: number('Volume that leaked before the tip, in microliters'),
    withdrawn_uL: number('Volume drawn from the reservoir at refills, in microliters'),
    reservoir_uL: number('Volume truly in the reservoir at the end, in microliters'),
    in_line_uL: number('Volume in tube and catheter at the end, in microliters'),
  })
  .describe('What physically left, and where it is')

const count = (description: string) => z.int().describe(description)

const WIRE = z
  .strictObject({
    sent_frames: count('Frames sent to the rig'),
    sent_bytes: count('Bytes sent to the rig'),
    received_frames: count('Frames heard from the rig'),
    received_bytes: count('Bytes heard from the rig'),
    log_lines: count('Lines kept as the log of the rig'),
    flawed: count('Lines that began like a frame and were none'),
    discarded_bytes: count('Bytes heard that were part of nothing'),
    rig_discarded_bytes: count('Bytes the rig discarded, by its own count'),
    rig_overruns: count('Bytes the receiver of the rig came too late for, by its own count'),
    retries: count('Commands sent again for want of an answer'),
    refusals: count('Commands answered by NAK'),
    round_trips: count('Commands answered'),
    round_trip_least_ticks: count('Shortest time from sending a command first to its answer, in rig ticks of 64 us'),
    round_trip_most_ticks: count('Longest such time, in rig ticks of 64 us'),
    round_trip_total_ticks: count('All such times together, in rig ticks of 64 us'),
    telemetry: count('Telemetry frames heard'),
    telemetry_missed: count('Telemetry frames sent by the rig and never heard'),
    queue_most: count('Most segments the rig was heard to hold at once'),
  })
  .describe('What crossed the wire between host and rig; absent: the rig has none')

const RUN = z
  .strictObject({
    scenario: text('Name of the scenario'),
    file: text('Path of the scenario file as it was given'),
    file_sha256: text('SHA-256 of the scenario file, in hex'),
    pump: text('Pump under test: the firmware'),
    pump_model: text('Pump model of the scenario, such as im-20'),
    step_uL: number('Volume of one motor step by that model, in microliters'),
    rig: text('Rig that turned the motor'),
    rig_identity: text('Identity the rig reported'),
    seed: z.int().describe('Seed of all randomness in the run'),
    requirements: z.array(z.string()).describe('Requirements the scenario gives evidence for'),
    attempt: z.int().exactOptional().describe('Which attempt at the scenario this is, from 1; absent: the only one'),
    outcome: outcome('The worst outcome of the checks: fail before inconclusive before pass'),
    verdict: outcome('The worst verdict of the checks: fail before inconclusive before pass'),
    simulated_s: number('Time simulated, in seconds of pump time'),
    wall_s: number('Time the run took, in seconds of wall time'),
    prescribed: PRESCRIBED,
    believed: BELIEVED,
    delivered: DELIVERED,
    provenance: PROVENANCE,
    calibration: CALIBRATION.exactOptional(),
    checks: z.array(CHECK).describe('Every check, those that are always on included'),
    alarms: z.array(ALARM).describe('Every alarm, in order of time'),
    events: z.array(EVENT).describe('What else happened, in order of time'),
    logs: z
      .array(LOG)
      .exactOptional()
      .describe('The event log of the pump, each time it was read, in order of time; absent: it never was'),
    samples: z.array(SAMPLE).describe('The three ledgers at the spacing the scenario asks for'),
    analysis: ANALYSIS,
    detection: DETECTION.nullable().describe(
      'Who noticed that something was wrong, and what it did; null: not analyzed',
    ),
    wire: WIRE.exactOptional(),
    trace_sha256: text('SHA-256 of the trace this run was judged from, in hex'),
  })
  .describe('One run of one scenario')

const MANIFEST = z
  .strictObject({
    tool: text('Name of the tool'),
    version: text('Version of the tool'),
    commit: z.string().nullable().describe('Commit of the tool; null: not known'),
    node: text('Version of Node.js'),
    platform: text('Operating system and processor'),
    started: text('When the runs were started, ISO 8601'),
    rig_firmware: z.string().nullable().describe('Build hash of the rig firmware; null: the rig has none'),
  })
  .describe('How and with what the runs were made; all that differs between two identical runs')

const EVIDENCE = z
  .strictObject({
    scenario: text('Name of the scenario'),
    attempt: z.int().exactOptional().describe('Which attempt at the scenario this is, from 1; absent: the only one'),
    verdict: outcome('The worst verdict of these checks'),
    checks: z
      .array(
        z.strictObject({ check: text('Name of the check'), verdict: outcome('Its verdict') }).describe('One check'),
      )
      .describe('The checks that are evidence: those that name the requirement, else all of a scenario that does'),
  })
  .describe('What one scenario says of the requirement')

const REQUIREMENT = z
  .strictObject({
    id: text('Identifier of the requirement'),
    text: text('What is required'),
    risk: text('What happens to whom where it is not met'),
    source: z.string().exactOptional().describe('Where the requirement comes from; absent: not stated'),
    verdict: z
      .enum(['pass', 'fail', 'inconclusive', 'not exercised'])
      .describe('The worst verdict of its evidence; not exercised: there is none, which is no pass'),
    evidence: z.array(EVIDENCE).describe('One entry for each scenario that exercises it'),
  })
  .describe('One requirement and how it fared')

const REGRESSION = z
  .strictObject({
    scenario: text('Name of the scenario'),
    check: text('Name of the check, with its place among those of the name where there are several'),
    verdict: z.enum(['pass', 'fail', 'inconclusive', 'gone']).describe('Its verdict now; gone: it is no longer made'),
    detail: text('What the check found now, for people'),
  })
  .describe('A check that passed in the baseline and does not any more')

const BASELINE = z
  .strictObject({
    file: text('Path of the earlier result as it was given'),
    sha256: text('SHA-256 of the earlier result, in hex'),
    regressions: z.array(REGRESSION).describe('Empty: every check that passed then passes now'),
  })
  .describe('The earlier result that this one was held against')

const SCHEMA = z
  .strictObject({
    schema: z.literal('pumpbench/result@1').describe('Name and version of this format'),
    manifest: MANIFEST,
    runs: z.array(RUN).describe('One entry for each run'),
    requirements: z
      .array(REQUIREMENT)
      .exactOptional()
      .describe('Every requirement of the file in use; absent: none is in use'),
    skipped: z
      .array(
        z
          .strictObject({
            scenario: z.string().describe('Name of the scenario'),
            file: z.string().describe('The scenario file, as given'),
            reason: z.string().describe('What it needs that the pump does not have'),
          })
          .readonly(),
      )
      .readonly()
      .exactOptional()
      .describe(
        'Scenarios that were not run, because the pump does not have what they need; none of them counts as passed',
      ),
    baseline: BASELINE.exactOptional(),
  })
  .describe('Result of one or more runs. Amounts are doubles, rounded once from exact values')

type DeepReadonly<T> = T extends readonly (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
    : T
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false

/** The schema, where it describes the very values the types do; `never`, which nothing is, where it does not. */
type Exactly<Schema extends z.ZodType> = Same<DeepReadonly<z.infer<Schema>>, Result> extends true ? Schema : never

/** A result as the `--json` report holds it. Does not compile unless schema and types agree. */
export const RESULT: Exactly<typeof SCHEMA> = SCHEMA
