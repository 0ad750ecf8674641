/**
 * The shape of every trace record, checked when a trace is read back.
 *
 * The compiler holds it against the types of {@link TraceRecord} in both directions.
 */
import { z } from 'zod'
import { MOST_LOG_ENTRIES, type TraceRecord } from '#hil/run/trace'

/** Digits of a number and of its size: far more than any run needs, and too few to hurt. */
const MOST_DIGITS = 4000
const LARGEST_SIZE = 30

const FRACTION = /^(-?)(\d+)(?:\/([1-9]\d*))?$/

/** An exact number in text, of reasonable length and size. */
function fraction(message: string, accepts: (sign: string, numerator: string) => boolean) {
  return z
    .string()
    .max(2 * MOST_DIGITS)
    .regex(FRACTION, message)
    .refine((value) => {
      const match = FRACTION.exec(value)
      if (match === null) return false
      const [, sign = '', numerator = '', denominator = '1'] = match
      return accepts(sign, numerator) && numerator.length - denominator.length <= LARGEST_SIZE
    }, message)
}

const exact = fraction('expected an exact number such as "7/2"', () => true)
const amount = fraction('expected an exact number of zero or more', (sign) => sign === '')
const positive = fraction(
  'expected an exact number above zero',
  (sign, numerator) => sign === '' && /[1-9]/.test(numerator),
)
const time = z.number().int().nonnegative()
const name = z.string().max(200)
const text = z.string().max(100_000)
const byDrug = z
  .array(z.tuple([name, amount]).readonly())
  .max(10_000)
  .readonly()

const cadence = z
  .object({
    first: z.number().int(),
    phase: z.number().int().nonnegative(),
    count: z
      .number()
      .int()
      .positive()
      .max(2 ** 21),
    quotient: z.number().int().nonnegative(),
    remainder: z.number().int().nonnegative(),
    divisor: z
      .number()
      .int()
      .positive()
      .lt(2 ** 31),
  })
  .readonly()

const dose = { dose: amount, unit: z.enum(['ug', 'uL']) }
const rate = z.object({ dose: amount, unit: z.enum(['ug/us', 'uL/us']) }).readonly()

/** More entries than any pump can hold. */
const MOST_BOLUSES = 1000

const therapy = z.discriminatedUnion('mode', [
  z
    .object({
      kind: z.literal('therapy'),
      mode: z.enum(['stopped', 'minimum-rate', 'simple-continuous']),
      dose: amount.nullable(),
      unit: z.enum(['ug/us', 'uL/us']).nullable(),
    })
    .readonly(),
  z
    .object({
      kind: z.literal('therapy'),
      mode: z.literal('flex'),
      basal: rate,
      boluses: z
        .array(z.object({ at_us: amount, ...dose, over_us: amount }).readonly())
        .max(MOST_BOLUSES)
        .readonly(),
      days: z
        .array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']))
        .max(7)
        .readonly(),
    })
    .readonly(),
  z
    .object({
      kind: z.literal('therapy'),
      mode: z.literal('periodic-bolus'),
      basal: rate.nullable(),
      ...dose,
      over_us: amount,
      every_us: amount,
    })
    .readonly(),
])

const program = z.discriminatedUnion('kind', [
  therapy,
  z.object({ kind: z.literal('bolus'), ...dose, over_us: amount }).readonly(),
  z.object({ kind: z.enum(['prime', 'bridge']), volume_uL: z.union([z.literal('auto'), amount]) }).readonly(),
  z
    .object({ kind: z.literal('patient-bolus'), ...dose, over_us: amount, lockout_us: amount, max_per_day: time })
    .readonly(),
  z
    .object({
      kind: z.literal('refill'),
      withdrawn_uL: z.union([z.literal('all'), amount]),
      drug: name,
      concentration_ug_per_uL: amount,
      volume_uL: amount,
    })
    .readonly(),
  z.object({ kind: z.literal('restart') }).readonly(),
  z.object({ kind: z.literal('set-clock'), to_us: exact }).readonly(),
])

const steps = {
  t_us: time,
  first_us: amount,
  interval_us: positive,
  count: time.max(2 ** 40),
  step_uL: amount,
  drug: name,
  step_ug: amount,
}

const day = z.iso.date('expected a day such as 2026-01-05')

const calibration = z
  .object({
    file_sha256: name,
    step_uL: positive,
    uncertainty_uL: amount,
    coverage: positive,
    encoder_steps: positive.nullable(),
    instruments: z
      .array(z.object({ instrument: name, serial: name, certificate: name, due: day }).readonly())
      .max(100)
      .readonly(),
    calibrated: day,
    due: day,
    used: day,
  })
  .readonly()

const RECORD = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('header'),
    schema: z.literal('pumpbench/trace@1'),
    scenario: name,
    pump: name,
    rig: name,
    rig_identity: name,
    provenance: z
      .object({
        displaced: name,
        uncertainty_percent: z.number().nonnegative(),
        instant_us: time.exactOptional(),
      })
      .readonly(),
    speed: positive.exactOptional(),
    calibration: calibration.exactOptional(),
    seed: time,
    file_sha256: name,
    text: z.string().max(4_000_000),
    model: z.record(z.string(), name).readonly(),
  }),
  z.object({
    kind: z.literal('fill'),
    t_us: time,
    withdrawn_uL: amount,
    withdrawn_ug: byDrug,
    volume_uL: amount,
    filled_ug: byDrug,
  }),
  z.object({ kind: z.literal('line'), t_us: time, volume_uL: amount, mass_ug: byDrug }),
  z.object({
    kind: z.literal('applied'),
    t_us: time,
    at_us: amount,
    text,
    readback: program,
    daily_uL: amount,
    previousDaily_uL: amount.nullable(),
    digest: name,
  }),
  z.object({ kind: z.literal('refused'), t_us: time, at_us: amount, text, asked: program, reason: text }),
  z.object({ kind: z.literal('order'), t_us: time, first_us: amount, interval_us: positive, count: time }),
  z.object({ kind: z.literal('cancel'), t_us: time, after_us: amount }),
  z.object({
    kind: z.literal('delivered'),
    cadence,
    displaced_uL: amount,
    tip_uL: amount,
    tip_ug: byDrug,
    leaked_uL: amount.optional(),
    leaked_ug: byDrug.optional(),
  }),
  z.object({
    kind: z.literal('surge'),
    t_us: time,
    tip_uL: amount,
    tip_ug: byDrug,
    leaked_uL: amount,
    leaked_ug: byDrug,
  }),
  z.object({ kind: z.literal('escape'), t_us: time, volume_uL: amount, mass_ug: byDrug }),
  z.object({ kind: z.literal('injection'), t_us: time, tip_uL: amount, tip_ug: byDrug }),
  z.object({
    kind: z.literal('profile'),
    t_us: time,
    swelling_uL: amount,
    swelling_ug: byDrug,
    stretches: z
      .array(z.object({ from_uL: amount, to_uL: amount, fluid: z.boolean(), mass_ug: byDrug }).readonly())
      .max(10_000)
      .readonly(),
  }),
  z.object({ kind: z.literal('booked'), ...steps }),
  z.object({ kind: z.literal('withdrawn'), ...steps }),
  z.object({
    kind: z.literal('status'),
    t_us: time,
    state: name,
    steps: time,
    volume_uL: amount,
    dose_ug: byDrug,
    reservoir_uL: exact,
  }),
  z.object({
    kind: z.literal('truth'),
    t_us: time,
    reservoir_uL: exact,
    reservoir_ug: byDrug,
    line_uL: amount,
    line_ug: byDrug,
    leaked_uL: amount,
    leaked_ug: byDrug,
  }),
  z.object({
    kind: z.literal('alarm'),
    t_us: time,
    alarm: name,
    priority: z.enum(['critical', 'non-critical']),
    state: z.enum(['raised', 'cleared']),
  }),
  z.object({ kind: z.literal('event'), t_us: time, event: name, detail: text }),
  z.object({
    kind: z.literal('log'),
    t_us: time,
    dropped: time,
    entries: z
      .array(z.object({ at_us: amount, event: name, detail: text }).readonly())
      .max(MOST_LOG_ENTRIES, `expected at most ${MOST_LOG_ENTRIES} entries of an event log`)
      .readonly(),
  }),
  z.object({
    kind: z.literal('fault'),
    t_us: time,
    number: time,
    fault: name,
    state: z.enum(['begun', 'fired', 'ended']),
    detail: text,
  }),
  z.object({
    kind: z.literal('wire'),
    t_us: time,
    sent_frames: time,
    sent_bytes: time,
    received_frames: time,
    received_bytes: time,
    log_lines: time,
    flawed: time,
    discarded_bytes: time,
    rig_discarded_bytes: time,
    rig_overruns: time,
    retries: time,
    refusals: time,
    round_trips: time,
    round_trip_least_ticks: time,
    round_trip_most_ticks: time,
    round_trip_total_ticks: time,
    telemetry: time,
    telemetry_missed: time,
    queue_most: time,
  }),
  z.object({ kind: z.literal('violation'), t_us: time, law: name, detail: text }),
  z.object({ kind: z.literal('end'), t_us: time, complete: z.boolean(), reason: text, lines: time, sha256: name }),
])

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never

/** Reading a record gives the type of a record; this does not compile when schema and types differ. */
const MATCHES: Same<z.infer<typeof RECORD>, TraceRecord> = true

/** The schema of a record, of which there is one only when it matches the types. */
export const recordSchema = MATCHES && RECORD

/** The JSON Schema (draft 2020-12) of one line of a trace. What the lines mean is told by docs/TRACE.md. */
export function traceJsonSchema(): Readonly<Record<string, unknown>> {
  const { $schema, ...rest } = z.toJSONSchema(recordSchema, { target: 'draft-2020-12' })
  return { $schema, $id: 'urn:pumpbench:trace:1', description: 'One line of a trace, pumpbench/trace@1', ...rest }
}
