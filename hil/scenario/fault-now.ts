/** One fault by itself, in the words of a scenario, for a pump that is running: it begins at the present instant. */
import { readFaults } from '#hil/scenario/faults'
import { Findings } from '#hil/scenario/findings'
import { type Path, readSheet } from '#hil/scenario/sheet'
import type { Fault } from '#hil/scenario/types'
import { found } from '#hil/scenario/wording'
import { as, type Time_us } from '#units/quantity'
import { add, whole } from '#units/rational'

const OPENING = 'a fault is written as in a scenario, such as { fault: motor-stall, for: 10 min }'
/** How long it is looked ahead: what comes again without an end does so for so long. */
const AHEAD_us = whole(20n * 365n * 86_400_000_000n)

export type FaultNow =
  | { readonly ok: true; readonly fault: Fault; readonly duration_us: Time_us }
  /** Everything that is wrong with it, as one line. */
  | { readonly ok: false; readonly problem: string }

/** The fault that the text is, YAML or JSON; `at` is the present instant and not to be written. Never throws. */
export function readFaultNow(text: string, now_us: Time_us): FaultNow {
  const sheet = readSheet(text, OPENING)
  const { root } = sheet
  if (sheet.faults.length > 0) return { ok: false, problem: sheet.faults.map(({ message }) => message).join('; ') }
  if (typeof root !== 'object' || root === null || Array.isArray(root)) {
    return { ok: false, problem: `${found(root)} is no fault; ${OPENING}` }
  }
  if ('at' in root) return { ok: false, problem: 'a fault of the back door begins at once; leave out "at"' }
  const findings = new Findings({
    root: { faults: [{ at: `${now_us.n} us`, ...root }] },
    faults: [],
    valueAt: (path) => sheet.valueAt(within(path)),
    keyAt: (path) => sheet.keyAt(within(path)),
  })
  const duration_us = as<Time_us>(add(now_us, AHEAD_us))
  const [fault] = readFaults(findings, { text: 'the end', duration_us })
  const problems = findings.problems('', text)
  if (fault !== undefined && problems.length === 0) return { ok: true, fault, duration_us }
  return { ok: false, problem: problems.map(({ message }) => message).join('; ') }
}

/** The path within the fault of one within the list of them. */
function within(path: Path): Path {
  return path.slice(2)
}
