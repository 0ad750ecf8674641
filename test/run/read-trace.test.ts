/** What is read as a trace, and what is refused as none: every key of every kind of record, missing or of another sort. */
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { readTrace } from '#hil/run/read-trace'
import { Recorder } from '#hil/run/recorder'
import type { ProgramRecord, TraceRecord } from '#hil/run/trace'
import { TraceError, TruncatedTraceError } from '#hil/run/trace-error'
import { traceLine } from '#hil/run/trace-line'
import { traceJsonSchema } from '#hil/run/trace-schema'

type Values = Readonly<Record<string, unknown>>

const STEPS = { t_us: 5, first_us: '7/2', interval_us: '9', count: 3, step_uL: '1/4', drug: 'baclofen', step_ug: '1/8' }
const DOSE = { dose: '7/2', unit: 'ug' } as const
const MASS = [['baclofen', '1/3']] as const

/** A program of each kind, and a therapy of each mode. */
const ANY_PROGRAM: readonly ProgramRecord[] = [
  { kind: 'therapy', mode: 'stopped', dose: null, unit: null },
  { kind: 'therapy', mode: 'minimum-rate', dose: null, unit: null },
  { kind: 'therapy', mode: 'simple-continuous', dose: '1/7', unit: 'ug/us' },
  { kind: 'therapy', mode: 'simple-continuous', dose: '1/7', unit: 'uL/us' },
  {
    kind: 'therapy',
    mode: 'flex',
    basal: { dose: '1', unit: 'uL/us' },
    days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'],
    boluses: [{ at_us: '0', ...DOSE, over_us: '60' }],
  },
  { kind: 'therapy', mode: 'flex', basal: { dose: '1', unit: 'ug/us' }, days: ['mon', 'sun'], boluses: [] },
  { kind: 'therapy', mode: 'periodic-bolus', basal: null, ...DOSE, over_us: '60', every_us: '3600' },
  { kind: 'bolus', ...DOSE, over_us: '60' },
  { kind: 'bolus', dose: '7/2', unit: 'uL', over_us: '60' },
  { kind: 'prime', volume_uL: 'auto' },
  { kind: 'bridge', volume_uL: '375' },
  { kind: 'patient-bolus', ...DOSE, over_us: '60', lockout_us: '90', max_per_day: 3 },
  { kind: 'refill', withdrawn_uL: 'all', drug: 'baclofen', concentration_ug_per_uL: '1/2', volume_uL: '9' },
  { kind: 'restart' },
  { kind: 'set-clock', to_us: '-5' },
]

/** One of each kind, every key that it may have among them. */
const EACH: readonly TraceRecord[] = [
  { kind: 'fill', t_us: 0, withdrawn_uL: '0', withdrawn_ug: [], volume_uL: '20000', filled_ug: MASS },
  { kind: 'line', t_us: 0, volume_uL: '375', mass_ug: MASS },
  ...ANY_PROGRAM.map((readback): TraceRecord => {
    const daily = { daily_uL: '800', previousDaily_uL: null, digest: 'd' }
    return { kind: 'applied', t_us: 1, at_us: '1/2', text: 'as it was written', readback, ...daily }
  }),
  {
    ...{ kind: 'refused', t_us: 1, at_us: '1/2', text: 'as it was written', asked: { kind: 'restart' } },
    reason: 'because',
  },
  { kind: 'order', t_us: 1, first_us: '7/2', interval_us: '9', count: 3 },
  { kind: 'cancel', t_us: 1, after_us: '7/2' },
  {
    ...{ kind: 'delivered', displaced_uL: '1/4', tip_uL: '1/4', tip_ug: MASS, leaked_uL: '0', leaked_ug: [] },
    cadence: { first: 3, phase: 1, count: 2, quotient: 5, remainder: 1, divisor: 4 },
  },
  { kind: 'surge', t_us: 1, tip_uL: '1', tip_ug: MASS, leaked_uL: '0', leaked_ug: [] },
  { kind: 'injection', t_us: 1, tip_uL: '1', tip_ug: MASS },
  { kind: 'escape', t_us: 1, volume_uL: '1', mass_ug: MASS },
  {
    ...{ kind: 'profile', t_us: 1, swelling_uL: '0', swelling_ug: [] },
    stretches: [{ from_uL: '0', to_uL: '375', fluid: true, mass_ug: MASS }],
  },
  { kind: 'booked', ...STEPS },
  { kind: 'withdrawn', ...STEPS },
  { kind: 'status', t_us: 1, state: 'running', steps: 3, volume_uL: '3/4', dose_ug: MASS, reservoir_uL: '-1' },
  {
    ...{ kind: 'truth', t_us: 1, reservoir_uL: '9', reservoir_ug: MASS, line_uL: '375', line_ug: [] },
    ...{ leaked_uL: '0', leaked_ug: [] },
  },
  { kind: 'alarm', t_us: 1, alarm: 'motor-stall', priority: 'critical', state: 'raised' },
  { kind: 'alarm', t_us: 1, alarm: 'low-reservoir', priority: 'non-critical', state: 'cleared' },
  { kind: 'event', t_us: 1, event: 'programmed', detail: 'what' },
  { kind: 'log', t_us: 9, dropped: 2, entries: [{ at_us: '7/2', event: 'programmed', detail: 'what' }] },
  ...(['begun', 'fired', 'ended'] as const).map(
    (state): TraceRecord => ({ kind: 'fault', t_us: 1, number: 1, fault: 'motor-stall', state, detail: 'what' }),
  ),
  {
    ...{ kind: 'wire', t_us: 1, sent_frames: 1, sent_bytes: 2, received_frames: 3, received_bytes: 4, log_lines: 5 },
    ...{ flawed: 6, discarded_bytes: 7, rig_discarded_bytes: 8, rig_overruns: 9, retries: 10, refusals: 11 },
    ...{ round_trips: 12, round_trip_least_ticks: 13, round_trip_most_ticks: 14, round_trip_total_ticks: 15 },
    ...{ telemetry: 16, telemetry_missed: 17, queue_most: 18 },
  },
  { kind: 'violation', t_us: 1, law: 'conservation', detail: 'what' },
]

const BALANCE = { instrument: 'balance', serial: 'B1', certificate: 'C-7', due: '2026-12-31' }

const HEADER: Extract<TraceRecord, { kind: 'header' }> = {
  ...{ kind: 'header', schema: 'pumpbench/trace@1', scenario: 's', pump: 'model', rig: 'ideal', rig_identity: 'motor' },
  ...{ provenance: { displaced: 'counted', uncertainty_percent: 0 }, speed: '2', seed: 1, file_sha256: 'f', text: 't' },
  calibration: {
    ...{ file_sha256: 'f', step_uL: '1/4', uncertainty_uL: '0', coverage: '2', encoder_steps: null },
    ...{ instruments: [BALANCE], calibrated: '2026-01-05', due: '2026-12-31', used: '2026-06-01' },
  },
  model: { name: 'im-40', base: 'im-40' },
}

/** The text of a whole trace, with the end that belongs to it. */
function written(records: readonly TraceRecord[]): string {
  const lines: string[] = []
  const recorder = new Recorder(false, (line) => lines.push(line))
  for (const record of records) recorder.record(record)
  recorder.end(9, true, '')
  return lines.join('')
}

/** Every way to leave a key out, at any depth, or to put something else in its place: where, and the record so changed. */
function* changesOf(record: Values, another: readonly unknown[]): Generator<readonly [where: string, record: Values]> {
  for (const [key, value] of Object.entries(record)) {
    const { [key]: _, ...rest } = record
    yield [`no ${key}`, rest]
    for (const other of another) {
      if (other !== value) yield [`${key} ${JSON.stringify(other)}`, { ...record, [key]: other }]
    }
    if (typeof value !== 'object' || value === null) continue
    for (const [where, inner] of changesOf(value as Values, another)) {
      yield [`${key}.${where}`, { ...record, [key]: Array.isArray(value) ? Object.values(inner) : inner }]
    }
  }
}

/** Keys that may be left out, that may hold nothing, and lists that may be shorter. */
const MAY_BE_MISSING = /^no (speed|calibration|leaked_uL|leaked_ug)$|^(?!.*_ug\.\d).*\bno \d+$|_ug\.no \d+$|^model\.no/
const MAY_BE_NULL = /(previousDaily_uL|readback\.(dose|unit|basal)|calibration\.encoder_steps) null$/

function refuses(record: unknown): boolean {
  try {
    readTrace(`${JSON.stringify(HEADER)}\n${JSON.stringify(record)}\n`)
    return false
  } catch (error) {
    expect(error).toBeInstanceOf(TraceError)
    return true
  }
}

describe('a trace', () => {
  it('is read as it was written, every kind of record', () => {
    const { records, brokenOff, sha256 } = readTrace(written([HEADER, ...EACH]))
    expect(records.slice(0, -1)).toEqual([HEADER, ...EACH])
    expect(brokenOff).toBeUndefined()
    expect(sha256).toBe(
      createHash('sha256')
        .update(written([HEADER, ...EACH]))
        .digest('hex'),
    )
  })

  it('has every key of its records, each of its own sort', () => {
    const passed = EACH.flatMap((record) =>
      [...changesOf(record as unknown as Values, [null, true, -1, 0.5, 'none of these', { a: 1 }])]
        .filter(([, changed]) => !refuses(changed))
        .map(([where]) => `${record.kind} ${where}`),
    )
    const free =
      /(text|reason|detail|law|event|alarm|state|drug|digest|fault|tip_ug|_ug\.\d+\.0|mass_ug.*) "none of these"$/
    const signed = /cadence\.first -1$/
    const unexpected = passed.filter(
      (where) =>
        ![MAY_BE_MISSING, MAY_BE_NULL, free, signed].some((pattern) => pattern.test(where.replace(/^\S+ /, ''))),
    )
    expect(unexpected).toEqual([])
  })

  it('has a header with every key, each of its own sort', () => {
    const accepted = [...changesOf(HEADER as unknown as Values, [null, true, -1, {}])].filter(([, changed]) => {
      try {
        readTrace(`${JSON.stringify(changed)}\n`)
        return true
      } catch {
        return false
      }
    })
    const unexpected = accepted
      .map(([where]) => where)
      .filter((where) => !MAY_BE_MISSING.test(where) && !MAY_BE_NULL.test(where) && where !== 'model {}')
    expect(unexpected).toEqual([])
  })

  it.each([
    ['an exact number', 'cancel', { after_us: '1/0' }],
    ['an exact number', 'cancel', { after_us: '1.5' }],
    ['a size of reason', 'cancel', { after_us: `1${'0'.repeat(40)}` }],
    ['a size of reason', 'cancel', { after_us: `1${'0'.repeat(31)}` }],
    ['an exact number', 'cancel', { after_us: '1/2x' }],
    ['a length of reason', 'cancel', { after_us: `1/${'3'.repeat(9000)}` }],
    ['more than nothing', 'order', { interval_us: '0' }],
    ['more than nothing', 'order', { interval_us: '-1' }],
    ['no more steps than a pump makes', 'booked', { count: 2 ** 41 }],
    ['a therapy of some mode', 'applied', { readback: { kind: 'therapy', mode: 'other', dose: null, unit: null } }],
    ['a name of reason', 'event', { event: 'x'.repeat(201) }],
    ['a text of reason', 'event', { detail: 'x'.repeat(100_001) }],
  ])('wants %s', (_, kind, change) => {
    const record = EACH.find((one) => one.kind === kind)
    expect(refuses(record)).toBe(false)
    expect(refuses({ ...record, ...change })).toBe(true)
  })

  it.each([
    ['no line', 'nothing of the kind', 'not one complete line: this is not a trace'],
    ['no JSON', `${JSON.stringify(HEADER)}\nno JSON\n`, 'line 2 is not JSON: "no JSON"'],
    ['no record', `${JSON.stringify(HEADER)}\n[]\n`, 'line 2 is not a record of a trace: '],
    [
      'no such number',
      `${JSON.stringify(HEADER)}\n{"kind":"cancel","t_us":1,"after_us":"x"}\n`,
      'line 2 is not a record of a trace at after_us: expected an exact number of zero or more',
    ],
    [
      'no header',
      traceLine({ kind: 'cancel', t_us: 1, after_us: '2' }),
      'line 1: a trace has one header, and it is the first line',
    ],
    ['two headers', traceLine(HEADER).repeat(2), 'line 2: a trace has one header, and it is the first line'],
    [
      'something after its end',
      `${written([HEADER])}${traceLine({ kind: 'cancel', t_us: 1, after_us: '2' })}`,
      'line 3 comes after the end of the trace',
    ],
    ['half a line after its end', `${written([HEADER])}{`, 'line 3 comes after the end of the trace'],
    [
      'half a line after its end, however long it is',
      `${written([HEADER, ...EACH.slice(0, 2)])}{`,
      'line 5 comes after the end of the trace',
    ],
    [
      'no such number of either sign',
      `${JSON.stringify(HEADER)}\n${JSON.stringify({ kind: 'refused', t_us: 1, at_us: '1', text: '', asked: { kind: 'set-clock', to_us: 'x' }, reason: '' })}\n`,
      'at asked.to_us: expected an exact number such as "7/2"',
    ],
  ])('is none with %s', (_, text, message) => {
    expect(() => readTrace(text)).toThrow(TraceError)
    expect(() => readTrace(text)).toThrow(message)
  })

  it('has exact numbers of any length that is no size', () => {
    for (const after_us of [`1${'0'.repeat(30)}`, `${'3'.repeat(4000)}/${'7'.repeat(3990)}`, '7/12', '0']) {
      expect(refuses({ kind: 'cancel', t_us: 1, after_us })).toBe(false)
    }
    const refused = { kind: 'refused', t_us: 1, text: '', asked: { kind: 'set-clock', to_us: '-7/2' }, reason: '' }
    expect(['7/2', '0', '-7/2', '-5'].map((at_us) => refuses({ ...refused, at_us }))).toEqual([
      false,
      false,
      true,
      true,
    ])
  })

  it.each([
    ['reads what is no exact number', { ...HEADER, speed: 'x' }, ' at speed: expected an exact number above zero'],
    [
      'reads a day that is none',
      { ...HEADER, calibration: { ...HEADER.calibration, due: '2026-02-30' } },
      ' at calibration.due: expected a day such as 2026-01-05',
    ],
  ])('says where it %s', (_, header, message) => {
    expect(() => readTrace(`${JSON.stringify(header)}\n`)).toThrow(`line 1 is not a record of a trace${message}`)
  })

  it('says why it is no JSON, and takes no mark of byte order for one', () => {
    const caught = (content: string | Uint8Array) => {
      try {
        readTrace(content)
      } catch (error) {
        return error
      }
      return undefined
    }
    expect(caught('no JSON\n')).toMatchObject({ cause: expect.any(SyntaxError) })
    expect(caught(`\ufeff${traceLine(HEADER)}`)).toMatchObject({
      message: expect.stringMatching(/^line 1 is not JSON/),
    })
    expect(caught(Buffer.from([0x22, 0xc3, 0x22, 0x0a]))).toMatchObject({ message: 'line 1 is not text in UTF-8' })
  })

  it('that breaks off is told how much of it there is, and what of it is lost', () => {
    const whole = written([HEADER, ...EACH.slice(0, 3)])
    const open = whole.slice(0, whole.lastIndexOf('\n', whole.length - 2) + 1)
    const brokenOff = (content: string) => readTrace(content).brokenOff
    expect(brokenOff(whole)).toBeUndefined()
    expect(brokenOff(open)).toEqual({ lines: 4, lost_bytes: 0 })
    expect(brokenOff(`${open}{"µ`)).toEqual({ lines: 4, lost_bytes: 4 })
    expect(readTrace(`${open}{"µ`)).toMatchObject({
      records: [HEADER, ...EACH.slice(0, 3)],
      sha256: createHash('sha256').update(open).digest('hex'),
    })
    const within = (bytes: number, size: string) =>
      expect(() => readTrace(open.slice(0, bytes))).toThrow(
        new TruncatedTraceError(`the trace breaks off within its first line, after ${size}: nothing can be judged`),
      )
    within(0, '0 bytes')
    within(1, '1 byte')
    within(200, '200 bytes')
    expect(() => readTrace('{"kind":"headed"')).toThrow('not one complete line: this is not a trace')
  })

  it('that was altered is found out, in what its lines say, in how many there are and in their order', () => {
    const text = written([HEADER, ...EACH])
    const lines = text.trimEnd().split('\n')
    const altered = (change: (all: string[]) => string[]) => () => readTrace(`${change([...lines]).join('\n')}\n`)
    const told = (before: number) =>
      `the ${before} lines before the end are not the ${lines.length - 1} that were written`
    expect(altered((all) => all)).not.toThrow()
    expect(altered((all) => all.map((line) => line.replace('as it was written', 'otherwise')))).toThrow(
      told(lines.length - 1),
    )
    expect(altered((all) => all.filter((_, index) => index !== 2))).toThrow(told(lines.length - 2))
    expect(altered((all) => [...all.slice(0, 1), ...all.slice(2, 3), ...all.slice(1, 2), ...all.slice(3)])).toThrow(
      told(lines.length - 1),
    )
    expect(altered((all) => [...all.slice(0, -1), (all.at(-1) ?? '').replace(/"lines":\d+/, '"lines":1')])).toThrow(
      `the ${lines.length - 1} lines before the end are not the 1 that were written: the trace was altered`,
    )
  })

  it('quotes no more of a line than tells which it is', () => {
    expect(() => readTrace(`${'x'.repeat(500)}\n`)).toThrow(`line 1 is not JSON: "${'x'.repeat(60)}"`)
  })
})

describe('the schema of a line', () => {
  it('is one of JSON, with a name and the draft it is written in', () => {
    expect(traceJsonSchema()).toMatchObject({
      ...{ $schema: 'https://json-schema.org/draft/2020-12/schema', $id: 'urn:pumpbench:trace:1' },
      description: 'One line of a trace, pumpbench/trace@1',
    })
    expect(Object.keys(traceJsonSchema()).slice(0, 3)).toEqual(['$schema', '$id', 'description'])
  })
})

describe('a recorder', () => {
  it('keeps the records or not, hands on each line, and has the digest of all of them', () => {
    const text = 'x'.repeat(50_000)
    const records = [
      HEADER,
      ...[1, 2, 3].map((t_us): TraceRecord => ({ kind: 'event', t_us, event: 'e', detail: text })),
    ]
    for (const keep of [true, false]) {
      const lines: string[] = []
      const recorder = new Recorder(keep, (line) => lines.push(line))
      for (const record of records) recorder.record(record)
      const sha256 = createHash('sha256').update(lines.join('')).digest('hex')
      expect(recorder.trace()).toEqual({ records: keep ? records : [], sha256 })
      recorder.end(9, false, 'why')
      expect(JSON.parse(lines.at(-1) ?? '')).toEqual({
        ...{ kind: 'end', t_us: 9, complete: false, reason: 'why', lines: records.length, sha256 },
      })
      expect(lines).toHaveLength(records.length + 1)
    }
  })
})
