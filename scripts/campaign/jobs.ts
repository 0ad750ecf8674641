/**
 * The one engine of every campaign: many jobs, some of them at a time, each outcome handed on in the order of the jobs.
 *
 * Who runs, draws a matrix or explores says what a job is and how it is done; what is the same for all of them is here.
 * Outcomes come in order whichever job was over first, so that a campaign says the same with one core as with many. A job
 * that a journal holds is not done again. Memory is bounded: jobs are taken one by one, and none is begun that is too far
 * ahead of the oldest one that is not over.
 */
import type { Journal } from '#scripts/campaign/journal'

/** One piece of work. */
export interface Job<Task> {
  /** Its name within the campaign: no two jobs share one, and it is the same whenever the campaign is begun again. */
  readonly key: string
  readonly task: Task
  /** How much work it is beside the others, for the time that is left. */
  readonly weight: number
}

/** How a job that is under way is followed and ended. */
export interface JobHooks {
  readonly signal: AbortSignal
  /** Called with the part of the job that is over, 0 to 1; awaited. */
  readonly onProgress: (part: number) => Promise<void> | void
}

/** How far a campaign is. */
export interface Standing {
  /** Jobs that are over, those of a journal included. */
  readonly over: number
  /** Null where nobody knows how many there will be. */
  readonly total: number | null
  /** Null until it can be told. */
  readonly left_s: number | null
}

export interface CampaignPlan<Task, Outcome> {
  /** Taken one by one, when there is somebody to do the next one. */
  readonly jobs: Iterable<Job<Task>>
  /** How many jobs there are and their weight together; null where that is not known beforehand. */
  readonly extent: Extent | null
  /** How many jobs are under way at a time, at least one. */
  readonly abreast: number
  /** Does one job. What it throws is a defect and ends the campaign: a job that can fail has an outcome that says so. */
  readonly perform: (job: Job<Task>, index: number) => Promise<Outcome>
  /** Called with every outcome, in the order of the jobs. */
  readonly deliver: (outcome: Outcome, job: Job<Task>, index: number) => void
  /** The command that does this job and no other, which is told with a defect. */
  readonly alone: (job: Job<Task>) => string
  /** Holds what was done before and keeps what is done now; null where nothing is kept. */
  readonly journal: Journal<Outcome> | null
  readonly onStanding: (standing: Standing) => void
  /** Ends the campaign: no further job is begun. Jobs under way are told by who performs them. */
  readonly signal: AbortSignal
}

export interface Extent {
  readonly count: number
  readonly weight: number
}

/** Counts and weighs jobs that are known beforehand. */
export function extentOf(jobs: readonly Pick<Job<unknown>, 'weight'>[]): Extent {
  return { count: jobs.length, weight: jobs.reduce((sum, { weight }) => sum + weight, 0) }
}

/** A job that is begun so many places after one that is not over waits for it. */
const MOST_AHEAD = 1024

/** What one job ended in. */
type End<Outcome> =
  | { readonly kind: 'outcome'; readonly outcome: Outcome }
  | { readonly kind: 'defect'; readonly error: Error }

/**
 * Does every job, or as many as were begun when the signal came; how many those were. An outcome that was reached after the
 * signal is handed on and not kept in the journal, because it may have been cut short. Throws the first defect, with the
 * command that brings it about again, once all jobs under way are over.
 */
export async function carryOut<Task, Outcome>(plan: CampaignPlan<Task, Outcome>): Promise<number> {
  const { extent, abreast, signal, onStanding } = plan
  const jobs = plan.jobs[Symbol.iterator]()
  const clock = new TimeLeft(extent)
  const queue = new InOrder(plan)
  const total = extent?.count ?? null
  let begun = 0
  const next = () => {
    if (signal.aborted || queue.defect !== null) return undefined
    const taken = jobs.next()
    if (taken.done === true) return undefined
    begun += 1
    return { job: taken.value, index: begun - 1 }
  }
  const work = async () => {
    for (let taken = next(); taken !== undefined; taken = next()) {
      const { job, index } = taken
      const before = plan.journal?.get(job.key)
      const end: End<Outcome> =
        before === undefined ? await performed(plan, job, index) : { kind: 'outcome', outcome: before }
      if (before === undefined) clock.worked(job.weight)
      else clock.known(job.weight)
      if (before === undefined && end.kind === 'outcome' && !signal.aborted) plan.journal?.add(job.key, end.outcome)
      queue.put(index, job, end)
      if (!signal.aborted) onStanding({ over: queue.over, total, left_s: clock.left_s })
      // The one who is at the oldest job never waits, so that this ends.
      while (begun - queue.delivered > MOST_AHEAD && index >= queue.delivered) await queue.moved()
    }
  }
  await Promise.all(Array.from({ length: Math.max(1, abreast) }, work))
  if (queue.defect !== null) throw queue.defect
  return begun
}

async function performed<Task, Outcome>(
  { perform, alone }: CampaignPlan<Task, Outcome>,
  job: Job<Task>,
  index: number,
): Promise<End<Outcome>> {
  try {
    return { kind: 'outcome', outcome: await perform(job, index) }
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause)
    return { kind: 'defect', error: new Error(`${job.key}: ${message}; alone: ${alone(job)}`, { cause }) }
  }
}

/** Holds ends of jobs back until those of all jobs before them are there. */
class InOrder<Task, Outcome> {
  readonly #plan: Pick<CampaignPlan<Task, Outcome>, 'deliver'>
  readonly #waiting = new Map<number, { readonly job: Job<Task>; readonly end: End<Outcome> }>()
  #listeners: (() => void)[] = []
  /** Jobs whose end is handed on. */
  delivered = 0
  /** Jobs that are over. */
  over = 0
  /** The defect of the earliest job that had one. */
  defect: Error | null = null

  constructor(plan: Pick<CampaignPlan<Task, Outcome>, 'deliver'>) {
    this.#plan = plan
  }

  put(index: number, job: Job<Task>, end: End<Outcome>): void {
    this.over += 1
    this.#waiting.set(index, { job, end })
    for (;;) {
      const first = this.#waiting.get(this.delivered)
      if (first === undefined) break
      this.#waiting.delete(this.delivered)
      if (first.end.kind === 'defect') this.defect ??= first.end.error
      else this.#plan.deliver(first.end.outcome, first.job, this.delivered)
      this.delivered += 1
    }
    const listeners = this.#listeners
    this.#listeners = []
    for (const listener of listeners) listener()
  }

  /** Returns when another job is over. */
  moved(): Promise<void> {
    return new Promise((resolve) => this.#listeners.push(resolve))
  }
}

/** How long the rest will take if it goes on as it did. */
class TimeLeft {
  readonly #start_ms = performance.now()
  #rest: number | null
  #worked = 0

  constructor(extent: Extent | null) {
    this.#rest = extent?.weight ?? null
  }

  /** A job of that weight was done. */
  worked(weight: number): void {
    this.#worked += weight
    this.known(weight)
  }

  /** A job of that weight need not be done. */
  known(weight: number): void {
    if (this.#rest !== null) this.#rest -= weight
  }

  get left_s(): number | null {
    if (this.#rest === null || this.#worked === 0) return null
    return ((performance.now() - this.#start_ms) / 1000) * (Math.max(0, this.#rest) / this.#worked)
  }
}
