/**
 * What must be taken and what must not, limit by limit: the true pump does as the rules of the oracle say, and the answer turned round
 * breaks them by the limit that is meant.
 */
import { describe, expect, it } from 'vitest'
import type { Limit } from '#hil/oracle/admission'
import { breachesOf } from '#hil/run/invariants/invariants'
import { booksOf } from '#hil/run/judge'
import { recordsOf } from '#hil/run/ledgers'
import type { Trace, TraceRecord } from '#hil/run/trace'
import { asRefused, asTaken, REASONS } from '../support/answers.ts'
import { type Draft, therapy } from '../support/scenario.ts'
import { at, traceOf, USUAL } from './breaking.ts'

const bolus = (hours: number, dose: string, over: string) =>
  `{ at: ${hours} h, bolus: { dose: ${dose}, over: ${over} } }`
const prime = (hours: number, volume: string) => `{ at: ${hours} h, prime: { volume: ${volume} } }`
const bridge = (hours: number, volume = '{ volume: 1 uL }') => `{ at: ${hours} h, bridge: ${volume} }`
const flex = (hours: number, rest: string) => `{ at: ${hours} h, therapy: { mode: flex, basal: 200 ug/d, ${rest} } }`
const periodic = (hours: number, over: string, every: string) =>
  `{ at: ${hours} h, therapy: { mode: periodic-bolus, dose: 2 uL, over: ${over}, every: ${every} } }`
const refill = (hours: number, concentration: string, drug = 'baclofen') =>
  `{ at: ${hours} h, refill: { fill: { drug: ${drug}, concentration: ${concentration} ug/mL, volume: 20 mL } } }`
const setClock = (hours: number, to: string) => `{ at: ${hours} h, do: set-clock, to: 2026-01-05T${to} }`

const dose = (hard: string) => `{ daily_dose: { hard: ${hard} } }`
/** Two boluses an hour apart, each at 12 mL/d: together they are at the highest rate. */
const TWO = (first: string, second: string, days = '') =>
  flex(6, `boluses: [{ at: "${first}", dose: 250 ug, over: 1 h }, { at: "${second}", dose: 245 ug, over: 1 h }]${days}`)

type Row = readonly [what: string, hours: number, taken: boolean, run: Draft]

const run = (prescription: readonly string[], more: Partial<Draft> = {}): Draft => ({
  ...{ duration: '3 d', prescription: [USUAL, ...prescription] },
  ...more,
})

const ROWS: Readonly<Record<Limit, readonly Row[]>> = {
  range: [
    ['a bolus as fast as the pump is', 6, true, run([bolus(6, '966 uL', '1 h')])],
    ['one that is faster', 6, false, run([bolus(6, '967 uL', '1 h')])],
    ['one that is too slow by itself', 6, false, run([stopAt(5), bolus(6, '1.9 uL', '1 h')])],
    ['one on top of minimum rate', 6, true, run([minimumAt(5), bolus(6, '1.75 uL', '1 h')])],
    ['minimum rate alone', 6, true, run([minimumAt(6)])],
    ['a rate below the least', 6, false, run([therapy('6 h', '47 uL/d')])],
    ['two boluses of a pattern side by side', 6, true, run([TWO('12:00', '13:00')])],
    ['two that meet', 6, false, run([TWO('12:00', '12:30').replaceAll('245', '260')])],
    [
      'two that meet on a day of the week that is days away',
      6,
      false,
      run([TWO('12:00', '12:30', ', days: [sun]').replaceAll('245', '260')]),
    ],
    ['two on a day of the week that do not', 6, true, run([TWO('12:00', '13:00', ', days: [sun]')])],
    [
      'a bolus that meets one of the pattern while it runs',
      9,
      false,
      run([TWO('18:00', '20:00'), bolus(9, '1 mL', '2 h')]),
    ],
    ['one that is over by then', 7, true, run([TWO('18:00', '20:00'), bolus(7, '600 uL', '2 h')])],
    [
      'a therapy under a bridge to weaker fluid',
      7,
      true,
      run([bridge(6, 'auto'), therapy('7 h', '384 uL/d')], { events: [refill(6, '250')] }),
    ],
  ],
  'dose of 24 h': [
    ['a bolus up to the limit', 30, true, run([bolus(30, '100 ug', '1 h')], { limits: dose('500 ug') })],
    ['one beyond it', 30, false, run([bolus(30, '101 ug', '1 h')], { limits: dose('500 ug') })],
    ['a higher therapy beyond it', 30, false, run([therapy('30 h', '501 ug/d')], { limits: dose('500 ug') })],
    ['a higher one up to it', 30, true, run([therapy('30 h', '500 ug/d')], { limits: dose('500 ug') })],
    [
      'a lower one after what was given before',
      30,
      true,
      run([bolus(29, '100 ug', '1 h'), therapy('30 h', '399 ug/d')], { limits: dose('500 ug') }),
    ],
    ['a prime where the limit is one of drug', 30, true, run([prime(30, '900 uL')], { limits: dose('500 ug') })],
    ['a prime where the limit is one of volume', 30, false, run([prime(30, '900 uL')], { limits: dose('1 mL') })],
    ['a small one', 30, true, run([prime(30, '100 uL')], { limits: dose('1 mL') })],
    [
      'a bridge where the limit is one of drug',
      30,
      true,
      run([bridge(30, 'auto')], { limits: dose('500 ug'), events: [refill(29, '750')] }),
    ],
    [
      'a clock set by a little',
      30,
      true,
      run([], { limits: dose('400 ug'), events: [setClock(30, '14:30').replace('01-05', '01-06')] }),
    ],
  ],
  change: [
    ['a rise up to the limit', 6, true, run([therapy('6 h', '600 ug/d')], { limits: '{ change: { hard: 50 % } }' })],
    ['one beyond it', 6, false, run([therapy('6 h', '601 ug/d')], { limits: '{ change: { hard: 50 % } }' })],
    ['a fall', 6, true, run([therapy('6 h', '30 ug/d')], { limits: '{ change: { hard: 50 % } }' })],
    ['the same again', 6, true, run([therapy('6 h', '400 ug/d')], { limits: '{ change: { hard: 1 % } }' })],
    [
      'any rise of another drug',
      7,
      true,
      run([therapy('7 h', '900 ug/d')], {
        limits: '{ change: { hard: 50 % } }',
        events: [refill(6, '500', 'morphine')],
      }),
    ],
  ],
  pattern: [
    ['a bolus a minute', 6, true, run([periodic(6, '1 min', '1 min')])],
    ['one each 59 s', 6, false, run([periodic(6, '59 s', '59 s')])],
    ['sixteen at once', 6, true, run([periodic(6, '16 min', '1 min')])],
    ['more than that', 6, false, run([periodic(6, '961 s', '1 min')])],
    ['thirteen a day', 6, true, run([flex(6, 'boluses: { dose: 5 ug, count: 13, over: 5 min, from: "00:00" }')])],
  ],
  contents: [
    ['a prime of what is left', 6, true, run([prime(6, '39.7 mL')])],
    ['one of more', 6, false, run([prime(6, '40 mL')])],
    ['one of more with what is left of another', 6.5, false, run([prime(6, '20 mL'), prime(6.5, '20 mL')])],
    ['one of as much as there is with it', 6.5, true, run([prime(6, '20 mL'), prime(6.5, '19.5 mL')])],
  ],
  line: [
    ['a bridge with nothing behind it', 6, false, run([bridge(6)])],
    ['one after a change', 7, true, run([bridge(7)], { events: [refill(6, '750')] })],
    ['one after a change that has left the line', 60, false, run([bridge(60)], { events: [refill(6, '750')] })],
    ['one after a refill of the same', 7, false, run([bridge(7)], { events: [refill(6, '500')] })],
  ],
}

function stopAt(hours: number): string {
  return `{ at: ${hours} h, therapy: { mode: stopped } }`
}

function minimumAt(hours: number): string {
  return `{ at: ${hours} h, therapy: { mode: minimum-rate } }`
}

const admissionOf = (trace: Trace) => breachesOf(booksOf(trace).ledgers, ['admission']).map(({ detail }) => detail)

/** The answer to what was sent at an instant, turned round. */
function turned(trace: Trace, hours: number, reason: string): Trace {
  const records = trace.records.map((record): TraceRecord => {
    if (record.kind !== 'applied' && record.kind !== 'refused') return record
    if (record.at_us !== String(at(hours)) || record.text.startsWith('refill')) return record
    return record.kind === 'applied' ? asRefused(record, reason) : asTaken(record)
  })
  return { ...trace, records }
}

for (const [rule, rows] of Object.entries(ROWS)) {
  describe(`of the limit of ${rule}`, () => {
    it.each(rows)('%s', async (_, hours, taken, parts) => {
      const trace = await traceOf(parts)
      const answers = [...recordsOf(trace.records, 'applied'), ...recordsOf(trace.records, 'refused')]
      const answer = answers.find(({ at_us, text }) => at_us === String(at(hours)) && !text.startsWith('refill'))
      expect(answer?.kind).toBe(taken ? 'applied' : 'refused')
      expect(admissionOf(trace)).toEqual([])
      const [found] = admissionOf(turned(trace, hours, REASONS[rule as Limit]))
      expect(found).toContain(
        taken ? `was refused, and its ${rule} is within every limit` : `was taken, against its ${rule}`,
      )
    })
  })
}
