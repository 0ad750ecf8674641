/** The bench of a test is taken down once, in time, and says what a test left open. */
import { EventEmitter, once } from 'node:events'
import { describe, it, expect as plainly } from 'vitest'
import { modelPump } from '#hil/pump/model'
import { idealRig } from '#hil/rig/ideal'
import type { Rig, RigDefinition } from '#hil/rig/rig'
import { TestBench } from '#scripts/test-bench'
import { expect } from '#scripts/vitest'
import { rigWith } from '../support/bench.ts'
import { draft, therapy } from '../support/scenario.ts'

const YEARS = draft({ name: 'years', duration: '3000 d', prescription: [therapy('0 d', '50 ug/d')], sample: '1 d' })
const QUICK = draft({ name: 'quick', prescription: [therapy('0 d', '50 ug/d')] })
const REFUSED = draft({ name: 'refused', prescription: [therapy('0 d', '50 ug/d'), therapy('1 d', '1 ug/d')] })

function benchOn(rig: RigDefinition, teardown_ms = 5000): TestBench {
  return new TestBench({ rig, pump: modelPump, teardown_ms, skip: unskippable })
}

function unskippable(reason: string): never {
  throw new Error(`skipped: ${reason}`)
}

/** The ideal rig that counts how often it was closed. */
function counted(): { readonly rig: RigDefinition; readonly closed: () => number } {
  let closed = 0
  const rig = rigWith((inner: Rig) => ({
    close: () => {
      closed += 1
      return inner.close()
    },
  }))
  return { rig, closed: () => closed }
}

describe('the rig is let go', () => {
  it('once a run, and not again when the bench is taken down twice', async () => {
    const { rig, closed } = counted()
    const bench = benchOn(rig)
    await bench.run(QUICK)
    await Promise.all([bench.close(), bench.close()])
    plainly(closed()).toBe(1)
  })

  it('in the middle of a run that nobody waited for, and the test fails for it', async () => {
    const { rig, closed } = counted()
    const bench = benchOn(rig)
    const run = bench.run(YEARS)
    await plainly(bench.close()).rejects.toThrow('the run of years was not over when the test ended; await bench.run')
    plainly(closed()).toBe(1)
    plainly((await run).result.verdict).toBe('inconclusive')
  })

  it('or the test is told in time that it is not', async () => {
    const reached = new EventEmitter()
    const running = once(reached, 'advance')
    const stuck = rigWith(() => ({
      advance: () => {
        reached.emit('advance')
        return new Promise(() => undefined)
      },
    }))
    const bench = benchOn(stuck, 50)
    void bench.run(QUICK)
    await running
    const start_ms = performance.now()
    await plainly(bench.close()).rejects.toThrow('the rig altered did not let go within 50 ms')
    plainly(performance.now() - start_ms).toBeLessThan(5000)
  })

  it('and nothing runs afterwards', async () => {
    const bench = benchOn(idealRig)
    await bench.close()
    await plainly(bench.run(QUICK)).rejects.toThrow('the test of this bench is over')
  })
})

describe('what holds of all runs', () => {
  it('fails the test that did not look at it: a refusal nobody expected', async () => {
    const bench = benchOn(idealRig)
    await bench.run(REFUSED)
    await plainly(bench.close()).rejects.toThrow(/^refused: no-refusal: fail: the pump refused .* at 1 d/)
  })

  it('is met where the test demanded the refusal, or judged the run as a whole', async () => {
    const [demanding, whole] = [benchOn(idealRig), benchOn(idealRig)]
    expect(await demanding.run(REFUSED)).toRefuse({ at: '1 d' })
    expect(await whole.run(REFUSED)).not.toPass()
    await demanding.close()
    await whole.close()
  })
})

describe('two refusals at one instant', () => {
  const twice = draft({
    prescription: [
      therapy('0 d', '50 ug/d'),
      '{ at: 1 d, bolus: { dose: 1 mg, over: 1 s } }',
      '{ at: 1 d, bolus: { dose: 2 mg, over: 1 s } }',
    ],
  })

  it('are two demands', async () => {
    const [once_, both] = [benchOn(idealRig), benchOn(idealRig)]
    expect(await once_.run(twice)).toRefuse({ at: '1 d' })
    await plainly(once_.close()).rejects.toThrow(/no-refusal: fail: .*2 mg/)
    const run = await both.run(twice)
    expect(run).toRefuse({ at: '1 d' })
    expect(run).toRefuse({ at: '1 d' })
    await both.close()
  })
})

describe('a scenario that is not valid', () => {
  it('is refused with everything that is wrong with it', async () => {
    const bench = benchOn(idealRig)
    await plainly(bench.run(QUICK.replace('50 ug/d', '50').replace('2 d', '2'))).rejects.toThrow(
      /the scenario is not valid:\nscenario of the test:7:11: .*\nscenario of the test:9:/,
    )
    await plainly(bench.run('nowhere.yaml')).rejects.toThrow('nowhere.yaml:1:1: cannot be read: no such file')
    await plainly(bench.run('scenarios/pump')).rejects.toThrow(/scenarios\/pump holds \d+ scenarios; a run takes one/)
    await bench.close()
  })
})
