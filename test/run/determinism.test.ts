/**
 * One scenario, one trace: however time is sliced, however often it is run, and judged again from its lines alone.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { modelPump } from '#hil/pump/model'
import { idealRig } from '#hil/rig/ideal'
import { execute } from '#hil/run/execute'
import { judge } from '#hil/run/judge'
import { readTrace } from '#hil/run/read-trace'
import type { Trace } from '#hil/run/trace'
import { traceLine } from '#hil/run/trace-line'
import { ratio, whole } from '#units/rational'
import { breathless, sleepless } from '../support/bench.ts'
import { anyDraft, scenarioOf } from '../support/scenario.ts'

const textOf = (trace: Trace) => trace.records.map(traceLine).join('')

describe('a trace', () => {
  it('has the same bytes for any slicing of time, of the rig and of the pump', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyDraft(3),
        fc.integer({ min: 20_000, max: 500_000_000 }),
        fc.integer({ min: 60_000, max: 86_400_000 }),
        async (file, ticks, interval_ms) => {
          const scenario = scenarioOf(file)
          const whole_ = await execute(scenario, modelPump, idealRig)
          const sliced = await execute(scenario, sleepless(ratio(BigInt(interval_ms) * 1000n, 7n)), breathless(ticks))
          expect(textOf(sliced)).toBe(textOf(whole_))
          expect(sliced.sha256).toBe(whole_.sha256)
        },
      ),
      { numRuns: 20 },
    )
  })

  it('has the same bytes when the pump is woken at instants no clock holds', async () => {
    const scenario = scenarioOf(fc.sample(anyDraft(3), { numRuns: 1, seed: 7 })[0] ?? '')
    const plain = await execute(scenario, modelPump, idealRig)
    const woken = await execute(scenario, sleepless(ratio(1_000_000_000n, 3n)), breathless(1_000_003))
    expect(woken.sha256).toBe(plain.sha256)
  })

  it('read back from its lines gives the same result', async () => {
    await fc.assert(
      fc.asyncProperty(anyDraft(5), async (file) => {
        const trace = await execute(scenarioOf(file), modelPump, idealRig)
        const again = readTrace(textOf(trace))
        const context = { file: 'draft.yaml', wall_s: 0 }
        expect(again.sha256).toBe(trace.sha256)
        expect(judge(again, context)).toEqual(judge(trace, context))
      }),
      { numRuns: 15 },
    )
  })

  it('is handed out line by line as it is written', async () => {
    const lines: string[] = []
    const scenario = scenarioOf(fc.sample(anyDraft(2), { numRuns: 1, seed: 3 })[0] ?? '')
    const trace = await execute(scenario, modelPump, idealRig, { onLine: (line) => lines.push(line) })
    expect(lines.join('')).toBe(textOf(trace))
    expect(lines.every((line) => line.endsWith('\n'))).toBe(true)
  })

  it('cut off after any line is judged inconclusive and never as a pass', async () => {
    const scenario = scenarioOf(fc.sample(anyDraft(2), { numRuns: 1, seed: 5 })[0] ?? '')
    const lines = textOf(await execute(scenario, modelPump, idealRig))
      .split('\n')
      .slice(0, -1)
    for (let count = 1; count < lines.length; count += 1) {
      const cut = readTrace(`${lines.slice(0, count).join('\n')}\n${(lines[count] ?? '').slice(0, 20)}`)
      expect(judge(cut, { file: '', wall_s: 0 }).verdict).not.toBe('pass')
    }
    expect(whole(lines.length).n).toBeGreaterThan(3n)
  })
})
