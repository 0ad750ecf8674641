/**
 * The rig in Python, in virtual time: the golden vectors, the conversation of the page, the dead-man and lost steps. Skipped where
 * there is no Python.
 */
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { decodeFrame } from '#protocol/frame'
import type { Frame, MessageOf, ToHost, ToRig } from '#protocol/message'
import { tickOf } from '#units/cadence'
import { motion } from '../protocol/peer.ts'
import { alike, type Deed, driven, framesOf, HAS_PYTHON, type Vector, type VectorDone } from './own-rig.ts'

const { vectors } = JSON.parse(readFileSync(new URL('../protocol/vectors.json', import.meta.url), 'utf8')) as {
  readonly vectors: readonly Vector[]
}
const page = readFileSync(new URL('../../docs/PROTOCOL.md', import.meta.url), 'utf8')

/** A rig only ever sends frames: of the vectors to the host it can be asked for those that are nothing else. */
const asked = vectors.filter(
  ({ direction, frames, logs, discarded }) =>
    direction === 'to-rig' || (frames.length === 1 && logs.length === 0 && discarded === 0),
)

describe.skipIf(!HAS_PYTHON)('the golden vectors', () => {
  let done: readonly VectorDone[] = []
  beforeAll(() => {
    done = driven(asked, []).vectors
  })

  it('are asked in both directions', () => {
    const count = (wanted: string) => asked.filter(({ direction }) => direction === wanted).length
    expect(count('to-rig')).toBeGreaterThan(90)
    expect(count('to-host')).toBeGreaterThan(15)
  })

  it.each(asked.map((vector, index) => ({ ...vector, index })))('$direction: $name', (vector) => {
    const { encoded, received } = done[vector.index] ?? {}
    if (vector.direction === 'to-host') {
      // A newline before BOOT ends a line that was cut off, and is no part of the frame.
      expect(encoded).toBe(vector.hex.replace(/^0a/, ''))
      return
    }
    const frames = vector.frames.map(({ sequence, message }) => [sequence, ...Object.values(message)])
    const meant = { frames, halts: vector.halts, discarded: vector.discarded }
    expect(received).toEqual([meant, meant, meant])
  })
})

/** What one rig says when all this is done to it, by itself and in answer. */
function said(deeds: readonly Deed[], lose_every = 0): readonly Frame<ToHost>[] {
  const [heard = []] = driven([], [{ lose_every, deeds }]).sessions
  return heard.flatMap(({ by_itself, answer }) => [...by_itself, ...answer])
}

function tels(frames: readonly Frame<ToHost>[]): MessageOf<'TEL'>[] {
  return frames.flatMap(({ message }) => (message.type === 'TEL' ? [message] : []))
}

const HALT = '9b9b'
const beatsUntil = (end: number): Deed[] =>
  Array.from({ length: Math.floor(end / 20_000) }, (_, n) => frame((n + 1) * 20_000, 0, { type: 'BEAT', token: 0 }))
const byTick = (deeds: readonly Deed[]) => deeds.toSorted((a, b) => a.tick - b.tick)

function frame(tick: number, sequence: number, message: ToRig): Deed {
  return { tick, sequence, message }
}

/** What the host of the worked conversation says, each at the tick that the first answer to it states. */
function conversation(lines: readonly string[]): Deed[] {
  return lines.flatMap((line, at): Deed[] => {
    if (!line.startsWith('> ') || line.includes('BEAT')) return []
    const [answer] = framesOf(
      `${lines
        .slice(at)
        .find((later) => later.startsWith('< '))
        ?.slice(2)}\n`,
    )
    const tick = answer !== undefined && 'tick' in answer.message ? answer.message.tick : Number.NaN
    if (line === '> 9B 9B') return [{ tick, hex: HALT }]
    const spoken = decodeFrame('to-rig', Buffer.from(line.slice(2)))
    if (typeof spoken === 'string') throw new Error(`${line}: ${spoken}`)
    return [{ tick, ...spoken }]
  })
}

const MOST_PART = 2 ** 31 - 1

/** Segments of any fraction, and a CANCEL from a tick that is that of a step, or next to it. */
const cancelled = fc
  .record({
    count: fc.integer({ min: 1, max: 12 }),
    quotient: fc.integer({ min: 200, max: 300 }),
    divisor: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: MOST_PART })),
    phase: fc.nat(),
    remainder: fc.nat(),
    step: fc.nat({ max: 12 }),
    beside: fc.integer({ min: -1, max: 1 }),
  })
  .map(({ step, beside, ...drawn }) => {
    const [phase, remainder] = [drawn.phase % drawn.divisor, drawn.remainder % drawn.divisor]
    const segment: MessageOf<'SEG'> = { type: 'SEG', token: 0, first: 3000, direction: 'F', ...drawn, phase, remainder }
    return { segment, from: tickOf(segment, step) + beside }
  })

describe.skipIf(!HAS_PYTHON)('a session', () => {
  it('is as the page shows it', () => {
    const [, shown = ''] = /conversation: checked.*?```\n(.*?)```/s.exec(page) ?? []
    const lines = shown.trim().split('\n')
    const answers = framesOf(lines.flatMap((line) => (line.startsWith('< ') ? [`${line.slice(2)}\n`] : [])).join(''))
    // How long after a step its rotor has settled is the rig's own affair, and BOOT is said to whoever comes first.
    const timeless = (heard: Frame<ToHost>) => ({
      ...alike(heard),
      number: heard.sequence,
      ...(heard.message.type === 'TEL' ? { tick: 0 } : {}),
    })
    const meant = answers.slice(1).map(timeless)
    expect(meant).toHaveLength(8)
    expect(said(byTick([...conversation(lines), ...beatsUntil(140_000)])).map(timeless)).toEqual(meant)
  })

  it('tells of a step that was lost before the next one counts, and of each 64th and the last', () => {
    const segment = frame(1100, 0, { ...motion(2000, 130, 200), token: 0 })
    const told = tels(said([frame(1000, 0, { type: 'HELLO', nonce: 1 }), segment, ...beatsUntil(40_000)], 50))
    const settled = (step: number) => 2000 + step * 200 + 156
    expect(told.map(({ tick, forward, lost, encoder }) => [tick, forward, lost, encoder])).toEqual([
      [1000, 0, 0, 0],
      [settled(49), 50, 1, 49],
      [settled(63), 64, 1, 63],
      [settled(99), 100, 2, 98],
      [settled(127), 128, 2, 126],
      [settled(129), 130, 2, 128],
    ])
  })

  it('judges a step before the next where that comes sooner than the rotor settles', () => {
    const segment = frame(1100, 0, { ...motion(2000, 4, 20), token: 0 })
    const told = tels(said([frame(1000, 0, { type: 'HELLO', nonce: 1 }), segment, ...beatsUntil(20_000)], 2))
    expect(told.map(({ tick, forward, lost }) => [tick, forward, lost])).toEqual([
      [1000, 0, 0],
      [2039, 2, 1],
      [2216, 4, 2],
    ])
  })

  it.each([
    [200, 1100 + 31_250],
    [20_000, 1100 + 2 * 20_001],
  ])('ends with the dead-man when the host says nothing, steps each %d ticks', (interval, over) => {
    const segment = frame(1100, 0, { ...motion(2000, 1000, interval), token: 0 })
    const deeds = [frame(1000, 0, { type: 'HELLO', nonce: 1 }), segment]
    const late: ToRig = { type: 'STAT', token: 0 }
    const heard = said([...deeds, frame(200_000, 1, late)])
    const made = Math.ceil((over - 2000) / interval)
    expect(heard.slice(3).map(({ message }) => message)).toMatchObject([
      ...Array.from({ length: Math.floor(made / 64) }, () => ({ type: 'TEL' })),
      { type: 'HALTED', halts: 1, cause: 'DEADMAN', tick: 2000 + made * interval },
      { type: 'ACK' },
      { type: 'TEL', forward: made, state: 'DEADMAN', queued: 0 },
    ])
  })

  it('makes each step of a fraction at its own tick, up to the CANCEL and not beyond', () => {
    const cases = fc.sample(cancelled, { numRuns: 100, seed: 9 })
    // Every step that is lost is told of, and so is the tick at which it was made.
    const sessions = cases.map(({ segment, from }) => {
      const deeds = [frame(1000, 0, { type: 'HELLO', nonce: 1 }), frame(1001, 0, { ...segment, token: 0 })]
      deeds.push(frame(1002, 1, { type: 'CANCEL', token: 0, from }), ...beatsUntil(from + 20_000))
      return { lose_every: 1, deeds }
    })
    driven([], sessions).sessions.forEach((heard, index) => {
      const { segment, from } = cases[index] ?? expect.fail('no case')
      const made = tels(heard.flatMap(({ by_itself }) => by_itself)).map(({ tick }) => tick - 156)
      const meant = Array.from({ length: segment.count }, (_, step) => tickOf(segment, step))
      expect(made, JSON.stringify(cases[index])).toEqual(meant.filter((tick) => tick < from))
    })
  })

  it('steps back as well as forward', () => {
    const back: ToRig = { ...motion(4000, 7, 100), token: 0, direction: 'R' }
    const deeds = [frame(1000, 0, { type: 'HELLO', nonce: 1 }), frame(1100, 0, { ...motion(2000, 3, 100), token: 0 })]
    const told = tels(said([...deeds, frame(1200, 1, back), frame(9000, 2, { type: 'STAT', token: 0 })]))
    expect(told.at(-1)).toMatchObject({ forward: 3, reverse: 7, lost: 0, encoder: -4, queued: 0, state: 'IDLE' })
  })
})
