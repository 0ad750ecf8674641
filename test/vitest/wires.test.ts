/** Rigs and pumps on wires under the bench of a test: one test at a time, let go of once, skipped where a pump cannot. */
import { EventEmitter, once } from 'node:events'
import { afterEach, describe, it, expect as plainly } from 'vitest'
import { modelPump } from '#hil/pump/model'
import type { PumpDefinition } from '#hil/pump/pump'
import { wirePump } from '#hil/pump/wire/remote'
import { PacedRig } from '#hil/rig/avr/paced'
import { rigFirmware } from '#hil/rig/avr/rig'
import { idealRig } from '#hil/rig/ideal'
import type { Rig, RigDefinition } from '#hil/rig/rig'
import { RigServer } from '#scripts/rig-server'
import { LOOPBACK } from '#scripts/serving'
import { TestBench } from '#scripts/test-bench'
import { testEquipment } from '#scripts/test-equipment'
import { benchTest, expect } from '#scripts/vitest'
import { MemoryLink } from '../pump-wire/links.ts'
import { SMALL, thatCan } from '../pump-wire/small.ts'
import { rigWith } from '../support/bench.ts'
import { draft, therapy } from '../support/scenario.ts'

/** A step each 21.6 s, 60 ms of the clock on the wall at 360 times its speed. */
const SHORT = draft({ name: 'short', duration: '4 min', sample: '1 min', prescription: [therapy('0 d', '500 ug/d')] })
const LONG = draft({ name: 'long', prescription: [therapy('0 d', '500 ug/d')] })
const NEEDS_MORE = draft({ name: 'needs-more', prescription: ['{ at: 0 d, therapy: { mode: minimum-rate } }'] })

const skipped: string[] = []
const cleanups: (() => Promise<void>)[] = []
afterEach(async () => {
  skipped.length = 0
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

function benchOf(rig: RigDefinition, pump: PumpDefinition = modelPump, teardown_ms = 5000): TestBench {
  const skip = (reason: string): never => {
    skipped.push(reason)
    throw new Error('skipped')
  }
  return new TestBench({ rig, pump, teardown_ms, skip })
}

/** The emulated rig on a socket, as `pumpbench rig --tcp 0` serves it, by the name that the environment gives it. */
async function served() {
  const said: string[] = []
  const motor = new EventEmitter()
  const log = (line: string) => void said.push(line)
  const clock = () => performance.now() * 1000
  const rig = new PacedRig({ flash: rigFirmware() }, clock())
  rig.onStep = () => void motor.emit('step')
  const server = new RigServer({ rig, clock, log, resets: false })
  cleanups.push(() => server.close())
  const port = await server.listen({ host: LOOPBACK, port: 0 })
  const environment = { PUMPBENCH_RIG: `tcp:${LOOPBACK}:${port}`, PUMPBENCH_SPEED: '360' }
  return { server, said, motor, bench: () => benchOf(testEquipment({}, environment).rig) }
}

/** An ideal rig that is there once, and says how many use it. */
function single(name: string, replace: (inner: Rig) => Partial<Rig> = () => ({})) {
  const use = { now: 0, most: 0, closed: 0 }
  const altered = rigWith((inner) => ({
    open: () => {
      use.now += 1
      use.most = Math.max(use.most, use.now)
      return inner.open()
    },
    close: () => {
      use.now -= 1
      use.closed += 1
      return inner.close()
    },
    ...replace(inner),
  }))
  return { use, rig: { ...altered, name, clock: 'wall' } as const }
}

describe('a rig that is served on a socket', () => {
  it('is used by one test after the other; lost in the middle of a run it fails that one in time, with the reason', async () => {
    const { bench, server, said, motor } = await served()
    const [one, other] = [bench(), bench()]
    const [first, second] = [one.run(SHORT), other.run(LONG)]
    const run = await first
    expect(run).toPass()
    expect(run).toTrack()
    plainly(run.result.simulated_s).toBe(240)
    await once(motor, 'step')
    plainly(said.filter((line) => line.includes('refused'))).toEqual([])
    await server.close()
    plainly((await second).result.verdict).toBe('inconclusive')
    await one.close()
    await plainly(other.close()).rejects.toThrow(
      /long: completed: inconclusive: .*the other end has closed the connection/,
    )
  })
})

describe('what is there once', () => {
  it('is used by one run at a time, in the order of the asking', async () => {
    const { use, rig } = single('queue')
    const benches = [benchOf(rig), benchOf(rig), benchOf(rig)]
    const order: number[] = []
    await Promise.all(benches.map((bench, index) => bench.run(SHORT).then(() => order.push(index))))
    plainly([use, order]).toEqual([{ now: 0, most: 1, closed: 3 }, [0, 1, 2]])
    for (const bench of benches) await bench.close()
  })

  it('is not begun with when the test ends before its turn, and whoever waits behind has it next', async () => {
    const reached = new EventEmitter()
    const running = once(reached, 'advance')
    let go: () => void = () => undefined
    const held = new Promise<void>((resolve) => {
      go = resolve
    })
    const { use, rig } = single('given-up', (inner) => ({
      advance: async (tick) => {
        reached.emit('advance')
        await held
        return await inner.advance(tick)
      },
    }))
    const [first, second, third] = [benchOf(rig), benchOf(rig), benchOf(rig)]
    const runs = [first.run(SHORT), third]
    await running
    void second.run(SHORT)
    const last = third.run(SHORT)
    await plainly(second.close()).rejects.toThrow(/^the run of short was not over when the test ended; await .*$/)
    go()
    await Promise.all([runs[0], last])
    plainly(use).toEqual({ now: 0, most: 1, closed: 2 })
    await first.close()
    await third.close()
  })

  it('and was never let go of is lost, to whoever waits and to whoever comes', async () => {
    const reached = new EventEmitter()
    const running = once(reached, 'advance')
    const { use, rig } = single('stuck', () => ({
      advance: () => {
        reached.emit('advance')
        return new Promise(() => undefined)
      },
    }))
    const [stuck, waiting, later] = [benchOf(rig, modelPump, 50), benchOf(rig), benchOf(rig)]
    void stuck.run(SHORT)
    await running
    const waited = waiting.run(SHORT)
    const lost = plainly(waited).rejects.toThrow('the rig stuck was not let go of by an earlier test')
    await plainly(stuck.close()).rejects.toThrow('the rig stuck did not let go within 50 ms')
    await lost
    await plainly(later.run(SHORT)).rejects.toThrow('was not let go of by an earlier test')
    plainly(use.most).toBe(1)
  })
})

describe('a pump on a wire', () => {
  it('that never answers fails the test, and each way to it is ended once', async () => {
    const links: MemoryLink[] = []
    const connect = () => {
      const link = new MemoryLink(() => [])
      links.push(link)
      return link
    }
    const bench = benchOf(idealRig, wirePump({ name: 'exec:./hung', connect, nonce: () => 1 }))
    const run = await bench.run(LONG)
    plainly(() => expect(run).not.toTrack()).toThrow('The bench could not say')
    plainly(run.result.verdict).toBe('inconclusive')
    const closing = [bench.close(), bench.close()]
    for (const close of closing) await plainly(close).rejects.toThrow(/long: completed: .*no whole answer in 10 s/)
    plainly(links.map(({ closed }) => closed)).toEqual([1])
  })

  it('skips what it does not have the means for, with the reason', async () => {
    const bench = benchOf(idealRig, thatCan(...SMALL))
    await plainly(bench.run(NEEDS_MORE)).rejects.toThrow('skipped')
    plainly(skipped).toEqual([plainly.stringMatching(/^needs-more was not run: .*the program minimum-rate/)])
    await bench.close()
  })

  it('hides by that nothing that an earlier run of the test has broken', async () => {
    const refusing = draft({ name: 'refused', prescription: [therapy('0 d', '50 ug/d'), therapy('1 d', '1 ug/d')] })
    const bench = benchOf(idealRig, thatCan(...SMALL))
    await bench.run(refusing)
    await plainly(bench.run(NEEDS_MORE)).rejects.toThrow(/^refused: no-refusal: fail/)
    plainly(skipped).toEqual([])
    await plainly(bench.close()).rejects.toThrow('no-refusal')
  })
})

describe('a scenario that cannot be run', () => {
  const test = benchTest({ rig: idealRig })

  test('is refused with the reason: a fault of a line that the rig does not have', async ({ bench }) => {
    const faults = ['{ at: 1 h, fault: line-noise, kind: drop, share: 1 %, for: 1 min }']
    await plainly(bench.run(draft({ prescription: [therapy('0 d', '50 ug/d')], faults }))).rejects.toThrow(/ideal/)
  })
})
