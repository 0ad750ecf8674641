/**
 * The emulated chip in real time, at the end of everything that a rig can hang on: machine code, its own clock, a wire.
 *
 * Therapy runs hundreds of times faster than the clock on the wall, so that each run takes seconds; no test depends on how
 * long anything took.
 */
import { describe, expect, it } from 'vitest'
import { faulty } from '#hil/fault/faulty-transport'
import { modelPump } from '#hil/pump/model'
import { linkedRig } from '#hil/rig/link/linked-rig'
import { MemoryCable } from '#hil/rig/memory/cable'
import { serialTransport } from '#hil/rig/serial/port'
import type { Transport } from '#hil/rig/serial/transport'
import { tcpTransport } from '#hil/rig/tcp/client'
import { execute } from '#hil/run/execute'
import { judge } from '#hil/run/judge'
import { Splitter } from '#protocol/splitter'
import { tickOf } from '#units/cadence'
import { whole } from '#units/rational'
import { draft, scenarioOf, therapy } from '../support/scenario.ts'
import { Chip } from './chip.ts'
import { HAS_SOCAT, PtyPair } from './pty-pair.ts'
import { serve } from './socket-peer.ts'

/** A chip with power, the ticks of the steps it made, and what it was told of them. */
class Bench {
  readonly chip = new Chip()
  readonly commanded = new Set<number>()
  readonly cleanups: (() => Promise<void> | void)[] = []
  readonly #splitter = new Splitter('to-rig')

  get made(): readonly number[] {
    return this.chip.made
  }

  /** The transport with everything that is written to it heard here. */
  overheard(transport: Transport): Transport {
    return {
      name: transport.name,
      open: async () => {
        const inner = await transport.open()
        const write = (bytes: Uint8Array) => {
          this.#hear(bytes)
          inner.write(bytes)
        }
        return { received: inner.received, lost: inner.lost, write, close: () => inner.close() }
      },
    }
  }

  #hear(bytes: Uint8Array): void {
    for (const piece of this.#splitter.push(bytes)) {
      if (piece.kind !== 'frame' || piece.frame.message.type !== 'SEG') continue
      const { message } = piece.frame
      for (let step = 0; step < message.count; step += 1) this.commanded.add(tickOf(message, step))
    }
  }

  async done(): Promise<void> {
    await this.chip.close()
    for (const cleanup of this.cleanups.reverse()) await cleanup()
  }
}

/** A chip for the length of a test. */
async function withBench<T>(use: (bench: Bench) => Promise<T>): Promise<T> {
  const bench = new Bench()
  try {
    return await use(bench)
  } finally {
    await bench.done()
  }
}

const STEADY = therapy('0 d', '10 mL/d')
const FLEX =
  '{ at: 0 d, therapy: { mode: flex, basal: 350 ug/d, boluses: { dose: 50 ug, count: 13, over: 5 min, from: "00:00" } } }'

/** Runs on the rig at the end of the transport. */
async function ran(transport: Transport, speed: number, duration: string, entry = STEADY, grace_us = 10e6) {
  const fill = '{ drug: baclofen, concentration: 2000 ug/mL, volume: 40 mL }'
  const checks = ['{ check: tracking, within: 1 step }']
  const scenario = scenarioOf(draft({ fill, duration, prescription: [entry], checks }))
  const trace = await execute(scenario, modelPump, linkedRig({ transport, speed: whole(speed), grace_us }))
  const end = trace.records.at(-1)
  const reason = end?.kind === 'end' && !end.complete ? end.reason : ''
  return { reason, result: judge(trace, { file: 'draft.yaml', wall_s: 0 }) }
}

/** Resolves once the chip has made so many steps, or the run is over without. */
async function stepped(bench: Bench, steps: number, run: Promise<unknown>): Promise<void> {
  let isOver = false
  const over = () => {
    isOver = true
  }
  run.then(over, over)
  while (bench.made.length < steps && !isOver) await pause(5)
}

/** A machine that is kept from its work for a second cannot keep a rig in time; the bench says so, and a test tries again. */
const PATIENT = { retry: 2, timeout: 60_000 }

/** The ways on which the chip is reached from a host. */
const WAYS: Readonly<Record<string, (bench: Bench) => Promise<Transport>>> = {
  'a cable in memory': async (bench) => {
    const cable = new MemoryCable()
    bench.chip.attach(await cable.rig.open())
    return cable.host
  },
  'a socket': async (bench) => {
    const server = await serve((connection) => bench.chip.attach(connection))
    bench.cleanups.push(() => server.close())
    return tcpTransport(server)
  },
  ...(HAS_SOCAT
    ? {
        'a serial port (needs socat)': async (bench: Bench) => {
          const pair = await PtyPair.open()
          bench.cleanups.push(() => pair.close())
          bench.chip.attach(await serialTransport(pair.rig).open())
          return serialTransport(pair.host)
        },
      }
    : {}),
}

describe.concurrent('the firmware in real time', PATIENT, () => {
  it.each(Object.entries(WAYS))(
    'passes a morning of flex on %s, every step at a tick that it was told',
    async (_, way) => {
      await withBench(async (bench) => {
        const transport = bench.overheard(await way(bench))
        const { reason, result } = await ran(transport, 720, '80 min', FLEX)
        expect([reason, result.verdict]).toEqual(['', 'pass'])
        expect(bench.made.length).toBeGreaterThan(100)
        expect([result.delivered.steps, result.believed.steps]).toEqual([bench.made.length, bench.made.length])
        expect(bench.made.filter((tick) => !bench.commanded.has(tick))).toEqual([])
        expect(result.rig_identity).toMatch(/^UNNAMED, firmware [0-9A-F]{8}$/)
      })
    },
  )
})

describe.concurrent('a wire in real time', PATIENT, () => {
  it.each([
    ['unplugged with a word', (cable: MemoryCable) => cable.unplug()],
    ['gone silent', (cable: MemoryCable) => cable.mute()],
  ])('that is %s and put back soon changes nothing', async (_, cut) => {
    await withBench(async (bench) => {
      const cable = new MemoryCable()
      bench.chip.attach(await cable.rig.open())
      const run = ran(cable.host, 60, '5 min')
      await stepped(bench, 10, run)
      cut(cable)
      await pause(200)
      cable.plug()
      if (await isFree(cable)) bench.chip.attach(await cable.rig.open())
      const { reason, result } = await run
      expect([reason, result.verdict, bench.made.length]).toEqual(['', 'pass', 138])
    })
  })

  it('a rig that is reset in the middle is never gone on with', async () => {
    await withBench(async (bench) => {
      const cable = new MemoryCable()
      bench.chip.attach(await cable.rig.open())
      const run = ran(cable.host, 60, '5 min')
      await stepped(bench, 10, run)
      bench.chip.rig.reset()
      const { reason, result } = await run
      expect([result.verdict, reason]).toEqual(['inconclusive', expect.stringMatching(/the rig has restarted/)])
    })
  })

  it('a rig stops by itself when its host is gone', async () => {
    await withBench(async (bench) => {
      const cable = new MemoryCable()
      bench.chip.attach(await cable.rig.open())
      const run = ran(cable.host, 60, '5 min', STEADY, 1e6)
      await stepped(bench, 10, run)
      cable.mute()
      const { result } = await run
      const { length } = bench.made
      await pause(500)
      expect([result.verdict, bench.made.length]).toEqual(['inconclusive', length])
    })
  })

  it('an error of the line, in both ways and all the time, is no error of the therapy', async () => {
    await withBench(async (bench) => {
      const cable = new MemoryCable()
      bench.chip.attach(await cable.rig.open())
      const noise = [{ fault: 'garble', share: 0.001 } as const, { fault: 'split', share: 0.05 } as const]
      const { reason, result } = await ran(faulty(cable.host, { seed: 5, toRig: noise, toHost: noise }), 60, '5 min')
      if (reason === '') expect([result.verdict, bench.made.length]).toEqual(['pass', 138])
      else expect(result.verdict).toBe('inconclusive')
    })
  })

  it.each([
    ['a modem', 'ERROR\r\n', /no rig answered HELLO within 5 s: what answers is no rig.*"ERROR"/],
    ['a board with another speed', '\xf8\x80$\xfe\n', /what answers is no rig/],
    ['nothing', '', /nothing was heard; is it the right port/],
  ])('%s in place of a rig is refused before anything moves', async (_, answer, message) => {
    const cable = new MemoryCable()
    const other = await cable.rig.open()
    other.received.subscribe(() => other.write(Buffer.from(answer, 'latin1')))
    const { reason, result } = await ran(cable.host, 60, '5 min')
    expect([result.verdict, reason]).toEqual(['inconclusive', expect.stringMatching(message)])
    await other.close()
  })
})

/** Whether the end of the rig lost its connection with the cable. */
async function isFree(cable: MemoryCable): Promise<boolean> {
  return await cable.rig.open().then(
    async (connection) => {
      await connection.close()
      return true
    },
    () => false,
  )
}

function pause(time_ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, time_ms))
}
