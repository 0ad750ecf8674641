/** What is left of a drawn scenario for a pump that has less: all that the pump has, nothing else, and the same each time. */
import { describe, expect, it } from 'vitest'
import { EXPLORED_GROUPS, generate } from '#hil/explore/generate'
import { within } from '#hil/explore/within'
import type { WrittenScenario } from '#hil/fault/catalogue-entry'
import { modelPump } from '#hil/pump/model'
import { readWritten } from '#hil/scenario/parse'
import { SMALL, thatCan } from './small.ts'

const drawn = (seed: number): WrittenScenario => generate(seed, { days: 4, groups: EXPLORED_GROUPS })
const SEEDS = Array.from({ length: 25 }, (_, seed) => seed)
const LISTS = ['prescription', 'programming', 'events', 'faults'] as const

function scenarioOf(written: WrittenScenario) {
  const parsed = readWritten(written, '')
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return parsed.scenario
}

const itemsOf = (written: WrittenScenario, list: string): readonly unknown[] => {
  const items = written[list]
  return Array.isArray(items) ? items : []
}

/** A part by its keys alone, whatever its figures. */
const shapeOf = (part: unknown): unknown =>
  typeof part !== 'object' || part === null
    ? null
    : Object.fromEntries(Object.entries(part).map(([key, value]) => [key, shapeOf(value)]))

describe('of a pump that has everything', () => {
  it('a scenario is the very same', () => {
    for (const seed of SEEDS) {
      const written = drawn(seed)
      expect(within(written, modelPump)).toBe(written)
    }
  })
})

describe.each([
  ['a small pump', thatCan(...SMALL, 'fractions')],
  ['one without fractions', thatCan(...SMALL, 'simple-continuous')],
  ['one that can be told nothing but a rate', thatCan('simple-continuous', 'fractions')],
])('of %s', (_, pump) => {
  const lives = SEEDS.map((seed) => ({ written: drawn(seed), left: within(drawn(seed), pump) }))

  it('something is left of most, which the pump has everything for', () => {
    const left = lives.flatMap((life) => (life.left === null ? [] : [life.left]))
    expect(left.length).toBeGreaterThan(SEEDS.length / 2)
    for (const written of left) expect(pump.lacks?.(scenarioOf(written))).toBeNull()
  })

  it('what is left is of what was drawn, in its order, and something is to be given', () => {
    for (const { written, left } of lives) {
      if (left === null) continue
      const sent = 'programming' in left ? 'programming' : 'prescription'
      expect(itemsOf(left, sent).length).toBeGreaterThan(0)
      for (const list of LISTS) {
        let from = 0
        for (const item of itemsOf(left, list)) {
          const shapes = itemsOf(written, list).map((one) => JSON.stringify(shapeOf(one)))
          const place = shapes.indexOf(JSON.stringify(shapeOf(item)), from)
          expect([list, item, place]).not.toEqual([list, item, -1])
          from = place + 1
        }
      }
    }
  })

  it('nothing is left out that the pump has', () => {
    for (const { left } of lives) {
      if (left === null) continue
      // What it has everything for stays as it is.
      expect(within(left, pump)).toBe(left)
    }
  })

  it('the same seed comes to the same', () => {
    for (const [seed, { left }] of lives.entries()) expect(within(drawn(seed), pump)).toEqual(left)
  })
})

describe('a list of which the pump has some', () => {
  it('keeps each item that it has, as it was written, and puts others in round figures', () => {
    const written = {
      ...{ schema: 'pumpbench/scenario@1', name: 'some', clock: '2026-01-05T08:00', duration: '2 d' },
      ...{ pump: { model: 'im-20' }, fill: { drug: 'baclofen', concentration: '500 ug/mL', volume: '10 mL' } },
      prescription: [
        { at: '0 s', therapy: { mode: 'minimum-rate' } },
        { at: '1 h', therapy: { mode: 'simple-continuous', dose: '100 ug/d' } },
        { at: '2 h', prime: { volume: '10 uL' } },
        { at: '3 h', bolus: { dose: '5 ug', over: '1000/7 s' } },
        { at: '4 h', bolus: { dose: '5 ug', over: '10 min' } },
      ],
      events: [
        { at: '5 h', do: 'silence' },
        { at: '6 h', do: 'stop' },
      ],
      checks: [{ check: 'invariants' }],
    }
    expect(within(written, thatCan('bolus'))).toMatchObject({
      prescription: [
        { at: '1 h', therapy: { mode: 'simple-continuous', dose: '100 ug/d' } },
        { at: '3 h', bolus: { dose: '5 ug', over: '142 s' } },
        { at: '4 h', bolus: { dose: '5 ug', over: '10 min' } },
      ],
      events: [{ at: '6 h', do: 'stop' }],
    })
  })
})
