/** The host's end of the wire, against the reference rig and against what a rig must never do. */
import { describe, expect, it } from 'vitest'
import { PROTOCOL_VERSION } from '#protocol/catalogue'
import { crc32, hex8Text } from '#protocol/crc32'
import { encodeFrame } from '#protocol/frame'
import type { MessageOf } from '#protocol/message'
import { SCHEMA_HASH } from '#protocol/schema-hash'
import { Bench, type Fate, motion } from './peer.ts'

const LOST: Fate = { fate: 'lost' }
const ARRIVES: Fate = { fate: 'arrives' }

/** A bench with an open session. The first four frames are the newline and HELLO, WELCOME and TEL. */
function opened(...fates: readonly Fate[]): Bench {
  const bench = new Bench({ fates: [ARRIVES, ARRIVES, ARRIVES, ARRIVES, ...fates], times: { beat_us: null } })
  bench.open()
  bench.run(50_000)
  expect(bench.eventsOf('session')).toHaveLength(1)
  return bench
}

function textsTo(bench: Bench, to: 'host' | 'rig'): string[] {
  return bench.sent.filter((sent) => sent.to === to).map(({ bytes }) => Buffer.from(bytes).toString('latin1'))
}

const WELCOME: MessageOf<'WELCOME'> = {
  type: 'WELCOME',
  nonce: 1,
  version: PROTOCOL_VERSION,
  schema: SCHEMA_HASH,
  boot: '00000001',
  token: 77,
  window: 2,
  identity: 'other',
  build: '00000000',
  clock: 16_000_000,
  tick: 1000,
  halts: 0,
  state: 'IDLE',
}

/** A host that has said HELLO to a rig that is dead, so that the test can answer in its place. */
function unanswered(): Bench {
  const bench = new Bench()
  bench.dead = true
  bench.open()
  return bench
}

function say(bench: Bench, sequence: number, message: Parameters<typeof encodeFrame>[1]): void {
  bench.take(bench.host.receive(encodeFrame(sequence, message), bench.now_us))
}

describe('opening a session', () => {
  it('repeats HELLO until the WELCOME comes, and begins with a newline', () => {
    const bench = new Bench({ fates: [ARRIVES, LOST, LOST] })
    bench.open()
    bench.run(500_000)
    const hellos = textsTo(bench, 'rig').filter((text) => text.includes('HELLO'))
    expect(textsTo(bench, 'rig')[0]).toBe('\n')
    expect(hellos).toHaveLength(3)
    expect(new Set(hellos).size).toBe(1)
    expect(bench.eventsOf('session')).toMatchObject([{ restarted: false, welcome: { identity: 'unnamed' } }])
  })

  it('is given up at its deadline when nothing answers', () => {
    const bench = unanswered()
    bench.run(2_000_000)
    expect(bench.events).toEqual([{ at_us: 1_000_000, event: { kind: 'silent', since_us: 0 } }])
    expect(bench.host.pass(bench.now_us).wake_us).toBeNull()
  })

  it('is given up when what answers is garbage, which is shown', () => {
    const bench = unanswered()
    const garbage = Buffer.from('$$$\n{"hello":1}\n$0000WELCOME*00000000\n\xff\xfe\n', 'latin1')
    bench.take(bench.host.receive(garbage, 10))
    bench.run(2_000_000)
    expect(bench.events.map(({ event }) => event.kind)).toEqual(['flawed', 'log', 'flawed', 'log', 'silent'])
    expect(bench.host.discarded).toBe(24)
  })

  it('ignores the WELCOME to another HELLO', () => {
    const bench = unanswered()
    say(bench, 0, { ...WELCOME, nonce: 2 })
    expect(bench.events).toEqual([])
  })

  it.each([
    ['version', { version: 2 }, '1', '2'],
    ['schema', { schema: '00C0FFEE' }, SCHEMA_HASH, '00C0FFEE'],
    ['clock', { clock: 8_000_000 }, '16000000 Hz', '8000000 Hz'],
  ] as const)('refuses a rig with another %s, with both values', (what, other, needed, found) => {
    const bench = unanswered()
    say(bench, 0, { ...WELCOME, ...other })
    expect(bench.events.map(({ event }) => event)).toEqual([{ kind: 'mismatch', what, needed, found }])
    expect(bench.host.pass(0).wake_us).toBeNull()
  })

  it('refuses a rig whose WELCOME has other fields, by its version', () => {
    const bench = unanswered()
    const body = '1500WELCOME,1,7,ABCDEF01'
    const line = `$${body}*${hex8Text(crc32(Buffer.from(body)))}\n`
    expect(body.length - 2).toBe(0x15 + 1)
    const right = `16${body.slice(2)}`
    bench.take(bench.host.receive(Buffer.from(line), 0))
    expect(bench.eventsOf('mismatch')).toEqual([])
    bench.take(bench.host.receive(Buffer.from(`$${right}*${hex8Text(crc32(Buffer.from(right)))}\n`), 0))
    expect(bench.eventsOf('mismatch')).toMatchObject([{ what: 'version', needed: '1', found: '7' }])
  })

  it('knows a restart by the boot id and by nothing else', () => {
    const bench = opened()
    bench.open()
    bench.run(50_000)
    bench.restart()
    bench.run(50_000)
    bench.open()
    bench.run(50_000)
    expect(bench.eventsOf('session').map(({ restarted }) => restarted)).toEqual([false, false, true])
    expect(bench.eventsOf('restarted')).toEqual([{ kind: 'restarted', boot: '00000002', cause: 'WATCHDOG' }])
  })
})

describe('a command', () => {
  it('is sent with the token and the next number, and done when the rig says so', () => {
    const bench = opened()
    const ids = ['a', 'b', 'c'].map((serial) => bench.request({ type: 'NAME', serial }))
    bench.run(100_000)
    expect(ids).toEqual([0, 1, 2])
    expect([...bench.outcomes().values()].flat().map(({ kind }) => kind)).toEqual(['done', 'done', 'done'])
    const names = textsTo(bench, 'rig').filter((text) => text.includes('NAME'))
    expect(names.map((text) => text.slice(3, 9))).toEqual(['00NAME', '01NAME', '02NAME'])
    expect(bench.body.identity).toBe('c')
  })

  it('waits while two are unanswered, even when the second of them is answered', () => {
    // The ACK of the first is lost: the third may not be sent, or the rig would drop the first from its cache.
    const bench = opened(ARRIVES, ARRIVES, LOST)
    for (const serial of ['a', 'b', 'c']) bench.request({ type: 'NAME', serial })
    bench.run(50_000)
    expect([...bench.outcomes().keys()]).toEqual([1])
    expect(textsTo(bench, 'rig').filter((text) => text.includes('NAME'))).toHaveLength(2)
    bench.run(100_000)
    expect([...bench.outcomes().keys()].sort()).toEqual([0, 1, 2])
    expect(bench.body.attempts).toHaveLength(3)
  })

  it('whose answer is lost is answered again and not executed again', () => {
    const bench = opened(ARRIVES, LOST)
    const id = bench.request({ type: 'NAME', serial: 'x' })
    bench.run(300_000)
    expect(bench.outcomes().get(id)).toMatchObject([{ kind: 'done', tick: bench.body.attempts[0]?.tick }])
    expect(bench.body.attempts).toHaveLength(1)
  })

  it('is refused for good by a NAK, with its reason', () => {
    const bench = opened()
    const id = bench.request(motion(bench.tick - 5, 1, 100))
    bench.run(300_000)
    expect(bench.outcomes().get(id)).toMatchObject([{ kind: 'refused', reason: 'LATE' }])
    expect(textsTo(bench, 'rig').filter((text) => text.includes('SEG'))).toHaveLength(1)
  })

  it('that never reached the rig is undone once a VOID has taken its place, and a late copy does nothing', () => {
    const bench = opened(LOST, LOST)
    const id = bench.request({ type: 'NAME', serial: 'late' }, 150_000)
    const copy = bench.sent.at(-1)?.bytes ?? new Uint8Array()
    bench.run(149_000)
    expect(bench.outcomes().size).toBe(0)
    bench.run(20_000)
    expect(bench.outcomes().get(id)).toEqual([{ kind: 'undone' }])
    bench.inject(copy)
    expect(bench.body.attempts).toEqual([])
    bench.request({ type: 'NAME', serial: 'next' })
    bench.run(50_000)
    expect(bench.body.identity).toBe('next')
  })

  it('that was executed is done, not undone, though the answer comes after the deadline', () => {
    const bench = opened(ARRIVES, LOST, ARRIVES, LOST)
    const id = bench.request({ type: 'NAME', serial: 'x' }, 150_000)
    bench.run(400_000)
    expect(textsTo(bench, 'rig').some((text) => text.includes('VOID'))).toBe(true)
    expect(bench.outcomes().get(id)).toMatchObject([{ kind: 'done' }])
    expect(bench.body.attempts).toHaveLength(1)
  })

  it('that was refused is refused, not undone, though the answer comes after the deadline', () => {
    const bench = opened(ARRIVES, LOST, ARRIVES, LOST)
    const id = bench.request(motion(bench.tick - 5, 1, 100), 150_000)
    bench.run(400_000)
    expect(textsTo(bench, 'rig').some((text) => text.includes('VOID'))).toBe(true)
    expect(bench.outcomes().get(id)).toMatchObject([{ kind: 'refused', reason: 'LATE' }])
  })

  it('whose turn did not come before its deadline is undone without a word to the rig', () => {
    const bench = opened()
    bench.dead = true
    const ids = ['a', 'b', 'c'].map((serial) => bench.request({ type: 'NAME', serial }, 500_000))
    bench.run(600_000)
    expect(bench.outcomes().get(ids[2] ?? -1)).toEqual([{ kind: 'undone' }])
    expect(textsTo(bench, 'rig').some((text) => text.includes('NAME') && text.includes(',c*'))).toBe(false)
  })

  it('of a rig that falls silent is lost, and the link says since when', () => {
    const bench = opened()
    bench.dead = true
    const id = bench.request({ type: 'STAT' })
    const sent_us = bench.now_us
    bench.run(10_000_000)
    expect(bench.outcomes().get(id)).toEqual([{ kind: 'lost' }])
    expect(bench.eventsOf('silent')).toEqual([{ kind: 'silent', since_us: sent_us }])
    expect(bench.events.at(-1)?.at_us).toBe(sent_us + 3_000_000)
    expect(() => bench.request({ type: 'STAT' })).toThrow('STAT needs an open session')
  })

  it('under way when the rig restarts is lost', () => {
    const bench = opened(LOST)
    const id = bench.request({ type: 'STAT' })
    bench.restart()
    bench.run(50_000)
    expect(bench.outcomes().get(id)).toEqual([{ kind: 'lost' }])
  })

  it('is answered once: an answer to another token, number or time is not its answer', () => {
    const bench = unanswered()
    say(bench, 0, WELCOME)
    const id = bench.request({ type: 'STAT' })
    say(bench, 0, { type: 'ACK', token: 78, tick: 5 })
    say(bench, 1, { type: 'ACK', token: 77, tick: 5 })
    say(bench, 0, { type: 'NAK', token: 77, tick: 5, reason: 'VOID' })
    expect(bench.outcomes().get(id)).toBeUndefined()
    say(bench, 0, { type: 'ACK', token: 77, tick: 5 })
    say(bench, 0, { type: 'NAK', token: 77, tick: 5, reason: 'LATE' })
    expect(bench.outcomes().get(id)).toEqual([{ kind: 'done', tick: 5 }])
  })

  it('with a value outside of the catalogue, or the sixty-seventh at once, is an error of the caller', () => {
    const bench = opened()
    expect(() => bench.request({ type: 'NAME', serial: '' })).toThrow('serial')
    for (let i = 0; i < 66; i += 1) bench.request({ type: 'STAT' })
    expect(() => bench.request({ type: 'STAT' })).toThrow('more than 64 commands wait')
  })
})

describe('telemetry', () => {
  const tel: MessageOf<'TEL'> = {
    type: 'TEL',
    token: 77,
    tick: 2000,
    forward: 0,
    reverse: 0,
    lost: 0,
    encoder: 0,
    queued: 0,
    state: 'IDLE',
    cell: 3000,
    discarded: 0,
    overruns: 0,
  }

  function missed(...frames: readonly (readonly [sequence: number, tick: number])[]): (number | string)[] {
    const bench = unanswered()
    say(bench, 0, WELCOME)
    return frames.map(([sequence, tick]) => {
      const before = bench.events.length
      say(bench, sequence, { ...tel, tick })
      const event = bench.events[before]?.event
      return event?.kind === 'telemetry' ? event.missed : 'old'
    })
  }

  it('counts the frames missed before each, and those before the first', () => {
    expect(missed([0, 2000], [1, 2001], [4, 2002])).toEqual([0, 0, 2])
    expect(missed([3, 2000])).toEqual([3])
  })

  it('goes on over the wrap of its number and over a long outage', () => {
    expect(missed([254, 2000], [255, 2001], [0, 2002])).toEqual([254, 0, 0])
    expect(missed([0, 2000], [201, 9000])).toEqual([0, 200])
  })

  it('drops what is old or came twice', () => {
    expect(missed([0, 2000], [0, 2000])).toEqual([0, 'old'])
    expect(missed([0, 2000], [2, 2010], [1, 2005], [3, 2010])).toEqual([0, 1, 'old', 0])
  })

  it('counts HALTED and BOOT in the same sequence', () => {
    const bench = opened()
    bench.halt()
    bench.run(50_000)
    bench.request({ type: 'STAT' })
    bench.run(50_000)
    expect(bench.eventsOf('telemetry').map((event) => event.missed)).toEqual([0, 0])
  })

  it('states absolute ticks, over wraps and days of silence', () => {
    const bench = new Bench({ tick: 2 ** 32 - 10_000, times: { beat_us: null } })
    bench.open()
    bench.run(50_000)
    for (const days of [0, 2, 40]) {
      bench.run(days * 86_400_000_000)
      bench.request({ type: 'STAT' })
      bench.run(8000)
      expect(bench.eventsOf('telemetry').at(-1)?.tick).toBeCloseTo(bench.tick, -3)
    }
    expect(bench.tick).toBeGreaterThan(13 * 2 ** 32)
  })

  it('of another token is not heard', () => {
    const bench = unanswered()
    say(bench, 0, WELCOME)
    say(bench, 0, { ...tel, token: 78 })
    expect(bench.eventsOf('telemetry')).toEqual([])
  })
})

describe('the heartbeat', () => {
  function beats(bench: Bench): string[] {
    return textsTo(bench, 'rig').filter((text) => text.includes('BEAT'))
  }

  it('follows the last frame with a token, ten in the shortest dead-man interval', () => {
    const bench = new Bench()
    bench.open()
    bench.run(8000)
    const before = beats(bench).length
    bench.run(2_000_000)
    expect(beats(bench).length - before).toBe(10)
    bench.run(100_000)
    bench.request({ type: 'STAT' })
    const after = beats(bench).length
    bench.run(199_000)
    expect(beats(bench).length).toBe(after)
    bench.run(2000)
    expect(beats(bench).length).toBe(after + 1)
  })

  it('can be set to the pace of the motor, or off', () => {
    const bench = opened()
    bench.run(10_000_000)
    expect(beats(bench)).toEqual([])
    bench.take(bench.host.beatEvery(1_000_000, bench.now_us))
    bench.run(9_500_000)
    expect(beats(bench)).toHaveLength(10)
    bench.take(bench.host.beatEvery(null, bench.now_us))
    bench.run(9_500_000)
    expect(beats(bench)).toHaveLength(10)
  })

  it('keeps a segment running that would otherwise stop after two seconds', () => {
    const bench = new Bench()
    bench.open()
    bench.run(50_000)
    bench.request(motion(bench.tick + 1000, 1000, 156))
    bench.run(12_000_000)
    expect(bench.body.steps).toHaveLength(1000)
    bench.request(motion(bench.tick + 1000, 1000, 156))
    bench.run(3_000_000)
    bench.take(bench.host.close(bench.now_us))
    const fed = bench.tick
    bench.run(12_000_000)
    expect(bench.body.steps.length).toBeLessThan(1700)
    const last = bench.body.steps.at(-1) ?? 0
    expect(last - fed).toBeLessThan(31_250 + 100)
    expect(last - fed).toBeGreaterThan(31_250 - 200_000 / 64 - 156)
    expect(textsTo(bench, 'host').some((text) => text.includes('DEADMAN'))).toBe(true)
  })
})

describe('HALT', () => {
  it('is repeated until the rig confirms, and needs no session', () => {
    const bench = new Bench({ fates: [LOST, LOST, ARRIVES, LOST] })
    bench.halt()
    bench.run(500_000)
    expect(textsTo(bench, 'rig')).toEqual(Array(4).fill('\x9b\x9b'))
    expect(bench.eventsOf('halted')).toMatchObject([{ halts: 2, cause: 'HALT' }])
    expect(bench.host.halts).toBe(2)
  })

  it('is confirmed by a newer count only', () => {
    const bench = unanswered()
    say(bench, 0, { ...WELCOME, halts: 4 })
    bench.halt()
    say(bench, 0, { type: 'HALTED', halts: 4, cause: 'HALT', tick: 1 })
    say(bench, 1, { type: 'HALTED', halts: 3, cause: 'HALT', tick: 1 })
    expect(bench.eventsOf('halted')).toEqual([])
    expect(bench.host.pass(bench.now_us).wake_us).toBeLessThanOrEqual(20_000)
    say(bench, 2, { type: 'HALTED', halts: 5, cause: 'DEADMAN', tick: 1500 })
    expect(bench.eventsOf('halted')).toMatchObject([{ halts: 5, cause: 'DEADMAN', tick: 1500 }])
  })

  it('counts on over the wrap of the count', () => {
    const bench = unanswered()
    say(bench, 0, { ...WELCOME, halts: 65_535 })
    say(bench, 0, { type: 'HALTED', halts: 0, cause: 'HALT', tick: 1 })
    expect(bench.host.halts).toBe(0)
  })

  it('is confirmed by a rig that restarted in between and counts from 0 again', () => {
    const bench = opened()
    for (let i = 0; i < 5; i += 1) {
      bench.halt()
      bench.run(15_000)
    }
    expect(bench.host.halts).toBe(5)
    bench.restart()
    bench.run(50_000)
    bench.halt()
    bench.run(15_000)
    expect(bench.eventsOf('halted').at(-1)).toMatchObject({ halts: 1 })
    expect(bench.host.halts).toBe(1)
    expect(textsTo(bench, 'rig').filter((text) => text === '\x9b\x9b')).toHaveLength(6)
  })

  it('of which the newest confirmation is lost can still be cleared', () => {
    // HALT is sent twice, as its first confirmation comes late; the second confirmation is lost.
    const bench = opened(ARRIVES, { fate: 'late', by_us: 20_000 }, ARRIVES, LOST)
    bench.halt()
    bench.run(100_000)
    expect(bench.host.halts).toBe(1)
    const first = bench.request({ type: 'CLEAR', halts: 1 })
    bench.run(100_000)
    expect(bench.outcomes().get(first)).toMatchObject([{ kind: 'refused', reason: 'COUNT' }])
    const second = bench.request({ type: 'CLEAR', halts: bench.host.halts ?? 0 })
    bench.run(100_000)
    expect(bench.outcomes().get(second)).toMatchObject([{ kind: 'done' }])
  })
})
