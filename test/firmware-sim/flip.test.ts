/** Bits that turn over in a part of the stored record: in the value of that part, whatever else the record holds. */
import { describe, expect, it } from 'vitest'
import { flippedIn } from '#firmware-sim/memory/flip'
import { flipped, formatted, HEAD_BITS, type Memory } from '#firmware-sim/memory/store'
import type { RecordPart } from '#firmware-sim/messages'

/** Values by their fields: names of parts within others, quotes, brackets and commas in texts, characters of many bytes. */
const VALUES: Readonly<Record<string, unknown>> = {
  alarms: ['a "therapy":7, }]{', 'reservoir'],
  clock: { therapy: { plugs: [[1, 2], {}] } },
  drug: 'µ泵💉",}\\',
  'back\\slash': '\\"',
  patient: [],
  plugs: [{ until: '#1', patient: { clock: 3 } }],
  reservoir: 7,
  therapy: { mode: 'flex', days: ['mon', 'tue'] },
}
const ENTRIES = Object.entries(VALUES).map(([name, value]) => [name, JSON.stringify(value)] as const)
const MEMORY = formatted(`{${ENTRIES.map(([name, text]) => `${JSON.stringify(name)}:${text}`).join(',')}}`)

/** Where the value of a field begins, and how many bytes it has. */
function placeOf(field: string): { readonly from: number; readonly count: number } {
  let from = 1
  for (const [name, text] of ENTRIES) {
    from += Buffer.byteLength(`${JSON.stringify(name)}:`)
    if (name === field) return { from, count: Buffer.byteLength(text) }
    from += Buffer.byteLength(`${text},`)
  }
  throw new Error(`there is no ${field}`)
}

const PARTS: readonly (readonly [part: RecordPart, field: string])[] = [
  ['therapy', 'therapy'],
  ['reservoir', 'reservoir'],
  ['clock', 'clock'],
  ['patient', 'patient'],
  ['alarms', 'alarms'],
  ['line', 'plugs'],
]

describe('a bit of a part of the record', () => {
  it.each(PARTS)('is one of the value of it: %s', (part, field) => {
    const { from, count } = placeOf(field)
    for (let bit = 0; bit < 8 * count + 3; bit += 1) {
      const expected = flipped(MEMORY, 'second', HEAD_BITS + 8 * from + (bit % (8 * count)))
      expect([bit, flippedIn(MEMORY, { copy: 'second', bit, part })]).toEqual([bit, expected])
    }
  })

  it('is one of the copy where no part is named, or the record lacks it', () => {
    expect(flippedIn(MEMORY, { copy: 'first', bit: 99 })).toEqual(flipped(MEMORY, 'first', 99))
    for (const text of ['{"clock":{"therapy":1}}', '{"a":"\\"therapy\\":1"}', '{"a":["therapy",1]}', '{}']) {
      const memory = formatted(text)
      expect(flippedIn(memory, { copy: 'both', bit: 5, part: 'therapy' })).toEqual(flipped(memory, 'both', 5))
    }
  })

  it('is one of the copy where none of them is whole, and is found in the whole one where one is', () => {
    const bit = 123
    const [one, none] = (['first', 'both'] as const).map((copy): Memory => flipped(MEMORY, copy, 40))
    expect(none && flippedIn(none, { copy: 'both', bit, part: 'clock' })).toEqual(none && flipped(none, 'both', bit))
    const { from } = placeOf('clock')
    const expected = one && flipped(one, 'both', HEAD_BITS + 8 * from + bit)
    expect(one && flippedIn(one, { copy: 'both', bit, part: 'clock' })).toEqual(expected)
  })
})
