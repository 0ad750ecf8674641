/**
 * The rig in Python and the reference, asked the same at the same ticks: whatever it is, they answer alike. Skipped where there is no
 * Python.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeFrame } from '#protocol/frame'
import type { Frame, ToHost, ToRig } from '#protocol/message'
import { Splitter } from '#protocol/splitter'
import { TICK_us, wireTick } from '#protocol/ticks'
import { SimulatedRig } from '../wires/simulated-rig.ts'
import { alike, type Deed, driven, HAS_PYTHON } from './own-rig.ts'

/** What may be said to a rig, before ticks and numbers are known; a text is bytes in hex. */
interface Draft {
  readonly gap: number
  /** Added to the number that is expected: any other than 0 is a command of the past, or one too early. */
  readonly off: number
  readonly say: (now: number, at: number) => ToRig | string
}

const token = 1
const MOST_PART = 2 ** 31 - 1
const int = (min: number, max: number) => fc.integer({ min, max })
const share = fc.double({ min: 0, max: 1.01, noNaN: true })

const segments = fc
  .record({
    ahead: fc.oneof(int(-3, 3), int(1, 20_000), fc.constantFrom(2 ** 30 - 1, 2 ** 30)),
    count: fc.oneof(int(1, 5), int(60, 130), fc.constant(65_535)),
    quotient: fc.oneof(int(14, 18), int(100, 3000), fc.constantFrom(16_384, 20_000)),
    divisor: fc.oneof(int(1, 4), int(1, MOST_PART), fc.constant(MOST_PART)),
    phase: share,
    remainder: share,
  })
  .map(({ ahead, count, quotient, divisor, ...shares }) => (now: number): ToRig => {
    const part = (of: number) => Math.min(MOST_PART, Math.floor(of * divisor))
    const [phase, remainder] = [part(shares.phase), part(shares.remainder)]
    return {
      type: 'SEG',
      token,
      first: wireTick(now + ahead),
      phase,
      count,
      quotient,
      remainder,
      divisor,
      direction: 'F',
    }
  })
const cancels = int(-50, 6000).map((ahead) => (now: number): ToRig => {
  return { type: 'CANCEL', token, from: wireTick(now + ahead) }
})
const clears = int(0, 3).map((halts) => (): ToRig => ({ type: 'CLEAR', token, halts }))
const hellos = int(1, 2).map((nonce) => (): ToRig => ({ type: 'HELLO', nonce }))
const noise = fc.uint8Array({ maxLength: 40 }).map((bytes) => () => Buffer.from(bytes).toString('hex'))
const plain = (message: ToRig) => fc.constant(() => message)

/** One step each, every one after the one before it: what fills a queue. */
const row = fc.constant((now: number, at: number): ToRig => {
  const first = wireTick(now + 5000 + at * 500)
  return { type: 'SEG', token, first, phase: 0, count: 1, quotient: 100, remainder: 0, divisor: 1, direction: 'F' }
})

const drafts: fc.Arbitrary<Draft> = fc.record({
  gap: fc.oneof(int(0, 40), int(0, 4000), int(20_000, 40_000)),
  off: fc.oneof({ weight: 8, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: int(-3, 2) }),
  say: fc.oneof(
    { weight: 9, arbitrary: segments },
    { weight: 3, arbitrary: cancels },
    { weight: 3, arbitrary: clears },
    { weight: 1, arbitrary: hellos },
    { weight: 1, arbitrary: noise },
    { weight: 1, arbitrary: fc.constant(() => '9b9b') },
    { weight: 3, arbitrary: plain({ type: 'BEAT', token }) },
    { weight: 4, arbitrary: plain({ type: 'STAT', token }) },
    { weight: 1, arbitrary: plain({ type: 'VOID', token }) },
    { weight: 1, arbitrary: plain({ type: 'SENSE', token, lines: 'COILS' }) },
    { weight: 1, arbitrary: plain({ type: 'FETCH', token, from: 0 }) },
    { weight: 1, arbitrary: plain({ type: 'NAME', token, serial: 'bench-3' }) },
  ),
})

const rows: fc.Arbitrary<Draft> = fc.record({
  gap: int(0, 40),
  off: fc.constant(0),
  say: fc.oneof({ weight: 9, arbitrary: row }, { weight: 1, arbitrary: plain({ type: 'STAT', token }) }),
})

/** Drafts at their ticks, numbered as a host would. */
function deedsOf(written: readonly Draft[]): Deed[] {
  let tick = 20_000
  let next = 0
  let nonce = 1
  const deeds: Deed[] = [{ tick, sequence: 0, message: { type: 'HELLO', nonce } }]
  for (const [at, { gap, off, say }] of written.entries()) {
    tick += gap
    const message = say(tick, at)
    if (typeof message === 'string') {
      // Without the newline noise would swallow the frame after it in one of its two meanings: said, or not.
      deeds.push({ tick, hex: `${message}0a` })
      continue
    }
    const isCommand = message.type !== 'HELLO' && message.type !== 'BEAT'
    deeds.push({ tick, sequence: isCommand ? (next + off) & 0xff : 0, message })
    if (isCommand && off === 0) next = (next + 1) & 0xff
    if (message.type === 'HELLO' && message.nonce !== nonce) [nonce, next] = [message.nonce, 0]
  }
  return deeds
}

const REFERENCE_STARTED_us = -1_000_000

/** What the reference answers to each. */
function reference(deeds: readonly Deed[]): Frame<ToHost>[][] {
  const rig = new SimulatedRig(undefined, 'simulated', REFERENCE_STARTED_us)
  const splitter = new Splitter('to-host')
  let session = 1
  const heard = (sent: readonly Uint8Array[]) =>
    splitter.push(Buffer.concat(sent)).flatMap((piece) => (piece.kind === 'frame' ? [piece.frame] : []))
  const bytes = (deed: Deed) => {
    if ('hex' in deed) return Buffer.from(deed.hex, 'hex')
    const { sequence, message } = deed
    return encodeFrame(sequence, 'token' in message ? { ...message, token: session } : message)
  }
  return deeds.map((deed) => {
    const now_us = REFERENCE_STARTED_us + (deed.tick + 0.5) * TICK_us
    rig.pass(now_us)
    const answer = heard(rig.receive(bytes(deed), now_us))
    for (const { message } of answer) if (message.type === 'WELCOME') session = message.token
    return answer
  })
}

function kindOf({ message }: Frame<ToHost>): string {
  return message.type === 'NAK' ? `NAK ${message.reason}` : message.type
}

const REASONS = ['ABSENT', 'COUNT', 'FULL', 'HALTED', 'LATE', 'ORDER', 'RANGE', 'VOID']
const KINDS = ['ACK', 'HALTED', ...REASONS.map((reason) => `NAK ${reason}`), 'TEL', 'WELCOME']

describe.skipIf(!HAS_PYTHON)('asked anything at any time', () => {
  it('answers as the reference does', () => {
    const sessions = fc.array(drafts, { minLength: 5, maxLength: 60 })
    const full = fc.array(rows, { minLength: 17, maxLength: 30 })
    const written = [...fc.sample(sessions, { numRuns: 300, seed: 9 }), ...fc.sample(full, { numRuns: 20, seed: 9 })]
    const many = written.map(deedsOf)
    const own = driven(
      [],
      many.map((deeds) => ({ lose_every: 0, deeds })),
    ).sessions
    const kinds = new Set<string>()
    many.forEach((deeds, session) => {
      reference(deeds).forEach((meant, at) => {
        for (const frame of meant) kinds.add(kindOf(frame))
        const answer = own[session]?.[at]?.answer ?? []
        expect(answer.map(alike), JSON.stringify(deeds.slice(0, at + 1))).toEqual(meant.map(alike))
      })
    })
    // Else the property would say nothing of what never came.
    expect([...kinds].sort()).toEqual(KINDS)
  })
})
