/**
 * Campaigns: runs per second with one job and with two, and what a fault costs beside the same run without it.
 *
 * Runs per second are those of a process from its start to its end, less those of one that runs a single scenario; with two
 * jobs the floor is one job. A fault is put in, run and judged as a cell of a matrix is, without a report.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { FAULTS } from '#hil/fault/catalogue'
import { median, milliseconds, type Row } from '#scripts/bench/row'
import { scenarioOf } from '#scripts/bench/scenario'
import { type CellTask, cell } from '#scripts/cell'
import { uncarried } from '#scripts/faulty'

const COMMAND = fileURLToPath(new URL('../../dist/pumpbench.js', import.meta.url))
const RUNS = 40
const TIMES = 3

const month = (name: string) => `schema: pumpbench/scenario@1
name: ${name}
pump: { model: im-40 }
fill: { drug: baclofen, concentration: 2000 ug/mL, volume: 40 mL }
clock: 2026-01-05T08:00
duration: 30 d
prescription:
  - at: 0 d
    therapy: { mode: flex, basal: 350 ug/d, boluses: { dose: 50 ug, count: 4, over: 5 min, from: "00:00" } }
`

export async function campaigns(): Promise<Row[]> {
  return [...abreast(), ...(await faults())]
}

function abreast(): Row[] {
  const folder = mkdtempSync(join(tmpdir(), 'pumpbench-campaign-'))
  try {
    const files = Array.from({ length: RUNS + 1 }, (_, n) => join(folder, `month-${n}.yaml`))
    for (const [n, file] of files.entries()) writeFileSync(file, month(`month-${n}`))
    const cost = (paths: readonly string[], jobs: number) =>
      median(Array.from({ length: TIMES }, () => process_ms([...paths, '--jobs', String(jobs)])))
    const start_ms = cost(files.slice(0, 1), 1)
    const [one_ms, two_ms] = [cost(files, 1) - start_ms, cost(files, 2) - start_ms]
    const perSecond = (work_ms: number) => `${Math.round((RUNS * 1000) / work_ms)} runs/s`
    return [
      {
        ...{ work: 'runs of 30 d of flex, one job', measured: perSecond(one_ms), beside: 'one such process' },
        ...{ floor: milliseconds(start_ms), ratio: one_ms / start_ms },
      },
      {
        ...{ work: 'the same, two jobs', measured: perSecond(two_ms), beside: 'one job' },
        ...{ floor: perSecond(one_ms), ratio: two_ms / one_ms },
      },
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function process_ms(args: readonly string[]): number {
  const start_ms = performance.now()
  const { status, stderr } = spawnSync(process.execPath, [COMMAND, 'run', ...args, '--rig', 'ideal', '--quiet'])
  if (status !== 0) throw new Error(`a campaign ended with ${status}: ${String(stderr)}; was dist built?`)
  return performance.now() - start_ms
}

async function faults(): Promise<Row[]> {
  const { origin, seed } = scenarioOf(month('month'))
  const task: CellTask = {
    ...{ text: origin.text, sha256: origin.sha256, modelFigures: origin.modelFigures, seed },
    ...{ file: 'month.yaml', pump: 'model', rig: 'ideal', fault: null, report: null },
  }
  const bare_ms = (await cost_ms(task)).least_ms
  const costs: { readonly name: string; readonly least_ms: number }[] = []
  for (const { name } of FAULTS.filter((entry) => uncarried(entry, { name: 'ideal' }) === null)) {
    const { kind, least_ms } = await cost_ms({ ...task, fault: name })
    if (kind === 'run') costs.push({ name, least_ms })
  }
  const mean_ms = costs.reduce((sum, { least_ms }) => sum + least_ms, 0) / costs.length
  const dearest = costs.reduce((a, b) => (b.least_ms > a.least_ms ? b : a))
  const floor = { beside: 'the same without a fault', floor: milliseconds(bare_ms) }
  return [
    {
      ...{ work: `a fault in 30 d of flex, mean of ${costs.length}`, measured: milliseconds(mean_ms), ...floor },
      ratio: mean_ms / bare_ms,
    },
    {
      ...{ work: `the dearest: ${dearest.name}`, measured: milliseconds(dearest.least_ms), ...floor },
      ratio: dearest.least_ms / bare_ms,
    },
  ]
}

/** What came of the cell, and the least of several times it took. */
async function cost_ms(task: CellTask): Promise<{ readonly kind: string; readonly least_ms: number }> {
  let [kind, least_ms] = ['', Number.POSITIVE_INFINITY]
  const hooks = { signal: new AbortController().signal, onProgress: () => undefined }
  for (let turn = 0; turn < TIMES; turn += 1) {
    const start_ms = performance.now()
    kind = (await cell(task, hooks)).kind
    least_ms = Math.min(least_ms, performance.now() - start_ms)
  }
  return { kind, least_ms }
}
