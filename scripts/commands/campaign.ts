/**
 * A campaign of runs: every scenario attempted, and attempted again where the bench could not say, here or in several threads.
 *
 * Results stand in the order of the scenarios, whichever was over first. An attempt is never overwritten: each is a run of
 * its own in the result, and an inconclusive first attempt keeps a campaign from passing whatever the second one says.
 */
import type { PumpDefinition } from '#hil/pump/pump'
import type { RunCurves } from '#hil/report/curves/run-curves'
import { MOST_DRAWN } from '#hil/report/html'
import type { Window } from '#hil/report/window'
import type { RigDefinition } from '#hil/rig/rig'
import type { MeasuredRig } from '#hil/run/measured-rig'
import type { RunResult } from '#hil/run/result'
import { type Attempt, type Attempted, attempt } from '#scripts/attempt'
import { type Crew, crew } from '#scripts/campaign/crew'
import { carryOut, extentOf, type Job, type JobHooks } from '#scripts/campaign/jobs'
import type { Journal } from '#scripts/campaign/journal'
import type { Drawing, Made } from '#scripts/campaign/made'
import type { FilesOf } from '#scripts/commands/run-files'
import type { Progress } from '#scripts/progress'
import type { ScenarioFile } from '#scripts/scenario-files'

export interface CampaignOptions {
  readonly files: readonly ScenarioFile[]
  readonly pump: PumpDefinition
  readonly rig: RigDefinition
  /** What was measured of the rig; null where nothing was. */
  readonly measured: MeasuredRig | null
  /** Where traces and views of an attempt at a scenario go. */
  readonly filesOf: FilesOf
  /** What part of a run views of single steps show; undefined for all of it. */
  readonly window: Window | undefined
  /** Most attempts after the first; undefined where attempts are not counted at all. */
  readonly retry: number | undefined
  /** How many attempts are made side by side; with one, they are made in this thread. */
  readonly jobs: number
  /** Whether a report will draw the runs. */
  readonly drawn: boolean
  /** The command that runs one of the scenarios alone. */
  readonly alone: (file: ScenarioFile) => string
  /** What was done before and is kept now; null where nothing is. */
  readonly journal: Journal<Made> | null
  readonly progress: Pick<Progress, 'begin' | 'reached' | 'end' | 'stands'>
  readonly signal: AbortSignal
}

/**
 * The results, what a report draws of them, one line for each trace or view that could not be kept whole, and how many
 * scenarios were not begun.
 */
export interface Campaign {
  readonly runs: readonly RunResult[]
  readonly curves: readonly RunCurves[]
  readonly losses: readonly string[]
  readonly left: number
}

/** Makes one attempt, in this thread or in another one. */
type Attempting = (what: Attempt, hooks: JobHooks) => Promise<Attempted>

export async function campaign(options: CampaignOptions): Promise<Campaign> {
  const { files, journal, signal, progress } = options
  const jobs = files.map((task) => ({
    key: task.scenario.name,
    task,
    weight: Number(task.scenario.duration_us.n),
  }))
  const many = Math.min(options.jobs, files.length)
  const threads = many > 1 ? crew(many) : null
  const attempting = threads === null ? attempt : abreast(threads)
  const [runs, losses, gallery] = [[] as RunResult[], [] as string[], new Gallery()]
  try {
    const begun = await carryOut<ScenarioFile, Made>({
      ...{ jobs, extent: extentOf(jobs), abreast: many, journal, signal },
      perform: (job, index) => attempts(options, job, index, attempting),
      alone: ({ task }) => options.alone(task),
      onStanding: (standing) => progress.stands(standing),
      deliver: (made, _, index) => {
        runs.push(...made.runs)
        losses.push(...made.losses)
        for (const drawing of made.drawings) gallery.hang({ ...drawing, index })
      },
    })
    return { runs, losses, curves: gallery.curves, left: files.length - begun }
  } finally {
    await threads?.close()
  }
}

/** Pump and rig cross to a thread by their names. */
function abreast(threads: Crew): Attempting {
  return ({ scenario, pump, rig, ...what }, hooks) => {
    const { text, sha256, modelFigures } = scenario.origin
    const task = { ...what, text, sha256, modelFigures, seed: scenario.seed, pump: pump.name, rig: rig.name }
    return threads.perform('attempt', task, hooks)
  }
}

/** What was drawn, with its place among the scenarios. */
interface Exhibit extends Drawing {
  readonly index: number
}

/** The runs that a report draws, whichever was over first: those that did not pass, then those that come first. */
class Gallery {
  #exhibits: readonly Exhibit[] = []

  hang(exhibit: Exhibit): void {
    const rank = (one: Exhibit) => [Number(one.passed), one.index, one.number] as const
    this.#exhibits = [...this.#exhibits, exhibit]
      .sort((a, b) => {
        const [left, right] = [rank(a), rank(b)]
        return left[0] - right[0] || left[1] - right[1] || left[2] - right[2]
      })
      .slice(0, MOST_DRAWN)
  }

  get curves(): readonly RunCurves[] {
    return this.#exhibits.map(({ curves }) => curves)
  }
}

/** Attempts at one scenario until the bench can say, or has tried often enough. */
async function attempts(
  options: CampaignOptions,
  { task: { file, scenario } }: Job<ScenarioFile>,
  index: number,
  attempting: Attempting,
): Promise<Made> {
  const { pump, rig, measured, filesOf, window, retry, progress, signal } = options
  const { length } = options.files
  const made = { runs: [] as RunResult[], losses: [] as string[], drawings: [] as Drawing[] }
  // A run that passes after as many others is left out of the drawings whatever comes of those.
  const drawn = !options.drawn ? 'never' : index < MOST_DRAWN ? 'always' : 'unless passed'
  for (let number = 1; number <= 1 + (retry ?? 0); number += 1) {
    const name = number === 1 ? scenario.name : `${scenario.name}, attempt ${number}`
    progress.begin(name, index, length, Number(scenario.duration_us.n))
    try {
      const onProgress = (part: number) => progress.reached(name, index, length, part)
      const files = filesOf(scenario.name, number)
      const what = { scenario, file, pump, rig, measured, window, files, drawn } as const
      const { run, curves, losses } = await attempting(what, { signal, onProgress })
      made.runs.push(retry === undefined ? run : { ...run, attempt: number })
      if (curves !== null) made.drawings.push({ passed: run.verdict === 'pass', number, curves })
      made.losses.push(...losses)
      if (run.verdict !== 'inconclusive' || signal.aborted) break
    } finally {
      progress.end()
    }
  }
  return made
}
