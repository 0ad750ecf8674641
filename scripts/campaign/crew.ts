/**
 * Threads that do jobs, one job a thread at a time.
 *
 * A thread holds its own pump, rig and plant and shares nothing with the others, so a job comes to the same in a thread as
 * anywhere else. What a thread can do is what `worker` exports, by name. A thread whose heap has grown large is replaced
 * between two jobs, so that memory stays bounded however many jobs there are.
 */
import { availableParallelism } from 'node:os'
import { MessageChannel } from 'node:worker_threads'
import { Tinypool } from 'tinypool'
import type { JobHooks } from '#scripts/campaign/jobs'
import type { FromThread, InThread, ToThread } from '#scripts/campaign/thread-work'
import type * as worker from '#scripts/worker'

type Works = typeof worker
type TaskOf<Name extends keyof Works> = Works[Name] extends InThread<infer Task, unknown> ? Task : never
type OutcomeOf<Name extends keyof Works> = Awaited<ReturnType<Works[Name]>>

/** Threads that wait for jobs. */
export interface Crew {
  /** Does one job in a thread that is free. Never asked for more jobs at a time than there are threads. */
  readonly perform: <Name extends keyof Works>(
    work: Name,
    task: TaskOf<Name>,
    hooks: JobHooks,
  ) => Promise<OutcomeOf<Name>>
  /** Gives the threads up; jobs under way are lost. */
  readonly close: () => Promise<void>
}

/** Threads run a file of the bundle, beside this one; from source there is none, because loaders do not reach threads. */
const THREAD = import.meta.url.endsWith('.ts') ? null : new URL('./worker.js', import.meta.url)

/** How many jobs are done side by side where nobody says: one for each core, and one where there are no threads. */
export function usualJobs(): number {
  return THREAD === null ? 1 : availableParallelism()
}

/** A thread with a larger heap is replaced after its job. */
const LARGEST_HEAP_bytes = 512 * 1024 * 1024

/** As many threads. Throws where this runs from source. */
export function crew(size: number): Crew {
  if (THREAD === null) throw new Error('threads need the bundle: npm run build, then node dist/pumpbench.js')
  const pool = new Tinypool({
    filename: THREAD.href,
    minThreads: size,
    maxThreads: size,
    maxMemoryLimitBeforeRecycle: LARGEST_HEAP_bytes,
  })
  // A thread that fails between jobs fails nobody's job; one that cannot start fails its first one.
  pool.on('error', () => undefined)
  return {
    perform: async (work, task, { signal, onProgress }) => {
      const { port1, port2 } = new MessageChannel()
      const interrupt = () => port1.postMessage({ kind: 'interrupt' } satisfies ToThread)
      port1.on('message', ({ part }: FromThread) => void onProgress(part))
      port1.unref()
      if (signal.aborted) interrupt()
      signal.addEventListener('abort', interrupt, { once: true })
      try {
        return await pool.run({ task, port: port2 }, { name: work, transferList: [port2] })
      } catch (error) {
        throw new Error(`a thread failed: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
      } finally {
        signal.removeEventListener('abort', interrupt)
        port1.close()
      }
    },
    close: () => pool.destroy(),
  }
}
