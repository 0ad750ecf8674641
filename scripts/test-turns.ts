/**
 * Turns at what a bench has once: a rig on a wire, a pump on a wire. Whoever comes later waits until it is free.
 *
 * Turns are taken in the order in which they were asked for, by all tests of this process.
 */

/** Of each name the last who asked for it: when it is over, and why nobody can have it any more, or null. */
const last = new Map<string, Promise<string | null>>()

/** What is one's own for now. */
export interface Turn {
  /** Lets the next one have it; with a reason nobody ever. Only the first call counts. */
  readonly end: (lost: string | null) => void
}

/**
 * Waits for everything of these names to be free. Null where the signal came first; throws where one of them was lost. Where
 * there are no names it is free at once.
 */
export async function takeTurn(names: readonly string[], signal: AbortSignal): Promise<Turn | null> {
  if (names.length === 0) return { end: () => undefined }
  const free = Promise.all(names.map((name) => last.get(name) ?? null)).then(
    (reasons) => reasons.find((reason) => reason !== null) ?? null,
  )
  let end: Turn['end'] = () => undefined
  const over = new Promise<string | null>((resolve) => {
    end = resolve
  })
  for (const name of names) last.set(name, over)
  const came = await Promise.race([free.then((lost) => ({ lost })), aborted(signal)])
  if (came === null) {
    // Whoever waits behind waits for those before.
    void free.then(end)
    return null
  }
  if (came.lost === null) return { end }
  end(came.lost)
  throw new Error(came.lost)
}

async function aborted(signal: AbortSignal): Promise<null> {
  if (signal.aborted) return null
  return await new Promise((resolve) => signal.addEventListener('abort', () => resolve(null), { once: true }))
}
