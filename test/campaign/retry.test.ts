/** Attempts at a scenario: kept one beside the other, and none of them taken back. */
import { describe, expect, it } from 'vitest'
import { modelPump } from '#hil/pump/model'
import { idealRig } from '#hil/rig/ideal'
import { type RigDefinition, RigError } from '#hil/rig/rig'
import type { Result } from '#hil/run/result'
import { type CampaignOptions, campaign } from '#scripts/commands/campaign'
import { exitStatus } from '#scripts/exit'
import { manifest } from '#scripts/manifest'
import { rigWith } from '../support/bench.ts'
import { draft, scenarioOf, therapy } from '../support/scenario.ts'

const FILES = ['one', 'two'].map((name) => {
  const text = draft({ name, prescription: [therapy('0 d', '50 ug/d')] })
  return { file: `${name}.yaml`, text, sha256: '', models: [], scenario: scenarioOf(text) }
})

const QUIET: CampaignOptions['progress'] = {
  begin: () => undefined,
  reached: () => Promise.resolve(),
  end: () => undefined,
  stands: () => undefined,
}

/** The ideal rig that fails the first so many times it is opened. */
function failingAtFirst(times: number): RigDefinition {
  let opened = 0
  return {
    ...rigWith((inner) => ({
      open: () => {
        opened += 1
        if (opened <= times) throw new RigError(`the cable is out, ${opened}`)
        return inner.open()
      },
    })),
    name: 'flaky',
  }
}

async function ran(rig: RigDefinition, over: Partial<CampaignOptions> = {}): Promise<Result> {
  const { runs } = await campaign({
    files: FILES,
    pump: modelPump,
    rig,
    measured: null,
    filesOf: () => ({ traces: [], views: [] }),
    window: undefined,
    retry: 2,
    jobs: 1,
    drawn: false,
    journal: null,
    alone: ({ file }) => `pumpbench run ${file}`,
    progress: QUIET,
    signal: new AbortController().signal,
    ...over,
  })
  return { schema: 'pumpbench/result@1', manifest: manifest(new Date(0), null), runs }
}

const outline = ({ runs }: Result) => runs.map(({ scenario, attempt, verdict }) => [scenario, attempt, verdict])

describe('a retry', () => {
  it('is made where the bench could not say, and never takes the place of the first attempt', async () => {
    const result = await ran(failingAtFirst(1))
    expect(outline(result)).toEqual([
      ['one', 1, 'inconclusive'],
      ['one', 2, 'pass'],
      ['two', 1, 'pass'],
    ])
    expect(exitStatus(result), 'an inconclusive first attempt is no pass').toBe(3)
  })

  it('is made no more often than asked for', async () => {
    const result = await ran(failingAtFirst(100))
    expect(result.runs.map(({ scenario, attempt }) => `${scenario} ${attempt}`)).toEqual([
      ...['one 1', 'one 2', 'one 3'],
      ...['two 1', 'two 2', 'two 3'],
    ])
  })

  it('is not made of a scenario that failed: the bench did say', async () => {
    const text = draft({
      name: 'wrong',
      prescription: [therapy('0 d', '50 ug/d')],
      programming: [therapy('0 d', '60 ug/d')],
    })
    const files = [{ file: 'wrong.yaml', text, sha256: '', models: [], scenario: scenarioOf(text) }]
    expect(outline(await ran(idealRig, { files }))).toEqual([['wrong', 1, 'fail']])
  })

  it('is not made where nobody asked for any, and attempts are then not counted', async () => {
    const result = await ran(failingAtFirst(1), { retry: undefined })
    expect(outline(result)).toEqual([
      ['one', undefined, 'inconclusive'],
      ['two', undefined, 'pass'],
    ])
  })

  it('is not made after Ctrl-C', async () => {
    const interruption = new AbortController()
    const progress = { ...QUIET, begin: () => interruption.abort() }
    expect(outline(await ran(idealRig, { signal: interruption.signal, progress }))).toEqual([
      ['one', 1, 'inconclusive'],
    ])
  })
})
