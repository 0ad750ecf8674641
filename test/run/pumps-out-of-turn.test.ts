/** Pumps that say what they were not asked, or not what they were; each run ends with the words for it, and the pump is let go of once. */
import { describe, expect, it } from 'vitest'
import type { PumpInput, PumpOutput } from '#firmware-sim/messages'
import { modelPump } from '#hil/pump/model'
import { definePump, type PumpDefinition } from '#hil/pump/pump'
import { idealRig } from '#hil/rig/ideal'
import { execute } from '#hil/run/execute'
import { judge } from '#hil/run/judge'
import type { Time_us } from '#units/quantity'
import { checksNamed, finish } from '../support/bench.ts'
import { type Draft, draft, scenarioOf, therapy } from '../support/scenario.ts'

/** The true pump, with what it says to some inputs changed. */
function changed(
  change: (input: PumpInput, said: readonly PumpOutput[], at_us: Time_us) => readonly PumpOutput[],
): PumpDefinition {
  return definePump({
    name: 'changed',
    create: (setup) => {
      const inner = modelPump.create(setup)
      return {
        react: (at_us, input) => change(input, inner.react(at_us, input), at_us),
        nextWake: () => inner.nextWake(),
      }
    },
  })
}

const text = (more: Partial<Draft> = {}) =>
  draft({
    duration: '1 d',
    prescription: [therapy('0 d', '400 ug/d')],
    events: ['{ at: 6 h, do: interrogate }'],
    ...more,
  })

async function completedOf(pump: PumpDefinition, more: Partial<Draft> = {}) {
  const { result } = await finish(text(more), pump)
  expect(result.verdict).toBe('inconclusive')
  return checksNamed(result, 'completed')[0]?.detail
}

/** Of each kind an answer as the true pump gives it. */
async function answers(): Promise<ReadonlyMap<PumpOutput['kind'], PumpOutput>> {
  const found = new Map<PumpOutput['kind'], PumpOutput>()
  const noting = changed((_, said) => {
    for (const output of said) found.set(output.kind, output)
    return said
  })
  const prescription = [therapy('0 d', '400 ug/d'), therapy('1 h', '1 ug/d')]
  await finish(text({ prescription, events: ['{ at: 2 h, do: read-log }'] }), noting)
  return found
}

describe('a pump that answers without being asked', async () => {
  const known = await answers()

  it.each(['readback', 'applied', 'refused', 'status', 'log'] as const)('with "%s" has failed', async (kind) => {
    const answer = known.get(kind)
    if (answer === undefined) throw new Error(`the pump never said ${kind}`)
    const pump = changed((input, said) => (input.kind === 'wake' ? [...said, answer] : said))
    // It wakes for each bolus of its pattern.
    const flex = "{ mode: flex, basal: 100 ug/d, boluses: { at: '12:00', dose: 5 ug, over: 5 min } }"
    const prescription = [`{ at: 0 d, therapy: ${flex} }`]
    expect(await completedOf(pump, { prescription })).toContain(`the pump said "${kind}" without being asked`)
  })

  it('with its log to somebody who silences an alarm has failed', async () => {
    const log = known.get('log')
    if (log === undefined) throw new Error('the pump never told its log')
    const pump = changed((input, said) => (input.kind === 'silence' ? [...said, log] : said))
    expect(await completedOf(pump, { events: ['{ at: 6 h, do: silence }'] })).toContain(
      'the pump said "log" without being asked',
    )
  })
})

describe('a pump that does not answer', () => {
  it('an interrogation has failed', async () => {
    const pump = changed((input, said) => (input.kind === 'interrogate' ? [] : said))
    expect(await completedOf(pump)).toContain('the pump did not answer an interrogation')
  })

  it('a stop as applied, but refuses it, is told of', async () => {
    const pump = changed((input, said, at_us) =>
      input.kind === 'stop' ? [{ kind: 'refused', at_us, reason: 'not now' }] : said,
    )
    const { result } = await finish(text({ events: ['{ at: 6 h, do: stop }'] }), pump)
    expect(result.events).toContainEqual({ t_s: 21_600, event: 'stop-refused', detail: 'not now' })
    expect(result.events.some((event) => event['what'] === 'stop')).toBe(false)
  })
})

describe('a pump', () => {
  const closing = (onClose: () => void) =>
    definePump({
      name: 'closing',
      create: (setup) => Object.assign(modelPump.create(setup), { close: onClose }),
    })

  it('is let go of once, at the end of its run', async () => {
    let closed = 0
    const { result } = await finish(
      text(),
      closing(() => (closed += 1)),
    )
    expect([result.verdict, closed]).toEqual(['pass', 1])
  })

  it('is let go of where the run was interrupted, which the record says', async () => {
    let closed = 0
    const interruption = new AbortController()
    const pump = closing(() => (closed += 1))
    const trace = await execute(scenarioOf(text({ duration: '400 d' })), pump, idealRig, {
      signal: interruption.signal,
      onProgress: (simulated_s) => {
        if (simulated_s > 86_400) interruption.abort()
      },
    })
    expect(closed).toBe(1)
    expect(trace.records.at(-1)).toMatchObject({ kind: 'end', complete: false, reason: 'interrupted' })
    expect(judge(trace, { file: '', wall_s: 0 }).verdict).toBe('inconclusive')
  })

  it('that shows a defect of the bench ends in the defect, and is let go of', async () => {
    let closed = 0
    const failing = () => {
      throw new RangeError('a defect')
    }
    const run = execute(
      scenarioOf(text()),
      closing(() => (closed += 1)),
      idealRig,
      { onLine: failing },
    )
    await expect(run).rejects.toThrow('a defect')
    expect(closed).toBeLessThanOrEqual(1)
  })
})
