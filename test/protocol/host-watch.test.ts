/** The host's end of the wire: what it hears and says besides commands: telemetry, heartbeat, HALT. */
import { describe, expect, it } from 'vitest'
import { SERIAL_TIMES } from '#protocol/link'
import type { MessageOf } from '#protocol/message'
import { ARRIVES, LOST, opened, say, textsTo, unanswered, WELCOME } from './host-bench.ts'
import { Bench, motion } from './peer.ts'

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

  it('is told with the tick it was at, also days later, and does not shift the clock of the rig', () => {
    const bench = unanswered()
    say(bench, 0, WELCOME)
    const before = bench.host.tickAt(bench.now_us) ?? 0
    const days_us = 2.5 * 86_400_000_000
    bench.now_us += days_us
    say(bench, 0, { type: 'HALTED', halts: 1, cause: 'HALT', tick: 2000 })
    expect(bench.eventsOf('halted')).toMatchObject([{ tick: 2000 }])
    expect(bench.host.tickAt(bench.now_us)).toBe(before + days_us / 64)
  })

  it('is told with the tick as stated where no session says more', () => {
    const bench = new Bench()
    say(bench, 0, { type: 'HALTED', halts: 1, cause: 'HALT', tick: 3_000_000_000 })
    expect(bench.eventsOf('halted')).toMatchObject([{ tick: 3_000_000_000 }])
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

describe('a host without a session', () => {
  it('knows no tick, hears of no restart, and opens nothing twice', () => {
    const bench = unanswered()
    expect(bench.host.tickAt(0)).toBeUndefined()
    say(bench, 0, { type: 'BOOT', boot: '00000009', cause: 'POWER' })
    expect(bench.eventsOf('restarted')).toEqual([])
    say(bench, 0, WELCOME)
    say(bench, 0, { ...WELCOME, token: 78 })
    say(bench, 0, { ...WELCOME, nonce: 99 })
    expect(bench.eventsOf('session')).toHaveLength(1)
  })

  it('wants to be woken for the next HELLO, or for its deadline where that is sooner', () => {
    const bench = unanswered()
    const { retry_us, deadline_us } = SERIAL_TIMES
    let wake_us = bench.host.pass(bench.now_us).wake_us ?? 0
    for (let sent = 1; wake_us < deadline_us; sent += 1) {
      expect(wake_us).toBe(sent * retry_us)
      wake_us = bench.host.pass(wake_us).wake_us ?? 0
    }
    expect(wake_us).toBe(deadline_us)
  })
})

describe('a boot id', () => {
  it('that is the same is no restart, and another one is, with or without a BOOT', () => {
    const bench = unanswered()
    say(bench, 0, WELCOME)
    say(bench, 0, { type: 'BOOT', boot: WELCOME.boot, cause: 'WATCHDOG' })
    expect(bench.eventsOf('restarted')).toEqual([])
    say(bench, 0, { type: 'BOOT', boot: '00000002', cause: 'WATCHDOG' })
    expect(bench.eventsOf('restarted')).toEqual([{ kind: 'restarted', boot: '00000002', cause: 'WATCHDOG' }])
  })

  it('that is another one has HALT confirmed by a count from 0, and repeated until then', () => {
    for (const told of [true, false]) {
      const bench = unanswered()
      say(bench, 0, { ...WELCOME, halts: 5 })
      bench.halt()
      if (told) say(bench, 0, { type: 'BOOT', boot: '00000002', cause: 'WATCHDOG' })
      bench.open()
      say(bench, 0, { ...WELCOME, nonce: 2, boot: '00000002', halts: 0 })
      const halts = () => textsTo(bench, 'rig').filter((text) => text === '\x9b\x9b').length
      const before = halts()
      bench.run(25_000)
      expect(halts()).toBe(before + 1)
      say(bench, 0, { type: 'HALTED', halts: 1, cause: 'HALT', tick: 1 })
      bench.run(100_000)
      expect(halts()).toBe(before + 1)
    }
  })

  it('that is the same has HALT confirmed by a newer count than before it, the WELCOME for one', () => {
    const bench = unanswered()
    say(bench, 0, { ...WELCOME, halts: 5 })
    bench.halt()
    bench.open()
    say(bench, 0, { ...WELCOME, nonce: 2, halts: 6 })
    say(bench, 0, { type: 'HALTED', halts: 6, cause: 'HALT', tick: 1 })
    const halts = () => textsTo(bench, 'rig').filter((text) => text === '\x9b\x9b').length
    const before = halts()
    bench.run(100_000)
    expect(halts()).toBe(before)
  })
})

describe('a latch count', () => {
  it('half a round away is not a newer one', () => {
    const bench = unanswered()
    say(bench, 0, { ...WELCOME, halts: 7 })
    say(bench, 0, { type: 'HALTED', halts: 7 + 0x8000, cause: 'HALT', tick: 1 })
    expect(bench.host.halts).toBe(7)
    say(bench, 0, { type: 'HALTED', halts: 7 + 0x7fff, cause: 'HALT', tick: 1 })
    expect(bench.host.halts).toBe(7 + 0x7fff)
  })
})
