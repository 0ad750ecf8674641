/**
 * The shape of every trace record, checked when a trace is read back.
 *
 * The compiler holds it against the types of {@link TraceRecord} in both directions.
 */
import { z } from 'zod'
import type { TraceRecord } from '#hil/run/trace'

const exact = z.string().regex(/^-?\d{1,4000}(?:\/[1-9]\d{0,3999})?$/, 'expected an exact number such as "7/2"')
const positiveExact = z.string().regex(/^[1-9]\d{0,3999}(?:\/[1-9]\d{0,3999})?$/, 'expected an exact number above zero')
const time = z.number().int().nonnegative()
const name = z.string().max(200)
const text = z.string().max(100_000)
const byDrug = z
  .array(z.tuple([name, exact]).readonly())
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

const programme = z.discriminatedUnion('kind', [
  z
    .object({
      kind: z.literal('therapy'),
      mode: name,
      dose: exact.nullable(),
      unit: z.enum(['ug/us', 'uL/us']).nullable(),
    })
    .readonly(),
  z.object({ kind: z.literal('bolus'), dose: exact, unit: z.enum(['ug', 'uL']), over_us: exact }).readonly(),
  z
    .object({
      kind: z.literal('refill'),
      withdrawn_uL: z.union([z.literal('all'), exact]),
      drug: name,
      concentration_ug_per_uL: exact,
      volume_uL: exact,
    })
    .readonly(),
])

export const recordSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('header'),
    schema: z.literal('pumpbench/trace@1'),
    scenario: name,
    pump: name,
    rig: name,
    rig_identity: name,
    provenance: z.object({ displaced: name, uncertainty_percent: z.number().nonnegative() }).readonly(),
    seed: time,
    file_sha256: name,
    text: z.string().max(4_000_000),
    model: z.record(z.string(), name).readonly(),
  }),
  z.object({
    kind: z.literal('fill'),
    t_us: time,
    withdrawn_uL: exact,
    withdrawn_ug: byDrug,
    volume_uL: exact,
    filled_ug: byDrug,
  }),
  z.object({ kind: z.literal('line'), t_us: time, volume_uL: exact, mass_ug: byDrug }),
  z.object({
    kind: z.literal('applied'),
    t_us: time,
    at_us: exact,
    text,
    readback: programme,
    daily_uL: exact,
    previousDaily_uL: exact.nullable(),
    digest: name,
  }),
  z.object({ kind: z.literal('refused'), t_us: time, at_us: exact, text, asked: programme, reason: text }),
  z.object({ kind: z.literal('order'), t_us: time, first_us: exact, interval_us: positiveExact, count: time }),
  z.object({ kind: z.literal('cancel'), t_us: time, after_us: exact }),
  z.object({ kind: z.literal('delivered'), cadence, displaced_uL: exact, tip_uL: exact, tip_ug: byDrug }),
  z.object({
    kind: z.literal('booked'),
    t_us: time,
    first_us: exact,
    interval_us: positiveExact,
    count: time.max(2 ** 40),
    step_uL: exact,
    drug: name,
    step_ug: exact,
  }),
  z.object({
    kind: z.literal('status'),
    t_us: time,
    state: name,
    steps: time,
    volume_uL: exact,
    dose_ug: byDrug,
    reservoir_uL: exact,
  }),
  z.object({
    kind: z.literal('truth'),
    t_us: time,
    reservoir_uL: exact,
    reservoir_ug: byDrug,
    line_uL: exact,
    line_ug: byDrug,
  }),
  z.object({
    kind: z.literal('alarm'),
    t_us: time,
    alarm: name,
    priority: z.enum(['critical', 'non-critical']),
    state: z.enum(['raised', 'cleared']),
  }),
  z.object({ kind: z.literal('event'), t_us: time, event: name, detail: text }),
  z.object({ kind: z.literal('violation'), t_us: time, law: name, detail: text }),
  z.object({ kind: z.literal('end'), t_us: time, complete: z.boolean(), reason: text }),
])

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never

/** Does not compile when schema and types differ. */
export const recordSchemaMatches: Same<z.infer<typeof recordSchema>, TraceRecord> = true
