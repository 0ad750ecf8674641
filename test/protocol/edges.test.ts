/** The entries of the input mode, read from the text of a frame. */
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type EdgeEntry, type EdgeEvent, entriesOf } from '#protocol/edges'
import { decodeFrame } from '#protocol/frame'
import { wireTick } from '#protocol/ticks'
import { Wire } from './rig-wire.ts'

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._'

/** What happened by its digit, as the page has it. */
const EVENTS: readonly EdgeEvent[] = [
  ...Array.from({ length: 32 }, (_, code): EdgeEvent => ({ kind: 'lines', coils: code % 16, alarm: code >= 16 })),
  { kind: 'encoder', turned: 1 },
  { kind: 'encoder', turned: -1 },
  { kind: 'encoder', turned: 'unknown' },
  { kind: 'pulse', turned: 1 },
  { kind: 'pulse', turned: -1 },
]

/** The text of entries by code and ticks since the one before. */
function textOf(entries: readonly (readonly [code: number, ticks: number])[]): string {
  const digits = entries.flatMap(([code, ticks]) => {
    const parts: number[] = []
    for (let left = ticks; left > 0 || parts.length === 0; left = Math.floor(left / 32)) parts.push(left % 32)
    return [code, ...parts.map((part, k) => (k === parts.length - 1 ? part : part + 32))]
  })
  return digits.length === 0 ? '-' : digits.map((digit) => DIGITS[digit]).join('')
}

describe('entries', () => {
  it('are what was put into the text, at any number and tick', () => {
    const drawn = fc.array(fc.tuple(fc.nat(36), fc.oneof(fc.nat(40_000), fc.nat(2 ** 32 - 1))), { maxLength: 32 })
    const place = fc.nat(2 ** 45)
    fc.assert(
      fc.property(drawn, place, place, (entries, number, tick) => {
        let at = tick
        const expected = entries.map(([code, ticks], k): EdgeEntry => {
          if (k > 0) at += ticks
          return { number: number + k, tick: at, event: EVENTS[code] as EdgeEvent }
        })
        const edges = textOf(entries.map(([code, ticks], k) => [code, k === 0 ? 0 : ticks] as const))
        const frame = { edges, base: wireTick(tick), first: wireTick(number) }
        const near = { number: number + 1000, tick: tick - 2 ** 30 }
        expect(entriesOf(frame, near)).toEqual(expected)
      }),
    )
  })

  it.each([
    ['an event that there is none of', 'a0b0'.replace('b', '_')],
    ['half an entry', 'M0M'],
    ['ticks without an end', 'M0Mabc'],
    ['ticks beyond 32 bits', 'M0M______4'],
    ['ticks of too many digits', 'M0Maaaaaaa1'],
    ['a minus sign among the digits', 'M0-0'],
  ])('are none where the text has %s', (_, edges) => {
    expect(entriesOf({ edges, base: 0, first: 0 }, { number: 0, tick: 0 })).toBeUndefined()
  })
})

it('a rig without lines refuses the input mode as absent', () => {
  const wire = new Wire()
  wire.hello(1, 10)
  const { token } = wire
  const asked = [
    wire.say(0, { type: 'SENSE', token, lines: 'COILS' }, 20),
    wire.say(1, { type: 'FETCH', token, from: 0 }, 30),
  ]
  for (const answers of asked) expect(answers).toMatchObject([{ message: { type: 'NAK', reason: 'ABSENT' } }])
})

it('the conversation in docs/PROTOCOL.md says what the page says of it', () => {
  const page = readFileSync(new URL('../../docs/PROTOCOL.md', import.meta.url), 'utf8')
  const [, conversation = ''] = /sensing: checked.*?```\n(.*?)```/s.exec(page) ?? []
  const messages = conversation
    .trim()
    .split('\n')
    .map((line) => decodeFrame(line.startsWith('>') ? 'to-rig' : 'to-host', Buffer.from(line.slice(2))))
    .map((frame) => (typeof frame === 'string' ? frame : frame.message))
  const edges = messages.find((message) => typeof message === 'object' && message.type === 'EDGES')
  if (typeof edges !== 'object' || edges.type !== 'EDGES') throw new Error('the page has no EDGES')
  expect(messages.map((message) => (typeof message === 'string' ? message : message.type))).toEqual([
    ...['SENSE', 'ACK', 'SENSED', 'FETCH', 'ACK', 'EDGES'],
  ])
  expect(entriesOf(edges, { number: 0, tick: 0 })).toEqual([
    { number: 0, tick: 55_625, event: { kind: 'lines', coils: 0b0110, alarm: true } },
    { number: 1, tick: 55_631, event: { kind: 'encoder', turned: 1 } },
    { number: 2, tick: 69_172, event: { kind: 'lines', coils: 0b1010, alarm: true } },
  ])
})
