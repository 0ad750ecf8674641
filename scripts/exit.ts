/** Exit statuses, and which one follows from a result. */
import type { Result } from '#hil/run/result'

export const EXIT = { pass: 0, fail: 1, usage: 2, inconclusive: 3, interrupted: 130 } as const

export type ExitStatus = (typeof EXIT)[keyof typeof EXIT]

/**
 * What passed in the baseline and does not any more is a fail. Fail goes before inconclusive, and inconclusive before pass. A record that was asked for and could not be kept leaves
 * nothing to show for a pass: `lost` makes it inconclusive, and so does a scenario that was skipped, unless that is `allowed`
 * and another one was run.
 */
export function exitStatus(result: Result, lost = false, allowed = false): ExitStatus {
  const verdicts = result.runs.map(({ verdict }) => verdict)
  const regressed = (result.baseline?.regressions.length ?? 0) > 0
  if (regressed || verdicts.includes('fail')) return EXIT.fail
  const skipped = (result.skipped?.length ?? 0) > 0 && (!allowed || verdicts.length === 0)
  return lost || skipped || verdicts.includes('inconclusive') ? EXIT.inconclusive : EXIT.pass
}
