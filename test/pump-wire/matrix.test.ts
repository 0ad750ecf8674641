/** A matrix of a pump on a wire: what the pump does not have the means for is skipped, said, and no pass. */
import { describe, expect, it } from 'vitest'
import type { CellAttempt } from '#hil/matrix/attempt'
import { cellOf, controlOf, faultOf } from '#hil/matrix/cells'
import type { Matrix } from '#hil/matrix/types'
import type { PumpDefinition } from '#hil/pump/pump'
import { matrixPage } from '#hil/report/matrix-page'
import { MATRIX } from '#hil/report/matrix-schema'
import { matrixTerminal } from '#hil/report/matrix-terminal'
import { readCellAttempt } from '#scripts/campaign/cell-attempt'
import { type CellTask, cell } from '#scripts/cell'
import { matrix } from '#scripts/commands/matrix'
import { entryNamed } from '#scripts/faulty'
import { emptyFolder } from '../cli/command.ts'
import { passing } from '../cli/scenarios.ts'
import { draft, scenarioOf, therapy } from '../support/scenario.ts'
import { SMALL, thatCan } from './small.ts'

const CHECKS = ['{ check: tracking, within: 1 step }']
const plain = (more: Partial<Parameters<typeof draft>[0]> = {}) =>
  draft({
    ...{ pump: '{ model: im-20 }', fill: '{ drug: baclofen, concentration: 500 ug/mL, volume: 20 mL }' },
    ...{ duration: '1 d', sample: '6 h', prescription: [therapy('0 d', '200 ug/d')], checks: CHECKS, ...more },
  })

const HOOKS = { signal: new AbortController().signal, onProgress: () => undefined }

function attempt(text: string, fault: string | null, pump: PumpDefinition): Promise<CellAttempt> {
  const { origin, seed } = scenarioOf(text)
  const task: CellTask = {
    ...{ text, file: 'draft.yaml', sha256: origin.sha256, seed, modelFigures: origin.modelFigures },
    ...{ pump: pump.name, rig: 'ideal', fault, report: null },
  }
  return cell(task, HOOKS, pump)
}

const PLACE = { command: '', tolerance: 0.1 }

async function cellIn(text: string, fault: string, pump: PumpDefinition) {
  const entry = entryNamed(fault)
  if (!entry.ok) throw new Error(entry.problem)
  const [control, own] = [await attempt(text, null, pump), await attempt(text, fault, pump)]
  return {
    control,
    own,
    cell: cellOf(own, control, { ...PLACE, scenario: 'draft', entry: entry.entry }),
    entry: entry.entry,
  }
}

describe('a matrix of a pump on a wire', () => {
  const small = thatCan(...SMALL, 'fractions')

  it('runs what the pump has the means for', async () => {
    const { cell: found } = await cellIn(plain(), 'motor-stall-permanent', small)
    expect(found).toMatchObject({ state: 'run', first: 'alarmed' })
  })

  it('skips a fault that the pump cannot meet, and every fault in a scenario that the pump cannot run', async () => {
    const brownOut = await cellIn(plain(), 'brown-out', small)
    expect(brownOut.control.kind).toBe('run')
    expect(brownOut.own).toStrictEqual({ kind: 'skipped', reason: 'the pump does not have the command SAG' })
    expect(readCellAttempt(JSON.parse(JSON.stringify(brownOut.own)))).toStrictEqual(brownOut.own)
    const primed = plain({ prescription: [therapy('0 d', '200 ug/d'), '{ at: 6 h, prime: auto }'] })
    const { control, cell: found } = await cellIn(primed, 'motor-stall-permanent', small)
    expect(control).toStrictEqual({ kind: 'skipped', reason: 'the pump does not have the program prime' })
    expect(found).toMatchObject({ state: 'skipped', reason: 'the pump does not have the program prime' })
    const lone = cellOf(brownOut.control, control, { ...PLACE, scenario: 'draft', entry: brownOut.entry })
    expect(lone).toMatchObject({
      state: 'skipped',
      reason: expect.stringMatching(/^nothing to hold it against: the pump/),
    })
    expect(controlOf(control, '')).toMatchObject({
      verdict: 'inconclusive',
      problem: 'skipped: the pump does not have the program prime',
    })
  })

  it('says so in every report, with a word of its own', async () => {
    const { control, cell: found, entry } = await cellIn(plain(), 'brown-out', small)
    const made: Matrix = {
      schema: 'pumpbench/matrix@1',
      tool: { version: '0', commit: null, rig_firmware: null },
      ...{ pump: 'exec:./small', rig: 'ideal', not_carried: [], cells: [found], faults: [faultOf(entry, [found])] },
      scenarios: [
        {
          scenario: 'draft',
          file: 'd.yaml',
          file_sha256: '',
          seed: 1,
          simulated_s: 1,
          control: controlOf(control, ''),
        },
      ],
    }
    expect(MATRIX.safeParse(made).error).toBeUndefined()
    expect(made.faults[0]).toMatchObject({ skipped: 1, as_expected: 0, errors: 0 })
    const page = matrixPage(made, '')
    expect(page).toContain('<td class="d-skipped"><b>skipped</b>: the pump does not have the command SAG</td>')
    expect(page).toContain('<span class="who d-skipped">skipped</span>')
    const terminal = matrixTerminal(made, { width: 100 })
    expect(terminal).toContain('skipped, which is no pass:')
    expect(terminal).toContain('1 cells: 0 run, 0 not applicable, 1 skipped, 0 in error')
  })
})

describe('the command', () => {
  const folder = emptyFolder()

  it('does one scenario at a time with such a pump', async () => {
    folder.write('a.yaml', passing())
    const { status, stderr } = await folder.here(() => matrix(['a.yaml'], { pump: 'exec:./pump', jobs: 2 }))
    expect([status, stderr]).toStrictEqual([2, expect.stringContaining('--jobs 2: a pump on a wire runs one scenario')])
  })
})
