/** Every field of a matrix, described with its unit: what its JSON Schema documents, and what a baseline is read by. */
import { z } from 'zod'
import { DETECTORS } from '#hil/fault/catalogue-entry'
import { DETECTION } from '#hil/report/detection-schema'

const text = (description: string) => z.string().describe(description)
const orNull = (description: string) => z.number().nullable().describe(description)
const report = z
  .string()
  .nullable()
  .describe('Report of the run, from the folder of the matrix; null: none was written')
const command = text('The command that makes this very run, alone')
const verdict = z.enum(['pass', 'fail', 'inconclusive']).describe("Verdict of the scenario's own checks")
const detector = z.enum(DETECTORS)
const { findings, harm, parted, next_refill } = DETECTION.shape

const CONTROL = z
  .strictObject({
    ...{ verdict, findings, harm, report, command },
    problem: z.string().nullable().describe('Why nothing can be held against it; null: something can'),
    trace_sha256: text('SHA-256 of its trace, in hex'),
  })
  .describe('The scenario without a fault')

const SCENARIO = z
  .strictObject({
    scenario: text('Name of the scenario'),
    file: text('Path of its file as it was given'),
    file_sha256: text('SHA-256 of the file, in hex'),
    seed: z.int().describe('Seed of every run of it'),
    simulated_s: z.number().describe('Length of the run, in seconds'),
    control: CONTROL,
  })
  .describe('One scenario: a column')

const FAULT = z
  .strictObject({
    name: text('Name of the entry in the catalogue'),
    group: z.enum(['plant', 'link', 'power', 'memory', 'clock', 'programming']).describe('Where it strikes'),
    mechanism: text('What happens'),
    expected: detector.describe('Who should notice first'),
    because: text('Why nobody sooner'),
    found: z
      .array(z.strictObject({ detector, count: z.int().describe('In how many scenarios it was first') }))
      .describe('Who was first, in the order of the detectors'),
    as_expected: z.int().describe('In how many scenarios the expected one was first'),
    otherwise: z.int().describe('In how many another one was'),
    not_applicable: z.int().describe('How many scenarios have no place for it'),
    skipped: z
      .int()
      .exactOptional()
      .describe('How many scenarios need what the pump does not have; left out where none does'),
    errors: z.int().describe('In how many nothing is shown of it'),
  })
  .describe('One fault: a row')

const RUN_CELL = z.strictObject({
  state: z.literal('run'),
  scenario: text('Name of the scenario'),
  fault: text('Name of the fault'),
  injected: text('What was done to the scenario'),
  injected_s: z.number().describe('From when on, in seconds from the start'),
  first: detector.describe('Who noticed first; reconciliation without first_s: the next refill would'),
  first_s: orNull('When, in seconds from the start; null: nobody has'),
  latency_s: orNull('Seconds from the beginning of the fault to that; null: nobody has'),
  expected: z
    .array(detector)
    .describe(
      'Who should have: more than one where a condition of the catalogue holds; empty where the control is noticed by them already',
    ),
  as_expected: z.boolean().describe('Whether that is one of these, or none is expected'),
  findings: findings.describe(
    'All that was noticed since the fault began and is not noticed in the control at the same time, in order of time; latencies from the beginning of the fault',
  ),
  next_refill,
  unnoticed_because: z.string().nullable().describe('Why neither pump nor programmer noticed; null: one of them did'),
  ...{ harm, parted, verdict },
  trace_sha256: text('SHA-256 of its trace, in hex'),
  ...{ report, command },
})

const OTHER_CELL = z.strictObject({
  state: z
    .enum(['not-applicable', 'skipped', 'error'])
    .describe(
      'not-applicable: the scenario has no place for it; skipped: the pump does not have what it needs; error: nothing is shown of it. Neither of the last two is a pass',
    ),
  scenario: text('Name of the scenario'),
  fault: text('Name of the fault'),
  reason: text('Why'),
  command,
})

const REGRESSION = z.strictObject({
  scenario: text('Name of the scenario'),
  fault: text('Name of the fault'),
  detector,
  change: z.enum(['later', 'vanished']).describe('later: it notices later than in the baseline; vanished: not at all'),
  was_s: orNull('Seconds from the cause in the baseline; null: no cause was known'),
  is_s: orNull('Seconds from the cause now; null: it does not notice, or no cause is known'),
  detail: text('The same, for people'),
})

export const MATRIX = z
  .strictObject({
    schema: z.literal('pumpbench/matrix@1').describe('Name and version of this format'),
    tool: z.strictObject({
      version: text('Version of the tool'),
      commit: z.string().nullable().describe('Commit of the tool; null: not known'),
      rig_firmware: z.string().nullable().describe('Build hash of the rig firmware; null: the rig has none'),
    }),
    pump: text('The firmware under test, as on the command line'),
    rig: text('The rig, as on the command line'),
    scenarios: z.array(SCENARIO).describe('In the order in which they were given'),
    faults: z.array(FAULT).describe('In the order of the catalogue'),
    not_carried: z.array(z.string()).describe('Entries left out because the rig cannot carry them'),
    cells: z.array(z.union([RUN_CELL, OTHER_CELL])).describe('By scenario, then by fault'),
    baseline: z
      .strictObject({
        file: text('Path of the earlier matrix as it was given'),
        sha256: text('SHA-256 of it, in hex'),
        regressions: z.array(REGRESSION).describe('Empty: everybody who noticed then notices now, and no later'),
      })
      .exactOptional()
      .describe('The earlier matrix that this one was held against'),
  })
  .describe('Every fault in every scenario, and who noticed it')

/** The JSON Schema (draft 2020-12) of a matrix. */
export function matrixJsonSchema(): Readonly<Record<string, unknown>> {
  const { $schema, ...rest } = z.toJSONSchema(MATRIX, { target: 'draft-2020-12' })
  return { $schema, $id: 'urn:pumpbench:matrix:1', ...rest }
}
