/**
 * A campaign: every scenario attempted, and attempted again where the bench could not say, here or in several threads.
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
import { attempt } from '#scripts/attempt'
import type { FilesOf } from '#scripts/commands/run-files'
import type { Progress } from '#scripts/progress'
import type { ScenarioFile } from '#scripts/scenario-files'
import { type Place, thread } from '#scripts/threads'

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
  readonly progress: Pick<Progress, 'begin' | 'reached' | 'end'>
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

interface Made {
  readonly runs: RunResult[]
  readonly losses: string[]
}

export async function campaign(options: CampaignOptions): Promise<Campaign> {
  const { files, jobs, signal } = options
  const made: Made[] = files.map(() => ({ runs: [], losses: [] }))
  const gallery = new Gallery()
  const many = Math.min(jobs, files.length)
  const places: readonly Place[] = many > 1 ? Array.from({ length: many }, thread) : [HERE]
  let begun = 0
  const work = async (place: Place) => {
    while (!signal.aborted && begun < files.length) {
      const index = begun
      begun += 1
      const [file, into] = [files[index], made[index]]
      if (file !== undefined && into !== undefined) await attempts(options, file, index, place, { ...into, gallery })
    }
  }
  try {
    await Promise.all(places.map(work))
  } finally {
    await Promise.all(places.map((place) => place.close()))
  }
  return {
    runs: made.flatMap(({ runs }) => runs),
    curves: gallery.curves,
    losses: made.flatMap(({ losses }) => losses),
    left: files.length - begun,
  }
}

/** This thread. */
const HERE: Place = { attempt, close: () => Promise.resolve() }

/** What one attempt looked like, with what decides whether it is drawn. */
interface Exhibit {
  readonly passed: boolean
  readonly index: number
  readonly number: number
  readonly curves: RunCurves
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
  { file, scenario }: ScenarioFile,
  index: number,
  place: Place,
  into: Made & { readonly gallery: Gallery },
): Promise<void> {
  const { pump, rig, measured, filesOf, window, retry, progress, signal } = options
  const { length } = options.files
  // A run that passes after as many others is left out of the drawings whatever comes of those.
  const drawn = !options.drawn ? 'never' : index < MOST_DRAWN ? 'always' : 'unless passed'
  for (let number = 1; number <= 1 + (retry ?? 0); number += 1) {
    const name = number === 1 ? scenario.name : `${scenario.name}, attempt ${number}`
    progress.begin(name, index, length, Number(scenario.duration_us.n))
    try {
      const onProgress = (part: number) => progress.reached(name, index, length, part)
      const files = filesOf(scenario.name, number)
      const what = { scenario, file, pump, rig, measured, window, files, drawn } as const
      const { run, curves, losses } = await place.attempt(what, { signal, onProgress })
      into.runs.push(retry === undefined ? run : { ...run, attempt: number })
      if (curves !== null) into.gallery.hang({ passed: run.verdict === 'pass', index, number, curves })
      into.losses.push(...losses)
      if (run.verdict !== 'inconclusive' || signal.aborted) return
    } finally {
      progress.end()
    }
  }
}
