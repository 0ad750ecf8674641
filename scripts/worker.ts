/**
 * What a thread of a campaign can do, by name.
 *
 * A scenario crosses as its text and the figures of its pump, because that is all it takes to read it again, and because
 * nothing read from a file twice could differ.
 */
import type { Window } from '#hil/report/window'
import type { MeasuredRig } from '#hil/run/measured-rig'
import type { FigureTexts } from '#hil/scenario/model-file'
import { parseScenario } from '#hil/scenario/parse'
import { problemText } from '#hil/scenario/problem'
import { type Attempt, attempt as attempted } from '#scripts/attempt'
import { inThread } from '#scripts/campaign/thread-work'
import { type CellTask, cell as cellOf } from '#scripts/cell'
import type { AttemptFiles } from '#scripts/commands/run-files'
import { exploreSeed, type SeedTask } from '#scripts/explore-seed'
import { pumpNamed, rigNamed } from '#scripts/registry'

/** An attempt at a scenario. Pump and rig cross by name, so they have to be ones that the command line can name. */
export interface AttemptTask {
  readonly text: string
  readonly file: string
  readonly sha256: string
  readonly seed: number
  readonly modelFigures: FigureTexts
  readonly pump: string
  readonly rig: string
  readonly measured: MeasuredRig | null
  readonly files: AttemptFiles
  readonly window: Window | undefined
  readonly drawn: Attempt['drawn']
}

export const attempt = inThread((task: AttemptTask, hooks) => {
  const { text, file, sha256, seed, modelFigures, measured, files, window, drawn } = task
  const parsed = parseScenario(text, file, { sha256, seed, modelFigures })
  if (!parsed.ok) throw new Error(parsed.problems.map(problemText).join('; '))
  const [pump, rig] = [pumpNamed(task.pump), rigNamed(task.rig)]
  if (!pump.ok) throw new Error(pump.problem)
  if (!rig.ok) throw new Error(rig.problem)
  const what = { scenario: parsed.scenario, file, pump: pump.value, rig: rig.value, measured, files, window, drawn }
  return attempted(what, hooks)
})

export const explore = inThread((task: SeedTask, hooks) => exploreSeed(task, hooks))

/** A cell of a matrix. */
export const cell = inThread((task: CellTask, hooks) => cellOf(task, hooks))
