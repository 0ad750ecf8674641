/**
 * One record of a seeded life left out or changed, and which invariants miss it: the table is what to look at when an invariant or
 * the draw of lives changes. What nobody misses has no place in a row.
 */
import { expect, it, vi } from 'vitest'
import { EXPLORED_GROUPS } from '#hil/explore/generate'
import type { TraceRecord } from '#hil/run/trace'
import { count, type Life, live, told } from './lives.ts'

vi.setConfig({ testTimeout: 120_000 })

const LIVES = 5
/** Of the records that an alteration fits, so many in each life, evenly spaced. */
const PLACES = 2

type Kind = TraceRecord['kind']
type Of<K extends Kind> = Extract<TraceRecord, { kind: K }>

interface Alteration {
  readonly fits: (record: TraceRecord) => boolean
  readonly becomes: (record: TraceRecord) => readonly TraceRecord[]
}

const is =
  <K extends Kind>(kind: K, fits: (record: Of<K>) => boolean = () => true) =>
  (record: TraceRecord) =>
    record.kind === kind && fits(record as Of<K>)
const left = (fits: Alteration['fits']): Alteration => ({ fits, becomes: () => [] })
const changed = <K extends Kind>(kind: K, change: (record: Of<K>) => Partial<Of<K>>): Alteration => ({
  fits: is(kind),
  becomes: (record) => [{ ...record, ...change(record as Of<K>) }],
})
const later = (fits: Alteration['fits'], by_us: number): Alteration => ({
  fits,
  becomes: (record) => ['t_us' in record ? { ...record, t_us: record.t_us + by_us } : record],
})

const ALTERATIONS: Readonly<Record<string, Alteration>> = {
  'an alarm that was raised, left out': left(is('alarm', ({ state }) => state === 'raised')),
  'an alarm that was cleared, left out': left(is('alarm', ({ state }) => state === 'cleared')),
  'an alarm, ten seconds late': later(is('alarm'), 10_000_000),
  'a tone, left out': left(is('event', ({ event }) => event === 'tone')),
  'another event of the pump, left out': left(is('event', ({ event }) => event !== 'tone' && event !== 'power')),
  'the loss of power, left out': left(is('event', ({ event }) => event === 'power')),
  'a step more in an account': changed('booked', (run) => ({ count: run.count + 1 })),
  'the whole of an account, left out': left(is('booked')),
  'a step of another drug': changed('booked', () => ({ drug: 'water' })),
  'an order, left out': left(is('order')),
  'another volume left in the reservoir': changed('status', () => ({ reservoir_uL: '12345' })),
  'steps that it says it has made': changed('status', ({ steps }) => ({ steps: steps + 1 })),
  'another state than that it is in': changed('status', ({ state }) => ({
    state: state === 'stopped' ? 'flex' : 'stopped',
  })),
  'a program that was applied, left out': left(is('applied')),
  'a refusal, left out': left(is('refused')),
  'a step more of the rotor': changed('delivered', ({ cadence }) => ({
    cadence: { ...cadence, count: cadence.count + 1 },
  })),
}

function altered({ scenario, trace }: Life, { fits, becomes }: Alteration): readonly Life[] {
  const places = trace.records.flatMap((record, place) => (fits(record) ? [place] : []))
  const chosen = new Set(count(PLACES).map((n) => places[Math.floor(((2 * n + 1) * places.length) / (2 * PLACES))]))
  return [...chosen].flatMap((place) => {
    const record = place === undefined ? undefined : trace.records[place]
    if (place === undefined || record === undefined) return []
    return [{ scenario, trace: { ...trace, records: trace.records.toSpliced(place, 1, ...becomes(record)) } }]
  })
}

const MISSED_BY: Readonly<Record<keyof typeof ALTERATIONS, string>> = {
  'a program that was applied, left out': 'of 10: answers 10, obedience 7, reservoir 1, rest 1, standing 1',
  'a refusal, left out': 'of 6: answers 6, tracking 1',
  'a step more in an account': 'of 10: accounts 9, believed-steps 9, obedience 3, reservoir 8',
  'a step more of the rotor': 'of 10: believed-steps 8',
  'a step of another drug': 'of 10: accounts 10, books 10, tracking 2',
  'a tone, left out': 'of 4: sounding 2',
  'an alarm that was cleared, left out': 'of 2: alarm-grammar 1',
  'an alarm that was raised, left out': 'of 4: alarm-grammar 2, refusals 1, service 2, sounding 2',
  'an alarm, ten seconds late': 'of 4: alarm-grammar 2, service 2, sounding 2',
  'an order, left out': 'of 10:',
  'another event of the pump, left out': 'of 10: answers 5, patient-bolus 4',
  'another state than that it is in': 'of 10:',
  'another volume left in the reservoir': 'of 10: reservoir 10',
  'steps that it says it has made': 'of 10: accounts 10',
  'the loss of power, left out': 'of 2: rest 2',
  'the whole of an account, left out': 'of 10: accounts 10, believed-steps 10, obedience 8, reservoir 9, tracking 2',
}

it('is missed by these invariants, each so often', async () => {
  const lives = await Promise.all(count(LIVES).map((seed) => live(seed, { days: 8, groups: EXPLORED_GROUPS })))
  const table = Object.entries(ALTERATIONS).map(([what, alteration]) => {
    const changedLives = lives.flatMap((life) => altered(life, alteration))
    const names = changedLives.flatMap((life) => [...new Set(told(life).map(({ invariant }) => invariant))])
    const row = [...new Set(names)].toSorted().map((name) => `${name} ${names.filter((one) => one === name).length}`)
    return [what, `of ${changedLives.length}: ${row.join(', ')}`.trimEnd()]
  })
  expect(Object.fromEntries(table)).toEqual(MISSED_BY)
})
