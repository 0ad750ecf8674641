import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Activity } from '#hil/rig/avr/core'
import { VECTOR } from '#hil/rig/avr/registers'
import { LIMITS } from '#protocol/catalogue'
import { wireTick } from '#protocol/ticks'
import { cadenceOf, type Edge, Rig, segment, TICKS_a_second, ticksOf } from './rig.ts'

type Seg = ReturnType<typeof segment>

/** From the tick to the change of the coils: entry of the interrupt, its registers, the dead-man. */
const LATENCY_cycles = 400

/** The ticks at which the coils changed, given that of the first. */
function executed(rig: Rig, edges: readonly Edge[], first: number): number[] {
  const [start] = edges
  if (start === undefined) return []
  const offset = rig.sinceStart(start.cycle).ticks - first
  return edges.map(({ cycle }) => rig.sinceStart(cycle).ticks - offset)
}

/** Runs until the queue is empty, with a heartbeat each second. */
function finish(rig: Rig): void {
  while (rig.status().state === 'RUN') rig.run(1)
}

const fields = fc
  .record({
    divisor: fc.oneof(fc.integer({ min: 1, max: 2 ** 31 - 1 }), fc.integer({ min: 1, max: 50 })),
    quotient: fc.integer({ min: LIMITS.interval, max: 4000 }),
    remainder: fc.nat(2 ** 31 - 1),
    phase: fc.nat(2 ** 31 - 1),
    count: fc.integer({ min: 1, max: 60 }),
    direction: fc.constantFrom('F', 'R'),
  } as const)
  .map((drawn) => ({
    ...drawn,
    remainder: drawn.remainder % drawn.divisor,
    phase: drawn.phase % drawn.divisor,
  }))

describe('a segment', () => {
  it('is made step by step, the coils changing in the order of the field', () => {
    const rig = new Rig().open()
    const at = rig.tick() + 1000
    expect(rig.command(segment(at, 100, 6)).type).toBe('ACK')
    rig.run(0.5)
    expect(rig.edges.map(({ direction }) => direction)).toEqual(Array(6).fill('F'))
    expect(executed(rig, rig.edges, at)).toEqual([0, 1, 2, 3, 4, 5].map((j) => at + 100 * j))
    expect(rig.command(segment(rig.tick() + 500, 100, 9, { direction: 'R' })).type).toBe('ACK')
    rig.run(0.5)
    expect(rig.edges.slice(6).map(({ direction }) => direction)).toEqual(Array(9).fill('R'))
    expect(rig.status()).toMatchObject({ forward: 6, reverse: 9, lost: 0, encoder: -3 })
  })

  it('has each step at the tick that the arithmetic of cadences gives, whatever its fields', () => {
    const rig = new Rig().open()
    fc.assert(
      fc.property(fields, fc.integer({ min: 200, max: 5000 }), (drawn, ahead) => {
        const before = rig.edges.length
        const near = rig.tick()
        const request: Seg = { ...segment(near + ahead, 0, 0), ...drawn }
        expect(rig.command(request).type).toBe('ACK')
        finish(rig)
        const edges = rig.edges.slice(before)
        const expected = ticksOf(cadenceOf(request, near))
        expect(executed(rig, edges, expected[0] ?? 0)).toEqual(expected)
        expect(new Set(edges.map(({ direction }) => direction))).toEqual(new Set([drawn.direction]))
      }),
      { numRuns: 60, seed: 6 },
    )
    expect(rig.status().lost).toBe(0)
  })

  it('changes the coils a constant time after the tick begins, by the same clock that HALTED tells', () => {
    const rig = new Rig().open()
    const at = rig.tick() + 1000
    rig.command(segment(at, 1017, 30))
    finish(rig)
    const latencies = new Set(rig.edges.map(({ cycle }) => rig.sinceStart(cycle).cycles))
    expect(latencies.size).toBe(1)
    expect(Math.max(...latencies)).toBeLessThan(LATENCY_cycles)

    const offset = rig.sinceStart(rig.edges[0]?.cycle ?? 0).ticks - at
    for (let k = 0; k < 5; k += 1) {
      const half = LIMITS.tick_cycles / 2
      const { cycles } = rig.sinceStart(rig.mcu.now)
      rig.mcu.runTo(rig.mcu.now + 2 * LIMITS.tick_cycles - cycles + half - 2 * 1360 + LIMITS.tick_cycles * 2)
      const received = rig.halt()
      expect(rig.await('HALTED').frame.message.tick).toBe(rig.sinceStart(received).ticks - offset)
    }
  })

  it('may begin at the very next tick and follow another at the next', () => {
    const rig = new Rig().open()
    const at = rig.tick() + 2000
    rig.command(segment(at, 50, 3))
    rig.command(segment(at + 101, 16, 4, { direction: 'R' }))
    rig.run(1)
    expect(executed(rig, rig.edges, at)).toEqual([0, 50, 100, 101, 117, 133, 149].map((t) => at + t))
  })

  it('can be as fast as a step a millisecond while the line is busy both ways', () => {
    const rig = new Rig().open()
    const at = rig.tick() + 2000
    rig.command(segment(at, LIMITS.interval, 500))
    for (let k = 0; k < 40; k += 1) rig.command({ type: 'STAT' })
    finish(rig)
    expect(executed(rig, rig.edges, at)).toEqual(Array.from({ length: 500 }, (_, j) => at + LIMITS.interval * j))
    const cycles = rig.edges.map(({ cycle }) => rig.sinceStart(cycle).cycles)
    expect(Math.max(...cycles)).toBeLessThan(LIMITS.tick_cycles)
    expect(rig.status()).toMatchObject({ forward: 500, lost: 0, encoder: 500, discarded: 0, overruns: 0 })
  })

  it('joins sixteen others without a gap, and a new one as soon as one has ended', () => {
    const rig = new Rig().open()
    const at = rig.tick() + 20_000
    const requests: Seg[] = Array.from({ length: 16 }, (_, k) =>
      segment(at + 700 * k, 233, 3, { phase: 3, remainder: k, divisor: 17 }),
    )
    for (const request of requests) expect(rig.command(request).type).toBe('ACK')
    const late = segment(at + 700 * 16, 100, 5)
    expect(rig.command(late)).toMatchObject({ type: 'NAK', reason: 'FULL' })
    expect(rig.status().queued).toBe(16)
    rig.run((20_000 + 700 * 2) / 15_625)
    expect(rig.command(late).type).toBe('ACK')
    finish(rig)
    const expected = [...requests, late].flatMap((request) => ticksOf(cadenceOf(request, at)))
    expect(executed(rig, rig.edges, at)).toEqual(expected)
  })

  it('leaves the processor asleep between its steps', () => {
    const rig = new Rig().open()
    rig.command(segment(rig.tick() + 6_750_000, 6_750_000, 3))
    const edges = rig.edges.length
    rig.run(1)
    const wakes: { readonly vector: Activity; readonly from: number; to: number }[] = []
    rig.mcu.onActivity = (activity, cycle) => {
      if (typeof activity === 'number') wakes.push({ vector: activity, from: cycle, to: Number.POSITIVE_INFINITY })
      const wake = wakes.at(-1)
      if (wake !== undefined && activity === 'asleep') wake.to = cycle
    }
    rig.run(429)
    expect(rig.edges.length).toBe(edges)
    expect(wakes.length).toBe(Math.floor((429 * TICKS_a_second) / 2 ** 16))
    for (const { vector, from, to } of wakes) {
      expect(vector).toBe(VECTOR.TIMER1_OVF)
      expect(to - from).toBeLessThan(200)
    }
    rig.beat()
    rig.run(10)
    expect(rig.edges.length).toBe(edges + 1)
  })
})

describe('a segment is refused', () => {
  const from = 100_000

  it.each<[string, Partial<Seg>, string | undefined]>([
    ['closer than 16 ticks', { quotient: 15, remainder: 16, divisor: 17 }, 'RANGE'],
    ['of 16 ticks', { quotient: 16 }, undefined],
    ['with a phase as large as its divisor', { phase: 5, divisor: 5 }, 'RANGE'],
    ['with a remainder as large as its divisor', { remainder: 5, divisor: 5 }, 'RANGE'],
    ['longer than 2^30 ticks', { count: 65_535, quotient: 16_384 }, 'RANGE'],
    ['just shorter than that', { count: 65_535, quotient: 16_383 }, undefined],
    ['of one step, whatever its interval', { count: 1, quotient: 2 ** 30 - 1 }, undefined],
  ])('(%s)', (_, more, reason) => {
    const rig = new Rig().open()
    const answer = rig.command(segment(rig.tick() + from, 100, 3, more))
    expect(answer.reason).toBe(reason)
    expect(rig.status().queued).toBe(reason === undefined ? 1 : 0)
  })

  it('when its first tick has come, is now, or is 2^30 ahead', () => {
    const rig = new Rig().open()
    for (const ahead of [-(2 ** 31) + 2000, -1_000_000, -1, 0]) {
      expect(rig.command(segment(rig.tick() + ahead, 100, 1))).toMatchObject({ type: 'NAK', reason: 'LATE' })
    }
    const { tick } = rig.command(segment(rig.tick() + 2 ** 30 + 1000, 100, 1))
    expect(rig.command(segment(tick + 2 ** 30, 100, 1)).type).toBe('ACK')
    rig.run(1)
    expect(rig.edges).toEqual([])
  })

  it('for the tick at which it is looked at, and accepted for the next, which is then kept', () => {
    const attempt = (first: number) => {
      const rig = new Rig().open()
      const answer = rig.command(segment(first, 100, 1))
      rig.run(0.1)
      return { rig, answer }
    }
    const { tick } = attempt(1000).answer
    const attempts = Array.from({ length: 9 }, (_, k) => ({ first: tick - 4 + k, ...attempt(tick - 4 + k) }))
    const accepted = attempts.findIndex(({ answer }) => answer.type === 'ACK')
    expect(accepted).toBeGreaterThan(0)
    for (const { rig, answer } of attempts.slice(0, accepted)) {
      expect(answer.reason).toBe('LATE')
      expect(rig.edges).toEqual([])
    }
    const made = attempts.slice(accepted).map(({ rig, first }) => {
      expect(rig.edges.length).toBe(1)
      return rig.sinceStart(rig.edges[0]?.cycle ?? 0).ticks - first
    })
    expect(new Set(made).size).toBe(1)
  })

  it('when it does not begin after the last queued step', () => {
    const rig = new Rig().open()
    const at = rig.tick() + 20_000
    rig.command(segment(at, 100, 11))
    expect(rig.command(segment(at + 1000, 100, 1)).reason).toBe('ORDER')
    expect(rig.command(segment(at - 5000, 100, 1)).reason).toBe('ORDER')
    expect(rig.command(segment(at + 1001, 100, 1)).type).toBe('ACK')
  })
})

describe('CANCEL', () => {
  it('drops every step at or after its tick, in the running segment and behind it', () => {
    const rig = new Rig().open()
    const at = rig.tick() + 3000
    rig.command(segment(at, 1000, 20, { remainder: 1, divisor: 3 }))
    rig.command(segment(at + 30_000, 1000, 20))
    rig.run(0.5)
    const [, second = 0] = ticksOf(cadenceOf(segment(at, 1000, 20, { remainder: 1, divisor: 3 }), at)).slice(8)
    expect(rig.command({ type: 'CANCEL', from: wireTick(second) }).type).toBe('ACK')
    expect(rig.status().queued).toBe(1)
    finish(rig)
    expect(rig.edges.length).toBe(9)
    const [report] = rig.all('TEL').slice(-2)
    expect(report?.frame.message.forward).toBe(9)
  })

  it('keeps the step at the tick before', () => {
    const rig = new Rig().open()
    const at = rig.tick() + 3000
    rig.command(segment(at, 1000, 20))
    rig.command({ type: 'CANCEL', from: wireTick(at + 4001) })
    expect(rig.command(segment(at + 4000, 1000, 1)).reason).toBe('ORDER')
    expect(rig.command(segment(at + 4001, 1000, 1)).type).toBe('ACK')
    finish(rig)
    expect(executed(rig, rig.edges, at)).toEqual([0, 1000, 2000, 3000, 4000, 4001].map((t) => at + t))
  })

  it('with a tick that has passed drops everything, and the motor stands', () => {
    const rig = new Rig().open()
    const at = rig.tick() + 3000
    rig.command(segment(at, 1000, 20))
    rig.command(segment(at + 30_000, 1000, 20))
    rig.run(0.5)
    const made = rig.edges.length
    rig.command({ type: 'CANCEL', from: wireTick(rig.tick() - 2 ** 30) })
    expect(rig.status()).toMatchObject({ queued: 0, state: 'IDLE' })
    rig.run(10)
    expect(rig.edges.length).toBe(made)
  })

  it('of nothing queued is no error', () => {
    const rig = new Rig().open()
    expect(rig.command({ type: 'CANCEL', from: 0 }).type).toBe('ACK')
  })

  it('anywhere leaves exactly the steps before it', () => {
    const rig = new Rig().open()
    fc.assert(
      fc.property(
        fields,
        fc.integer({ min: -500, max: 250_000 }),
        fc.integer({ min: 0, max: 300 }),
        (drawn, at, wait) => {
          const before = rig.edges.length
          const near = rig.tick()
          const request: Seg = { ...segment(near + 1500, 0, 0), ...drawn }
          const from = near + 1500 + (at % (drawn.quotient * drawn.count + 1000))
          rig.command(request)
          rig.run(wait / 1000)
          const { tick } = rig.command({ type: 'CANCEL', from: wireTick(from) })
          finish(rig)
          const all = ticksOf(cadenceOf(request, near))
          const made = executed(rig, rig.edges.slice(before), all[0] ?? 0)
          expect(made).toEqual(all.slice(0, made.length))
          const kept = all.filter((step) => step < from)
          const already = all.filter((step) => step < tick)
          expect(made.length).toBeGreaterThanOrEqual(Math.max(kept.length, already.length - 1))
          expect(made.length).toBeLessThanOrEqual(Math.max(kept.length, already.length))
        },
      ),
      { numRuns: 60, seed: 7 },
    )
  })
})

describe('telemetry', () => {
  it('comes after every 64th step of a segment and after its last', () => {
    const rig = new Rig().open()
    const at = rig.tick() + 2000
    rig.command(segment(at, 500, 130))
    rig.command(segment(at + 70_000, 500, 1))
    const from = rig.heard.length
    for (let k = 0; k < 10; k += 1) {
      rig.run(0.5)
      rig.beat()
    }
    const said = rig.heard.slice(from).flatMap(({ frame }) => (frame.message.type === 'TEL' ? [frame.message] : []))
    expect(said.map(({ forward }) => forward)).toEqual([64, 128, 130, 131])
    expect(said.map(({ encoder }) => encoder)).toEqual([64, 128, 130, 131])
    expect(said.map(({ queued }) => queued)).toEqual([2, 2, 1, 0])
    for (const { forward, tick } of said.slice(0, 3)) {
      const after = tick - (at + 500 * (forward - 1))
      expect(after).toBeGreaterThan(0)
      expect(after).toBeLessThan(500)
    }
  })

  it('tells of each step that the rotor did not follow, soon after it', () => {
    const rig = new Rig().open()
    const at = rig.tick() + 2000
    rig.command(segment(at, 2000, 12))
    rig.mcu.runTo(rig.mcu.now + (2000 + 4 * 2000) * LIMITS.tick_cycles)
    rig.board.hold(true)
    const from = rig.heard.length
    rig.run(3 * 2000 * 64e-6)
    rig.board.hold(false)
    rig.beat()
    rig.run(2)
    const said = rig.heard.slice(from).flatMap(({ frame }) => (frame.message.type === 'TEL' ? [frame.message] : []))
    const stalled = said.slice(0, 3)
    expect(stalled.map(({ lost }) => lost)).toEqual([1, 2, 3])
    expect(stalled.map(({ forward, lost }) => forward - lost)).toEqual(stalled.map(({ encoder }) => encoder))
    for (const { tick, forward } of stalled) {
      const after = tick - (at + 2000 * (forward - 1))
      expect(after).toBeGreaterThan(100)
      expect(after).toBeLessThan(200)
    }
    expect(said.at(-1)?.forward).toBe(12)
  })

  it('counts every lost step when they come faster than the line can tell', () => {
    const rig = new Rig().open()
    rig.board.hold(true)
    rig.command(segment(rig.tick() + 2000, LIMITS.interval, 300))
    rig.run(2)
    expect(rig.status()).toMatchObject({ forward: 300, lost: 300, encoder: 0 })
  })

  it('has numbers that go on by one, each frame that no command asked for', () => {
    const rig = new Rig().open()
    rig.command(segment(rig.tick() + 2000, 100, 200))
    rig.run(1)
    rig.halt()
    rig.run(1)
    const numbers = rig.heard
      .filter(({ frame }) => frame.message.type === 'TEL' || frame.message.type === 'HALTED')
      .map(({ frame }) => frame.sequence)
    expect(numbers).toEqual(numbers.map((_, k) => k))
    expect(numbers.length).toBeGreaterThan(3)
  })
})
