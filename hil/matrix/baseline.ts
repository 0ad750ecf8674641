/**
 * An earlier matrix that a new one is held against: who noticed a fault then has to notice it now, and no later.
 *
 * There is no tolerance: on a virtual clock an instant is exact, so what is later by a microsecond is later.
 */
import type { Cell, MatrixRegression } from '#hil/matrix/types'
import type { Finding, Noticing } from '#hil/run/detection/types'

/** What of an earlier cell is held against. */
export interface EarlierCell {
  readonly scenario: string
  readonly fault: string
  readonly findings: readonly Pick<Finding, 'detector' | 'at_s' | 'latency_s'>[]
}

/** What got later or vanished. Cells of the baseline that were not asked for now are left out. */
export function regressionsOf(earlier: readonly EarlierCell[], cells: readonly Cell[]): readonly MatrixRegression[] {
  const now = new Map(cells.map((cell) => [`${cell.scenario} ${cell.fault}`, cell]))
  return earlier.flatMap((before) => {
    const cell = now.get(`${before.scenario} ${before.fault}`)
    return cell === undefined ? [] : regressed(before, cell)
  })
}

function regressed({ scenario, fault, findings }: EarlierCell, cell: Cell): readonly MatrixRegression[] {
  const current = cell.state === 'run' ? cell.findings : []
  return [...new Set(findings.map(({ detector }) => detector))].flatMap((detector): MatrixRegression[] => {
    const [was, is] = [soonest(findings, detector), soonest(current, detector)]
    if (was === undefined) return []
    const place = { scenario, fault, detector, was_s: was.latency_s }
    if (is === undefined) {
      const why = cell.state === 'run' ? 'it does not notice it any more' : `${cell.state}: ${cell.reason}`
      return [{ ...place, change: 'vanished', is_s: null, detail: why }]
    }
    const [then_s, now_s] = [was.latency_s ?? was.at_s, is.latency_s ?? is.at_s]
    if (now_s <= then_s) return []
    return [{ ...place, change: 'later', is_s: is.latency_s, detail: `${now_s} s, where it was ${then_s} s` }]
  })
}

function soonest<F extends Pick<Finding, 'detector'>>(findings: readonly F[], detector: Noticing): F | undefined {
  return findings.find((finding) => finding.detector === detector)
}
