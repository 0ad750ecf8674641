/** The host's end of the wire: opening a session, and what becomes of each command. */
import { describe, expect, it } from 'vitest'
import { crc32, hex8Text } from '#protocol/crc32'
import { SCHEMA_HASH } from '#protocol/schema-hash'
import { ARRIVES, LOST, opened, say, textsTo, unanswered, WELCOME } from './host-bench.ts'
import { Bench, motion } from './peer.ts'

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
