/** What serves a pump to programs: sockets that are bounded, a back door that answers in words, a timer that wakes the pump. */
import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ServedFreePump } from '#hil/pump/free-running/served-free-pump'
import { modelPump } from '#hil/pump/model'
import { definePump } from '#hil/pump/pump'
import type { PumpEnd } from '#hil/pump/wire/pump-end'
import { encodePumpMessage } from '#protocol/pump/frame'
import { BackDoor } from '#scripts/back-door'
import { PumpServer } from '#scripts/pump-server'
import { PumpTimer } from '#scripts/pump-timer'
import { LOOPBACK } from '#scripts/serving'
import { draft, scenarioOf, therapy } from '../support/scenario.ts'
import { Client } from './client.ts'
import { FreeBench } from './free.ts'
import { ourEnd } from './links.ts'

const HELLO = Buffer.from(encodePumpMessage('to-pump', 0, { type: 'HELLO', nonce: 7 })).toString('latin1')
const left: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of left.splice(0)) await one.close()
})

async function served(endFor: () => PumpEnd = () => ourEnd()): Promise<number> {
  const server = new PumpServer({ endFor })
  left.push(server)
  return await server.listen({ host: LOOPBACK, port: 0 })
}

async function backDoor(befall: (line: string) => string): Promise<number> {
  const door = new BackDoor(befall)
  left.push(door)
  return await door.listen({ host: LOOPBACK, port: 0 })
}

describe('a served pump', () => {
  it('refuses a second client, and takes the next one when the first is gone', async () => {
    const port = await served()
    const first = new Client(port)
    await once(first.socket, 'connect')
    const second = new Client(port)
    expect(await second.closed()).toBe('the pump is in use: it serves one bench at a time\n')
    first.socket.destroy()
    await vi.waitFor(async () => {
      const third = new Client(port)
      third.say(HELLO)
      expect(await third.until((heard) => heard.includes('\n'))).toContain('WELCOME,7,')
    })
  })

  it('takes no harm from garbage', async () => {
    const port = await served()
    const client = new Client(port)
    client.say(
      `\u0000\u00ff$$$$${'x'.repeat(100_000)}\n$FF00HELLO\n${HELLO.replace(/[0-9A-F]{8}\n/, '00000000')}\n%s%n\r\n`,
    )
    client.say(`\n${HELLO}`)
    expect(await client.until((heard) => heard.includes('\n'))).toMatch(/^\$[0-9A-F]{4}WELCOME,7,.*\n$/)
  })

  it('ends whoever is there when it ends, and whoever was refused and stays', async () => {
    const server = new PumpServer({ endFor: () => ourEnd() })
    const port = await server.listen({ host: LOOPBACK, port: 0 })
    const first = new Client(port)
    await once(first.socket, 'connect')
    const refused = connect({ port, host: LOOPBACK, allowHalfOpen: true })
    refused.on('error', () => undefined)
    await once(refused, 'data')
    await server.close()
    await first.closed()
  })
})

describe('the back door', () => {
  it('answers each line with one, and bounds lines and clients', async () => {
    const lines: string[] = []
    const port = await backDoor((line) => {
      lines.push(line)
      return `done: ${line.length}`
    })
    const client = new Client(port)
    client.say('one\r\n\n  two  \n')
    client.say(`${'x'.repeat(5000)}`)
    client.say(`${'x'.repeat(5000)}\nthree\n`)
    const heard = await client.until((text) => text.endsWith('done: 5\n'))
    expect(heard).toBe('done: 3\ndone: 3\nrefused: a line of more than 1000 bytes; a fault is shorter\ndone: 5\n')
    expect(lines).toStrictEqual(['one', 'two', 'three'])
    const others = [1, 2, 3].map(() => new Client(port))
    for (const other of others) {
      other.say('x\n')
      await other.until((text) => text === 'done: 1\n')
    }
    expect(await new Client(port).closed()).toBe('refused: 4 are at the back door already\n')
  })
})

describe('the timer of a free-running pump', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('has what is due done when it is due, though nobody asks', () => {
    const bench = new FreeBench({ clock: () => performance.now() * 1000 })
    bench.start(
      scenarioOf(
        draft({
          prescription: [therapy('0 d', '50 ug/d')],
          checks: ['{ check: tracking, within: 1 step }'],
        }),
      ),
    )
    const seen: number[] = []
    const pass = bench.served?.pass.bind(bench.served)
    vi.spyOn(bench.served as ServedFreePump, 'pass').mockImplementation(() => {
      seen.push(performance.now())
      pass?.()
    })
    const timer = new PumpTimer(() => bench.served)
    timer.turn()
    expect(bench.served?.wake_us).not.toBeNull()
    vi.advanceTimersByTime(10_000)
    timer.close()
    // Once a second where nothing is due.
    expect(seen.length).toBeGreaterThanOrEqual(10)
    expect(seen.length).toBeLessThan(30)
    const before = seen.length
    vi.advanceTimersByTime(10_000)
    expect(seen).toHaveLength(before)
    expect(bench.stood).toStrictEqual([])
  })

  it('wakes the pump itself at its own instants', () => {
    const woken: number[] = []
    const pump = definePump({
      name: 'overheard',
      create: (setup) => {
        const inner = modelPump.create(setup)
        return {
          react: (at_us, input) => {
            if (input.kind === 'wake') woken.push(performance.now())
            return inner.react(at_us, input)
          },
          nextWake: () => inner.nextWake(),
        }
      },
    })
    const bench = new FreeBench({ clock: () => performance.now() * 1000, pump })
    const begun = performance.now()
    bench.start(
      scenarioOf(
        draft({
          pump: '{ model: im-40, overrides: { stopped_warning: 2500 ms } }',
          prescription: [therapy('0 d', '50 ug/d')],
          checks: ['{ check: tracking, within: 1 step }'],
        }),
      ),
    )
    const timer = new PumpTimer(() => bench.served)
    timer.turn()
    vi.advanceTimersByTime(3000)
    timer.close()
    expect(woken.some((at) => at - begun >= 2500 && at - begun <= 2502)).toBe(true)
  })
})
