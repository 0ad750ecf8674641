/**
 * The invariants over seeded lives with faults of every kind: all of them hold, and hold no longer where a record says that what was
 * taken was refused, or what was refused was taken.
 */
import { describe, expect, it, vi } from 'vitest'
import { EXPLORED_GROUPS } from '#hil/explore/generate'
import { fromExact } from '#hil/run/exact'
import type { TraceRecord } from '#hil/run/trace'
import { duration } from '#units/format'
import { as } from '#units/quantity'
import { asRefused, asTaken, REASONS } from '../support/answers.ts'
import { count, type Life, live, told } from './lives.ts'

vi.setConfig({ testTimeout: 120_000 })

describe('a seeded life keeps every invariant', () => {
  it.each(count(30))('%d', async (seed) => {
    expect(told(await live(seed, { days: 10, groups: EXPLORED_GROUPS }))).toEqual([])
  })
})

/** Each record of a kind turned into another one, in a life of its own. */
function* turned<Kind extends TraceRecord['kind']>(
  { scenario, trace }: Life,
  kind: Kind,
  becomes: (record: Extract<TraceRecord, { kind: Kind }>) => TraceRecord | null,
) {
  for (const [place, record] of trace.records.entries()) {
    if (record.kind !== kind) continue
    const other = becomes(record as Extract<TraceRecord, { kind: Kind }>)
    if (other === null) continue
    yield { record: other, life: { scenario, trace: { ...trace, records: trace.records.with(place, other) } } }
  }
}

/** Seeds that between them have something refused by every rule, and something taken that each could have stood against. */
const SEEDS = [5, 6, 10, 12, 14, 15, 20, 22, 23, 28, 31]

/** What can be told of a program: the one rule of a refill and of a restart, or in turn the limits of everything else. */
function reasonFor(text: string, turn: number): string {
  const { room, restart, ...limits } = REASONS
  const ofAll = Object.values(limits)
  const [kind = ''] = text.split(' ')
  const own = { refill: room, restart }
  return Object.entries(own).find(([name]) => name === kind)?.[1] ?? ofAll[turn % ofAll.length] ?? ''
}

describe('the rules of what must be taken', async () => {
  const lives: Life[] = []
  for (const seed of SEEDS) lives.push(await live(seed, { days: 3, groups: [] }))

  const admissionOf = (life: Life) => told(life, ['admission'])

  it('object to a refusal for a limit that the order kept', () => {
    const rules = Object.entries(REASONS)
    const objected = new Set<string>()
    for (const [seed, life] of lives.entries()) {
      let turn = seed
      const refused = turned(life, 'applied', (applied) => {
        turn += 1
        return applied.text === 'stop' ? null : asRefused(applied, reasonFor(applied.text, turn))
      })
      for (const { record, life: other } of refused) {
        if (record.kind !== 'refused') continue
        const [rule = ''] = rules.find(([, reason]) => reason === record.reason) ?? []
        const [breach] = admissionOf(other)
        if (breach?.detail.endsWith(record.reason) !== true) continue
        const when = duration(as(fromExact(record.at_us)))
        expect(breach.detail).toMatch(/^"[^"]+" of /)
        expect(breach.detail).toContain(`" of ${when} was refused, and its ${rule} is within every limit: `)
        objected.add(rule)
      }
    }
    expect([...objected].toSorted()).toEqual(Object.keys(REASONS).toSorted())
  })

  it('object to what was taken against any of them', () => {
    const against = new Set<string>()
    for (const life of lives) {
      const taken = turned(life, 'refused', asTaken)
      for (const { record, life: other } of taken) {
        const [breach] = admissionOf(other)
        if (record.kind !== 'applied' || breach === undefined) continue
        const [, rule] = /" of .* was taken, against its (.*)$/.exec(breach.detail) ?? []
        if (rule !== undefined) against.add(rule)
      }
    }
    expect([...against].toSorted()).toEqual(Object.keys(REASONS).toSorted())
  })

  it('say nothing to a reason that is none of theirs', () => {
    const [life] = lives
    if (life === undefined) throw new Error('no life')
    const reason = 'the pump has reached its end of service'
    const refused = turned(life, 'applied', (applied) => asRefused(applied, reason))
    for (const { life: other } of refused) {
      expect(admissionOf(other).filter(({ detail }) => detail.endsWith(reason))).toEqual([])
    }
  })
})
